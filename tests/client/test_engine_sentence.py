from __future__ import annotations

import time
from pathlib import Path

import pytest

from frors_qgis.client import engine_sentence
from frors_qgis.client.engine_sentence import answer_in_users_language, in_users_language
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.encoders.description import unusable
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError

HOSTILE = ["a{0}b", "{1} {x} {}", "100 % %s %1", "two\nlines", r"back\1slash\g<0>", "quo\"te's", "Wörter ä"]


def message_of(call, *arguments):
    with pytest.raises(EngineError) as caught:
        call(*arguments)
    return caught.value.message


@pytest.mark.parametrize("name", HOSTILE)
def test_an_error_is_told_in_german_with_its_values_as_they_are(german, name):
    path = f"/nowhere/{name}.tif"
    assert in_users_language(message_of(Raster, path)) == (
        f"Das Raster {path} gibt es nicht; prüfen Sie seinen Pfad, oder binden Sie sein Laufwerk ein."
    )


def test_a_reason_of_gdal_stays_behind_the_sentence(german, tmp_path):
    file = tmp_path / "note.tif"
    file.write_text("no raster")
    said = in_users_language(message_of(Raster, file))
    assert said.startswith(f"Das Raster {file} kann nicht gelesen werden. (")
    assert said.endswith(")")


def test_an_archive_that_is_not_there_is_told_in_german(german, tmp_path):
    path = tmp_path / "{0} is damaged ({1}).gpkg"
    assert (
        in_users_language(message_of(Archive.open, path)) == f"Es gibt kein Archiv unter {path}: prüfen Sie den Pfad."
    )


def test_words_that_are_put_into_a_sentence_are_german_too(german):
    said = unusable(Path("/x/own.safetensors"), "its header does not describe an encoder").message
    assert in_users_language(said) == (
        "Die Encoder-Datei own.safetensors kann nicht benutzt werden: ihr Kopf beschreibt keinen Encoder. Holen Sie "
        "sie noch einmal dort, woher sie kam, oder trainieren Sie sie neu."
    )
    said = message_of(Parameters({"k": "many"}).whole, "k")
    assert in_users_language(said) == "Der Parameter 'k' muss eine ganze Zahl sein."


def test_a_sentence_in_a_sentence_is_german_too(german):
    said = "The engine could not be started. There is no folder /data/The archive."
    assert (
        in_users_language(said) == "Die Engine konnte nicht gestartet werden. Es gibt keinen Ordner /data/The archive."
    )


def test_a_value_that_is_a_word_of_the_engine_stays_a_name(german):
    assert in_users_language("The dataset has no class features; its classes are gallery.") == (
        "Der Datensatz hat keine Klasse features; seine Klassen sind gallery."
    )


@pytest.mark.parametrize(
    "sentence", ["", "{0}", "A sentence of nobody.", "Das ist schon deutsch.", "town.tif", "\x00\ud800"]
)
def test_what_is_not_known_stays(german, sentence):
    assert in_users_language(sentence) == sentence


def test_without_a_translation_all_stays(qgis_app):
    for sentence in ["Cancelled.", "Indexing a{0}.tif", message_of(Raster, "/nowhere/{0}.tif")]:
        assert in_users_language(sentence) == sentence


def test_without_the_list_it_speaks_english(german, monkeypatch, tmp_path):
    engine_sentence._templates.cache_clear()
    monkeypatch.setattr(engine_sentence, "resource_path", lambda *parts: tmp_path / "none.json")
    try:
        assert in_users_language("Cancelled.") == "Cancelled."
    finally:
        engine_sentence._templates.cache_clear()


@pytest.mark.parametrize(
    "sentence",
    [
        "x" * 1_000_000,
        " is damaged (" * 80_000 + "): restore it from a copy or index again.",
        "The engine could not be started. " * 30_000,
        "The raster " + " cannot be read. (" * 60_000 + ")",
        "({1}) " * 170_000,
    ],
    ids=["letters", "damaged", "started", "read", "fields"],
)
def test_a_sentence_of_a_megabyte_is_looked_at_within_a_second(german, sentence):
    start = time.process_time()
    assert isinstance(in_users_language(sentence), str)
    assert time.process_time() - start < 1


def test_of_an_answer_only_the_sentences_are_translated(german):
    answer = {
        "matches": [{"raster": "It has no label.", "score": 0.5}],
        "note": "No chip of the archive passes the filters; widen them.",
        "notes": ["It finds them less well than frors: keep that one, or label more features."],
        "rasters": [{"state": "failed", "error": {"code": "x", "message": "The file /a.tif is not there."}}],
        "reason": None,
    }
    assert answer_in_users_language(answer) == {
        "matches": [{"raster": "It has no label.", "score": 0.5}],
        "note": "Kein Chip des Archivs kommt durch die Filter; weiten Sie sie.",
        "notes": ["Er findet sie weniger gut als frors: behalten Sie diesen, oder benennen Sie mehr Objekte."],
        "rasters": [{"state": "failed", "error": {"code": "x", "message": "Die Datei /a.tif ist nicht da."}}],
        "reason": None,
    }
