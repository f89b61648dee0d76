import os
import unicodedata
import zlib
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.learning.dataset import (
    LabelledImage,
    class_folders,
    first_copies,
    read_image,
    read_square,
)
from frors_qgis.protocol import EngineError, ErrorCode

DRIVERS = {".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP", ".tif": "GTiff", ".png": "PNG"}


def write_image(path, pixels=None, colour_table=None):
    """Writes pixels [h, w] or [h, w, bands], without them small ones of the path's own, in the format of its suffix."""
    if pixels is None:
        pixels = np.random.default_rng(zlib.crc32(os.fsencode(path))).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    pixels = np.atleast_3d(pixels)
    height, width, bands = pixels.shape
    kind = gdal.GDT_UInt16 if pixels.dtype == np.uint16 else gdal.GDT_Byte
    memory = gdal.GetDriverByName("MEM").Create("", width, height, bands, kind)
    memory.WriteRaster(0, 0, width, height, np.ascontiguousarray(pixels.transpose(2, 0, 1)).tobytes())
    if colour_table is not None:
        table = gdal.ColorTable()
        for i, colour in enumerate(colour_table):
            table.SetColorEntry(i, colour)
        memory.GetRasterBand(1).SetColorTable(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    assert gdal.GetDriverByName(DRIVERS[path.suffix.lower()]).CreateCopy(str(path), memory) is not None
    return path


@pytest.fixture
def tree(tmp_path):
    """Builds a folder of small real images from their paths; a path that ends with / is an empty folder."""

    def build(*paths):
        for path in paths:
            if path.endswith("/"):
                (tmp_path / path).mkdir(parents=True)
            elif Path(path).suffix.lower() in DRIVERS:
                write_image(tmp_path / path)
            else:
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_text("text", encoding="utf-8")
        return tmp_path

    return build


def found(folder):
    return [(image.label, image.part, image.path.relative_to(folder).as_posix()) for image in class_folders(folder)]


LAYOUTS = {
    "AID": (
        "AID",
        ["AID/Airport/airport_1.jpg", "AID/Beach/beach_1.jpg"],
        {("Airport", None), ("Beach", None)},
    ),
    "UC Merced as zipped": (
        ".",
        [
            "UCMerced_LandUse/readme.txt",
            "UCMerced_LandUse/Images/agricultural/agricultural00.tif",
            "UCMerced_LandUse/Images/airplane/airplane00.tif",
        ],
        {("agricultural", None), ("airplane", None)},
    ),
    "PatternNet": (
        ".",
        [
            "PatternNet/patternnet_description.pdf",
            "PatternNet/images/airplane/airplane001.jpg",
            "PatternNet/images/oil_well/oil_well001.jpg",
        ],
        {("airplane", None), ("oil_well", None)},
    ),
    "NWPU-RESISC45": (
        ".",
        ["resisc45-train.txt", "NWPU-RESISC45/airplane/airplane_001.jpg", "NWPU-RESISC45/wetland/wetland_001.jpg"],
        {("airplane", None), ("wetland", None)},
    ),
    "MTARSI": (
        ".",
        ["MTARSI.csv", "airplanes/A-10/1-A-10.jpg", "airplanes/U-2/1-U-2.jpg", "airplanes/U-2/copies/1-U-2.jpg"],
        {("A-10", None), ("U-2", None)},
    ),
    "FGSC-23": (
        "FGSC-23",
        ["FGSC-23/train/0/1.jpg", "FGSC-23/train/10/1.jpg", "FGSC-23/test/0/9.jpg", "FGSC-23/test/10/9.jpg"],
        {("0", "train"), ("10", "train"), ("0", "test"), ("10", "test")},
    ),
    "FGSCR-42": (
        "FGSCR",
        ["FGSCR/001.Nimitz-class_aircraft_carrier/1.bmp", "FGSCR/030.Civil_yacht/1.bmp"],
        {("001.Nimitz-class_aircraft_carrier", None), ("030.Civil_yacht", None)},
    ),
    "FGSCR-42 in two parts": (
        ".",
        ["FGSCR/train/030.Civil_yacht/1.bmp", "FGSCR/test/030.Civil_yacht/2.bmp"],
        {("030.Civil_yacht", "train"), ("030.Civil_yacht", "test")},
    ),
    "three parts, in other words": (
        ".",
        ["Training/ship/1.png", "valid/ship/2.png", "TEST/ship/3.png"],
        {("ship", "train"), ("ship", "val"), ("ship", "test")},
    ),
    "wrappers round and inside the parts": (
        ".",
        ["set/data/train/images/ship/1.png", "set/data/test/images/ship/2.png"],
        {("ship", "train"), ("ship", "test")},
    ),
    "a class that is in test only": (
        ".",
        ["train/ship/1.png", "test/ship/2.png", "test/yacht/3.png"],
        {("ship", "train"), ("ship", "test"), ("yacht", "test")},
    ),
    "files beside the folders at every level": (
        ".",
        ["a.png", "set/b.png", "set/train/c.png", "set/train/ship/1.png", "set/test/d.png", "set/test/ship/2.png"],
        {("ship", "train"), ("ship", "test")},
    ),
    "a part that is empty": (".", ["train/ship/1.png", "val/"], {("ship", "train")}),
    "a class that is called train": (
        ".",
        ["train/1.png", "tram/2.png"],
        {("train", None), ("tram", None)},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_published_layouts_are_read(tree, name):
    start, paths, expected = LAYOUTS[name]
    images = class_folders(tree(*paths) / start)
    assert {(image.label, image.part) for image in images} == expected
    assert len(images) == len(expected)
    assert all(read_square(image.path, 8).shape == (8, 8, 3) for image in images)


def test_images_come_in_order_of_classes_then_of_files(tree):
    folder = tree("b/2.png", "b/10.png", "a/3.jpeg", "c/1.TIF")
    assert [path for _, _, path in found(folder)] == ["a/3.jpeg", "b/10.png", "b/2.png", "c/1.TIF"]


def test_what_is_no_class_is_left_out(tree):
    folder = tree(
        "ship/1.png",
        "ship/notes.txt",
        "ship/.2.png",
        "ship/._1.png",
        "ship/deeper/3.png",
        "ship/folder.png/",
        "yacht/1.png",
        "empty/",
        "labels/1.txt",
        ".hidden/1.png",
        "__MACOSX/ship/1.png",
        "preview.png",
    )
    assert [path for _, _, path in found(folder)] == ["ship/1.png", "yacht/1.png"]


def test_class_names_in_any_script_are_kept_and_written_alike(tree):
    folder = tree("驱逐舰/1.png", unicodedata.normalize("NFD", "Fähre") + "/1.png")
    images = class_folders(folder)
    assert [image.label for image in images] == ["Fähre", "驱逐舰"]
    assert [read_image(image.path, 32, 1).shape for image in images] == [(32, 32, 3)] * 2


def test_names_that_are_no_unicode_are_read_and_can_be_written_as_json(tree):
    folder = tree("ship/1.png")
    try:
        (folder / os.fsdecode(b"k\xfcste")).mkdir()
    except OSError:
        pytest.skip("this file system holds Unicode names only")
    (folder / "ship/1.png").rename(folder / os.fsdecode(b"k\xfcste/\xfc.png"))
    (image,) = class_folders(folder)
    assert image.label.encode() == rb"k\xfcste"
    assert read_square(image.path, 8).shape == (8, 8, 3)


def test_controls_in_names_are_written_out(tree):
    folder = tree("ship/1.png", "x/1.png")
    try:
        (folder / "x").rename(folder / "a\nb\x1b")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert [image.label for image in class_folders(folder)] == ["a\\nb\\x1b", "ship"]


def test_links_that_lead_back_are_not_followed(tree):
    folder = tree("set/ship/1.png", "set/preview.png")
    (folder / "set/loop").symlink_to(folder / "set")
    (folder / "set/up").symlink_to(folder)
    (folder / "set/self").symlink_to(folder / "set/self")
    (folder / "set/ship/2.png").symlink_to(folder / "set/ship/2.png")
    assert [path for _, _, path in found(folder)] == ["set/ship/1.png"]


def test_a_link_to_a_class_folder_elsewhere_is_followed(tree):
    folder = tree("set/ship/1.png", "elsewhere/1.png")
    (folder / "set/yacht").symlink_to(folder / "elsewhere")
    assert [image.label for image in class_folders(folder / "set")] == ["ship", "yacht"]


@pytest.mark.parametrize(
    ("paths", "start", "sentence"),
    [
        ([], "nowhere", "There is no folder"),
        (["a.png"], "a.png", "a.png is no folder"),
        ([], ".", "no class folders with images"),
        (["ship/", "yacht/notes.txt"], ".", r"without images of their own \(ship, yacht\)"),
        (["1.png", "2.png"], ".", "images but no class folders"),
        (["images/1.png", "annotations/1.xml"], ".", "images but no class folders"),
        (["train/1.png", "test/2.png"], ".", "images but no class folders"),
        (["train/ship/1.png", "test/2.png"], ".", "test holds images but no class folders"),
        (["train/ship/1.png", "test/ship/"], ".", "test holds no class folders with images"),
        (["train/ship/1.png", "test/ship/", "test/yacht/"], ".", r"test holds no class folders .*\(ship, yacht\)"),
        (["aid/ship/1.png", "merced/ship/1.png"], ".", r"\(aid, merced\); name the one"),
        (["aid/ship/1.png", "rasters/1.png"], ".", r"\(rasters\) beside folders of such folders \(aid\)"),
        (["ship/1.png", "train/ship/1.png"], ".", r"\(ship\) beside folders of such folders \(train\)"),
        (["/".join("abcdefghijklm") + "/1.png"], ".", "no class folders with images"),
    ],
)
def test_a_folder_that_is_no_dataset_is_refused_with_the_reason(tree, paths, start, sentence):
    with pytest.raises(EngineError, match=sentence) as caught:
        class_folders(tree(*paths) / start)
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_a_folder_that_may_not_be_listed_is_named(tree, monkeypatch):
    folder = tree("ship/1.png", "yacht/1.png")
    listed = Path.iterdir

    def refuse(path):
        if path.name == "yacht":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)  # the tests may run as root, who may list everything
    with pytest.raises(EngineError, match=r"yacht cannot be listed \(Permission denied\)"):
        class_folders(folder)


def test_files_of_the_same_content_are_found_whatever_their_names_and_classes(tree):
    folder = tree("ship/1.bmp", "ship/2.bmp", "yacht/1.bmp", "yacht/2.bmp")
    (folder / "yacht/3.bmp").write_bytes((folder / "ship/2.bmp").read_bytes())
    (folder / "yacht/4.bmp").symlink_to(folder / "ship/1.bmp")
    images = class_folders(folder)
    assert len({image.path.stat().st_size for image in images}) == 1
    names = [image.path.relative_to(folder).as_posix() for image in images]
    assert names == ["ship/1.bmp", "ship/2.bmp", "yacht/1.bmp", "yacht/2.bmp", "yacht/3.bmp", "yacht/4.bmp"]
    assert first_copies(images).tolist() == [0, 1, 2, 3, 1, 0]


def test_only_files_of_equal_size_are_read_for_copies(tree, monkeypatch):
    folder = tree("ship/1.bmp", "ship/2.bmp", "ship/3.bmp")
    (folder / "ship/1.bmp").write_bytes(b"short")
    opened, read = Path.open, []
    monkeypatch.setattr(Path, "open", lambda path, *mode: read.append(path.name) or opened(path, *mode))
    assert first_copies(class_folders(folder)).tolist() == [0, 1, 2]
    assert read == ["2.bmp", "3.bmp"]


def test_a_file_that_is_gone_is_named_when_copies_are_sought(tmp_path):
    with pytest.raises(EngineError, match=r"gone\.png cannot be read .*; mend or remove it"):
        first_copies([LabelledImage(tmp_path / "gone.png", "ship")])


def test_a_square_of_the_same_size_is_a_copy(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    assert np.array_equal(read_square(write_image(tmp_path / "a.png", pixels), 16), pixels)


def test_an_image_that_shrinks_is_averaged_over_its_area(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (64, 96, 3)).astype(np.uint8)
    means = pixels.reshape(16, 4, 16, 6, 3).mean((1, 3))
    assert np.abs(read_square(write_image(tmp_path / "a.png", pixels), 16) - means).max() <= 1


def test_an_image_that_grows_is_interpolated(tmp_path):
    ramp = np.tile(np.linspace(0, 240, 9).astype(np.uint8), (9, 1))
    row = read_square(write_image(tmp_path / "a.png", ramp), 90)[45, :, 0].astype(int)
    assert (np.diff(row) >= 0).all()
    assert np.diff(row).max() <= 5


def test_a_long_image_neither_steps_where_it_grows_nor_flickers_where_it_shrinks(tmp_path):
    pixels = np.zeros((10, 320), np.uint8)
    pixels[:, ::2] = 200
    pixels[:5] //= 2
    square = read_square(write_image(tmp_path / "a.png", pixels), 80)[:, 10:-10, 0].astype(int)
    assert np.ptp(square, axis=1).max() <= 10
    assert len(np.unique(square[:, 40])) > 4


@pytest.mark.parametrize("read", [lambda path: read_square(path, 32), lambda path: read_image(path, 32, 1)])
class TestBothWaysOfReading:
    def test_grey_becomes_three_equal_channels(self, tmp_path, read):
        grey = np.random.default_rng(1).integers(0, 256, (32, 32)).astype(np.uint8)
        assert np.array_equal(read(write_image(tmp_path / "a.png", grey)), np.stack([grey] * 3, 2))

    @pytest.mark.parametrize("suffix", [".bmp", ".png", ".tif"])
    def test_a_colour_table_becomes_its_colours(self, tmp_path, read, suffix):
        colours = [(10, 20, 30), (200, 100, 0), (0, 255, 90)]
        numbers = np.random.default_rng(1).integers(0, 3, (32, 32)).astype(np.uint8)
        path = write_image(tmp_path / f"a{suffix}", numbers, colours)
        assert np.array_equal(read(path), np.array(colours, np.uint8)[numbers])

    def test_a_fourth_band_is_left_out(self, tmp_path, read):
        pixels = np.random.default_rng(1).integers(0, 256, (32, 32, 4)).astype(np.uint8)
        pixels[:, :, 3] = 255
        assert np.array_equal(read(write_image(tmp_path / "a.png", pixels)), pixels[:, :, :3])

    def test_an_image_of_16_bits_is_refused(self, tmp_path, read):
        path = write_image(tmp_path / "deep.tif", np.full((32, 32), 4000, np.uint16))
        with pytest.raises(EngineError, match=r"deep\.tif is not 8-bit"):
            read(path)

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp"])
    @pytest.mark.parametrize("share", [0.0, 0.02, 0.6])
    def test_a_file_that_is_empty_or_cut_short_is_named(self, tmp_path, read, suffix, share):
        pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
        path = write_image(tmp_path / f"cut{suffix}", pixels)
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(EngineError, match=rf"cut\{suffix} cannot be read; mend or remove it") as caught:
            read(path)
        assert caught.value.code is ErrorCode.DATASET_INVALID
        assert ("the file is empty" in caught.value.message) == (share == 0)

    def test_a_file_that_points_at_another_is_not_followed(self, tmp_path, read):
        source = write_image(tmp_path / "source.tif")
        assert gdal.GetDriverByName("VRT").CreateCopy(str(tmp_path / "a.vrt"), gdal.Open(str(source))) is not None
        (tmp_path / "a.vrt").rename(tmp_path / "a.tif")
        with pytest.raises(EngineError, match=r"a\.tif cannot be read"):
            read(tmp_path / "a.tif")

    def test_a_file_that_claims_to_be_huge_is_refused_before_it_is_read(self, tmp_path, read):
        path = str(tmp_path / "huge.tif")
        options = ["SPARSE_OK=TRUE", "COMPRESS=DEFLATE", "TILED=YES", "BLOCKXSIZE=4096", "BLOCKYSIZE=4096"]
        assert gdal.GetDriverByName("GTiff").Create(path, 100_000, 100_000, 3, options=options) is not None
        with pytest.raises(EngineError, match=r"huge\.tif has over 100,000,000 pixels"):
            read(tmp_path / "huge.tif")
