"""The server that the tests of PostGIS archives run against."""

from __future__ import annotations

import psycopg2
import pytest


def test_the_server_has_what_a_shared_archive_needs(postgres):
    versions = dict(postgres.execute("SELECT extname, extversion FROM pg_extension"))
    assert tuple(map(int, versions["vector"].split(".")[:2])) >= (0, 8)
    assert {"postgis", "postgres_fdw"} <= versions.keys()
    assert int(postgres.execute("SHOW server_version_num")[0][0]) >= 150000


def test_through_its_port_the_server_wants_a_password(postgres):
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host="127.0.0.1", port=postgres.port, dbname="frors", user="owner", passfile="/dev/null")
