"""Search by hash codes, re-ranked by the archive's own embeddings, and the file that keeps the codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.array_file import read_arrays, write_arrays
from frors_qgis.engine.archive.codes.code_index import FILE_NAME, CodeIndex
from frors_qgis.engine.archive.codes.fitted_hashers import fit_lsh, fit_signs
from frors_qgis.engine.archive.codes.hasher import ProjectionHasher
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.records import NewChips
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.protocol import EngineError, ErrorCode

MakeChips = Callable[..., NewChips]


@pytest.fixture
def hasher(large: Archive) -> ProjectionHasher:
    return fit_lsh(np.concatenate([batch.vectors for batch in large.batches()]).astype(np.float32), 128)


@pytest.fixture
def index(large: Archive, hasher: ProjectionHasher) -> CodeIndex:
    index = CodeIndex(large, hasher)
    index.refresh()
    return index


class Counting:
    """A hasher that counts what it encodes."""

    def __init__(self, hasher: ProjectionHasher) -> None:
        self.dimension, self.bits, self.fingerprint = hasher.dimension, hasher.bits, hasher.fingerprint
        self.encoded = 0
        self._hasher = hasher

    def encode(self, vectors):
        self.encoded += len(vectors)
        return self._hasher.encode(vectors)


def test_with_a_long_shortlist_results_are_those_of_the_index(large: Archive, index: CodeIndex, tmp_path: Path) -> None:
    exact = Index(large, SegmentFolder(tmp_path / "index"))
    exact.refresh()
    for seed in range(5):
        vector = np.random.default_rng(seed).standard_normal(64).astype(np.float32)
        ids, scores = index.search(vector, 25, shortlist=3000)
        expected, expected_scores = exact.search(vector, 25)
        assert (ids.dtype, scores.dtype) == (np.int64, np.float32)
        assert ids.tolist() == expected.tolist()
        np.testing.assert_allclose(scores, expected_scores, atol=1e-5)
    exact.close()


def test_a_short_one_finds_a_chip_itself_and_ranks_by_true_scores(large: Archive, index: CodeIndex) -> None:
    for chip in (1, 1234, 3000):
        ids, scores = index.search(large.embedding(chip), 10)
        assert ids[0] == chip
        np.testing.assert_allclose(scores, large.vectors(ids.tolist()) @ large.embedding(chip), atol=1e-6)
        assert (np.diff(scores) <= 0).all()


def test_more_matches_than_the_shortlist_are_found_all_the_same(index: CodeIndex) -> None:
    assert len(index.search(np.ones(64, np.float32), 500, shortlist=10)[0]) == 500
    assert len(index.search(np.ones(64, np.float32), 5000)[0]) == 3000


def test_a_mask_filters_before_the_search(index: CodeIndex) -> None:
    mask = index.raster_ids == 2
    ids, _ = index.search(np.ones(64, np.float32), 3000, mask)
    assert sorted(ids.tolist()) == list(range(1001, 2001))
    assert len(index.search(np.ones(64, np.float32), 10, np.zeros(3000, bool))[0]) == 0


def test_ties_come_in_the_order_of_their_ids(archive: Archive, make_chips: MakeChips, make_record) -> None:
    chips = make_chips(40, dimension=16)
    chips.vectors[:] = 0.25
    archive.write_block(archive.add_raster(make_record()), 0, chips)
    index = CodeIndex(archive, fit_signs(chips.vectors + 1))
    index.refresh()
    assert index.search(np.ones(16, np.float32), 30, shortlist=5)[0].tolist() == list(range(1, 31))


def test_a_refresh_follows_the_archive_and_encodes_only_what_is_new(
    large: Archive, hasher: ProjectionHasher, make_chips: MakeChips
) -> None:
    counting = Counting(hasher)
    index = CodeIndex(large, counting)
    index.refresh()
    large.remove_raster(2)
    large.write_block(1, 50, make_chips(7, seed=77, dimension=64))
    index.refresh()
    assert (len(index), counting.encoded) == (2007, 3007)
    assert index.ids.tolist() == [*range(1, 1001), *range(2001, 3008)]
    assert (index.codes == hasher.encode(large.vectors(index.ids.tolist()))).all()


def test_an_empty_archive_finds_nothing(archive: Archive, tmp_path: Path) -> None:
    index = CodeIndex(archive, fit_signs(np.ones((1, 16), np.float32)), tmp_path / "index")
    for _ in range(2):
        index.save()
        assert [len(found) for found in index.search(np.ones(16, np.float32), 10)] == [0, 0]
        index = CodeIndex(archive, fit_signs(np.ones((1, 16), np.float32)), tmp_path / "index")


@pytest.mark.parametrize(
    ("vector", "k"), [(np.ones(63), 5), (np.full(64, np.nan), 5), (np.ones((1, 64)), 5), (np.ones(64), 0)]
)
def test_queries_that_cannot_be_searched_are_refused(index: CodeIndex, vector, k) -> None:
    with pytest.raises(EngineError) as caught:
        index.search(vector, k)
    assert caught.value.code == ErrorCode.BAD_REQUEST


def test_a_hasher_of_other_embeddings_is_refused(large: Archive) -> None:
    with pytest.raises(ValueError, match="16 numbers"):
        CodeIndex(large, fit_signs(np.ones((1, 16), np.float32)))


def test_a_damaged_batch_leaves_the_index_as_it_was(large: Archive, index: CodeIndex, make_chips: MakeChips) -> None:
    large.write_block(1, 50, make_chips(7, dimension=64))
    with large._writing() as connection:
        connection.execute("UPDATE embeddings SET checksum = 0 WHERE id = 13")
    with pytest.raises(EngineError) as caught:
        index.refresh()
    assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED
    assert len(index) == 3000
    assert index.search(large.embedding(17), 1)[0].tolist() == [17]


def test_kept_codes_are_not_made_again_but_for_what_changed(
    large: Archive, hasher: ProjectionHasher, make_chips: MakeChips, tmp_path: Path
) -> None:
    CodeIndex(large, hasher, tmp_path / "index").save()
    large.clear_blocks(1, range(0, 1))
    large.write_block(1, 50, make_chips(7, dimension=64))
    counting = Counting(hasher)
    index = CodeIndex(large, counting, tmp_path / "index")
    index.refresh()
    assert (counting.encoded, len(index)) == (7, 2757)
    assert (index.codes == hasher.encode(large.vectors(index.ids.tolist()))).all()


def test_codes_of_another_hasher_or_another_archive_are_left_aside(
    large: Archive, hasher: ProjectionHasher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CodeIndex(large, hasher, tmp_path / "index").save()
    other = ProjectionHasher(-hasher.matrix, hasher.bias)
    index = CodeIndex(large, other, tmp_path / "index")
    index.refresh()
    assert (index.codes == other.encode(large.vectors(index.ids.tolist()))).all()
    counting = Counting(hasher)
    monkeypatch.setattr(large, "id", "another")
    CodeIndex(large, counting, tmp_path / "index").refresh()
    assert counting.encoded == 3000


@pytest.mark.parametrize(
    "spoil",
    [
        lambda keys, codes: (keys[:-1], codes),
        lambda keys, codes: (keys, codes[:-1]),
        lambda keys, codes: (keys[5:], codes),
        lambda keys, codes: (np.concatenate([keys, keys]), np.concatenate([codes, codes])),
        lambda keys, codes: (np.where(keys == 250, -250, keys), codes),
        lambda keys, codes: (np.where(keys == 250, 2**62, keys), codes),
        lambda keys, codes: (keys[:0], codes),
    ],
)
def test_kept_codes_that_cannot_be_are_made_anew(
    large: Archive, hasher: ProjectionHasher, tmp_path: Path, spoil
) -> None:
    CodeIndex(large, hasher, tmp_path / "index").save()
    path = tmp_path / "index" / FILE_NAME
    head, arrays = read_arrays(path, "codes", {"keys": "<i8", "codes": "<u1"})
    keys, codes = spoil(arrays["keys"].copy(), arrays["codes"].copy())
    write_arrays(path, "codes", head, {"keys": keys, "codes": codes})
    counting = Counting(hasher)
    index = CodeIndex(large, counting, tmp_path / "index")
    index.refresh()
    assert counting.encoded == len(index) == 3000
    path.write_bytes(b"\0" * 10_000)
    CodeIndex(large, hasher, tmp_path / "index").refresh()
