"""Archives in databases: chosen from what QGIS knows, opened with its passwords, told in the user's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtWidgets import QApplication, QDialogButtonBox

from frors_qgis.client.stored_connections import connection_names, login_of, place_of
from frors_qgis.protocol import EngineError
from frors_qgis.shell.database_dialog import DatabaseDialog
from frors_qgis.shell.result_file import results_folder
from tests.stored_connection import certified_connection, stored_connection

PASSWORD = "open sesame"  # noqa: S105  of no server
TOWN = "postgresql:host=db.example port=5432 dbname=maps user=ann schema=town"


@pytest.fixture(params=[True, False], ids=["kept by the authentication manager", "kept in the settings"])
def connection(request, qgis_app):
    with stored_connection("maps", "db.example", 5432, "ann", PASSWORD, kept=request.param, database="maps"):
        yield "maps"


def dialog_of(plugin):
    (dialog,) = [one for one in plugin.dock.findChildren(DatabaseDialog) if one.isVisible()]
    return dialog


def ok(dialog):
    return dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)


def test_the_panel_opens_an_archive_of_a_stored_connection(plugin, connection, fake, wait_until):
    plugin.dock.archive.database_wanted.emit()
    dialog = dialog_of(plugin)
    assert not ok(dialog).isEnabled()
    wait_until(ok(dialog).isEnabled)
    archives = dialog._archives
    assert [archives.itemText(row) for row in range(archives.count())] == ["town", "village"]
    assert not archives.isEditable()
    ok(dialog).click()
    wait_until(lambda: plugin._archive.is_open)
    combo = plugin.dock.archive._combo
    assert (combo.currentText(), combo.currentData(), plugin._settings.last_archive()) == ("town", TOWN, TOWN)
    logins = fake.requests("login")
    assert {login["params"]["password"] for login in logins} == {PASSWORD}
    assert logins[-1]["params"]["archive"] == TOWN
    others = [request for request in fake.requests() if request["method"] != "login"]
    assert PASSWORD not in str(others)


def test_every_engine_that_comes_is_told_the_password_before_it_connects(plugin, connection, client, fake, wait_until):
    plugin.dock.archive.archive_chosen.emit(TOWN)
    wait_until(lambda: plugin._archive.is_open)
    client.stop_engine()
    client.call("search", {"archive": TOWN, "k": 1})
    methods = [request["method"] for request in fake.requests()]
    assert methods == ["hello", "login", "open", "hello", "login", "open", "search"]


def test_a_password_that_was_corrected_is_told_when_archives_are_listed_again(client, fake, qgis_app):
    for password in ("a typing error", PASSWORD):
        with stored_connection("maps", "db.example", 5432, "ann", password, kept=False, database="maps"):
            client.call("archives", {"archive": str(place_of("maps"))})
    assert [login["params"]["password"] for login in fake.requests("login")] == ["a typing error", PASSWORD]


def test_a_connection_that_is_not_known_any_more_leaves_it_to_libpq(plugin, fake, wait_until):
    plugin.dock.archive.archive_chosen.emit(TOWN)
    wait_until(lambda: plugin._archive.is_open)
    assert fake.requests("login") == []


def test_connections_are_told_apart_by_their_users(connection):
    with stored_connection("writing", "db.example", 5432, "carl", "other", database="maps"):
        assert connection_names() == ["maps", "writing"]
        assert str(place_of("writing").beside("town")) == TOWN.replace("ann", "carl")
        assert login_of(TOWN) == {"password": PASSWORD}
        assert login_of(TOWN.replace("ann", "carl")) == {"password": "other"}
        assert login_of(TOWN.replace("ann", "dora")) == {}
        assert login_of(TOWN.replace("maps", "other")) == {}


def test_a_certificate_that_only_qgis_has_is_refused_with_what_to_do_instead(plugin, wait_until):
    with certified_connection("maps", "db.example"):
        with pytest.raises(EngineError, match="certificate"):
            place_of("maps")
        plugin.dock.archive.database_wanted.emit()
        dialog = dialog_of(plugin)
        wait_until(lambda: "certificate" in dialog._note.text())
        assert not ok(dialog).isEnabled()
        dialog.reject()


def test_what_keeps_archives_from_being_listed_is_told_in_the_dialog(plugin, connection, fake, german, wait_until):
    sentence = "There is no archive town (maps@db.example): check the schema."
    fake.order(archives={"error": {"code": "archive_unreachable", "message": sentence}})
    plugin.dock.archive.database_wanted.emit()
    dialog = dialog_of(plugin)
    wait_until(lambda: "gibt es nicht" in dialog._note.text() or "kein Archiv" in dialog._note.text())
    assert dialog.windowTitle() == "Archiv in einer Datenbank"
    assert not ok(dialog).isEnabled()
    dialog.reject()


def test_without_a_connection_it_is_said_where_to_make_one(plugin):
    plugin.dock.archive.database_wanted.emit()
    dialog = dialog_of(plugin)
    assert "Data Source Manager" in dialog._note.text()
    assert not ok(dialog).isEnabled()
    dialog.reject()


def test_rasters_are_indexed_into_a_new_archive_of_a_database(plugin, connection, fake, window, wait_until):
    plugin.actions[0].trigger()
    indexing = plugin._index._dialog
    indexing.database_wanted.emit()
    (dialog,) = [one for one in indexing.findChildren(DatabaseDialog) if one.isVisible()]
    wait_until(ok(dialog).isEnabled)
    assert dialog._archives.currentText() == "frors_archive"
    dialog._archives.setCurrentText("two words")
    ok(dialog).click()
    location = TOWN.replace("schema=town", "schema='two words'")
    assert indexing._archive.filePath() == location
    button = indexing.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    wait_until(button.isEnabled)
    wait_until(lambda: "chips" in indexing._estimate.text())
    button.click()
    wait_until(lambda: plugin._archive.path == location and plugin._archive.is_open)
    assert fake.requests("index")[0]["params"]["archive"] == location


def test_an_index_run_that_fails_before_there_is_an_archive_leaves_the_one_in_use(
    ready, connection, archive, fake, window, wait_until
):
    fake.order(index={"error": {"code": "archive_read_only", "message": "This user may not make it."}})
    ready._index.index(TOWN, _request())
    wait_until(lambda: window.messages)
    assert ready._archive.path == str(archive)
    assert [text for _, text in window.messages] == ["This user may not make it."]


def _request():
    from frors_qgis.shell.index_request import IndexRequest

    return IndexRequest(("/a.tif",), None, (8,), 0.5)


def test_matches_of_a_database_are_kept_with_the_project(tmp_path, qgis_new_project, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert results_folder(TOWN, "") == tmp_path / "home" / "town_matches"
    QgsProject.instance().setPresetHomePath(str(tmp_path / "project"))
    assert results_folder(TOWN, "") == tmp_path / "project" / "town_matches"
    assert results_folder(TOWN, "/chosen") == Path("/chosen/town_matches")
    assert results_folder(TOWN.replace("=town", "='a/b'"), "/chosen") == Path("/chosen/a_b_matches")


def test_no_password_is_kept_anywhere(plugin, fake, window, wait_until, tmp_path):
    with stored_connection("maps", "db.example", 5432, "ann", PASSWORD, database="maps"):
        plugin.dock.archive.archive_chosen.emit(TOWN)
        wait_until(lambda: plugin._archive.is_open)
        plugin._report_action.trigger()
        wait_until(lambda: "FRORS report" in QApplication.clipboard().text())
        assert PASSWORD not in QApplication.clipboard().text()
        settings = QgsSettings()
        assert not any(PASSWORD in str(settings.value(key)) for key in settings.allKeys())
        assert PASSWORD not in str(window.messages)
