"""The part of the dock that limits what may be found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRectangle
from qgis.gui import (
    QgsCheckableComboBox,
    QgsCollapsibleGroupBoxBasic,
    QgsDateEdit,
    QgsDoubleSpinBox,
    QgsExtentWidget,
    QgsMapCanvas,
)
from qgis.PyQt.QtCore import QDate, QLocale, Qt, pyqtSignal
from qgis.PyQt.QtGui import QStandardItem
from qgis.PyQt.QtWidgets import QFormLayout, QHBoxLayout, QMenu, QToolButton, QWidget

from frors_qgis.shell.icon import theme_icon
from frors_qgis.shell.plain_tip import plain_tip
from frors_qgis.shell.raster_groups import folder_groups, layer_groups
from frors_qgis.shell.raster_source import degrees_of
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import count_text, counted_text

_CHECK = Qt.ItemDataRole.CheckStateRole
_ANY_SCORE = -1.0
_DATE_PADDING = 12
_MOST_METRES = 1_000_000.0
_LONLAT = "EPSG:4326"


class FiltersPanel(QgsCollapsibleGroupBoxBasic):
    """Area, rasters, time of acquisition, least score, distance between matches; folded until they are needed.

    Signal `changed()`.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWhatsThis(
            tr(
                "Filters say what may be found; the best matches among that are shown. Area: drawn on the map, typed, "
                "or taken from a layer. Rasters: one by one, or those of a group of layers or of a folder. Acquired "
                "and Months: when the rasters were taken; those of unknown dates are left out. Least score: the cosine "
                "below which nothing is shown. Apart: of matches that lie nearer to each other, only the best is kept."
            )
        )
        self._area = QgsExtentWidget(None, QgsExtentWidget.WidgetStyle.CondensedStyle)
        self._area.setNullValueAllowed(True, tr("anywhere"))
        self._area.setToolTip(tr("Find what lies in this area only"))
        self._area.clear()
        self._rasters = _combo(tr("All rasters"), tr("Find chips of these rasters only"))
        self._paths: dict[str, int] = {}  # of the archive's rasters, to their ids
        self._groups = QToolButton()
        self._groups.setIcon(theme_icon("mActionFolder"))
        self._groups.setToolTip(tr("Choose the rasters of a group of layers, or of a folder"))
        self._groups.setAccessibleName(tr("Choose a group of rasters"))
        self._groups.setAutoRaise(True)
        self._groups.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        groups = QMenu(self)
        groups.setToolTipsVisible(True)
        groups.aboutToShow.connect(lambda: self._list_groups(groups))
        self._groups.setMenu(groups)
        self._since, self._until = (
            _date(tr("Acquired on this day or later")),
            _date(tr("Acquired on this day or before")),
        )
        self._months = _combo(tr("Any month"), tr("Acquired in these months, of any year"))
        for month in range(1, 13):
            name = QLocale().standaloneMonthName(month)
            self._months.addItemWithCheckState(name, Qt.CheckState.Unchecked, month)
        self._score = _number(_ANY_SCORE, 1.0, tr("any"), tr("Leave out matches that score less"))
        self._score.setDecimals(3)
        self._score.setSingleStep(0.05)
        self._apart = _number(0.0, _MOST_METRES, tr("no overlap"), tr("Of matches that lie nearer, only the best"))
        self._apart.setDecimals(0)
        self._apart.setSuffix(tr(" m"))
        self._reset_button = QToolButton()
        self._reset_button.setIcon(theme_icon("mActionDeleteSelected"))
        self._reset_button.setToolTip(tr("Take all filters away"))
        self._reset_button.setAccessibleName(tr("Take all filters away"))
        self._reset_button.setAutoRaise(True)
        self._reset_button.clicked.connect(self.reset)
        self._lay_out()
        self._area.extentChanged.connect(self._on_changed)
        self._area.validationChanged.connect(self._on_changed)
        self._rasters.checkedItemsChanged.connect(self._on_changed)
        self._months.checkedItemsChanged.connect(self._on_changed)
        for field in (self._since, self._until):
            field.dateValueChanged.connect(self._on_changed)
        for field in (self._score, self._apart):
            field.valueChanged.connect(self._on_changed)
        self._quiet = False
        self._show_count()
        self.setCollapsed(True)

    def params(self) -> dict[str, Any]:
        """Parameters of the door method `search`: those of the filters that are set."""
        params: dict[str, Any] = {}
        if self._area.isEnabled() and self._area.isValid():
            within = degrees_of(self._area.outputExtent(), self._area.outputCrs())
            if within is not None:
                params |= {"within": list(within), "crs": _LONLAT}
        if rasters := list(map(int, self._rasters.checkedItemsData())):
            params["rasters"] = rasters
        for name, field in (("since", self._since), ("until", self._until)):
            if not field.isNull():
                params[name] = field.date().toString(Qt.DateFormat.ISODate)
        if months := list(map(int, self._months.checkedItemsData())):
            params["months"] = months
        if self._score.value() > _ANY_SCORE:
            params["least_score"] = self._score.value()
        if self._apart.value() > 0:
            params["apart"] = self._apart.value()
        return params

    def use_canvas(self, canvas: QgsMapCanvas) -> None:
        """Lets the area be drawn on a map, or taken from it."""
        self._area.setMapCanvas(canvas)

    def allow_area(self, allowed: bool) -> None:
        """Whether the area counts; not while only what is in view is looked for."""
        self._area.setEnabled(allowed)
        self._show_count()

    def set_params(self, params: dict[str, Any]) -> None:
        """Sets the filters that these parameters of `search` stand for, and takes the others away."""
        before = self.params()
        self._quiet = True
        if "within" in params:
            lonlat = QgsCoordinateReferenceSystem(_LONLAT)
            self._area.setOutputCrs(lonlat)
            self._area.setOutputExtentFromUser(QgsRectangle(*params["within"]), lonlat)
        else:
            self._area.clear()
        _check(self._rasters, params.get("rasters", []))
        _check(self._months, params.get("months", []))
        for name, field in (("since", self._since), ("until", self._until)):
            field.setDate(QDate.fromString(str(params.get(name, "")), Qt.DateFormat.ISODate))
        self._score.setValue(float(params.get("least_score", _ANY_SCORE)))
        self._apart.setValue(float(params.get("apart", 0.0)))
        self._quiet = False
        if self.params() != before:
            self._on_changed()

    def show_rasters(self, rasters: Sequence[tuple[int, str]]) -> None:
        """Lists an archive's rasters by their ids and paths; what was chosen stays so where it is still there."""
        before = self.params()
        chosen = before.get("rasters", [])
        self._paths = {path: id_ for id_, path in rasters}
        items = []
        for id_, path in rasters:
            item = QStandardItem(PurePath(path).stem or path)
            item.setData(id_, Qt.ItemDataRole.UserRole)
            item.setData(plain_tip(path), Qt.ItemDataRole.ToolTipRole)
            item.setData(Qt.CheckState.Checked if id_ in chosen else Qt.CheckState.Unchecked, _CHECK)
            items.append(item)
        self._quiet = True
        self._rasters.clear()
        self._rasters.model().invisibleRootItem().appendRows(items)  # one by one takes seconds for thousands
        self._quiet = False
        if self.params() != before:
            self._on_changed()

    def reset(self) -> None:
        """Takes all filters away."""
        self.set_params({})

    def choose_rasters(self, rasters: Sequence[int]) -> None:
        """Ticks the rasters with these ids, and no others."""
        before = self.params()
        self._quiet = True
        _check(self._rasters, rasters)
        self._quiet = False
        if self.params() != before:
            self._on_changed()

    def _list_groups(self, menu: QMenu) -> None:
        menu.clear()
        for title, groups in (
            (tr("Groups of layers"), layer_groups(QgsProject.instance(), self._paths)),
            (tr("Folders"), folder_groups(self._paths)),
        ):
            if groups:
                menu.addSection(title)
            for group in groups:
                count = counted_text(len(group.rasters), tr("1 raster"), tr("{count} rasters"))
                text = tr("{name} ({count})").format(name=group.name, count=count)
                action = menu.addAction(text.replace("&", "&&"))
                action.setToolTip(group.place)
                action.triggered.connect(lambda _, ids=group.rasters: self.choose_rasters(ids))
        if menu.isEmpty():
            menu.addAction(tr("The rasters are in no groups and in one folder")).setEnabled(False)

    def _on_changed(self) -> None:
        if not self._quiet:
            self._show_count()
            self.changed.emit()

    def _show_count(self) -> None:
        count = len(set(self.params()) - {"crs"})
        self.setTitle(tr("Filters ({count})").format(count=count_text(count)) if count else tr("Filters"))
        self._reset_button.setEnabled(count > 0)

    def _lay_out(self) -> None:
        dates = QHBoxLayout()
        dates.addWidget(self._since, 1)
        dates.addWidget(self._until, 1)
        last = QHBoxLayout()
        last.addWidget(self._apart, 1)
        last.addWidget(self._reset_button)
        form = QFormLayout(self)
        form.setContentsMargins(0, 4, 0, 0)
        form.setVerticalSpacing(4)
        form.addRow(tr("Area"), self._area)
        rasters = QHBoxLayout()
        rasters.addWidget(self._rasters, 1)
        rasters.addWidget(self._groups)
        form.addRow(tr("Rasters"), rasters)
        form.addRow(tr("Acquired"), dates)
        form.addRow(tr("Months"), self._months)
        form.addRow(tr("Least score"), self._score)
        form.addRow(tr("Apart"), last)


