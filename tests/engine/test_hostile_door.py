"""What `make test-hard` sends to the door."""

from __future__ import annotations

from pathlib import Path

from frors_qgis.engine.service import Service
from tests.hard.door_inputs import requests_of


def test_every_method_gets_hostile_requests(tmp_path: Path) -> None:
    assert set(requests_of("a.gpkg", "a.tif", str(tmp_path))) == set(Service(tmp_path).methods)
