"""The file that keeps a search: its matches, and the box that was asked for. Written in a task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import uuid4

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsPointXY,
    QgsVectorFileWriter,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QMetaType, Qt

from frors_qgis.shell.archive_place import file_stem, folder_of
from frors_qgis.shell.match import Match
from frors_qgis.shell.outline import Outline

MATCHES_TABLE = "matches"
BOX_TABLE = "box"
OUTLINES_TABLE = "outlines"
RESULT_CRS = "EPSG:4326"
_WKT_DIGITS = 7  # about a centimetre; with four corners it fits into the 254 characters of a Shapefile


@dataclass(frozen=True)
class FinishedQuery:
    """A query with its matches, best first. `box` is a polygon in EPSG:4326, `title` says what was asked for."""

    title: str
    box: QgsGeometry
    matches: tuple[Match, ...]
    id: str = field(default_factory=lambda: uuid4().hex[:12])


def match_fields() -> QgsFields:
    """Fields of the matches. `label` is "right", "wrong" or empty, `note` the user's own, `box` the query's as WKT."""
    return _fields(
        ("rank", QMetaType.Type.Int),
        ("score", QMetaType.Type.Double),
        ("label", QMetaType.Type.QString),
        ("note", QMetaType.Type.QString),
        ("raster", QMetaType.Type.QString),
        ("date", QMetaType.Type.QDate),
        ("chip", QMetaType.Type.LongLong),
        ("query", QMetaType.Type.QString),
        ("query_id", QMetaType.Type.QString),
        ("box", QMetaType.Type.QString),
    )


def box_fields() -> QgsFields:
    """Fields of the box."""
    return _fields(("query", QMetaType.Type.QString))


def match_features(query: FinishedQuery) -> Iterator[QgsFeature]:
    """The matches of a query."""
    fields = match_fields()
    return (match_feature(fields, query, match, None) for match in query.matches)


def match_feature(fields: QgsFields, query: FinishedQuery, match: Match, right: bool | None) -> QgsFeature:
    """A match of a query and the verdict on it; fields may be a layer's, of which the user deletes some."""
    date = QDate.fromString((match.acquired or "")[:10], Qt.DateFormat.ISODate)
    feature = QgsFeature(fields)
    feature.setGeometry(match.geometry)
    for name, value in {
        "rank": match.rank,
        "score": match.score,
        "label": verdict_label(right),
        "raster": match.raster,
        "date": date if date.isValid() else None,
        "chip": match.chip,
        "query": query.title,
        "query_id": query.id,
        "box": _corners(query.box).asWkt(_WKT_DIGITS),
    }.items():
        if fields.indexOf(name) >= 0:
            feature.setAttribute(name, value)
    return feature


def _corners(box: QgsGeometry) -> QgsGeometry:
    """A box without the points along its edges, of which each has as many; the bounds of what is no box."""
    points = [QgsPointXY(vertex) for vertex in box.vertices()][:-1]
    if not points:
        return box
    if len(points) % 4:
        return QgsGeometry.fromRect(box.boundingBox())
    return QgsGeometry.fromPolygonXY([points[:: len(points) // 4]])


def verdict_label(right: bool | None) -> str | None:
    """What stands in the field `label`."""
    return None if right is None else ("right" if right else "wrong")


def box_features(query: FinishedQuery) -> Iterator[QgsFeature]:
    """The box of a query."""
    feature = QgsFeature(box_fields())
    feature.setGeometry(query.box)
    feature.setAttribute("query", query.title)
    yield feature


def outline_fields() -> QgsFields:
    """Fields of the outlines: `score` is that of the part, `match_score` that of the whole match."""
    return _fields(
        ("rank", QMetaType.Type.Int),
        ("score", QMetaType.Type.Double),
        ("match_score", QMetaType.Type.Double),
        ("raster", QMetaType.Type.QString),
        ("chip", QMetaType.Type.LongLong),
        ("query_id", QMetaType.Type.QString),
    )


def outline_features(query_id: str, outlines: Sequence[Outline]) -> Iterator[QgsFeature]:
    """The outlines of a query's matches."""
    for outline in outlines:
        match = outline.match
        feature = QgsFeature(outline_fields())
        feature.setGeometry(outline.geometry)
        feature.setAttributes([match.rank, outline.score, match.score, match.raster, match.chip, query_id])
        yield feature


def results_folder(archive: str, chosen: str) -> Path:
    """The folder that keeps an archive's searches, each in a file of its own: beside its file.

    `chosen` as of `folder_of`. In one file for all, QGIS needs 1 ms more per search to open a layer, and would read
    while another is written.
    """
    return folder_of(archive, chosen) / f"{file_stem(archive)}_matches"


def write_result_file(query: FinishedQuery, folder: Path) -> Path | None:
    """Writes a query to a new GeoPackage and gives its path; None where that is impossible."""
    file = _new_file(folder)
    written = (
        file is not None
        and _write_table(file, MATCHES_TABLE, match_fields(), match_features(query))
        and _write_table(file, BOX_TABLE, box_fields(), box_features(query))
    )
    return _kept(file, written)


def write_outline_file(query_id: str, outlines: Sequence[Outline], folder: Path) -> Path | None:
    """Writes outlines to a new GeoPackage and gives its path; None where that is impossible."""
    file = _new_file(folder)
    written = file is not None and _write_table(
        file, OUTLINES_TABLE, outline_fields(), outline_features(query_id, outlines)
    )
    return _kept(file, written)


def _kept(file: Path | None, written: bool) -> Path | None:
    """A file that was written as a whole; half a one is not left behind."""
    if written:
        return file
    if file is not None:
        with suppress(OSError):
            file.unlink(missing_ok=True)
    return None


def _new_file(folder: Path) -> Path | None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    time = QDateTime.currentDateTimeUtc().toString("yyyy-MM-dd_HHmmss_zzz")
    names = (f"{time}{number or ''}.gpkg" for number in count())  # a clock that is put back comes by a time again
    return next(folder / name for name in names if not (folder / name).exists())


def _fields(*pairs: tuple[str, QMetaType.Type]) -> QgsFields:
    fields = QgsFields()
    for name, kind in pairs:
        fields.append(QgsField(name, kind))
    return fields


def _write_table(file: Path, table: str, fields: QgsFields, features: Iterator[QgsFeature]) -> bool:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = table
    if file.exists():
        options.actionOnExistingFile = QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
    crs = QgsCoordinateReferenceSystem(RESULT_CRS)
    writer = QgsVectorFileWriter.create(
        str(file), fields, Qgis.WkbType.Polygon, crs, QgsCoordinateTransformContext(), options
    )
    none_wrong = QgsVectorFileWriter.WriterError.NoError
    if writer.hasError() != none_wrong:
        return False
    done = writer.addFeatures(list(features), QgsFeatureSink.Flag.FastInsert)
    return bool(done) and bool(writer.flushBuffer()) and writer.hasError() == none_wrong
