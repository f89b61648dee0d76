"""Looks and words together, against a brute force over all chips; and words alone."""

from __future__ import annotations

import numpy as np
import pytest

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.agreement import agreement
from frors_qgis.engine.acquisition.places import distance_km
from frors_qgis.engine.acquisition.query_line import parse_query_line
from frors_qgis.engine.archive.acquisitions import record_acquisition, record_facts, with_facts
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP
from frors_qgis.engine.archive.geopackage_index import GeoPackageIndex
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.search.odds import Odds
from frors_qgis.engine.search.query import Query
from frors_qgis.engine.search.searcher import Searcher
from frors_qgis.engine.search.spread import spread
from frors_qgis.engine.search.weighing import judge, parts, search_parts
from frors_qgis.protocol import EngineError

TAKEN = [
    {"platform": "sentinel-2a", "acquired": "2019-06-07", "cloud": 3.0},
    {"platform": "sentinel-2b", "acquired": "2019-05-30"},
    {"platform": "landsat-8", "acquired": "2019-12", "cloud": 40.0},
    {"acquired": "2018"},
    {},
]
HERE = (9.05, 45.05)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    """Five rasters of noise beside each other, each 10 km wide, of which ever less is known."""
    from frors_qgis.engine.archive.archive import Archive
    from tests.engine.conftest import ColourEncoder

    folder = tmp_path_factory.mktemp("weighed")
    paths = [write(folder / f"plain{number}.tif", number) for number in range(len(TAKEN))]
    with Archive.create(folder / "a.gpkg", encoder="colours", encoder_sha256="0" * 64, dimension=4) as archive:
        IndexRun(archive, Levels(), ColourEncoder, lambda *_: None, lambda: None).index(paths)
        for id_, said in enumerate(TAKEN, 1):
            archive.change_raster(id_, lambda old, said=said: with_facts(old, record_facts(old).with_users_word(said)))
        searcher = Searcher(archive, GeoPackageIndex(archive, Index(archive, SegmentFolder(folder / "index"))))
        yield searcher
        searcher.close()


def write(path, number):
    from osgeo import gdal, osr

    srs = osr.SpatialReference()
    srs.ImportFromEPSG(32632)
    tiles = np.random.default_rng(number).integers(0, 255, (3, 16, 16), np.uint8)
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 1024, 1024, 3, gdal.GDT_Byte)
    dataset.SetProjection(srs.ExportToWkt())
    dataset.SetGeoTransform((500000.0 + 10240 * number, 10.0, 0.0, 5000000.0, 0.0, -10.0))
    dataset.WriteRaster(0, 0, 1024, 1024, tiles.repeat(64, axis=1).repeat(64, axis=2).tobytes())
    return str(path)


def brute_force(archive, vector, words, weight):
    """The score of every chip, by its id."""
    taken = {record.id: record_acquisition(record) for record in archive.rasters()}
    odds = Odds(taken.values())
    scores = {}
    for chip in archive.chips(range(1, archive.chip_count() + 1)):
        looks = float(archive.embedding(chip.id) @ vector)
        longitude, latitude = np.mean(chip.footprint, axis=0).tolist()
        told = []
        for clause in words.of_rasters.clauses:
            agreed = agreement(clause, taken[chip.raster_id])
            told.append(guessed(odds.of(clause, taken[chip.raster_id]), looks) if agreed is None else agreed)
        for clause in words.of_places:
            told.append(max(near(within, beyond, (longitude, latitude)) for within, beyond in clause))
        scores[chip.id] = (1 - weight) * looks + weight * sum(told) / len(told)
    return scores


def guessed(odds, looks):
    """What counts of a clause that cannot be told: the looks as far as the odds are even."""
    odds = round(4 * odds) / 4
    unsure = 4 * odds * (1 - odds)
    return unsure * looks + (1 - unsure) * odds


def near(within, beyond, centre):
    far = distance_km(centre, within.place or HERE) / within.km
    if beyond:
        return float(far > 1)
    return next((left for factor, left in ((1, 1.0), (2, 0.5), (4, 0.25)) if far <= factor), 0.0)


@pytest.mark.parametrize("weight", [0.3, 1.0])
@pytest.mark.parametrize(
    "line",
    [
        "sentinel-2a",
        "summer, cloud < 10",
        "summer or landsat, resolution < 1 m, since 2019",
        "within 3 km",
        "within 5 km, spring",
        "not within 12 km, within 2 km or within 9 km of 45.1 N 9.3 E, not landsat, cloud < 50",
        ", ".join(f"within {km} km" for km in range(1, 20)),
    ],
)
def test_the_ranking_is_that_of_a_brute_force(searcher, line, weight):
    archive, words = searcher._archive, parse_query_line(line)
    vector = archive.embedding(17)
    expected = brute_force(archive, vector, words, weight)
    searcher._index.refresh()
    found = parts(words, weight, HERE, judge(words, archive, None), searcher._index, EVERY_CHIP)
    assert sum(len(searcher._index.chips(part.chosen, len(expected))[0]) for part in found) == len(expected)
    for k in (1, 10, len(expected)):
        ids, scores = search_parts(searcher._index, vector, k, found, lambda: None)
        assert len(ids) == k
        best = sorted(expected.values(), reverse=True)[:k]
        assert scores.tolist() == pytest.approx(best, abs=2e-3)
        assert [expected[id_] for id_ in ids.tolist()] == pytest.approx(best, abs=2e-3)


