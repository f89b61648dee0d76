"""Where, when and by what a raster was taken: shown with sources, and corrected."""

from __future__ import annotations

import pytest
from qgis.PyQt import sip

from frors_qgis.protocol import EngineError
from frors_qgis.shell.acquisition import Fact, Facts, facts_from_json, taken_text, value_of, value_text
from frors_qgis.shell.acquisition_form import AcquisitionForm

FACTS = Facts(
    (
        Fact("acquired", "2018-06", "user"),
        Fact("acquired", "2019-06-07", "tags"),
        Fact("platform", "sentinel-2a", "tags"),
        Fact("cloud", 12.5, "stac"),
        Fact("place", [5.4, 43.3], "raster"),
        Fact("platform", "landsat-8", "name"),
    ),
    (Fact("platform", "landsat-8", "name"),),
)


@pytest.fixture
def form(qgis_app):
    form = AcquisitionForm()
    form.show_facts(FACTS)
    return form


def test_each_field_says_who_says_so_and_who_contradicts(form):
    assert form._lines["acquired"].text() == "2018-06"
    assert form._sources["acquired"].text() == "you"
    assert form._sources["platform"].text() == "its tags; file name: landsat-8"
    assert not form._signs["platform"].pixmap().isNull()
    assert form._signs["cloud"].pixmap().isNull()
    assert form._lines["place"].text() == "43.30000, 5.40000"
    assert form._lines["sensor"].text() == ""
    assert "unknown" in form._lines["sensor"].placeholderText()
    assert form.edits() == {}


def test_what_is_written_is_the_users_word_and_an_emptied_field_takes_it_back(form):
    form._lines["cloud"].setText("7")
    form._lines["sensor"].setText(" msi ")
    form._lines["place"].setText("43.3, 5.5")
    form._lines["acquired"].clear()
    assert form.edits() == {"acquired": None, "sensor": "msi", "cloud": 7.0, "place": [5.5, 43.3]}
    assert form._sources["cloud"].text() == "you"
    assert form._sources["acquired"].text() == "its tags: 2019-06-07"
    form._lines["platform"].clear()
    assert "platform" not in form.edits(), "what its tags say cannot be unsaid, only contradicted"


def test_values_are_read_as_they_are_written():
    for name, value in (("cloud", 12.5), ("gsd", 0.3), ("place", [5.4, -43.3]), ("level", "L2A")):
        assert value_of(name, value_text(name, value)) == value
    assert value_of("cloud", "much") == "much"
    assert value_of("place", "here") == "here"


def test_the_users_word_replaces_a_conflict():
    corrected = FACTS.with_users_word({"platform": "sentinel-2b", "acquired": None})
    assert corrected.conflicts == ()
    assert taken_text(corrected) == "2019-06-07  ·  sentinel-2b"
    assert taken_text(Facts()) == ""


@pytest.mark.parametrize(
    "answer",
    [{}, {"facts": [{}], "conflicts": [], "sentence": ""}, {"facts": [], "conflicts": [7], "sentence": ""},
     {"facts": [{"field": "place", "value": 3, "source": "x"}], "conflicts": [], "sentence": ""}],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_refused(answer):
    with pytest.raises(EngineError):
        facts_from_json(answer)


@pytest.fixture
def dialog(ready, found, wait_until):
    """The window for the raster of the first match."""
    menu = ready.dock.results.view.match_menu(ready.dock.results.model.index(0))
    next(action for action in menu.actions() if action.text() == "Acquisition of its raster...").trigger()
    dialog = ready._acquisition._dialog
    wait_until(dialog.form.isEnabled)
    return dialog


def test_the_raster_of_a_match_is_shown_and_corrected_in_the_archive(ready, dialog, archive, fake, wait_until):
    assert dialog._rasters.currentText() == "town_2024.tif"
    assert dialog.form._sources["acquired"].text() == "its tags; file name: 2024-06-11"
    assert not dialog._save.isEnabled()
    dialog.form._lines["acquired"].setText("2024-06-11")
    assert not dialog._rasters.isEnabled()
    opened = len(fake.requests("open"))
    dialog._save.click()
    wait_until(lambda: dialog.form.isEnabled() and fake.requests("set_acquisition"))
    params = fake.requests("set_acquisition")[0]["params"]
    assert params == {"archive": str(archive), "raster": 1, "fields": {"acquired": "2024-06-11"}}
    assert dialog.form._sources["acquired"].text() == "you"
    wait_until(lambda: len(fake.requests("open")) > opened)
    dialog._rasters.setCurrentIndex(1)
    wait_until(lambda: fake.requests("describe_raster")[-1]["params"]["raster"] == 2)


def test_what_the_engine_refuses_is_said_and_the_edits_stay(dialog, fake, wait_until):
    refusal = {"code": "bad_request", "message": "The field 'cloud' must be a number."}
    fake.order(set_acquisition={"error": refusal})
    dialog.form._lines["cloud"].setText("much")
    dialog._save.click()
    wait_until(lambda: dialog._failure.text() == refusal["message"])
    assert dialog.form.edits() == {"cloud": "much"}
    assert dialog.form.isEnabled()


def test_another_archive_closes_the_window(ready, dialog, tmp_path, wait_until):
    other = tmp_path / "other.gpkg"
    other.touch()
    ready.dock.archive.archive_chosen.emit(str(other))
    wait_until(lambda: ready._acquisition._dialog is None)


def test_the_indexing_dialog_shows_dates_and_takes_the_users_word(plugin, fake, raster_file, wait_until):
    plugin.actions[0].trigger()
    dialog = plugin._index._dialog
    wait_until(lambda: "chips" in dialog._estimate.text())
    (item,) = dialog._rasters._items()
    assert item.text(3) == "2024-06-01"
    assert not item.icon(3).isNull()
    assert "2024-06-11 (file name)" in item.toolTip(3)
    dialog._rasters.setCurrentItem(item)
    dialog._acquisition_button.click()
    window = dialog._acquisition
    window.form._lines["acquired"].setText("2024-06-11")
    window.form._lines["platform"].setText("airborne")
    window._save.click()
    wait_until(lambda: item.text(3) == "2024-06-11  ·  airborne")
    assert item.icon(3).isNull()
    wait_until(lambda: sip.isdeleted(window))
    dialog._on_index()
    wait_until(lambda: fake.requests("index"))
    said = {str(raster_file): {"acquired": "2024-06-11", "platform": "airborne"}}
    assert fake.requests("index")[0]["params"]["acquisitions"] == said
