"""Conditions on place, time and sensor beside the box query, and the queries of one click."""

from __future__ import annotations

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QContextMenuEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from frors_qgis.shell.one_click import elsewhere_line, same_place_line
from tests.shell.conftest import BOX


@pytest.fixture
def row(ready):
    ready.dock.query.show_words_button.click()
    ready.dock.show()
    return ready.dock.words


@pytest.fixture
def write(row, wait_until):
    """Writes into the line as a person does."""

    def write(text, *, enter=True):
        row.line.setFocus()
        row.line.clear()
        QTest.keyClicks(row.line, text)
        if enter:
            QTest.keyClick(row.line, Qt.Key.Key_Return)

    return write


def last_search(fake):
    return fake.requests("search")[-1]["params"]


def entry(menu, text):
    return next(action for action in menu.actions() if action.text() == text)


def shown(plugin, role):
    """What the panel says of the first match."""
    model = plugin.dock.results.model
    return str(model.data(model.index(0), role))


def test_the_row_is_hidden_until_it_is_wanted(ready):
    assert ready.dock.words.isHidden()
    ready.dock.query.show_words_button.click()
    assert not ready.dock.words.isHidden()
    assert ready.dock.words.params() == {}
    ready.dock.query.show_words_button.click()
    assert ready.dock.words.isHidden()


def test_the_row_comes_with_an_archive_that_knows_of_dates_or_platforms(plugin, archive, fake, wait_until):
    rasters = [{"id": 1, "path": "/a.tif", "state": "indexed", "acquisition": {"gsd": 0.3, "acquired": "2019"}}]
    fake.order(open={"result": {"rasters": rasters}})
    plugin.dock.archive.archive_chosen.emit(str(archive))
    wait_until(lambda: not plugin.dock.words.isHidden())


def test_words_go_with_a_box_and_other_words_rank_anew(ready, row, write, found, fake, wait_until):
    assert "words" not in fake.requests("search")[0]["params"]
    assert fake.requests("search")[0]["params"]["place"] == [-122.679, 47.559]
    write("summer, within 5 km")
    wait_until(lambda: len(fake.requests("search")) == 2)
    assert last_search(fake)["words"] == "summer, within 5 km"
    assert last_search(fake)["embedding"] == [0.0625] * 256
    assert "words_weight" not in last_search(fake)
    row._weight.setValue(3)
    wait_until(lambda: len(fake.requests("search")) == 3)
    assert last_search(fake)["words_weight"] == 0.3
    assert row._told.text() == "30 %"
    told = "summer, within 5 km: not known, 25 % likely"
    wait_until(lambda: shown(ready, Qt.ItemDataRole.ToolTipRole).endswith(told))
    assert shown(ready, Qt.ItemDataRole.AccessibleTextRole).endswith(told)
    ready.dock.query.show_words_button.click()
    wait_until(lambda: len(fake.requests("search")) == 4)
    assert "words" not in last_search(fake), "what is not seen does not count"
    ready.dock.query.show_words_button.click()
    wait_until(lambda: last_search(fake).get("words") == "summer, within 5 km")
    row.line.clear()
    wait_until(lambda: not {"words", "words_weight"} & set(last_search(fake)))
    wait_until(lambda: "not known" not in shown(ready, Qt.ItemDataRole.ToolTipRole))


def test_enter_without_a_query_searches_by_the_words_alone(ready, row, write, fake, wait_until):
    write("sentinel-2, summer")
    wait_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
    params = last_search(fake)
    assert params["words"] == "sentinel-2, summer"
    assert not {"embedding", "chip"} & set(params)
    longitude, latitude = params["place"]
    assert (longitude, latitude) == (pytest.approx(-122.69, abs=0.01), pytest.approx(47.56, abs=0.01))
    assert ready.dock.query._title.text() == "sentinel-2, summer"
    row.menu_opened.emit()
    assert not row.elsewhere_action.isEnabled()
    ready.dock.filters._apart.setValue(100)
    wait_until(lambda: last_search(fake).get("apart") == 100)
    assert last_search(fake)["words"] == "sentinel-2, summer"
    write("winter")
    query = ready.dock.query
    wait_until(lambda: (query._title.text(), query._detail.text()) == ("winter", "by place, time and sensor"))
    row.line.clear()
    ready.dock.filters._apart.setValue(0)
    wait_until(lambda: "apart" not in last_search(fake) and last_search(fake)["words"] == "winter")


def test_what_is_being_written_does_not_count_until_it_is_entered(ready, row, write, found, fake, wait_until):
    write("june")
    wait_until(lambda: last_search(fake).get("words") == "june")
    searches = len(fake.requests("search"))
    row.line.clear()  # the ranking follows after a moment; she writes on meanwhile
    QTest.keyClicks(row.line, "ju")
    wait_until(lambda: len(fake.requests("search")) > searches)
    assert "words" not in last_search(fake)
    QTest.keyClicks(row.line, "ly")
    ready.dock.filters._apart.setValue(100)
    wait_until(lambda: last_search(fake).get("apart") == 100)
    assert "words" not in last_search(fake)
    row.line.editingFinished.emit()
    wait_until(lambda: last_search(fake).get("words") == "july")


