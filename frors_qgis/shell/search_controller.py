"""Turns boxes and chips into searches, and searches into what the dock and the map show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QModelIndex, QObject, pyqtSignal
from qgis.PyQt.QtGui import QCursor, QImage

from frors_qgis.client.tasks import EngineTask, Work
from frors_qgis.location import archive_stem
from frors_qgis.shell.archive_controller import ArchiveController
from frors_qgis.shell.box_reader import BoxReader, Corners
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.layer_picture import LayerPicture
from frors_qgis.shell.map_marks import MapMarks, lonlat_polygon
from frors_qgis.shell.match import Match, match_title
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.query_panel import QUERY_SIDE
from frors_qgis.shell.raster_source import degrees_of
from frors_qgis.shell.result_file import RESULT_CRS, FinishedQuery
from frors_qgis.shell.result_keeper import ResultKeeper
from frors_qgis.shell.saved_query import SavedQuery
from frors_qgis.shell.search_work import (
    RefusedBox,
    SearchOptions,
    SearchResult,
    ShownSearch,
    box_work,
    chip_work,
    saved_work,
    words_work,
)
from frors_qgis.shell.thumbnails import ThumbnailLoader
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import area_text

_SEARCH = "search"
_PRINT_PX = 256
"""The query's picture is also printed, some three centimetres wide."""


