from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTranslator
from translations import FOLDER, read_translations

from frors_qgis.plugin import FrorsPlugin
from frors_qgis.shell.translation import tr


@pytest.fixture
def speak(monkeypatch):
    def set_language(name):
        monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: name))

    return set_language


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ts")), ids=lambda path: path.stem)
def test_the_compiled_file_says_what_its_source_says(qgis_app, path):
    translator = QTranslator()
    assert translator.load(str(Path(path).with_suffix(".qm")))
    for sentence, translation in read_translations(path).items():
        assert translator.translate("frors", sentence) == translation, "run `make translations`"


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


def test_in_a_language_without_a_translation_it_speaks_english(window, client, speak):
    speak("fi")
    plugin = FrorsPlugin(window, client)
    plugin.initGui()
    assert plugin.actions[1].text() == "Search by box"
    plugin.unload()
