from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import QgsProcessingException, QgsProcessingFeatureSourceDefinition, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QMetaType

from tests.processing.labelled_layers import layer_of, moved, tiles


@pytest.fixture
def boxes(raster):
    return tiles(QgsRasterLayer(str(raster), "part"))


@pytest.fixture
def labelled(boxes):
    """Six boxes, three of either label."""
    return layer_of(zip(["street", "wood"] * 3, boxes, strict=True))


@pytest.fixture
def evaluate(run, raster, tmp_path, make_feedback):
    def evaluate(layer, feedback=None, **others):
        params = {"INPUT": layer, "FIELD": "kind", "RASTERS": [str(raster)], "REPORT": str(tmp_path / "report.html")}
        return run("frors:evaluate", params | others, None, feedback or make_feedback())

    return evaluate


def test_the_outputs_are_the_engine_s_figures_and_the_report_shows_them(
    evaluate, client, labelled, boxes, raster, archive, make_feedback
):
    feedback = make_feedback()
    result = evaluate(labelled, feedback, ARCHIVE=str(archive))
    features = [
        {"id": id_, "label": label, "box": list(box)}
        for id_, (label, box) in enumerate(zip(["street", "wood"] * 3, boxes, strict=True), 1)
    ]
    asked = {"features": features, "rasters": [str(raster)], "crs": "EPSG:26910", "archive": str(archive)}
    expected = client.call("evaluate", asked)
    assert result["MAP"] == pytest.approx(expected["metrics"]["mAP"])
    assert result["MAP_5"] == pytest.approx(expected["metrics"]["mAP@5"])
    assert result["P_5"] == pytest.approx(expected["metrics"]["P@5"])
    assert "MAP_10" not in result, "there are five others"
    assert (result["QUERIES"], result["LABELS"], result["SKIPPED"], result["USED_ENCODER"]) == (6, 2, 0, "frors")
    page = Path(result["REPORT"]).read_text(encoding="utf-8")
    assert f'<td>mAP@5</td><td class="number">{expected["metrics"]["mAP@5"]:.3f}</td>' in page
    assert '<td>street</td><td class="number">3</td>' in page
    assert "<td>compared at</td><td>the levels of town.gpkg</td>" in page
    assert "fewer than 5 features" in page
    assert feedback.errors == []
    assert feedback.progress() == 100


def test_without_an_archive_the_encoder_that_is_named_is_used(evaluate, labelled):
    assert evaluate(labelled, ENCODER="frors")["USED_ENCODER"] == "frors"
    with pytest.raises(QgsProcessingException, match="no encoder 'nothing'"):
        evaluate(labelled, ENCODER="nothing")


def test_features_may_be_in_another_crs(evaluate, labelled, boxes):
    turned = layer_of(
        zip(["street", "wood"] * 3, (moved(box, "EPSG:4326") for box in boxes), strict=True), crs="EPSG:4326"
    )
    assert evaluate(turned)["MAP"] == pytest.approx(evaluate(labelled)["MAP"], abs=0.15)


def test_points_are_read_with_a_box_of_the_size_that_is_given(evaluate, boxes, labelled):
    centres = [((xmin + xmax) / 2, (ymin + ymax) / 2) for xmin, ymin, xmax, ymax in boxes]
    points = layer_of(zip(["street", "wood"] * 3, centres, strict=True), "Point")
    assert evaluate(points, POINT_SIZE=40.0)["MAP"] == pytest.approx(evaluate(labelled)["MAP"], abs=1e-6)
    assert evaluate(points)["QUERIES"] == 6


def test_features_that_cannot_be_read_are_reported_and_skipped(evaluate, boxes, make_feedback):
    feedback = make_feedback()
    xmin, ymin, _, _ = boxes[0]
    odd = [
        (None, boxes[0]), ("", boxes[0]), ("street", None), ("street", [0, 0, 10, 10]),
        ("street", [xmin, ymin, xmin + 1, ymin + 1]), ("x" * 3_000_000, boxes[0]),
    ]  # fmt: skip
    result = evaluate(layer_of([*odd, *zip(["street", "wood"] * 3, boxes, strict=True)]), feedback)
    assert (result["SKIPPED"], result["QUERIES"]) == (6, 6)
    for number, words in enumerate(
        ["no label", "no label", "no geometry", "beside the raster", "pixels of", "over 100 letters"], 1
    ):
        (told,) = [error for error in feedback.errors if error.startswith(f"Feature {number} was skipped: ")]
        assert words in told
    assert "beside the raster" in Path(result["REPORT"]).read_text(encoding="utf-8")


def test_labels_may_be_numbers(evaluate, boxes):
    numbers = layer_of(zip([1, 2] * 3, boxes, strict=True), field=("kind", QMetaType.Type.Int))
    assert evaluate(numbers)["LABELS"] == 2


def test_what_labels_say_is_text_in_the_report_and_nothing_else(evaluate, boxes):
    label = "<script>alert(1)</script>../x"
    result = evaluate(layer_of(zip([label, "wood"] * 3, boxes, strict=True)))
    page = Path(result["REPORT"]).read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"FIELD": "colour"}, "no field colour; they have number, kind"),
        ({"FIELD": "number"}, "No label has two features"),
        ({"POINT_SIZE": 0}, "POINT_SIZE"),
        ({"RASTERS": []}, "RASTERS"),
        ({"RASTERS": ["/nowhere/at/all.tif"]}, "RASTERS"),
        ({"INPUT": "/nowhere/at/all.gpkg"}, "INPUT"),
        ({"ARCHIVE": "/nowhere/at/all.gpkg"}, "no archive"),
        ({"REPORT": "/nowhere/at/all.html"}, "all.html"),
    ],
)
def test_bad_values_are_refused_with_a_sentence(evaluate, labelled, others, words):
    with pytest.raises(QgsProcessingException, match=words):
        evaluate(labelled, **others)


def test_a_layer_without_features_says_so(evaluate):
    with pytest.raises(QgsProcessingException, match="no features"):
        evaluate(layer_of([]))


def test_only_one_label_is_warned_of(evaluate, boxes, make_feedback):
    warnings = []
    feedback = make_feedback()
    feedback.pushWarning = warnings.append
    assert evaluate(layer_of(("tile", box) for box in boxes), feedback)["MAP"] == 1
    assert "have one label" in warnings[0]


def test_rasters_that_only_qgis_can_read_are_refused(evaluate, labelled):
    tiles = QgsRasterLayer("type=xyz&url=file:///none/%7Bz%7D/%7Bx%7D/%7By%7D.png", "tiles", "wms")
    with pytest.raises(QgsProcessingException, match='"tiles" is not a raster file'):
        evaluate(labelled, RASTERS=[tiles])


def test_only_selected_features_take_part_where_that_is_asked(evaluate, labelled, qgis_new_project):
    QgsProject.instance().addMapLayer(labelled)
    labelled.selectByIds([1, 2, 3, 4])
    chosen = QgsProcessingFeatureSourceDefinition(labelled.id(), selectedFeaturesOnly=True)
    assert evaluate(chosen)["QUERIES"] == 4


def test_a_cancelled_evaluation_writes_no_report(evaluate, labelled, make_feedback, tmp_path):
    feedback = make_feedback("Encoding")
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        evaluate(labelled, feedback)
    assert not (tmp_path / "report.html").exists()
