"""Progress of a command, on a terminal and in a file."""

import io

import pytest

from frors_qgis.engine import progress_bar
from frors_qgis.engine.progress_bar import ProgressBar


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress_bar, "time", clock)
    return clock


def test_a_terminal_shows_one_line_that_is_written_over(clock, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with ProgressBar() as bar:
        bar.show(0.25, "Reading", 75.4)
        bar.show(0.5, "Writing", None)
    assert terminal.getvalue().split("\r\033[K")[1:] == [
        f"[{'#' * 8}{'.' * 22}]  25% Reading, 1:15 left",
        f"[{'#' * 15}{'.' * 15}]  50% Writing\n",
    ]


def test_a_file_gets_a_line_each_minute(clock, monkeypatch):
    file = io.StringIO()
    monkeypatch.setattr("sys.stderr", file)
    with ProgressBar() as bar:
        for number in range(200):
            clock.now += 1.0
            bar.show(number / 200, f"Epoch {number}", 200.0 - number)
    assert file.getvalue() == " 30% Epoch 59, 2:21 left\n 60% Epoch 119, 1:21 left\n 90% Epoch 179, 0:21 left\n"
