from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication, QThread

from frors_qgis.client.client import EngineClient
from frors_qgis.protocol import EngineError
from tests.shell.conftest import write_raster

REPOSITORY = Path(__file__).resolve().parents[2]
UTM = QgsCoordinateReferenceSystem("EPSG:26910")


@pytest.fixture
def params(archive, raster, extent):
    return {
        "ARCHIVE": str(archive),
        "RASTER": str(raster),
        "EXTENT": extent,
        "MATCHES": 5,
        "OUTPUT": "TEMPORARY_OUTPUT",
    }


@pytest.fixture
def search(run, params, make_feedback):
    """Runs the search with some other parameters and gives the matches layer."""
    return lambda **others: run("frors:search", params | others, None, make_feedback())["OUTPUT"]


def rows(layer):
    return [feature.attributes() for feature in layer.getFeatures()]


def test_the_matches_are_those_of_the_engines_command_line(search, archive, raster, box):
    command = [sys.executable, "-m", "frors_qgis.engine", "search", str(archive), "--raster", str(raster), "-k", "5"]
    done = subprocess.run(
        [*command, "--json", "--box", *map(str, box)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    expected = json.loads(done.stdout.splitlines()[-1])["matches"]
    layer = search()
    assert layer.crs().authid() == "EPSG:4326"
    assert [(field.name(), field.typeName()) for field in layer.fields()] == [
        ("rank", "integer"),
        ("score", "double"),
        ("chip", "int8"),
        ("raster", "string"),
        ("acquired", "string"),
    ]
    assert len(expected) == 5
    for feature, match in zip(layer.getFeatures(), expected, strict=True):
        assert feature["score"] == pytest.approx(match["score"], abs=1e-5)
        for name in ("rank", "chip", "raster"):
            assert feature[name] == match[name]
        assert not feature["acquired"]
        (ring,) = feature.geometry().asPolygon()
        assert [list(corner) for corner in ring[:-1]] == match["footprint"]
        assert ring[0] == ring[-1]


def test_a_box_may_come_in_any_form_and_crs(search, box, extent):
    best = rows(search())[0]
    rectangle = QgsRectangle(*box)
    QgsProject.instance().setCrs(UTM)
    assert rows(search(EXTENT=extent.partition(" ")[0]))[0] == best, "without a CRS it is in the project's"
    QgsProject.instance().setCrs(QgsCoordinateReferenceSystem())
    assert rows(search(EXTENT=extent.partition(" ")[0]))[0] == best, "and without a project's in the raster's"
    assert rows(search(EXTENT=QgsReferencedRectangle(rectangle, UTM)))[0] == best
    for code in ("EPSG:4326", "EPSG:3857"):
        crs = QgsCoordinateReferenceSystem(code)
        turned = QgsCoordinateTransform(UTM, crs, QgsProject.instance()).transformBoundingBox(rectangle)
        rank, score, chip, *_ = rows(search(EXTENT=QgsReferencedRectangle(turned, crs)))[0]
        assert (rank, chip) == (1, best[2])
        assert score == pytest.approx(best[1], abs=0.02)


def test_matches_keep_to_the_area(search, raster, box):
    layer = QgsRasterLayer(str(raster), "part")
    whole = layer.extent()
    area = QgsRectangle(whole.xMinimum(), whole.yMinimum(), whole.center().x(), whole.center().y())
    within = QgsCoordinateTransform(UTM, QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance())
    turned = within.transformBoundingBox(area)
    everywhere = rows(search(MATCHES=1000))
    limited = search(LIMIT=QgsReferencedRectangle(turned, QgsCoordinateReferenceSystem("EPSG:4326")), MATCHES=1000)
    assert 0 < limited.featureCount() < len(everywhere)
    assert all(feature.geometry().intersects(turned) for feature in limited.getFeatures())
    assert rows(search(LIMIT=None, MATCHES=1000)) == everywhere


def test_matches_keep_to_the_rasters_that_are_named(search, raster, tmp_path, monkeypatch):
    asked, call = [], EngineClient.call
    monkeypatch.setattr(
        EngineClient,
        "call",
        lambda self, method, params, *more: asked.append(params) or call(self, method, params, *more),
    )
    (tmp_path / "link.tif").symlink_to(raster)
    for only in ([str(raster)], str(tmp_path / "link.tif")):
        assert search(ONLY=only).featureCount() == 5
        assert asked[-1]["rasters"] == [1]
    assert search().featureCount() == 5
    assert "rasters" not in asked[-1]
    with pytest.raises(QgsProcessingException, match="The archive has no raster"):
        search(ONLY=[str(write_raster(tmp_path / "other.tif"))])


def test_any_size_also_finds_smaller_chips(search, box):
    xmin, _, _, ymax = box
    large = f"{xmin - 30},{xmin + 70},{ymax - 70},{ymax + 30} [EPSG:26910]"

    def areas(**others):
        return [f.geometry().area() for f in search(EXTENT=large, MATCHES=1000, **others).getFeatures()]

    assert min(areas(ANY_SIZE=True)) < min(areas()) / 2


def test_words_limit_the_matches_or_weigh_with_their_looks(search):
    everywhere = rows(search())
    assert rows(search(WORDS="resolution < 1 m, within 10 km")) == everywhere
    assert rows(search(WORDS=" ")) == everywhere
    assert rows(search(WORDS="within 10 m", MATCHES=1000)) == everywhere[:1]  # the chip that the box is
    weighed = rows(search(WORDS="within 10 km", WORDS_WEIGHT=0.5))
    assert [row[2] for row in weighed] == [row[2] for row in everywhere]
    assert [row[1] for row in weighed] == pytest.approx([0.5 + row[1] / 2 for row in everywhere], abs=1e-3)
    with pytest.raises(QgsProcessingException, match="'winterly' cannot be read"):
        search(WORDS="winterly")


def test_matches_are_written_to_a_file(search, tmp_path):
    path = tmp_path / "matches.gpkg"
    assert search(OUTPUT=str(path)) == str(path)
    assert path.exists()


@pytest.mark.parametrize(
    ("method", "others"),
    [
        ("embed", {"EXTENT": "0,100,0,100 [EPSG:26910]"}),
        ("embed", {"EXTENT": "524430,524430.5,5266800,5266800.5 [EPSG:26910]"}),
        ("search", {"ARCHIVE": "/nowhere/at/all.gpkg"}),
    ],
)
def test_a_failure_has_the_engines_sentence(search, client, params, method, others):
    wanted = params | others
    xmin, xmax, ymin, ymax = (float(number) for number in wanted["EXTENT"].partition(" ")[0].split(","))
    question = {"archive": wanted["ARCHIVE"], "raster": wanted["RASTER"], "box": [xmin, ymin, xmax, ymax]}
    with pytest.raises(EngineError) as expected:
        client.call("embed", question)
    with pytest.raises(QgsProcessingException) as caught:
        search(**others)
    assert str(caught.value) == expected.value.message


def test_the_sentence_of_a_box_outside_says_so(search):
    with pytest.raises(QgsProcessingException, match="The box lies outside"):
        search(EXTENT="0,100,0,100 [EPSG:26910]")


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"EXTENT": "524430,524430,5266800,5266800 [EPSG:26910]"}, "no area"),
        ({"LIMIT": "524430,524430,5266800,5266900 [EPSG:26910]"}, "empty"),
        ({"EXTENT": "somewhere"}, "EXTENT"),
        ({"MATCHES": 0}, "MATCHES"),
        ({"MATCHES": 10_001}, "MATCHES"),
        ({"RASTER": "/nowhere/at/all.tif"}, "RASTER"),
    ],
)
def test_bad_values_are_refused(search, others, words):
    with pytest.raises(QgsProcessingException, match=words):
        search(**others)


