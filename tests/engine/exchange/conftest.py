from __future__ import annotations

import itertools
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from frors_qgis.engine.acquisition.facts import Facts, facts_of
from frors_qgis.engine.archive.acquisitions import with_facts
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.call import Call
from frors_qgis.engine.exchange.footprints import encode_footprints, squares
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from tests.engine.archive.block_writer import make_chips

_numbers = itertools.count(1)


@pytest.fixture
def ask(tmp_path):
    """Calls a method of the engine."""
    service = Service(tmp_path)
    yield lambda method, **values: service.methods[method](Parameters(values), Call())
    service.release_archives()


@pytest.fixture
def archive(tmp_path):
    """Two rasters with gaps in their ids, blocks of 30, 20, 0 and 25 chips, one raster that is there."""
    (tmp_path / "one.tif").touch()
    with Archive.create(tmp_path / "a.gpkg", encoder="trial", encoder_sha256="ab" * 32, dimension=16) as archive:
        one, gone, two = (archive.add_raster(record(tmp_path / name)) for name in ("one.tif", "gone.tif", "two.tif"))
        for block, (raster, count) in enumerate([(one, 30), (gone, 10), (two, 20), (one, 0), (one, 25), (gone, 5)]):
            chips = make_chips(count, seed=block, dimension=16, west=179.995)
            chips.cells[::3] = 4
            chips.valid[:] = 0.9
            archive.write_block(raster, block, chips)
        archive.remove_raster(gone)
        yield archive


def record(path):
    """A raster of which it is known when, by what and where it was taken."""
    facts = {"acquired": "2024-05-17", "platform": "sentinel-2a", "sensor": "msi", "cloud": 12.5}
    made = RasterRecord(
        path=str(path),
        identity="123-456",
        crs="EPSG:32610",
        transform=(500000.0, 0.3, 0.0, 5200000.0, 0.0, -0.3),
        width=4096,
        height=2048,
        gsd=0.3,
        stretch={"bands": [1, 2, 3], "low": [0, 0, 0], "high": [255, 255, 255]},
        bands=3,
        metadata={"TIFFTAG": "x"},
        plan={"passes": []},
        state="indexed",
    )
    return with_facts(made, Facts.of(facts_of("user", facts)))


@pytest.fixture(params=["into a file", "into a database"])
def target(request, tmp_path):
    """Where no archive is yet."""
    if request.param == "into a file":
        return str(tmp_path / "imported.gpkg")
    return request.getfixturevalue("postgres").location(f"imported_{next(_numbers)}")


@pytest.fixture
def write(tmp_path):
    """Writes columns by name as a Parquet file with metadata, and returns its path; a column of None is left out."""

    def write_(columns, name="foreign.parquet", **metadata):
        table = pa.table({key: column for key, column in columns.items() if column is not None})
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in metadata.items()}
        pq.write_table(table.replace_schema_metadata(texts), tmp_path / name, row_group_size=700)
        return str(tmp_path / name)

    return write_


class Foreign:
    """1,100 embeddings on a grid, their squares of 2 km, and a row that is like the first one."""

    count = 1100
    twin = 1034

    def __init__(self):
        generator = np.random.default_rng(0)
        self.vectors = generator.standard_normal((self.count, 12)).astype(np.float32)
        self.vectors[self.twin] = 3 * self.vectors[0]
        x, y = np.arange(self.count) % 50, np.arange(self.count) // 50
        self.places = np.stack([10.0 + x * 0.03, 45.0 + y * 0.02], axis=1)
        self.polygons = encode_footprints(squares(self.places, 2000.0))
        self.lists = pa.array(list(self.vectors))


@pytest.fixture(scope="session")
def foreign():
    return Foreign()
