"""An archive spread over servers: each does its part of a search, and one that is lost is told of."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter, Near
from frors_qgis.engine.archive.postgis import archive as postgis_archive
from frors_qgis.engine.archive.postgis import index, prepared
from frors_qgis.engine.archive.postgis.conditions import Conditions
from frors_qgis.engine.archive.postgis.prepared import execute_prepared
from frors_qgis.engine.search.query import Query
from frors_qgis.engine.search.searcher import Searcher
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.shard_servers import introduce


def refusal(action, *arguments, **options):
    with pytest.raises(EngineError) as caught:
        action(*arguments, **options)
    return caught.value


@pytest.fixture
def spread(shared, shards, make_chips, make_record, monkeypatch):
    """Ten chips in the archive's own database, then four blocks of ten over two shards in turn."""
    monkeypatch.setattr(postgis_archive, "_LOST_SECONDS", 0.0)
    raster = shared.add_raster(make_record())
    for block in range(5):
        if block == 1:
            for name, server in shards.items():
                shared.add_shard(name, server.location(shared.stem))
        shared.write_block(raster, block, make_chips(10, seed=block, dimension=16, west=block))
    return shared


_CLEAR_ONE = "DELETE FROM {}.chips WHERE raster = 1"
_IDS = "SELECT fid FROM {}.chips ORDER BY fid"
_LEAVE_BEHIND = """
INSERT INTO {0}.chips SELECT fid + 50, geom, raster, "column", "row", width, height, gsd, cells, valid, embedding, shard
FROM {0}.chips
"""


def on_shard(server, archive):
    return [fid for (fid,) in server.execute(_IDS.format(archive.stem))]


def test_blocks_to_come_are_spread_and_every_chip_is_found(spread, shards, tmp_path):
    one, two = (on_shard(server, spread) for server in shards.values())
    assert (len(one), len(two)) == (20, 20)
    assert sorted(one + two) == list(range(11, 51))
    found = spread.chip_index(tmp_path)
    found.refresh()
    for chip in (1, one[0], two[0]):
        assert found.search(spread.embedding(chip), 1, EVERY_CHIP)[0].tolist() == [chip]
    assert [chip.id for chip in spread.chips([one[3], 2, two[3]])] == [one[3], 2, two[3]]
    assert found.note is None
    assert spread.verify() == []
    assert spread.clear_blocks(1, range(1, 3)) == 20
    assert spread.remove_raster(1) == 30
    assert on_shard(shards["shard_one"], spread) == on_shard(shards["shard_two"], spread) == []


def test_each_shard_filters_orders_and_limits_by_itself_all_at_once(spread, shards):
    for server in shards.values():
        server.execute(f"ANALYZE {spread.stem}.chips")  # as PostgreSQL does by itself after a while
    chosen = Conditions(ChipFilter(extent=(0, 40, 10, 50)), spread.last_chip())
    vector = "[" + ",".join(["1"] * 16) + "]"
    values = chosen.values | {"wanted": 7, "k": 3}
    for way, limit, asked in (
        (index.BY_HNSW, "LIMIT 7", {"vector": vector, "direction": vector}),
        (index.BY_COMPARING, "LIMIT 3", {"vector": vector}),
    ):
        with spread.reading() as cursor:
            execute_prepared(cursor, index.nearest(["chips_0", "chips_1", "chips_2"], chosen, way), values, asked)
            cursor.execute("SELECT name FROM pg_prepared_statements ORDER BY prepare_time DESC LIMIT 1")
            [(name,)] = cursor.fetchall()
            cursor.execute(f"EXPLAIN (VERBOSE) EXECUTE {name} ({', '.join(['%s'] * len(asked))})", list(asked.values()))
            plan = [line for (line,) in cursor.fetchall()]
            assert sum("Async Foreign Scan" in line for line in plan) == 2, plan
            remote = [line for line in plan if "Remote SQL" in line]
            assert len(remote) == 2
            assert all("st_intersects" in sql and "ORDER BY" in sql and limit in sql for sql in remote), remote


