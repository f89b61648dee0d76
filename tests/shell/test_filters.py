from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.gui import QgsDateEdit
from qgis.PyQt.QtCore import QDate

from frors_qgis.shell.filters_panel import FiltersPanel
from frors_qgis.shell.raster_groups import layer_groups

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)


@pytest.fixture
def panel(qgis_app):
    panel = FiltersPanel()
    panel.told = []
    panel.changed.connect(lambda: panel.told.append(1))
    panel.show_rasters([(1, "/data/town.tif"), (2, "/data/port.tif")])
    return panel


def test_without_filters_nothing_is_asked_for(panel):
    assert panel.params() == {}
    assert panel.title() == "Filters"
    assert panel.told == []


def test_filters_become_parameters_of_the_search_and_are_counted(panel):
    panel._rasters.setCheckedItems(["port"])
    panel._since.setDate(QDate(2024, 5, 1))
    panel._months.setCheckedItems([panel._months.itemText(5)])
    panel._score.setValue(0.6)
    panel._apart.setValue(250)
    assert panel.params() == {
        "rasters": [2], "since": "2024-05-01", "months": [6], "least_score": 0.6, "apart": 250.0
    }  # fmt: skip
    assert panel.title() == "Filters (5)"
    assert len(panel.told) == 5


def test_reset_takes_all_of_them_away_and_says_so_once(panel):
    panel._until.setDate(QDate(2024, 5, 1))
    panel._months.setCheckedItems([panel._months.itemText(0)])
    panel.told.clear()
    panel.reset()
    panel.reset()
    assert panel.params() == {}
    assert panel.told == [1]


def test_filters_can_be_set_from_parameters_and_say_so_once(panel):
    params = {
        **{"within": [-122.0, 47.0, -121.5, 47.25], "crs": "EPSG:4326", "rasters": [2], "since": "2024-05-01"},
        **{"until": "2024-06-30", "months": [5, 6], "least_score": 0.5, "apart": 100.0},
    }
    panel.set_params(params)
    assert panel.params() == params
    assert panel.title() == "Filters (7)"
    assert panel.told == [1]
    panel.set_params({"months": [5]})
    assert panel.params() == {"months": [5]}


def test_an_area_does_not_count_while_only_what_is_in_view_is_looked_for(ready):
    ready.dock.filters.set_params({"within": [-122.0, 47.0, -121.5, 47.25]})
    ready.dock.query._only_extent.setChecked(True)
    assert ready.dock.filters.params() == {}
    assert ready.dock.filters.title() == "Filters"
    ready.dock.query._only_extent.setChecked(False)
    assert ready.dock.filters.params()["within"] == [-122.0, 47.0, -121.5, 47.25]


def test_the_area_can_be_taken_from_the_map_in_degrees(ready, window):
    ready.dock.filters._area.setOutputExtentFromCurrent()
    west, south, east, north = ready.dock.filters.params()["within"]
    assert -122.8 < west < east < -122.5
    assert 47.4 < south < north < 47.7


def test_an_area_in_another_crs_is_asked_for_in_degrees(panel):
    utm = QgsCoordinateReferenceSystem("EPSG:26910")
    panel._area.setOutputCrs(utm)
    panel._area.setOutputExtentFromUser(QgsRectangle(523500, 5267900, 523600, 5268000), utm)
    west, south, east, north = panel.params()["within"]
    assert -122.7 < west < east < -122.6
    assert 47.5 < south < north < 47.6
    panel.set_params({"within": [-122.0, 47.0, -121.5, 47.25]})
    assert panel.params()["within"] == [-122.0, 47.0, -121.5, 47.25]


def test_a_chosen_raster_stays_chosen_for_as_long_as_the_archive_has_it(panel):
    panel._rasters.setCheckedItems(["port"])
    panel.show_rasters([(2, "/data/port.tif"), (3, "/data/field.tif")])
    assert panel.params() == {"rasters": [2]}
    panel.show_rasters([(3, "/data/field.tif")])
    assert panel.params() == {}


