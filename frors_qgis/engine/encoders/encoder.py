"""An encoder: blocks of pixels -> embeddings of any windows of them, from one feature map."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from frors_qgis.engine.encoders.batch import best_batch
from frors_qgis.engine.encoders.device import Device, lacks_memory
from frors_qgis.engine.encoders.frors_head import FrorsHead
from frors_qgis.engine.encoders.fused_trunk import fused
from frors_qgis.engine.encoders.head import Head
from frors_qgis.engine.encoders.interface import CELL, Pause, no_pause
from frors_qgis.engine.encoders.pooling import cell_validity, common_unit, window_weights
from frors_qgis.engine.encoders.resnet import ResNet50Trunk, normalise
from frors_qgis.engine.encoders.trunk_maps import TrunkMaps
from frors_qgis.protocol import EngineError, ErrorCode

HALO = 144
"""Pixels of context on each side of a block. Feature (i, j) is centred on pixel (32 i, 32 j), so that with a halo of
32 k - 16 pixels every cell of the core is centred on its own feature. 144 is the least for which a window pooled from
a large block and the same window encoded alone agree to a cosine of .97 at worst: with 112, border artefacts of the
smaller picture pulled 1 in 700 windows of 4 cells down to .92."""

_MARGIN = (HALO + CELL // 2) // CELL


class Encoder:
    """A trunk and a head on a device. Not thread-safe.

    `trunk` takes normalised pixels in the device's number type, `head` the maps that come out of it.
    """

    def __init__(
        self,
        identifier: str,
        sha256: str,
        trunk: ResNet50Trunk,
        head: Head,
        device: Device,
        classes: tuple[str, ...] = (),
        learnt: tuple[str, ...] = (),
    ) -> None:
        """classes: that it can suggest; learnt: all that it and its trunk have learnt, see `learnt_classes`.

        Raises EngineError(OUT_OF_MEMORY).
        """
        self.id = identifier
        self.sha256 = sha256
        self.dimension = head.dimension
        self.halo = HALO
        self.joins = device.name not in ("cpu", "mps")
        self.device = device
        self.classes = classes
        self.learnt = learnt
        with _within_memory(device.name):
            self.trunk = fused(trunk.eval(), device.name, device.dtype)
            self.head = head.eval().to(device.name)
        self.batches: dict[tuple[int, int], int] = {}
        """How many blocks of H x W pixels go together, as tried out so far."""

    @property
    def suggests(self) -> bool:
        """Whether it gives windows a class."""
        return isinstance(self.head, FrorsHead)

    def batch(self, height: int, width: int) -> int:
        """How many blocks of H x W pixels, halo included, are best encoded together: tried out on a graphics card.

        Raises EngineError(OUT_OF_MEMORY) where not even one fits.
        """
        if not self.joins:
            return 1
        size = (height, width)
        if size not in self.batches:
            with self._on_device():
                self.batches[size] = best_batch(partial(self._seconds, size))
        return self.batches[size]

    def encode(
        self,
        rgb: NDArray[np.uint8],
        valid: NDArray[np.bool_],
        windows: NDArray[np.float64],
        pause: Pause = no_pause,
    ) -> NDArray[np.float32]:
        """Embeddings [B, n, D], unit length, of the same n windows in each of B blocks.

        rgb: [B, H, W, 3] and valid: [B, H, W], the core with `halo` pixels of context on each side; H and W less
        twice the halo are whole cells. Pixels that are not valid enter the network as zero, which is also how the
        outside of a raster looks to it.
        windows: [n, 4] as x, y, width, height in cells from the core's upper left corner; fractions are allowed.
        pause: called between the stages of the trunk, where another thread may encode meanwhile.
        Raises EngineError(OUT_OF_MEMORY), and what `pause` raises.
        """
        try:
            with self._on_device():
                return self.head.embed(self._pooled(rgb, valid, windows, self._after_kernels(pause))).cpu().numpy()
        except EngineError as error:
            if error.code is not ErrorCode.OUT_OF_MEMORY or len(rgb) == 1:
                raise
        half = len(rgb) // 2  # another program has taken memory since the batch was tried out
        self.batches[rgb.shape[1], rgb.shape[2]] = half
        parts = [self.encode(rgb[part], valid[part], windows, pause) for part in (slice(half), slice(half, None))]
        return np.concatenate(parts)

    def suggest(
        self, rgb: NDArray[np.uint8], valid: NDArray[np.bool_], windows: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Probability of each of `classes` [B, n, classes] for the same windows as `encode` takes.

        Raises EngineError: BAD_REQUEST for an encoder that knows no classes, OUT_OF_MEMORY.
        """
        head = self._suggesting_head()
        with self._on_device():
            return head.class_probabilities(self._pooled(rgb, valid, windows)).cpu().numpy()

    def encode_images(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embeddings [B, D], unit length, of whole images [B, H, W, 3] that have no context; H and W are whole cells.

        Beyond the border the network sees nothing: its convolutions' own zero padding.
        Raises EngineError(OUT_OF_MEMORY).
        """
        with self._on_device():
            return self.head(self._maps(rgb, np.ones(rgb.shape[:3], bool))).cpu().numpy()

    def embed_stage3(self, stage3: torch.Tensor) -> NDArray[np.float32]:
        """Embeddings [B, D] of whole images from maps of stage 3 [B, 1024, h, w] that such a trunk computed before."""
        with self._on_device():
            return self.head(self._late(stage3)).cpu().numpy()

    def suggest_stage3(self, stage3: torch.Tensor) -> NDArray[np.float32]:
        """Probability of each of `classes` [B, classes] for whole images, from maps as `embed_stage3` takes them.

        Raises what `suggest` raises.
        """
        head = self._suggesting_head()
        with self._on_device():
            return head.class_probabilities(head.mean(self._late(stage3))).cpu().numpy()

    def _suggesting_head(self) -> FrorsHead:
        if not isinstance(self.head, FrorsHead):
            raise EngineError(ErrorCode.BAD_REQUEST, f"The encoder {self.id} knows no classes to suggest.")
        return self.head

    def _late(self, stage3: torch.Tensor) -> TrunkMaps:
        maps = stage3.to(self.device.name, self.device.dtype, memory_format=torch.channels_last)
        return TrunkMaps(maps, self.trunk.late(maps))

    def _pooled(
        self,
        rgb: NDArray[np.uint8],
        valid: NDArray[np.bool_],
        windows: NDArray[np.float64],
        pause: Pause = no_pause,
    ) -> torch.Tensor:
        """Means over windows of all that the head describes [B, n, K]."""
        core = slice(HALO, -HALO)
        validity = cell_validity(valid[:, core, core], CELL)
        unit = common_unit(windows, validity)
        units = validity[:, ::unit, ::unit]
        weights = torch.from_numpy(np.stack([window_weights(windows / unit, fractions) for fractions in units]))
        maps = core_maps(self._maps(rgb, valid, pause), *validity.shape[1:])
        return self.head.pool(maps, weights.to(self.device.name), unit)

    def _after_kernels(self, pause: Pause) -> Pause:
        """A pause that begins when the card has computed what it was given."""
        if self.device.name != "cuda" or pause is no_pause:
            return pause

        def synchronised() -> None:
            torch.cuda.synchronize()
            pause()

        return synchronised

    def _seconds(self, size: tuple[int, int], blocks: int) -> float:
        """How long the trunk takes for some blocks together, once it is warm."""
        rgb, valid = np.zeros((blocks, *size, 3), np.uint8), np.ones((blocks, *size), bool)
        for _ in range(2):  # the first pass chooses kernels
            start = time.perf_counter()
            self._maps(rgb, valid).stage4[0, 0, 0, 0].item()  # waits until it is computed
        return time.perf_counter() - start

    def _maps(self, rgb: NDArray[np.uint8], valid: NDArray[np.bool_], pause: Pause = no_pause) -> TrunkMaps:
        pixels = self._sent(rgb).permute(0, 3, 1, 2)
        mask = self._sent(valid).unsqueeze(1)
        return self.trunk(normalise(pixels, mask).to(self.device.dtype, memory_format=torch.channels_last), pause)

    def _sent(self, array: NDArray[Any]) -> torch.Tensor:
        """An array on the device; to a graphics card from memory that it reads by itself, while the CPU goes on."""
        tensor = torch.from_numpy(array)
        if self.device.name == "cuda":
            return tensor.pin_memory().to("cuda", non_blocking=True)
        return tensor.to(self.device.name)

    @contextmanager
    def _on_device(self) -> Iterator[None]:
        with _within_memory(self.device.name), torch.inference_mode():
            yield


@contextmanager
def _within_memory(device: str) -> Iterator[None]:
    """Says in a sentence that a device has no memory left."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not lacks_memory(error):
            raise
        raise EngineError(
            ErrorCode.OUT_OF_MEMORY,
            f"The {device} ran out of memory. Close other programs, or choose the CPU as device.",
        ) from error


def core_maps(maps: TrunkMaps, rows: int, columns: int) -> TrunkMaps:
    """The maps of the core's cells. Their stage 3 begins and ends with positions on the core's edges."""
    first = 2 * _MARGIN - 1
    return TrunkMaps(
        maps.stage3[:, :, first : first + 2 * rows + 1, first : first + 2 * columns + 1],
        maps.stage4[:, :, _MARGIN : _MARGIN + rows, _MARGIN : _MARGIN + columns],
    )
