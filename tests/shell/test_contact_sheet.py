from __future__ import annotations

import resource
from dataclasses import replace

import pytest
from osgeo import gdal
from qgis.core import Qgis, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QPointF, QSize
from qgis.PyQt.QtGui import QColor, QImage, QImageReader
from qgis.PyQt.QtWidgets import QFileDialog

from frors_qgis.client.tasks import Call
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell import contact_sheet_controller
from frors_qgis.shell.contact_sheet import A4_LAYOUT, ContactSheet, one_page_layout
from frors_qgis.shell.contact_sheet_controller import ask_for_file
from frors_qgis.shell.contact_sheet_file import contact_sheet_work
from frors_qgis.shell.map_colours import RIGHT_COLOUR, WRONG_COLOUR
from tests.shell.test_match_view import made_match

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)
QUERY = (40, 120, 200)
SQUARE = QSize(64, 64)
MISSING = {"code": "raster_missing", "message": "The raster is not there."}


def chip_colour(chip):
    """What the fake engine paints."""
    return (chip % 255, 90, 60)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sheets"
    folder.mkdir()
    return folder


@pytest.fixture
def search(ready, window, wait_until):
    """Searches for some matches and waits until they are shown and their layer is written."""

    def search(matches):
        ready.dock.query._matches.setValue(matches)
        ready.actions[1].trigger()
        window.draw_box(BOX)
        wait_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
        return ready.dock.results.model.matches()

    return search


@pytest.fixture
def order_sheet(ready, monkeypatch):
    """Asks for a sheet in a file, as with the menu, without waiting for it."""

    def order(path):
        monkeypatch.setattr(contact_sheet_controller, "ask_for_file", lambda parent, proposed: str(path))
        ready.dock.results.menu_opened.emit()
        ready.dock.results.print_action.trigger()

    return order


@pytest.fixture
def print_sheet(ready, order_sheet, window, wait_until):
    """Prints a sheet and waits for its end; gives what the message bar has said."""

    def print_(path):
        order_sheet(path)
        wait_until(lambda: ready.dock.sheet_progress.isHidden() and window.messages)
        return window.messages[-1]

    return print_


