"""Archives whose encoder is not installed: real QGIS, real engine, real encoder, part of the sample raster."""

from __future__ import annotations

from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import Qgis, QgsVectorLayer
from qgis.gui import QgsFileWidget, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialogButtonBox

from frors_qgis.shell.index_dialog import IndexDialog
from frors_qgis.shell.index_request import IndexRequest
from frors_qgis.shell.reindex_offer import ReindexOffer, offer_from_info
from tests.engine.older_archive import contents, set_encoder
from tests.shell.conftest import BOX
from tests.shell.test_end_to_end import chip_box, menu_action, result_layers, town_in_a_file


@pytest.fixture
def older(real_plugin, sample, tmp_path, wait_until):
    """An archive of the sample and of a raster that is gone, made by an encoder that is not installed; it is chosen."""
    archive, gone = tmp_path / "town.gpkg", tmp_path / "gone.tif"
    gdal.Translate(str(gone), sample.source(), srcWin=[0, 0, 200, 200])
    params = {"archive": str(archive), "rasters": [sample.source(), str(gone)], "windows": [4], "overlap": 0.25}
    real_plugin._client.call("index", params)
    real_plugin._client.call("close", {"archive": str(archive)})
    gone.unlink()
    set_encoder(archive, "retired")
    real_plugin.dock.archive.archive_chosen.emit(str(archive))
    wait_until(lambda: "made by another encoder" in real_plugin.dock.archive.info, 60)
    return archive


@pytest.fixture
def refused(window, real_plugin, older, wait_until):
    """A box over a chip has been drawn in it; the chip."""
    box, chip = chip_box(town_in_a_file(older), 4)
    menu_action(window, "Search by box").trigger()
    window.draw_box(box)
    wait_until(lambda: real_plugin.dock.results.offers_reindexing, 60)
    return chip


def shown_dialog(window):
    [dialog] = [each for each in window.main.findChildren(IndexDialog) if each.isVisible()]
    return dialog


def rows(dialog):
    tree = dialog._rasters
    return [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]


def boxes(window):
    items = window.canvas.scene().items()
    return [item for item in items if isinstance(item, QgsRubberBand) and item.size() > 0]


def test_its_chips_are_a_layer_and_its_raster_is_told_missing(real_plugin, older):
    chips = QgsVectorLayer(f"{older}|layername=chips", "chips", "ogr")
    assert chips.featureCount() > 4
    assert "1 missing" in real_plugin.dock.archive.info


def test_a_box_says_what_is_the_matter_and_searches_by_the_chip_under_it(
    window, real_plugin, refused, older, wait_until
):
    results = real_plugin.dock.results
    said = results._hint._text.text()
    assert "town was made by the encoder retired, which is not installed here." in said
    assert "town stays as it is" in said
    assert window.messages == []
    assert len(boxes(window)) == 1, "the box stays, because the offer speaks of it"
    assert results._chip_button.isVisible()

    results._chip_button.click()
    wait_until(result_layers, 60)
    matches = results.model.matches()
    assert matches[0].chip == refused
    assert len(matches) > 1
    assert boxes(window) == []
    wait_until(lambda: results.model.thumbnail(refused), 60)
    results.view.like_match_wanted.emit(matches[1])
    wait_until(lambda: results.model.matches() and results.model.matches()[0].chip == matches[1].chip, 60)


def test_the_offer_is_taken_and_the_new_archive_is_searched(
    window, real_plugin, refused, older, sample, tmp_path, wait_until
):
    dock = real_plugin.dock
    real_plugin._archive.refresh()
    wait_until(lambda: "made by another encoder" in dock.archive.info)
    assert dock.results.offers_reindexing, "news of the archive leave the offer where it is"
    before = contents(older)

    dock.results._reindex_button.click()
    dialog = shown_dialog(window)
    assert dialog.windowTitle() == "Re-index town"
    there, gone = rows(dialog)
    assert (there.text(0), there.checkState(0)) == ("part.tif", Qt.CheckState.Checked)
    assert gone.isDisabled()
    assert gone.text(4) == f"The file {tmp_path / 'gone.tif'} is not there."
    assert dialog.request() == IndexRequest((sample.source(),), None, (4,), 0.25)
    new = Path(dialog.findChild(QgsFileWidget).filePath())
    assert (new.parent, new.exists()) == (tmp_path, False)
    wait_until(lambda: "chips" in dialog._estimate.text(), 60)
    dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok).click()
    wait_until(lambda: [message for message in window.messages if "1 raster in the archive" in message[1]], 120)
    wait_until(lambda: "chips" in dock.archive.info, 60)

    assert dock.archive._combo.currentText() == new.stem
    assert "made by another encoder" not in dock.archive.info
    box, chip = chip_box(town_in_a_file(new), 4)
    window.draw_box(box)
    wait_until(result_layers, 60)
    assert dock.results.model.matches()[0].chip == chip
    real_plugin._client.call("close", {"archive": str(older)})
    assert contents(older) == before


