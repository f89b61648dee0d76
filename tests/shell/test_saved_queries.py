from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import Qgis, QgsProject, QgsRectangle, QgsSettings
from qgis.PyQt.QtWidgets import QInputDialog, QMessageBox

from frors_qgis.plugin import FrorsPlugin
from frors_qgis.shell import saved_query_controller
from frors_qgis.shell.settings import Settings

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)


@pytest.fixture
def menu(ready):
    """What the menu of saved queries offers: the texts of its entries, and triggering one."""
    button = ready.dock.query.saved_queries

    class Menu:
        def texts(self, name=None):
            return [action.text() for action in self._actions(name) if not action.isSeparator()]

        def trigger(self, text, name=None):
            action = self._action(text, name)
            assert action.isEnabled(), text
            action.trigger()

        def is_enabled(self, text, name=None):
            return self._action(text, name).isEnabled()

        def _action(self, text, name):
            actions = {action.text(): action for action in self._actions(name)}
            return actions.get(text) or next(actions[each] for each in actions if each.startswith(text))

        def _actions(self, name):
            menu = button.menu()
            if name is None:
                return menu.actions()
            (entry,) = [action for action in menu.actions() if action.text() == name]
            return entry.menu().actions()

    return Menu()


@pytest.fixture
def answer(monkeypatch):
    """Answers the dialogs: the name of a query, and questions."""
    told = {"name": "Roofs", "yes": True, "asked": []}

    def answered(box):
        told["asked"].append(box.text())
        return QMessageBox.StandardButton.Yes if told["yes"] else QMessageBox.StandardButton.No

    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (told["name"], bool(told["name"])))
    monkeypatch.setattr(QMessageBox, "exec", answered)
    return told


@pytest.fixture
def save(menu, answer, wait_until, fake):
    def save(name="Roofs"):
        before = len(fake.requests("save_query"))
        answer["name"] = name
        menu.trigger("Save this query")
        wait_until(lambda: len(fake.requests("save_query")) > before and name in menu.texts())
        return fake.requests("save_query")[-1]["params"]

    return save


def test_without_a_query_there_is_nothing_to_save(ready, menu):
    assert menu.texts() == ["Save this query...", "No saved queries"]
    assert not menu.is_enabled("Save this query")


def test_a_query_is_saved_with_its_picture_its_box_its_examples_and_its_filters(ready, found, save, fake):
    ready.dock.results.view.verdict_given.emit(found[2], True)
    ready.dock.results.view.verdict_given.emit(found[4], False)
    ready.dock.filters._score.setValue(0.25)
    params = save()
    assert params["name"] == "Roofs"
    assert (params["positive"], params["negative"]) == ([found[2].chip], [found[4].chip])
    assert params["embedding"] == [0.0625] * 256
    assert params["least_score"] == 0.25
    assert params["size"] == pytest.approx([38.4, 28.8])
    assert len(params["box"]) > 4
    assert params["picture"].endswith(".png")
    assert not params["replace"]


def test_the_picture_s_file_is_gone_afterwards(ready, found, save):
    assert not Path(save()["picture"]).exists()


def test_a_name_that_is_taken_is_replaced_only_on_request(ready, found, save, answer, menu, fake, run_for):
    save()
    answer["yes"] = False
    menu.trigger("Save this query")
    run_for(0.2)
    assert len(fake.requests("save_query")) == 1
    assert len(answer["asked"]) == 1
    answer["yes"] = True
    assert save()["replace"]


def test_a_saved_query_is_searched_with_its_examples_and_filters(ready, found, save, menu, fake, wait_until):
    ready.dock.results.view.verdict_given.emit(found[2], True)
    ready.dock.filters._apart.setValue(200)
    save()
    ready.dock.filters.reset()
    before = len(fake.requests("search"))
    menu.trigger("Search", "Roofs")
    wait_until(lambda: fake.requests("note_searched"))
    params = fake.requests("search")[before]["params"]
    assert (params["positive"], params["apart"]) == ([found[2].chip], 200)
    assert "newer_than" not in params
    assert ready.dock.filters.params() == {"apart": 200.0}
    assert ready.dock.examples.text == "Examples: 1 right, 0 wrong"
    assert ready.dock.results.model.matches()[0].chip == found[2].chip
    assert ready.dock.query._title.text() == "Roofs"
    assert not ready.dock.query._picture._image.isNull()


