from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest

from frors_qgis.engine.archive import index as index_module
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.records import BatchKey, NewChips, RasterRecord
from frors_qgis.engine.archive.segment import Segment, SegmentError, write_segment
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.protocol import EngineError, ErrorCode


@pytest.fixture
def folder(tmp_path: Path) -> SegmentFolder:
    """Two segments of 1,250 chips each are made of the 3,000 of `large`."""
    return SegmentFolder(tmp_path / "index", 1100)


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "index").iterdir())


def found(archive: Archive, folder: SegmentFolder, chip: int = 17) -> tuple[int, int]:
    """How many chips a new index holds in memory, and which is the nearest to a chip."""
    index = Index(archive, folder)
    index.refresh()
    ids, _ = index.search(archive.embedding(chip), 3)
    index.close()
    return index.unsealed, int(ids[0])


def test_sealing_leaves_a_rest_in_memory_and_has_nothing_to_do_the_second_time(
    large: Archive, folder: SegmentFolder, tmp_path: Path
) -> None:
    assert folder.seal(large) == 2
    assert len(files(tmp_path)) == 2
    assert folder.seal(large) == 0
    assert found(large, folder) == (500, 17)


def test_an_index_takes_up_segments_that_another_process_wrote(large: Archive, tmp_path: Path) -> None:
    index = Index(large, SegmentFolder(tmp_path / "index", 1100))
    index.refresh()
    assert index.unsealed == 3000
    SegmentFolder(tmp_path / "index", 1100).seal(large)
    index.refresh()
    assert (index.unsealed, len(index)) == (500, 3000)
    index.close()


@pytest.mark.parametrize("share", [None, 0.5, 0.001])
def test_what_memory_should_not_hold_is_searched_exactly_in_the_archive_until_segments_hold_it(
    large: Archive, folder: SegmentFolder, monkeypatch: pytest.MonkeyPatch, share: float | None
) -> None:
    monkeypatch.setattr(index_module, "MOST_IN_MEMORY", 1000)
    vectors = np.concatenate([batch.vectors for batch in large.batches()]).astype(np.float32)
    allowed = np.random.default_rng(3).random(3000) < (share or 1)
    query = np.random.default_rng(4).normal(size=64).astype(np.float32)
    best = np.flatnonzero(allowed)[np.argsort(-(vectors @ query)[allowed])[:20]] + 1
    index = Index(large, folder)
    for held in (1000, 500):
        index.refresh()
        mask = None if share is None else index.select(ids=1 + np.flatnonzero(allowed))
        ids, scores = index.search(query, 20, mask)
        assert ids.tolist() == best.tolist()
        np.testing.assert_allclose(scores, vectors[best - 1] @ query, atol=1e-4)
        assert len(index._recent) == held
        folder.seal(large)
    assert len(index) == 3000
    index.close()


