"""Encoding chip by chip, as other plugins do: the same weights in float32, one window after the other.

Each loop reads a window from the raster by itself, with the halo of dense encoding or without, and runs it through the
whole network: in torch, or in ONNX Runtime after an export.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.engine.encoders.checkpoint import load_checkpoint
from frors_qgis.engine.encoders.device import Device
from frors_qgis.engine.encoders.encoder import Encoder, core_maps
from frors_qgis.engine.encoders.head import Head
from frors_qgis.engine.encoders.installed import encoder_path
from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.encoders.registry import build_encoder, load_trunk
from frors_qgis.engine.encoders.resnet import ResNet50Trunk, normalise
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Pixels, Reader
from frors_qgis.engine.imagery.stretch import estimate_stretch

Encode = Callable[[Pixels, int], NDArray[np.float32]]


class ChipLoop:
    """Reads and encodes windows of one raster one by one; each call gives embeddings [n, D] of chips."""

    def __init__(self, raster: Raster, halo: int, encode: Encode) -> None:
        self._reader = Reader(raster, estimate_stretch(raster))
        self._grid = raster.grid(None)
        self._halo = halo
        self._encode = encode

    def __call__(self, chips: Sequence[ChipRecord]) -> NDArray[np.float32]:
        """Embeddings [n, D] of chips at the raster's own GSD."""
        return np.concatenate([self._encode(self._read(chip), self._halo) for chip in chips])

    def _read(self, chip: ChipRecord) -> Pixels:
        side = chip.cells * CELL + 2 * self._halo
        x, y = round(chip.column) - self._halo, round(chip.row) - self._halo
        return self._reader.read(self._grid, x, y, side, side)


def float32_encoder(identifier: str) -> Encoder:
    """An installed encoder in float32 on the CPU."""
    path = encoder_path(identifier)
    return build_encoder(load_checkpoint(path), path, Device("cpu", torch.float32, "asked for"))


def in_torch(encoder: Encoder) -> Encode:
    """Encodes a window in torch."""

    def encode(pixels: Pixels, halo: int) -> NDArray[np.float32]:
        if halo == 0:
            return encoder.encode_images(pixels.rgb[None])
        cells = pixels.rgb.shape[0] // CELL - 2 * halo // CELL
        return encoder.encode(pixels.rgb[None], pixels.valid[None], np.array([(0.0, 0.0, cells, cells)]))[0]

    return encode


class InOnnxRuntime:
    """Encodes a window in ONNX Runtime, with a graph for each size of window."""

    def __init__(self, identifier: str, folder: Path) -> None:
        """identifier: of an installed encoder; folder: takes the graphs."""
        self._trunk = load_trunk(encoder_path(identifier))
        self._head = float32_encoder(identifier).head
        self._folder = folder
        self._sessions: dict[tuple[int, int], Any] = {}

    def __call__(self, pixels: Pixels, halo: int) -> NDArray[np.float32]:
        """Embeddings [1, D] of a square of pixels with its halo."""
        rgb = torch.from_numpy(pixels.rgb[None]).permute(0, 3, 1, 2)
        image = normalise(rgb, torch.from_numpy(pixels.valid)[None, None])
        side = image.shape[-1]
        if (side, halo) not in self._sessions:
            self._sessions[side, halo] = self._session(image, halo)
        return self._sessions[side, halo].run(None, {"image": image.contiguous().numpy()})[0]

    def _session(self, image: torch.Tensor, halo: int) -> Any:
        import onnxruntime

        network = _Whole(self._trunk, self._head, (image.shape[-1] - 2 * halo) // CELL if halo else None).eval()
        path = self._folder / f"{image.shape[-1]}-{halo}.onnx"
        torch.onnx.export(network, (image,), path, input_names=["image"], dynamo=True, verbose=False)
        return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


class _Whole(nn.Module):
    """Normalised pixels [1, 3, H, W] -> the embedding [1, D] of their core of some cells, or of the whole picture."""

    def __init__(self, trunk: ResNet50Trunk, head: Head, cells: int | None) -> None:
        super().__init__()
        self.trunk, self.head = trunk, head
        self._cells = cells

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        maps = self.trunk(image)
        return self.head(maps if self._cells is None else core_maps(maps, self._cells, self._cells))
