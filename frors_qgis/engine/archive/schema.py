"""The tables of an archive: a GeoPackage with `chips` and `rasters`, with the embeddings and its own facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from frors_qgis.engine.archive.geopackage import SRS_ID

APPLICATION_ID = 0x47504B47  # "GPKG"
GEOPACKAGE_VERSION = 10300
FORMAT_VERSION = 1
TABLES = ("archive_info", "chips", "embeddings", "levels", "rasters", "rtree_chips_geom", "writer")
REFUSAL = "This is a FRORS archive and only FRORS may change it: export the layer and edit the copy."

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],'
    'AUTHORITY["EPSG","4326"]]'
)

_GEOPACKAGE_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (
    srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
    table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
    z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
    CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL);
"""

_ARCHIVE_TABLES = """
CREATE TABLE rasters (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, path TEXT NOT NULL UNIQUE, relative_path TEXT,
    identity TEXT NOT NULL, crs TEXT NOT NULL, transform TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    gsd REAL NOT NULL, stretch TEXT NOT NULL, bands INTEGER NOT NULL, nodata TEXT, platform TEXT, sensor TEXT,
    acquired TEXT, cloud REAL, metadata TEXT NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL, reason TEXT);
CREATE TABLE chips (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON NOT NULL, raster INTEGER NOT NULL,
    "column" REAL NOT NULL, "row" REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL, gsd REAL NOT NULL,
    cells INTEGER NOT NULL, valid REAL NOT NULL);
CREATE VIRTUAL TABLE rtree_chips_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, raster INTEGER NOT NULL, block INTEGER NOT NULL,
    first_chip INTEGER NOT NULL, count INTEGER NOT NULL, dimension INTEGER NOT NULL, checksum INTEGER NOT NULL,
    data BLOB NOT NULL, UNIQUE (raster, block));
CREATE INDEX embeddings_first_chip ON embeddings (first_chip);
CREATE TABLE levels (
    raster INTEGER NOT NULL, gsd REAL NOT NULL, cells INTEGER NOT NULL, chips INTEGER NOT NULL,
    PRIMARY KEY (raster, gsd, cells)) WITHOUT ROWID;
CREATE TABLE archive_info (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE writer (active INTEGER NOT NULL PRIMARY KEY);
"""

# The GeoPackage 1.3 R-tree extension asks for all six. FRORS itself only inserts and deletes chips.
_RTREE_TRIGGERS = """
CREATE TRIGGER rtree_chips_geom_insert AFTER INSERT ON chips
WHEN (new.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN
    INSERT OR REPLACE INTO rtree_chips_geom VALUES
        (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER rtree_chips_geom_update1 AFTER UPDATE OF geom ON chips
WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN
    INSERT OR REPLACE INTO rtree_chips_geom VALUES
        (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER rtree_chips_geom_update2 AFTER UPDATE OF geom ON chips
WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)) BEGIN
    DELETE FROM rtree_chips_geom WHERE id = OLD.fid; END;
CREATE TRIGGER rtree_chips_geom_update3 AFTER UPDATE ON chips
WHEN OLD.fid != NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN
    DELETE FROM rtree_chips_geom WHERE id = OLD.fid;
    INSERT OR REPLACE INTO rtree_chips_geom VALUES
        (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER rtree_chips_geom_update4 AFTER UPDATE ON chips
WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)) BEGIN
    DELETE FROM rtree_chips_geom WHERE id IN (OLD.fid, NEW.fid); END;
CREATE TRIGGER rtree_chips_geom_delete AFTER DELETE ON chips WHEN OLD.geom NOT NULL BEGIN
    DELETE FROM rtree_chips_geom WHERE id = OLD.fid; END;
"""

_GUARD = """CREATE TRIGGER frors_{table}_{name} BEFORE {event} ON {table}
WHEN NOT EXISTS (SELECT 1 FROM writer) BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""


def guard_triggers() -> dict[str, str]:
    """Name and SQL of the triggers that refuse a change unless `writer` holds a row.

    That row lives only inside a transaction of FRORS, so no other connection ever sees it.
    """
    return {
        f"frors_{table}_{event.lower()}": _GUARD.format(table=table, event=event, name=event.lower(), refusal=REFUSAL)
        for table in ("chips", "rasters", "embeddings", "levels", "archive_info")
        for event in ("INSERT", "UPDATE", "DELETE")
    }


def create_tables(connection: sqlite3.Connection, info: dict[str, str]) -> None:
    """Lay out a new archive with the given `archive_info` in an empty database, inside the caller's transaction."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {GEOPACKAGE_VERSION}")
    for statement in _statements(_GEOPACKAGE_TABLES + _ARCHIVE_TABLES + _RTREE_TRIGGERS):
        connection.execute(statement)
    connection.executemany("INSERT INTO archive_info VALUES (?, ?)", info.items())
    for trigger in guard_triggers().values():
        connection.execute(trigger)
    connection.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined cartesian coordinate reference system"),
            ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
            ("WGS 84 geodetic", SRS_ID, "EPSG", SRS_ID, _WGS84, "longitude and latitude on the WGS 84 spheroid"),
        ],
    )
    connection.executemany(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, ?, ?, ?, ?)",
        [
            ("chips", "features", "chips", "Windows of the archive's rasters that FRORS searches", SRS_ID),
            ("rasters", "attributes", "rasters", "Rasters of the archive", None),
        ],
    )
    connection.execute("INSERT INTO gpkg_geometry_columns VALUES ('chips', 'geom', 'POLYGON', ?, 0, 0)", (SRS_ID,))
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES ('chips', 'geom', 'gpkg_rtree_index', "
        "'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')"
    )
    connection.execute("INSERT INTO gpkg_ogr_contents VALUES ('chips', 0)")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
