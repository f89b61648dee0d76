"""The PostgreSQL connections that QGIS has stored, as places of archives; who connects there stays in memory."""

from __future__ import annotations

from contextlib import suppress

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsDataSourceUri, QgsProviderRegistry, QgsSettings

from frors_qgis.location import DatabaseLocation
from frors_qgis.protocol import EngineError, ErrorCode

_ROOM = "public"
"""Stands for an archive's schema where only the database matters: every database has it."""
_BY_NAME = "Basic"
"""The authentication method that is a user and what she alone knows."""


def connection_names() -> list[str]:
    """The names of the connections, in their order."""
    settings = QgsSettings()
    settings.beginGroup("PostgreSQL/connections")
    return sorted(settings.childGroups(), key=str.casefold)


def place_of(connection: str) -> DatabaseLocation:
    """Where a connection leads; its schema has no meaning. In a task: QGIS may ask for the master password.

    Raises EngineError(BAD_REQUEST) for one that logs in by something that only QGIS can hand over.
    """
    uri = stored_uri(connection)
    user = _login(uri).get("user", "")
    return DatabaseLocation((*_options(uri), *((("user", user),) if user else ())), _ROOM)


def login_of(location: str) -> dict[str, str]:
    """The password with which QGIS connects to the place of an archive; empty where no connection leads there, or
    none is stored. In a task: QGIS may ask for the master password.

    Raises EngineError(BAD_REQUEST) for a location that is none.
    """
    wanted = DatabaseLocation.parse(location)
    connection = connection_to(wanted)
    password = None if connection is None else _login(stored_uri(connection)).get("password")
    return {"password": password} if password else {}


def connection_to(place: DatabaseLocation) -> str | None:
    """The name of the first connection that leads to a place, as its user."""
    options = dict(place.options)
    user = options.pop("user", None)
    for name in connection_names():
        uri = stored_uri(name)
        if dict(_options(uri)) == options:
            with suppress(EngineError):  # of another way to log in there
                if _login(uri).get("user") == user:
                    return name
    return None


def stored_uri(connection: str) -> QgsDataSourceUri:
    """What QGIS has stored of a connection."""
    metadata = QgsProviderRegistry.instance().providerMetadata("postgres")
    return QgsDataSourceUri(metadata.createConnection(connection).uri())


def _options(uri: QgsDataSourceUri) -> tuple[tuple[str, str], ...]:
    """libpq's options of a connection, without who connects."""
    mode = uri.sslMode()
    ssl = "" if mode == QgsDataSourceUri.SslMode.SslPrefer else QgsDataSourceUri.encodeSslMode(mode)
    pairs = {
        "service": uri.service(),
        "host": uri.host(),
        "port": uri.port(),
        "dbname": uri.database(),
        "sslmode": ssl,
    }
    return tuple((name, value) for name, value in pairs.items() if value)


def _login(uri: QgsDataSourceUri) -> dict[str, str]:
    """User and password of a connection, as far as they are stored, from its authentication where it has one."""
    login = {"user": uri.username(), "password": uri.password()}
    if uri.authConfigId():
        stored = QgsAuthMethodConfig()
        QgsApplication.authManager().loadAuthenticationConfig(uri.authConfigId(), stored, True)
        if stored.method() and stored.method() != _BY_NAME:
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                "This connection logs in by a certificate of QGIS's, which the engine cannot have: use one with user "
                "name and password, or keep the certificate where PostgreSQL's own programs find it.",
            )
        login = {"user": stored.config("username"), "password": stored.config("password")}
    return {name: value for name, value in login.items() if value}
