"""The translations that are shipped, against the sentences in the code."""

import string

import pytest
from translations import FOLDER, read_translations, sentences, sentences_of, write_translations

FILES = sorted(FOLDER.glob("*.ts"))


def fields(sentence):
    return sorted(f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(sentence) if name is not None)


def test_there_is_a_translation():
    assert [path.name for path in FILES] == ["frors_de.ts"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sentence_is_translated_and_no_other(path):
    translations, wanted = read_translations(path), sentences()
    missing = [sentence for sentence in wanted if sentence not in translations]
    gone = sorted(set(translations) - set(wanted))
    assert (missing, gone) == ([], []), "run `make translations` and fill in what is unfinished"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_have_the_fields_of_their_sentences(path):
    for sentence, translation in read_translations(path).items():
        assert fields(translation) == fields(sentence), sentence
        assert translation.count("\n") == sentence.count("\n"), sentence


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
    assert read_translations(path) == {}
    first, second, *others = sentences()
    assert write_translations(path, {first: "un & <deux>", "gone": "parti"}) == len(others) + 1
    assert read_translations(path) == {first: "un & <deux>"}
    assert second in path.read_text(encoding="utf-8")