def test_opening_it_says_at_once_what_is_the_matter_and_how_its_chips_can_be_searched(window, real_plugin, older):
    results = real_plugin.dock.results
    assert results.offers_reindexing
    said = results._hint._text.text()
    assert "town was made by the encoder retired, which is not installed here." in said
    assert "draw a box over one of them" in said
    assert results._box_button.isVisible()
    assert not results._chip_button.isVisible()
    assert window.messages == []


def test_what_needs_its_encoder_says_so_in_the_words_of_the_offer(window, real_plugin, refused, wait_until):
    results = real_plugin.dock.results
    results._chip_button.click()
    wait_until(result_layers, 60)
    results.view.why_wanted.emit(results.model.matches()[0])
    wait_until(lambda: window.messages, 60)
    [(level, sentence)] = window.messages
    assert level == Qgis.MessageLevel.Warning
    assert sentence.startswith("town was made by the encoder retired, which is not installed here. Without it")


PLAN = {
    "archive": "/d/town_frors.gpkg",
    "encoder": "frors",
    "another_version": False,
    "rasters": [],
    "missing": [],
    "gsds": [None],
    "windows": [4],
    "overlap": 0.5,
}


@pytest.mark.parametrize("method", ["explain", "outline", "embed"])
def test_no_command_line_is_told_where_the_encoder_is_missing(ready, found, window, fake, wait_until, method):
    error = {"code": "archive_other_encoder", "message": "Make a new archive: python -m frors_qgis.engine index"}
    fake.order(info={"result": {"reindexing": PLAN}}, **{method: {"error": error}})
    if method == "explain":
        ready.dock.results.view.why_wanted.emit(found[0])
    elif method == "outline":
        ready.dock.results.outline_action.trigger()
    else:
        window.draw_box(BOX, Qt.KeyboardModifier.ShiftModifier)
    wait_until(lambda: window.messages)
    [(level, sentence)] = window.messages
    assert level == Qgis.MessageLevel.Warning
    assert sentence.startswith("town was made by the encoder fake, which is not installed here. Without it")
    assert "frors_qgis.engine" not in sentence


def test_the_offer_goes_when_the_encoder_has_come(plugin, window, fake, archive, wait_until):
    fake.order(open={"result": {"encoder_available": False, "reindexing": PLAN}})
    plugin.dock.archive.archive_chosen.emit(str(archive))
    wait_until(lambda: plugin.dock.results.offers_reindexing)
    fake.order()
    plugin._archive.refresh()
    wait_until(lambda: plugin.dock.results._hint._title.text() == "Draw a box on the map")


def test_a_raster_for_it_goes_into_a_new_archive_or_is_refused_with_the_offer(
    window, real_plugin, older, sample, wait_until
):
    menu_action(window, "Index project rasters...").trigger()
    dialog = shown_dialog(window)
    assert dialog.windowTitle() == "Index project rasters"
    proposed = Path(dialog.findChild(QgsFileWidget).filePath())
    assert proposed.stem.startswith("town_")
    assert "town was made by the encoder retired" in dialog._hint
    before = contents(older)

    dialog.findChild(QgsFileWidget).setFilePath(str(older))
    dialog._buttons.accepted.emit()
    wait_until(lambda: window.messages, 60)
    [(level, sentence)] = window.messages
    assert level == Qgis.MessageLevel.Warning
    assert sentence.endswith("is not installed here. The FRORS panel offers to re-index.")
    assert real_plugin.dock.results.offers_reindexing
    assert not real_plugin.dock.results._chip_button.isVisible()
    assert not proposed.exists()
    real_plugin._client.call("close", {"archive": str(older)})
    assert contents(older) == before


OFFER = ReindexOffer(
    "/d/town.gpkg", "frors", True, "/d/town_frors.gpkg", "frors", ("/d/a.tif", "/d/b.tif"), (), (0.6, 2.4), (8, 2), 0.9
)


def test_levels_that_the_dialog_does_not_have_are_named(plugin, window, raster_layer, wait_until):
    plugin.dock.results.offer_reindexing(OFFER, None)
    assert "another version of the encoder frors" in plugin.dock.results._hint._text.text()
    plugin.dock.results._reindex_button.click()
    dialog = shown_dialog(window)
    assert dialog.request() == IndexRequest(OFFER.rasters, 0.6, (8,), 0.75)
    assert dialog._left_out.text() == "town also has 2.4 m, windows of 64 pixels, an overlap of 90 %: not taken over."
    rows(dialog)[0].setCheckState(0, Qt.CheckState.Unchecked)
    assert dialog.request().rasters == ("/d/b.tif",)


def test_a_description_that_makes_no_sense_is_no_offer():
    plan = {name: value for name, value in PLAN.items() if name != "gsds"}
    assert offer_from_info("/d/o.gpkg", {"encoder": "old", "reindexing": plan | {"gsds": [None]}}).gsds == (None,)
    for nonsense in (None, {}, plan, plan | {"gsds": ["x"]}, plan | {"gsds": 3}, plan | {"gsds": [], "missing": [1]}):
        assert offer_from_info("/d/o.gpkg", {"encoder": "old", "reindexing": nonsense}) is None
