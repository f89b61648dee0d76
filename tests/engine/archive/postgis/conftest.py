from __future__ import annotations

import itertools

import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.postgis import logins

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def roles(postgres):
    """A keeper, who may make archives, an analyst, an indexer and a stranger, each with the password `sesame`."""
    for role in ("keeper", "analyst", "indexer", "stranger"):
        postgres.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'sesame'")
    postgres.execute("GRANT CREATE ON DATABASE frors TO keeper")


@pytest.fixture
def shared(postgres, roles):
    """An archive of the keeper's, open for writing, with its roles."""
    location = postgres.location(f"shared_{next(_numbers)}", user="keeper")
    with Archive.create(location, encoder="trial", encoder_sha256="ab" * 32, dimension=16) as archive:
        archive.grant(["analyst"], ["indexer"])
        yield archive


@pytest.fixture
def as_user(shared):
    """The archive's location for another role, through the socket."""
    return lambda user: shared.location.replace("user=keeper", f"user={user}")


@pytest.fixture
def no_logins(monkeypatch):
    """What a request says of users and passwords is forgotten after the test."""
    monkeypatch.setattr(logins, "_LOGINS", {})
