"""The shards of an archive: partitions of its chips on other servers, which postgres_fdw searches at once.

The row of a chip is on one shard; what counts chips (batches, levels, counters) is in the archive's own database. No
transaction covers both: a shard commits before the database does.

- What a writer left on a shard whose transaction then failed has ids above the last one given. Reading leaves it out,
  and it goes before the next block comes to that shard.
- What is removed is written into a journal (`removals`) in the transaction that takes it from the database. Reading
  leaves it out from then on; afterwards it is deleted on the shards, and when all have done so, from the journal.
  Whatever stops that, the next removal or the end of the next index run does it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from psycopg2 import errors, sql

from frors_qgis.engine.archive.postgis import schema
from frors_qgis.engine.archive.postgis.connection import Connection, Cursor, connect, transaction
from frors_qgis.location import DatabaseLocation
from frors_qgis.protocol import EngineError, ErrorCode

_SERVER = """
SELECT ARRAY(SELECT option_name || '=' || option_value FROM pg_options_to_table(srvoptions))
FROM pg_catalog.pg_foreign_server WHERE srvname = %s
"""
_ATTACH = """
CREATE FOREIGN TABLE {table} PARTITION OF chips FOR VALUES IN ({number}) SERVER {server}
OPTIONS (schema_name {schema}, table_name 'chips')
"""
_PROBE = "SELECT FROM chips_{number} LIMIT 1"


_JOURNAL = """
INSERT INTO removals SELECT %s, %s, %s WHERE EXISTS (SELECT FROM shards)
"""
_DELETE = "DELETE FROM chips_{number} WHERE raster = %s AND fid >= %s AND fid < %s"


class Removal(NamedTuple):
    """Chips of a raster that are gone, but may still be on shards: those with ids from `first` and below `beyond`."""

    raster: int
    first: int
    beyond: int


class Shard(NamedTuple):
    """A partition `chips_<number>` on a foreign server; number 0 is the archive's own database."""

    number: int
    server: str


def select_shards(cursor: Cursor) -> list[Shard]:
    """The shards on other servers, by number."""
    cursor.execute("SELECT number, server FROM shards ORDER BY number")
    return [Shard(*row) for row in cursor.fetchall()]


def shard_of_batch(shards: list[Shard], batch: int) -> int:
    """The number of the shard that takes a batch: the same one for an id, so that a failed write is found again."""
    return shards[batch % len(shards)].number if shards else 0


def note_removal(cursor: Cursor, removal: Removal) -> None:
    """Writes a removal into the journal, where there are shards."""
    cursor.execute(_JOURNAL, removal)


def select_removals(cursor: Cursor) -> list[Removal]:
    """What reading has to leave out."""
    cursor.execute("SELECT raster, first, beyond FROM removals")
    return [Removal(*row) for row in cursor.fetchall()]


def not_removed(removals: Iterable[Removal]) -> str:
    """The condition for chips that are not removed, which every shard can check by itself."""
    parts = (f"NOT (raster = {one.raster} AND fid >= {one.first} AND fid < {one.beyond})" for one in removals)
    return " AND ".join(parts) or "true"


def delete_removed(cursor: Cursor) -> None:
    """Deletes on the shards what the journal says, and the journal."""
    for removal in select_removals(cursor):
        for shard in select_shards(cursor):
            cursor.execute(_DELETE.format(number=shard.number), removal)
    cursor.execute("DELETE FROM removals")


def answers(connection: Connection, place: DatabaseLocation, shard: Shard) -> bool:
    """Whether a shard's server answers. Raises the archive's errors for whatever else is wrong."""
    try:
        with transaction(connection, place, "BEGIN READ ONLY") as cursor:
            cursor.execute(_PROBE.format(number=shard.number))
    except EngineError as error:
        if error.code is not ErrorCode.ARCHIVE_UNREACHABLE or connection.closed:  # that of the archive itself
            raise
        return False
    return True


def show_only(cursor: Cursor, place: DatabaseLocation, numbers: Iterable[int]) -> None:
    """Makes `chips` mean these partitions for the session: a view in it that goes before the table."""
    part = sql.SQL("SELECT * FROM {}")
    parts = [part.format(sql.Identifier(place.schema, f"chips_{number}")) for number in numbers]
    cursor.execute(sql.SQL("CREATE OR REPLACE TEMP VIEW chips AS ") + sql.SQL(" UNION ALL ").join(parts))


def show_all(cursor: Cursor) -> None:
    """Makes `chips` mean the table again."""
    cursor.execute("DROP VIEW IF EXISTS pg_temp.chips")


def make_shard(location: DatabaseLocation, archive: str, dimension: int) -> None:
    """Lays out the table of a shard for the archive of this id in a schema of another server, if it is not there.

    Raises EngineError: BAD_REQUEST where the schema is something else, and what `connect` raises.
    """
    connection = connect(location, writable=True)
    try:
        with transaction(connection, location, "BEGIN") as cursor:
            if not schema.create_shard(cursor, location.schema, archive, dimension):
                raise EngineError(
                    ErrorCode.BAD_REQUEST,
                    f"{location.name} exists already and is no shard of this archive: name another.",
                )
    finally:
        connection.close()


def attach_shard(cursor: Cursor, server: str, remote_schema: str) -> None:
    """Makes a shard's table a partition. Raises EngineError(BAD_REQUEST) for a server that is not made for it."""
    cursor.execute(_SERVER, (server,))
    row = cursor.fetchone()
    options = dict(option.split("=", 1) for option in row[0]) if row is not None else {}
    extensions = {name.strip() for name in options.get("extensions", "").split(",")}
    if not {"vector", "postgis"} <= extensions or "hnsw.iterative_scan" not in options.get("options", ""):
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"The database has no foreign server {server} with the extensions 'vector,postgis' and "
            "hnsw.iterative_scan among its options: docs/database.md shows how to make one.",
        )
    cursor.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM shards")
    shard = Shard(cursor.fetchone()[0], server)
    schema.act_as_owner(cursor)
    cursor.execute(
        sql.SQL(_ATTACH).format(
            table=sql.Identifier(f"chips_{shard.number}"),
            number=sql.Literal(shard.number),
            server=sql.Identifier(server),
            schema=sql.Literal(remote_schema),
        )
    )
    cursor.execute("INSERT INTO shards VALUES (%s, %s)", shard)
    try:
        cursor.execute(_PROBE.format(number=shard.number))
    except (errors.InsufficientPrivilege, errors.UndefinedTable) as error:  # not of this database, but of the server
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"The user of {server}'s user mapping cannot read the schema {remote_schema} there "
            f"({error.diag.message_primary}): remove that schema, and give a location on the same server and database, "
            "with that user.",
        ) from error
