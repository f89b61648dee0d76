"""The part of the dock that shows the query and its options."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QPoint, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QAction, QColor, QContextMenuEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSpinBox, QToolButton, QVBoxLayout, QWidget

from frors_qgis.shell.action_button import ActionButton
from frors_qgis.shell.elided_label import ElidedLabel, NoteLabel
from frors_qgis.shell.icon import own_icon
from frors_qgis.shell.saved_queries_button import SavedQueriesButton
from frors_qgis.shell.settings import MOST_MATCHES, Settings
from frors_qgis.shell.translation import tr

QUERY_SIDE = 92


class QueryPanel(QWidget):
    """Thumbnail and words of the query, the "Draw box" button, and the options of the next search.

    `show_words_button` shows and hides the row of conditions. Signals: `options_changed()`;
    `only_extent_toggled(bool)`; `menu_wanted(QPoint on the screen)`, a right click on the query.
    """

    options_changed = pyqtSignal()
    only_extent_toggled = pyqtSignal(bool)
    menu_wanted = pyqtSignal(QPoint)

    def __init__(self, box_action: QAction, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setWhatsThis(
            tr(
                "The query: what a box shows, drawn round one thing on any raster layer. By default it is compared "
                "with chips of its own size on the ground; Any size lets it find larger and smaller things, too. Only "
                "in view keeps to what the map shows, also when you move on. Matches says how many are wanted."
            )
        )
        self.saved_queries = SavedQueriesButton()
        self.show_words_button = QToolButton()
        self.show_words_button.setIcon(own_icon("acquisition"))
        self.show_words_button.setToolTip(tr("Place, time and sensor: also ask where, when and by what"))
        self.show_words_button.setAccessibleName(tr("Place, time and sensor"))
        self.show_words_button.setWhatsThis(self.show_words_button.toolTip())
        self.show_words_button.setCheckable(True)
        self.show_words_button.setMinimumHeight(32)
        self._picture = _QueryPicture()
        self._title = ElidedLabel()
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._detail = NoteLabel(subdued=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        words.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(ActionButton(box_action), 1)
        buttons.addWidget(self.show_words_button)
        buttons.addWidget(self.saved_queries)
        words.addLayout(buttons)
        query = QHBoxLayout()
        query.setSpacing(10)
        query.addWidget(self._picture)
        query.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(query)
        layout.addLayout(self._options())
        self.clear()

    @property
    def matches(self) -> int:
        """How many matches are wanted."""
        return self._matches.value()

    @property
    def any_size(self) -> bool:
        """Whether chips of any ground size are compared."""
        return self._any_size.isChecked()

    @property
    def only_extent(self) -> bool:
        """Whether only chips within the map's extent are wanted."""
        return self._only_extent.isChecked()

    def set_params(self, params: dict[str, Any]) -> None:
        """Sets the options as the parameters of a saved query have them; what it is limited to is an area, then."""
        self._any_size.setChecked(bool(params.get("any_size", False)))
        self._matches.setValue(int(params.get("k", self._matches.value())))
        self._only_extent.setChecked(False)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self.menu_wanted.emit(event.globalPos())

    def clear(self) -> None:
        """Shows that there is no query."""
        self.show_query(tr("No query yet"), tr("Draw a box round what you look for"), None)

    def show_query(self, title: str, detail: str, image: QImage | None) -> None:
        """Shows what was asked for."""
        self._title.setText(title)
        self._detail.setText(detail)
        self._picture.show_image(image)

    def _options(self) -> QHBoxLayout:
        self._any_size = QCheckBox(tr("Any size"))
        self._any_size.setToolTip(tr("Also compare with chips whose ground size differs from the box"))
        self._any_size.setChecked(self._settings.any_size)
        self._any_size.toggled.connect(lambda on: setattr(self._settings, "any_size", on))
        self._only_extent = QCheckBox(tr("Only in view"))
        self._only_extent.setToolTip(tr("Only find what lies within the map's extent; the matches follow it"))
        self._only_extent.toggled.connect(self.only_extent_toggled)
        self._matches = QSpinBox()
        self._matches.setRange(1, MOST_MATCHES)
        self._matches.setValue(self._settings.matches)
        self._matches.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._matches.setToolTip(tr("How many matches to show"))
        self._matches.valueChanged.connect(lambda number: setattr(self._settings, "matches", number))
        for box in (self._any_size, self._only_extent):
            box.toggled.connect(self.options_changed)
        self._matches.valueChanged.connect(self.options_changed)
        label = QLabel(tr("Matches"))
        label.setBuddy(self._matches)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._any_size)
        row.addWidget(self._only_extent)
        row.addStretch(1)
        row.addWidget(label)
        row.addWidget(self._matches)
        return row


class _QueryPicture(QWidget):
    """The query's thumbnail, or a dashed box where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.setFixedSize(QUERY_SIDE, QUERY_SIDE)
        self.setAccessibleName(tr("Picture of the query"))

    def show_image(self, image: QImage | None) -> None:
        self._image = None if image is None or image.isNull() else self._scaled(image)
        self.update()

    def _scaled(self, image: QImage) -> QImage:
        """Once and well: a painter would look at four pixels for each of its own."""
        side = round(QUERY_SIDE * self.devicePixelRatioF())
        if max(image.width(), image.height()) <= side:
            return image
        return image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(area, 5, 5)
        ground = QColor(self.palette().color(QPalette.ColorRole.WindowText))
        ground.setAlpha(22)
        painter.fillPath(outline, ground)
        if self._image is None:
            own_icon("search_box").paint(painter, self.rect().adjusted(28, 28, -28, -28))
            return
        painter.setClipPath(outline)
        size = QSize(self._image.width(), self._image.height()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = self.rect()
        place.setSize(size)
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self._image)
