"""Who may do what, and where passwords are kept: in no file, log or message of ours."""

from __future__ import annotations

import dataclasses

import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP
from frors_qgis.engine.archive.postgis.logins import remember_login
from frors_qgis.engine.call import Call
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from frors_qgis.protocol import EngineError, ErrorCode


def refusal(action, *arguments, **options):
    with pytest.raises(EngineError) as caught:
        action(*arguments, **options)
    return caught.value


def test_an_indexer_writes_what_an_analyst_reads_and_nobody_else_sees(
    shared, as_user, make_chips, make_record, tmp_path
):
    with Archive.open(as_user("indexer"), writable=True) as indexer:
        raster = indexer.add_raster(make_record())
        indexer.write_block(raster, 0, make_chips(20, dimension=16))
        indexer.seal_index(tmp_path)
        indexer.change_raster(raster, lambda record: dataclasses.replace(record, platform="drone"))
    with Archive.open(as_user("analyst")) as analyst:
        index = analyst.chip_index(tmp_path)
        index.refresh()
        assert index.search(analyst.embedding(7), 1, EVERY_CHIP)[0].tolist() == [7]
        assert analyst.verify() == []
    assert refusal(Archive.open, as_user("analyst"), writable=True).code is ErrorCode.ARCHIVE_READ_ONLY
    assert refusal(Archive.open, as_user("stranger")).code is ErrorCode.ARCHIVE_READ_ONLY
    another = as_user("indexer").replace("shared", "mine")
    assert refusal(Archive.require_room, another).code is ErrorCode.ARCHIVE_READ_ONLY
    assert refusal(shared.grant, ["nobody"], []).code is ErrorCode.BAD_REQUEST


def test_only_whose_it_is_grants_and_who_may_be_her(shared, as_user, postgres, shards):
    with Archive.open(as_user("indexer"), writable=True) as indexer:
        error = refusal(indexer.grant, ["stranger"], [])  # PostgreSQL would only warn
    assert (error.code, "keeper" in error.message) == (ErrorCode.ARCHIVE_READ_ONLY, True)
    server = shards["shard_one"]
    with Archive.open(postgres.location(shared.stem), writable=True) as administrator:
        administrator.grant(["stranger"], [])
        administrator.add_shard("shard_one", server.location(shared.stem))
    for user in ("stranger", "analyst"):
        with Archive.open(as_user(user)) as reader:
            assert reader.find_shards()[1] == []
    statement = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = %s::regclass"
    assert postgres.execute(statement, f"{shared.stem}.chips_1") == [("keeper",)]


def test_an_analyst_cannot_write_past_the_engine_either(shared, as_user, postgres):
    with Archive.open(as_user("analyst")) as analyst, pytest.raises(EngineError) as caught:
        with analyst.reading() as cursor:
            cursor.execute("COMMIT; SET default_transaction_read_only = off; DELETE FROM chips")
    assert caught.value.code is ErrorCode.ARCHIVE_READ_ONLY


def test_a_password_comes_with_the_request_and_shows_nowhere(postgres, shared, no_logins, tmp_path, caplog, capfd):
    location = f"postgresql:host=127.0.0.1 port={postgres.port} dbname=frors user=keeper schema={shared.stem}"
    assert refusal(Archive.open, location).code is ErrorCode.ARCHIVE_UNREACHABLE
    service = Service(tmp_path)
    opened = Parameters({"archive": location})
    service.methods["login"](Parameters({"archive": location, "user": "analyst", "password": "sesam"}), Call())
    wrong = refusal(service.methods["open"], opened, Call())
    assert wrong.code is ErrorCode.ARCHIVE_UNREACHABLE
    service.methods["login"](Parameters({"archive": location, "user": "analyst", "password": "sesame"}), Call())
    assert service.methods["open"](opened, Call())["path"] == location
    found = service.methods["info"](opened, Call())
    another = Parameters({"archive": location.replace("schema=", "schema=any_")})
    assert shared.stem in service.methods["archives"](another, Call())["archives"]
    service.release_archives()
    shown = f"{wrong!r} {found} {caplog.text} {capfd.readouterr()}"
    assert "sesam" not in shown
    assert not any("sesam" in path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "sesam" not in postgres.log.read_text(errors="replace").replace("CREATE ROLE", "").split("shared_")[-1]


def test_libpq_finds_passwords_in_its_own_files(postgres, shared, monkeypatch, tmp_path):
    passwords = tmp_path / "passwords"
    passwords.write_text(f"127.0.0.1:{postgres.port}:frors:keeper:sesame\n")
    passwords.chmod(0o600)
    services = tmp_path / "services"
    services.write_text(f"[maps]\nhost=127.0.0.1\nport={postgres.port}\ndbname=frors\nuser=keeper\n")
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    with Archive.open(f"postgresql:service=maps schema={shared.stem}", writable=True) as archive:
        assert archive.id == shared.id


def test_a_login_is_for_a_database(no_logins):
    assert refusal(remember_login, "/archives/a.gpkg", "ann", "sesame").code is ErrorCode.BAD_REQUEST


def test_archives_are_listed_for_who_may_read_them(shared, as_user):
    assert shared.stem in Archive.stems(as_user("analyst").replace(shared.stem, "any"))
    assert shared.stem not in Archive.stems(as_user("stranger"))
    assert refusal(Archive.stems, "/archives/a.gpkg").code is ErrorCode.BAD_REQUEST


def test_a_file_has_no_roles(tmp_path):
    with Archive.create(tmp_path / "a.gpkg", encoder="e", encoder_sha256="", dimension=8) as archive:
        assert refusal(archive.grant, ["ann"], []).code is ErrorCode.BAD_REQUEST
