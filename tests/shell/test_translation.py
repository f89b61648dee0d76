from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import Qgis, QgsApplication, QgsRectangle
from qgis.PyQt.QtCore import QTranslator
from qgis.PyQt.QtWidgets import QLabel
from translations import FOLDER, read_translations

from frors_qgis.plugin import FrorsPlugin
from frors_qgis.shell.translation import tr

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)


@pytest.fixture
def speak(monkeypatch):
    def set_language(name):
        monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: name))

    return set_language


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ts")), ids=lambda path: path.stem)
def test_the_compiled_file_says_what_its_source_says(qgis_app, path):
    translator = QTranslator()
    assert translator.load(str(Path(path).with_suffix(".qm")))
    for context, translations in read_translations(path).items():
        for sentence, translation in translations.items():
            assert translator.translate(context, sentence) == translation, "run `make translations`"


def test_the_plugin_speaks_the_language_of_qgis_for_as_long_as_it_is_loaded(window, client, speak):
    speak("de_AT")
    plugin = FrorsPlugin(window, client)
    plugin.initGui()
    assert [action.text() for action in plugin.actions] == [
        "Raster des Projekts indizieren...",
        "Mit Rahmen suchen",
        "FRORS-Bedienfeld",
    ]
    assert QgsApplication.processingRegistry().algorithmById("frors:index").displayName() == "Raster indizieren"
    plugin.unload()
    assert tr("Search by box") == "Search by box"


def test_the_language_of_the_command_line_goes_before_the_locale(window, client, speak, monkeypatch):
    speak("C")
    monkeypatch.setattr(QgsApplication, "translation", lambda _: "de")
    plugin = FrorsPlugin(window, client)
    plugin.initGui()
    assert plugin.actions[1].text() == "Mit Rahmen suchen"
    plugin.unload()


def test_in_a_language_without_a_translation_it_speaks_english(window, client, speak):
    speak("fi")
    plugin = FrorsPlugin(window, client)
    plugin.initGui()
    assert plugin.actions[1].text() == "Search by box"
    plugin.unload()


def test_a_failure_of_the_engine_is_told_in_german(ready, german, fake, window, wait_until):
    message = "The box is 3.0 x 4.5 pixels; draw one of at least 8 pixels."
    fake.order(search={"error": {"code": "box_too_small", "message": message}})
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: window.messages)
    said = "Der Rahmen misst 3.0 x 4.5 Pixel; ziehen Sie einen von mindestens 8 Pixeln."
    assert window.messages == [(Qgis.MessageLevel.Warning, said)]
    assert said in [label.text() for label in ready.dock.results.findChildren(QLabel)]


def test_a_remark_of_the_engine_on_a_search_is_told_in_german(ready, german, fake, window, wait_until):
    fake.order(search={"result": {"matches": [], "note": "No chip of the archive passes the filters; widen them."}})
    ready.actions[1].trigger()
    window.draw_box(BOX)
    said = "Kein Chip des Archivs kommt durch die Filter; weiten Sie sie."
    wait_until(lambda: said in [label.text() for label in ready.dock.results.findChildren(QLabel)])
