"""What the tests of this room share."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal, osr


@pytest.fixture
def noise():
    """A picture [bands, h, w] with detail everywhere, the same each time."""

    def make(bands, height, width, dtype=np.uint8, seed=1):
        top = 1.0 if np.dtype(dtype).kind == "f" else 250
        return (np.random.default_rng(seed).random((bands, height, width)) * top).astype(dtype)

    return make


@pytest.fixture(params=[False, True], ids=["gdal returns null", "gdal raises"])
def gdal_exceptions(request):
    """Runs a test under both of GDAL's ways to report errors."""
    if not request.param or gdal.GetUseExceptions():
        yield
        return
    gdal.UseExceptions()
    osr.UseExceptions()
    yield
    osr.DontUseExceptions()  # they unwind like a stack
    gdal.DontUseExceptions()
