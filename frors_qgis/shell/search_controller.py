"""Turns boxes and chips into searches, and searches into what the dock and the map show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsProject, QgsRectangle
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtGui import QImage

from frors_qgis.client.layer_source import crs_text, raster_path
from frors_qgis.client.tasks import EngineTask, Work
from frors_qgis.shell.archive_controller import ArchiveController
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.layer_picture import LayerPhotographer, LayerPicture
from frors_qgis.shell.map_marks import MapMarks, lonlat_polygon
from frors_qgis.shell.match import Match
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.query_panel import QUERY_SIDE
from frors_qgis.shell.raster_source import LEAST_BOX_PX, box_is_too_small, box_layer, degrees_of, project_box_in
from frors_qgis.shell.result_file import FinishedQuery, results_folder, write_result_file
from frors_qgis.shell.result_layer import add_result_layers
from frors_qgis.shell.search_work import RefusedBox, SearchOptions, SearchResult, box_work, chip_work
from frors_qgis.shell.thumbnails import ThumbnailLoader
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import area_text

_SEARCH = "search"
_DONE = object()
_Corners = tuple[float, float, float, float]


class SearchController(QObject):
    """One search at a time: a new one cancels the one before, whose result is never shown."""

    def __init__(
        self,
        iface: QgisInterface,
        dock: FrorsDock,
        archive: ArchiveController,
        tasks: EngineTasks,
        notices: Notices,
        picture_folder: Callable[[], Path],
    ) -> None:
        super().__init__(dock)
        self._iface = iface
        self._dock = dock
        self._archive = archive
        self._tasks = tasks
        self._notices = notices
        self._picture_folder = picture_folder
        self._searching = False
        self._task: EngineTask | None = None
        self._projects = 0
        self._shown_archive = archive.path
        self._pending: Callable[[LayerPicture], None] | None = None
        self._marks = MapMarks(iface.mapCanvas())
        self._photographer = LayerPhotographer(self)
        self._photographer.taken.connect(self._on_picture)
        self._photographer.failed.connect(lambda sentence: self._on_failed("", sentence))
        self._thumbnails = ThumbnailLoader(tasks, self)
        self._thumbnails.arrived.connect(dock.results.model.set_thumbnail)
        dock.results.model.thumbnail_wanted.connect(self._thumbnails.want)
        dock.results.view.match_pointed.connect(self._marks.flash)
        dock.results.view.match_opened.connect(self._marks.zoom)
        dock.results.view.like_match_wanted.connect(self.search_like)
        dock.results.chip_wanted.connect(self.search_chip)
        dock.search_progress.cancel_wanted.connect(self.cancel)
        archive.changed.connect(self._on_archive_changed)
        QgsProject.instance().cleared.connect(self._on_project_cleared)
        self._show_next_step()

    def remove(self) -> None:
        """Ends everything and takes the marks off the map."""
        QgsProject.instance().cleared.disconnect(self._on_project_cleared)
        self._projects += 1
        self._end()
        self._thumbnails.stop()
        self._marks.remove()

    def search_box(self, box: QgsRectangle) -> None:
        """Searches for what a box of the project's CRS shows, on the raster layer that it was drawn on."""
        if self._archive.path is None:
            self._notices.warning(tr("Choose an archive in the FRORS panel first, or index this project's rasters."))
            return
        crs = self._project_crs()
        layer = box_layer(box, crs, self._iface.activeLayer(), self._iface.mapCanvas().layers())
        if layer is None:
            self._notices.warning(tr("The box touches no raster that the map shows; draw it on a raster layer."))
            return
        turned = project_box_in(box, crs, layer)
        if turned is None or box_is_too_small(turned, layer):
            self._notices.warning(
                tr("The box is smaller than {least} pixels of {layer}; draw a larger one.").format(
                    least=LEAST_BOX_PX, layer=layer.name()
                )
            )
            return
        self._archive.wake()
        self._begin(layer.name(), tr("Reading the box..."), None)
        self._marks.show_box(box)
        crs = crs if crs.isValid() else layer.crs()
        options, polygon, title = self._options(), lonlat_polygon(box, crs), layer.name()
        path = raster_path(layer)
        if path is not None:
            self._start_box(options, path, _corners(box), crs_text(crs), title, polygon)
            return
        self._pending = lambda picture: self._start_box(
            options, picture, _corners(picture.box), picture.crs_wkt, title, polygon
        )
        self._photographer.take(layer, turned)

    def search_like(self, match: Match) -> None:
        """Searches with the chip of a match."""
        self._search_chip(match, tr("Match {rank} of {raster}").format(rank=match.rank, raster=match.raster_name))

    def search_chip(self, chip: Match) -> None:
        """Searches with the chip that lies under a box."""
        self._search_chip(chip, tr("Chip of {raster}").format(raster=chip.raster_name))

    def _search_chip(self, match: Match, title: str) -> None:
        if self._archive.path is None:
            return
        self._begin(title, tr("Searching..."), self._dock.results.model.thumbnail(match.chip))
        work = chip_work(self._options(), match.chip, match.ground_size, self._query_px())
        self._start(work, title, match.geometry)

    def explain_click(self) -> None:
        """Says that a box is dragged, not clicked."""
        self._notices.info(tr("Drag a box round what you look for: press, pull and let go."))

    def cancel(self) -> None:
        """Ends the search that is going on; nothing of it is shown."""
        if self._searching:
            self._end()
            self._dock.query.clear()
            self._show_next_step()

    def _begin(self, title: str, message: str, image: QImage | None) -> None:
        self._end()
        self._thumbnails.stop()  # QGIS runs only as many tasks at once as there are cores
        self._searching = True
        self._dock.setUserVisible(True)
        self._dock.query.show_query(title, message, image)
        self._dock.results.show_searching()
        self._dock.search_progress.begin(message)

    def _end(self) -> None:
        self._pending = None
        self._photographer.cancel()
        self._tasks.cancel(_SEARCH)
        self._marks.clear_box()
        self._dock.search_progress.end()
        self._searching = False

    def _options(self) -> SearchOptions:
        panel, crs = self._dock.query, self._project_crs()
        extent = self._iface.mapCanvas().extent()
        within = degrees_of(extent, crs) if panel.only_extent else None
        return SearchOptions(self._archive.path or "", self._archive.is_open, panel.matches, panel.any_size, within)

    def _project_crs(self) -> QgsCoordinateReferenceSystem:
        return self._iface.mapCanvas().mapSettings().destinationCrs()

    def _start_box(
        self,
        options: SearchOptions,
        source: str | LayerPicture,
        box: _Corners,
        crs: str,
        title: str,
        polygon: QgsGeometry | None,
    ) -> None:
        self._start(box_work(options, source, box, crs, self._picture_folder, self._query_px()), title, polygon)

    def _start(self, work: Work, title: str, polygon: QgsGeometry | None) -> None:
        archive = self._archive.path or ""
        task = self._tasks.start(
            tr("Search: {title}").format(title=title),
            work,
            _SEARCH,
            progressed=self._dock.search_progress.advance,
            succeeded=lambda result: self._on_result(result, archive, title, polygon),
            failed=self._on_failed,
            cancelled=lambda: self._on_task_cancelled(task),
        )
        self._task = task

    def _on_picture(self, picture: LayerPicture) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            pending(picture)

    def _on_result(self, result: dict[str, Any], archive: str, title: str, polygon: QgsGeometry | None) -> None:
        if "refused" in result:
            self._on_refused(result["refused"])
        else:
            self._on_found(result["found"], archive, title, polygon)

    def _on_refused(self, refused: RefusedBox) -> None:
        """The box stays on the map until the next search: the offer speaks of it."""
        self._searching = False
        self._dock.search_progress.end()
        self._dock.query.clear()
        self._dock.results.offer_reindexing(refused.offer, refused.chip)

    def _on_found(self, found: SearchResult, archive: str, title: str, polygon: QgsGeometry | None) -> None:
        self._end()
        size = area_text(*found.size)
        self._dock.query.show_query(title, size, found.image)
        self._shown_archive = archive
        self._thumbnails.begin(archive, self._dock.results.view.thumbnail_px())
        self._dock.results.show_matches(found.matches, found.note)
        if found.matches and polygon is not None:
            self._store(FinishedQuery(f"{title}, {size}", polygon, found.matches), archive)

    def _on_failed(self, code: str, sentence: str) -> None:
        self._end()
        self._dock.query.clear()
        self._dock.results.show_failure(sentence)
        self._notices.failure(code, sentence)

    def _on_task_cancelled(self, task: EngineTask) -> None:
        """The user has cancelled in QGIS's own task list; a superseded task is not the current one any more."""
        if task is self._task and self._searching:
            self.cancel()

    def _store(self, query: FinishedQuery, archive: str) -> None:
        project = self._projects

        def add_layers(file: Path | None) -> None:
            if file is None:
                self._notices.info(
                    tr("The folder of the archive cannot be written to, so the matches are a temporary layer.")
                )
            self._run_in_turns(add_result_layers(query, file, QgsProject.instance()), project)

        self._tasks.start(
            tr("Write matches"),
            lambda _: {"file": write_result_file(query, results_folder(archive))},
            succeeded=lambda result: add_layers(result["file"]),
            failed=lambda *_: add_layers(None),
        )

    def _run_in_turns(self, steps: Iterator[None], project: int) -> None:
        """Runs one step per turn of the event loop; stops when the project is another one by then."""
        if project == self._projects and next(steps, _DONE) is not _DONE:
            QTimer.singleShot(0, lambda: self._run_in_turns(steps, project))

    def _on_archive_changed(self) -> None:
        if self._archive.path != self._shown_archive:
            self._end()
            self._thumbnails.stop()
            self._dock.query.clear()
            self._shown_archive = self._archive.path
            self._show_next_step()
        elif not (self._searching or self._dock.results.model.matches() or self._dock.results.offers_reindexing):
            self._show_next_step()

    def _on_project_cleared(self) -> None:
        self._projects += 1
        self.cancel()
        self._marks.clear_box()

    def _show_next_step(self) -> None:
        if self._archive.path is None:
            self._dock.results.ask_for_archive()
        elif self._archive.is_empty:
            self._dock.results.ask_for_rasters()
        else:
            self._dock.results.ask_for_box()

    def _query_px(self) -> int:
        return round(QUERY_SIDE * self._dock.devicePixelRatioF())


def _corners(box: QgsRectangle) -> _Corners:
    return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()
