"""The translations that are shipped, against the sentences in the code."""

import json
import re
import string

import pytest
from engine_sentences import engine_sentences
from translations import FOLDER, LIST, contexts, read_translations, sentences, sentences_of, write_translations

FILES = sorted(FOLDER.glob("*.ts"))


def fields(sentence):
    return sorted(f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(sentence) if name is not None)


def test_there_is_a_translation():
    assert [path.name for path in FILES] == ["frors_de.ts"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sentence_is_translated_and_no_other(path):
    translations = read_translations(path)
    for context, wanted in contexts().items():
        missing = [sentence for sentence in wanted if sentence not in translations[context]]
        gone = sorted(set(translations[context]) - set(wanted))
        assert (missing, gone) == ([], []), "run `make translations` and fill in what is unfinished"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_have_the_fields_of_their_sentences(path):
    for translations in read_translations(path).values():
        for sentence, translation in translations.items():
            assert fields(translation) == fields(sentence), sentence
            assert translation.count("\n") == sentence.count("\n"), sentence


def test_the_plugin_has_the_list_of_the_engines_sentences():
    assert json.loads(LIST.read_text(encoding="utf-8")) == list(engine_sentences()), "run `make translations`"


@pytest.mark.parametrize(
    "sentence",
    [
        "The raster {0} does not exist; check its path, or mount its drive.",
        "The raster {0} cannot be read. ({1})",  # GDAL's reason is put behind the sentence by a helper
        "Another program is writing to {0}: wait until it is done and try again.",  # from a table
        "its header does not describe an encoder",  # put into the refusal of a file
        "The engine could not be started. It does not answer.",  # of the client
        "{0} gave no chips: more than half of each window is nodata or outside the raster. Check its nodata value, or "
        "index it at a finer GSD.",
        "Indexing {0}",
        "It has no label.",
        "Labels with fewer than {0} features have figures that chance decides: {1}; label more.",
    ],
)
def test_what_the_engine_says_is_found_in_its_code(sentence):
    assert sentence in engine_sentences()


def test_sentences_of_the_command_line_and_texts_without_words_are_left_out():
    found = engine_sentences()
    assert not [sentence for sentence in found if "--help" in sentence or "SELECT" in sentence]
    assert all(re.search(r"[A-Za-z]{2}", re.sub(r"\{\d\}", "", sentence)) for sentence in found)


def test_a_text_that_is_put_together_is_refused(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('tr(f"{count} chips")')
    with pytest.raises(ValueError, match=r"module\.py:1"):
        list(sentences_of(module))
    module.write_text('tr("one " "sentence"), other("not this")')
    assert list(sentences_of(module)) == ["one sentence"]


def test_writing_keeps_translations_drops_what_is_gone_and_counts_what_is_new(tmp_path):
    path = tmp_path / "frors_fr.ts"
    path.touch()
    assert read_translations(path) == {"frors": {}, "engine": {}}
    first, second, *others = sentences()
    said, *more = engine_sentences()
    known = {"frors": {first: "un & <deux>", "gone": "parti"}, "engine": {said: "trois"}}
    assert write_translations(path, known) == len(others) + 1 + len(more)
    assert read_translations(path) == {"frors": {first: "un & <deux>"}, "engine": {said: "trois"}}
    assert second in path.read_text(encoding="utf-8")