@pytest.mark.parametrize("exact_below", [0, 20_000])
def test_shards_are_asked_what_a_search_costs_only_when_its_filter_is_new(
    spread, shards, tmp_path, monkeypatch, exact_below
):
    monkeypatch.setattr(index, "EXACT_BELOW", exact_below)
    found = spread.chip_index(tmp_path)
    found.refresh()
    chips, asked = on_shard(shards["shard_one"], spread)[:3], []
    for west, chip in zip((0, 0, 0.1), chips, strict=True):
        chosen, vector = ChipFilter(extent=(west, 40, 10, 50)), spread.embedding(chip)
        before = shards["shard_one"].log.read_text().count("EXPLAIN")
        assert found.search(vector, 3, chosen)[0][0] == chip
        asked.append(shards["shard_one"].log.read_text().count("EXPLAIN") - before)
    assert asked[1] == 0
    assert asked[0] == asked[2] > 0


@pytest.mark.parametrize(("limit", "most"), [("_MOST", 3), ("_MOST_TEXT", 5000)])
def test_a_session_keeps_few_statements_and_none_that_is_long(spread, tmp_path, monkeypatch, limit, most):
    monkeypatch.setattr(prepared, limit, most)
    found = spread.chip_index(tmp_path)
    found.refresh()

    def held():
        with spread.reading() as cursor:
            cursor.execute("SELECT count(*), sum(length(statement)) FROM pg_prepared_statements")
            return cursor.fetchone()

    for newer_than in range(10):
        ids, _ = found.search(spread.embedding(50), 50, ChipFilter(newer_than=newer_than))
        assert len(ids) == 50 - newer_than
        statements, text = held()
        assert 0 < statements <= 9
        assert (statements if limit == "_MOST" else text) <= most * 1.02  # PREPARE and the name come to the text
    before = held()
    every = ChipFilter(rasters=frozenset(range(1, 100_000)))
    assert len(found.search(spread.embedding(50), 50, every)[0]) == 50
    assert held() == before


def test_a_search_is_planned_anew_after_a_while(spread, shards, tmp_path, monkeypatch):
    found, vector = spread.chip_index(tmp_path), spread.embedding(50)
    found.refresh()

    def asked():
        before = shards["shard_one"].log.read_text().count("EXPLAIN")
        assert len(found.search(vector, 50, EVERY_CHIP)[0]) == 50
        return shards["shard_one"].log.read_text().count("EXPLAIN") - before

    assert asked() > 0
    assert asked() == 0
    monkeypatch.setattr(prepared, "_KEPT_SECONDS", 0.0)
    assert asked() > 0
    with spread.reading() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (1,)


def test_each_shard_measures_distances_by_itself(spread):
    chosen = Conditions(ChipFilter(near=((Near((5, 45), 500),), (Near((5, 45), 10, beyond=True),))), spread.last_chip())
    values = chosen.values | {"vector": "[" + ",".join(["1"] * 16) + "]", "k": 3}
    with spread.reading() as cursor:
        cursor.execute("EXPLAIN (VERBOSE) " + index.nearest(["chips_1"], chosen, index.BY_COMPARING), values)
        plan = [line for (line,) in cursor.fetchall()]
    assert sum(line.count("radians") for line in plan if "Remote SQL" in line) == 6
    assert not any("Filter:" in line for line in plan), plan


