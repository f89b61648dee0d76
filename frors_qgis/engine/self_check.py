"""Proves that this Python can run the engine: what the installer runs in a new environment.

python -m frors_qgis.engine.self_check encode|search

Prints one line of JSON with the versions that it has found. What fails to import or to compute ends it.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

from frors_qgis.engine.packages import require_packages
from frors_qgis.engine.torch_settings import before_torch
from frors_qgis.protocol import EngineError


def self_check(role: str) -> dict[str, Any]:
    """Imports what an engine of a role needs and has it compute. Raises EngineError, ImportError, OSError."""
    require_packages(role)
    import numpy
    from osgeo import gdal, gdal_array  # fails where numpy is not of the kind that GDAL was built for

    raster = gdal_array.OpenArray(numpy.arange(6, dtype="uint8").reshape(2, 3))
    if raster.ReadAsArray().sum() != 15:
        raise ImportError("GDAL does not read what numpy has written.")
    found = {"numpy": numpy.__version__, "gdal": gdal.__version__}
    return found | (_encode() if role == "encode" else _search())


def _encode() -> dict[str, Any]:
    before_torch()
    import safetensors  # noqa: F401  whether it can be imported
    import torch

    from frors_qgis.engine.encoders.device import choose_device
    from frors_qgis.engine.encoders.torchvision_models import import_resnet

    import_resnet()
    device = choose_device()  # runs a convolution
    return {
        "torch": torch.__version__,
        "torchvision": version("torchvision"),
        "safetensors": version("safetensors"),
        "device": device.name,
        "reason": device.reason,
    }


def _search() -> dict[str, Any]:
    import faiss
    import numpy

    index = faiss.IndexFlatIP(4)
    index.add(numpy.eye(4, dtype="float32"))
    _, nearest = index.search(numpy.eye(4, dtype="float32")[2:3], 1)
    if nearest[0, 0] != 2:
        raise ImportError("faiss finds the wrong vector.")
    return {"faiss": faiss.__version__}


def main(arguments: list[str]) -> int:
    """Command line; returns the exit status."""
    try:
        print(json.dumps(self_check(arguments[0])))
    except EngineError as error:
        print(error.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