def test_a_layer_that_only_qgis_can_read_is_refused(search):
    tiles = QgsRasterLayer("type=xyz&url=file:///none/%7Bz%7D/%7Bx%7D/%7By%7D.png", "tiles", "wms")
    with pytest.raises(QgsProcessingException, match='"tiles" is not a raster file'):
        search(RASTER=tiles)


def test_a_cancelled_search_gives_no_layer(run, params, tmp_path, make_feedback):
    feedback = make_feedback()
    feedback.cancel()
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run("frors:search", params | {"OUTPUT": str(tmp_path / "matches.gpkg")}, None, feedback)
    assert not (tmp_path / "matches.gpkg").exists()


def test_in_the_toolbox_it_computes_in_a_thread_and_reads_layers_on_the_main_one(
    run, client, params, make_feedback, monkeypatch
):
    layer = QgsRasterLayer(params["RASTER"], "part")
    QgsProject.instance().addMapLayer(layer)
    threads, ended = [], []
    call = client.call

    def noting_call(*arguments):
        threads.append(QThread.currentThread() == layer.thread())
        return call(*arguments)

    monkeypatch.setattr(client, "call", noting_call)
    context, feedback = QgsProcessingContext(), make_feedback()
    context.setProject(QgsProject.instance())
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("frors:search")
    task = QgsProcessingAlgRunnerTask(algorithm, params | {"RASTER": layer.id()}, context, feedback)
    task.executed.connect(lambda *result: ended.append(result))
    QgsApplication.taskManager().addTask(task)
    deadline = time.monotonic() + 60
    while not ended and time.monotonic() < deadline:
        QCoreApplication.processEvents()
    (successful, results), *_ = ended
    assert successful, feedback.errors
    assert context.takeResultLayer(results["OUTPUT"]).featureCount() == 5
    assert threads == [False, False]
    QgsProject.instance().removeMapLayer(layer.id())
