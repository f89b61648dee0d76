from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal, osr
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsLocatorFilter,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
)
from qgis.gui import (
    QgsLayerTreeMapCanvasBridge,
    QgsMapCanvas,
    QgsMessageBar,
    QgsMessageBarItem,
    QgsOptionsWidgetFactory,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QAction, QKeyEvent, QMouseEvent
from qgis.PyQt.QtWidgets import QDockWidget, QMainWindow, QToolBar

from frors_qgis.client.client import EngineClient
from frors_qgis.plugin import FrorsPlugin
from frors_qgis.resources import resource_path
from frors_qgis.shell.match import Match

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)
"""A box on the raster that `write_raster` makes."""

FAKE_ENGINE = Path(__file__).with_name("fake_engine.py")


class Fake:
    """The fake engine's folder: orders go in, requests come out."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def order(self, **orders: dict[str, Any]) -> None:
        whole = self.home / "orders.new"
        whole.write_text(json.dumps(orders))
        whole.replace(self.home / "orders.json")

    def requests(self, method: str | None = None) -> list[dict[str, Any]]:
        file = self.home / "requests.jsonl"
        lines = file.read_text().split("\n")[:-1] if file.exists() else []  # the last one may be half written
        return [request for line in lines if (request := json.loads(line)) and method in (None, request["method"])]


def run_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Runs the event loop until something holds."""
    return run_until


@pytest.fixture
def run_for() -> Callable[[float], None]:
    """Runs the event loop for some seconds."""

    def run(seconds: float) -> None:
        end = time.monotonic() + seconds
        run_until(lambda: time.monotonic() > end, seconds + 60)

    return run


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    home = tmp_path / "engine"
    home.mkdir()
    return Fake(home)


@pytest.fixture
def client(fake: Fake, qgis_app: object) -> Iterator[EngineClient]:
    client = EngineClient(split=False, command=lambda role, folder: [sys.executable, str(FAKE_ENGINE), str(fake.home)])
    yield client
    client.shut_down()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "town.gpkg"
    path.touch()
    return path


@pytest.fixture
def raster_file(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "town.tif")


def write_raster(path: Path, epsg: int = 26910, origin: tuple[float, float] = (523500.0, 5268000.0)) -> Path:
    """400 x 300 pixels of 0.3 m with a chequered picture."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 400, 300, 3, gdal.GDT_Byte)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(epsg)
    dataset.SetProjection(crs.ExportToWkt())
    dataset.SetGeoTransform((origin[0], 0.3, 0.0, origin[1], 0.0, -0.3))
    row = bytes(30 + 200 * (column // 20 % 2) for column in range(400))
    for band in (1, 2, 3):
        dataset.GetRasterBand(band).WriteRaster(0, 0, 400, 300, row * 300)
    dataset.FlushCache()
    return path


class Window:
    """What the plugin uses of QgisInterface, with a real main window, canvas, message bar and layer tree bridge."""

    def __init__(self) -> None:
        self.main = QMainWindow()
        self.canvas = QgsMapCanvas()
        self.main.setCentralWidget(self.canvas)
        self.bar = QgsMessageBar(self.main)
        self.bridge = QgsLayerTreeMapCanvasBridge(QgsProject.instance().layerTreeRoot(), self.canvas)
        self.active: QgsMapLayer | None = None
        self.raster_menu: list[tuple[str, QAction]] = []
        self.messages: list[tuple[Qgis.MessageLevel, str]] = []
        self.options_pages: list[QgsOptionsWidgetFactory] = []
        self.locator_filters: list[QgsLocatorFilter] = []
        self.shortcuts: dict[QAction, str] = {}
        self.save_as = QAction()
        self.bar.widgetAdded.connect(self._note)
        self.main.resize(1200, 800)
        self.main.show()

    def _note(self, item: QgsMessageBarItem) -> None:
        item = sip.cast(item, QgsMessageBarItem)  # a wrapper of a dead widget at the same address may come here
        self.messages.append((item.level(), item.text()))

    def close(self) -> None:
        sip.delete(self.bridge)  # it would tell the deleted canvas of later layers
        self.canvas.stopRendering()
        self.canvas.waitWhileRendering()
        self.main.close()
        self.main.deleteLater()

    def show(self, layer: QgsRasterLayer, crs: QgsCoordinateReferenceSystem) -> None:
        """Shows a layer as a whole, with a CRS for project and canvas."""
        QgsProject.instance().setCrs(crs)
        self.canvas.setDestinationCrs(crs)
        run_until(lambda: layer in self.canvas.layers())
        self.canvas.setExtent(self.canvas.mapSettings().layerExtentToOutputExtent(layer, layer.extent()))

    def drag(
        self,
        start: QPoint,
        end: QPoint,
        *,
        let_go: bool = True,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Drags from pixel to pixel of the canvas with the mouse events that Qt delivers, some keys held."""
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        events = [
            (QEvent.Type.MouseButtonPress, start, left, left),
            (QEvent.Type.MouseMove, (start + end) / 2, none, left),
            (QEvent.Type.MouseMove, end, none, left),
        ]
        if let_go:
            events.append((QEvent.Type.MouseButtonRelease, end, left, none))
        viewport = self.canvas.viewport()
        for kind, place, button, buttons in events:
            position, on_screen = QPointF(place), QPointF(viewport.mapToGlobal(place))
            event = QMouseEvent(kind, position, on_screen, button, buttons, keys)
            QCoreApplication.sendEvent(viewport, event)

    def draw_box(self, box: QgsRectangle, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Draws a box of the project's CRS with the mouse, some keys held."""
        transform = self.canvas.getCoordinateTransform()
        first = transform.transform(box.xMinimum(), box.yMaximum())
        last = transform.transform(box.xMaximum(), box.yMinimum())
        self.drag(QPoint(round(first.x()), round(first.y())), QPoint(round(last.x()), round(last.y())), keys=keys)

    def press_escape(self) -> None:
        """Presses Esc on the canvas."""
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self.canvas, event)

    def mainWindow(self) -> QMainWindow:  # noqa: N802
        return self.main

    def mapCanvas(self) -> QgsMapCanvas:  # noqa: N802
        return self.canvas

    def messageBar(self) -> QgsMessageBar:  # noqa: N802
        return self.bar

    def activeLayer(self) -> QgsMapLayer | None:  # noqa: N802
        return self.active

    def setActiveLayer(self, layer: QgsMapLayer) -> bool:  # noqa: N802
        if QgsProject.instance().layerTreeRoot().findLayer(layer.id()) is None:
            return False
        self.active = layer
        return True

    def actionLayerSaveAs(self) -> QAction:  # noqa: N802
        return self.save_as

    def addDockWidget(self, area: Qt.DockWidgetArea, dock: QDockWidget) -> None:  # noqa: N802
        self.main.addDockWidget(area, dock)

    def removeDockWidget(self, dock: QDockWidget) -> None:  # noqa: N802
        self.main.removeDockWidget(dock)

    def addToolBar(self, name: str) -> QToolBar:  # noqa: N802
        return self.main.addToolBar(name)

    def registerOptionsWidgetFactory(self, factory: QgsOptionsWidgetFactory) -> None:  # noqa: N802
        self.options_pages.append(factory)

    def unregisterOptionsWidgetFactory(self, factory: QgsOptionsWidgetFactory) -> None:  # noqa: N802
        self.options_pages.remove(factory)

    def registerLocatorFilter(self, locator_filter: QgsLocatorFilter) -> None:  # noqa: N802
        self.locator_filters.append(locator_filter)

    def deregisterLocatorFilter(self, locator_filter: QgsLocatorFilter) -> None:  # noqa: N802
        self.locator_filters.remove(locator_filter)

    def registerMainWindowAction(self, action: QAction, shortcut: str) -> bool:  # noqa: N802
        self.shortcuts[action] = shortcut
        return True

    def unregisterMainWindowAction(self, action: QAction) -> bool:  # noqa: N802
        return self.shortcuts.pop(action, None) is not None

    def addPluginToRasterMenu(self, menu: str, action: QAction) -> None:  # noqa: N802
        self.raster_menu.append((menu, action))

    def removePluginRasterMenu(self, menu: str, action: QAction) -> None:  # noqa: N802
        self.raster_menu.remove((menu, action))


