"""Random views of images as the frozen stages of the trunk see them, computed once and kept on disk."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from frors_qgis.engine.encoders.device import Device
from frors_qgis.engine.encoders.resnet import ResNet50Trunk, normalise
from frors_qgis.engine.encoders.trunk_maps import STAGE3_CHANNELS, STAGE3_STRIDE
from frors_qgis.engine.learning.augmentation import Augmentation
from frors_qgis.engine.learning.dataset import LabelledImage, read_square
from frors_qgis.engine.learning.progress import Progress
from frors_qgis.protocol import EngineError, ErrorCode

_FORMAT = 1
_BATCH = 64
_SPARE = 256 << 20
_LARGEST_HALF = 65504.0
_MARGIN = 1.3
"""Images are kept at this many times the side of a random view, so that views that zoom in stay sharp."""


class ViewCache:
    """The maps of stage 3 of random views, float16, in a file of a folder that several runs may share.

    `name`, that of the file, is a fingerprint of all that it depends on: the images' files, the side, the number of
    views, the augmentation, the seed, the frozen stages and the device's number type. A view is made from a generator
    of its own, seeded by the seed and the view's number: a build that was killed goes on with that view and ends with
    the same maps.
    """

    def __init__(
        self,
        folder: Path,
        images: Sequence[LabelledImage],
        side: int,
        views: int,
        augmentation: Augmentation,
        seed: int,
        trunk: ResNet50Trunk,
        device: Device,
    ) -> None:
        """side: pixels of a view, whole cells; views: of each image, 0 for the image as it is, once."""
        self.views = max(views, 1)
        self._folder = folder
        self._images = list(images)
        self._side = side
        self._pixel_side = round(_MARGIN * side) if views else side
        self._augmentation = augmentation if views else Augmentation.none()
        self._seed = seed
        self._trunk = trunk
        self._device = device
        self._shape = (self.views * len(self._images), side // STAGE3_STRIDE, side // STAGE3_STRIDE, STAGE3_CHANNELS)
        self.name = self._fingerprint()
        self._maps: NDArray[np.float16] = np.zeros((0, *self._shape[1:]), np.float16)

    @property
    def size(self) -> int:
        """Bytes on disk once built."""
        return 2 * int(np.prod(self._shape, dtype=np.int64))

    def build(self, progress: Progress) -> None:
        """Computes the views that are not there yet; returns at once when all are.

        Raises EngineError: DISK_FULL when they would not fit, DATASET_INVALID naming an image that cannot be read.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        done = self._views_done()
        if done < self.views:
            self._require_space()
            self._allocate(self._path(".maps"), self.size)
            maps = np.memmap(self._path(".maps"), np.float16, "r+", shape=self._shape)
            pixels = self._pixels(progress)
            trunk = _early_stages(self._trunk, self._device)
            started = time.monotonic()
            for view in range(done, self.views):

                def show(fraction: float, view: int = view) -> None:
                    finished = view - done + fraction
                    left = (time.monotonic() - started) * (self.views - done - finished) / max(finished, 1e-9)
                    message = f"Computing view {view + 1} of {self.views}, before training"
                    progress((view + fraction) / self.views, message, left)

                self._compute(view, pixels, maps, trunk, show)
                maps.flush()
                self._write_state(view + 1)
            del pixels
            self._path(".pixels").unlink(missing_ok=True)
        self._maps = np.memmap(self._path(".maps"), np.float16, "r", shape=self._shape)

    def read(self, view: int | NDArray[np.integer[Any]], ids: NDArray[np.integer[Any]]) -> Tensor:
        """The maps of images by position: float32 [B, 1024, side / 16, side / 16], channels last.

        view: the view of all of them, or of each. The cache must be built. May be called from any thread.
        """
        rows = np.asarray(view, np.int64) * len(self._images) + ids
        return torch.from_numpy(self._maps[rows]).float().permute(0, 3, 1, 2)

    def _path(self, suffix: str) -> Path:
        return self._folder / f"{self.name}{suffix}"

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for image in self._images:
            status = image.path.stat()
            digest.update(f"{os.fsencode(image.path.resolve())!r} {status.st_size} {status.st_mtime_ns}\n".encode())
        digest.update(trunk_sha256(self._trunk, frozen=True).encode())
        settings = [_FORMAT, self._side, self.views, asdict(self._augmentation), self._seed, str(self._device.dtype)]
        digest.update(json.dumps(settings, sort_keys=True).encode())
        return digest.hexdigest()[:24]

    def _views_done(self) -> int:
        try:
            done = int(json.loads(self._path(".json").read_text(encoding="utf-8"))["views"])
            return done if self._path(".maps").stat().st_size == self.size else 0
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _write_state(self, views: int) -> None:
        waiting = self._path(f".json.{os.getpid()}")
        waiting.write_text(json.dumps({"views": views, "of": self.views, "images": len(self._images)}))
        waiting.replace(self._path(".json"))

    def _require_space(self) -> None:
        needed = self.size + self._pixel_bytes() - _allocated(self._path(".maps")) - _allocated(self._path(".pixels"))
        free = shutil.disk_usage(self._folder).free
        if needed + _SPARE > free:
            raise EngineError(
                ErrorCode.DISK_FULL,
                f"The views need {needed / 1e9:.1f} GB in {self._folder}, where {free / 1e9:.1f} GB are free; "
                "make room, choose another folder with --cache, or take fewer --views.",
            )

    @staticmethod
    def _allocate(path: Path, size: int) -> None:
        """Makes a file of this size, or leaves the one that is there: another run may be filling it.

        Its space is set aside where the system can: a mapped file that outgrows the disk would end the process.
        """
        with path.open("ab") as file:
            file.truncate(size)
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)

    def _pixel_bytes(self) -> int:
        return 3 * len(self._images) * self._pixel_side**2

    def _pixels(self, progress: Progress) -> NDArray[np.uint8]:
        """All images, read once: [n, s, s, 3] in a file."""
        side = self._pixel_side
        self._allocate(self._path(".pixels"), self._pixel_bytes())
        pixels = np.memmap(self._path(".pixels"), np.uint8, "r+", shape=(len(self._images), side, side, 3))
        for i, image in enumerate(self._images):
            pixels[i] = read_square(image.path, side)
            if i % _BATCH == 0:
                progress(0.0, f"Reading image {i + 1:,} of {len(self._images):,}", None)
        return pixels

    def _compute(
        self,
        view: int,
        pixels: NDArray[np.uint8],
        maps: NDArray[np.float16],
        trunk: ResNet50Trunk,
        show: Callable[[float], None],
    ) -> None:
        generator = torch.Generator().manual_seed(_seed_of(self._seed, view))
        for start in range(0, len(pixels), _BATCH):
            rgb = torch.from_numpy(np.array(pixels[start : start + _BATCH])).permute(0, 3, 1, 2).float()
            rgb = self._augmentation.apply(rgb, self._side, generator).to(self._device.name)
            normalised = normalise(rgb, torch.ones_like(rgb[:, :1]))
            with torch.inference_mode():
                stage3 = trunk.early(normalised.to(self._device.dtype, memory_format=torch.channels_last))
            stage3 = stage3.float().clamp(max=_LARGEST_HALF).half().permute(0, 2, 3, 1).cpu()
            row = view * len(pixels) + start
            maps[row : row + len(stage3)] = stage3.numpy()
            show(min(1.0, (start + _BATCH) / len(pixels)))


def trunk_sha256(trunk: ResNet50Trunk, *, frozen: bool = False) -> str:
    """Digest of the trunk's weights; frozen: without the last stage, which training changes."""
    digest = hashlib.sha256()
    for name, tensor in sorted(trunk.state_dict().items()):
        if not name.endswith("num_batches_tracked") and not (frozen and name.startswith("layer4.")):
            digest.update(name.encode())
            digest.update(tensor.detach().float().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _early_stages(trunk: ResNet50Trunk, device: Device) -> ResNet50Trunk:
    early = copy.deepcopy(trunk).eval()
    return early.to(device.name, device.dtype, memory_format=torch.channels_last)


def _allocated(path: Path) -> int:
    """Bytes of a file that the disk has set aside for it; 0 where there is none."""
    try:
        status = path.stat()
    except OSError:
        return 0
    return 512 * status.st_blocks if hasattr(status, "st_blocks") else status.st_size


def _seed_of(*numbers: int) -> int:
    """A seed that depends on all of the numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0]) >> 1