def test_a_lost_shard_is_told_of_and_comes_back(spread, as_user, shards, tmp_path):
    lost, left = shards["shard_one"], shards["shard_two"]
    gone, there = on_shard(lost, spread), on_shard(left, spread)
    with Archive.open(as_user("analyst")) as analyst, Archive.open(as_user("analyst")) as other:
        searcher = Searcher(analyst, analyst.chip_index(tmp_path))
        query = Query(analyst.embedding(there[0]), k=50)
        whole = searcher.search(query)
        lost.stop()
        try:
            found = searcher.search(query)
            assert found.note is not None
            assert "1 of the archive's 2 shards" in found.note
            assert "shard_one" in found.note
            assert found.matches[0].chip.id == there[0]
            assert not {match.chip.id for match in found.matches} & set(gone)
            assert analyst.chip_count() == 50
            assert len(analyst.chips_within((-180, -90, 180, 90))) == 30
            with Archive.open(as_user("analyst")) as later:
                for reader in (other, later):
                    assert reader.chips([there[0], 1])[1].id == 1
                    assert refusal(reader.vectors, [gone[0]]).code is ErrorCode.CHIP_UNKNOWN
        finally:
            lost.start()
        assert searcher.search(query) == whole
        assert whole.note is None
        assert [chip.id for chip in other.chips([gone[0], there[0]])] == [gone[0], there[0]]


def test_what_lies_on_a_lost_shard_is_not_called_damaged_or_removed(spread, shards, tmp_path):
    lost = shards["shard_one"]
    gone = on_shard(lost, spread)[0]
    lost.stop()
    try:
        spread.find_shards()
        for action in (spread.verify, lambda: list(spread.batches()), lambda: spread.read_block(1, 1)):
            assert refusal(action).code is ErrorCode.ARCHIVE_UNREACHABLE
        for action in (spread.chips, spread.vectors):
            error = refusal(action, [gone])
            assert (error.code, "shard_one" in error.message) == (ErrorCode.CHIP_UNKNOWN, True)
    finally:
        lost.start()
    assert spread.verify() == []


def test_what_a_lost_shard_should_take_is_written_when_it_is_back(spread, shards, make_chips):
    server = shards["shard_two"]
    server.stop()
    try:
        spread.write_block(1, 10, make_chips(10, dimension=16))  # which the other one takes
        error = refusal(spread.write_block, 1, 11, make_chips(10, dimension=16))
        assert error.code is ErrorCode.ARCHIVE_UNREACHABLE
        assert spread.chip_count() == 60
    finally:
        server.start()
    spread.write_block(1, 11, make_chips(10, dimension=16))
    assert spread.chip_count() == 70
    assert spread.verify() == []


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGINT])
def test_a_shard_that_goes_while_it_is_written_to_is_told_of_and_takes_the_block_later(spread, shards, make_chips, how):
    server = shards["shard_one"]
    try:
        with server.holding_up(spread.stem) as holds_up, ThreadPoolExecutor(1) as other:
            writing = other.submit(spread.write_block, 1, 10, make_chips(10, dimension=16))
            while not holds_up():
                assert not writing.done()
            server.stop(how)
            error = refusal(writing.result)
    finally:
        server.start()
    assert error.code is ErrorCode.ARCHIVE_UNREACHABLE
    assert error.message.startswith("A shard of ")
    assert (spread.chip_count(), spread.verify()) == (50, [])
    spread.write_block(1, 10, make_chips(10, dimension=16))
    assert (spread.chip_count(), spread.verify()) == (60, [])


def assert_gone(archive, raster, ids, tmp_path):
    """The chips of a raster are nowhere to be read."""
    found = archive.chip_index(tmp_path)
    found.refresh()
    assert not found.has_any(ChipFilter(rasters=frozenset({raster})))
    assert not set(found.search(np.ones(16, np.float32), 100, EVERY_CHIP)[0].tolist()) & set(ids)
    assert not set(found.chips(EVERY_CHIP, 100)[0].tolist()) & set(ids)
    assert not set(archive.chips_within((-180, -90, 180, 90)).tolist()) & set(ids)
    assert found.ground_sizes(ChipFilter(rasters=frozenset({raster}))) == []
    for read in (archive.chips, archive.vectors):
        assert refusal(read, ids[:1]).code is ErrorCode.CHIP_UNKNOWN


