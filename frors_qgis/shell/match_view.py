"""The grid of matches."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QModelIndex, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QStyle, QWidget

from frors_qgis.shell.icon import own_icon, theme_icon
from frors_qgis.shell.match_delegate import MatchDelegate
from frors_qgis.shell.match_model import MATCH_ROLE, VERDICT_ROLE
from frors_qgis.shell.translation import tr

_LEAST_WIDTH = 112
_OPENING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_VERDICT_KEYS = {
    Qt.Key.Key_Plus: True,
    Qt.Key.Key_Equal: True,  # where + is, on keyboards that need Shift for it
    Qt.Key.Key_Minus: False,
    Qt.Key.Key_Delete: None,
    Qt.Key.Key_Backspace: None,
}
_OTHER_MEANING = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class MatchView(QListView):
    """Lays out and paints only what is seen; columns fill the width.

    Signals, each with a Match: `match_pointed` (clicked, or reached with the arrow keys), `match_opened` (double click
    or Enter), `like_match_wanted`, `same_place_wanted`, `elsewhere_wanted`, `why_wanted` and `acquisition_wanted`
    (context menu); `verdict_given(Match, verdict)`: True for right (a
    click on its sign, the key +), False for wrong (-), None to take that back (Delete, or the sign once more).
    `undo_wanted()`: Ctrl+Z.
    """

    match_pointed = pyqtSignal(object)
    match_opened = pyqtSignal(object)
    like_match_wanted = pyqtSignal(object)
    same_place_wanted = pyqtSignal(object)
    elsewhere_wanted = pyqtSignal(object)
    why_wanted = pyqtSignal(object)
    acquisition_wanted = pyqtSignal(object)
    verdict_given = pyqtSignal(object, object)
    undo_wanted = pyqtSignal()

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
        self.setWhatsThis(
            tr(
                "The matches, best first, each with its rank, its score (the cosine of the embeddings) and its raster. "
                "A click flashes a match on the map, a double-click or Enter goes there. + marks it as right, - as "
                "wrong, Delete takes the mark away, Ctrl+Z the last one; so do the signs on its picture. The context "
                "menu also searches again with it and says why it is a match."
            )
        )
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

    def event(self, event: QEvent) -> bool:
        """Keeps its own keys from QGIS's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and (
            _is_verdict(event) or event.matches(QKeySequence.StandardKey.Undo)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        before = self.currentIndex()
        if event.key() in _OPENING_KEYS:
            self._emit(self.match_opened, before)
            return
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
            return
        if _is_verdict(event) and before.isValid():
            self._give_verdict(before, _VERDICT_KEYS[event.key()])
            following = self.model().index(before.row() + 1, 0)
            if following.isValid():
                self.setCurrentIndex(following)
            return
        super().keyPressEvent(event)
        if self.currentIndex() != before:
            self._emit(self.match_pointed, self.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index = self.indexAt(event.pos())
        sign = self._delegate.sign_at(self.visualRect(index), event.pos()) if index.isValid() else None
        if sign is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        else:
            self.give_verdict(index, sign)

    def give_verdict(self, index: QModelIndex, right: bool) -> None:
        """Marks a match as right or wrong; where it is marked so already, takes the mark away."""
        self._give_verdict(index, None if index.data(VERDICT_ROLE) is right else right)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        index = self.indexAt(event.pos())
        if index.isValid():
            menu = self.match_menu(index)
            menu.exec(event.globalPos())
            menu.deleteLater()

    def match_menu(self, index: QModelIndex) -> QMenu:
        """The context menu of a match, whatever row it has by the time that something is chosen."""
        match, verdict = index.data(MATCH_ROLE), index.data(VERDICT_ROLE)
        menu = QMenu(self)
        again = menu.addAction(own_icon("search_box"), tr("Search again with this match"))
        again.triggered.connect(lambda: self.like_match_wanted.emit(match))
        same_place = menu.addAction(theme_icon("mActionHistory"), tr("Same place, other dates"))
        same_place.setEnabled(match.acquired is not None)
        same_place.triggered.connect(lambda: self.same_place_wanted.emit(match))
        elsewhere = menu.addAction(theme_icon("mActionZoomToLayer"), tr("Same kind, elsewhere"))
        elsewhere.triggered.connect(lambda: self.elsewhere_wanted.emit(match))
        why = menu.addAction(theme_icon("mActionIdentify"), tr("Why this match?"))
        why.triggered.connect(lambda: self.why_wanted.emit(match))
        menu.addSeparator()
        for given, text in (
            (True, tr("Right: more like this (+)")),
            (False, tr("Wrong: less like this (-)")),
            (None, tr("Take the mark away (Delete)")),
        ):
            action = menu.addAction(text)
            action.setEnabled(given is not verdict)
            action.triggered.connect(lambda _, given=given: self.verdict_given.emit(match, given))
        menu.addSeparator()
        zoom = menu.addAction(theme_icon("mActionZoomToSelected"), tr("Zoom to this match"))
        zoom.triggered.connect(lambda: self.match_opened.emit(match))
        flash = menu.addAction(theme_icon("mActionHighlightFeature"), tr("Flash on the map"))
        flash.triggered.connect(lambda: self.match_pointed.emit(match))
        menu.addSeparator()
        acquisition = menu.addAction(own_icon("acquisition"), tr("Acquisition of its raster..."))
        acquisition.triggered.connect(lambda: self.acquisition_wanted.emit(match))
        return menu

    def _give_verdict(self, index: QModelIndex, verdict: bool | None) -> None:
        self.verdict_given.emit(index.data(MATCH_ROLE), verdict)

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


def _is_verdict(event: QKeyEvent) -> bool:
    """Whether a key alone gives a verdict: with Ctrl or Alt it means something else."""
    return event.key() in _VERDICT_KEYS and not event.modifiers() & _OTHER_MEANING