@pytest.fixture
def made(qgis_app, tmp_path):
    """Makes a sheet's file without an engine: each chip has its own colour."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()

    def make(path, matches, *, title="town, 38.4 x 28.8 m", check=lambda: None, size=SQUARE):
        def ask(method, params):
            assert method == "thumbnail"
            assert 16 <= params["size"] <= 1024
            image = QImage(size, QImage.Format.Format_RGB32)
            image.fill(QColor(*chip_colour(params["chip"])))
            file = pictures / f"{params['chip']}.png"
            image.save(str(file))
            return {"path": str(file)}

        query = QImage(40, 30, QImage.Format.Format_RGB32)
        query.fill(QColor(*QUERY))
        sheet = ContactSheet(title, ("Archive: town",), query, tuple((match, None) for match in matches))
        painted = []
        contact_sheet_work(sheet, "town.gpkg", str(path))(Call(ask, painted.append, check))
        assert painted == list(range(1, len(matches) + 1))

    return make


class Page:
    """A page that can be read back; places are millimetres."""

    def __init__(self, image, width):
        self.image = image
        self.unit = image.width() / width

    def colour(self, place):
        pixel = self.image.pixelColor(int(place.x() * self.unit), int(place.y() * self.unit))
        return pixel.red(), pixel.green(), pixel.blue()

    def is_white(self, left, top, width, height):
        unit = self.unit
        part = self.image.copy(int(left * unit), int(top * unit), int(width * unit), int(height * unit))
        return all(
            QColor(part.pixel(x, y)).lightness() > 250 for x in range(part.width()) for y in range(part.height())
        )


def png_page(path, count):
    return Page(QImage(str(path)), one_page_layout(count).width)


def pdf_pages(path, folder):
    dataset = gdal.Open(str(path))
    names = [name for name, _ in dataset.GetSubDatasets()] or [str(path)]
    pages = []
    for number, name in enumerate(names):
        target = folder / f"page{number}.png"
        gdal.Translate(str(target), gdal.OpenEx(name, open_options=["DPI=100"]), format="PNG")
        pages.append(Page(QImage(str(target)), 210))
    return pages


def near(colour):
    """JPEG in documents, and resampling, change a colour a little."""
    return pytest.approx(colour, abs=6)


def failing_after(times):
    left = [times]

    def check():
        left[0] -= 1
        if left[0] < 0:
            raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    return check


def test_a_document_shows_the_query_and_every_match_in_its_place(search, print_sheet, folder, tmp_path, fake):
    matches = search(60)
    path = folder / "town.pdf"
    level, text = print_sheet(path)
    assert level == Qgis.MessageLevel.Info
    assert str(path) in text
    assert [file.name for file in folder.iterdir()] == ["town.pdf"]
    pages = pdf_pages(path, tmp_path)
    assert len(pages) == 3
    assert pages[0].colour(QPointF(20, 20)) == near(QUERY)
    for number, match in enumerate(matches):
        place = A4_LAYOUT.picture(number).center()
        assert pages[A4_LAYOUT.page(number)].colour(place) == near(chip_colour(match.chip))
    assert fake.requests("embed")[0]["params"]["thumbnail"] >= 256


def test_an_image_shows_the_query_and_every_match_in_its_place(search, print_sheet, folder):
    matches = search(33)
    path = folder / "town.PNG"
    print_sheet(path)
    page = png_page(path, 33)
    assert page.colour(QPointF(20, 20)) == near(QUERY)
    layout = one_page_layout(33)
    for number, match in enumerate(matches):
        assert page.colour(layout.picture(number).center()) == near(chip_colour(match.chip))


def test_marks_are_on_the_sheet_and_what_is_wrong_comes_last(ready, search, print_sheet, folder, wait_until, fake):
    found = search(5)
    for row, right in ((3, True), (0, False)):
        ready.dock.results.view.verdict_given.emit(found[row], right)
    wait_until(lambda: len(fake.requests("search")) == 2 and ready.dock.search_progress.isHidden())
    path = folder / "town.png"
    print_sheet(path)
    page, layout = png_page(path, 6), one_page_layout(6)
    chips = [1004, 1002, 1003, 1005, 1006, 1001]
    for number, chip in enumerate(chips):
        picture = layout.picture(number)
        edge = QPointF(picture.left() + 0.35, picture.center().y())
        disc = QPointF(picture.right() - 1.6 - 0.7, picture.top() + 1.6 + 2.6)
        colour = {1004: RIGHT_COLOUR, 1001: WRONG_COLOUR}.get(chip, QColor(*chip_colour(chip)))
        assert page.colour(picture.center()) == near(chip_colour(chip))
        for place in (edge, disc):
            assert page.colour(place) == near(colour.getRgb()[:3])


def test_the_signs_differ_in_more_than_their_colour(ready, search, print_sheet, folder):
    found = search(2)
    signs = []
    for right, name in ((True, "right.png"), (False, "wrong.png")):
        ready.dock.results.view.verdict_given.emit(found[0], right)
        print_sheet(folder / name)
        page, picture = png_page(folder / name, 2), one_page_layout(2).picture(0)
        part = page.image.copy(
            *(round(value * page.unit) for value in (picture.right() - 6.3, picture.top() + 2, 4.4, 4.4))
        )
        white = {
            (x, y) for x in range(part.width()) for y in range(part.height()) if part.pixelColor(x, y).lightness() > 240
        }
        signs.append(white)
    assert len(signs[0] ^ signs[1]) > len(signs[0]) / 2


def test_a_match_whose_raster_is_missing_has_an_empty_frame_with_the_reason(search, print_sheet, folder, fake):
    search(4)
    fake.order(thumbnail={"chip": 1003, "error": MISSING})
    path = folder / "town.png"
    level, _ = print_sheet(path)
    assert level == Qgis.MessageLevel.Info
    page, layout = png_page(path, 4), one_page_layout(4)
    empty = layout.picture(2)
    assert page.is_white(empty.left() + 2, empty.top() + 2, 30, 10)
    assert not page.is_white(empty.left() + 2, empty.center().y() - 2, 30, 4)
    assert page.colour(layout.picture(3).center()) == near(chip_colour(1004))


def test_a_picture_that_is_gone_is_an_empty_frame_too(search, print_sheet, folder, fake, tmp_path):
    search(2)
    fake.order(thumbnail={"chip": 1001, "result": {"path": str(tmp_path / "gone.png")}})
    print_sheet(folder / "town.png")
    page, layout = png_page(folder / "town.png", 2), one_page_layout(2)
    assert page.is_white(layout.picture(0).left() + 2, layout.picture(0).top() + 2, 30, 10)
    assert page.colour(layout.picture(1).center()) == near(chip_colour(1002))


@pytest.mark.parametrize("name", ["town.pdf", "town.png"])
def test_cancel_leaves_no_file_and_says_nothing(ready, search, order_sheet, folder, fake, window, wait_until, name):
    search(40)
    fake.order(thumbnail={"delay": 0.1})
    order_sheet(folder / name)
    wait_until(lambda: ready.dock.sheet_progress._left.text())
    assert ready.dock.sheet_progress.isVisible()
    assert not (folder / name).exists()
    ready.dock.sheet_progress._cancel.click()
    wait_until(lambda: ready.dock.sheet_progress.isHidden(), 1.0)
    assert list(folder.iterdir()) == []
    assert window.messages == []


def test_cancel_leaves_the_file_that_was_there_as_it_was(ready, search, order_sheet, folder, fake, wait_until):
    search(40)
    (folder / "town.pdf").write_text("an earlier sheet")
    fake.order(thumbnail={"delay": 0.1})
    order_sheet(folder / "town.pdf")
    wait_until(lambda: ready.dock.sheet_progress._left.text())
    ready.dock.sheet_progress._cancel.click()
    wait_until(lambda: ready.dock.sheet_progress.isHidden(), 1.0)
    assert [file.read_text() for file in folder.iterdir()] == ["an earlier sheet"]


def test_a_sheet_replaces_the_file_that_the_dialog_asked_about(search, print_sheet, folder, tmp_path):
    search(3)
    (folder / "town.pdf").write_text("an earlier sheet")
    print_sheet(folder / "town.pdf")
    assert [file.name for file in folder.iterdir()] == ["town.pdf"]
    assert len(pdf_pages(folder / "town.pdf", tmp_path)) == 1


@pytest.mark.parametrize("name", ["town.pdf", "town.png"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_cancelled_while_it_is_written_leaves_no_file(made, folder, count, name):
    with pytest.raises(EngineError) as raised:
        made(folder / name, [made_match(rank) for rank in range(1, 41)], check=failing_after(count))
    assert raised.value.code is ErrorCode.CANCELLED
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["nowhere/town.pdf", "file/town.png", "folder.pdf"])
def test_a_file_that_cannot_be_written_is_one_sentence(ready, search, print_sheet, folder, window, name):
    search(3)
    (folder / "file").write_text("")
    (folder / "folder.pdf").mkdir()
    level, text = print_sheet(folder / name)
    assert len(window.messages) == 1
    assert level == Qgis.MessageLevel.Critical
    assert str(folder / name) in text
    assert "Choose another folder" in text
    assert sorted(file.name for file in folder.iterdir()) == ["file", "folder.pdf"]
    assert print_sheet(folder / "town.pdf")[0] == Qgis.MessageLevel.Info


@pytest.mark.parametrize("name", ["town.pdf", "town.png"])
def test_a_disk_that_fills_up_leaves_no_file(made, folder, name):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(EngineError) as raised:
            made(folder / name, [made_match(rank) for rank in range(1, 41)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert raised.value.code is ErrorCode.DISK_FULL
    assert "make room" in raised.value.message
    assert list(folder.iterdir()) == []


def test_an_engine_that_crashes_is_one_message_and_no_file(ready, search, print_sheet, folder, fake, window, run_for):
    search(3)
    run_for(0.5)
    fake.order(thumbnail={"crash": True})
    level, _ = print_sheet(folder / "town.pdf")
    assert level == Qgis.MessageLevel.Critical
    assert len(window.messages) == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["town", "town.tif", "town.pdf.old"])
def test_a_name_with_another_ending_is_a_sentence_and_no_file(search, order_sheet, folder, window, name):
    search(3)
    order_sheet(folder / name)
    assert ".pdf or .png" in window.messages[0][1]
    assert list(folder.iterdir()) == []


def test_leaving_the_dialog_prints_nothing(ready, search, order_sheet, window, run_for):
    search(3)
    order_sheet("")
    run_for(0.2)
    assert ready.dock.sheet_progress.isHidden()
    assert window.messages == []


def test_the_dialog_proposes_a_name_beside_the_archive(ready, search, monkeypatch, archive):
    search(3)
    proposed = []
    monkeypatch.setattr(contact_sheet_controller, "ask_for_file", lambda parent, path: proposed.append(path) or "")
    ready.dock.results.print_action.trigger()
    assert proposed == [archive.with_name("town_matches")]


def test_the_dialog_gives_a_name_the_ending_of_the_chosen_kind_and_asks_before_it_replaces(window, folder, monkeypatch):
    seen = []

    def accept(dialog):
        for kind in dialog.nameFilters():
            dialog.selectNameFilter(kind)
            dialog.filterSelected.emit(kind)
            seen.append((dialog.defaultSuffix(), dialog.selectedFiles()))
        seen.append(dialog.testOption(QFileDialog.Option.DontConfirmOverwrite))
        return answer

    monkeypatch.setattr(QFileDialog, "exec", accept)
    answer = True
    assert ask_for_file(window.main, folder / "town_matches") == str(folder / "town_matches.png")
    assert seen == [
        ("pdf", [str(folder / "town_matches.pdf")]),
        ("png", [str(folder / "town_matches.png")]),
        False,
    ]
    answer = False
    assert ask_for_file(window.main, folder / "town_matches") == ""


def test_a_sheet_shows_what_was_shown_when_it_was_asked_for(
    ready, search, order_sheet, folder, fake, window, wait_until
):
    search(12)
    fake.order(thumbnail={"delay": 0.05})
    order_sheet(folder / "town.png")
    fake.order(search={"result": {"matches": []}})
    window.draw_box(QgsRectangle(523530, 5267940, 523570, 5267970))
    wait_until(lambda: ready.dock.results._hint._title.text() == "Nothing found")
    wait_until(lambda: window.messages)
    page, layout = png_page(folder / "town.png", 12), one_page_layout(12)
    assert page.colour(layout.picture(11).center()) == near(chip_colour(1012))


def test_one_sheet_is_printed_at_a_time(ready, search, order_sheet, folder, fake, wait_until):
    search(40)
    fake.order(thumbnail={"delay": 0.1})
    order_sheet(folder / "first.pdf")
    ready.dock.results.menu_opened.emit()
    assert not ready.dock.results.print_action.isEnabled()
    ready.dock.sheet_progress._cancel.click()
    wait_until(lambda: ready.dock.sheet_progress.isHidden())
    ready.dock.results.menu_opened.emit()
    assert ready.dock.results.print_action.isEnabled()


def test_unloading_in_mid_print_leaves_no_file_and_says_nothing(
    ready, search, order_sheet, folder, fake, window, run_for
):
    search(40)
    fake.order(thumbnail={"delay": 0.2})
    order_sheet(folder / "town.pdf")
    run_for(0.3)
    ready.unload()
    run_for(1.0)
    assert list(folder.iterdir()) == []
    assert window.messages == []
    ready.initGui()


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (25, 1), (26, 2), (55, 2), (56, 3), (250, 9)])
def test_a_document_has_as_many_pages_as_its_matches_need(made, folder, tmp_path, count, pages):
    made(folder / "town.pdf", [made_match(rank) for rank in range(1, count + 1)])
    document = pdf_pages(folder / "town.pdf", tmp_path)
    assert len(document) == pages
    last = A4_LAYOUT.picture(count - 1).center()
    assert document[-1].colour(last) == near(chip_colour(5000 + count))


@pytest.mark.parametrize("count", [1, 5, 250, 1000])
def test_an_image_of_many_matches_can_be_opened_anywhere(made, folder, count):
    made(folder / "town.png", [made_match(rank) for rank in range(1, count + 1)])
    size = QImageReader(str(folder / "town.png")).size()
    assert size.width() * size.height() <= 40.1e6
    assert max(size.width(), size.height()) < 32767
    page, layout = png_page(folder / "town.png", count), one_page_layout(count)
    assert page.colour(layout.picture(count - 1).center()) == near(chip_colour(5000 + count))


@pytest.mark.parametrize("count", [1, 4, 5, 6, 40, 777, 1000])
def test_pictures_stand_beside_and_under_each_other_within_the_page(qgis_app, count):
    layout = one_page_layout(count)
    places = [layout.picture(number) for number in range(count)]
    assert len({(place.left(), place.top()) for place in places}) == count
    assert max(place.right() for place in places) <= layout.width - 12 + 1e-6
    assert max(place.bottom() for place in places) < layout.first_height - 12


def test_on_a4_the_last_row_stays_above_the_footer(qgis_app):
    for number in range(85):
        picture = A4_LAYOUT.picture(number)
        assert picture.bottom() + 7.8 < 297 - 12 - 3.4
        assert picture.right() <= 210 - 12 + 1e-6


def test_long_names_are_shortened_to_their_picture(made, folder):
    long = [made_match(rank, raster=f"/data/{'w' * 300}.tif") for rank in (1, 2)]
    made(folder / "town.png", long, title="W" * 500)
    page, picture = png_page(folder / "town.png", 2), one_page_layout(2).picture(0)
    assert not page.is_white(picture.left(), picture.bottom() + 4.5, 34, 3)
    assert page.is_white(picture.right() + 0.5, picture.bottom(), 3, 10)
    assert page.is_white(210 - 11.5, 0, 11, 60)
    assert not page.is_white(50, 12, 100, 7)


def test_a_long_name_keeps_its_beginning_and_its_end(made, folder):
    names = [f"{first}{'w' * 300}{last}" for first, last in (("a", "a"), ("a", "b"), ("b", "a"))]
    images = []
    for name in names:
        made(folder / "town.png", [made_match(1, raster=f"/data/{name}.tif")])
        images.append(QImage(str(folder / "town.png")))
    assert images[0] != images[1]
    assert images[0] != images[2]


@pytest.mark.parametrize("name", ["東京港", "ميناء", "a\nb\tc", "%1 <b>&amp;", "\udcff broken", "", "🛰" * 30])
@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_any_name_can_be_printed(made, folder, tmp_path, name, ending):
    match = replace(made_match(1), raster=f"/data/{name}.tif")
    path = folder / f"sheet.{ending}"
    made(path, [match], title=name)
    page = png_page(path, 1) if ending == "png" else pdf_pages(path, tmp_path)[0]
    assert page.colour(A4_LAYOUT.picture(0).center()) == near(chip_colour(match.chip))


def test_a_file_may_have_any_name_and_is_a_link_in_the_message(search, print_sheet, folder):
    search(2)
    path = folder / "東京 <b>100 %.pdf"
    _, text = print_sheet(path)
    assert path.exists()
    assert "<b>" not in text
    assert 'href="file://' in text


def test_a_picture_that_is_no_square_stands_in_the_middle_undistorted(made, folder):
    made(folder / "town.png", [made_match(1)], size=QSize(64, 32))
    page, picture = png_page(folder / "town.png", 1), one_page_layout(1).picture(0)
    middle = picture.center()
    for shift, seen in ((7, True), (10, False)):
        colours = [page.colour(middle + QPointF(0, side * shift)) for side in (1, -1)]
        assert all((colour == near(chip_colour(5001))) is seen for colour in colours)


@pytest.mark.parametrize(
    "changes", [{"rank": 2}, {"score": 0.5}, {"acquired": "2021-09-30T10:00:00Z"}, {"raster": "/data/quay.tif"}]
)
def test_rank_score_date_and_raster_stand_under_a_picture_and_nowhere_else(made, folder, changes):
    layout, images = one_page_layout(1), []
    for match in (made_match(1), replace(made_match(1), **changes)):
        made(folder / "town.png", [match])
        images.append(QImage(str(folder / "town.png")))
    unit, picture = images[0].width() / layout.width, layout.picture(0)
    differ = [
        (x / unit, y / unit)
        for x in range(images[0].width())
        for y in range(images[0].height())
        if images[0].pixel(x, y) != images[1].pixel(x, y)
    ]
    assert differ
    assert all(
        picture.left() <= x <= picture.right() and picture.bottom() <= y <= picture.bottom() + 7.8 for x, y in differ
    )


def test_what_is_no_match_any_more_has_no_rank_and_no_score(made, folder):
    images = []
    for rank, score in ((0, 0.9), (0, 0.1), (1, 0.9)):
        made(folder / "town.png", [replace(made_match(1), rank=rank, score=score)])
        images.append(QImage(str(folder / "town.png")))
    assert images[0] == images[1]
    assert images[0] != images[2]
