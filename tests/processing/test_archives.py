"""The algorithms `frors:info` and `frors:remove`."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingException


@pytest.fixture
def indexed(run, raster, other_raster, tmp_path, make_feedback):
    """An archive of two rasters."""
    path = tmp_path / "two.gpkg"
    parameters = {"RASTERS": [str(raster), str(other_raster)], "ARCHIVE": str(path)}
    return path, run("frors:index", parameters, None, make_feedback())["CHIPS"]


def test_information_counts_chips_and_rasters_and_names_the_encoder(run, indexed, make_feedback, tmp_path, raster):
    path, chips = indexed
    report = tmp_path / "report.html"
    result = run("frors:info", {"ARCHIVE": str(path), "REPORT": str(report)}, None, make_feedback())
    assert (result["CHIPS"], result["RASTERS"], result["MISSING"], result["ENCODER"]) == (chips, 2, 0, "frors")
    assert str(raster) in report.read_text()


def test_without_a_report_there_is_none(run, indexed, make_feedback):
    assert "REPORT" not in run("frors:info", {"ARCHIVE": str(indexed[0])}, None, make_feedback())


def test_a_raster_that_is_removed_is_gone_with_its_chips_and_its_file_stays(run, indexed, raster, make_feedback):
    path, chips = indexed
    result = run("frors:remove", {"ARCHIVE": str(path), "RASTERS": [str(raster)]}, None, make_feedback())
    assert result["REMOVED"] + result["CHIPS"] == chips
    assert result["REMOVED"] > 0
    assert raster.exists()
    with pytest.raises(QgsProcessingException, match="has no raster"):
        run("frors:remove", {"ARCHIVE": str(path), "RASTERS": [str(raster)]}, None, make_feedback())