def test_its_result_is_a_layer_like_any_other(ready, found, save, menu, wait_until):
    save()
    menu.trigger("Search", "Roofs")
    wait_until(lambda: len(QgsProject.instance().mapLayersByName("Matches")) == 2)
    names = {next(layer.getFeatures())["query"] for layer in QgsProject.instance().mapLayersByName("Matches")}
    assert "Roofs, 38.4 x 28.8 m" in names


def test_a_query_that_was_saved_without_a_box_leaves_its_matches_as_a_layer_too(
    ready, found, save, menu, wait_until, monkeypatch
):
    monkeypatch.setattr(saved_query_controller, "_described", lambda shown: {"title": shown.query.title})
    save()
    menu.trigger("Search", "Roofs")
    wait_until(lambda: len(QgsProject.instance().mapLayersByName("Matches")) == 2)
    boxes = {next(layer.getFeatures())["box"] for layer in QgsProject.instance().mapLayersByName("Matches")}
    assert "" in boxes


def test_what_is_new_is_searched_alone_and_then_counts_as_seen(ready, found, save, menu, fake, wait_until):
    save()
    assert menu.texts("Roofs")[1] == "Search what is new since 2026-11-02 (12 new chips)"
    before = len(fake.requests("search"))
    menu.trigger("Search what is new", "Roofs")
    wait_until(lambda: fake.requests("note_searched"))
    assert fake.requests("search")[before]["params"]["newer_than"] == 1050
    assert fake.requests("note_searched")[0]["params"]["last_chip"] == 1200
    wait_until(lambda: not menu.is_enabled("Search what is new", "Roofs"))
    assert "new since 2026-11-02" in ready.dock.query._title.text()


def test_searching_what_is_new_is_cancelled_within_a_second_and_it_stays_new(
    ready, found, save, menu, fake, wait_until, run_for
):
    save()
    before = len(fake.requests("search"))
    fake.order(search={"delay": 5})
    menu.trigger("Search what is new", "Roofs")
    wait_until(lambda: len(fake.requests("search")) > before)
    ready.dock.search_progress._cancel.click()
    wait_until(lambda: ready.dock.search_progress.isHidden(), 1.0)
    run_for(0.3)
    assert fake.requests("note_searched") == []
    assert menu.is_enabled("Search what is new", "Roofs")


def test_marks_in_what_is_new_keep_to_what_is_new(ready, found, save, menu, fake, wait_until):
    save()
    menu.trigger("Search what is new", "Roofs")
    wait_until(lambda: fake.requests("note_searched"))
    before = len(fake.requests("search"))
    ready.dock.results.view.verdict_given.emit(ready.dock.results.model.matches()[1], True)
    wait_until(lambda: len(fake.requests("search")) > before)
    assert fake.requests("search")[-1]["params"]["newer_than"] == 1050


def test_examples_whose_chips_are_gone_still_count(ready, window, found, save, menu, fake, wait_until):
    ready.dock.query._matches.setValue(150)
    wait_until(lambda: len(ready.dock.results.model.matches()) == 150)
    ready.dock.results.view.verdict_given.emit(ready.dock.results.model.matches()[120], True)
    save()
    before = len(fake.requests("search"))
    menu.trigger("Search", "Roofs")
    wait_until(lambda: fake.requests("note_searched"))
    params = fake.requests("search")[before]["params"]
    assert params["positive_boxes"] == [[0.5] * 4]
    assert "positive" not in params
    assert ready.dock.examples.text == "Examples: 1 right, 0 wrong"


def test_a_saved_query_is_deleted_when_the_user_confirms(ready, found, save, menu, answer, fake, wait_until, run_for):
    save()
    answer["yes"] = False
    menu.trigger("Delete", "Roofs")
    run_for(0.2)
    assert not fake.requests("delete_query")
    answer["yes"] = True
    menu.trigger("Delete", "Roofs")
    wait_until(lambda: menu.texts()[1:] == ["No saved queries"])


