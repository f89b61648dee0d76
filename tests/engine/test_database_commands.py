"""The command line on an archive in a database: the same commands as on a file."""

from __future__ import annotations

import json

import pytest
from osgeo import gdal

from frors_qgis.engine.__main__ import main


@pytest.fixture
def call(capsys):
    """Runs a command; returns what it says with --json."""

    def call_(*arguments, status=0):
        assert main([*map(str, arguments), "--json"]) == status
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return call_


def test_an_archive_in_a_database_takes_every_command(postgres, sample_path, tmp_path, call):
    raster = tmp_path / "part.tif"
    gdal.Translate(str(raster), str(sample_path), srcWin=[0, 0, 400, 400])
    location = postgres.location("commands")
    assert call("info", location, status=1)["error"]["code"] == "archive_missing"
    indexed = call("index", location, raster)
    assert indexed["rasters"][0]["state"] == "indexed"
    assert call("index", location, raster)["rasters"][0]["state"] == "unchanged"
    info = call("info", location)
    assert (info["path"], info["chips"]) == (location, indexed["chips"])
    assert info["bytes"] > 0
    bounds = call("search", location, "--chip", 1, "-k", 1)["matches"][0]["bounds"]
    found = call("search", location, "--chip", 1, "-k", 3, "--within", *bounds)
    assert found["matches"][0]["chip"] == 1
    assert found["matches"][0]["raster"] == str(raster)
    postgres.execute("CREATE ROLE commander")
    assert call("grant", location, "--analysts", "commander") == {"analysts": ["commander"], "indexers": []}
    assert call("grant", location, status=1)["error"]["code"] == "bad_request"
    assert call("verify", location)["problems"] == []
    assert call("remove", location, raster)["chips"] == 0
    assert call("search", location, "--chip", 1, status=1)["error"]["code"] == "chip_unknown"