def test_rasters_can_be_chosen_by_their_group_of_layers_or_their_folder(panel, raster_layer):
    path = raster_layer.source()
    panel.show_rasters([(1, path), (2, "/data/2024/port.tif"), (3, "/data/2024/a & b.tif"), (4, "C:\\scans\\x.tif")])
    root = QgsProject.instance().layerTreeRoot()
    inner = root.addGroup("Aerials").addGroup("Town")
    inner.addLayer(raster_layer)
    root.addGroup("FRORS matches")
    menu = panel._groups.menu()
    menu.aboutToShow.emit()
    actions = {action.text(): action for action in menu.actions() if not action.isSeparator()}
    folder = Path(path).parent.name
    assert set(actions) == {
        *("Aerials (1 raster)", "Town (1 raster)"), *("2024 (2 rasters)", "scans (1 raster)", f"{folder} (1 raster)")
    }  # fmt: skip
    assert actions["Town (1 raster)"].toolTip() == "Aerials / Town"
    actions["2024 (2 rasters)"].trigger()
    assert panel.params() == {"rasters": [2, 3]}
    actions["Aerials (1 raster)"].trigger()
    assert panel.params() == {"rasters": [1]}
    assert len(panel.told) == 2


def test_a_layer_that_is_opened_through_a_link_is_in_its_group_too(window, raster_file, tmp_path):
    (tmp_path / "link.tif").symlink_to(raster_file)
    layer = QgsRasterLayer(str(tmp_path / "link.tif"), "link")
    QgsProject.instance().addMapLayer(layer, False)
    QgsProject.instance().layerTreeRoot().addGroup("Linked").addLayer(layer)
    (group,) = layer_groups(QgsProject.instance(), {str(raster_file): 7})
    assert (group.name, group.rasters) == ("Linked", (7,))


def test_without_groups_the_menu_says_so(panel):
    menu = panel._groups.menu()
    menu.aboutToShow.emit()
    (action,) = menu.actions()
    assert not action.isEnabled()
    assert "no groups" in action.text()


def test_filters_reach_the_engine_and_changing_one_searches_again(ready, window, fake, wait_until):
    ready.dock.filters._score.setValue(0.5)
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
    assert fake.requests("search")[0]["params"]["least_score"] == 0.5
    ready.dock.filters._apart.setValue(100)
    wait_until(lambda: len(fake.requests("search")) == 2)
    params = fake.requests("search")[1]["params"]
    assert (params["apart"], params["embedding"]) == (100.0, [0.0625] * 256)
    ready.dock.query._any_size.setChecked(True)
    wait_until(lambda: len(fake.requests("search")) == 3)
    assert fake.requests("search")[2]["params"]["any_size"] is True


def test_the_archive_s_rasters_can_be_chosen(ready):
    rasters = ready.dock.filters._rasters
    assert [rasters.itemText(row) for row in range(rasters.count())] == ["town_2024", "gone"]


def test_filters_that_leave_nothing_say_so_and_wider_ones_bring_the_matches_back(ready, window, fake, wait_until):
    nothing = {"matches": [], "note": "No chip of the archive passes the filters; widen them."}
    fake.order(search={"result": nothing})
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: fake.requests("search") and ready.dock.search_progress.isHidden())
    fake.order()
    ready.dock.filters._apart.setValue(100)
    wait_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
    assert len(ready.dock.results.model.matches()) == 100
    fake.order(search={"result": nothing})
    ready.dock.filters._apart.setValue(200)
    wait_until(lambda: not ready.dock.results.model.matches())
    assert "widen" in ready.dock.results._header.text()
    fake.order()
    ready.dock.filters.reset()
    wait_until(lambda: len(ready.dock.results.model.matches()) == 100)


def test_a_date_has_the_height_for_its_text_where_a_theme_pads_it(panel):
    fields = panel.findChildren(QgsDateEdit)
    assert len(fields) == 2
    for field in fields:
        assert field.minimumHeight() >= field.fontMetrics().height() + 12
