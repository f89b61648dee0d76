"""Project files, and layers of matches in them, that were damaged or made by somebody who means harm.

QGIS reads them; what is looked at is what the plugin then does with the project's layers. QGIS is real, without windows
on a screen.
"""

from __future__ import annotations

import io
import os
import random
import re
import sqlite3
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt

from frors_qgis.client.layer_source import crs_text, raster_path
from frors_qgis.shell.archive_layers import reload_archive_layers
from frors_qgis.shell.index_controller import _new_archive
from frors_qgis.shell.match import Match
from frors_qgis.shell.outline import Outline
from frors_qgis.shell.ranked_layer import label_layer, rank_layer
from frors_qgis.shell.raster_list import RasterList
from frors_qgis.shell.raster_source import box_is_too_small, box_layer, degrees_of, index_refusal
from frors_qgis.shell.result_file import FinishedQuery, write_result_file
from frors_qgis.shell.result_layer import add_outline_layer, add_result_layers, results_group_name
from tests.hard.mutation import NUMBERS, TEXTS, mutated_bytes
from tests.hard.workshop import box_of, write_raster

_PROJECT, _MATCHES, _ARCHIVE = "p.qgs", "m.gpkg", "a.gpkg"
_TEXTS = (
    *(text.replace("\0", "").encode("utf-8", "replace").decode() for text in TEXTS), "<b>a</b>", "memory?geometry=x",
    "/vsizip//vsicurl/http://127.0.0.1:9/a.zip/a.tif", "type=xyz&url=http://127.0.0.1:9/{x}/{y}.png", "a.tif|b|c",
    "./m.gpkg|layername=matches|subset=1=1; DROP TABLE matches", "[% eval('1') %]", "USER:100000", "EPSG:0", "ogr",
    "//host.invalid/share/a.tif", "\\\\host.invalid\\share\\a.tif", "PROJ:+proj=nonsense", "y" * 40_000,
    "./circle.gpkg", "./circle.gpkg|layername=matches",
)  # fmt: skip
_PLACES = re.compile(r'(?<==")[^"<>]*(?=")|(?<=>)[^<>]+(?=<)')
_TELLING = re.compile("datasource|source=|layername|customproperties|customproperty|Option |provider|srs|name=")
_Span = tuple[int, int]
_COLUMNS = ("fid", "geom", "rank", "score", "label", "note", "raster", "date", "chip", "query", "query_id", "box")

_STATEMENTS = (
    "UPDATE matches SET {column} = ?", "UPDATE matches SET {column} = ? WHERE fid % 2", "DELETE FROM matches",
    "ALTER TABLE matches DROP COLUMN {column}", "ALTER TABLE matches RENAME COLUMN {column} TO other",
    "ALTER TABLE matches ADD COLUMN other TEXT DEFAULT 'x'", "DROP TABLE matches", "DROP TABLE box",
    "UPDATE gpkg_geometry_columns SET geometry_type_name = 'POINT'", "DELETE FROM gpkg_contents",
    "UPDATE gpkg_contents SET srs_id = 99", "ALTER TABLE matches RENAME TO others",
)  # fmt: skip


