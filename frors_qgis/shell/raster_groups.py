"""Rasters of an archive that belong together: in a group of the Layers panel, or in a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from qgis.core import QgsLayerTreeGroup, QgsProject, QgsRasterLayer

from frors_qgis.client.layer_source import raster_path


@dataclass(frozen=True)
class RasterGroup:
    """`name` is short, `place` says where exactly it is; `rasters` are ids of the archive, never none."""

    name: str
    place: str
    rasters: tuple[int, ...]


def layer_groups(project: QgsProject, rasters: Mapping[str, int]) -> list[RasterGroup]:
    """The groups of the project's layers, with groups in them, that hold some of these rasters (path to id)."""
    found = []
    for group in project.layerTreeRoot().findGroups(True):
        layers = [node.layer() for node in group.findLayers()]
        paths = filter(None, [raster_path(layer) for layer in layers if isinstance(layer, QgsRasterLayer)])
        # An archive follows the links in paths; only those that it does not know as they are can have any.
        ids = sorted({rasters.get(path) or rasters.get(os.path.realpath(path)) for path in paths} - {None})
        if ids:
            found.append(RasterGroup(group.name(), " / ".join(_names(group)), tuple(ids)))
    return found


def folder_groups(rasters: Mapping[str, int]) -> list[RasterGroup]:
    """The folders of these rasters (path to id), by name; none where they all lie in one."""
    folders: dict[str, list[int]] = {}
    for path, id_ in rasters.items():
        parent = (PureWindowsPath if "\\" in path else PurePosixPath)(path).parent
        folders.setdefault(str(parent), []).append(id_)
    if len(folders) < 2:
        return []
    groups = [RasterGroup(PureWindowsPath(place).name or place, place, tuple(ids)) for place, ids in folders.items()]
    return sorted(groups, key=lambda group: (group.name.casefold(), group.place))


def _names(group: QgsLayerTreeGroup) -> list[str]:
    """The names of a group and of those that it is in, the outermost first."""
    names: list[str] = []
    node = group
    while node is not None and node.parent() is not None:
        names.insert(0, node.name())
        node = node.parent()
    return names