def test_of_what_is_in_memory_only_what_a_segment_took_over_is_let_go(
    large: Archive, folder: SegmentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(large, folder)
    index.refresh()
    folder.seal(large)
    asked: list[BatchKey] = []
    read = large.batches
    monkeypatch.setattr(large, "batches", lambda keys: read(asked.extend(keys) or keys))
    index.refresh()
    assert (index.unsealed, asked) == (500, [])
    for chip in (17, 2600, 3000):
        assert index.search(large.embedding(chip), 1)[0].tolist() == [chip]
    index.close()


def test_an_index_all_of_which_segments_took_over_still_answers(large: Archive, tmp_path: Path) -> None:
    folder = SegmentFolder(tmp_path / "index", 1000)  # three segments of four batches each
    index = Index(large, folder)
    index.refresh()
    folder.seal(large)
    index.refresh()
    assert (index.unsealed, len(index)) == (0, 3000)
    assert index.search(large.embedding(17), 1)[0].tolist() == [17]
    index.close()


@pytest.mark.parametrize("calls", [0, 3, 9])
def test_an_index_that_was_given_up_while_it_was_read_is_sound_and_goes_on(
    large: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    monkeypatch.setattr(index_module, "MOST_IN_MEMORY", 1000)
    index = Index(large, SegmentFolder(tmp_path / "index"))
    left = iter(range(calls))

    def check() -> None:
        if next(left, None) is None:
            raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    for work in (lambda: index.refresh(check), lambda: index.refresh(), lambda: index.refresh()):
        with suppress(EngineError):
            work()
        for chip in index.search(np.ones(64, np.float32), 5)[0].tolist():
            assert index.search(large.embedding(chip), 1)[0].tolist() == [chip]
    assert len(index) == 3000
    with pytest.raises(EngineError) as caught:
        index.search(large.embedding(17), 1, check=check)
    assert caught.value.code == ErrorCode.CANCELLED
    index.close()


def test_what_was_read_of_stored_batches_is_not_read_again_after_a_search_was_given_up(
    large: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "MOST_IN_MEMORY", 0)
    index = Index(large, SegmentFolder(tmp_path / "index"))
    index.refresh()
    large.remove_raster(2)

    def give_up() -> None:
        raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    with pytest.raises(EngineError, match="Cancelled"):
        index.refresh(give_up)
    monkeypatch.setattr(large, "ground_sizes", lambda key: pytest.fail(f"{key} is known"))
    index.refresh()
    assert len(index) == 2000
    index.close()


def test_among_thousands_of_chips_that_are_nearly_alike_scores_are_those_of_an_exact_search(
    new_archive: Callable[..., Archive],
    make_record: Callable[..., RasterRecord],
    make_chips: Callable[..., NewChips],
    folder: SegmentFolder,
) -> None:
    generator = np.random.default_rng(8)
    chips = make_chips(4000, dimension=64)
    alike = chips.vectors[0] + 0.003 * generator.standard_normal((2000, 64))  # open water
    chips.vectors[::2] = alike / np.linalg.norm(alike, axis=1, keepdims=True)
    with new_archive(dimension=64) as archive:
        archive.write_block(archive.add_raster(make_record()), 0, chips)
        assert folder.seal(archive) == 1
        index = Index(archive, folder)
        index.refresh()
        for row in (0, 1000, 2000):
            exact = archive.vectors(range(1, 4001)) @ chips.vectors[row]
            ids, scores = index.search(chips.vectors[row], 10)
            np.testing.assert_allclose(scores, exact[ids - 1], atol=1e-4)
            np.testing.assert_allclose(scores, np.sort(exact)[::-1][:10], atol=1e-3)
        index.close()


def test_a_damaged_batch_that_memory_does_not_hold_is_reported_by_the_search(
    large: Archive, folder: SegmentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "MOST_IN_MEMORY", 1000)
    with large._writing() as connection:
        connection.execute("UPDATE embeddings SET checksum = 0 WHERE id = 11")
    index = Index(large, folder)
    index.refresh()
    with pytest.raises(EngineError) as caught:
        index.search(large.embedding(17), 3)
    assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED
    index.close()


def test_a_batch_that_is_removed_while_the_index_is_read_is_left_out(
    large: Archive, folder: SegmentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "MOST_IN_MEMORY", 1000)
    index = Index(large, folder)
    removals = iter([lambda: large.remove_raster(3)])
    index.refresh(lambda: next(removals, lambda: None)())
    assert len(index) == 2000
    assert max(index.search(np.ones(64, np.float32), 2000)[0]) <= 2000
    index.close()


def test_a_segment_serves_until_a_quarter_of_its_chips_is_gone(
    large: Archive, folder: SegmentFolder, tmp_path: Path
) -> None:
    folder.seal(large)
    first = set(files(tmp_path))
    large.clear_blocks(1, range(0, 1))
    assert found(large, folder, 300) == (500, 300)
    assert folder.seal(large) == 0
    assert set(files(tmp_path)) == first
    large.clear_blocks(1, range(1, 2))
    assert found(large, folder, 600) == (1250, 600)
    assert folder.seal(large) == 1
    assert len(files(tmp_path)) == 2
    assert set(files(tmp_path)) != first
    assert found(large, folder, 600)[1] == 600


def test_embeddings_that_changed_under_their_ids_are_not_taken_from_a_segment(
    large: Archive, folder: SegmentFolder
) -> None:
    folder.seal(large)
    with large._writing() as connection:
        connection.execute("UPDATE embeddings SET checksum = checksum + 1 WHERE id = 1")
    index = Index(large, folder)
    with pytest.raises(EngineError) as caught:
        index.refresh()
    assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED


def test_a_segment_of_another_archive_is_left_aside_and_deleted(
    large: Archive,
    folder: SegmentFolder,
    new_archive: Callable[..., Archive],
    tmp_path: Path,
    make_record: Callable[..., RasterRecord],
    make_chips: Callable[..., NewChips],
) -> None:
    folder.seal(large)
    with new_archive(tmp_path / "other.gpkg", dimension=64) as other:
        other.write_block(other.add_raster(make_record()), 0, make_chips(1200, dimension=64))
        assert found(other, folder) == (1200, 17)
        assert folder.seal(other) == 1
    assert len(files(tmp_path)) == 1


def test_where_lists_cannot_be_mapped_they_are_read(
    large: Archive, folder: SegmentFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.seal(large)
    index = Index(large, folder)
    index.refresh()
    expected = index.search(large.embedding(17), 50)
    index.close()
    monkeypatch.delattr(faiss, "OnDiskInvertedLists")
    index = Index(large, SegmentFolder(tmp_path / "index", 1100))
    index.refresh()
    found = index.search(large.embedding(17), 50)
    index.close()
    assert index.unsealed == 500
    assert found[0].tolist() == expected[0].tolist()
    np.testing.assert_array_equal(found[1], expected[1])


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5])
def test_recall_holds_for_every_share_of_chips_in_a_sealed_index(
    large: Archive, folder: SegmentFolder, share: float
) -> None:
    folder.seal(large)
    index = Index(large, folder)
    index.refresh()
    generator = np.random.default_rng(3)
    vectors = large.vectors(range(1, 3001))
    for _ in range(10):
        vector = vectors[generator.integers(3000)] + 0.1 * generator.standard_normal(64).astype(np.float32)
        allowed = np.sort(generator.permutation(3000)[: int(3000 * share)]) + 1
        best = allowed[np.argsort(-(vectors[allowed - 1] @ vector), kind="stable")][:10]
        assert index.search(vector, 10, index.select(ids=allowed))[0].tolist() == best.tolist()
    index.close()


def test_an_index_too_large_to_scan_looks_where_it_is_likely(
    large: Archive, folder: SegmentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "MOST_SCANNED", 1000)
    folder.seal(large)
    index = Index(large, folder)
    index.refresh()
    vectors = np.concatenate([batch.vectors for batch in large.batches()]).astype(np.float32)
    recalls = []
    for chip in (1, 700, 1400, 2100, 2999):
        ids, scores = index.search(large.embedding(chip), 10)
        assert ids[0] == chip
        assert len(ids) == 10
        np.testing.assert_allclose(scores, large.vectors(ids.tolist()) @ large.embedding(chip), atol=1e-5)
        recalls.append(np.isin(1 + np.argsort(-(vectors @ large.embedding(chip)))[:10], ids).mean())
    assert np.mean(recalls) > 0.5  # random vectors have no neighbourhoods, and a third of the lists is searched
    index.close()


def _cut(data: bytes) -> bytes:
    return data[:-1]


def _shorten(data: bytes) -> bytes:
    return data[1000:]


def _flip(data: bytes) -> bytes:
    return data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]


