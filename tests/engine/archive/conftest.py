from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord

_WRITER = Path(__file__).with_name("block_writer.py")
_ROOT = Path(__file__).parents[3]

MakeChips = Callable[..., NewChips]


@pytest.fixture(scope="session")
def make_chips() -> MakeChips:
    chips: MakeChips = runpy.run_path(str(_WRITER))["make_chips"]
    return chips


@pytest.fixture
def make_record(tmp_path: Path) -> Callable[..., RasterRecord]:
    def make(name: str = "raster.tif", **changes: Any) -> RasterRecord:
        values: dict[str, Any] = {
            "path": str(tmp_path / name),
            "identity": "123-456",
            "crs": "EPSG:32610",
            "transform": (500000.0, 0.3, 0.0, 5200000.0, 0.0, -0.3),
            "width": 4096,
            "height": 2048,
            "gsd": 0.3,
            "stretch": {"bands": [1, 2, 3], "low": [0, 0, 0], "high": [255, 255, 255]},
            "bands": 3,
        }
        return RasterRecord(**(values | changes))

    return make


@pytest.fixture
def new_archive(tmp_path: Path) -> Callable[..., Archive]:
    def create(path: Path | None = None, dimension: int = 16) -> Archive:
        return Archive.create(
            path or tmp_path / "archive.gpkg", encoder="trial", encoder_sha256="ab" * 32, dimension=dimension
        )

    return create


@pytest.fixture
def archive(new_archive: Callable[..., Archive]) -> Iterator[Archive]:
    """An empty archive of 16-d embeddings, open for writing."""
    with new_archive() as archive:
        yield archive


@pytest.fixture
def filled(archive: Archive, make_chips: MakeChips, make_record: Callable[..., RasterRecord]) -> Archive:
    """Two rasters: blocks of 30, 0 and 20 chips in the first, of 25 in the second."""
    first, second = archive.add_raster(make_record("one.tif")), archive.add_raster(make_record("two.tif"))
    archive.write_block(first, 0, make_chips(30, seed=1, dimension=16))
    archive.write_block(first, 1, make_chips(0, dimension=16))
    archive.write_block(second, 0, make_chips(25, seed=2, dimension=16, west=10.0))
    archive.write_block(first, 2, make_chips(20, seed=3, dimension=16, west=-122.5))
    return archive


@pytest.fixture
def large(
    new_archive: Callable[..., Archive], make_chips: MakeChips, make_record: Callable[..., RasterRecord]
) -> Archive:
    """3000 chips of 64 numbers in three rasters and two levels."""
    archive = new_archive(dimension=64)
    for name in ("one.tif", "two.tif", "three.tif"):
        raster_id = archive.add_raster(make_record(name))
        for block in range(4):
            chips = make_chips(250, seed=10 * raster_id + block, dimension=64)
            chips.cells[::3] = 4
            archive.write_block(raster_id, block, chips)
    return archive


@pytest.fixture
def start_writer() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process that writes blocks; whatever still runs is killed afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start(path: Path, raster_id: int, blocks: int, chips: int, pause: float = 0) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(_WRITER), str(path), str(raster_id), str(blocks), str(chips), str(pause)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts a file system on a new folder: `mount("-t", "tmpfs", "tmpfs", folder_name)`; skips where it may not."""
    mounted: list[Path] = []

    def attach(*arguments: str, name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        try:
            result = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if result.returncode != 0:
            pytest.skip(f"this user may not mount: {result.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield attach
    for folder in reversed(mounted):
        subprocess.run(["umount", str(folder)], check=False)
