"""What an archive asks of its database, and what it does when that goes away."""

from __future__ import annotations

import sys
import time

import psycopg2
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter
from frors_qgis.engine.archive.postgis import archive as postgis_archive
from frors_qgis.engine.archive.postgis import index, schema
from frors_qgis.engine.archive.postgis.conditions import Conditions
from frors_qgis.engine.archive.postgis.connection import cancellable
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.postgres_server import PostgresServer


def refusal(action, *arguments, **options):
    with pytest.raises(EngineError) as caught:
        action(*arguments, **options)
    return caught.value


def test_many_chips_are_searched_by_hnsw_which_searches_on_through_a_filter(
    shared, make_chips, make_record, monkeypatch, tmp_path
):
    raster = shared.add_raster(make_record())
    shared.write_block(raster, 0, make_chips(2000, dimension=16))
    shared.seal_index(tmp_path)
    values = {"direction": "[" + ",".join(["0.25"] * 16) + "]", "vector": "[" + ",".join(["1"] * 16) + "]"}
    with shared.reading() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # as if there were many
        index._search_on(cursor, shared.name, 100)
        cursor.execute("SHOW hnsw.iterative_scan")
        assert cursor.fetchone() == ("relaxed_order",)
        everywhere = index.nearest(["chips_0"], Conditions(EVERY_CHIP), index.BY_HNSW)
        cursor.execute("EXPLAIN " + everywhere, values | {"wanted": 100, "k": 10})
        assert "chips_0_embedding" in str(cursor.fetchall())
        few = Conditions(ChipFilter(extent=(-122.6, 47.499, -122.599, 47.5)))
        narrow = index.nearest(["chips_0"], few, index.BY_HNSW)
        cursor.execute("EXPLAIN " + narrow, values | few.values | {"wanted": 100, "k": 10})
        assert "chips_0_geom" in str(cursor.fetchall())
    with shared.reading() as cursor:  # and only for as long as the search
        cursor.execute("SHOW hnsw.iterative_scan")
        assert cursor.fetchone() == ("off",)
    monkeypatch.setattr(index, "EXACT_BELOW", 0)
    monkeypatch.setattr(index, "_LEAST_SEARCHED", 10)
    found = shared.chip_index(tmp_path)
    found.refresh()
    assert len(found.search(shared.embedding(5), 1999, ChipFilter(newer_than=1))[0]) == 1999


def test_how_many_pass_a_filter_is_asked_once_until_the_archive_changes(
    shared, postgres, make_chips, make_record, monkeypatch, tmp_path
):
    monkeypatch.setattr(index, "EXACT_BELOW", 0)
    raster = shared.add_raster(make_record())
    found = shared.chip_index(tmp_path)

    def asked(block):
        shared.write_block(raster, block, make_chips(50, dimension=16))
        found.refresh()
        before = postgres.log.read_text().count("EXPLAIN (FORMAT JSON)")
        for _ in range(2):
            for chosen in (ChipFilter(newer_than=1), EVERY_CHIP):
                assert len(found.search(shared.embedding(5), 10, chosen)[0]) == 10
        return postgres.log.read_text().count("EXPLAIN (FORMAT JSON)") - before

    assert [asked(0), asked(1)] == [1, 1]


def test_a_setting_that_pgvector_does_not_know_is_noticed(shared, monkeypatch):
    with shared.reading() as cursor:
        cursor.execute("SET LOCAL hnsw.iterative_scan_of_old = 'on'")
        assert cursor.statusmessage == "SET"  # so a name alone proves nothing
        monkeypatch.setattr(index, "_MOST_SEARCHED", 2000)
        monkeypatch.setattr(index, "_LEAST_SEARCHED", 2000)
        with pytest.raises((EngineError, psycopg2.Error)):
            index._search_on(cursor, shared.name, 1)


def test_a_long_statement_ends_when_its_caller_gives_up(shared):
    def give_up():
        raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    start = time.monotonic()
    with pytest.raises(EngineError) as caught, shared.reading() as cursor, cancellable(cursor.connection, give_up):
        cursor.execute("SELECT pg_sleep(60)")
    assert caught.value.code is ErrorCode.CANCELLED
    assert time.monotonic() - start < 30
    assert shared.chip_count() == 0


