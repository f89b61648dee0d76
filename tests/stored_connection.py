"""PostgreSQL connections that QGIS has stored, for as long as a test needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsDataSourceUri, QgsProviderRegistry

_MASTER = "open the safe"


@contextmanager
def stored_connection(
    name: str, host: str, port: int, user: str, password: str, *, kept: bool = True, database: str = "frors"
) -> Iterator[None]:
    """kept: user and password are kept by QGIS's authentication manager; else they are plain settings."""
    if not kept:
        with _connection(name, host, str(port), database, user, password):
            yield
        return
    config = QgsAuthMethodConfig("Basic")
    config.setConfig("username", user)
    config.setConfig("password", password)
    with _authentication(config), _connection(name, host, str(port), database, authentication=config.id()):
        yield


@contextmanager
def certified_connection(name: str, host: str) -> Iterator[None]:
    """One that logs in by a certificate which QGIS's authentication manager has."""
    config = QgsAuthMethodConfig("PKI-Paths")
    for key in ("certpath", "keypath", "keypass"):
        config.setConfig(key, "none")
    with _authentication(config), _connection(name, host, "5432", "maps", authentication=config.id()):
        yield


@contextmanager
def _authentication(config: QgsAuthMethodConfig) -> Iterator[None]:
    manager = QgsApplication.authManager()
    assert manager.setMasterPassword(_MASTER, True)
    config.setName("of a test")
    assert manager.storeAuthenticationConfig(config)[0]
    yield
    manager.removeAuthenticationConfig(config.id())


@contextmanager
def _connection(
    name: str, host: str, port: str, database: str, user: str = "", password: str = "", authentication: str = ""
) -> Iterator[None]:
    uri = QgsDataSourceUri()
    uri.setConnection(host, port, database, user, password, QgsDataSourceUri.SslMode.SslPrefer, authentication)
    metadata = QgsProviderRegistry.instance().providerMetadata("postgres")
    saved = {"saveUsername": True, "savePassword": True}
    metadata.saveConnection(metadata.createConnection(uri.uri(False), saved), name)
    yield
    metadata.deleteConnection(name)
