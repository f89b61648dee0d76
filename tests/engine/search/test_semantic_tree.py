"""The semantic tree: equal to brute force for every filter, its nodes, and its file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from frors_qgis.engine.archive.array_file import ArrayFileError, read_arrays, write_arrays
from frors_qgis.engine.archive.records import Generation
from frors_qgis.engine.search import semantic_tree as tree_module
from frors_qgis.engine.search import semantic_tree_file as tree_file
from frors_qgis.engine.search.semantic_columns import ChipColumns, RasterColumns
from frors_qgis.engine.search.semantic_filter import SemanticFilter
from frors_qgis.engine.search.semantic_nodes import TreeLevel
from frors_qgis.engine.search.semantic_tree import SemanticTree
from frors_qgis.engine.search.semantic_tree_file import kept_tree, read_tree, tree_fingerprint, write_tree

QUERIES = 10_000
TREES = 50
PLATFORMS = ["Sentinel-2A", "Landsat-8", "GF-2", "drone", None]
SENSORS = ["MSI", "OLI", "PAN", None]
GSDS = [0.3, 0.999, 1.0, 3.9, 4.0, 10.0, 15.0, 30.0, 60.0, 250.0, None, -1.0, float("nan"), float("inf")]
DATES = ["2019-12-31", "2020-01-01T10:00:00Z", "2020-02-29", "2021-07-15", "0001-01-01", "9999-12-31"]
DATES += [None, "20200101", "soon", "2021-02-30", ""]


class Scene:
    """Random rasters and chips as plain values, and what brute force finds among them."""

    def __init__(self, seed: int, chips: int) -> None:
        draw = np.random.default_rng(seed)
        rasters = int(draw.integers(1, 12))
        self.platform, self.sensor = draw.choice(PLATFORMS, rasters), draw.choice(SENSORS, rasters)
        self.gsd, self.acquired = draw.choice(np.array(GSDS, object), rasters), draw.choice(DATES, rasters)
        self.ids = draw.permutation(10 * chips)[:chips].astype(np.int64) + 1
        self.raster = draw.integers(0, rasters, chips)
        spread = draw.choice([0.01, 1.0, 60.0])
        # Whole hundredths, so that many chips lie on the edges of extents, and on the antimeridian.
        self.longitude = np.round(draw.choice([0.0, 179.9, -122.5]) + spread * draw.standard_normal(chips), 2)
        self.latitude = np.clip(np.round(draw.choice([0.0, 84.9]) + spread * draw.standard_normal(chips), 2), -90, 90)
        self.longitude[draw.random(chips) < 0.1] = np.nan
        self.classes = draw.integers(-1, 4, chips) if draw.random() < 0.7 else None
        self.width = int(draw.choice([2, 4, 8, 12, 16, 32]))
        centres = draw.integers(0, 256, (4, self.width), dtype=np.uint8)
        flips = np.packbits(draw.random((chips, 8 * self.width)) < draw.choice([0.01, 0.1, 0.5]), axis=1)
        self.codes = centres[draw.integers(0, 4, chips)] ^ flips
        self.bits = np.unpackbits(self.codes, axis=1)
        self.east_of = np.array([self._east(value) for value in self.longitude.tolist()])

    @staticmethod
    def _east(longitude: float) -> float:
        """The longitude from -180, included, to 180."""
        while longitude >= 180:
            longitude -= 360
        while longitude < -180:
            longitude += 360
        return longitude

    def tree(self, leaf_chips: int) -> SemanticTree:
        rasters = RasterColumns.of(*(v.tolist() for v in (self.platform, self.sensor, self.gsd, self.acquired)))
        chips = ChipColumns.of(self.ids, self.raster, self.longitude, self.latitude, self.codes, self.classes)
        return SemanticTree.build(rasters, chips, leaf_chips)

    def query(self, draw: np.random.Generator) -> tuple[np.ndarray, int, SemanticFilter]:
        """A random code, number of matches and filter."""

        def some(values: list, share: float = 0.4) -> frozenset | None:
            return frozenset(v for v in values if draw.random() < 0.5) if draw.random() < share else None

        near = draw.random() < 0.7
        code = self.codes[draw.integers(len(self.codes))].copy() if near else draw.integers(0, 256, self.width, "u1")
        code[0] ^= draw.integers(0, 8, dtype=np.uint8)
        extent = None
        known = np.flatnonzero(~np.isnan(self.longitude))
        if len(known) and draw.random() < 0.5:
            corners = draw.choice(known, 2)
            (west, east), (south, north) = self.longitude[corners], np.sort(self.latitude[corners])
            extent = (float(west), float(south), float(east), float(north))
        gsd = None if draw.random() < 0.6 else tuple(sorted(draw.choice([0.1, 0.3, 1.0, 4.0, 10.0, 15.0, 100.0], 2)))
        days = ["2019-06-01", "2020-01-01", "2020-02-29", "2021-07-15", "2021-07-16", None, None, None]
        since, until = (None if (day := draw.choice(days)) is None else str(day) for _ in range(2))
        filters = SemanticFilter(
            platforms=some([*PLATFORMS[:-1], "unheard of"]),
            sensors=some(SENSORS[:-1]),
            gsd=gsd,
            extent=extent,
            since=since,
            until=until,
            months=some(list(range(1, 13)), 0.3),
            classes=some(list(range(5)), 0.3),
        )
        return code, int(draw.choice([1, 2, 10, 50, 10_000])), filters

    def brute_force(self, code: np.ndarray, k: int, filters: SemanticFilter) -> tuple[list[int], list[int]]:
        """Ids and distances: every raster and every chip looked at by itself."""
        passes = np.array([self._raster_passes(place, filters) for place in range(len(self.platform))])[self.raster]
        if filters.extent is not None:
            west, south, east, north = filters.extent
            passes &= (self.latitude >= south) & (self.latitude <= north)
            west, east, x = self._east(west), self._east(east), self.east_of
            passes &= ((x >= west) & (x <= east)) if west <= east else ((x >= west) | (x <= east))
        if filters.classes is not None:
            passes &= np.zeros(len(passes), bool) if self.classes is None else np.isin(self.classes, [*filters.classes])
        places = np.flatnonzero(passes)
        distances = (self.bits[places] != np.unpackbits(code)).sum(axis=1)
        order = np.lexsort((self.ids[places], distances))[:k]
        return self.ids[places[order]].tolist(), distances[order].tolist()

    def _raster_passes(self, place: int, filters: SemanticFilter) -> bool:
        gsd, day = self.gsd[place], None
        if self.acquired[place] is not None and len(self.acquired[place]) >= 10:
            try:
                day = date.fromisoformat(self.acquired[place][:10])
            except ValueError:
                day = None
        if filters.platforms is not None and self.platform[place] not in filters.platforms:
            return False
        if filters.sensors is not None and self.sensor[place] not in filters.sensors:
            return False
        if filters.gsd is not None and not (gsd is not None and filters.gsd[0] <= gsd <= filters.gsd[1]):
            return False
        if (filters.since or filters.until or filters.months is not None) and day is None:
            return False
        if filters.months is not None and day.month not in filters.months:
            return False
        return (filters.since or "") <= str(day) <= (filters.until or "~") if filters.since or filters.until else True


@pytest.mark.parametrize("seed", range(TREES))
def test_searches_of_random_trees_equal_brute_force_with_ties_and_unknown_values(seed, monkeypatch):
    draw = np.random.default_rng(1000 + seed)
    scene = Scene(seed, int(draw.choice([1, 5, 60, 300])))
    tree = scene.tree(int(draw.choice([1, 4, 64])))
    monkeypatch.setattr(tree_module, "_FIRST_WAVE", int(draw.choice([1, 8, 4096])))
    for _ in range(QUERIES // TREES):
        code, k, filters = scene.query(draw)
        ids, distances = tree.search(code, k, filters)
        assert (ids.tolist(), distances.tolist()) == scene.brute_force(code, k, filters), filters


def test_a_search_does_not_look_at_what_the_filter_or_the_bound_leaves_out(monkeypatch):
    scene = Scene(7, 3000)
    tree = scene.tree(16)
    looked_at = []
    passing = tree_module.Conditions.passing

    def note(conditions, positions, *columns):
        looked_at.append(len(positions))
        return passing(conditions, positions, *columns)

    monkeypatch.setattr(tree_module.Conditions, "passing", note)
    monkeypatch.setattr(tree_module, "_FIRST_WAVE", 1)
    tree.search(scene.codes[5], 1)
    assert 0 < sum(looked_at) < 1500
    looked_at.clear()
    assert len(tree.search(scene.codes[5], 10, SemanticFilter(platforms=frozenset({"unheard of"})))[0]) == 0
    assert sum(looked_at) == 0


def test_every_chip_is_in_one_leaf_and_every_node_says_the_truth_about_its_chips():
    tree = Scene(3, 2000).tree(8)
    nodes, chips, rasters = tree.nodes, tree.chips, tree.rasters
    leaves = np.flatnonzero(nodes.children == 0)
    covered = np.concatenate([np.arange(nodes.first[leaf], nodes.first[leaf] + nodes.count[leaf]) for leaf in leaves])
    assert sorted(covered) == list(range(2000))
    assert set(nodes.level.tolist()) == set(TreeLevel)
    for place in range(len(nodes)):
        held = slice(nodes.first[place], nodes.first[place] + nodes.count[place])
        codes, days = chips.codes[held], rasters.day[chips.raster[held]]
        width = codes.shape[1]
        assert nodes.ors[place : place + 1].view("u1")[0, :width].tolist() == np.bitwise_or.reduce(codes).tolist()
        assert nodes.ands[place : place + 1].view("u1")[0, :width].tolist() == np.bitwise_and.reduce(codes).tolist()
        known = ~np.isnan(chips.longitude[held])
        if known.any():
            x, y = chips.longitude[held][known], chips.latitude[held][known]
            assert nodes.box[place].tolist() == [x.min(), y.min(), x.max(), y.max()]
        if (days > 0).any():
            assert nodes.days[place].tolist() == [days[days > 0].min(), days.max()]
        shared = {
            TreeLevel.PLATFORM: rasters.platform,
            TreeLevel.SENSOR: rasters.sensor,
            TreeLevel.MONTH: rasters.month,
        }
        if (column := shared.get(TreeLevel(nodes.level[place]))) is not None:
            assert set(column[chips.raster[held]].tolist()) == {int(nodes.value[place])}


def test_resolution_bands_begin_where_they_say():
    gsds = [0.3, 0.999, 1, 3.9, 4, 14, 15, 59, 60, 1000, None, 0, -3, float("nan"), float("inf")]
    columns = RasterColumns.of([None] * 15, [None] * 15, gsds, [None] * 15)
    assert columns.band.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0, 0, 0, 0, 0]


def test_an_extent_reaches_over_the_antimeridian():
    rasters = RasterColumns.of([None], [None], [None], [None])
    longitude = np.array([179.5, -179.5, 180.0, 0.0, 540.0, 181.0])
    codes = np.zeros((6, 2), np.uint8)
    chips = ChipColumns.of(np.arange(1, 7), np.zeros(6, int), longitude, np.zeros(6), codes)
    tree = SemanticTree.build(rasters, chips, 1)

    def found(west, east):
        return tree.search(codes[0], 9, SemanticFilter(extent=(west, -1, east, 1)))[0].tolist()

    assert found(179, -179) == found(179, 181) == found(-181, -179) == [1, 2, 3, 5, 6]
    assert found(-10, 10) == [4]
    assert found(-180, 180) == found(0, 400) == [1, 2, 3, 4, 5, 6]
    assert found(179, 180) == [1, 3, 5]


def test_a_tree_of_no_chips_finds_none(tmp_path: Path):
    empty = np.zeros(0, np.int64)
    chips = ChipColumns.of(empty, empty, empty, empty, np.zeros((0, 8), np.uint8))
    tree = SemanticTree.build(RasterColumns.of([], [], [], []), chips)
    write_tree(tmp_path / "tree", "it", tree)
    for one in (tree, read_tree(tmp_path / "tree", "it")):
        assert [len(part) for part in one.search(np.zeros(8, np.uint8), 5)] == [0, 0]


@pytest.mark.parametrize("values", [
    {"gsd": (float("nan"), 1)}, {"extent": (0, 0, float("inf"), 1)}, {"extent": (0, 2, 1, 1)}, {"since": "yesterday"},
    {"until": "2024-02-30"}, {"since": "2024-05-31T10:00"}, {"months": frozenset({0})}, {"classes": frozenset({-1})},
])  # fmt: skip
def test_filters_that_make_no_condition_are_refused(values):
    with pytest.raises(ValueError, match=r"\w"):
        SemanticFilter(**values)


def test_columns_and_codes_that_do_not_fit_are_refused():
    scene = Scene(1, 60)
    tree = scene.tree(4)
    for code, k in ((np.zeros(scene.width + 1, np.uint8), 5), (scene.codes[:1], 5), (scene.codes[0], 0)):
        with pytest.raises(ValueError, match="a search is for"):
            tree.search(code, k)
    with pytest.raises(ValueError, match="different lengths"):
        ChipColumns.of(scene.ids[1:], scene.raster, scene.longitude, scene.latitude, scene.codes)
    with pytest.raises(ValueError, match="16 bits"):
        ChipColumns.of(scene.ids, scene.raster, scene.longitude, scene.latitude, scene.codes[:, :1])
    with pytest.raises(ValueError, match="not there"):
        SemanticTree.build(tree.rasters, replace(tree.chips, raster=tree.chips.raster + 100))


def test_a_tree_comes_back_from_its_file_as_it_was(tmp_path: Path):
    scene = Scene(5, 300)
    tree = scene.tree(4)
    write_tree(tmp_path / "tree", "it", tree)
    again = read_tree(tmp_path / "tree", "it")
    draw = np.random.default_rng(0)
    for _ in range(100):
        code, k, filters = scene.query(draw)
        for one, other in zip(tree.search(code, k, filters), again.search(code, k, filters), strict=True):
            assert (one == other).all()


def test_a_fingerprint_changes_with_chips_hasher_metadata_and_classes():
    tree = Scene(5, 60).tree(4)
    generation, rasters = Generation("archive", 0, 7), tree.rasters
    prints = {
        tree_fingerprint(generation, "hasher", rasters),
        tree_fingerprint(generation._replace(last_batch=8), "hasher", rasters),
        tree_fingerprint(generation, "other", rasters),
        tree_fingerprint(generation, "hasher", replace(rasters, day=rasters.day + 1)),
        tree_fingerprint(generation, "hasher", replace(rasters, platforms=("a", "b"))),
        tree_fingerprint(generation, "hasher", rasters, np.zeros(60, np.int64)),
    }
    assert len(prints) == 6
    assert tree_fingerprint(generation, "hasher", rasters) in prints


def test_a_kept_tree_is_built_once_and_again_for_another_fingerprint_or_a_damaged_file(tmp_path: Path):
    scene, built = Scene(5, 60), []

    def build() -> SemanticTree:
        built.append(1)
        return scene.tree(4)

    for expected in (1, 1):
        kept_tree(tmp_path / "index", "one", build)
        assert len(built) == expected
    kept_tree(tmp_path / "index", "other", build)
    (tmp_path / "index" / tree_file.FILE_NAME).write_bytes(b"nonsense")
    kept_tree(tmp_path / "index", "other", build)
    assert len(built) == 3
    assert len(kept_tree(tmp_path / "missing" / "index", "one", build)) == 60


def _with(name, change):
    def spoil(head, arrays):
        arrays[name] = change(arrays[name].copy())

    return spoil


def _put(place, value):
    def change(array):
        array[place] = value
        return array

    return change


@pytest.mark.parametrize("spoil", [
    _with("children", _put(0, 0)),
    _with("children", _put(0, 2**40)),
    _with("children", _put(-1, 1)),
    _with("children", _put(-1, -1)),
    _with("children", lambda a: np.roll(a, 1)),
    _with("children", lambda a: a[::-1]),
    _with("first", _put(-1, 2**40)),
    _with("first", _put(-1, -1)),
    _with("first", lambda a: a * 0),
    _with("count", _put(-1, 2**62)),
    _with("count", _put(-1, 0)),
    _with("count", lambda a: a * 0 + 300),
    _with("level", _put(3, 11)),
    _with("level", _put(3, -1)),
    _with("value", lambda a: a + 100),
    _with("value", lambda a: a - 100),
    _with("raster", _put(0, 99)),
    _with("raster", _put(0, -1)),
    _with("platform", _put(0, 99)),
    _with("sensor", _put(0, -1)),
    _with("day", _put(0, 2**31 - 1)),
    _with("day", _put(0, -5)),
    _with("day", lambda a: a[:0]),
    _with("ids", lambda a: a[1:]),
    _with("longitude", lambda a: a[:0]),
    _with("codes", lambda a: a[1:]),
    _with("box", lambda a: a[:-4]),
    _with("days", lambda a: a[:-1]),
    _with("ors", lambda a: a[:0]),
    lambda head, arrays: head.update({"code bytes": 0}),
    lambda head, arrays: head.update({"code bytes": 10**9}),
    lambda head, arrays: head.update({"code bytes": "many"}),
    lambda head, arrays: head.update({"platforms": 5}),
    lambda head, arrays: head.pop("sensors"),
    lambda head, arrays: [arrays.update({name: array[:0]}) for name, array in arrays.items()],
])  # fmt: skip
def test_a_tree_file_of_impossible_numbers_is_refused(tmp_path: Path, spoil):
    path = tmp_path / "tree"
    write_tree(path, "it", Scene(5, 300).tree(4))
    types = tree_file._RASTERS | tree_file._CHIPS | tree_file._NODES
    head, arrays = read_arrays(path, "semantic tree", types)
    spoil(head, arrays)
    if not all(len(array) == 0 for array in arrays.values()):
        write_arrays(path, "semantic tree", head, arrays)
        with pytest.raises(ArrayFileError):
            read_tree(path, "it")


def test_whatever_bounds_and_values_a_file_holds_a_search_ends_within_its_arrays(tmp_path: Path):
    scene, path = Scene(5, 300), tmp_path / "tree"
    write_tree(path, "it", scene.tree(4))
    types = tree_file._RASTERS | tree_file._CHIPS | tree_file._NODES
    head, arrays = read_arrays(path, "semantic tree", types)
    draw = np.random.default_rng(0)
    for name in ("ids", "longitude", "latitude", "gsd", "codes", "classes", "box", "days", "ors", "ands"):
        noise = draw.integers(0, 256, arrays[name].nbytes, dtype=np.uint8).view(arrays[name].dtype)
        write_arrays(path, "semantic tree", head, arrays | {name: noise})
        tree = read_tree(path, "it")
        for _ in range(20):
            code, k, filters = scene.query(draw)
            assert len(tree.search(code, k, filters)[0]) <= 300


def test_days_are_counted_as_the_calendar_does():
    start = date(2019, 12, 30)
    texts = [str(start + timedelta(days=days)) for days in range(5)]
    columns = RasterColumns.of([None] * 5, [None] * 5, [None] * 5, texts)
    assert np.diff(columns.day).tolist() == [1] * 4
    assert columns.year.tolist() == [2019, 2019, 2020, 2020, 2020]
    assert columns.month.tolist() == [12, 12, 1, 1, 1]
