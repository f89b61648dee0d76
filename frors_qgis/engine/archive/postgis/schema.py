"""The tables of an archive in a schema of PostgreSQL, and how they come from one version to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psycopg2 import sql

from frors_qgis.engine.archive.postgis.connection import Cursor

MOST_DIMENSIONS = 4000
"""Of a halfvec that HNSW takes."""

_CHIPS = """
    fid bigint NOT NULL, geom geometry(Polygon, 4326) NOT NULL, raster bigint NOT NULL,
    "column" double precision NOT NULL, "row" double precision NOT NULL, width double precision NOT NULL,
    height double precision NOT NULL, gsd double precision NOT NULL, cells integer NOT NULL,
    valid double precision NOT NULL, embedding halfvec({dimension}) NOT NULL, shard integer NOT NULL
"""
_VERSION_1 = """
CREATE TABLE archive_info (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE counters (
    removals bigint NOT NULL DEFAULT 0, last_raster bigint NOT NULL DEFAULT 0, last_batch bigint NOT NULL DEFAULT 0,
    last_chip bigint NOT NULL DEFAULT 0);
CREATE TABLE rasters (
    id bigint PRIMARY KEY, path text NOT NULL UNIQUE, relative_path text, identity text NOT NULL, crs text NOT NULL,
    transform text NOT NULL, width bigint NOT NULL, height bigint NOT NULL, gsd double precision NOT NULL,
    stretch text NOT NULL, bands integer NOT NULL, nodata text, platform text, sensor text, acquired text,
    cloud double precision, metadata text NOT NULL, plan text NOT NULL, state text NOT NULL, reason text);
CREATE TABLE chips ({chips}) PARTITION BY LIST (shard);
CREATE TABLE chips_0 PARTITION OF chips FOR VALUES IN (0);
{indexes}
CREATE TABLE shards (number integer PRIMARY KEY, server text NOT NULL UNIQUE);
CREATE TABLE removals (raster bigint NOT NULL, first bigint NOT NULL, beyond bigint NOT NULL);
CREATE TABLE batches (
    id bigint PRIMARY KEY, raster bigint NOT NULL REFERENCES rasters (id), block bigint NOT NULL,
    first_chip bigint NOT NULL, count bigint NOT NULL, checksum bigint NOT NULL, UNIQUE (raster, block));
CREATE TABLE levels (
    raster bigint NOT NULL REFERENCES rasters (id), gsd double precision NOT NULL, cells integer NOT NULL,
    chips bigint NOT NULL, PRIMARY KEY (raster, gsd, cells));
CREATE TABLE queries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, saved text NOT NULL,
    searched text NOT NULL, newest bigint NOT NULL, request text NOT NULL, picture bytea);
INSERT INTO counters DEFAULT VALUES;
"""

_INDEXES = """
ALTER TABLE {table} ADD PRIMARY KEY (fid);
CREATE INDEX {table}_geom ON {table} USING gist (geom);
CREATE INDEX {table}_raster ON {table} (raster);
"""
NEAREST_INDEX = "CREATE INDEX IF NOT EXISTS {table}_embedding ON {table} USING hnsw (embedding halfvec_ip_ops)"
"""Of all chips at once it is made ten times as fast as chip by chip."""

MIGRATIONS = (_VERSION_1,)
"""SQL that makes each version of the one before; the first makes all of nothing."""


def migrate(cursor: Cursor, version: int, dimension: int) -> None:
    """Brings the tables from a version (0: none) to the newest, inside the caller's transaction."""
    for step in MIGRATIONS[version:]:
        chips = _CHIPS.format(dimension=dimension)
        cursor.execute(step.format(chips=chips, indexes=_INDEXES.format(table="chips_0")))


def create_tables(cursor: Cursor, schema: str, information: dict[str, str]) -> None:
    """Lays out a new archive with the given `archive_info` in a new schema, inside the caller's transaction.

    A copy has no index of embeddings before it is finished.
    """
    cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    migrate(cursor, 0, int(information["dimension"]))
    if "copied_from" not in information:
        cursor.execute(NEAREST_INDEX.format(table="chips_0"))
    write_information(cursor, information | {"format_version": str(len(MIGRATIONS))})


def create_shard(cursor: Cursor, schema: str, archive: str, dimension: int) -> bool:
    """Lays out the table of a shard of the archive of this id; False where the schema is not that already.

    Inside the caller's transaction.
    """
    cursor.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", (schema,))
    if cursor.fetchone() is not None:
        cursor.execute("SELECT obj_description(to_regclass('chips'), 'pg_class')")
        return bool(cursor.fetchone()[0] == archive)
    cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    cursor.execute(f"CREATE TABLE chips ({_CHIPS.format(dimension=dimension)})")
    cursor.execute(_INDEXES.format(table="chips") + NEAREST_INDEX.format(table="chips"))
    cursor.execute("COMMENT ON TABLE chips IS %s", (archive,))
    return True


def write_information(cursor: Cursor, information: dict[str, str]) -> None:
    """Writes facts of the archive, over those of the same key."""
    statement = "INSERT INTO archive_info VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
    for pair in information.items():
        cursor.execute(statement, pair)


def size_bytes(cursor: Cursor, schema: str) -> int:
    """What the tables of an archive take on its own server, with their indexes."""
    cursor.execute(
        "SELECT SUM(pg_total_relation_size(pg_class.oid))::bigint FROM pg_catalog.pg_class "
        "JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s AND relkind = 'r'",
        (schema,),
    )
    return int(cursor.fetchone()[0])


def act_as_owner(cursor: Cursor) -> None:
    """Makes whose the archive is the user of the rest of the transaction; only those who may be that user can.

    Of anybody else PostgreSQL would take a grant without giving a right, and tables made by a superuser would not have
    the rights that were granted for tables to come.
    """
    cursor.execute("SELECT pg_get_userbyid(relowner) FROM pg_catalog.pg_class WHERE oid = 'chips'::regclass")
    cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(cursor.fetchone()[0])))


def grant(cursor: Cursor, schema: str, analysts: Sequence[str], indexers: Sequence[str]) -> None:
    """Lets roles read the archive (analysts), or read and write it (indexers), its future tables included."""
    act_as_owner(cursor)
    _grant(cursor, schema, "SELECT", [*analysts, *indexers])
    _grant(cursor, schema, "SELECT, INSERT, UPDATE, DELETE", indexers)


def _grant(cursor: Cursor, schema: str, rights: str, roles: Iterable[str]) -> None:
    for role in roles:
        names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role), "rights": sql.SQL(rights)}
        for statement in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT {rights} ON ALL TABLES IN SCHEMA {schema} TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rights} ON TABLES TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(**names))
