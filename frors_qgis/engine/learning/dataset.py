"""Labelled images in class folders, in the layouts in which the public sets are published."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.protocol import EngineError, ErrorCode

_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"}
# By content, not by suffix: other drivers would follow what a stranger's file points at (VRT, WMS), to the network too.
_DRIVERS = ["JPEG", "PNG", "GTiff", "BMP"]
_MOST_PIXELS = 100_000_000
_PARTS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "val",
    "valid": "val",
    "validation": "val",
}
_WRAPPERS = {"image", "images", "data", "dataset"}
_MOST_WRAPPERS = 8
_MOST_NAMES = 5


@dataclass(frozen=True)
class LabelledImage:
    """An image file, the name of its class, and "train", "test" or "val" where the dataset's own folders say so."""

    path: Path
    label: str
    part: str | None = None


def class_folders(folder: Path) -> list[LabelledImage]:
    """The images of every class folder below `folder`, in order of the classes' names, then of the paths.

    A class folder is a folder that holds images; its name is the class (Unicode NFC, bytes that are no UTF-8 escaped).
    Folders round the class folders are passed through: one that stands alone, one with a usual name such as `images`
    or `Images`, and `train`, `test` and `val`, which give the part. Left out are hidden files and folders, class
    folders without images, folders inside class folders, files beside folders, and links to a folder above them.
    Raises EngineError(DATASET_INVALID) where there is no class folder, or no telling which folders are the classes.
    """
    try:
        if not folder.is_dir():
            if folder.exists():
                raise _invalid(f"{_printable(folder)} is no folder; give one that holds class folders.")
            raise _invalid(f"There is no folder {_printable(folder)}.")
        images = _labelled(folder, None, _MOST_WRAPPERS)
    except OSError as error:
        where = _printable(error.filename or folder)
        raise _invalid(f"{where} cannot be listed ({error.strerror}); check its permissions.") from error
    if not images:
        raise _without_images(folder)
    return sorted(images, key=lambda image: (image.label, image.path))


def first_copies(images: Sequence[LabelledImage]) -> NDArray[np.int64]:
    """Of every image the position of the first one whose file is byte for byte the same, its own where it is the first.

    A link is a copy of what it leads to. Only files of equal size are read (SHA-256).
    Raises EngineError(DATASET_INVALID) naming a file that cannot be read.
    """
    first = np.arange(len(images))
    by_size: defaultdict[int, list[int]] = defaultdict(list)
    try:
        for i, image in enumerate(images):
            by_size[image.path.stat().st_size].append(i)
        for alike in by_size.values():
            by_content: dict[bytes, int] = {}
            for i in alike if len(alike) > 1 else ():
                first[i] = by_content.setdefault(file_digest(images[i].path), i)
    except OSError as error:
        raise _invalid(
            f"The image {_printable(error.filename)} cannot be read ({error.strerror}); mend or remove it."
        ) from error
    return first


