"""A QGIS that is killed while its engine works for it; `make test-hard` does it many times."""

from __future__ import annotations

import time
from pathlib import Path

from frors_qgis.engine.archive.archive import Archive
from tests.hard.shell_door import ShellDoor
from tests.hard.workshop import write_raster


def test_kill_9_of_qgis_ends_its_engine_and_leaves_a_sound_archive(tmp_path: Path) -> None:
    raster, blocks = write_raster(tmp_path / "a.tif", 2300, 2200, seed=3), tmp_path / "blocks"
    door = ShellDoor(tmp_path, {"FRORS_HARD_BLOCKS": str(blocks), "FRORS_HARD_SECONDS": "0.2"})
    door.send("index", archive=str(tmp_path / "a.gpkg"), rasters=[str(raster)])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (blocks.exists() and blocks.stat().st_size >= 3):
        time.sleep(0.01)
    assert door.events.empty()
    door.kill()
    assert door.wait_for_engines(20) < 20
    with Archive.open(tmp_path / "a.gpkg") as archive:
        assert len(archive.finished_blocks(1)) >= 1
        assert archive.verify() == []
