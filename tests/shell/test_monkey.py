"""Hundreds of random actions, one upon the other, as no user would; nothing may break, nothing may stay behind."""

from __future__ import annotations

import random
import sys
import time
import traceback
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog, QInputDialog, QMessageBox

from frors_qgis.shell import contact_sheet_controller
from frors_qgis.shell.acquisition_dialog import AcquisitionDialog

ACTIONS = 500
MOST_MS, LONG_MS = 30, 400
"""How long it waits after an action, mostly and now and then."""

OFTEN = {"do_draw_a_box": 8, "do_let_the_engine_work": 6, "do_mark": 4, "do_save_the_query": 2, "do_filter": 2}
"""What it does so many times more often than the rest."""


class Monkey:
    """Knows what can be done with the plugin, and does it at random."""

    def __init__(self, plugin, window, fake, archive, folder, seed):
        self.random = random.Random(seed)
        self.plugin, self.window, self.fake = plugin, window, fake
        self.archives = [archive, archive.with_name("other.gpkg")]
        self.archives[1].touch()
        self.folder = folder
        self.raster = next(iter(QgsProject.instance().mapLayers().values())).source()

    def act(self):
        """One action; its name."""
        actions = [name for name in dir(self) if name.startswith("do_")]
        (name,) = self.random.choices(actions, [OFTEN.get(name, 1) for name in actions])
        getattr(self, name)()
        patience = LONG_MS if self.random.random() < 0.15 else MOST_MS
        end = time.monotonic() + self.random.uniform(0.0, patience / 1000)
        while time.monotonic() < end:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        return name

    @property
    def dock(self):
        return self.plugin.dock

    def some_match(self):
        matches = self.dock.results.model.matches()
        return self.random.choice(matches) if matches else None

    def do_draw_a_box(self):
        keys = self.random.choice(
            [Qt.KeyboardModifier.NoModifier] * 3
            + [Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier]
        )
        if not self.plugin.actions[1].isChecked():
            self.plugin.actions[1].trigger()
        x, y = self.random.randrange(20, 500), self.random.randrange(20, 400)
        end = QPoint(x + self.random.randrange(0, 90), y + self.random.randrange(0, 90))
        self.window.drag(QPoint(x, y), end, keys=keys, let_go=self.random.random() > 0.1)

    def do_switch_the_tool(self):
        self.plugin.actions[1].trigger()

    def do_press_escape(self):
        self.window.press_escape()

    def do_mark(self):
        if match := self.some_match():
            self.dock.results.view.verdict_given.emit(match, self.random.choice([True, False, None]))

    def do_press_a_key_in_the_grid(self):
        view = self.dock.results.view
        if rows := view.model().rowCount():
            view.setCurrentIndex(view.model().index(self.random.randrange(rows)))
        keys = [Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Down]
        event = QKeyEvent(QEvent.Type.KeyPress, self.random.choice(keys), Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(view, event)

    def do_click_in_the_grid(self):
        viewport = self.dock.results.view.viewport()
        place = QPoint(self.random.randrange(0, 300), self.random.randrange(0, 300))
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def do_undo(self):
        self.dock.examples.undo_wanted.emit()

    def do_clear(self):
        self.dock.examples.clear_wanted.emit()

    def do_search_like_a_match(self):
        if match := self.some_match():
            self.dock.results.view.like_match_wanted.emit(match)

    def do_ask_why(self):
        if match := self.some_match():
            self.dock.results.view.why_wanted.emit(match)

    def do_write_words(self):
        line = self.dock.words.line
        if self.random.random() < 0.3:
            line.clear()
        QTest.keyClicks(line, self.random.choice(["summer, ", "zzz", "s", "cloud < 9", "within 5 km, "]))
        if self.random.random() < 0.5:
            QTest.keyClick(line, self.random.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down]))

    def do_weigh_words(self):
        self.dock.query.show_words_button.setChecked(self.random.random() < 0.7)
        self.dock.words._weight.setValue(self.random.randrange(11))

    def do_ask_with_one_click(self):
        self.dock.words.menu_opened.emit()
        row, view, match = self.dock.words, self.dock.results.view, self.some_match()
        asked = [row.alone_wanted, row.same_place_wanted, row.elsewhere_wanted, row.acquisitions_wanted]
        if match:
            asked += [lambda: view.same_place_wanted.emit(match), lambda: view.elsewhere_wanted.emit(match)]
            asked.append(lambda: view.acquisition_wanted.emit(match))
        chosen = self.random.choice(asked)
        getattr(chosen, "emit", chosen)()

    def do_edit_an_acquisition(self):
        for window in QApplication.topLevelWidgets():
            if isinstance(window, AcquisitionDialog) and window.isVisible():
                window.form._lines[self.random.choice(["cloud", "acquired"])].setText(
                    self.random.choice(["", "7", "?"])
                )
                window._save.click()

    def do_click_on_the_timeline(self):
        place = QPoint(self.random.randrange(0, 300), 15)
        QTest.mouseClick(self.dock.results.timeline, Qt.MouseButton.LeftButton, pos=place)

    def do_close_windows(self):
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QDialog) and window.isVisible():
                window.close()

    def do_filter(self):
        filters = self.dock.filters
        self.random.choice(
            [
                lambda: filters._score.setValue(self.random.uniform(-1, 1)),
                lambda: filters._apart.setValue(self.random.randrange(0, 500)),
                lambda: filters._months.setCheckedItems([filters._months.itemText(self.random.randrange(12))]),
                lambda: filters._area.setOutputExtentFromCurrent(),
                filters.reset,
            ]
        )()

    def do_change_options(self):
        query = self.dock.query
        self.random.choice(
            [
                query._any_size.toggle,
                query._only_extent.toggle,
                lambda: query._matches.setValue(self.random.randrange(1, 300)),
            ]
        )()

    def do_save_the_query(self):
        self.dock.query.saved_queries.save_wanted.emit()

    def do_search_a_saved_query(self):
        for entry in self.plugin._archive.saved_queries[:1]:
            self.dock.query.saved_queries.search_wanted.emit(entry.name, self.random.random() < 0.5)

    def do_delete_a_saved_query(self):
        for entry in self.plugin._archive.saved_queries[:1]:
            self.dock.query.saved_queries.delete_wanted.emit(entry.name)

    def do_outline_print_or_export(self):
        results = self.dock.results
        results.menu_opened.emit()
        action = self.random.choice([results.outline_action, results.print_action, results.export_action])
        if action.isEnabled():
            action.trigger()

    def do_cancel(self):
        rows = [self.dock.search_progress, self.dock.index_progress, self.dock.outline_progress]
        self.random.choice([*rows, self.dock.sheet_progress, self.dock.finding_progress]).cancel_wanted.emit()

    def do_look_for_missing_rasters(self):
        self.dock.archive.folder_chosen.emit(str(self.folder))

    def do_choose_a_group_of_rasters(self):
        menu = self.dock.filters._groups.menu()
        menu.aboutToShow.emit()
        if actions := [action for action in menu.actions() if action.isEnabled()]:
            self.random.choice(actions).trigger()

    def do_click_a_match_on_the_map(self):
        key = self.random.choice([Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier])
        if not self.plugin.actions[1].isChecked():
            self.plugin.actions[1].trigger()
        place = QPoint(self.random.randrange(20, 500), self.random.randrange(20, 400))
        self.window.drag(place, place, keys=key)

    def do_choose_an_archive(self):
        self.dock.archive.archive_chosen.emit(str(self.random.choice(self.archives)))

    def do_open_the_index_dialog(self):
        self.plugin.actions[0].trigger()

    def do_index(self):
        for window in QApplication.topLevelWidgets():
            if type(window).__name__ == "IndexDialog" and window.isVisible():
                window.index_wanted.emit(str(self.archives[0]), window.request())

    def do_drop_a_file(self):
        self.dock.files_dropped.emit([self.raster])

    def do_hide_or_show_the_panel(self):
        self.plugin.actions[2].trigger()

    def do_zoom(self):
        self.window.canvas.zoomByFactor(self.random.choice([0.5, 2.0]))

    def do_remove_a_layer(self):
        layers = [layer for layer in QgsProject.instance().mapLayers().values() if layer.source() != self.raster]
        if layers:
            QgsProject.instance().removeMapLayer(self.random.choice(layers).id())

    def do_edit_a_layer(self):
        for layer in QgsProject.instance().mapLayersByName("Matches")[:1]:
            if layer.isEditable():
                layer.rollBack()
            else:
                layer.startEditing()

    def do_start_a_new_project(self):
        if self.random.random() < 0.2:
            QgsProject.instance().clear()
            layer = QgsRasterLayer(self.raster, "town")
            QgsProject.instance().addMapLayer(layer)
            self.window.show(layer, layer.crs())

    def do_let_the_engine_fail(self):
        code, message = self.random.choice(
            [("internal", "A fault."), ("archive_busy", "Busy."), ("out_of_memory", "Full.")]
        )
        method = self.random.choice(["embed", "search", "open", "explain", "outline", "thumbnail", "save_query"])
        self.fake.order(**{method: {"error": {"code": code, "message": message}}})

    def do_let_the_engine_crash(self):
        if self.random.random() < 0.2:
            self.fake.order(**{self.random.choice(["embed", "search", "thumbnail"]): {"crash": True}})

    def do_let_the_engine_be_slow(self):
        self.fake.order(**{self.random.choice(["embed", "search", "thumbnail", "index", "relink"]): {"delay": 0.3}})

    def do_let_the_engine_work(self):
        self.fake.order()

    def do_restart_the_engine(self):
        if self.random.random() < 0.3:
            self.plugin._restart_engine()


