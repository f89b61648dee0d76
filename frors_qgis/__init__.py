"""FRORS: draw a box on a raster and see what looks most like it in your archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from frors_qgis.plugin import FrorsPlugin


def classFactory(iface: QgisInterface) -> FrorsPlugin:  # noqa: N802
    """What QGIS calls to make the plugin. Nothing is imported before, so that the engine needs no QGIS."""
    from frors_qgis.plugin import FrorsPlugin

    return FrorsPlugin(iface)