class Inputs:
    """See `hostile_worker.Surface`."""

    def __init__(self, folder: Path) -> None:
        if QgsApplication.instance() is None:
            self._application = QgsApplication([], True)
            self._application.initQgis()
        QgsSettings().setValue("/qgis/walForSqlite3", False)  # to leave that mode QGIS waits a quarter of a second
        self._list = RasterList()
        self._query = _query()
        write_raster(folder / "a.tif", 300, 260, seed=1)
        written = write_result_file(self._query, folder)
        if written is None:
            raise ValueError("no matches could be written")
        written.rename(folder / _MATCHES)
        project = QgsProject.instance()
        project.addMapLayer(QgsRasterLayer(str(folder / "a.tif"), "town"))
        project.addMapLayer(QgsRasterLayer("type=xyz&url=http://127.0.0.1:9/{x}/{y}/{z}.png", "online", "wms"))
        for _ in add_result_layers(self._query, folder / _MATCHES, project):
            pass
        for layer in project.mapLayers().values():
            for name in ("frors/archive", "frors/query", "variableNames"):
                layer.setCustomProperty(name, '{"archive": "a.gpkg", "chip": 1}')
        project.setCustomVariables({"frors_archive": str(folder / _ARCHIVE)})
        project.writeEntry("frors", "/archive", str(folder / _ARCHIVE))
        if not project.write(str(folder / _PROJECT)):
            raise ValueError("the project could not be written")
        project.clear()
        names = (_PROJECT, "a.tif", _MATCHES)
        self._files = {name: (folder / name).read_bytes() for name in names}
        self._text = self._files[_PROJECT].decode()
        all_places = [match.span() for match in _PLACES.finditer(self._text)]
        telling = [span for span in all_places if _TELLING.search(self._text, max(0, span[0] - 60), span[0])]
        self._places = all_places, telling

    def read_valid(self, folder: Path) -> None:
        self._lay(folder)
        if self._use(folder / _PROJECT, folder) != "read":
            raise ValueError("a valid project was refused")

    def read(self, chance: random.Random, folder: Path) -> str:
        self._lay(folder)
        path = folder / _PROJECT
        kind = chance.randrange(10)
        if kind < 5:
            path.write_text(_with_other_texts(self._text, self._places, chance), encoding="utf-8")
        elif kind == 5:
            path.write_bytes(mutated_bytes(path.read_bytes(), chance))
        elif kind == 6:
            path = folder / "p.qgz"
            path.write_bytes(_packed(self._files[_PROJECT], chance))
        elif kind == 7:
            path.write_text(_with_other_parts(self._text, chance), encoding="utf-8")
        else:
            _tamper(folder / _MATCHES, chance)
        return self._use(path, folder)

    def _lay(self, folder: Path) -> None:
        for name, content in self._files.items():
            (folder / name).write_bytes(content)
        os.symlink("circle.gpkg", folder / "circle.gpkg")

    def _use(self, path: Path, folder: Path) -> str:
        """Opens a project and has the plugin do all that it does with its layers."""
        project = QgsProject.instance()
        try:
            read = project.read(str(path))
            self._list.list_rasters(project)
            for row in range(self._list.topLevelItemCount()):
                item = self._list.topLevelItem(row)
                for column in range(self._list.columnCount()):
                    tip = item.toolTip(column)
                    if Qt.mightBeRichText(tip) and not tip.startswith("<qt>"):
                        raise ValueError(f"markup in a tool tip: {tip[:100]}")
            reload_archive_layers(project, [str(folder / _ARCHIVE), str(folder / _MATCHES)])
            if not _new_archive("").endswith(".gpkg"):
                raise ValueError("an archive would get a strange name")
            layers = list(project.mapLayers().values())
            for layer in layers:
                self._look_at(layer, layers)
            self._search(folder / _MATCHES, project)
        finally:
            project.clear()
        return "read" if read else "refused"

    def _look_at(self, layer: QgsMapLayer, layers: list[QgsMapLayer]) -> None:
        crs_text(layer.crs())
        degrees_of(layer.extent(), layer.crs())
        box = QgsRectangle(*box_of(20, 20, 64, 64))
        box_layer(box, QgsCoordinateReferenceSystem("EPSG:32632"), layer, layers)
        if isinstance(layer, QgsRasterLayer):
            raster_path(layer)
            index_refusal(layer)
            box_is_too_small(box, layer)
        elif isinstance(layer, QgsVectorLayer):
            self._follow(layer)

    def _follow(self, layer: QgsVectorLayer) -> None:
        """What a layer of matches is made to follow."""
        label_layer(layer, self._query.id, {1: True, 2: False}, {3: True})
        others = FinishedQuery("roofs", self._query.box, self._query.matches[2:], self._query.id)
        for _ in rank_layer(layer, others, {1: True}):
            pass

    def _search(self, matches: Path, project: QgsProject) -> None:
        """A search adds its layers to whatever tree the project has."""
        steps = add_result_layers(self._query, matches if matches.exists() else None, project)
        layer = _ended(steps)
        group = project.layerTreeRoot().findGroup(results_group_name())
        if not isinstance(group, QgsLayerTreeGroup) or layer is None:
            raise ValueError("a search leaves no layers")
        self._follow(layer)
        outline = Outline(self._query.matches[0], 0.5, self._query.matches[0].geometry)
        _ended(add_outline_layer(self._query.id, [outline], None, layer, project))


