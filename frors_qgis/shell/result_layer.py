"""The layers that a search leaves in the project: its matches, and the box that was asked for."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path

from qgis.core import (
    NULL,
    QgsFeature,
    QgsFeatureSink,
    QgsFields,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsLayerTreeGroup,
    QgsProject,
    QgsSimpleLineSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt import sip

from frors_qgis.resources import resource_path
from frors_qgis.shell.map_colours import CASING_COLOUR, QUERY_COLOUR, score_class
from frors_qgis.shell.match import Match
from frors_qgis.shell.result_file import (
    BOX_TABLE,
    MATCHES_TABLE,
    RESULT_CRS,
    FinishedQuery,
    box_features,
    box_fields,
    match_feature,
    match_features,
    match_fields,
    verdict_label,
)
from frors_qgis.shell.translation import tr

_SLACK = 1e-6  # so that no score at the end of a class is lost to rounding


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


def rank_layer_anew(layer: QgsVectorLayer, query: FinishedQuery, verdicts: Mapping[int, bool]) -> Iterator[None]:
    """Has a layer of matches follow another ranking of the same query, one step for each `next`.

    What the user has written or marked stays: a match that is found no more only loses rank and score where it is
    labelled or has a note, and is not drawn. The layer must not be in edit mode.
    """
    fields = layer.fields()
    rank, score, label = (fields.indexOf(name) for name in ("rank", "score", "label"))
    known = {feature["chip"]: feature for feature in layer.getFeatures()}
    yield
    changes: dict[int, dict[int, object]] = {}
    gone = []
    for chip, feature in known.items():
        if not is_empty(feature["note"]) or chip in verdicts:
            changes[feature.id()] = {rank: None, score: None, label: verdict_label(verdicts.get(chip))}
        else:
            gone.append(feature.id())
    for match in query.matches:
        if match.chip in known:
            values = {rank: match.rank, score: match.score, label: verdict_label(verdicts.get(match.chip))}
            changes[known[match.chip].id()] = values
    kept = set(changes)
    layer.dataProvider().changeAttributeValues(changes)
    yield
    layer.dataProvider().deleteFeatures([feature for feature in gone if feature not in kept])
    yield
    new = [match for match in query.matches if match.chip not in known]
    added = [match_feature(fields, query, match, verdicts.get(match.chip)) for match in new]
    layer.dataProvider().addFeatures(added, QgsFeatureSink.Flag.FastInsert)
    yield
    style_matches(layer, query.matches)
    layer.triggerRepaint()


def is_empty(value: object) -> bool:
    """Whether a field of a feature holds no text."""
    return value is None or value == NULL or not str(value).strip()


def style_matches(layer: QgsVectorLayer, matches: Sequence[Match]) -> None:
    """Gives the layer its style, with equally many matches in each class; `matches` are sorted best first."""
    layer.loadNamedStyle(str(resource_path("styles", "matches.qml")))
    renderer = layer.renderer().clone()
    if not isinstance(renderer, QgsGraduatedSymbolRenderer) or not matches:
        return
    for number in reversed(range(len(renderer.ranges()))):
        scores = [match.score for row, match in enumerate(matches) if score_class(row, len(matches)) == number]
        if not scores:
            renderer.deleteClass(number)
            continue
        renderer.updateRangeUpperValue(number, scores[0] + _SLACK)
        renderer.updateRangeLowerValue(number, scores[-1] - _SLACK)
        renderer.updateRangeLabel(number, f"{scores[-1]:.3f} - {scores[0]:.3f}")
    layer.setRenderer(renderer)  # which tells the legend, too


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
    # Not QgsFillSymbol([casing, line]): Python would delete layers that it hands over in a list.
    symbol = QgsFillSymbol()
    symbol.changeSymbolLayer(0, casing)
    symbol.appendSymbolLayer(line)
    return symbol
