"""The layers that a search leaves in the project: its matches, and the box that was asked for."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from qgis.core import (
    QgsFeature,
    QgsFeatureSink,
    QgsFields,
    QgsFillSymbol,
    QgsLayerTreeGroup,
    QgsProject,
    QgsSimpleLineSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt import sip

from frors_qgis.shell.map_colours import CASING_COLOUR, OUTLINE_COLOUR, QUERY_COLOUR
from frors_qgis.shell.outline import Outline
from frors_qgis.shell.result_file import (
    BOX_TABLE,
    MATCHES_TABLE,
    OUTLINES_TABLE,
    RESULT_CRS,
    FinishedQuery,
    box_features,
    box_fields,
    match_features,
    match_fields,
    outline_features,
    outline_fields,
)
from frors_qgis.shell.result_style import style_matches
from frors_qgis.shell.translation import tr


def results_group_name() -> str:
    """Name of the layer tree's group that holds a group for each query."""
    return tr("FRORS matches")


def add_result_layers(
    query: FinishedQuery, file: Path | None, project: QgsProject
) -> Generator[None, None, QgsVectorLayer | None]:
    """Adds the layers of a query to the project, on the main thread, one step for each `next`; returns the matches'.

    Let the event loop run between the steps, so that none of them is felt. Without a file the layers are temporary.
    Layers of earlier queries are switched off in the layer tree.
    """
    if file is None:
        matches = _memory_layer(tr("Matches"), match_fields(), match_features(query))
        box = _memory_layer(tr("Query box"), box_fields(), box_features(query))
    else:
        matches = QgsVectorLayer(f"{file}|layername={MATCHES_TABLE}", tr("Matches"), "ogr")
        yield
        box = QgsVectorLayer(f"{file}|layername={BOX_TABLE}", tr("Query box"), "ogr")
    box.setRenderer(QgsSingleSymbolRenderer(_box_symbol()))
    yield
    style_matches(matches, query.matches)
    yield
    project.addMapLayers([box, matches], False)
    yield
    if sip.isdeleted(box) or sip.isdeleted(matches):  # somebody was quick
        return None
    root = project.layerTreeRoot()
    group = root.findGroup(results_group_name()) or root.insertGroup(0, results_group_name())
    number = len(group.children()) + 1
    for earlier in group.children():
        earlier.setItemVisibilityChecked(False)
        earlier.setExpanded(False)
    own: QgsLayerTreeGroup = group.insertGroup(0, f"{number}. {query.title}")
    own.addLayer(box)
    own.addLayer(matches)
    return matches


def add_outline_layer(
    query_id: str, outlines: Sequence[Outline], file: Path | None, beside: QgsVectorLayer, project: QgsProject
) -> Generator[None, None, QgsVectorLayer]:
    """Adds outlines above the layer of their matches, on the main thread, one step for each `next`; returns theirs."""
    if file is None:
        layer = _memory_layer(tr("Outlines"), outline_fields(), outline_features(query_id, outlines))
    else:
        layer = QgsVectorLayer(f"{file}|layername={OUTLINES_TABLE}", tr("Outlines"), "ogr")
    yield
    layer.setRenderer(QgsSingleSymbolRenderer(_outline_symbol()))
    place = None if sip.isdeleted(beside) else project.layerTreeRoot().findLayer(beside.id())
    project.addMapLayer(layer, False)
    group = project.layerTreeRoot() if place is None else place.parent()
    group.insertLayer(0, layer)
    return layer


def _memory_layer(name: str, fields: QgsFields, features: Iterator[QgsFeature]) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"Polygon?crs={RESULT_CRS}", name, "memory")
    layer.dataProvider().addAttributes(fields)
    layer.updateFields()
    layer.dataProvider().addFeatures(list(features), QgsFeatureSink.Flag.FastInsert)
    layer.updateExtents()
    return layer


def _box_symbol() -> QgsFillSymbol:
    casing = QgsSimpleLineSymbolLayer(CASING_COLOUR, 1.5)
    line = QgsSimpleLineSymbolLayer(QUERY_COLOUR, 0.8)
    line.setUseCustomDashPattern(True)
    line.setCustomDashVector([2.4, 1.6])
    return _cased(casing, line)


def _outline_symbol() -> QgsFillSymbol:
    return _cased(QgsSimpleLineSymbolLayer(CASING_COLOUR, 1.1), QgsSimpleLineSymbolLayer(OUTLINE_COLOUR, 0.5))


def _cased(casing: QgsSimpleLineSymbolLayer, line: QgsSimpleLineSymbolLayer) -> QgsFillSymbol:
    # Not QgsFillSymbol([casing, line]): Python would delete layers that it hands over in a list.
    symbol = QgsFillSymbol()
    symbol.changeSymbolLayer(0, casing)
    symbol.appendSymbolLayer(line)
    return symbol
