"""The grid of matches."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QStyle, QWidget

from frors_qgis.shell.icon import own_icon, theme_icon
from frors_qgis.shell.match_delegate import MatchDelegate
from frors_qgis.shell.match_model import MATCH_ROLE
from frors_qgis.shell.translation import tr

_LEAST_WIDTH = 112
_OPENING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MatchView(QListView):
    """Lays out and paints only what is seen; columns fill the width.

    Signals, each with a Match: `match_pointed` (clicked, or reached with the arrow keys), `match_opened` (double click
    or Enter), `like_match_wanted` (context menu).
    """

    match_pointed = pyqtSignal(object)
    match_opened = pyqtSignal(object)
    like_match_wanted = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(64)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Matches"))
        self._delegate = MatchDelegate(self)
        self.setItemDelegate(self._delegate)
        self.clicked.connect(lambda index: self._emit(self.match_pointed, index))
        self.doubleClicked.connect(lambda index: self._emit(self.match_opened, index))

    def thumbnail_px(self) -> int:
        """Side of a thumbnail in the pixels of the screen."""
        return round(self._delegate.thumbnail_side() * self.devicePixelRatioF())

    def sizeHint(self) -> QSize:  # noqa: N802
        """Three columns: what the panel asks for when it is first shown."""
        return QSize(400, 500)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._fit_columns()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        before = self.currentIndex()
        if event.key() in _OPENING_KEYS:
            self._emit(self.match_opened, before)
            return
        super().keyPressEvent(event)
        if self.currentIndex() != before:
            self._emit(self.match_pointed, self.currentIndex())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        index = self.indexAt(event.pos())
        if index.isValid():
            menu = self.match_menu(index)
            menu.exec(event.globalPos())
            menu.deleteLater()

    def match_menu(self, index: QModelIndex) -> QMenu:
        """The context menu of a match."""
        menu = QMenu(self)
        again = menu.addAction(own_icon("search_box"), tr("Search again with this match"))
        again.triggered.connect(lambda: self._emit(self.like_match_wanted, index))
        menu.addSeparator()
        zoom = menu.addAction(theme_icon("mActionZoomToSelected"), tr("Zoom to this match"))
        zoom.triggered.connect(lambda: self._emit(self.match_opened, index))
        flash = menu.addAction(theme_icon("mActionHighlightFeature"), tr("Flash on the map"))
        flash.triggered.connect(lambda: self._emit(self.match_pointed, index))
        return menu

    def _emit(self, signal: pyqtSignal, index: QModelIndex) -> None:
        if index.isValid():
            signal.emit(index.data(MATCH_ROLE))

    def _fit_columns(self) -> None:
        # The scroll bar's width is always left free, so that its coming and going does not change the columns.
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        width = self.width() - bar - 2
        columns = max(1, width // _LEAST_WIDTH)
        self._delegate.set_item_width(max(_LEAST_WIDTH // 2, width // columns))
        size: QSize = self._delegate.item_size(self.font())
        if size != self.gridSize():
            self.setGridSize(size)