def test_what_is_unknown_counts_for_its_odds(searcher):
    words, vector = parse_query_line("sentinel-2"), searcher._archive.embedding(17)
    answer = searcher.search(Query(vector, k=1000, words=words, weight=0.5))
    found = {chip: (score, searcher._archive.chips([chip])[0].raster_id) for _, chip, score in ranking(answer)}
    assert {raster for _, raster in found.values()} == {1, 2, 3, 4, 5}
    assert answer.odds.keys() == {1, 2, 3, 4, 5}
    assert answer.odds[1] == answer.odds[2] == answer.odds[3] == {}
    [(clause, odds)] = answer.odds[5].items()
    assert clause == words.clauses[0]
    assert 0.2 < odds < 0.9
    for chip, (score, raster) in found.items():
        looks = float(searcher._archive.embedding(chip) @ vector)
        told = {1: 1.0, 2: 1.0, 3: 0.0}.get(raster)
        told = guessed(answer.odds[raster][clause], looks) if told is None else told
        assert score == pytest.approx(0.5 * looks + 0.5 * told, abs=2e-3)


def test_words_that_must_hold_are_not_guessed(searcher):
    answer = searcher.search(Query(searcher._archive.embedding(17), k=1000, words=parse_query_line("sentinel-2")))
    assert {match.chip.raster_id for match in answer.matches} == {1, 2}
    assert answer.odds == {}


def ranking(found):
    return [(match.rank, match.chip.id, match.score) for match in found.matches]


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.9, 1.0])
def test_where_nothing_is_known_a_weight_leaves_the_order_as_it_is(searcher, weight):
    only = {"k": 50, "rasters": frozenset({5})}
    vector = searcher._archive.embedding(17)
    plain = ranking(searcher.search(Query(vector, **only)))
    words = parse_query_line("sentinel-2, summer, cloud < 5")
    weighed = ranking(searcher.search(Query(vector, words=words, weight=weight, **only)))
    assert [row[:2] for row in weighed] == [row[:2] for row in plain]
    assert ranking(searcher.search(Query(vector, weight=weight, **only))) == plain


def test_words_of_no_weight_change_nothing(searcher):
    vector = searcher._archive.embedding(17)
    plain = ranking(searcher.search(Query(vector, k=50)))
    weighed = ranking(searcher.search(Query(vector, k=50, words=parse_query_line("landsat"), weight=0.0)))
    assert [row[:2] for row in weighed] == [row[:2] for row in plain]
    assert [row[2] for row in weighed] == pytest.approx([row[2] for row in plain])


def test_filters_hold_beside_a_weight(searcher):
    query = Query(
        searcher._archive.embedding(17),
        k=40,
        words=parse_query_line("sentinel-2"),
        weight=0.7,
        rasters=frozenset({2, 4}),
        least_score=0.5,
    )
    matches = searcher.search(query).matches
    assert {match.chip.raster_id for match in matches} <= {2, 4}
    assert matches[0].chip.raster_id == 2
    assert min(match.score for match in matches) >= 0.5


def test_a_weight_is_a_number_from_0_to_1():
    with pytest.raises(EngineError, match="from 0 to 1"):
        Query(np.ones(4, np.float32), weight=1.5)


def test_words_alone_find_chips_from_all_over_the_rasters_that_fulfil_them(searcher):
    matches = searcher.search(Query(None, k=12, words=parse_query_line("sentinel-2 or landsat"))).matches
    assert [match.chip.raster_id for match in matches[:3]] == [1, 2, 3]
    assert {match.score for match in matches} == {1.0}
    columns = [match.chip.column for match in matches if match.chip.raster_id == 1]
    assert max(columns) - min(columns) > 256
    near = searcher.search(Query(None, k=1000, words=parse_query_line("within 3 km"), place=HERE)).matches
    assert near
    for match in near:
        assert distance_km(tuple(np.mean(match.chip.footprint, axis=0)), HERE) <= 3.03


def test_chips_that_nothing_ranks_alternate_between_rasters_and_scatter_over_each():
    ids, rasters = np.arange(1, 201), np.repeat([7, 9], 100)
    sizes = np.where(ids % 2, 64.0, 128.0).astype(np.float32)
    order = spread(ids, rasters, sizes)
    assert sorted(order) == ids.tolist()
    first = order[:20]
    assert [7, 9] * 10 == rasters[first - 1].tolist()
    assert set(sizes[first - 1].tolist()) == {128.0}
    assert np.diff(np.sort(first[::2])).max() <= 20


def test_acquisitions_of_the_fixture_are_what_they_say(searcher):
    assert record_acquisition(searcher._archive.raster(5)) == Acquisition(
        gsd=pytest.approx(10, abs=0.01), place=record_acquisition(searcher._archive.raster(5)).place
    )
