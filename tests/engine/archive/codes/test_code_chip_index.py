"""A `ChipIndex` of codes, with its tree and without, finds what the whole index finds where all are looked at."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss
import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.chip_filter import ChipFilter, Near
from frors_qgis.engine.archive.codes import archive_tree, code_chip_index, code_index
from frors_qgis.engine.archive.codes.code_chip_index import CodeChipIndex, seal_codes
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.geopackage_index import GeoPackageIndex
from frors_qgis.engine.archive.records import NewChips
from frors_qgis.protocol import EngineError, ErrorCode

BITS = 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A tree is worth it for any archive and any filter; FAISS's threads would only wait for each other."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    monkeypatch.setattr(archive_tree, "LEAST_CHIPS", 1)
    monkeypatch.setattr(code_chip_index, "MOST_NARROW", 1)
    yield
    faiss.omp_set_num_threads(threads)


@pytest.fixture
def scattered(large: GeoPackageArchive, make_chips: Callable[..., NewChips], make_record) -> GeoPackageArchive:
    """3,400 chips of two levels in four rasters of different days, of which one lies about the antimeridian."""
    for number, (platform, day) in enumerate(
        [("sentinel-2a", "2020-06-01"), ("sentinel-2b", "2021-06-02"), (None, None)], 1
    ):
        large.update_raster(make_record(f"{number}.tif", id=number, platform=platform, acquired=day))
    raster = large.add_raster(make_record("four.tif", platform="drone", acquired="2020-06-03"))
    chips = make_chips(400, seed=99, dimension=64, west=179.7)
    chips.footprints[:, 2, 1] -= 0.0004  # one corner hangs down, so that boxes hold more than their footprints
    large.write_block(raster, 0, chips)
    return large


def filters(archive: Archive) -> list[ChipFilter]:
    """Combinations of conditions, some of which nothing fulfils."""
    corners = np.array([chip.footprint for chip in archive.chips([5, 40, 3001, 3390])]).reshape(-1, 2)
    (west, south), (east, north) = corners[:8].min(axis=0), corners[:8].max(axis=0)
    middle = tuple(corners[8:12].mean(axis=0).tolist())
    extents = [
        None,
        (west, south, east, north),
        (*corners[2].tolist(), *corners[2].tolist()),
        (*(corners[10] - 1e-5).tolist(), *corners[10].tolist()),
        (179.0, -90.0, -179.0, 90.0),
        (-180.0, -90.0, 180.0, 90.0),
    ]
    nears = [(), ((Near(middle, 0.5),),), ((Near(middle, 2.0), Near((0.0, 0.0), 500.0, True)),)]
    nears.append((*nears[1], (Near(middle, 0.2, True),)))
    rasters = [None, frozenset({1, 4}), frozenset({3}), frozenset({77})]
    sizes = [None, (0.0, 100.0), (38.0, 38.8)]
    every = itertools.product(sizes, rasters, extents, nears, (None, 1200))
    return [ChipFilter(*chosen) for number, chosen in enumerate(every) if number % 11 == 0]


def test_the_tree_the_scan_and_the_whole_index_agree_on_every_filter(
    scattered: GeoPackageArchive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, tree, whole = CodeChipIndex(scattered, BITS, folder), None, scattered.chip_index(folder)
    scan.refresh()
    assert seal_codes(scattered, BITS, folder) == 2
    tree = CodeChipIndex(scattered, BITS, folder)
    tree.refresh()
    whole.refresh()
    assert (scan._tree is None, tree._tree is None) == (True, False)
    assert isinstance(whole, GeoPackageIndex)
    answers = []
    for number, chosen in enumerate(filters(scattered)):
        query = scattered.embedding(1 + 13 * number)
        expected = whole.has_any(chosen), whole.ground_sizes(chosen), *map(list, whole.chips(chosen, 10**6))
        answers.append(len(expected[2]))
        few = {}
        for name, index in (("scan", scan), ("tree", tree)):
            assert (
                index.has_any(chosen),
                index.ground_sizes(chosen),
                *map(list, index.chips(chosen, 10**6)),
            ) == expected
            with monkeypatch.context() as patch:
                patch.setattr(code_index, "_LEAST_LIKELY", 5000)
                ids, scores = index.search(query, 7, chosen)
                best, best_scores = whole.search(query, 7, chosen)
                assert ids.tolist() == best.tolist()
                np.testing.assert_allclose(scores, best_scores, atol=1e-5)
            with monkeypatch.context() as patch:
                patch.setattr(code_index, "_LEAST_NEAR", 20)
                patch.setattr(code_index, "_LEAST_LIKELY", 9)
                patch.setattr(code_index, "_NEAR_FACTOR", 1)
                few[name] = [column.tolist() for column in index.search(query, 7, chosen)]
        assert few["tree"] == few["scan"], chosen
    assert min(answers) == 0
    assert len(set(answers)) > 12
    whole.close()


def test_a_tree_serves_as_long_as_the_archive_is_what_it_was(
    scattered: GeoPackageArchive, folder: Path, make_chips: Callable[..., NewChips]
) -> None:
    index = CodeChipIndex(scattered, BITS, folder)
    wanted = []
    for _ in range(2):
        index.refresh()
        wanted.append(index.wants_sealing)
    assert wanted == [False, True]  # at first it may be just being written
    seal_codes(scattered, BITS, folder)
    index.refresh()
    assert index._tree is not None
    assert not index.wants_sealing
    scattered.update_raster(scattered.raster(1))  # what is known of rasters only orders the tree
    assert seal_codes(scattered, BITS, folder) == 0
    scattered.write_block(2, 60, make_chips(9, seed=7, dimension=64))
    index.refresh()
    assert index._tree is None
    one = ChipFilter(rasters=frozenset({2}))
    assert set(range(3401, 3410)) <= set(index.chips(one, 10**6)[0].tolist())
    assert seal_codes(scattered, BITS, folder) == 2
    index.refresh()
    assert index._tree is not None
    assert len(list(folder.glob("*.tree"))) == 1
    assert set(range(3401, 3410)) <= set(index.chips(one, 10**6)[0].tolist())
    scattered.remove_raster(2)
    index.refresh()
    assert not index.has_any(one)
    index.close()


def test_sealing_can_be_given_up_and_refused(scattered: GeoPackageArchive, folder: Path) -> None:
    def give_up() -> None:
        raise EngineError(ErrorCode.CANCELLED, "Enough.")

    with pytest.raises(EngineError):
        seal_codes(scattered, BITS, folder, give_up)
    assert not folder.exists()
    folder.write_text("a file")
    with pytest.raises(OSError, match="index"):
        seal_codes(scattered, BITS, folder)


def test_an_archive_in_a_file_searches_by_codes_where_that_is_asked_for(scattered: GeoPackageArchive, folder) -> None:
    index = scattered.chip_index(folder, BITS)
    assert isinstance(index, CodeChipIndex)
    index.refresh()
    assert scattered.seal_index(folder, code_bits=BITS) == 2
    index.refresh()
    assert index.search(scattered.embedding(77), 1, ChipFilter(rasters=frozenset({1})))[0].tolist() == [77]
    assert sorted(file.suffix for file in (scattered.path.with_name(f"{scattered.path.name}.index")).iterdir()) == [
        ".codes", ".tree",
    ]  # fmt: skip
