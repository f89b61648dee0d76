from __future__ import annotations

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle
from qgis.gui import QgsMapToolPan, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, Qt
from qgis.PyQt.QtGui import QKeyEvent

from frors_qgis.shell.box_tool import BoxTool


@pytest.fixture
def tool(window, raster_layer):
    tool = BoxTool(window.canvas)
    tool.drawn = []
    tool.box_drawn.connect(lambda box: tool.drawn.append(QgsRectangle(box)))
    tool.clicks = []
    tool.clicked.connect(lambda: tool.clicks.append(1))
    window.canvas.setMapTool(tool)
    yield tool
    tool.remove()


def visible_bands(window):
    items = window.canvas.scene().items()
    return [item for item in items if isinstance(item, QgsRubberBand) and item.size() > 0]


@pytest.mark.parametrize("code", ["EPSG:26910", "EPSG:3857", "EPSG:4326", "EPSG:3031"])
def test_a_dragged_box_comes_in_the_projects_crs(window, raster_layer, tool, code):
    window.show(raster_layer, QgsCoordinateReferenceSystem(code))
    extent = QgsRectangle(window.canvas.extent())
    extent.scale(0.5)
    window.draw_box(extent)
    (box,) = tool.drawn
    pixel = window.canvas.mapUnitsPerPixel()
    for mine, wanted in zip(
        (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()),
        (extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()),
        strict=True,
    ):
        assert mine == pytest.approx(wanted, abs=1.5 * pixel)


@pytest.mark.parametrize(("start", "end"), [((500, 400), (300, 200)), ((300, 400), (500, 200))])
def test_a_box_may_be_dragged_in_any_direction(window, tool, start, end):
    window.drag(QPoint(*start), QPoint(*end))
    assert len(tool.drawn) == 1
    assert tool.drawn[0].width() > 0


def test_a_click_without_a_drag_is_no_box(window, tool):
    window.drag(QPoint(300, 300), QPoint(301, 301))
    assert tool.drawn == []
    assert tool.clicks == [1]


def test_the_box_is_seen_while_it_is_dragged_and_gone_afterwards(window, tool):
    window.drag(QPoint(200, 200), QPoint(400, 300), let_go=False)
    assert len(visible_bands(window)) == 1
    window.drag(QPoint(200, 200), QPoint(400, 300))
    assert visible_bands(window) == []


def test_esc_in_mid_drag_draws_nothing_and_gives_back_the_previous_tool(window, tool):
    pan = QgsMapToolPan(window.canvas)
    window.canvas.setMapTool(pan)
    window.canvas.setMapTool(tool)
    window.drag(QPoint(200, 200), QPoint(400, 300), let_go=False)
    window.press_escape()
    assert window.canvas.mapTool() is pan
    assert visible_bands(window) == []
    assert tool.drawn == []
    window.canvas.unsetMapTool(pan)


def test_esc_works_when_the_previous_tool_has_been_deleted(window, tool):
    pan = QgsMapToolPan(window.canvas)
    window.canvas.setMapTool(pan)
    window.canvas.setMapTool(tool)
    sip.delete(pan)
    window.press_escape()
    assert window.canvas.mapTool() is not tool


def test_the_tool_leaves_nothing_on_the_canvas_when_it_is_removed(window, raster_layer):
    before = len(window.canvas.scene().items())
    tool = BoxTool(window.canvas)
    window.canvas.setMapTool(tool)
    window.drag(QPoint(200, 200), QPoint(400, 300), let_go=False)
    tool.remove()
    assert len(window.canvas.scene().items()) == before
    assert window.canvas.mapTool() is not tool


@pytest.mark.parametrize("can_undo", [True, False])
def test_ctrl_z_on_the_map_is_the_tools_own_only_while_there_is_something_to_take_back(window, raster_layer, can_undo):
    tool = BoxTool(window.canvas, lambda: can_undo)
    undone = []
    tool.undo_wanted.connect(lambda: undone.append(1))
    window.canvas.setMapTool(tool)
    claim, press = (
        QKeyEvent(kind, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
    )
    claim.ignore()
    QCoreApplication.sendEvent(window.canvas, claim)
    assert claim.isAccepted() is can_undo, "else QGIS's own undo has it"
    QCoreApplication.sendEvent(window.canvas, press)
    assert undone == [1] * can_undo
    tool.remove()