def test_what_cannot_be_read_is_said_under_the_line_and_not_searched_with(row, write, fake, wait_until, run_for):
    write("summer, zzz")
    wait_until(lambda: not row._message.isHidden())
    assert row._message.text().startswith("'zzz' cannot be read")
    run_for(0.3)
    assert fake.requests("search") == []
    QTest.keyClick(row.line, Qt.Key.Key_Backspace)
    assert row._message.isHidden()


def test_words_are_completed_while_they_are_written(row, write, window, fake, wait_until):
    window.main.activateWindow()
    wait_until(window.main.isActiveWindow)
    write("cloud < 9, s", enter=False)
    popup = row.line._completer.popup()
    wait_until(popup.isVisible)
    assert fake.requests("complete_words")[-1]["params"]["cursor"] == 12
    assert row.line._words.stringList() == ["summer", "sentinel-2"]
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert row.line.text() == "cloud < 9, summer "
    assert fake.requests("search") == []
    popup.hide()


def test_the_weight_is_there_only_with_words(row, write):
    assert row._weighing.isHidden()
    write("summer", enter=False)
    assert not row._weighing.isHidden()
    row.set_params({"words": "winter", "words_weight": 0.4})
    assert row.params() == {"words": "winter", "words_weight": 0.4}
    row.set_params({})
    assert row.params() == {}
    assert row._weighing.isHidden()


def test_one_click_asks_for_the_same_place_on_other_dates(ready, found, fake, wait_until):
    menu = ready.dock.results.view.match_menu(ready.dock.results.model.index(3))
    entry(menu, "Same place, other dates").trigger()
    wait_until(lambda: len(fake.requests("search")) == 2)
    assert last_search(fake)["chip"] == found[3].chip
    assert last_search(fake)["words"] == "within 50 m, not 2024-06-01"
    assert ready.dock.words.words == "within 50 m, not 2024-06-01"
    assert not ready.dock.words.isHidden()


def test_one_click_asks_for_the_same_kind_elsewhere(ready, found, fake, wait_until):
    menu = ready.dock.results.view.match_menu(ready.dock.results.model.index(0))
    entry(menu, "Same kind, elsewhere").trigger()
    wait_until(lambda: len(fake.requests("search")) == 2)
    assert last_search(fake)["words"] == "not within 1 km"


def test_a_right_click_on_the_query_offers_both_for_it(ready, found, fake, wait_until):
    query = ready.dock.query
    place = query.mapToGlobal(QPoint(5, 5))
    QApplication.sendEvent(query, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), place))
    menu = ready.dock.words._menu
    assert menu.isVisible()
    entry(menu, "Same place, other dates").trigger()
    menu.close()
    wait_until(lambda: len(fake.requests("search")) == 2)
    assert last_search(fake)["words"] == "within 50 m, not 2024-06-01"
    assert last_search(fake)["embedding"] == [0.0625] * 256


def test_without_a_date_there_are_no_other_dates(ready, window, fake, wait_until):
    fake.order(embed={"result": {"acquired": None}})
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
    ready.dock.words.menu_opened.emit()
    assert not ready.dock.words.same_place_action.isEnabled()
    assert ready.dock.words.elsewhere_action.isEnabled()


@pytest.mark.parametrize(
    ("size", "same_place", "elsewhere"),
    [
        (38.4, "within 50 m, not 2019-06", "not within 1 km"),
        (76.8, "within 77 m, not 2019-06", "not within 1 km"),
        (1280.0, "within 1.3 km, not 2019-06", "not within 13 km"),
        (2560.0, "within 2.6 km, not 2019-06", "not within 26 km"),
    ],
)
def test_the_lines_of_one_click_fit_the_size_of_the_thing(size, same_place, elsewhere):
    assert same_place_line(size, "2019-06") == same_place
    assert elsewhere_line(size) == elsewhere


def test_a_saved_query_brings_its_words_back(ready, row, write, found, fake, wait_until):
    write("summer")
    row._weight.setValue(7)
    wait_until(lambda: len(fake.requests("search")) > 1 and last_search(fake).get("words_weight") == 0.7)
    controller = next(child for child in ready.dock.children() if type(child).__name__ == "SavedQueryController")
    controller.save("Warm", replace=False)
    wait_until(lambda: fake.requests("save_query"))
    saved = fake.requests("save_query")[-1]["params"]
    assert (saved["words"], saved["words_weight"], saved["place"]) == ("summer", 0.7, [-122.679, 47.559])
    row.set_params({})
    before = len(fake.requests("search"))
    controller.search("Warm", only_new=False)
    wait_until(lambda: len(fake.requests("search")) > before)
    assert (last_search(fake)["words"], last_search(fake)["place"]) == ("summer", [-122.679, 47.559])
    assert row.params() == {"words": "summer", "words_weight": 0.7}