def test_an_archive_that_cannot_be_written_to_is_searched_without_complaint(
    ready, window, found, save, menu, fake, wait_until, run_for
):
    save()
    fake.order(note_searched={"error": {"code": "archive_read_only", "message": "It cannot be written to."}})
    window.messages.clear()
    menu.trigger("Search", "Roofs")
    wait_until(lambda: fake.requests("note_searched"))
    run_for(0.3)
    assert [level for level, _ in window.messages if level >= Qgis.MessageLevel.Warning] == []
    assert ready.dock.query._title.text() == "Roofs"


@pytest.mark.parametrize(
    "filters",
    [{"least_score": "high"}, {"rasters": 5}, {"within": [1, 2]}, {"apart": None}, {"months": ["May"]}, 7],
)
def test_filters_of_a_stranger_that_are_none_end_in_a_sentence(
    ready, window, found, save, menu, fake, wait_until, filters
):
    save()
    fake.order(saved_query={"result": {"filters": filters}})
    menu.trigger("Search", "Roofs")
    wait_until(lambda: any("saved query cannot be read" in text for _, text in window.messages))


def test_a_failure_while_saving_is_told(ready, window, found, menu, answer, fake, wait_until):
    fake.order(save_query={"error": {"code": "archive_read_only", "message": "The archive cannot be written to."}})
    menu.trigger("Save this query")
    wait_until(lambda: any("cannot be written to" in text for _, text in window.messages))


def test_a_name_that_means_something_to_menus_is_shown_as_it_is(ready, found, menu, answer, wait_until):
    answer["name"] = "R&D <b>roofs</b>"
    menu.trigger("Save this query")
    wait_until(lambda: menu.texts()[1] == "R&&D <b>roofs</b>")


def test_opening_the_menu_opens_the_archive_of_the_last_session(
    window, raster_layer, client, archive, fake, wait_until
):
    QgsSettings().remove("plugins/frors")
    settings = Settings()
    settings.remember_archive(str(archive))
    settings.unregister()
    plugin = FrorsPlugin(window, client)
    plugin.initGui()
    assert not fake.requests("open")
    plugin.dock.query.saved_queries.menu().aboutToShow.emit()
    wait_until(lambda: fake.requests("open"))
    plugin.unload()


def test_chips_that_come_while_she_looks_at_the_matches_stay_new(ready, window, menu, answer, fake, wait_until):
    fake.order(search={"result": {"last_chip": 77}})
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
    menu.trigger("Save this query")
    wait_until(lambda: fake.requests("save_query"))
    assert fake.requests("save_query")[0]["params"]["newest"] == 77


def test_another_query_that_is_found_while_the_name_is_asked_for_is_not_saved_under_it(
    ready, window, found, menu, monkeypatch, fake, wait_until, run_for
):
    def slow_answer(*_, **__):
        window.draw_box(QgsRectangle(523540, 5267945, 523570, 5267975))
        wait_until(lambda: len(QgsProject.instance().mapLayersByName("Matches")) == 2)
        return "Roofs", True

    monkeypatch.setattr(QInputDialog, "getText", slow_answer)
    menu.trigger("Save this query")
    run_for(0.2)
    assert not fake.requests("save_query")


def test_rasters_of_its_filter_that_are_gone_are_told(ready, window, found, save, menu, fake, wait_until):
    save()
    fake.order(saved_query={"result": {"filters": {"rasters": [2, 7, 8]}}})
    menu.trigger("Search", "Roofs")
    wait_until(lambda: any("2 rasters of the filter of Roofs" in text for _, text in window.messages))
    assert ready.dock.filters.params() == {"rasters": [2]}


def test_a_name_is_never_taken_for_html(ready, window, found, menu, answer, wait_until):
    answer["name"] = "<img src='//server/x'>"
    menu.trigger("Save this query")
    wait_until(lambda: any("&lt;img" in text for _, text in window.messages))
    assert not any("<img" in text for _, text in window.messages)
