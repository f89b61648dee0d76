"""Indexes are written where they belong, while nobody waits, and are only a cache."""

import os
import shutil
import time
from threading import Event

import numpy as np
import pytest

from frors_qgis.engine.archive import segment_folder
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.codes import archive_tree, code_chip_index, code_index
from frors_qgis.engine.archive.writer_lock import WriterLock
from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.call import Call
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.sealing import Sealing
from frors_qgis.engine.search.query import Query
from frors_qgis.engine.service import Service


@pytest.fixture(autouse=True)
def small_segments(monkeypatch):
    monkeypatch.setattr(segment_folder, "SEGMENT_CHIPS", 300)


@pytest.fixture
def archive(colour_archive, colour_encoder, write_raster):
    """A raster of 2048 px in an archive of its own; every 64 px another colour."""
    tiles = np.random.default_rng(5).integers(0, 255, (3, 32, 32), dtype=np.uint8)
    path = write_raster(tiles.repeat(64, axis=1).repeat(64, axis=2), "one.tif")
    IndexRun(colour_archive, Levels(), lambda: colour_encoder, lambda *_: None, lambda: None).index([str(path)])
    return colour_archive


@pytest.fixture
def private(tmp_path):
    folder = tmp_path / "private"
    folder.mkdir()
    return folder


@pytest.fixture
def log():
    return []


@pytest.fixture
def sealing(private, log):
    return Sealing(private, lambda level, message: log.append((level, message)))


def segments(folder):
    return sorted(folder.glob("*.segment"))


def beside(archive):
    return archive.path.with_name(f"{archive.path.name}.index")


def wait_for(happened):
    deadline = time.monotonic() + 30
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert happened()


def test_the_index_stands_beside_its_archive_and_may_be_deleted(archive, sealing, private, log):
    sealing.seal(archive)
    assert segments(beside(archive))
    assert [level for level, _ in log] == ["info"]
    query = Query(archive.embedding(5), k=5)
    shelf = ArchiveShelf(private)
    sealed = shelf.searcher(str(archive.path)).search(query).matches
    shutil.rmtree(beside(archive))
    assert shelf.searcher(str(archive.path)).search(query).matches == sealed
    shelf.release_all()


def test_an_archive_in_a_folder_that_refuses_has_its_index_in_the_engines_own(archive, sealing, private, monkeypatch):
    refusing = archive.path.parent
    monkeypatch.setattr(os, "access", lambda path, mode: path != refusing)
    sealing.seal(archive)
    assert not beside(archive).exists()
    assert segments(private / f"{archive.id}.index")


def test_a_sealing_that_is_cancelled_keeps_the_segments_that_it_has_written(archive, sealing, log):
    call = Call()
    checks = iter([call.check, call.cancel])

    def check():
        next(checks, call.check)()
        call.check()

    sealing.seal(archive, check)
    assert len(segments(beside(archive))) == 1
    assert [level for level, _ in log] == ["warning"]
    sealing.seal(archive)
    assert len(segments(beside(archive))) > 1


def test_an_index_that_cannot_be_written_is_only_logged(archive, sealing, log):
    beside(archive).write_text("in the way")
    sealing.seal(archive)
    assert len(log) == 1
    assert log[0][0] == "warning"
    assert archive.path.name in log[0][1]


def test_a_search_that_held_many_chips_in_memory_has_them_sealed_behind_it(archive, private):
    service = Service(private)
    result = service.methods["search"](Parameters({"archive": str(archive.path), "chip": 3, "k": 5}), Call())
    assert result["matches"][0]["chip"] == 3
    wait_for(lambda: segments(beside(archive)))
    service.release_archives()


def test_searches_by_codes_find_what_others_find_and_have_a_tree_made_behind_them(archive, private, monkeypatch):
    monkeypatch.setattr(archive_tree, "LEAST_CHIPS", 1)
    monkeypatch.setattr(code_chip_index, "MOST_NARROW", 1)
    monkeypatch.setattr(code_index, "_LEAST_LIKELY", 5000)
    one = archive.chips([7])[0]
    (west, north), (east, south) = one.footprint[0], one.footprint[2]
    asked = [
        {},
        {"chip": 9, "any_size": True, "apart": 300.0, "least_score": 0.2},
        {"within": [west, south, east + 0.001, north], "crs": "EPSG:4326"},
        {"words": "within 1 km", "place": [east, south]},
        {"words": "within 1 km, drone", "place": [east, south], "words_weight": 0.5},
        {"words": "within 2 km", "place": [east, south], "chip": None, "any_size": True},
        {"rasters": [1], "newer_than": 20, "positive": [4], "negative": [30]},
        {"since": "2020-01-01"},
    ]

    def answers(service):
        requests = ({"archive": str(archive.path), "chip": 3, "k": 12} | values for values in asked)
        results = [service.methods["search"](Parameters(values), Call()) for values in requests]
        return [[(match["chip"], round(match["score"], 3)) for match in result["matches"]] for result in results]

    services = [Service(private), Service(private, code_bits=32)]
    expected = answers(services[0])
    for _ in range(2):
        assert answers(services[1]) == expected
        wait_for(lambda: list(beside(archive).glob("*.tree")))
    assert len(set(map(tuple, expected))) > 5
    for service in services:
        service.release_archives()


def test_an_archive_that_is_being_sealed_is_not_sealed_a_second_time_meanwhile(archive, sealing, monkeypatch):
    begun, may_end, calls = Event(), Event(), []
    whole = segment_folder.SegmentFolder.seal

    def seal(folder, *arguments):
        calls.append(folder)
        begun.set()
        assert may_end.wait(30)
        return whole(folder, *arguments)

    monkeypatch.setattr(segment_folder.SegmentFolder, "seal", seal)
    sealing.start(archive.path)
    assert begun.wait(30)
    sealing.seal(archive)
    assert len(calls) == 1
    may_end.set()
    wait_for(lambda: segments(beside(archive)))


def test_an_archive_that_another_process_seals_is_left_to_it(archive, sealing, log):
    beside(archive).mkdir()
    other = beside(archive) / "0123.segment.1.part"
    other.write_bytes(b"half")
    with WriterLock(beside(archive) / "segments"):
        sealing.seal(archive)
        assert (segments(beside(archive)), other.exists(), log) == ([], True, [])
    sealing.seal(archive)
    assert segments(beside(archive)) == sorted(beside(archive).iterdir())


def test_sealing_goes_on_after_an_archive_that_is_gone(archive, sealing, log, tmp_path):
    sealing.start(tmp_path / "gone.gpkg")
    wait_for(lambda: log)
    assert log[0][0] == "warning"
    wait_for(lambda: sealing.start(archive.path) or segments(beside(archive)))


def test_an_archive_that_goes_while_it_is_opened_is_only_logged(archive, sealing, log, monkeypatch):
    def gone(*_, **__):
        raise FileNotFoundError(archive.path)

    monkeypatch.setattr(Archive, "open", gone)
    sealing.start(archive.path)
    wait_for(lambda: log)
    assert log[0][0] == "warning"
