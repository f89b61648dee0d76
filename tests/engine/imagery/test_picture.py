from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.imagery.picture import save_png
from frors_qgis.engine.imagery.reader import Pixels
from frors_qgis.protocol import EngineError, ErrorCode


@pytest.fixture
def pixels(noise):
    valid = np.ones((20, 30), bool)
    valid[:5] = False
    return Pixels(np.moveaxis(noise(3, 20, 30), 0, -1) * valid[..., None], valid)


@pytest.mark.usefixtures("gdal_exceptions")
def test_a_picture_holds_the_pixels_and_is_transparent_where_none_are_valid(tmp_path, pixels):
    path = tmp_path / "chip é.png"
    save_png(pixels, path)
    content = gdal.Open(str(path)).ReadAsArray()
    assert np.array_equal(np.moveaxis(content[:3], 0, -1), pixels.rgb)
    assert np.array_equal(content[3] == 255, pixels.valid)
    assert [entry.name for entry in tmp_path.iterdir()] == ["chip é.png"]


def test_a_picture_that_cannot_be_written_says_so(tmp_path, pixels):
    with pytest.raises(EngineError) as caught:
        save_png(pixels, tmp_path / "no folder" / "chip.png")
    assert caught.value.code is ErrorCode.INTERNAL


def test_a_full_disk_is_named(pixels):
    with pytest.raises(EngineError) as caught:
        save_png(pixels, "/dev/full")
    assert caught.value.code is ErrorCode.DISK_FULL
