"""Open layers that show an archive's own tables."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsProviderRegistry, QgsVectorLayer


def reload_archive_layers(project: QgsProject, archives: list[str]) -> None:
    """Has the layers of these archives read their files anew: the engine has switched the journal under them."""
    files = {_resolved(archive) for archive in archives}
    for layer in project.mapLayers().values():
        if not isinstance(layer, QgsVectorLayer) or layer.providerType() != "ogr":
            continue
        path = QgsProviderRegistry.instance().decodeUri("ogr", layer.source()).get("path")
        if path and _resolved(str(path)) in files:
            layer.dataProvider().reloadData()
            layer.triggerRepaint()


def _resolved(path: str) -> Path:
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, or a name that no file can have
        return Path(path)
