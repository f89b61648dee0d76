"""How a layer of matches is drawn: by classes of the score, with the panel's signs on what is marked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qgis.core import (
    QgsCentroidFillSymbolLayer,
    QgsFillSymbol,
    QgsMarkerLineSymbolLayer,
    QgsMarkerSymbol,
    QgsProperty,
    QgsRuleBasedRenderer,
    QgsSimpleLineSymbolLayer,
    QgsSvgMarkerSymbolLayer,
    QgsSymbolLayer,
    QgsTemplatedLineSymbolLayerBase,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPointF, Qt

from frors_qgis.resources import resource_path
from frors_qgis.shell.map_colours import CASING_COLOUR, SCORE_COLOURS, score_class
from frors_qgis.shell.match import Match
from frors_qgis.shell.result_file import RESULT_CRS, verdict_label
from frors_qgis.shell.translation import tr
from frors_qgis.shell.verdict_sign import sign_svg, verdict_colour
from frors_qgis.shell.wording import decimal_text

_SLACK = 1e-6  # so that no score at the end of a class is lost to rounding
_KEY = "frors-"
"""What the keys of our rules begin with."""
_SIGN_MM = 3.8
_CORNER = QPointF(-2.6, -2.6)  # from half way round, the lower right corner, into the match
_STROKE = "if(\"score\" is null, '{style}', 'no')"
_ABOVE_ALL = 1


def style_matches(layer: QgsVectorLayer, matches: Sequence[Match]) -> None:
    """Gives a new layer its style, with equally many matches in each class; `matches` are sorted best first."""
    layer.loadNamedStyle(str(resource_path("styles", "matches.qml")))
    styled = layer.renderer()
    if styled is None:
        return  # somebody has taken the geometries out of the file
    root = QgsRuleBasedRenderer.Rule(None)
    for right in (True, False):
        root.appendChild(_verdict_rule(right))
    renderer = QgsRuleBasedRenderer(root)
    renderer.setOrderBy(styled.orderBy())
    renderer.setOrderByEnabled(True)
    layer.setRenderer(renderer)
    grade(layer, matches)


def grade(layer: QgsVectorLayer, matches: Sequence[Match]) -> None:
    """Fits the classes of a layer to its matches; one that the user draws in a way of her own stays."""
    renderer = layer.renderer()
    if not isinstance(renderer, QgsRuleBasedRenderer) or not _rules(renderer):
        return
    renderer = renderer.clone()
    root, rules = renderer.rootRule(), _rules(renderer)
    symbols: list[QgsFillSymbol] = []
    place, above = 0, math.inf
    for number in range(len(SCORE_COLOURS)):
        classed = [match.score for row, match in enumerate(matches) if score_class(row, len(matches)) == number]
        scores = [score for score in classed if score < above]  # equal scores are of one class
        rule = rules.get(f"{_KEY}{number}")
        if not scores:
            if rule is not None:
                root.removeChild(rule)
            continue
        if rule is None:
            symbols = symbols or _class_symbols()
            rule = QgsRuleBasedRenderer.Rule(symbols[number])
            rule.setRuleKey(f"{_KEY}{number}")
            root.insertChild(place, rule)
        place += 1
        low, high = scores[-1], scores[0]
        under = "" if math.isinf(above) else f' and "score" < {above - _SLACK!r}'
        rule.setFilterExpression(f'"score" >= {low - _SLACK!r}{under}')
        above = low
        rule.setLabel(tr("{low} to {high}").format(low=decimal_text(low), high=decimal_text(high)))
    layer.setRenderer(renderer)  # which tells the legend, too


def _rules(renderer: QgsRuleBasedRenderer) -> dict[str, QgsRuleBasedRenderer.Rule]:
    """Our rules by their keys, those that the user has not deleted."""
    return {rule.ruleKey(): rule for rule in renderer.rootRule().children() if rule.ruleKey().startswith(_KEY)}


def _class_symbols() -> list[QgsFillSymbol]:
    """The symbols of the classes, best first."""
    layer = QgsVectorLayer(f"Polygon?crs={RESULT_CRS}", "", "memory")
    layer.loadNamedStyle(str(resource_path("styles", "matches.qml")))
    return [graded.symbol().clone() for graded in layer.renderer().ranges()]


def _verdict_rule(right: bool) -> QgsRuleBasedRenderer.Rule:
    """Draws the sign on what is marked, and an outline round what is found no more."""
    rule = QgsRuleBasedRenderer.Rule(_verdict_symbol(right))
    rule.setRuleKey(f"{_KEY}{verdict_label(right)}")
    rule.setFilterExpression(f"\"label\" = '{verdict_label(right)}'")
    rule.setLabel(tr("marked right") if right else tr("marked wrong"))
    return rule


def _verdict_symbol(right: bool) -> QgsFillSymbol:
    casing, line = QgsSimpleLineSymbolLayer(CASING_COLOUR, 1.1), QgsSimpleLineSymbolLayer(verdict_colour(right), 0.6)
    for outline, style in ((casing, "solid"), (line, "dash")):
        outline.setPenStyle(Qt.PenStyle.NoPen)  # so that the legend, which knows of no feature, has the sign alone
        stroke = QgsProperty.fromExpression(_STROKE.format(style=style))
        outline.setDataDefinedProperty(QgsSymbolLayer.Property.StrokeStyle, stroke)
    # No geometry generator: QGIS 3.40 does not survive reading a damaged one from a project.
    on_map, in_legend = QgsMarkerLineSymbolLayer(rotateMarker=False), QgsCentroidFillSymbolLayer()
    on_map.setPlacements(QgsTemplatedLineSymbolLayerBase.Placement.CentralPoint)
    for sign, hidden, offset in ((on_map, "$id is null", _CORNER), (in_legend, "$id is not null", QPointF())):
        disc = QgsSvgMarkerSymbolLayer(sign_svg(right), _SIGN_MM)
        disc.setOffset(offset)
        size = QgsProperty.fromExpression(f"if({hidden}, 0, {_SIGN_MM})")
        disc.setDataDefinedProperty(QgsSymbolLayer.Property.Size, size)
        marker = QgsMarkerSymbol()
        marker.changeSymbolLayer(0, disc)
        sign.setSubSymbol(marker)
        sign.setRenderingPass(_ABOVE_ALL)
    symbol = QgsFillSymbol()
    symbol.setClipFeaturesToExtent(False)  # else half way round is elsewhere at the edge of the map
    symbol.changeSymbolLayer(0, casing)
    for part in (line, on_map, in_legend):
        symbol.appendSymbolLayer(part)
    return symbol