def engines(home: Path) -> list[int]:
    """The processes whose command line speaks of the fake engine's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(home).encode() in command:
            found.append(int(process.name))
    return found


@pytest.mark.parametrize("seed", [1])
def test_five_hundred_random_actions_end_without_a_traceback_and_leave_no_engine(
    ready, window, fake, archive, tmp_path, monkeypatch, wait_until, seed
):
    broken = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: broken.append("".join(traceback.format_exception(*error))))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (f"query {len(fake.requests()) % 3}", True))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Yes)
    monkeypatch.setattr(contact_sheet_controller, "ask_for_file", lambda *_: str(tmp_path / "sheet.pdf"))
    logged = []
    log = QgsApplication.messageLog()
    log.messageReceived.connect(lambda text, tag, level: logged.append(text))
    monkey = Monkey(ready, window, fake, archive, tmp_path, seed)
    done = []
    for _ in range(ACTIONS):
        done.append(monkey.act())
        assert not broken, (done[-10:], broken[0])
    assert len(set(done)) > 25
    assert len(fake.requests("search")) > 5  # the fewer, the more a busy computer puts together
    fake.order()
    ready.unload()
    wait_until(lambda: not engines(fake.home), 10)
    wait_until(lambda: QgsApplication.taskManager().countActiveTasks() == 0, 20)
    assert "Traceback" not in "\n".join(logged)
    ready.initGui()  # for the fixture to unload
