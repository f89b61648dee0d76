"""Searching by words about acquisitions, and what an archive keeps of them."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from frors_qgis.engine.archive.acquisitions import record_acquisition, record_facts, with_facts
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.chip_filter import ChipFilter, Near
from frors_qgis.engine.archive.geopackage_index import GeoPackageIndex
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.queries import known_words, read_query
from frors_qgis.engine.search.searcher import Searcher
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.conftest import UTM, ColourEncoder, write_geotiff

SUMMER = "S2A_31TFJ_20190607_0_L2A.tif"
WINTER = "S2B_31TFJ_20191207_0_L2A.tif"
PLAIN = "plain.tif"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An archive beside two Sentinel-2 scenes of one place and an undated raster 100 km east of it, each 20 km wide."""
    folder = tmp_path_factory.mktemp("made")
    picture = np.random.default_rng(5).integers(0, 255, (3, 32, 32), np.uint8).repeat(64, axis=1).repeat(64, axis=2)
    east = (600000.0, *UTM[1:])
    paths = [write_geotiff(folder / name, picture, UTM if name != PLAIN else east) for name in (SUMMER, WINTER, PLAIN)]
    with Archive.create(folder / "made.gpkg", encoder="colours", encoder_sha256="0" * 64, dimension=4) as archive:
        IndexRun(archive, Levels(), ColourEncoder, lambda *_: None, lambda: None).index(map(str, paths))
    return folder


@pytest.fixture
def colour_archive(made, tmp_path):
    """A copy of the archive with copies of its rasters, open for writing."""
    folder = shutil.copytree(made, tmp_path / "made")
    with Archive.open(folder / "made.gpkg", writable=True) as archive:
        yield archive


@pytest.fixture
def paths(colour_archive):
    """The rasters of the archive."""
    return [colour_archive.path.with_name(name) for name in (SUMMER, WINTER, PLAIN)]


@pytest.fixture
def index(colour_archive, colour_encoder):
    def run(*paths):
        progress = IndexRun(colour_archive, Levels(), lambda: colour_encoder, lambda *_: None, lambda: None)
        return [outcome.state for outcome in progress.index([str(path) for path in paths])]

    return run


@pytest.fixture
def found(colour_archive, tmp_path):
    """The names of the rasters in which a search by the first chip finds matches, and the matches."""
    searcher = Searcher(
        colour_archive, GeoPackageIndex(colour_archive, Index(colour_archive, SegmentFolder(tmp_path / "index")))
    )
    names = {record.id: record.path.rpartition("/")[2] for record in colour_archive.rasters()}

    def search(words, **values):
        parameters = Parameters({"chip": 1, "any_size": True, "k": 1000, "words": words} | values)
        query, _ = read_query(parameters, colour_archive)
        answer = searcher.search(query)
        notes.append(answer.note)
        return {names[match.chip.raster_id] for match in answer.matches}, answer.matches

    notes: list[str | None] = []
    search.notes = notes
    yield search
    searcher.close()


def test_what_excludes_everything_is_named(found):
    area, elsewhere = [8.9, 44.9, 9.2, 45.1], [100.0, 0.0, 101.0, 1.0]
    for values, words in (
        ({}, "known to fulfil the conditions; change them"),
        ({"within": area, "crs": "EPSG:4326"}, "that passes the filters is known to fulfil the conditions"),
        ({"within": elsewhere, "crs": "EPSG:4326"}, "passes the filters; widen"),
    ):
        assert found("landsat", **values)[1] == []
        assert words in found.notes[-1]
    assert found("landsat", words_weight=0.5)[1]
    assert found("sentinel-2", within=elsewhere, crs="EPSG:4326")[1] == []
    assert "passes the filters; widen" in found.notes[-1]


def test_only_rasters_that_are_known_to_fulfil_the_words_are_searched(found):
    assert found("sentinel-2")[0] == {SUMMER, WINTER}
    assert found("sentinel-2, summer")[0] == {SUMMER}
    assert found("not summer")[0] == {WINTER}
    assert found("resolution < 15 m")[0] == {SUMMER, WINTER, PLAIN}
    assert found("2019-12 or sentinel-2a")[0] == {SUMMER, WINTER}
    assert found("landsat")[0] == set()
    assert found(" ")[0] == {SUMMER, WINTER, PLAIN}


def test_distances_are_taken_to_chips_so_that_a_large_raster_is_cut(found, colour_archive):
    everything = len(found("resolution < 15 m, sentinel-2a")[1])
    names, matches = found("within 5 km, sentinel-2a")
    assert names == {SUMMER}
    assert 0 < len(matches) < everything / 2
    names, others = found("not within 5 km, sentinel-2a")
    assert names == {SUMMER}
    assert not {match.chip.id for match in matches} & {match.chip.id for match in others}
    assert found("within 50 km")[0] == {SUMMER, WINTER}
    assert found("not within 50 km")[0] == {PLAIN}
    assert found("within 50 km of 45.0 N 10.3 E")[0] == {PLAIN}
    assert found("within 50 km", place=[10.3, 45.0])[0] == {PLAIN}
    assert found("within 5 km or within 50 km of 45.0 N 10.3 E")[0] == {SUMMER, WINTER, PLAIN}
    assert found("near 43.3 5.4")[0] == set()


