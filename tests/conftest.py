"""What tests of all rooms need: no encoders of whoever runs them, a QGIS that speaks German, servers of databases."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_own_encoders(tmp_path_factory):
    """A folder for the user's own encoders in which there are none, also for the processes that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRORS_ENCODERS", str(tmp_path_factory.mktemp("own") / "encoders"))
        yield


@pytest.fixture
def german(qgis_app):
    """A QGIS that speaks German, as far as FRORS is concerned."""
    from qgis.PyQt.QtCore import QCoreApplication, QTranslator

    from frors_qgis.resources import resource_path

    translator = QTranslator()
    assert translator.load(str(resource_path("i18n", "frors_de.qm")))
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.fixture(scope="session")
def shards(postgres):
    """Two more servers, by the names under which the first one knows them."""
    from tests.engine.postgres_server import PostgresServer
    from tests.engine.shard_servers import introduce

    with PostgresServer() as one, PostgresServer() as two:
        servers = {"shard_one": one, "shard_two": two}
        introduce(postgres, servers)
        yield servers


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server with PostGIS and pgvector; every test makes schemas of its own."""
    from tests.engine import postgres_server  # psycopg2, which comes with QGIS, may be missing with PostgreSQL

    if (reason := postgres_server.missing()) is not None:
        pytest.skip(reason)
    with postgres_server.PostgresServer() as server:
        yield server
