from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor, QImage

from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.layer_picture import CONTEXT, MOST_PX, LayerPhotographer, LayerPicture

HALF = 20037508.342789244
FIELDS = 32


def colour_at(x, y):
    """The world of these tests: 32 x 32 fields, each of its own colour. `x` and `y` in EPSG:3857."""
    column, row = int((x + HALF) / HALF * FIELDS / 2), int((HALF - y) / HALF * FIELDS / 2)
    return QColor(column * 8, row * 8, 128)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory, qgis_app):
    """An XYZ layer of local tiles, zoom 0 to 3."""
    folder = tmp_path_factory.mktemp("tiles")
    for zoom in range(4):
        for x in range(2**zoom):
            (folder / str(zoom) / str(x)).mkdir(parents=True)
            for y in range(2**zoom):
                fields = FIELDS >> zoom
                tile = QImage(fields, fields, QImage.Format.Format_RGB32)
                for column in range(fields):
                    for row in range(fields):
                        tile.setPixelColor(column, row, QColor((x * fields + column) * 8, (y * fields + row) * 8, 128))
                tile.scaled(256, 256).save(str(folder / str(zoom) / str(x) / f"{y}.png"))
    url = f"file://{folder}/%7Bz%7D/%7Bx%7D/%7By%7D.png"
    return QgsRasterLayer(f"type=xyz&url={url}&zmin=0&zmax=3", "tiles", "wms")


@pytest.fixture
def photograph(wait_until, qgis_app):
    """Takes a picture and gives it, or the sentence of the failure."""
    photographer = LayerPhotographer(timeout_ms=5000)
    answers = []
    photographer.taken.connect(answers.append)
    photographer.failed.connect(answers.append)

    def take(layer, box):
        answers.clear()
        photographer.take(layer, box)
        wait_until(lambda: answers)
        return answers[0]

    yield take
    photographer.cancel()


def test_an_online_layer_is_rendered_with_context_round_the_box(tiles, photograph):
    assert tiles.isValid()
    box = QgsRectangle(-HALF / 4, -HALF / 8, HALF / 4, HALF / 8)
    picture = photograph(tiles, box)
    margin = CONTEXT * box.width()
    pixel = picture.extent.width() / picture.image.width()
    assert picture.extent.xMinimum() == pytest.approx(box.xMinimum() - margin, abs=2 * pixel)
    assert picture.extent.yMaximum() == pytest.approx(box.yMaximum() + margin, abs=2 * pixel)
    assert max(picture.image.width(), picture.image.height()) == MOST_PX


def test_the_saved_picture_lies_where_the_layer_lies(tiles, photograph, tmp_path):
    box = QgsRectangle(500_000, 0, 3_500_000, 2_000_000)
    dataset = gdal.Open(str(photograph(tiles, box).save(tmp_path)))
    assert dataset.RasterCount == 4
    assert dataset.GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    assert dataset.GetSpatialRef().GetAuthorityCode(None) == "3857"
    left, step_x, skew_x, top, skew_y, step_y = dataset.GetGeoTransform()
    assert (skew_x, skew_y) == (0, 0)
    assert step_x == pytest.approx(-step_y, rel=2e-3), "square pixels"
    pixels = dataset.ReadAsArray()
    right = 0
    for column in range(20, dataset.RasterXSize, 90):
        for row in range(20, dataset.RasterYSize, 90):
            seen = QColor(*map(int, pixels[:3, row, column]))
            right += seen == colour_at(left + (column + 0.5) * step_x, top + (row + 0.5) * step_y)
    assert right >= 0.9 * len(range(20, dataset.RasterXSize, 90)) * len(range(20, dataset.RasterYSize, 90))


@pytest.mark.parametrize("colour", [QColor(0, 0, 0), QColor(255, 255, 255), QColor(0, 0, 0, 0), QColor(90, 140, 30)])
def test_a_constant_picture_is_a_failure_and_leaves_no_file(qgis_app, tmp_path, colour):
    image = QImage(280, 280, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(colour)
    box = QgsRectangle(90, 90, 190, 190)
    with pytest.raises(EngineError) as failure:
        LayerPicture(image, "EPSG:3857", QgsRectangle(0, 0, 280, 280), box).save(tmp_path)
    assert failure.value.code is ErrorCode.BOX_EMPTY
    assert list(tmp_path.iterdir()) == []


def test_a_box_of_one_colour_is_a_failure_whatever_surrounds_it(qgis_app, tmp_path):
    image = QImage(280, 280, QImage.Format.Format_ARGB32)
    image.fill(QColor(20, 20, 200))
    image.setPixelColor(5, 5, QColor(255, 0, 0))
    extent = QgsRectangle(0, 0, 280, 280)
    with pytest.raises(EngineError):
        LayerPicture(image, "EPSG:3857", extent, QgsRectangle(100, 100, 180, 180)).save(tmp_path)
    assert LayerPicture(image, "EPSG:3857", extent, QgsRectangle(0, 200, 100, 280)).save(tmp_path).exists()


def test_missing_tiles_end_in_a_sentence(tmp_path, photograph):
    layer = QgsRasterLayer(
        f"type=xyz&url=file://{tmp_path}/none/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmin=0&zmax=4", "none", "wms"
    )
    answer = photograph(layer, QgsRectangle(0, 0, 1e6, 1e6))
    if isinstance(answer, LayerPicture):
        with pytest.raises(EngineError):
            answer.save(tmp_path)
    else:
        assert "cannot be drawn" in answer


def test_a_layer_that_does_not_answer_is_given_up(qgis_app, wait_until, tiles):
    photographer = LayerPhotographer(timeout_ms=0)
    answers = []
    photographer.taken.connect(answers.append)
    photographer.failed.connect(answers.append)
    photographer.take(tiles, QgsRectangle(0, 0, 1e6, 1e6))
    wait_until(lambda: answers)
    assert "in time" in answers[0]


def test_a_cancelled_picture_never_arrives(qgis_app, run_for, tiles):
    photographer = LayerPhotographer()
    answers = []
    photographer.taken.connect(answers.append)
    photographer.failed.connect(answers.append)
    photographer.take(tiles, QgsRectangle(0, 0, 1e6, 1e6))
    photographer.cancel()
    run_for(0.5)
    assert answers == []


def test_a_layer_that_is_deleted_while_it_is_rendered_does_no_harm(photograph, window, run_for):
    layer = QgsVectorLayer("Polygon?crs=EPSG:3857", "many", "memory")
    feature = QgsFeature()
    for number in range(3000):
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(number, number, number + 900, number + 700)))
        layer.dataProvider().addFeature(feature)
    QgsProject.instance().addMapLayer(layer)
    photographer = LayerPhotographer()
    photographer.take(layer, QgsRectangle(0, 0, 3000, 3000))
    QgsProject.instance().removeMapLayer(layer)
    run_for(0.5)
    photographer.cancel()
