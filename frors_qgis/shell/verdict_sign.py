"""The signs for right and wrong: white in a disc of their colour."""

from __future__ import annotations

import base64

from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPen, QPolygonF

from frors_qgis.shell.map_colours import RIGHT_COLOUR, WRONG_COLOUR

_SIDE = 22
"""Side of the square in which the strokes are given."""
_STROKE = 2.2
_RING = 1.4
_TICK = ((-5.0, 0.5), (-1.5, 4.0), (5.0, -4.0))
_CROSS = (((-4.0, -4.0), (4.0, 4.0)), ((-4.0, 4.0), (4.0, -4.0)))


def verdict_colour(right: bool) -> QColor:
    """The colour for right, or for wrong."""
    return RIGHT_COLOUR if right else WRONG_COLOUR


def paint_sign(painter: QPainter, area: QRectF, right: bool, colour: QColor) -> None:
    """Paints a tick (right) or a cross (wrong) on a disc of `colour` that fills the square `area`."""
    unit = area.width() / _SIDE
    strokes = [_TICK] if right else list(_CROSS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(area)
    painter.setPen(QPen(QColor(255, 255, 255), _STROKE * unit, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in strokes:
        painter.drawPolyline(QPolygonF([area.center() + QPointF(x, y) * unit for x, y in stroke]))


def sign_svg(right: bool) -> str:
    """The same sign in a white ring, as the name of an SVG that holds all of it, so that a project can keep it."""
    radius = _SIDE / 2
    lines = "".join(
        f'<polyline points="{" ".join(f"{radius + x},{radius + y}" for x, y in stroke)}"/>'
        for stroke in ([_TICK] if right else _CROSS)
    )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}">'
        f'<circle cx="{radius}" cy="{radius}" r="{radius - _RING / 2}" fill="{verdict_colour(right).name()}" '
        f'stroke="#ffffff" stroke-width="{_RING}"/>'
        f'<g fill="none" stroke="#ffffff" stroke-width="{_STROKE}" stroke-linecap="round">{lines}</g></svg>'
    )
    return f"base64:{base64.b64encode(picture.encode()).decode()}"