def _check(combo: QgsCheckableComboBox, chosen: Sequence[int]) -> None:
    """Ticks the entries with these values, and no others."""
    model = combo.model()
    for row in range(model.rowCount()):
        item = model.item(row)
        on = item.data(Qt.ItemDataRole.UserRole) in chosen
        item.setData(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked, _CHECK)


def _combo(default: str, tool_tip: str) -> QgsCheckableComboBox:
    combo = QgsCheckableComboBox()
    combo.setDefaultText(default)
    combo.setToolTip(tool_tip)
    return combo


def _date(tool_tip: str) -> QgsDateEdit:
    field = QgsDateEdit()
    field.setAllowNull(True)
    field.setNullRepresentation(tr("any day"))
    field.setMinimumDate(QDate(1850, 1, 1))
    field.setDate(QDate())  # after clear() it would show today
    field.setToolTip(tool_tip)
    # The style sheets of QGIS's dark themes pad the text until a field of Qt's own height cuts its descenders.
    field.setMinimumHeight(field.fontMetrics().height() + _DATE_PADDING)
    return field


def _number(least: float, most: float, nothing: str, tool_tip: str) -> QgsDoubleSpinBox:
    """A field whose least value means no filter."""
    field = QgsDoubleSpinBox()
    field.setRange(least, most)
    field.setSpecialValueText(nothing)
    field.setClearValueMode(QgsDoubleSpinBox.ClearValueMode.MinimumValue)
    field.setValue(least)
    field.setToolTip(tool_tip)
    return field
