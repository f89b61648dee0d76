"""Where an archive is: the path of a GeoPackage, or in PostgreSQL how to connect, and the schema that holds it.

The latter is written `postgresql:service=NAME schema=NAME`, or with host, port, dbname and user instead of a service.
Passwords come with the request `login` or from libpq's own files (pg_service.conf, .pgpass), never from a location,
which is shown and stored. Standard library only; shell and engine import it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frors_qgis.protocol import EngineError, ErrorCode

PREFIX = "postgresql:"
_OPTIONS = (
    *("service", "host", "hostaddr", "port", "dbname", "user", "connect_timeout", "target_session_attrs"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "gssencmode", "krbsrvname"),
)
_PAIR = re.compile(r"\s*([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s'\\]+)(?=\s|$)")
_LONGEST_NAME = 63
_LONGEST = 2000


@dataclass(frozen=True)
class DatabaseLocation:
    """`options` are libpq's, by name, in the order given; `schema` is the archive's own."""

    options: tuple[tuple[str, str], ...]
    schema: str

    @classmethod
    def parse(cls, text: str) -> DatabaseLocation:
        """Raises EngineError(BAD_REQUEST), in words that repeat nothing of what could be a secret."""
        rest = text.removeprefix(PREFIX)
        pairs: dict[str, str] = {}
        at = 0
        while at < len(rest.rstrip()):
            match = _PAIR.match(rest, at)
            if match is None or len(rest) > _LONGEST or "\0" in rest:
                raise EngineError(
                    ErrorCode.BAD_REQUEST,
                    "An archive in a database is written postgresql:service=NAME schema=NAME, or with host, port, "
                    "dbname and user instead of a service.",
                )
            name, value = match.groups()
            if name != "schema" and name not in _OPTIONS:
                raise EngineError(
                    ErrorCode.BAD_REQUEST,
                    f"The location of an archive takes no {name}: keep passwords in .pgpass or a service file.",
                )
            pairs[name] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith("'") else value
            at = match.end()
        schema = pairs.pop("schema", "")
        if not schema or len(schema.encode()) > _LONGEST_NAME or schema.startswith("pg_"):
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                "The location of an archive in a database names its schema: schema=NAME, of 1 to 63 letters.",
            )
        return cls(tuple(pairs.items()), schema)

    def __str__(self) -> str:
        pairs = (*self.options, ("schema", self.schema))
        return PREFIX + " ".join(f"{name}={_quoted(value)}" for name, value in pairs)

    @property
    def name(self) -> str:
        """For sentences: the schema and where it is."""
        options: Mapping[str, str] = dict(self.options)
        place = options.get("service") or f"{options.get('dbname', '')}@{options.get('host', '')}".strip("@")
        return f"{self.schema} ({place})" if place else self.schema

    def beside(self, schema: str) -> DatabaseLocation:
        """The same place with another schema, whose name is cut where it is too long."""
        return DatabaseLocation(self.options, schema.encode()[:_LONGEST_NAME].decode(errors="ignore"))


def is_database(location: str | Path) -> bool:
    """Whether a location means a database and not a file."""
    return isinstance(location, str) and location.startswith(PREFIX)


def archive_stem(location: str) -> str:
    """What is the user's in the name of an archive: its file's without the ending, or its schema's."""
    if not is_database(location):
        return Path(location).stem
    try:
        return DatabaseLocation.parse(location).schema
    except EngineError:
        return location


def absolute_location(location: str) -> str:
    """A location as a process that works in another folder finds it."""
    return location if is_database(location) else str(Path(location).absolute())


def _quoted(value: str) -> str:
    if re.fullmatch(r"[^\s'\\]+", value):
        return value
    return "'" + re.sub(r"(['\\])", r"\\\1", value) + "'"
