"""The check list of the project's rasters in the indexing dialog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from frors_qgis.client.layer_source import raster_path
from frors_qgis.shell.acquisition import FIELDS, Facts, field_name, source_name, taken_text, value_text
from frors_qgis.shell.icon import theme_icon
from frors_qgis.shell.plain_tip import plain_tip
from frors_qgis.shell.raster_source import index_refusal
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import count_text, metres_text

_NAME, _PIXEL, _CHIPS, _TAKEN, _NOTE = range(5)
_PATH_ROLE = Qt.ItemDataRole.UserRole
_GSD_ROLE = Qt.ItemDataRole.UserRole + 1


class RasterList(QTreeWidget):
    """One row per raster; those that cannot be indexed are greyed and say why.

    Signals: `checks_changed()`; `raster_pointed()` when another row has become the current one; `raster_opened()`: it
    was double-clicked.
    """

    checks_changed = pyqtSignal()
    raster_pointed = pyqtSignal()
    raster_opened = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderLabels([tr("Raster"), tr("Pixel"), tr("Chips"), tr("Taken"), tr("Note")])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.header().setStretchLastSection(True)
        for column in (_NAME, _PIXEL, _CHIPS, _TAKEN):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.itemChanged.connect(self._on_item_changed)
        self.currentItemChanged.connect(lambda *_: self.raster_pointed.emit())
        self.itemDoubleClicked.connect(lambda item, _: self._on_opened(item))

    def list_rasters(self, project: QgsProject) -> None:
        """Lists the project's raster layers by name; a file that several layers show is listed once."""
        rows: dict[str, tuple[str, str | None, str | None]] = {}
        layers = [layer for layer in project.mapLayers().values() if isinstance(layer, QgsRasterLayer)]
        for layer in sorted(layers, key=lambda layer: layer.name().casefold()):
            path = raster_path(layer)
            rows.setdefault(path or layer.id(), (layer.name(), path, index_refusal(layer)))
        self._list(rows.values())

    def list_files(self, paths: Sequence[str], missing: Sequence[tuple[str, str]]) -> None:
        """Lists rasters by their files, and greyed those that are missing, given as path and reason."""
        rows = [(PurePath(path).name, path, None) for path in paths]
        self._list([*rows, *((PurePath(path).name, path, reason) for path, reason in missing)])

    def checked_paths(self) -> tuple[str, ...]:
        """Paths of the rasters that are ticked."""
        return tuple(path for path, state in self._states().items() if state == Qt.CheckState.Checked)

    def example(self) -> tuple[str, float] | None:
        """Name and ground pixel (metres) of the current row's raster, else of the first whose pixel is known."""
        known = [item for item in self._items() if item.data(_PIXEL, _GSD_ROLE) is not None]
        if self.currentItem() in known:
            known.insert(0, self.currentItem())
        return (known[0].text(_NAME), known[0].data(_PIXEL, _GSD_ROLE)) if known else None

    def current_path(self) -> str | None:
        """The path of the current row's raster; None where it cannot be indexed, or there is none."""
        item = self.currentItem()
        return None if item is None else item.data(_NAME, _PATH_ROLE)

    def show_facts(self, facts: Mapping[str, Facts]) -> None:
        """Fills in how rasters were taken, by their paths, and whether sources disagree."""
        self.blockSignals(True)
        for item in self._items():
            own = facts.get(item.data(_NAME, _PATH_ROLE))
            if own is not None:
                item.setText(_TAKEN, taken_text(own) or tr("unknown"))
                item.setIcon(_TAKEN, theme_icon("mIconWarning") if own.conflicts else QIcon())
                item.setToolTip(_TAKEN, _told(own))
        self.blockSignals(False)

    def show_plan(self, rasters: list[dict[str, Any]]) -> None:
        """Fills in what the engine says of each raster: pixel size, chips, or why it cannot be indexed."""
        plans = {str(raster.get("path")): raster for raster in rasters}
        self.blockSignals(True)
        for item in self._items():
            plan = plans.get(item.data(_NAME, _PATH_ROLE))
            if plan is None:
                continue
            error = plan.get("error")
            if error:
                item.setText(_PIXEL, "")
                item.setData(_PIXEL, _GSD_ROLE, None)
                item.setText(_CHIPS, "")
                self._set_note(item, str(error.get("message", "")), warn=True)
            else:
                item.setText(_PIXEL, metres_text(float(plan["gsd"])))
                item.setData(_PIXEL, _GSD_ROLE, float(plan["gsd"]))
                item.setText(_CHIPS, count_text(int(plan["chips"])))
                self._set_note(item, _held_text(int(plan["chips"]), int(plan["new"])), warn=False)
        self.blockSignals(False)

    def _list(self, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
        """Fills the list with rows of name, path and why it cannot be indexed; ticks of the same files are kept."""
        checks = self._states()
        self.blockSignals(True)
        self.clear()
        for name, path, refusal in rows:
            self._add(name, path, refusal, checks)
        self.blockSignals(False)
        self.checks_changed.emit()

    def _add(self, name: str, path: str | None, refusal: str | None, checks: dict[str, Qt.CheckState]) -> None:
        item = QTreeWidgetItem([name, "", "", "", ""])
        item.setIcon(_NAME, theme_icon("mIconRaster"))
        item.setToolTip(_NAME, plain_tip(path or name))
        item.setTextAlignment(_PIXEL, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setTextAlignment(_CHIPS, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if refusal is None:
            item.setData(_NAME, _PATH_ROLE, path)
            item.setCheckState(_NAME, checks.get(path or "", Qt.CheckState.Checked))
        else:
            item.setDisabled(True)
            self._set_note(item, refusal, warn=False)
        self.addTopLevelItem(item)

    def _set_note(self, item: QTreeWidgetItem, note: str, *, warn: bool) -> None:
        item.setText(_NOTE, note)
        item.setToolTip(_NOTE, plain_tip(note))
        item.setIcon(_NOTE, theme_icon("mIconWarning") if warn else QIcon())

    def _items(self) -> list[QTreeWidgetItem]:
        return [self.topLevelItem(row) for row in range(self.topLevelItemCount())]

    def _states(self) -> dict[str, Qt.CheckState]:
        return {
            item.data(_NAME, _PATH_ROLE): item.checkState(_NAME)
            for item in self._items()
            if item.data(_NAME, _PATH_ROLE) is not None
        }

    def _on_opened(self, item: QTreeWidgetItem) -> None:
        if item.data(_NAME, _PATH_ROLE) is not None:
            self.raster_opened.emit()

    def _on_item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if column == _NAME:
            self.checks_changed.emit()


def _told(facts: Facts) -> str:
    """All that is known of a raster, a line for each field, with its source and what contradicts it."""
    lines = []
    for name in FIELDS:
        used = facts.counting(name)
        if used is not None:
            said = [used, *(fact for fact in facts.conflicts if fact.field == name)]
            told = "; ".join(f"{value_text(name, fact.value)} ({source_name(fact.source)})" for fact in said)
            lines.append(f"{field_name(name)}: {told}")
    return "\n".join(lines)


def _held_text(chips: int, new: int) -> str:
    """What the archive has of a raster already."""
    if new == chips:
        return ""
    return tr("About {count} of them are new").format(count=count_text(new)) if new else tr("In the archive already")
