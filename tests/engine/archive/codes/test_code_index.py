"""Search by hash codes, re-ranked by the archive's own embeddings, and the file that keeps the codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.array_file import read_arrays, write_arrays
from frors_qgis.engine.archive.codes import code_index as module
from frors_qgis.engine.archive.codes.code_index import CodeIndex
from frors_qgis.engine.archive.codes.hasher import ProjectionHasher
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.records import NewChips
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.protocol import EngineError, ErrorCode

MakeChips = Callable[..., NewChips]
BITS = 128


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(large: Archive, folder: Path) -> CodeIndex:
    index = CodeIndex(large, BITS, folder)
    index.refresh()
    return index


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches look at few chips, as in large archives."""
    monkeypatch.setattr(module, "_LEAST_NEAR", 400)
    monkeypatch.setattr(module, "_LEAST_LIKELY", 100)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many embeddings were encoded at a time."""
    counts: list[int] = []
    encode = ProjectionHasher.encode

    def counting(hasher: ProjectionHasher, vectors: np.ndarray) -> np.ndarray:
        counts.append(len(vectors))
        return encode(hasher, vectors)

    monkeypatch.setattr(ProjectionHasher, "encode", counting)
    return counts


def test_where_all_are_looked_at_results_are_those_of_the_index(
    large: Archive, index: CodeIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LEAST_LIKELY", 3000)
    exact = Index(large, SegmentFolder(folder))
    exact.refresh()
    for seed in range(5):
        vector = np.random.default_rng(seed).standard_normal(64).astype(np.float32)
        for selected in ({}, {"rasters": {1, 3}, "newer_than": 700}, {"ground_size": (1, 100)}, {"newer_than": 2900}):
            mask, expected_mask = index.select(**selected), exact.select(**selected)
            ids, scores = index.search(vector, 600, mask)
            expected, expected_scores = exact.search(vector, 600, expected_mask)
            assert (ids.dtype, scores.dtype) == (np.int64, np.float32)
            np.testing.assert_allclose(scores, expected_scores, atol=1e-5)
            apart = -np.diff(expected_scores, prepend=2, append=-2) > 1e-6  # nearer ones may change places, by rounding
            alone = apart[:-1] & apart[1:]
            assert alone.mean() > 0.9
            assert ids[alone].tolist() == expected[alone].tolist()
            assert index.ground_sizes(mask) == exact.ground_sizes(expected_mask)
            for one, other in zip(index.chips(mask), exact.chips(expected_mask), strict=True):
                assert one.tolist() == other.tolist()
    exact.close()


@pytest.mark.usefixtures("short")
def test_a_short_list_holds_the_chip_itself_and_most_of_what_is_like_it(large: Archive, index: CodeIndex) -> None:
    vectors = large.vectors(range(1, 3001))
    shares = []
    for chip in range(1, 3000, 60):
        ids, scores = index.search(vectors[chip - 1], 10)
        assert ids[0] == chip
        np.testing.assert_allclose(scores, vectors[ids - 1] @ vectors[chip - 1], atol=1e-6)
        assert (np.diff(scores) <= 0).all()
        shares.append(np.isin(np.argsort(-(vectors @ vectors[chip - 1]))[:10] + 1, ids).mean())
    assert np.mean(shares) > 0.5, np.mean(shares)


@pytest.mark.usefixtures("short")
def test_more_matches_than_a_short_list_are_found_all_the_same(index: CodeIndex) -> None:
    for k in (500, 3000, 5000):
        ids, _ = index.search(np.ones(64, np.float32), k)
        assert len(set(ids.tolist())) == min(k, 3000)


def test_codes_are_as_long_as_embeddings_where_that_is_asked_for(large: Archive, folder: Path) -> None:
    index = CodeIndex(large, 0, folder)
    index.refresh()
    assert (index.bits, index.columns.codes.shape) == (64, (3000, 8))
    vectors = large.vectors(range(1, 3001))
    bits = np.unpackbits(index.columns.codes, axis=1, bitorder="little")
    assert (bits == (vectors > vectors.mean(axis=0))).mean() > 0.98


def test_ties_come_in_the_order_of_their_ids(archive: Archive, make_chips: MakeChips, make_record, folder) -> None:
    chips = make_chips(40, dimension=16)
    chips.vectors[:] = 0.25
    archive.write_block(archive.add_raster(make_record()), 0, chips)
    index = CodeIndex(archive, 16, folder)
    index.refresh()
    assert index.search(np.ones(16, np.float32), 30)[0].tolist() == list(range(1, 31))


def test_a_refresh_follows_the_archive_and_encodes_only_what_is_new(
    large: Archive, index: CodeIndex, encoded: list[int], make_chips: MakeChips
) -> None:
    before = index.fingerprint
    large.remove_raster(2)
    large.write_block(1, 50, make_chips(7, seed=77, dimension=64))
    index.refresh()
    assert (len(index), encoded) == (2007, [7])
    assert index.fingerprint != before
    ids = index.ids_of(np.arange(2007))
    assert ids.tolist() == [*range(1, 1001), *range(2001, 3008)]
    known, places = index.places_of(np.array([0, 1, 1000, 1001, 2000, 2001, 3007, 3008]))
    assert known.tolist() == [False, True, True, False, False, True, True, False]
    assert places.tolist() == [0, 999, 1000, 2006]
    assert [index.first_place_after(chip) for chip in (0, 1, 1000, 1500, 2001, 3007, 9999)] == [
        0, 1, 1000, 1000, 1001, 2007, 2007,
    ]  # fmt: skip


def test_an_archive_that_has_outgrown_its_hasher_gets_another(
    archive: Archive, make_chips: MakeChips, make_record, folder: Path, encoded: list[int]
) -> None:
    raster = archive.add_raster(make_record())
    archive.write_block(raster, 0, make_chips(30, dimension=16))
    index = CodeIndex(archive, 16, folder)
    for block, chips in ((1, 50), (2, 50)):
        index.refresh()
        archive.write_block(raster, block, make_chips(chips, seed=block, dimension=16))
    index.refresh()
    assert encoded == [30, 50, 30, 50, 50]
    assert len(index.search(np.ones(16, np.float32), 200)[0]) == 130


def test_what_was_encoded_before_a_search_is_given_up_stays(large: Archive, folder: Path, encoded: list[int]) -> None:
    checks = iter([None] * 18)

    def check() -> None:
        if next(checks, 1):
            raise EngineError(ErrorCode.CANCELLED, "Enough.")

    index = CodeIndex(large, BITS, folder)
    with pytest.raises(EngineError):
        index.refresh(check)
    assert len(index) == sum(encoded) == 250 * len(encoded) > 0
    index.refresh()
    assert len(index) == sum(encoded) == 3000


def test_an_empty_archive_finds_nothing(archive: Archive, folder: Path) -> None:
    index = CodeIndex(archive, 16, folder)
    index.refresh()
    assert index.keep() == 0
    assert [len(found) for found in index.search(np.ones(16, np.float32), 10)] == [0, 0]
    assert index.ground_sizes() == []
    assert [len(column) for column in index.chips()] == [0, 0, 0]


@pytest.mark.parametrize(
    ("vector", "k"), [(np.ones(63), 5), (np.full(64, np.nan), 5), (np.ones((1, 64)), 5), (np.ones(64), 0)]
)
def test_queries_that_cannot_be_searched_are_refused(index: CodeIndex, vector, k) -> None:
    with pytest.raises(EngineError) as caught:
        index.search(vector, k)
    assert caught.value.code == ErrorCode.BAD_REQUEST


def test_a_damaged_batch_leaves_those_before_it(large: Archive, index: CodeIndex, make_chips: MakeChips) -> None:
    large.write_block(1, 50, make_chips(7, dimension=64))
    with large._writing() as connection:
        connection.execute("UPDATE embeddings SET checksum = 0 WHERE id = 13")
    with pytest.raises(EngineError) as caught:
        index.refresh()
    assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED
    assert len(index) == 3000
    assert index.search(large.embedding(17), 1)[0].tolist() == [17]


def test_kept_codes_are_not_made_again_but_for_what_changed(
    large: Archive, index: CodeIndex, folder: Path, encoded: list[int], make_chips: MakeChips
) -> None:
    assert [index.keep(), index.keep()] == [1, 0]
    large.clear_blocks(1, range(0, 1))
    large.write_block(1, 50, make_chips(7, dimension=64))
    again = CodeIndex(large, BITS, folder)
    again.refresh()
    assert (encoded, len(again)) == ([7], 2757)
    index.refresh()
    assert (again.columns.codes == index.columns.codes).all()
    assert again.fingerprint == index.fingerprint


def test_many_new_codes_are_kept_without_being_asked(
    large: Archive, folder: Path, encoded: list[int], monkeypatch
) -> None:
    monkeypatch.setattr(module, "SEGMENT_CHIPS", 3000)
    for _ in range(2):
        CodeIndex(large, BITS, folder).refresh()
    assert sum(encoded) == 3000
    assert [file.name for file in folder.iterdir()] == ["128.codes"]


def test_a_folder_that_refuses_keeps_nothing_and_stops_nothing(large: Archive, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_CHIPS", 3000)
    folder.write_text("a file")
    index = CodeIndex(large, BITS, folder)
    index.refresh()
    assert len(index) == 3000
    with pytest.raises(OSError, match="index"):
        index.keep()


def test_codes_of_another_archive_are_left_aside(
    large: Archive, index: CodeIndex, folder, encoded, monkeypatch
) -> None:
    index.keep()
    monkeypatch.setattr(large, "id", "another")
    CodeIndex(large, BITS, folder).refresh()
    assert sum(encoded) == 3000


def _with(name: str, change: Callable[[np.ndarray], np.ndarray]):
    return lambda head, arrays: arrays.update({name: change(arrays[name].copy())})


@pytest.mark.parametrize("spoil", [
    _with("keys", lambda keys: keys[:-1]),
    _with("keys", lambda keys: keys[5:]),
    _with("keys", lambda keys: keys[:0]),
    _with("keys", lambda keys: keys[::-1]),
    _with("keys", lambda keys: np.concatenate([keys, keys])),
    _with("keys", lambda keys: np.where(keys == 250, -250, keys)),
    _with("keys", lambda keys: np.where(keys == 250, 2**62, keys)),
    _with("codes", lambda codes: codes[:-1]),
    _with("codes", lambda codes: codes[16:]),
    _with("size", lambda size: size[1:]),
    _with("size", lambda size: size + 2),
    _with("size", lambda size: size - 1),
    _with("sizes", lambda sizes: sizes * np.nan),
    _with("sizes", lambda sizes: sizes * 0),
    _with("matrix", lambda matrix: matrix[1:]),
    _with("matrix", lambda matrix: matrix[:64]),
    _with("matrix", lambda matrix: matrix * np.inf),
    _with("bias", lambda bias: bias[1:]),
    lambda head, arrays: head.update(fitted=0),
    lambda head, arrays: head.update(fitted="many"),
    lambda head, arrays: head.update(bits=64),
    lambda head, arrays: head.pop("archive"),
])  # fmt: skip
def test_kept_codes_that_cannot_be_are_made_anew(large: Archive, index: CodeIndex, folder, encoded, spoil) -> None:
    index.keep()
    path = folder / "128.codes"
    head, arrays = read_arrays(path, "codes", module._ARRAYS)
    spoil(head, arrays)
    write_arrays(path, "codes", head, arrays)
    again = CodeIndex(large, BITS, folder)
    again.refresh()
    assert sum(encoded) == len(again) == 3000
    assert again.search(large.embedding(17), 1)[0].tolist() == [17]