def test_an_older_archive_is_brought_to_the_newest_version_when_it_is_opened_for_writing(shared, as_user, monkeypatch):
    steps = (*schema.MIGRATIONS, "ALTER TABLE rasters ADD COLUMN note text")
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    assert refusal(Archive.open, shared.location).code is ErrorCode.ARCHIVE_DAMAGED
    assert refusal(Archive.open, as_user("indexer"), writable=True).code is ErrorCode.ARCHIVE_READ_ONLY
    for _ in range(2):
        Archive.open(shared.location, writable=True).close()
        with Archive.open(as_user("analyst")) as analyst, analyst.reading() as cursor:
            cursor.execute("SELECT note FROM rasters")
    monkeypatch.setattr(schema, "MIGRATIONS", steps[:1])
    assert refusal(Archive.open, shared.location).code is ErrorCode.ARCHIVE_NEWER


def test_a_schema_of_something_else_is_no_archive(postgres):
    postgres.execute("CREATE SCHEMA other")
    location = postgres.location("other")
    assert refusal(Archive.open, location).code is ErrorCode.ARCHIVE_INVALID
    assert refusal(Archive.create, location, encoder="e", encoder_sha256="", dimension=8).code is ErrorCode.BAD_REQUEST
    large = postgres.location("large")
    assert refusal(Archive.create, large, encoder="e", encoder_sha256="", dimension=4001).code is ErrorCode.BAD_REQUEST
    assert not Archive.exists(large)


def test_a_database_without_the_extensions_says_what_it_lacks(postgres):
    postgres.execute("CREATE DATABASE bare")
    location = postgres.location("any").replace("dbname=frors", "dbname=bare")
    error = refusal(Archive.create, location, encoder="e", encoder_sha256="", dimension=8)
    assert error.code is ErrorCode.ARCHIVE_INVALID
    assert "PostGIS" in error.message


def test_without_psycopg2_it_is_said_what_to_install(monkeypatch, postgres):
    for name in [name for name in sys.modules if name.startswith(("psycopg2", "frors_qgis.engine.archive.postgis.a"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    error = refusal(Archive.open, postgres.location("any"))
    assert error.code is ErrorCode.ENGINE_MISSING
    assert "psycopg2" in error.message


@pytest.mark.usefixtures("postgres")  # skipped where no server can be started
def test_an_archive_outlives_its_server(make_chips, make_record, tmp_path, monkeypatch):
    monkeypatch.setattr(postgis_archive, "_IDLE_SECONDS", 0.0)
    with PostgresServer() as server:
        location = server.location("short")
        with Archive.create(location, encoder="trial", encoder_sha256="ab" * 32, dimension=16) as archive:
            archive.write_block(archive.add_raster(make_record()), 0, make_chips(20, dimension=16))
            index_ = archive.chip_index(tmp_path)
            server.stop()
            assert refusal(index_.refresh).code is ErrorCode.ARCHIVE_UNREACHABLE
            assert refusal(Archive.open, location).code is ErrorCode.ARCHIVE_UNREACHABLE
            server.start()
            index_.refresh()
            assert index_.search(archive.embedding(3), 1, EVERY_CHIP)[0].tolist() == [3]
            server.execute("DROP SCHEMA short CASCADE")
            Archive.create(location, encoder="trial", encoder_sha256="ab" * 32, dimension=16).close()
            archive._connection.close()
            assert refusal(archive.chip_count).code is ErrorCode.ARCHIVE_MISSING
        assert refusal(archive.chip_count).code is ErrorCode.INTERNAL


def test_damage_is_found(shared, make_chips, make_record, postgres):
    raster = shared.add_raster(make_record())
    for block in range(2):
        shared.write_block(raster, block, make_chips(10, seed=block, dimension=16))
    for damage, found in (
        ("UPDATE {}.chips SET embedding = (SELECT embedding FROM {}.chips WHERE fid = 2) WHERE fid = 1", "checksum"),
        ("DELETE FROM {}.chips WHERE fid = 12", "9 vectors for 10 chips"),
        ("UPDATE {}.counters SET last_chip = 3", "given twice"),
        ("UPDATE {}.chips SET raster = 77 WHERE fid = 20", "raster 77"),
    ):
        postgres.execute(damage.replace("{}", shared.stem))
        assert any(found in problem for problem in shared.verify()), shared.verify()
