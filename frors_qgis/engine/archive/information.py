"""What an archive says about itself, and whether it is one that this FRORS can read."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frors_qgis.engine.archive.schema import APPLICATION_ID, FORMAT_VERSION, TABLES
from frors_qgis.protocol import EngineError, ErrorCode

_KEYS = ("id", "encoder", "encoder_sha256", "dimension")
_LARGEST_DIMENSION = 65536


_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class ArchiveInformation:
    """The archive's own id, the encoder (id and sha-256 of its checkpoint) that made it, and its vectors' length.

    `copied_from` is the id of the archive of which it is a copy that is not finished.
    """

    id: str
    encoder: str
    encoder_sha256: str
    dimension: int
    copied_from: str | None


def read_information(connection: sqlite3.Connection, path: Path) -> ArchiveInformation:
    """Check that the file is an archive of this format and read its facts.

    Raises EngineError: ARCHIVE_INVALID (not a GeoPackage, or not of FRORS), ARCHIVE_NEWER, ARCHIVE_DAMAGED.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise EngineError(ErrorCode.ARCHIVE_INVALID, f"{path} is not a GeoPackage: choose a .gpkg that FRORS made.")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "archive_info" not in tables:
        raise EngineError(
            ErrorCode.ARCHIVE_INVALID, f"{path} is a GeoPackage but not a FRORS archive: choose one that FRORS made."
        )
    facts = dict(connection.execute("SELECT key, value FROM archive_info"))
    if read_version(facts, path, FORMAT_VERSION) != FORMAT_VERSION:
        raise damaged_facts(path, "its format version is unknown")
    for table in TABLES:
        if table not in tables:
            raise damaged_facts(path, f"its table {table} is missing")
    if _number(facts.get("removals")) is None:
        raise damaged_facts(path, "its facts are not numbers")
    return information_of(facts, path)


def read_version(facts: Mapping[str, object], name: str | Path, newest: int) -> int:
    """The version of an archive's format. Raises EngineError: ARCHIVE_NEWER, ARCHIVE_DAMAGED."""
    version = _number(facts.get("format_version"))
    if version is not None and version > newest:
        raise EngineError(ErrorCode.ARCHIVE_NEWER, f"{name} was made by a newer FRORS: update the plugin to open it.")
    if not version:
        raise damaged_facts(name, "its format version is unknown")
    return version


def information_of(facts: Mapping[str, object], name: str | Path) -> ArchiveInformation:
    """The facts of an archive by key. Raises EngineError(ARCHIVE_DAMAGED)."""
    texts = [facts.get(key) for key in _KEYS]
    for key, text in zip(_KEYS, texts, strict=True):
        if not isinstance(text, str):
            raise damaged_facts(name, f"its {key} is missing")
    dimension = _number(facts["dimension"])
    if dimension is None or not 0 < dimension <= _LARGEST_DIMENSION:
        raise damaged_facts(name, "its facts are not numbers")
    identifier, encoder, sha256, _ = map(str, texts)
    if _IDENTIFIER.fullmatch(identifier) is None:
        raise damaged_facts(name, "its id is none")
    origin = facts.get("copied_from")
    return ArchiveInformation(identifier, encoder, sha256, dimension, origin if isinstance(origin, str) else None)


def read_removals(connection: sqlite3.Connection, path: Path) -> int:
    """How often chips were removed. Raises EngineError(ARCHIVE_DAMAGED)."""
    row = connection.execute("SELECT value FROM archive_info WHERE key = 'removals'").fetchone()
    number = None if row is None else _number(row[0])
    if number is None:  # also where the facts are found one after the other, but not by their keys
        raise damaged_facts(path, "its removals are not counted")
    return number


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16 else None


def damaged_facts(name: str | Path, what: str) -> EngineError:
    """The error for an archive that says impossible things of itself."""
    return EngineError(ErrorCode.ARCHIVE_DAMAGED, f"{name} is damaged ({what}): restore it from a copy or index again.")