def _rewrite(data: bytes, **changes: object) -> bytes:
    """With another JSON object and a checksum that fits it."""
    length, _, _ = _trailer(data)
    head = json.loads(data[-20 - length : -20])
    return _sealed(data[: -20 - length], json.dumps(head | changes).encode(), data[-8:])


def _sealed(before: bytes, encoded: bytes, mark: bytes) -> bytes:
    """Lists and arrays, their JSON object, and a right end."""
    body = before + encoded
    return body + len(encoded).to_bytes(8, "little") + zlib.crc32(body).to_bytes(4, "little") + mark


def _overflow(data: bytes) -> bytes:
    """The lengths of two lists so that the sum of all passes 2 ** 64 and comes out right."""
    length, _, mark = _trailer(data)
    head = json.loads(data[-20 - length : -20])
    lengths = head["lengths"]
    start = _lists_bytes(head) + 8 * lengths["keys"] + 4 * lengths["sizes"] + 4 * lengths["size"]
    lists = np.zeros(lengths["lists"], "<i8")
    lists[:3] = 2**63 - 1, 2**63 - 1, 2 + lengths["size"]
    before = data[:start] + lists.tobytes() + data[start + lists.nbytes : -20 - length]
    return _sealed(before, data[-20 - length : -20], mark)


def _flip_code(data: bytes) -> bytes:
    """As a power cut leaves it, or a disk that forgets: lists are most of a file."""
    return data[:500] + bytes(64) + data[564:]


def _trailer(data: bytes) -> tuple[int, int, bytes]:
    return int.from_bytes(data[-20:-12], "little"), int.from_bytes(data[-12:-8], "little"), data[-8:]


def _lists_bytes(head: dict[str, object]) -> int:
    return head["lengths"]["size"] * (head["dimension"] + 8)  # type: ignore[index, operator]


