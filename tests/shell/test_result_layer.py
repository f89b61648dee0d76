from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsFillSymbol,
    QgsGeometry,
    QgsLayerTreeModel,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsRuleBasedRenderer,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDateTime, QSize, Qt

from frors_qgis.resources import resource_path
from frors_qgis.shell import result_file
from frors_qgis.shell.map_colours import RIGHT_COLOUR, SCORE_COLOURS, WRONG_COLOUR
from frors_qgis.shell.map_marks import lonlat_polygon
from frors_qgis.shell.match import match_from_json
from frors_qgis.shell.ranked_layer import label_layer, rank_layer
from frors_qgis.shell.result_file import FinishedQuery, match_features, results_folder, write_result_file
from frors_qgis.shell.result_layer import add_result_layers, results_group_name
from frors_qgis.shell.result_style import style_matches


def made_query(count=10, title="town, 38 x 38 m"):
    matches = []
    for rank in range(1, count + 1):
        west = 7 + rank / 1000
        matches.append(
            match_from_json(
                {
                    "rank": rank, "score": 0.9 - rank / 100, "chip": 2**40 + rank, "raster": "/d/town.tif",
                    "raster_id": 1, "acquired": "2021-03-04T05:06:07Z" if rank % 2 else None, "ground_size": 38.4,
                    "footprint": [[west, 43.1], [west + 0.001, 43.1], [west + 0.001, 43.099], [west, 43.099]],
                }
            )
        )  # fmt: skip
    return FinishedQuery(title, matches[0].geometry, tuple(matches))


def added(query, file):
    for _ in add_result_layers(query, file, QgsProject.instance()):
        pass
    group = QgsProject.instance().layerTreeRoot().findGroup(results_group_name())
    return [node.layer() for node in group.children()[0].findLayers()]


def classes(layer):
    """The rules for classes of the score, best first."""
    return [rule for rule in layer.renderer().rootRule().children() if "score" in rule.filterExpression()]


def inside(layer, rule):
    """The scores of the features that a rule draws."""
    return [feature["score"] for feature in layer.getFeatures(rule.filterExpression())]


def legend(tree, layer):
    """What the layer tree says under a layer."""
    nodes = tree.layerLegendNodes(QgsProject.instance().layerTreeRoot().findLayer(layer.id()))
    return [node.data(Qt.ItemDataRole.DisplayRole) for node in nodes]


