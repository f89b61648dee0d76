"""Icons: the plugin's own from `resources/icons`, the others from the theme of QGIS."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QIcon

from frors_qgis.location import is_database
from frors_qgis.resources import resource_path


def own_icon(name: str) -> QIcon:
    """The icon `resources/icons/<name>.svg`."""
    return QIcon(str(resource_path("icons", f"{name}.svg")))


def archive_icon(archive: str) -> QIcon:
    """The icon of what an archive is kept in."""
    return theme_icon("mIconPostgis" if is_database(archive) else "mIconGeopackage")


def theme_icon(name: str) -> QIcon:
    """An icon of QGIS's theme, for example `mActionFileOpen`."""
    return QgsApplication.getThemeIcon(f"/{name}.svg")
