"""The plugin fits Qt 6: with PyQt6 every module is imported, and everything that it uses of Qt is there."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PROBE = REPOSITORY / "tests" / "qt6_imports.py"

pytestmark = pytest.mark.skipif(importlib.util.find_spec("PyQt6") is None, reason="PyQt6 is not installed")


@pytest.fixture(scope="module")
def qt5_names() -> str:
    """The names of PyQt5's methods, a line each."""
    command = [sys.executable, str(PROBE), "--names"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def findings(folder: Path, qt5_names: str) -> tuple[list[str], int]:
    """What in the plugin below `folder` does not fit Qt 6, and how many modules were read."""
    command = [sys.executable, str(PROBE), str(folder)]
    done = subprocess.run(command, input=qt5_names, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    assert not done.stderr
    *found, count = [line for line in done.stdout.splitlines() if line]
    return found, int(count)


def test_every_module_works_with_pyqt6(qt5_names: str) -> None:
    found, count = findings(REPOSITORY, qt5_names)
    assert found == []
    assert count > 80


PLANTED = [
    ("from PyQt5.QtCore import Qt", "PyQt5 belongs to Qt 5; use qgis.PyQt"),
    ("import sip", "sip belongs to Qt 5"),
    ("from qgis.PyQt.QtCore import QRegExp", "PyQt6 has no QRegExp in qgis.PyQt.QtCore"),
    ("from qgis.PyQt.QtWidgets import QAction", "PyQt6 has no QAction in qgis.PyQt.QtWidgets"),
    ("from qgis.PyQt.QtCore import Qt\ndef f():\n    return Qt.AlignLeft", "PyQt6 has no Qt.AlignLeft"),
    ("from qgis.PyQt.QtGui import QPainter as P\ndef f():\n    P.Antialiasing", "PyQt6 has no P.Antialiasing"),
    ("from qgis.PyQt.QtCore import Qt\ndef f():\n    Qt.MouseButton.MidButton", "no Qt.MouseButton.MidButton"),
    ("def f(dialog):\n    dialog.exec_()", "exec_ is in no class of PyQt6"),
    ("def f(moment):\n    return moment.toTime_t()", "toTime_t is in no class of PyQt6"),
    ("class A:\n    def exec_(self): ...", "exec_ is called exec in PyQt6"),
    ("def f(box):\n    box.activated[str].connect(f)", "activated[str] is textActivated"),
    ("from qgis.PyQt.QtCore import QVariant\ndef f():\n    return QVariant()", "QVariant() makes no NULL"),
    ("from qgis.PyQt.QtCore import QDateTime\ndef f():\n    return QDateTime(2020, 1, 1, 0, 0, 0, 0, 0)", "QDateTime"),
    ("def f(widget):\n    return widget.fontMetrics().width('a')", "is called horizontalAdvance()"),
    ("def f(menu):\n    menu.addAction('a', 'b', 'c', 'd')", "addAction takes its arguments in another order"),
    ("from qgis.PyQt.QtCore import Qt\nFLAG = Qt.AlignLeft", "cannot be imported with PyQt6"),
]

INNOCENT = """\
from qgis.core import Qgis, QgsTask
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, pyqtSignal

SIDES = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
FLAGS = QgsTask.Flag.CanCancel | QgsTask.Flag.Hidden


class Task(QgsTask):
    ended = pyqtSignal(object)
    level = Qgis.MessageLevel.Warning

    def width(self):
        return self.fontMetrics().horizontalAdvance("a")
"""


def test_what_is_planted_is_found(tmp_path: Path, qt5_names: str) -> None:
    shell = tmp_path / "frors_qgis" / "shell"
    (tmp_path / "frors_qgis" / "engine").mkdir(parents=True)
    (tmp_path / "frors_qgis" / "engine" / "bad.py").write_text("import PyQt5")  # not of Qt's concern
    shell.mkdir()
    for folder in (shell.parent, shell):
        (folder / "__init__.py").write_text("")
    (shell / "innocent.py").write_text(INNOCENT)
    for number, (source, _) in enumerate(PLANTED):
        (shell / f"planted_{number:02}.py").write_text(source)
    found, count = findings(tmp_path, qt5_names)
    assert count == len(PLANTED) + 3
    for number, (source, complaint) in enumerate(PLANTED):
        about = [sentence for sentence in found if f"planted_{number:02}.py" in sentence]
        assert any(complaint in sentence for sentence in about), (source, about)
    assert not [sentence for sentence in found if "innocent" in sentence or "engine" in sentence]
