"""The algorithms `frors:info`, `frors:remove`, `frors:exportgeoparquet` and `frors:importgeoparquet`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException


@pytest.fixture(scope="module")
def made(run, raster, other_raster, tmp_path_factory):
    """An archive of two rasters, and how many chips it has."""
    path = tmp_path_factory.mktemp("made") / "two.gpkg"
    parameters = {"RASTERS": [str(raster), str(other_raster)], "ARCHIVE": str(path)}
    return path, run("frors:index", parameters)["CHIPS"]


@pytest.fixture
def indexed(made, tmp_path):
    """A copy of it for one test."""
    path, chips = made
    return Path(shutil.copy(path, tmp_path)), chips


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


def test_an_archive_goes_into_a_geoparquet_file_and_comes_back(run, indexed, make_feedback, tmp_path):
    path, chips = indexed
    file, back = tmp_path / "two.parquet", tmp_path / "back.gpkg"
    exported = run("frors:exportgeoparquet", {"ARCHIVE": str(path), "FILE": str(file)}, None, make_feedback())
    assert (exported["CHIPS"], exported["COLLECTION"]) == (chips, str(tmp_path / "two.collection.json"))
    parameters = {"FILES": [str(file)], "ARCHIVE": str(back)}
    imported = run("frors:importgeoparquet", parameters, None, make_feedback())
    assert (imported["CHIPS"], imported["ENCODER"]) == (chips, "frors")
    with pytest.raises(QgsProcessingException, match="choose another name"):
        run("frors:importgeoparquet", parameters, None, make_feedback())


def test_a_location_in_a_database_is_an_archive_like_others(run, postgres, raster, extent, make_feedback, tmp_path):
    archive, report = {"ARCHIVE": postgres.location("toolbox")}, tmp_path / "report.html"
    chips = run("frors:index", archive | {"RASTERS": [str(raster)]}, None, make_feedback())["CHIPS"]
    assert run("frors:info", archive | {"REPORT": str(report)}, None, make_feedback())["CHIPS"] == chips > 0
    assert "<title>toolbox</title>" in report.read_text()
    search = archive | {"RASTER": str(raster), "EXTENT": extent, "MATCHES": 5, "OUTPUT": "TEMPORARY_OUTPUT"}
    assert run("frors:search", search, None, make_feedback())["OUTPUT"].featureCount() == 5
    gone = run("frors:remove", archive | {"RASTERS": [str(raster)]}, None, make_feedback())
    assert (gone["REMOVED"], gone["CHIPS"]) == (chips, 0)