@pytest.fixture
def window(qgis_app: object, qgis_new_project: None) -> Iterator[Window]:
    window = Window()
    yield window
    window.close()


@pytest.fixture
def raster_layer(window: Window, raster_file: Path) -> QgsRasterLayer:
    """The raster in the project, seen as a whole on the canvas in its own CRS."""
    layer = QgsRasterLayer(str(raster_file), "town")
    QgsProject.instance().addMapLayer(layer)
    window.show(layer, layer.crs())
    return layer


@pytest.fixture
def plugin(window: Window, raster_layer: QgsRasterLayer, client: EngineClient) -> Iterator[FrorsPlugin]:
    """The plugin, loaded, with the fake engine and without an archive."""
    QgsSettings().remove("plugins/frors")
    plugin = FrorsPlugin(window, client)
    plugin.initGui()
    yield plugin
    plugin.unload()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def ready(plugin: FrorsPlugin, archive: Path) -> FrorsPlugin:
    """The plugin with an archive chosen and opened."""
    plugin.dock.archive.archive_chosen.emit(str(archive))
    run_until(lambda: "4321" in plugin.dock.archive.info.replace(",", ""))
    return plugin


@pytest.fixture
def found(ready: FrorsPlugin, window: Window) -> list[Match]:
    """The matches of a search that has ended, its layers in the project."""
    ready.actions[1].trigger()
    window.draw_box(BOX)
    run_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
    return ready.dock.results.model.matches()


@pytest.fixture
def sample(tmp_path: Path, window: Window) -> QgsRasterLayer:
    """Part of the sample raster in the project, seen as a whole."""
    path = tmp_path / "part.tif"
    gdal.Translate(str(path), str(resource_path("sample", "kitsap.tif")), srcWin=[0, 0, 640, 512])
    layer = QgsRasterLayer(str(path), "part")
    QgsProject.instance().addMapLayer(layer)
    window.show(layer, layer.crs())
    return layer


@pytest.fixture
def real_plugin(window: Window, sample: QgsRasterLayer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FrorsPlugin]:
    """The plugin with its own engine."""
    monkeypatch.setenv("FRORS_PYTHON", sys.executable)
    QgsSettings().remove("plugins/frors")
    plugin = FrorsPlugin(window)
    plugin.initGui()
    yield plugin
    plugin.unload()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