def colours_on_the_map(layer):
    """How many pixels of each colour a map of the layer has."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    extent = layer.extent()
    extent.scale(1.1)
    settings.setExtent(extent)
    settings.setOutputSize(QSize(900, 90))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    colours = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint32) & 0xFFFFFF
    return Counter(f"#{colour:06x}" for colour in colours.tolist())


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "town_matches"


def test_matches_become_polygons_with_rank_score_raster_and_date(qgis_new_project, folder):
    query = made_query()
    box, matches = added(query, write_result_file(query, folder))
    assert matches.isValid()
    assert matches.crs().authid() == "EPSG:4326"
    features = sorted(matches.getFeatures(), key=lambda feature: feature["rank"])
    assert [feature["rank"] for feature in features] == list(range(1, 11))
    first, second = features[0], features[1]
    assert first["score"] == pytest.approx(0.89)
    assert (first["raster"], first["chip"], first["query"]) == ("/d/town.tif", 2**40 + 1, query.title)
    assert first["date"].toString("yyyy-MM-dd") == "2021-03-04"
    assert second["date"] is None or second["date"].isNull()
    assert first.geometry().boundingBox().xMinimum() == pytest.approx(7.001)
    assert box.featureCount() == 1


@pytest.mark.parametrize("extent", [(523530, 5267940, 523560, 5267970), (-2e6, 1e6, 2.5e6, 8e6)])
def test_the_box_is_kept_by_its_corners_which_a_shapefile_does_not_cut(qgis_new_project, extent, tmp_path):
    polygon = lonlat_polygon(QgsRectangle(*extent), QgsCoordinateReferenceSystem("EPSG:26910"))
    query = replace(made_query(), box=polygon)
    _, matches = added(query, write_result_file(query, tmp_path / "matches"))
    file = str(tmp_path / "exported.shp")
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "ESRI Shapefile"
    QgsVectorFileWriter.writeAsVectorFormatV3(matches, file, QgsCoordinateTransformContext(), options)
    kept = QgsGeometry.fromWkt(next(QgsVectorLayer(file).getFeatures())["box"])
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:26910"), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance()
    )
    west, south, east, north = extent
    corners = [transform.transform(x, y) for x, y in ((west, south), (east, south), (east, north), (west, north))]
    vertices = [(round(vertex.x(), 7), round(vertex.y(), 7)) for vertex in kept.vertices()]
    assert len(vertices) == 5
    assert set(vertices) == {(round(corner.x(), 7), round(corner.y(), 7)) for corner in corners}


@pytest.mark.parametrize(
    ("wkt", "kept"),
    [("", ""), ("Polygon ((0 0, 4 0, 2 3, 0 0))", "Polygon ((0 0, 4 0, 4 3, 0 3, 0 0))")],
)
def test_what_is_no_box_is_kept_by_its_bounds(wkt, kept):
    query = replace(made_query(1), box=QgsGeometry.fromWkt(wkt) if wkt else QgsGeometry())
    (feature,) = match_features(query)
    assert feature["box"] == kept


def test_the_layers_are_still_there_when_the_project_is_opened_again(qgis_new_project, folder, tmp_path):
    query = made_query()
    added(query, write_result_file(query, folder))
    project = QgsProject.instance()
    assert project.write(str(tmp_path / "work.qgz"))
    project.clear()
    assert project.read(str(tmp_path / "work.qgz"))
    layers = project.mapLayersByName("Matches")
    assert len(layers) == 1
    assert layers[0].featureCount() == 10
    assert len(classes(layers[0])) == 5


def test_each_query_has_a_file_that_another_thread_may_write(qgis_new_project, folder):
    files = []
    for number in range(3):
        query = made_query(title=f"query {number}")
        thread = threading.Thread(target=lambda query=query: files.append(write_result_file(query, folder)))
        thread.start()
        thread.join()
        added(query, files[-1])
    assert sorted(folder.glob("*.gpkg")) == sorted(files)
    for layer in QgsProject.instance().mapLayersByName("Matches"):
        assert len(list(layer.getFeatures())) == 10


def test_a_folder_that_cannot_be_written_gives_temporary_layers(qgis_new_project, tmp_path):
    query = made_query()
    (tmp_path / "town_matches").write_text("a file where the folder should be")
    for impossible in (tmp_path / "nowhere" / "town_matches", tmp_path / "town_matches"):
        assert write_result_file(query, impossible) is None
    _, matches = added(query, None)
    assert matches.dataProvider().name() == "memory"
    assert matches.featureCount() == 10


def test_each_query_has_a_group_and_earlier_ones_are_switched_off(qgis_new_project, folder):
    for title in ("first", "second"):
        query = made_query(title=title)
        added(query, write_result_file(query, folder))
    group = QgsProject.instance().layerTreeRoot().findGroup(results_group_name())
    assert [child.name() for child in group.children()] == ["2. second", "1. first"]
    assert [child.itemVisibilityChecked() for child in group.children()] == [True, False]
    assert QgsProject.instance().layerTreeRoot().children()[0] is group


def test_layers_that_are_deleted_at_once_are_not_missed(qgis_new_project, folder):
    query = made_query()
    steps = add_result_layers(query, write_result_file(query, folder), QgsProject.instance())
    while not QgsProject.instance().mapLayersByName("Matches"):
        next(steps)
    QgsProject.instance().clear()
    assert list(steps) == []


def test_the_style_grades_by_score_with_equally_many_matches_in_each_class(qgis_new_project, folder):
    query = made_query(20)
    _, matches = added(query, write_result_file(query, folder))
    assert isinstance(matches.renderer(), QgsRuleBasedRenderer)
    for rule, colour in zip(classes(matches), SCORE_COLOURS, strict=True):
        assert rule.symbol().symbolLayers()[-1].color().name() == colour
    assert [len(inside(matches, rule)) for rule in classes(matches)] == [4] * 5
    assert matches.labelsEnabled()
    assert matches.labeling().settings().fieldName == "rank"


def test_the_legend_says_from_which_score_to_which_also_below_zero(qgis_new_project):
    matches = [replace(match, score=match.score - 1) for match in made_query(10).matches]
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326&field=score:double", "x", "memory")
    style_matches(layer, matches)
    assert [rule.label() for rule in classes(layer)][::4] == ["-0.120 to -0.110", "-0.200 to -0.190"]


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_few_matches_are_all_drawn(qgis_new_project, folder, count):
    query = made_query(count)
    _, matches = added(query, write_result_file(query, folder))
    assert 1 <= len(classes(matches)) <= 5
    assert sum(len(inside(matches, rule)) for rule in classes(matches)) == count


def test_equal_scores_are_of_one_class_and_drawn_once(qgis_new_project, folder):
    query = made_query(10)
    scores = [1.0] * 7 + [0.5] * 3
    equal = tuple(replace(match, score=score) for match, score in zip(query.matches, scores, strict=True))
    _, matches = added(query := replace(query, matches=equal), write_result_file(query, folder))
    assert [inside(matches, rule) for rule in classes(matches)] == [[1.0] * 7, [0.5] * 3]


def test_a_file_whose_geometries_were_taken_away_does_not_stop_a_search(qgis_new_project, folder):
    query = made_query(3)
    file = write_result_file(query, folder)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM gpkg_geometry_columns")
    _, matches = added(query, file)
    assert matches.renderer() is None


def test_the_legend_follows_the_ranking_also_one_that_finds_nothing(qgis_new_project, folder):
    query = made_query()
    _, layer = added(query, write_result_file(query, folder))
    tree = QgsLayerTreeModel(QgsProject.instance().layerTreeRoot())
    first = legend(tree, layer)
    assert len(first) == 7
    for found in ((), query.matches[:2], query.matches):
        for _ in rank_layer(layer, replace(query, matches=tuple(found)), {}):
            pass
        assert len(legend(tree, layer)) == len(classes(layer)) + 2 == min(5, len(found)) + 2
    assert legend(tree, layer) == first
    assert [rule.symbol().symbolLayers()[-1].color().name() for rule in classes(layer)] == list(SCORE_COLOURS)


def test_a_style_of_the_users_own_stays(qgis_new_project, folder):
    query = made_query()
    _, layer = added(query, write_result_file(query, folder))
    layer.setRenderer(QgsRuleBasedRenderer(QgsFillSymbol()))
    for _ in rank_layer(layer, replace(query, matches=query.matches[:2]), {}):
        pass
    assert not classes(layer)


def test_marks_are_seen_on_the_map_by_sign_and_colour_and_the_scores_stay(qgis_new_project, folder):
    query = made_query()
    _, layer = added(query, write_result_file(query, folder))
    verdicts = {query.matches[1].chip: True, query.matches[8].chip: False}
    right, wrong = RIGHT_COLOUR.name(), WRONG_COLOUR.name()
    plain = colours_on_the_map(layer)
    assert plain[right] == plain[wrong] == 0
    assert label_layer(layer, query.id, verdicts, {})
    marked = colours_on_the_map(layer)
    assert min(marked[right], marked[wrong]) > 20
    for colour in SCORE_COLOURS:
        assert marked[colour] > 0.8 * plain[colour] > 0
    left = tuple(match for match in query.matches if match.chip != query.matches[8].chip)
    for _ in rank_layer(layer, replace(query, matches=left), verdicts):
        pass
    assert colours_on_the_map(layer)[wrong] > 2 * marked[wrong], "what is no match any more keeps an outline"


def test_the_style_file_loads_and_holds_no_path(qgis_app):
    path = resource_path("styles", "matches.qml")
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326&field=rank:int&field=score:double", "x", "memory")
    _, loaded = layer.loadNamedStyle(str(path))
    assert loaded
    assert len(layer.renderer().ranges()) == len(SCORE_COLOURS)
    assert "/home" not in path.read_text()


def test_searches_are_kept_beside_their_archive():
    assert str(results_folder("/data/my.town.gpkg", "/elsewhere")) == "/data/my.town_matches"


def test_a_layer_follows_the_ranking_also_when_the_user_has_deleted_fields(qgis_new_project):
    query = made_query()
    _, matches = added(replace(query, matches=query.matches[:4]), None)
    names = ("date", "raster", "box", "note", "query")
    assert matches.dataProvider().deleteAttributes([matches.fields().indexOf(name) for name in names])
    matches.updateFields()
    for _ in rank_layer(matches, query, {query.matches[9].chip: True}):
        pass
    features = sorted(matches.getFeatures(), key=lambda feature: feature["rank"])
    assert [feature["rank"] for feature in features] == list(range(1, 11))
    assert features[9]["label"] == "right"


def test_a_clock_that_is_put_back_has_no_query_overwrite_an_earlier_one(qgis_new_project, folder, monkeypatch):
    class StoppedClock:
        @staticmethod
        def currentDateTimeUtc():  # noqa: N802
            return QDateTime(2026, 10, 25, 2, 30, 0)

    monkeypatch.setattr(result_file, "QDateTime", StoppedClock)
    files = [write_result_file(made_query(count), folder) for count in (3, 5, 7)]
    assert [QgsVectorLayer(f"{file}|layername=matches").featureCount() for file in files] == [3, 5, 7]
