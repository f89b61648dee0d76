from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.records import Batch, BatchKey, NewChips, RasterRecord
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.protocol import EngineError, ErrorCode

MakeChips = Callable[..., NewChips]
MakeRecord = Callable[..., RasterRecord]
NewIndex = Callable[[Archive], Index]

_TIE = 1e-4


@pytest.fixture(params=["in memory", "sealed"])
def new_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewIndex]:
    """A refreshed index of an archive; sealed, 2,500 of the 3,000 chips of `large` are in two segments."""
    made: list[Index] = []

    def make(archive: Archive) -> Index:
        folder = SegmentFolder(tmp_path / "index", 1100)
        if request.param == "sealed":
            folder.seal(archive)
        index = Index(archive, folder)
        made.append(index)
        index.refresh()
        return index

    yield make
    for index in made:
        index.close()


def _all_embeddings(archive: Archive) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    batches = list(archive.batches())
    ids = np.concatenate(
        [np.arange(batch.key.first_chip, batch.key.first_chip + len(batch.vectors)) for batch in batches]
    )
    return ids, np.concatenate([batch.vectors for batch in batches]).astype(np.float32)


def _expect(
    index: Index,
    archive: Archive,
    vector: npt.NDArray[np.float32],
    k: int,
    candidates: npt.NDArray[np.int64] | None = None,
) -> None:
    """The same as brute force: the same ids but for ties, the same scores."""
    ids, vectors = _all_embeddings(archive)
    if candidates is not None:
        keep = np.isin(ids, candidates)
        ids, vectors = ids[keep], vectors[keep]
    scores = vectors @ vector
    best = np.sort(scores)[::-1][:k]
    mask = None if candidates is None else index.select(ids=candidates)
    found, found_scores = index.search(vector, k, mask)
    assert (found.dtype, found_scores.dtype) == (np.int64, np.float32)
    assert len(set(found.tolist())) == len(found) == min(k, len(ids))
    np.testing.assert_allclose(found_scores, best, atol=1e-3)
    np.testing.assert_allclose(scores[np.searchsorted(ids, found)], found_scores, atol=1e-3)
    assert set(ids[scores > best[-1] + _TIE].tolist()) <= set(found.tolist())
    assert (np.diff(found_scores) <= 0).all()


@pytest.mark.parametrize("k", [1, 10, 100, 5000])
def test_a_search_equals_brute_force(large: Archive, k: int, new_index: NewIndex) -> None:
    index = new_index(large)
    assert len(index) == 3000
    generator = np.random.default_rng(1)
    for _ in range(5):
        _expect(index, large, generator.standard_normal(64).astype(np.float32), k)


@pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 1.0])
def test_a_search_among_candidates_equals_brute_force(large: Archive, share: float, new_index: NewIndex) -> None:
    index = new_index(large)
    generator = np.random.default_rng(2)
    candidates = generator.permutation(np.arange(1, 3001))[: int(3000 * share)]
    for k in (1, 20, 3000):
        _expect(index, large, generator.standard_normal(64).astype(np.float32), k, candidates)


def test_candidates_that_are_unknown_or_none_find_nothing(large: Archive, new_index: NewIndex) -> None:
    index = new_index(large)
    vector = np.ones(64, np.float32)
    for candidates in ([], [0, -5, 3001, 2**40]):
        ids, scores = index.search(vector, 10, index.select(ids=np.array(candidates, np.int64)))
        assert len(ids) == len(scores) == 0


def test_ties_come_in_the_order_of_their_ids(
    archive: Archive, make_chips: MakeChips, make_record: MakeRecord, new_index: NewIndex
) -> None:
    chips = make_chips(40, dimension=16)
    chips.vectors[:] = 0.25
    archive.write_block(archive.add_raster(make_record()), 0, chips)
    index = new_index(archive)
    ids, _ = index.search(np.ones(16, np.float32), 40)
    assert ids.tolist() == list(range(1, 41))


def test_a_chip_finds_itself_first(large: Archive, new_index: NewIndex) -> None:
    index = new_index(large)
    for chip_id in (1, 1234, 3000):
        ids, scores = index.search(large.embedding(chip_id), 3)
        assert ids[0] == chip_id
        assert scores[0] == pytest.approx(1, abs=1e-3)