class SearchController(QObject):
    """One search at a time: a new one cancels the one before, whose result is never shown.

    Signals: `found(ShownSearch)`, it has ended and the panel shows what it found; `left()`, that is shown no more.
    """

    found = pyqtSignal(object)
    left = pyqtSignal()

    def __init__(
        self,
        iface: QgisInterface,
        dock: FrorsDock,
        archive: ArchiveController,
        tasks: EngineTasks,
        notices: Notices,
        keeper: ResultKeeper,
        picture_folder: Callable[[], Path],
    ) -> None:
        super().__init__(dock)
        self._iface = iface
        self._dock = dock
        self._archive = archive
        self._tasks = tasks
        self._notices = notices
        self._keeper = keeper
        self._picture_folder = picture_folder
        self._searching = False
        self._shows_search = False
        self._task: EngineTask | None = None
        self._shown_archive = archive.path
        self._marks = MapMarks(iface.mapCanvas())
        self._view: QgsRectangle | None = None  # what was seen before the map went to a match, while it is there
        self._reader = BoxReader(iface, notices, self)
        self._thumbnails = ThumbnailLoader(tasks, self)
        self._thumbnails.arrived.connect(dock.results.model.set_thumbnail)
        dock.results.model.thumbnail_wanted.connect(self._thumbnails.want)
        archive.rasters_found.connect(dock.results.model.want_missing)
        dock.results.view.match_pointed.connect(self._marks.flash)
        dock.results.view.match_opened.connect(self._go_to)
        dock.results.view.like_match_wanted.connect(self.search_like)
        dock.results.chip_wanted.connect(self.search_chip)
        dock.search_progress.cancel_wanted.connect(self.cancel)
        dock.query.only_extent_toggled.connect(self._forget_view)
        iface.mapCanvas().extentsChanged.connect(self._on_view_changed)
        archive.changed.connect(self._on_archive_changed)
        QgsProject.instance().cleared.connect(self._on_project_cleared)
        self._show_next_step()

    def remove(self) -> None:
        """Ends everything and takes the marks off the map."""
        QgsProject.instance().cleared.disconnect(self._on_project_cleared)
        self._iface.mapCanvas().extentsChanged.disconnect(self._on_view_changed)
        self._keeper.forget()
        self._end()
        self._thumbnails.stop()
        self._marks.remove()

    def search_box(self, box: QgsRectangle) -> None:
        """Searches for what a box of the project's CRS shows, on the raster layer that it was drawn on."""
        if self._archive.path is None:
            self._notices.warning(tr("Choose an archive in the FRORS panel first, or index this project's rasters."))
            return
        layer = self._reader.layer_under(box)
        if layer is None:
            return
        self._archive.wake()
        self._begin(layer.name(), tr("Reading the box..."), None)
        self._marks.show_box(box)
        crs = self._reader.project_crs()
        options, title = self.options(), layer.name()
        polygon = lonlat_polygon(box, crs if crs.isValid() else layer.crs()) or QgsGeometry()

        def start(source: str | LayerPicture, corners: Corners, code: str) -> None:
            work = box_work(options, source, corners, code, self._picture_folder, self._query_px())
            self._start(work, options, title, polygon)

        self._reader.read(layer, box, start, lambda sentence: self._on_failed("", sentence))

    def search_like(self, match: Match) -> None:
        """Searches with the chip of a match."""
        self._search_chip(match, match_title(match))

    def search_chip(self, chip: Match) -> None:
        """Searches with the chip that lies under a box."""
        self._search_chip(chip, tr("Chip of {raster}").format(raster=chip.raster_name))

    def search_saved(self, saved: SavedQuery, only_new: bool) -> None:
        """Searches with a saved query, with the options that the panel shows."""
        title = saved.name
        if only_new:
            title = tr("{query}, new since {date}").format(query=saved.name, date=saved.searched[:10])
        self._begin(title, tr("Searching..."), saved.image)
        options = self.options()
        self._start(saved_work(options, saved, only_new), options, title, saved.box, saved)

    def search_words(self, line: str) -> None:
        """Searches by a line of conditions alone, which the panel shows; their distances are from the map's middle."""
        if self._archive.path is None:
            return
        self._begin(line, tr("Searching..."), None)
        options = self.options()
        seen = degrees_of(self._iface.mapCanvas().extent(), self._reader.project_crs())
        middle = None if seen is None else ((seen[0] + seen[2]) / 2, (seen[1] + seen[3]) / 2)
        self._start(words_work(options, line, middle), options, line, QgsGeometry())

    def _search_chip(self, match: Match, title: str) -> None:
        if self._archive.path is None:
            return
        self._begin(title, tr("Searching..."), self._dock.results.model.thumbnail(match.chip))
        options = self.options()
        work = chip_work(options, match, self._query_px())
        self._start(work, options, title, match.geometry)

    def show_menu_at(self, point: QgsPointXY) -> None:
        """The menu of the match at a point of the project's CRS, or a word that boxes are dragged."""
        view = self._dock.results.view
        index = self._index_at(point)
        if index is None:
            self._notices.info(tr("Drag a box round what you look for: press, pull and let go."))
            return
        view.setCurrentIndex(index)
        menu = view.match_menu(index)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(QCursor.pos())

    def mark_at(self, point: QgsPointXY, right: bool) -> None:
        """Marks the match at a point of the project's CRS as right or wrong; once more takes the mark away."""
        index = self._index_at(point)
        if index is None:
            self._notices.info(tr("There is no match to mark; drag a box for an example."))
            return
        self._dock.results.view.setCurrentIndex(index)
        self._dock.results.view.give_verdict(index, right)

    def _index_at(self, point: QgsPointXY) -> QModelIndex | None:
        """The best match at a point of the project's CRS."""
        model = self._dock.results.model
        place = QgsGeometry.fromPointXY(point)
        try:
            lonlat = QgsCoordinateReferenceSystem(RESULT_CRS)
            place.transform(QgsCoordinateTransform(self._reader.project_crs(), lonlat, QgsProject.instance()))
        except QgsCsException:
            return None
        rows = (row for row, match in enumerate(model.matches()) if match.geometry.intersects(place))
        return next(map(model.index, rows), None)

    @property
    def goes_to_match(self) -> bool:
        """Whether the map moves just now because a match is opened."""
        return self._marks.is_zooming

    def cancel(self) -> None:
        """Ends the search that is going on; nothing of it is shown."""
        if self._searching:
            self._end()
            self._dock.query.clear()
            self._show_next_step()

    def _begin(self, title: str, message: str, image: QImage | None) -> None:
        self._end()
        self._leave()
        self._forget_view()
        self._thumbnails.stop()  # QGIS runs only as many tasks at once as there are cores
        self._searching = True
        self._dock.setUserVisible(True)
        self._dock.query.show_query(title, message, image)
        self._dock.results.show_searching()
        self._dock.search_progress.begin(message)

    def _go_to(self, match: Match) -> None:
        """A look at one match is no wish to have the others left out by "Only in view"."""
        self._view = self._view or self._iface.mapCanvas().extent()
        self._marks.zoom(match)

    def _on_view_changed(self) -> None:
        if not self.goes_to_match:
            self._forget_view()

    def _forget_view(self) -> None:
        self._view = None

    def _leave(self) -> None:
        """The matches of the query before are shown no more."""
        self._shows_search = False
        self.left.emit()
        self._keeper.begin()

    def _end(self) -> None:
        self._reader.cancel()
        self._tasks.cancel(_SEARCH)
        self._marks.clear_box()
        self._dock.search_progress.end()
        self._searching = False

    def options(self) -> SearchOptions:
        """What the panel says of the next search."""
        panel, crs = self._dock.query, self._reader.project_crs()
        extent = self._view or self._iface.mapCanvas().extent()
        within = degrees_of(extent, crs) if panel.only_extent else None
        return SearchOptions(
            self._archive.path or "",
            self._archive.is_open,
            panel.matches,
            panel.any_size,
            within,
            self._dock.filters.params() | self._dock.words.params(),
        )

    def _start(
        self,
        work: Work,
        options: SearchOptions,
        title: str,
        polygon: QgsGeometry,
        saved: SavedQuery | None = None,
    ) -> None:
        task = self._tasks.start(
            tr("Search: {title}").format(title=title),
            work,
            _SEARCH,
            progressed=self._dock.search_progress.advance,
            succeeded=lambda result: self._on_result(result, options, title, polygon, saved),
            failed=self._on_failed,
            cancelled=lambda: self._on_task_cancelled(task),
        )
        self._task = task

    def _on_result(
        self,
        result: dict[str, Any],
        options: SearchOptions,
        title: str,
        polygon: QgsGeometry,
        saved: SavedQuery | None,
    ) -> None:
        if "refused" in result:
            self._on_refused(result["refused"])
        else:
            self._on_found(result["found"], options, title, polygon, saved)

    def _on_refused(self, refused: RefusedBox) -> None:
        """The box stays on the map until the next search: the offer speaks of it."""
        self._searching = False
        self._dock.search_progress.end()
        self._dock.query.clear()
        self._dock.results.offer_reindexing(refused.offer, refused.chip)

    def _on_found(
        self,
        found: SearchResult,
        options: SearchOptions,
        title: str,
        polygon: QgsGeometry,
        saved: SavedQuery | None,
    ) -> None:
        self._end()
        size = area_text(*found.size) if min(found.size) > 0 else tr("by place, time and sensor")
        self._dock.query.show_query(title, size, found.image)
        self._shown_archive = options.archive
        self._thumbnails.begin(options.archive, self._dock.results.view.thumbnail_px())
        self._dock.results.show_matches(found.matches, found.note)
        query = FinishedQuery(f"{title}, {size}", polygon, found.matches)
        if found.matches:
            self._keeper.store(query, options.archive)
        self._shows_search = True
        self.found.emit(ShownSearch(options, found, query, saved))

    def _on_failed(self, code: str, sentence: str) -> None:
        self._end()
        self._dock.query.clear()
        self._dock.results.show_failure(sentence)
        self._archive.note_failure(code, sentence)
        self._notices.failure(code, sentence)

    def _on_task_cancelled(self, task: EngineTask) -> None:
        """The user has cancelled in QGIS's own task list; a superseded task is not the current one any more."""
        if task is self._task and self._searching:
            self.cancel()

    def _on_archive_changed(self) -> None:
        if self._archive.path != self._shown_archive:
            self._end()
            self._leave()
            self._thumbnails.stop()
            self._dock.query.clear()
            self._shown_archive = self._archive.path
            self._show_next_step()
        elif not (self._searching or self._shows_search or self._offers_reindexing()):
            self._show_next_step()

    def _on_project_cleared(self) -> None:
        self._keeper.forget()
        self.cancel()
        self._marks.clear_box()

    def _offers_reindexing(self) -> bool:
        """Whether the panel offers to re-index, with what lies under a box perhaps, and rightly so."""
        return self._dock.results.offers_reindexing and self._archive.offer is not None

    def _show_next_step(self) -> None:
        archive, results = self._archive, self._dock.results
        if archive.failure:
            results.show_unopened(archive.failure, archive_stem(archive.path or "") if archive.is_open else None)
        elif archive.is_growing and (archive.is_empty or not archive.is_open):
            results.show_indexing()
        elif archive.path is None:
            results.ask_for_archive()
        elif archive.is_empty:
            results.ask_for_rasters()
        elif archive.offer is not None:
            results.offer_reindexing(archive.offer, None)
        else:
            results.ask_for_box()

    def _query_px(self) -> int:
        return max(_PRINT_PX, round(QUERY_SIDE * self._dock.devicePixelRatioF()))
