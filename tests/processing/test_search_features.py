from __future__ import annotations

import threading
import time

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsRectangle, QgsVectorLayer


@pytest.fixture
def features(box):
    """A layer of boxes in the raster's CRS: one on the raster, others far away."""

    def make(*boxes):
        layer = QgsVectorLayer("Polygon?crs=EPSG:26910", "boxes", "memory")
        for corners in boxes:
            feature = QgsFeature()
            feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(*corners)))
            layer.dataProvider().addFeatures([feature])
        return layer

    return make


@pytest.fixture
def search(run, archive, raster, make_feedback):
    def search(layer, feedback=None, **others):
        params = {"ARCHIVE": str(archive), "RASTER": str(raster), "INPUT": layer, "MATCHES": 3}
        params |= {"OUTPUT": "TEMPORARY_OUTPUT"} | others
        return run("frors:searchfeatures", params, None, feedback or make_feedback())["OUTPUT"]

    return search


def test_every_feature_is_searched_as_its_box_would_be(run, search, features, box, archive, raster, make_feedback):
    found = search(features(box, box))
    extent = f"{box[0]},{box[2]},{box[1]},{box[3]} [EPSG:26910]"
    params = {"ARCHIVE": str(archive), "RASTER": str(raster), "EXTENT": extent, "MATCHES": 3}
    alone = run("frors:search", params | {"OUTPUT": "TEMPORARY_OUTPUT"}, None, make_feedback())["OUTPUT"]
    chips = [feature["chip"] for feature in alone.getFeatures()]
    assert [(f["feature"], f["chip"]) for f in found.getFeatures()] == [(id_, c) for id_ in (1, 2) for c in chips]


def test_a_feature_that_cannot_be_searched_is_reported_and_the_others_go_on(search, features, box, make_feedback):
    feedback = make_feedback()
    found = search(features([0, 0, 100, 100], box), feedback)
    assert {feature["feature"] for feature in found.getFeatures()} == {2}
    assert feedback.errors[0].startswith("Feature 1: ")


def test_features_that_can_none_of_them_be_searched_are_an_error(search, features):
    with pytest.raises(QgsProcessingException, match="Feature 1"):
        search(features([0, 0, 100, 100]))


def test_a_batch_is_cancelled_within_a_second(search, features, box, make_feedback):
    feedback, cancelled_at = make_feedback(), []

    def cancel():
        cancelled_at.append(time.monotonic())
        feedback.cancel()

    threading.Timer(0.3, cancel).start()
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        search(features(*[box] * 5000), feedback)
    assert time.monotonic() - cancelled_at[0] < 1


def test_filters_limit_the_matches(search, features, box):
    everything = [feature["score"] for feature in search(features(box), MATCHES=20, ANY_SIZE=True).getFeatures()]
    least = sorted(everything)[len(everything) // 2]
    better = [f["score"] for f in search(features(box), MATCHES=20, ANY_SIZE=True, LEAST_SCORE=least).getFeatures()]
    assert better == [score for score in everything if score >= least]
    assert search(features(box), SINCE="2024-01-01").featureCount() == 0
    assert search(features(box), MONTHS=[5]).featureCount() == 0
    assert search(features(box), MATCHES=20, APART=10_000.0).featureCount() == 1