def test_filters_select_what_they_say(large: Archive, new_index: NewIndex) -> None:
    index = new_index(large)
    chips = large.chips(range(1, 3001))
    assert index.select() is None
    assert index.select(ground_size=(1, 1000), rasters={1, 2, 3}) is None
    cases: list[tuple[dict[str, object], Callable[..., bool]]] = [
        ({"ground_size": (0.3 * 4 * 32, 0.3 * 4 * 32)}, lambda chip: chip.cells == 4),
        ({"ground_size": (50, 76.8)}, lambda chip: chip.cells == 8),
        ({"rasters": {2}}, lambda chip: chip.raster_id == 2),
        ({"rasters": {1, 3, 99}, "ground_size": (0, 40)}, lambda chip: chip.raster_id != 2 and chip.cells == 4),
        ({"ids": np.array([7, 5, 9999, -1])}, lambda chip: chip.id in (5, 7)),
        ({"rasters": set()}, lambda chip: False),
        ({"ground_size": (100, 200)}, lambda chip: False),
    ]
    for filters, expected in cases:
        selected = index.select(**filters)  # type: ignore[arg-type]
        assert selected is not None
        found, _ = index.search(np.ones(64, np.float32), 3000, selected)
        assert sorted(found.tolist()) == [chip.id for chip in chips if expected(chip)]


def test_refreshing_appends_only_what_is_new(
    large: Archive, make_chips: MakeChips, new_index: NewIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = new_index(large)
    large.write_block(1, 50, make_chips(7, seed=77, dimension=64))
    large.write_block(1, 51, make_chips(0, dimension=64))
    asked: list[list[int]] = []

    def note(keys: list[BatchKey]) -> Iterator[Batch]:
        asked.append([key.id for key in keys])
        return read(keys)

    read = large.batches
    with monkeypatch.context() as patch:
        patch.setattr(large, "batches", note)
        for _ in range(2):
            index.refresh()
    assert asked == [[13]]
    assert len(index) == 3007
    _expect(index, large, np.ones(64, np.float32), 50)


def test_chips_written_during_a_refresh_are_there_once(
    large: Archive, make_chips: MakeChips, monkeypatch: pytest.MonkeyPatch, new_index: NewIndex
) -> None:
    def write_meanwhile(keys: list[BatchKey]) -> Iterator[Batch]:
        for batch in read(keys):
            if batch.key.id == 11:
                large.write_block(1, 50, make_chips(7, dimension=64))
            yield batch

    read = large.batches
    with monkeypatch.context() as patch:
        patch.setattr(large, "batches", write_meanwhile)
        index = new_index(large)
    for _ in range(2):
        index.refresh()
        assert len(index) == 3007


def test_a_removal_by_another_connection_rebuilds_the_index(
    large: Archive, make_chips: MakeChips, new_index: NewIndex
) -> None:
    with Archive.open(large.path) as reader:
        index = new_index(reader)
        large.remove_raster(2)
        large.write_block(1, 50, make_chips(7, seed=77, dimension=64))
        index.refresh()
        assert len(index) == 2007
        assert not set(range(1001, 2001)) & set(index.search(np.ones(64, np.float32), 2007)[0].tolist())
        _expect(index, large, np.ones(64, np.float32), 50)
        for raster_id in (1, 3):
            large.clear_raster(raster_id)
        index.refresh()
        assert len(index) == 0
        assert index.search(np.ones(64, np.float32), 5)[0].tolist() == []
        large.write_block(1, 60, make_chips(7, seed=78, dimension=64))
        index.refresh()
        assert len(index.search(np.ones(64, np.float32), 50)[0]) == 7


def test_an_empty_index_finds_nothing(archive: Archive, new_index: NewIndex) -> None:
    index = new_index(archive)
    ids, scores = index.search(np.ones(16, np.float32), 10)
    assert (len(index), len(ids), len(scores)) == (0, 0, 0)
    assert index.select(rasters={1}) is None


@pytest.mark.parametrize(
    ("vector", "k"),
    [(np.ones(63, np.float32), 5), (np.full(64, np.nan), 5), (np.ones((1, 64), np.float32), 5), (np.ones(64), 0)],
)
def test_queries_that_cannot_be_searched_are_refused(
    large: Archive, vector: npt.NDArray[np.float32], k: int, new_index: NewIndex
) -> None:
    index = new_index(large)
    with pytest.raises(EngineError) as caught:
        index.search(vector, k)
    assert caught.value.code == ErrorCode.BAD_REQUEST


def test_a_damaged_batch_stops_the_refresh_and_leaves_a_sound_index(large: Archive, tmp_path: Path) -> None:
    with large._writing() as connection:
        connection.execute("UPDATE embeddings SET checksum = 0 WHERE id = 5")
    index = Index(large, SegmentFolder(tmp_path / "index"))
    for _ in range(2):
        with pytest.raises(EngineError) as caught:
            index.refresh()
        assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED
        assert len(index) == 1000
    ids, _ = index.search(large.embedding(17), 1)
    assert ids.tolist() == [17]


def test_the_archive_imports_neither_torch_nor_faiss_nor_gdal() -> None:
    code = (
        "import sys, frors_qgis.engine.archive.index, frors_qgis.engine.archive.archive;"
        "print({'torch', 'faiss', 'osgeo', 'qgis'} & set(sys.modules))"
    )
    root = Path(__file__).parents[3]
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