@pytest.mark.parametrize("when", ["before any shard has deleted", "after one shard has deleted"])
def test_a_removal_that_is_interrupted_is_whole_at_once_and_goes_on_later(
    spread, shards, make_chips, make_record, tmp_path, monkeypatch, when
):
    other = spread.add_raster(make_record("other.tif"))
    for block in range(2):
        spread.write_block(other, block, make_chips(10, seed=7 + block, dimension=16))
    gone = on_shard(shards["shard_one"], spread) + on_shard(shards["shard_two"], spread)
    gone = [chip for chip in gone if chip <= 50]
    with monkeypatch.context() as patch:

        def die(cursor):
            if when == "after one shard has deleted":
                shards["shard_one"].execute(_CLEAR_ONE.format(spread.stem))
            raise KeyboardInterrupt

        patch.setattr(postgis_archive, "delete_removed", die)
        with pytest.raises(KeyboardInterrupt):
            spread.remove_raster(1)
    with Archive.open(spread.location) as reader:
        assert_gone(reader, 1, gone, tmp_path)
        assert reader.chip_count() == 20
        assert reader.verify() == []
    assert set(gone) & {*on_shard(shards["shard_one"], spread), *on_shard(shards["shard_two"], spread)}
    spread.seal_index(tmp_path)
    assert not set(gone) & {*on_shard(shards["shard_one"], spread), *on_shard(shards["shard_two"], spread)}
    assert spread.chip_count() == 20
    assert spread.verify() == []


def test_what_is_removed_while_a_shard_is_lost_is_gone_for_readers_and_later_there(
    spread, shards, make_chips, tmp_path
):
    server = shards["shard_one"]
    gone = on_shard(server, spread)
    server.stop()
    try:
        assert spread.clear_raster(1) == 50
    finally:
        server.start()
    assert on_shard(server, spread) == gone
    assert_gone(spread, 1, gone, tmp_path)
    spread.write_block(1, 1, make_chips(10, dimension=16))
    assert len(spread.chips(range(51, 61))) == 10
    assert spread.verify() == []
    assert spread.clear_blocks(1, range(1, 2)) == 10
    assert on_shard(server, spread) == []
    assert (spread.chip_count(), spread.verify()) == (0, [])


def test_what_a_failed_write_left_on_a_shard_is_never_found_and_goes(spread, shards, make_chips, tmp_path):
    for server in shards.values():
        server.execute(_LEAVE_BEHIND.format(spread.stem))
    found = spread.chip_index(tmp_path)
    found.refresh()
    ids, _ = found.search(np.ones(16, np.float32), 100, EVERY_CHIP)
    assert sorted(ids.tolist()) == list(range(1, 51))
    assert not found.has_any(ChipFilter(newer_than=50))
    assert any("given twice" in problem for problem in spread.verify())
    for block in (10, 11):
        spread.write_block(1, block, make_chips(10, seed=block, dimension=16))
    assert spread.verify() == []
    assert spread.chip_count() == 70


def test_only_a_server_that_is_made_for_it_becomes_a_shard(shared, shards, postgres, tmp_path):
    server = shards["shard_one"]
    postgres.execute("CREATE SERVER IF NOT EXISTS plain FOREIGN DATA WRAPPER postgres_fdw")
    for name in ("plain", "nobody"):
        assert refusal(shared.add_shard, name, server.location(shared.stem)).code is ErrorCode.BAD_REQUEST
    server.execute("CREATE SCHEMA IF NOT EXISTS taken")
    assert refusal(shared.add_shard, "shard_one", server.location("taken")).code is ErrorCode.BAD_REQUEST
    server.execute("CREATE ROLE guest LOGIN")
    introduce(postgres, {"as_guest": server}, user="guest")
    error = refusal(shared.add_shard, "as_guest", server.location(shared.stem))
    assert (error.code, "user mapping" in error.message) == (ErrorCode.BAD_REQUEST, True)
    shared.add_shard("shard_one", server.location(shared.stem))
    assert refusal(shared.add_shard, "shard_one", server.location(shared.stem)).code is ErrorCode.BAD_REQUEST
    with Archive.create(tmp_path / "a.gpkg", encoder="e", encoder_sha256="", dimension=8) as file:
        assert refusal(file.add_shard, "shard_one", "postgresql:schema=a").code is ErrorCode.BAD_REQUEST