def _ended(steps: Any) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def _query() -> FinishedQuery:
    corners = ((9.0, 45.0), (9.1, 45.0), (9.1, 44.9), (9.0, 44.9))
    matches = tuple(Match(n, 1 - n / 9, n, f"/data/{n}.tif", n, "2024-05-01", 76.8, corners) for n in range(1, 6))
    return FinishedQuery("roofs", QgsGeometry.fromRect(QgsRectangle(9, 44, 10, 45)), matches, "0123456789ab")


def _with_other_texts(text: str, places: tuple[list[_Span], list[_Span]], chance: random.Random) -> str:
    """Some values of attributes and elements exchanged, mostly of those that the plugin or QGIS's layers go by."""
    chosen = {chance.choice(places[chance.randrange(3) > 0]) for _ in range(chance.choice((1, 1, 2, 6)))}
    for start, end in sorted(chosen, reverse=True):
        value = str(chance.choice(NUMBERS)) if chance.randrange(3) == 0 else chance.choice(_TEXTS)
        text = text[:start] + _escaped(value) + text[end:]
    return text


def _escaped(value: str) -> str:
    value = re.sub(r"[\x00-\x08\x0b-\x1f]", "", value[:50_000])
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _with_other_parts(text: str, chance: random.Random) -> str:
    """Elements taken away, doubled or put into each other."""
    elements = [match.span() for match in re.finditer(r"<([\w-]+)[^<>]*>[^<>]*</\1>|<[\w-]+[^<>]*/>", text)]
    for _ in range(chance.choice((1, 1, 3))):
        start, end = chance.choice(elements)
        part = text[start:end]
        kind = chance.randrange(4)
        if kind == 0:
            return text[:start] + text[end:]
        if kind == 1:
            return text[:end] + part * chance.choice((1, 300)) + text[end:]
        if kind == 2:
            other = chance.choice(elements)
            return text[:start] + text[other[0] : other[1]] + text[end:]
        depth = chance.choice((3, 200))
        return text[:start] + f"<{'group'}>" * depth + part + f"</{'group'}>" * depth + text[end:]
    return text


def _packed(content: bytes, chance: random.Random) -> bytes:
    """The project as .qgz: names that lead elsewhere, a bomb, or a damaged file."""
    kind = chance.randrange(4)
    names = ("p.qgs", "../p.qgs", "/p.qgs", "p.qgd", "x" * 5000 + ".qgs", "a/../../p.qgs")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("p.qgs" if kind else chance.choice(names), content)
        if kind == 1:
            file.writestr(chance.choice(("bomb", "a/b", "p.qgd")), bytes(20_000_000))
        elif kind == 2:
            file.writestr(chance.choice(names), content[: chance.randrange(len(content))])
    return mutated_bytes(packed.getvalue(), chance) if kind == 3 else packed.getvalue()


def _tamper(path: Path, chance: random.Random) -> None:
    """Changes the file of matches as whoever made it could have."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = OFF")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for _ in range(chance.choice((1, 1, 2, 4))):
            statement = chance.choice(_STATEMENTS).format(column=chance.choice(_COLUMNS))
            values = (None, *_TEXTS, *NUMBERS, b"", b"GP\0\x01" + bytes(40), 9.5, "2024-05-01", "right", 1)
            value = chance.choice(values)
            with suppress(sqlite3.Error, OverflowError, UnicodeError):
                connection.execute(statement, (value,) * statement.count("?"))
    finally:
        connection.close()
