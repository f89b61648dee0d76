"""The semantic tree: equal to brute force for every filter, its nodes, and its file."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from frors_qgis.engine.archive.array_file import ArrayFileError, read_arrays, write_arrays
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter, Near
from frors_qgis.engine.archive.codes import semantic_tree as tree_module
from frors_qgis.engine.archive.codes import semantic_tree_file as tree_file
from frors_qgis.engine.archive.codes.semantic_columns import ChipColumns, CodeColumns, RasterColumns, bands_of
from frors_qgis.engine.archive.codes.semantic_nodes import TreeLevel
from frors_qgis.engine.archive.codes.semantic_tree import SemanticTree
from frors_qgis.engine.archive.codes.semantic_tree_file import read_tree, write_tree
from frors_qgis.engine.archive.records import RasterRecord

QUERIES = 10_000
TREES = 50
PLATFORMS = ["sentinel-2a", "landsat-8", "gaofen-2", "drone", None]
SENSORS = ["msi", "oli", "pan", None]
DATES = ["2019-12-31", "2020-01-01T10:00:00Z", "2020-02-29", "2021-07-15", "0001-01-01", "9999-12-31"]
DATES += [None, "20200101", "soon", "2021-02-30", ""]
SIZES = np.array([9.6, 19.2, 38.4, 40.0, 2560.0, 1e-9, 1e9], np.float32)


class Scene:
    """Random rasters and chips as plain values, and what brute force finds among them."""

    def __init__(self, seed: int, chips: int) -> None:
        draw = np.random.default_rng(seed)
        rasters = int(draw.integers(1, 12))
        self.raster_ids = np.sort(draw.permutation(30)[:rasters]) + 1
        self.records = [
            RasterRecord(
                f"/{id_}.tif", "1-2", "EPSG:4326", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 9, 9, 1.0, {}, 3, id=int(id_),
                platform=draw.choice(PLATFORMS), sensor=draw.choice(SENSORS), acquired=draw.choice(DATES),
            )
            for id_ in self.raster_ids
            if draw.random() < 0.9
        ]  # fmt: skip
        self.raster = draw.integers(0, rasters, chips)
        spread = draw.choice([0.01, 1.0, 40.0])
        # Whole eighths, so that many chips lie on the edges of extents, and on the antimeridian.
        x = np.round(8 * (draw.choice([0.0, 179.5, -122.5]) + spread * draw.standard_normal(chips))) / 8
        y = np.clip(np.round(8 * (draw.choice([0.0, 84.5]) + spread * draw.standard_normal(chips))) / 8, -89, 89)
        half = draw.choice([0.125, 0.5], chips)
        self.footprints = np.stack([x, y + half, x + half, y, x, y - half, x - half, y], axis=1).reshape(-1, 4, 2)
        self.box = np.stack([x - half, y - half, x + half, y + half], axis=1).astype(np.float32)
        self.box[draw.random(chips) < 0.1] = np.nan
        self.size = draw.integers(0, len(SIZES), chips).astype(np.int32)
        width = int(draw.choice([2, 4, 8, 12, 16, 32]))
        centres = draw.integers(0, 256, (4, width), dtype=np.uint8)
        flips = np.packbits(draw.random((chips, 8 * width)) < draw.choice([0.01, 0.1, 0.5]), axis=1)
        codes = centres[draw.integers(0, 4, chips)] ^ flips
        self.bits = np.unpackbits(codes, axis=1)
        self.codes = CodeColumns(codes, self.size, SIZES)

    def tree(self, leaf_chips: int) -> SemanticTree:
        rasters = RasterColumns.of(self.records, self.raster_ids.tolist())
        chips = ChipColumns(np.arange(len(self.raster), dtype=np.int32), self.raster.astype(np.int32), self.box)
        return SemanticTree.build(rasters, chips, self.codes, leaf_chips)

    def query(self, draw: np.random.Generator) -> tuple[np.ndarray, int, ChipFilter]:
        """A random code, number of matches and filter."""
        width = self.codes.codes.shape[1]
        near = draw.random() < 0.7
        code = self.codes.codes[draw.integers(len(self.size))].copy() if near else draw.integers(0, 256, width, "u1")
        code[0] ^= draw.integers(0, 8, dtype=np.uint8)
        extent = None
        if draw.random() < 0.5:
            (west, low), (east, high) = self.footprints[draw.integers(0, len(self.size), 2), draw.integers(0, 4, 2)]
            extent = (float(west), float(min(low, high)), float(east), float(max(low, high)))
        centres = [tuple(map(float, one.mean(axis=0))) for one in self.footprints[draw.integers(0, len(self.size), 4)]]
        nears = [Near(centre, float(draw.choice([1, 100, 5000])), bool(draw.random() < 0.3)) for centre in centres]
        rasters = frozenset(int(id_) for id_ in range(1, 31) if draw.random() < draw.choice([0.1, 0.5]))
        if draw.random() < 0.4:
            months = draw.choice(["2020", "2021-07", "9999", "none"])
            rasters = frozenset(record.id for record in self.records if (record.acquired or "none").startswith(months))
        return code, int(draw.choice([1, 2, 10, 50, 10_000])), ChipFilter(
            ground_size=tuple(sorted(map(float, draw.choice(SIZES, 2)))) if draw.random() < 0.5 else None,
            rasters=rasters if draw.random() < 0.5 else None,
            extent=extent,
            near=[(), (), (tuple(nears[:1])), (tuple(nears[:2]), tuple(nears[2:3]))][draw.integers(4)]
            and ((tuple(nears[:2]), tuple(nears[2:3])) if draw.random() < 0.5 else (tuple(nears[:1]),)),
            newer_than=int(draw.integers(0, len(self.size) + 1)) if draw.random() < 0.2 else None,
        )  # fmt: skip

    def meets(self, places: np.ndarray, extent: tuple[float, ...]) -> np.ndarray:
        """Whether footprints, which are diamonds, meet an extent: then a point of it is near enough to the centre."""
        found = np.zeros(len(places), bool)
        x, y = self.footprints[places, 0, 0], self.footprints[places, 1, 1]
        half = self.footprints[places, 0, 1] - y
        west, south, east, north = extent
        while west > east:
            east += 360
        for turn in range(-1080, 1081, 360):
            aside = np.maximum(0, np.maximum(west + turn - x, x - east - turn))
            found |= aside + np.maximum(0, np.maximum(south - y, y - north)) <= half
        return found

    def passing(self, chosen: ChipFilter) -> np.ndarray:
        """Which chips pass, each looked at by itself."""
        known = ~np.isnan(self.box[:, 0])
        passes = np.ones(len(self.size), bool)
        if chosen.ground_size is not None:
            sizes = SIZES[self.size].astype(float)
            passes &= (sizes > chosen.ground_size[0] * 0.99999) & (sizes < chosen.ground_size[1] * 1.00001)
        if chosen.rasters is not None:
            passes &= [int(self.raster_ids[place]) in chosen.rasters for place in self.raster]
        if chosen.extent is not None:
            passes &= known & self.meets(np.arange(len(self.size)), chosen.extent)
        for clause in chosen.near:
            held = [near.beyond != (known & self._within(near)) for near in clause]
            passes &= np.logical_or.reduce(held)
        passes[: chosen.newer_than or 0] = False
        return passes

    def _within(self, near: Near) -> np.ndarray:
        lon, lat = np.radians(self.footprints.mean(axis=1)).T
        x, y = map(math.radians, near.place)
        cosine = np.sin(lat) * np.sin(y) + np.cos(lat) * np.cos(y) * np.cos(lon - x)
        return np.degrees(np.arccos(np.clip(cosine, -1, 1))) * 111.195 <= near.km * 1.0001

    def brute_force(self, code: np.ndarray, k: int, chosen: ChipFilter) -> tuple[list[int], list[int]]:
        """Places and distances."""
        places = np.flatnonzero(self.passing(chosen))
        distances = (self.bits[places] != np.unpackbits(code)).sum(axis=1)
        order = np.lexsort((places, distances))[:k]
        return places[order].tolist(), distances[order].tolist()

    def found(self, tree: SemanticTree, code: np.ndarray, k: int, chosen: ChipFilter) -> tuple[list[int], list[int]]:
        """By the tree, whose nodes in question are asked, too."""
        conditions = tree.conditions(chosen, self.meets, chosen.newer_than or 0)
        regions = tree.regions(conditions)
        assert tree.passing(regions, conditions).tolist() == np.flatnonzero(self.passing(chosen)).tolist(), chosen
        places, distances = tree.search(code, k, conditions, regions)
        again = tree.search(code, k, conditions)
        assert [part.tolist() for part in again] == [places.tolist(), distances.tolist()]
        return places.tolist(), distances.tolist()


@pytest.mark.parametrize("seed", range(TREES))
def test_searches_of_random_trees_equal_brute_force_with_ties_and_unknown_values(seed, monkeypatch):
    draw = np.random.default_rng(1000 + seed)
    scene = Scene(seed, int(draw.choice([1, 5, 60, 300])))
    tree = scene.tree(int(draw.choice([1, 4, 64])))
    monkeypatch.setattr(tree_module, "_FIRST_WAVE", int(draw.choice([1, 8, 4096])))
    for _ in range(QUERIES // TREES):
        code, k, chosen = scene.query(draw)
        assert scene.found(tree, code, k, chosen) == scene.brute_force(code, k, chosen), chosen


def test_a_search_does_not_look_at_what_the_filter_or_the_bound_leaves_out(monkeypatch):
    scene = Scene(8, 3000)
    tree = scene.tree(16)
    looked_at = []
    passing = tree_module.Conditions.passing

    def note(conditions, positions):
        looked_at.append(len(positions))
        return passing(conditions, positions)

    monkeypatch.setattr(tree_module.Conditions, "passing", note)
    monkeypatch.setattr(tree_module, "_FIRST_WAVE", 1)
    tree.search(scene.codes.codes[5], 1, tree.conditions(EVERY_CHIP, scene.meets))
    assert 0 < sum(looked_at) < 1500
    looked_at.clear()
    one = tree.conditions(ChipFilter(rasters=frozenset({int(scene.raster_ids[0])})), scene.meets)
    assert tree.count(tree.regions(one)) == (scene.raster == 0).sum() < 1500
    none = tree.conditions(ChipFilter(rasters=frozenset({99})), scene.meets)
    assert len(tree.search(scene.codes.codes[5], 10, none)[0]) == 0
    assert sum(looked_at) == tree.count(tree.regions(none)) == 0


def test_every_chip_is_in_one_leaf_and_every_node_says_the_truth_about_its_chips():
    scene = Scene(5, 2000)
    tree = scene.tree(1)
    nodes, chips, rasters = tree.nodes, tree.chips, tree.rasters
    leaves = np.flatnonzero(nodes.children == 0)
    covered = np.concatenate([np.arange(nodes.first[leaf], nodes.first[leaf] + nodes.count[leaf]) for leaf in leaves])
    assert sorted(covered) == list(range(2000))
    assert set(nodes.level.tolist()) == set(TreeLevel)
    for place in range(len(nodes)):
        held = slice(nodes.first[place], nodes.first[place] + nodes.count[place])
        codes, days = scene.codes.codes[chips.place[held]], rasters.day[chips.raster[held]]
        width = codes.shape[1]
        assert nodes.ors[place : place + 1].view("u1")[0, :width].tolist() == np.bitwise_or.reduce(codes).tolist()
        assert nodes.ands[place : place + 1].view("u1")[0, :width].tolist() == np.bitwise_and.reduce(codes).tolist()
        box = chips.box[held][~np.isnan(chips.box[held, 0])]
        if len(box):
            assert nodes.box[place].tolist() == [*box[:, :2].min(axis=0).tolist(), *box[:, 2:].max(axis=0).tolist()]
        if (days > 0).any():
            assert nodes.days[place].tolist() == [days[days > 0].min(), days.max()]
        shared = {
            TreeLevel.PLATFORM: rasters.platform,
            TreeLevel.SENSOR: rasters.sensor,
            TreeLevel.MONTH: rasters.month,
            TreeLevel.RASTER: np.arange(len(rasters)),
        }
        if (column := shared.get(TreeLevel(nodes.level[place]))) is not None:
            assert set(column[chips.raster[held]].tolist()) == {int(nodes.value[place])}


def test_there_is_a_resolution_band_for_each_power_of_two():
    sizes = np.array([1, 1.9, 2, 3.9, 4, 2560, 1e-9, 1e30, np.nan], np.float32)
    bands = bands_of(sizes)
    assert (bands[:6] - bands[0]).tolist() == [0, 0, 1, 1, 2, 11]
    assert (bands >= 0).all()
    assert (bands <= 60).all()


def test_a_tree_of_no_chips_finds_none(tmp_path: Path):
    none = np.zeros(0, np.int32)
    codes = CodeColumns(np.zeros((0, 8), np.uint8), none, SIZES)
    tree = SemanticTree.build(RasterColumns.of([], []), ChipColumns(none, none, np.zeros((0, 4), np.float32)), codes)
    write_tree(tmp_path / "tree", "it", tree)
    for one in (tree, read_tree(tmp_path / "tree", "it", codes)):
        conditions = one.conditions(EVERY_CHIP, lambda places, _: np.ones(len(places), bool))
        assert [len(part) for part in one.search(np.zeros(8, np.uint8), 5, conditions)] == [0, 0]


def test_codes_that_do_not_fit_are_refused():
    scene = Scene(1, 60)
    tree = scene.tree(4)
    every = tree.conditions(EVERY_CHIP, scene.meets)
    codes = scene.codes.codes
    for code, k in ((np.append(codes[0], codes[0, :1]), 5), (codes[:1], 5), (codes[0], 0)):
        with pytest.raises(ValueError, match="a search is for"):
            tree.search(code, k, every)
    with pytest.raises(ValueError, match="16 bits"):
        SemanticTree.build(tree.rasters, tree.chips, CodeColumns(codes[:, :1], scene.size, SIZES))


def test_a_tree_comes_back_from_its_file_as_it_was(tmp_path: Path):
    scene = Scene(5, 300)
    tree = scene.tree(4)
    write_tree(tmp_path / "tree", "it", tree)
    again = read_tree(tmp_path / "tree", "it", scene.codes)
    draw = np.random.default_rng(0)
    for _ in range(100):
        code, k, chosen = scene.query(draw)
        assert scene.found(tree, code, k, chosen) == scene.found(again, code, k, chosen)
    with pytest.raises(ArrayFileError):
        read_tree(tmp_path / "tree", "another", scene.codes)


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
    _with("node children", _put(0, 0)),
    _with("node children", _put(0, 2**40)),
    _with("node children", _put(-1, 1)),
    _with("node children", _put(-1, -1)),
    _with("node children", lambda a: np.roll(a, 1)),
    _with("node children", lambda a: a[::-1]),
    _with("node first", _put(-1, 2**40)),
    _with("node first", _put(-1, -1)),
    _with("node first", lambda a: a * 0),
    _with("node count", _put(-1, 2**62)),
    _with("node count", _put(-1, 0)),
    _with("node count", lambda a: a * 0 + 300),
    _with("node level", _put(3, 12)),
    _with("node level", _put(3, -1)),
    _with("node value", lambda a: a + 100),
    _with("node value", lambda a: a - 100),
    _with("chip raster", _put(0, 99)),
    _with("chip raster", _put(0, -1)),
    _with("raster platform", _put(0, 99)),
    _with("raster sensor", _put(0, -1)),
    _with("raster day", _put(0, 2**31 - 1)),
    _with("raster day", _put(0, -5)),
    _with("raster day", lambda a: a[:0]),
    _with("node first", _put(1, 1)),
    _with("node count", _put(1, 1)),
    _with("node count", _put(0, 299)),
    _with("chip place", lambda a: a[1:]),
    _with("chip place", _put(0, 300)),
    _with("chip place", lambda a: a * 0),
    _with("chip box", lambda a: a[:0]),
    _with("raster ids", lambda a: a[1:]),
    _with("node box", lambda a: a[:-4]),
    _with("node days", lambda a: a[:-1]),
    _with("node ors", lambda a: a[:0]),
    lambda head, arrays: head.pop("fingerprint"),
    lambda head, arrays: [arrays.update({name: array[:0]}) for name, array in arrays.items()],
])  # fmt: skip
def test_a_tree_file_of_impossible_numbers_is_refused(tmp_path: Path, spoil):
    path = tmp_path / "tree"
    scene = Scene(5, 300)
    write_tree(path, "it", scene.tree(4))
    head, arrays = read_arrays(path, "semantic tree", tree_file.TYPES)
    spoil(head, arrays)
    if not all(len(array) == 0 for array in arrays.values()):
        write_arrays(path, "semantic tree", head, arrays)
        with pytest.raises(ArrayFileError):
            read_tree(path, "it", scene.codes)


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")  # numbers that are none
def test_whatever_bounds_and_values_a_file_holds_a_search_ends_within_its_arrays(tmp_path: Path):
    scene, path = Scene(5, 300), tmp_path / "tree"
    write_tree(path, "it", scene.tree(4))
    head, arrays = read_arrays(path, "semantic tree", tree_file.TYPES)
    draw = np.random.default_rng(0)
    for name in ("raster ids", "chip box", "node box", "node days", "node ors", "node ands"):
        noise = draw.integers(0, 256, arrays[name].nbytes, dtype=np.uint8).view(arrays[name].dtype)
        write_arrays(path, "semantic tree", head, arrays | {name: noise})
        tree = read_tree(path, "it", scene.codes)
        for _ in range(20):
            code, k, chosen = scene.query(draw)
            places, _ = tree.search(code, k, tree.conditions(chosen, scene.meets))
            assert len(set(places.tolist())) == len(places) <= 300


def test_days_and_months_are_counted_as_the_calendar_does():
    start = date(2019, 12, 30)
    scene = Scene(1, 5)
    record = scene.records[0]
    texts = [str(start + timedelta(days=days)) for days in range(5)]
    records = [RasterRecord(**{**vars(record), "id": n, "acquired": text}) for n, text in enumerate(texts)]
    columns = RasterColumns.of(records, list(range(6)))
    assert np.diff(columns.day[:5]).tolist() == [1] * 4
    assert columns.year.tolist() == [2019, 2019, 2020, 2020, 2020, 0]
    assert (columns.month[:5] - 12 * 2020).tolist() == [-1, -1, 0, 0, 0]
    assert columns.day[5] == columns.month[5] == 0
