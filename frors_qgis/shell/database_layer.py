"""Matches as an ordinary PostGIS layer: the archive's own chips, joined with rank and score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.core import Qgis, QgsApplication, QgsCredentials, QgsDataSourceUri, QgsVectorLayer

from frors_qgis.client.stored_connections import connection_to, stored_uri
from frors_qgis.client.tasks import Call, Work
from frors_qgis.location import DatabaseLocation
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.match import Match
from frors_qgis.shell.result_file import RESULT_CRS
from frors_qgis.shell.result_layer import style_matches
from frors_qgis.shell.translation import tr

_MATCHES = """(
SELECT rank, score, chips.fid AS chip, path AS raster, acquired, chips.gsd, cells, "column", "row", chips.width,
    chips.height, geom
FROM {schema}.chips JOIN (VALUES {rows}) AS matches (rank, score, chip) ON chip = chips.fid
JOIN {schema}.rasters ON rasters.id = chips.raster)"""


def database_layer_work(archive: str, matches: Sequence[Match]) -> Work:
    """Opens matches of an archive in a database. The work's result is {"layer": QgsVectorLayer}, not in a project."""

    def work(call: Call) -> dict[str, Any]:
        place = DatabaseLocation.parse(archive)
        uri = _connection_uri(place, archive)
        uri.setDataSource("", _table(place.schema, matches), "geom", "", "chip")
        uri.setSrid(RESULT_CRS.partition(":")[2])
        uri.setWkbType(Qgis.WkbType.Polygon)
        uri.setUseEstimatedMetadata(True)
        layer = QgsVectorLayer(uri.uri(False), tr("Matches in {archive}").format(archive=place.schema), "postgres")
        if not layer.isValid():
            reason = layer.dataProvider().error().summary() if layer.dataProvider() else ""
            raise EngineError(
                ErrorCode.ARCHIVE_UNREACHABLE,
                tr("QGIS cannot open the matches in the database. {reason}").format(reason=reason),
            )
        style_matches(layer, matches)
        layer.moveToThread(QgsApplication.instance().thread())
        return {"layer": layer}

    return work


def _connection_uri(place: DatabaseLocation, archive: str) -> QgsDataSourceUri:
    """How QGIS connects, without a password: a layer's source is written into projects.

    QGIS asks itself for one by its realm before it asks the user.
    """
    connection = connection_to(place)
    if connection is None:
        options = dict(place.options)
        uri = QgsDataSourceUri()
        if "service" in options:
            uri.setConnection(options["service"], options.get("dbname", ""), options.get("user", ""), "")
        else:
            server = (options.get(name, "") for name in ("host", "port", "dbname", "user"))
            uri.setConnection(*server, "")
        return uri
    uri = stored_uri(connection)
    password = uri.password()
    uri.setPassword("")
    if password:
        QgsCredentials.instance().put(uri.connectionInfo(False), uri.username(), password)
    return uri


def _table(schema: str, matches: Sequence[Match]) -> str:
    rows = ", ".join(f"({match.rank}, {match.score!r}::double precision, {match.chip}::bigint)" for match in matches)
    return _MATCHES.format(schema='"' + schema.replace('"', '""') + '"', rows=rows)
