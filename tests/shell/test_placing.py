from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QPoint, QRect, QSize

from frors_qgis.shell.placing import place_on, way_off

LEAST, WANTED = QSize(420, 465), QSize(780, 620)


@pytest.mark.parametrize(
    ("screen", "spot", "free"),
    [
        (QRect(0, 0, 1366, 768), QPoint(633, 437), True),
        (QRect(0, 0, 1920, 1080), QPoint(1000, 500), True),
        (QRect(1366, 0, 1366, 728), QPoint(1366 + 633, 437), True),
        (QRect(0, 0, 800, 600), QPoint(400, 300), False),
        (QRect(0, 0, 400, 400), QPoint(200, 200), False),
    ],
)
def test_a_window_is_whole_on_the_screen_and_beside_the_spot_where_there_is_room(screen, spot, free):
    place = place_on(screen, spot, LEAST, WANTED)
    assert screen.contains(place)
    assert place.contains(spot) is not free
    if free:
        assert place.height() == WANTED.height()
        assert place.width() >= LEAST.width()


def test_a_window_that_fits_at_its_own_size_keeps_it_at_the_left_edge():
    place = place_on(QRect(0, 0, 2560, 1440), QPoint(1200, 700), LEAST, WANTED)
    assert place.size() == WANTED
    assert place.left() < 20


@pytest.mark.parametrize(
    ("panel", "window", "way"),
    [
        (QRect(1065, 135, 335, 700), QRect(890, 180, 780, 620), -612),  # to the left
        (QRect(0, 135, 335, 700), QRect(8, 180, 780, 620), 334),  # to the right
        (QRect(1065, 135, 335, 700), QRect(8, 180, 780, 620), 0),  # is off it
        (QRect(600, 135, 500, 700), QRect(700, 180, 780, 620), 0),  # no room
    ],
)
def test_a_window_gets_off_a_panel_where_there_is_room(panel, window, way):
    screen = QRect(0, 0, 1680, 1050)
    assert way_off(screen, panel, window) == way
    moved = window.translated(way, 0)
    assert screen.contains(moved)
    assert moved.intersects(panel) is (panel.left() == 600)