def file_digest(path: Path) -> bytes:
    """The sha-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.digest()


def read_image(path: Path, cell: int, least_cells: int) -> NDArray[np.uint8]:
    """An 8-bit image as RGB [h, w, 3], resampled so that both sides are whole cells, at least `least_cells`.

    Raises EngineError(DATASET_INVALID) naming an image that cannot be read.
    """

    def whole_cells(side: int) -> int:
        return max(least_cells, round(side / cell)) * cell

    return _read(path, lambda width, height: (whole_cells(width), whole_cells(height), gdal.GRIORA_Bilinear))


def read_square(path: Path, side: int) -> NDArray[np.uint8]:
    """An 8-bit image as RGB [side, side, 3]: area means where it shrinks, bilinear where it grows.

    Both sides are made `side` pixels, whatever the image's shape; one that shrinks along one side only is read with
    GDAL's bilinear kernel, which widens along that side.
    Raises EngineError(DATASET_INVALID) naming an image that cannot be read.
    """

    def square(width: int, height: int) -> tuple[int, int, int]:
        return side, side, gdal.GRIORA_Average if min(width, height) >= side else gdal.GRIORA_Bilinear

    return _read(path, square)


def _labelled(folder: Path, part: str | None, wrappers_left: int) -> list[LabelledImage]:
    folders = _folders(folder)
    images = {child: _images(child) for child in folders}
    classes = [child for child in folders if images[child]]
    parts = [child for child in folders if part is None and child.name.lower() in _PARTS]
    if not any(_folders(child) and (not images[child] or _holds_classes(child)) for child in parts):
        parts = []
    deeper = parts or [child for child in folders if not images[child] and _holds_classes(child)]
    if deeper and (beside := [child for child in classes if child not in parts]):
        raise _invalid(
            f"{_printable(folder)} holds folders with images ({_listing(beside)}) beside folders of such folders "
            f"({_listing(deeper)}); name the one that is the dataset, or move the others out of it."
        )
    if parts:
        return [image for child in parts for image in _labelled_part(child, wrappers_left - 1)]
    if classes and not (len(folders) == 1 and _holds_classes(folders[0])):
        if all(child.name.lower() in (_WRAPPERS | _PARTS.keys()) for child in classes):
            raise _without_classes(classes[0])
        return [LabelledImage(path, _class_name(child), part) for child in classes for path in images[child]]
    wrappers = folders if len(folders) == 1 else [child for child in folders if child.name.lower() in _WRAPPERS]
    if len(wrappers) == 1 and wrappers_left > 0:
        return _labelled(wrappers[0], part, wrappers_left - 1)
    if folders:
        raise _invalid(
            f"{_printable(folder)} holds no class folders with images, only folders without images of their own "
            f"({_listing(folders)}); name the one whose folders are the classes."
        )
    if _images(folder):
        raise _without_classes(folder)
    return []


def _labelled_part(folder: Path, wrappers_left: int) -> list[LabelledImage]:
    images = _labelled(folder, _PARTS[folder.name.lower()], wrappers_left)
    if not images and _folders(folder):
        raise _without_images(folder)
    return images


def _holds_classes(folder: Path) -> bool:
    return any(map(_images, _folders(folder)))


def _folders(folder: Path) -> list[Path]:
    """The folders in a folder, by name, without hidden ones and without links to the folder itself or above it."""
    return [
        child
        for child in sorted(folder.iterdir())
        if not child.name.startswith((".", "__MACOSX"))
        and child.is_dir()
        and not (child.is_symlink() and folder.resolve().is_relative_to(child.resolve()))
    ]


def _images(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]


def _class_name(folder: Path) -> str:
    return unicodedata.normalize("NFC", _printable(folder.name))


def _printable(path: Path | str) -> str:
    """A path as text to print: bytes that are no UTF-8, line breaks and other controls become \\xff and the like."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _listing(folders: list[Path]) -> str:
    names = [_printable(folder.name) for folder in folders[:_MOST_NAMES]]
    return ", ".join(names) + (", ..." if len(folders) > _MOST_NAMES else "")


def _invalid(sentence: str) -> EngineError:
    return EngineError(ErrorCode.DATASET_INVALID, sentence)


def _without_images(folder: Path) -> EngineError:
    name = _printable(folder)
    return _invalid(f"{name} holds no class folders with images; {name}/CLASS/IMAGE.jpg is expected.")


def _without_classes(folder: Path) -> EngineError:
    name = _printable(folder)
    return _invalid(
        f"{name} holds images but no class folders; put the images of each class into a folder of its own, "
        f"{name}/CLASS/IMAGE.jpg."
    )


def _read(path: Path, target: Callable[[int, int], tuple[int, int, int]]) -> NDArray[np.uint8]:
    """RGB [h, w, 3] of an 8-bit image; `target` gives w, h and GDAL's resampling for the image's width and height.

    Grey becomes three equal channels, a colour table its colours; further bands (alpha) are left out.
    """
    with gdal_errors(ErrorCode.DATASET_INVALID, f"The image {path} cannot be read; mend or remove it."):
        if path.exists() and path.stat().st_size == 0:
            raise RuntimeError("the file is empty")
        dataset = checked(gdal.OpenEx(os.fsencode(path), gdal.OF_RASTER, allowed_drivers=_DRIVERS))
        if dataset.GetRasterBand(1).DataType != gdal.GDT_Byte:
            raise _invalid(f"The image {_printable(path)} is not 8-bit; convert it first.")
        if dataset.RasterXSize * dataset.RasterYSize > _MOST_PIXELS:
            raise _invalid(f"The image {_printable(path)} has over {_MOST_PIXELS:,} pixels; cut it into chips first.")
        if dataset.RasterCount == 1 and dataset.GetRasterBand(1).GetColorTable() is not None:
            dataset = checked(gdal.Translate("", dataset, format="MEM", rgbExpand="rgb"))
        width, height, resampling = target(dataset.RasterXSize, dataset.RasterYSize)
        bands = [1, 2, 3] if dataset.RasterCount >= 3 else [1, 1, 1]
        planes = [
            checked(dataset.GetRasterBand(band).ReadAsArray(buf_xsize=width, buf_ysize=height, resample_alg=resampling))
            for band in bands
        ]
        if "Premature end" in gdal.GetLastErrorMsg():  # libjpeg fills what is missing with grey and only warns
            raise RuntimeError("the file is cut short")
    return np.stack(planes, axis=2)