@pytest.mark.parametrize(
    "harm",
    [
        _cut,
        _shorten,
        _flip,
        _flip_code,
        _overflow,
        lambda data: b"",
        lambda data: b"x" * 5000,
        lambda data: _rewrite(data, faiss="0.0.1"),
        lambda data: _rewrite(data, dimension=32),
        lambda data: _rewrite(data, dimension=-64),
        lambda data: _rewrite(data, dimension="many"),
        lambda data: _rewrite(data, dimension=float("inf")),
        lambda data: _rewrite(data, lengths={}),
        lambda data: _rewrite(
            data, lengths={"keys": -1, "sizes": 1, "size": 1, "lists": 1, "centroids": 1, "scales": 1}
        ),
    ],
)
def test_a_file_that_is_no_sound_segment_is_not_used_and_is_written_anew(
    large: Archive, folder: SegmentFolder, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    folder.seal(large)
    path = files(tmp_path)[0]
    sound = path.read_bytes()
    path.unlink()  # not over the mapped file
    path.write_bytes(harm(sound))
    with pytest.raises(SegmentError):
        Segment(path)
    fresh = SegmentFolder(tmp_path / "index", 1100)
    assert found(large, fresh) == (1750, 17)
    assert fresh.seal(large) == 1
    assert found(large, fresh) == (500, 17)


def test_a_segment_of_other_embeddings_than_the_archives_is_left_aside(
    large: Archive, folder: SegmentFolder, tmp_path: Path
) -> None:
    folder.seal(large)
    path = files(tmp_path)[0]
    path.unlink()
    batches = [replace(batch, vectors=batch.vectors[:, :32]) for batch in list(large.batches())[:5]]
    write_segment(path, large.id, batches)
    assert Segment(path).dimension == 32
    assert found(large, SegmentFolder(tmp_path / "index", 1100)) == (1750, 17)


@pytest.mark.parametrize("target", ["/dev/zero", "pipe", "circle.segment", "nothing"])
def test_what_is_no_plain_file_is_not_read(large: Archive, folder: SegmentFolder, tmp_path: Path, target: str) -> None:
    folder.seal(large)
    link = tmp_path / "index" / "circle.segment"
    if target == "pipe":
        os.mkfifo(link)
    else:
        link.symlink_to(target)
    fresh = SegmentFolder(tmp_path / "index", 1100)
    assert found(large, fresh) == (500, 17)
    assert fresh.seal(large) == 0
    assert len(files(tmp_path)) == 2


def test_a_link_beside_an_archive_is_not_followed(large: Archive, tmp_path: Path) -> None:
    beside = large.path.with_name(f"{large.path.name}.index")
    beside.symlink_to(tmp_path / "precious", target_is_directory=True)
    assert SegmentFolder.of(large, tmp_path / "own").path.parent == tmp_path / "own"


@pytest.mark.parametrize("chips", [(505, -5), (500, 0)])
def test_batches_that_cannot_be_are_refused(large: Archive, tmp_path: Path, chips: tuple[int, int]) -> None:
    first, second = list(large.batches())[:2]
    batches = [replace(batch, key=batch.key._replace(chips=n)) for batch, n in zip((first, second), chips, strict=True)]
    write_segment(tmp_path / "a.segment", large.id, batches)
    with pytest.raises(SegmentError, match="batches"):
        Segment(tmp_path / "a.segment")


def test_a_batch_that_comes_twice_is_refused(large: Archive, tmp_path: Path) -> None:
    batch = next(large.batches())
    write_segment(tmp_path / "a.segment", large.id, [batch, batch])
    with pytest.raises(SegmentError, match="batches"):
        Segment(tmp_path / "a.segment")


def test_positions_that_do_not_exist_or_come_twice_do_no_harm(
    large: Archive, folder: SegmentFolder, tmp_path: Path
) -> None:
    folder.seal(large)
    path = files(tmp_path)[0]
    data = bytearray(path.read_bytes())
    path.unlink()
    lists = 1250 * (64 + 8)
    for start in range(0, lists - 8, 64):  # some of these bytes are positions, the others are codes
        data[start : start + 8] = (2**62 if start % 128 else 5).to_bytes(8, "little")
    path.write_bytes(_rewrite(bytes(data)))
    index = Index(large, SegmentFolder(tmp_path / "index", 1100))
    index.refresh()
    for mask in (None, index.select(rasters={1})):
        ids, scores = index.search(large.embedding(2999), 3000, mask)
        assert len(set(ids.tolist())) == len(ids)
        np.testing.assert_allclose(scores, large.vectors(ids.tolist()) @ large.embedding(2999), atol=1e-5)
    index.close()


def test_a_folder_that_refuses_leaves_the_index_in_memory(
    large: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")
    monkeypatch.setattr(index_module, "MOST_IN_MEMORY", 2000)
    folder = SegmentFolder(tmp_path / "index", 1100)
    assert found(large, folder) == (3000, 17)
    with pytest.raises(OSError, match="index"):
        folder.seal(large)


def test_an_interrupted_sealing_leaves_nothing_behind_for_long(
    large: Archive, folder: SegmentFolder, tmp_path: Path
) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "abc.segment.123.part").write_bytes(b"half")
    folder.seal(large)
    assert all(path.suffix == ".segment" for path in files(tmp_path))
