"""Makes an archive look as if another encoder had made it, for tests. Imports nothing of the engine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def change(archive: Path, *statements: tuple[object, ...]) -> None:
    """Changes an archive behind the engine's back; its triggers stay."""
    with closing(sqlite3.connect(archive)) as connection, connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement, *values in statements:
            connection.execute(statement, values)
        for _, sql in triggers:
            connection.execute(sql)


def set_encoder(archive: Path, identifier: str, sha256: str = "f" * 64) -> None:
    """Writes another encoder into an archive."""
    statement = "UPDATE archive_info SET value = ? WHERE key = ?"
    change(archive, (statement, identifier, "encoder"), (statement, sha256, "encoder_sha256"))


def contents(archive: Path) -> list[str]:
    """Every row of a file."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())
