"""Searches find what comparing every chip finds, however few of them a filter lets pass."""

from __future__ import annotations

import time

import numpy as np
import pytest

from frors_qgis.engine.acquisition.query_line import parse_query_line
from frors_qgis.engine.archive.check import go_on
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter, Near
from frors_qgis.engine.archive.postgis import index as postgis_index
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.engine.search.weighing import Judgement, judge, parts, search_parts
from frors_qgis.protocol import EngineError, ErrorCode

SIDE, BLOCK, DIMENSION = 100, 1000, 24
SEARCHES = 20
DEARER = ("seqscan", "bitmapscan", "sort")
STEP = 0.01
"""Degrees between neighbours of a grid of SIDE x SIDE chips, from longitude 10 and latitude 40 to the north-east."""


@pytest.fixture(scope="module")
def vectors():
    """Unit vectors of 10,000 chips about 200 centres, which have nothing to do with where the chips lie."""
    generator = np.random.default_rng(1)
    centres = generator.standard_normal((200, DIMENSION))
    noisy = centres[generator.integers(0, 200, SIDE * SIDE)] + 0.7 * generator.standard_normal((SIDE * SIDE, DIMENSION))
    return (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def places():
    """Longitude and latitude of the lower left corners [n, 2]."""
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    return np.stack([10 + STEP * columns, 40 + STEP * rows], axis=1)


@pytest.fixture(scope="module")
def tables(backend, request):
    """The servers that hold the chips, and in which table. They search by HNSW wherever they can, as if there were many
    chips and every filter let pass a great part of them."""
    if backend == "geopackage":
        yield {}
        return
    main = request.getfixturevalue("postgres")
    shards = request.getfixturevalue("shards").values() if backend == "postgis with two shards" else ()
    held = dict.fromkeys(shards, "chips") or {main: "chips_0"}
    for server in held:
        for kind in DEARER:
            server.execute(f"ALTER ROLE owner SET enable_{kind} = off")
    yield held
    for server in held:
        for kind in DEARER:
            server.execute(f"ALTER ROLE owner RESET enable_{kind}")


def hnsw_searches(server, schema, table):
    """How often the index of embeddings was searched by sessions that are over."""
    query = "SELECT idx_scan FROM pg_stat_user_indexes WHERE schemaname = %s AND indexrelname = %s"
    return server.execute(query, schema, f"{table}_embedding")[0][0]


@pytest.fixture(scope="module")
def filled(backend, new_archive, tables, vectors, places, tmp_path_factory, request):
    """Ten rasters of ten rows each; every fourth chip is of the smaller level."""
    best = test_the_best_ten_are_found_through_a_filter_of_any_share.__name__
    names = [item.name for item in request.session.items]
    expected = (SEARCHES - 1) * sum(name.startswith(f"{best}[{backend}-") for name in names)
    with new_archive(DIMENSION) as archive:
        for start in range(0, SIDE * SIDE, BLOCK):
            part = slice(start, start + BLOCK)
            corners = [places[part] + np.array(corner) * STEP / 2 for corner in ((0, 1), (1, 1), (1, 0), (0, 0))]
            chips = NewChips(
                windows=np.tile([0.0, 0.0, 256.0, 256.0], (BLOCK, 1)),
                gsd=np.full(BLOCK, 0.5),
                cells=np.where(np.arange(BLOCK) % 4, 8, 4).astype(np.int32),
                valid=np.ones(BLOCK, np.float32),
                footprints=np.stack(corners, axis=1),
                vectors=vectors[part],
            )
            archive.write_block(archive.add_raster(record(f"/rasters/{start}.tif")), 0, chips)
        folder = tmp_path_factory.mktemp("index")
        archive.seal_index(folder)
        for server, table in tables.items():
            server.execute(f"ANALYZE {archive.stem}.{table}")  # as PostgreSQL does by itself after a while
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(postgis_index, "EXACT_BELOW", 0)
            yield archive, archive.chip_index(folder)
    deadline = time.monotonic() + 20
    while any(hnsw_searches(server, archive.stem, table) < expected for server, table in tables.items()):
        assert time.monotonic() < deadline, "searches were not by HNSW"
        time.sleep(0.1)


def record(path: str) -> RasterRecord:
    """Of a raster that nobody opens."""
    return RasterRecord(
        **{"path": path, "identity": "1-2", "crs": "EPSG:4326", "transform": (10.0, 1e-5, 0.0, 41.0, 0.0, -1e-5)},
        **{"width": 1000, "height": 1000, "gsd": 0.5, "stretch": {}, "bands": 3},
    )


def box(share: float) -> tuple[float, float, float, float]:
    """An extent that holds this share of the chips, round the middle."""
    reach = STEP * SIDE * share**0.5 / 2
    east, north = 10 + STEP * SIDE / 2 - STEP / 4, 40 + STEP * SIDE / 2 - STEP / 4
    return east - reach, north - reach, east + reach, north + reach


def brute_force(vectors, query, mask, k):
    scores = np.where(mask, vectors.astype(np.float16).astype(np.float32) @ query, -np.inf)
    return np.argsort(-scores, kind="stable")[: min(k, int(mask.sum()))]


@pytest.mark.parametrize("share", [1.0, 0.25, 0.06, 0.01, 0.001])
def test_the_best_ten_are_found_through_a_filter_of_any_share(filled, vectors, places, share):
    _, index = filled
    index.refresh()
    assert len(index) == SIDE * SIDE
    west, south, east, north = box(share)
    chosen = EVERY_CHIP if share == 1 else ChipFilter(extent=(west, south, east, north))
    mask = np.ones(SIDE * SIDE, bool)
    if share < 1:
        high = places + STEP / 2
        mask = (high >= (west, south)).all(axis=1) & (places <= (east, north)).all(axis=1)
    assert mask.sum() == pytest.approx(SIDE * SIDE * share, rel=0.6)
    generator = np.random.default_rng(2)
    hits = wanted = 0
    for _ in range(SEARCHES):
        query = vectors[generator.integers(0, SIDE * SIDE)] + 0.1 * generator.standard_normal(DIMENSION)
        query = query.astype(np.float32)
        ids, scores = index.search(query, 10, chosen)
        expected = brute_force(vectors, query, mask, 10)
        assert (len(ids), ids.dtype, scores.dtype) == (len(expected), np.int64, np.float32)
        assert mask[ids - 1].all()
        np.testing.assert_allclose(scores, vectors[ids - 1] @ query, atol=2e-3)
        assert (np.diff(scores) <= 0).all()
        hits += len(set(ids.tolist()) & set((expected + 1).tolist()))
        wanted += len(expected)
    assert hits / wanted >= 0.98


@pytest.mark.parametrize(
    ("chosen", "passes"),
    [
        (ChipFilter(rasters=frozenset({3, 99})), lambda ids, places: (ids > 2000) & (ids <= 3000)),
        (ChipFilter(rasters=frozenset()), lambda ids, places: ids < 0),
        (ChipFilter(newer_than=9990), lambda ids, places: ids > 9990),
        (ChipFilter(ground_size=(60, 70)), lambda ids, places: ids % 4 == 1),
        (ChipFilter(ground_size=(128, 128), newer_than=9000), lambda ids, places: (ids % 4 != 1) & (ids > 9000)),
        (ChipFilter(extent=(170, -10, -170, 10)), lambda ids, places: ids < 0),
        (ChipFilter(extent=(10, 40, 10, 40)), lambda ids, places: ids == 1),
        (ChipFilter(extent=(370, 40, 370.1, 40.1)), lambda ids, places: (places <= (10.1, 40.1)).all(axis=1)),
        (ChipFilter(near=((Near((10.5, 40.5), 3.0),),)), lambda ids, places: km(places, (10.5, 40.5)) <= 3),
        (ChipFilter(near=((Near((10.5, 40.5), 3.0, True),),)), lambda ids, places: km(places, (10.5, 40.5)) > 3),
        (
            ChipFilter(near=((Near((10.2, 40.2), 2.0), Near((10.8, 40.8), 2.0)), (Near((10.2, 40.2), 50.0),))),
            lambda ids, places: km(places, (10.2, 40.2)) <= 2,
        ),
    ],
)
def test_filters_let_pass_what_they_say(filled, vectors, places, chosen, passes):
    _, index = filled
    index.refresh()
    expected = 1 + np.flatnonzero(passes(np.arange(1, SIDE * SIDE + 1), places))
    assert index.has_any(chosen) == bool(len(expected))
    assert sorted(index.search(vectors[0], SIDE * SIDE, chosen)[0].tolist()) == expected.tolist()
    assert index.ground_sizes(chosen) == sorted({64.0 if chip % 4 == 1 else 128.0 for chip in expected.tolist()})


def km(places, centre):
    """Great-circle distances of the chips' centres from a place."""
    lon, lat = np.radians(places + STEP / 4).T
    to_lon, to_lat = np.radians(centre)
    chord = np.sin((lat - to_lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin((lon - to_lon) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(chord))


def test_looks_and_distances_together_rank_as_comparing_every_chip_does(filled, vectors, places):
    archive, index = filled
    index.refresh()
    words = parse_query_line("within 8 km of 40.3 N 10.3 E or within 5 km of 40.8 N 10.8 E, not within 30 km")
    weight = 0.4
    judged = judge(words, archive, None)
    found = parts(words, weight, (10.6, 40.5), judged, index, ChipFilter(newer_than=500))
    each = [index.chips(part.chosen, SIDE * SIDE)[0] for part in found]
    assert sorted(np.concatenate(each).tolist()) == list(range(501, SIDE * SIDE + 1))
    near = np.maximum(agreed(km(places, (10.3, 40.3)), 8), agreed(km(places, (10.8, 40.8)), 5))
    scores = (1 - weight) * (vectors @ vectors[7]) + weight * (near + (km(places, (10.6, 40.5)) > 30)) / 2
    ids, told = search_parts(index, vectors[7], 10, found, go_on)
    np.testing.assert_allclose(told, scores[ids - 1], atol=2e-3)
    expected = 501 + np.argsort(-scores[500:])[:10]
    assert len(set(ids.tolist()) & set(expected.tolist())) >= 9  # HNSW may miss one


def test_odds_of_what_rasters_leave_unknown_order_their_chips(filled, vectors):
    """The first three rasters fulfil the condition, the next three do not, of the others it is likely by 3 in 4."""
    archive, index = filled
    index.refresh()
    told = [Judgement(1.0, True)] * 3 + [Judgement(0.0, True)] * 3 + [Judgement(0.76, False)] * 4
    judged = {record.id: [one] for record, one in zip(archive.rasters(), told, strict=True)}
    found = parts(parse_query_line("sentinel-2"), 0.4, None, judged, index, EVERY_CHIP)
    looks = vectors @ vectors[7]
    counted = np.concatenate([np.full(3 * BLOCK, 1.0), np.zeros(3 * BLOCK), 0.75 * looks[6 * BLOCK :] + 0.25 * 0.75])
    scores = 0.6 * looks + 0.4 * counted
    ids, told = search_parts(index, vectors[7], 50, found, go_on)
    np.testing.assert_allclose(told, scores[ids - 1], atol=2e-3)
    expected = 1 + np.argsort(-scores)[:50]
    assert len(set(ids.tolist()) & set(expected.tolist())) >= 48  # HNSW may miss some


def agreed(far, wanted):
    """What is left of an agreement with a distance."""
    return np.select([far <= wanted, far <= 2 * wanted, far <= 4 * wanted], [1, 0.5, 0.25])


def test_chips_that_nothing_ranks_are_told_of_each_raster_alike(filled):
    _, index = filled
    index.refresh()
    chosen = ChipFilter(rasters=frozenset({2, 5}), extent=(10, 40, 10.5, 41))
    ids, rasters, sizes = index.chips(chosen, SIDE * SIDE)
    assert (len(ids), ids.dtype, rasters.dtype, sizes.dtype) == (1020, np.int64, np.int64, np.float32)
    assert (rasters == (ids - 1) // BLOCK + 1).all()
    assert (sizes == np.where(ids % 4 == 1, 64, 128)).all()
    few, of, large = index.chips(chosen, 50)
    assert set(few.tolist()) <= set(ids.tolist())
    assert (of == 2).sum() == (of == 5).sum() >= 25
    if len(few) < len(ids):
        assert len(few) == 50
        assert (large == 128).all()
        assert np.diff(np.sort(few[of == 2])).max() < 300


def test_places_are_found_without_a_search(filled, places):
    archive, _ = filled
    assert (
        archive.chips_within((10, 40, 10.1, 40.1)).tolist()
        == (1 + np.flatnonzero((places <= (10.1, 40.1)).all(axis=1))).tolist()
    )
    with pytest.raises(EngineError) as caught:
        archive.chips_within((0, 1, 0, -1))
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_what_cannot_be_searched_is_refused(filled):
    _, index = filled
    index.refresh()
    for vector, k in ((np.ones(DIMENSION - 1), 5), (np.full(DIMENSION, np.nan), 5), (np.ones(DIMENSION), 0)):
        with pytest.raises(EngineError) as caught:
            index.search(vector.astype(np.float32), k, EVERY_CHIP)
        assert caught.value.code is ErrorCode.BAD_REQUEST