def test_chips_near_a_place_are_those_that_their_centres_say(colour_archive, tmp_path):
    chips = colour_archive.chip_index(tmp_path)
    chips.refresh()
    everywhere = set(colour_archive.chips_near((9.0, 45.0), 20_037.5).tolist())
    assert everywhere == set(range(1, colour_archive.chip_count() + 1))
    for km in (1.0, 8.0, 100.0):
        near = colour_archive.chips_near((9.1, 45.05), km)
        beyond, _, _ = chips.chips(ChipFilter(near=((Near((9.1, 45.05), km, beyond=True),),)), 1)
        assert sorted([*near.tolist(), *beyond.tolist()]) == sorted(everywhere)
        for chip in colour_archive.chips(near.tolist()):
            longitude, latitude = np.mean(chip.footprint, axis=0)
            east = (longitude - 9.1) * np.cos(np.radians(45.05)) * 111.2
            assert np.hypot(east, (latitude - 45.05) * 111.2) <= km * 1.01
    assert len(colour_archive.chips_near((-9.1, -45.05), 100.0)) == 0
    assert len(colour_archive.chips_near((9.1, 89.9), 4000.0)) == 0
    assert len(colour_archive.chips_near((9.1, 89.9), 5200.0)) == len(everywhere)


def test_a_distance_without_any_place_gets_a_sentence(colour_archive):
    embedding = {"embedding": [1.0, 0.0, 0.0, 0.0]}
    for values in ({"words": "within 50 km"}, {"words": "nonsense"}, {"words": "x" * 501}, {"place": [1.0]}):
        with pytest.raises(EngineError) as caught:
            read_query(Parameters(embedding | values), colour_archive)
        assert caught.value.code is ErrorCode.BAD_REQUEST


def test_the_words_of_an_archive_are_those_of_its_rasters(colour_archive):
    known = known_words(colour_archive)
    assert known.platforms == ("sentinel-2", "sentinel-2a", "sentinel-2b")
    assert (known.sensors, known.levels, known.years) == (("msi",), ("L2A",), ("2019",))


def test_the_records_columns_tell_the_facts_that_are_used(colour_archive):
    record = colour_archive.rasters()[0]
    assert (record.platform, record.sensor, record.acquired) == ("sentinel-2a", "msi", "2019-06-07")
    assert record_acquisition(record).gsd == pytest.approx(10, abs=0.01)
    assert record_facts(record).used()["acquired"].source == "name"


def test_indexing_again_reads_files_that_came_since_and_encodes_nothing(colour_archive, index, paths, colour_encoder):
    properties = {"datetime": "2021-02-03T00:00:00Z", "platform": "landsat-8"}
    item = {"type": "Feature", "stac_version": "1.0.0", "properties": properties}
    paths[2].with_suffix(".json").write_text(json.dumps(item))
    assert index(*paths) == ["unchanged"] * 3
    assert colour_encoder.batches == []
    assert colour_archive.rasters()[2].acquired == "2021-02-03"


def test_the_users_word_survives_indexing_again_also_of_a_changed_raster(colour_archive, index, paths):
    decided = {"acquired": "2018-06", "place_name": "Milan"}
    colour_archive.change_raster(1, lambda old: with_facts(old, record_facts(old).with_users_word(decided)))
    index(*paths)
    assert record_acquisition(colour_archive.raster(1)).acquired == "2018-06"
    write_geotiff(paths[0], np.full((3, 2048, 2048), 7, np.uint8))
    assert index(paths[0]) == ["indexed"]
    record = colour_archive.raster(1)
    assert record.acquired is None
    assert (record_acquisition(record).acquired, record_acquisition(record).place_name) == ("2018-06", "Milan")


def test_an_archive_of_an_earlier_version_is_known_by_its_columns(colour_archive, index, paths):
    old = colour_archive.raster(3)
    old.metadata.clear()
    old.platform, old.acquired, old.cloud = "Sentinel-2", "2019-06-07", 400.0
    colour_archive.update_raster(old)
    acquisition = record_acquisition(colour_archive.raster(3))
    assert (acquisition.platform, acquisition.acquired) == ("sentinel-2", "2019-06-07")
    assert (acquisition.cloud, acquisition.place) == (None, None)
    index(paths[2])
    assert record_acquisition(colour_archive.raster(3)).place is not None


@pytest.mark.parametrize("stored", [7, "x", {}, [[]], [{"field": "place", "value": "here", "source": "user"}]])
def test_facts_of_a_strangers_archive_that_make_no_sense_are_unknown(colour_archive, stored):
    record = colour_archive.raster(3)
    record.metadata["acquisition"] = stored
    colour_archive.update_raster(record)
    assert record_acquisition(colour_archive.raster(3)).place is None
