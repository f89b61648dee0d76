"""A report for whoever shall help: versions, device, archive and the end of the log, without the user's folders."""

from __future__ import annotations

import json
import platform
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from osgeo import gdal
from qgis.core import Qgis
from qgis.PyQt.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QObject
from qgis.PyQt.QtWidgets import QApplication

from frors_qgis.client.client import EngineClient
from frors_qgis.client.interpreter import find_interpreter
from frors_qgis.client.tasks import Call, Work
from frors_qgis.protocol import EngineError
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.translation import tr
from frors_qgis.version import VERSION

_LINES = 100
_ARCHIVE = ("encoder", "encoder_available", "dimension", "chips", "bytes", "levels")
_FOLDERS = re.compile(r"(?:(?<![\w.])[A-Za-z]:[\\/]|\\\\|(?<![\w.])~?/{1,2})(?:[^\\/\n\"'<>|:;,]+[\\/])*")
"""All of a path but its last part, as Windows and others write it."""


class Diagnostics(QObject):
    """Remembers what the engine has logged, and puts the report on the clipboard."""

    def __init__(
        self,
        client: EngineClient,
        tasks: EngineTasks,
        notices: Notices,
        archive: Callable[[], str | None],
        parent: QObject,
    ) -> None:
        """archive: the path of the one that is chosen."""
        super().__init__(parent)
        self._tasks = tasks
        self._notices = notices
        self._archive = archive
        self._lines: deque[str] = deque(maxlen=_LINES)
        client.line_logged.connect(self._lines.append)

    def copy(self) -> None:
        """Asks the engine, which is started for it, then copies the report; also where no engine can be had."""
        self._tasks.start(
            tr("FRORS report"),
            _asking_work(self._archive()),
            succeeded=lambda result: self._put(result["told"]),
            failed=self._notices.failure,
        )

    def _put(self, told: dict[str, Any]) -> None:
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(report(told, list(self._lines)))
            self._notices.success(tr("The report is on the clipboard; paste it where you ask for help."))


def report(told: dict[str, Any], lines: list[str]) -> str:
    """The report as Markdown, in English as those who read it; told: what the engine said, by subject."""
    qgis = {
        "FRORS": VERSION,
        "QGIS": Qgis.version(),
        "Qt": QT_VERSION_STR,
        "PyQt": PYQT_VERSION_STR,
        "Python": platform.python_version(),
        "GDAL": gdal.VersionInfo("RELEASE_NAME"),
        "system": platform.platform(),
    }
    parts = ["## FRORS report"]
    for title, values in ({"QGIS": qgis} | told).items():
        parts += ["", f"### {title}", ""]
        parts += [f"- {name}: {value}" for name, value in values.items()]
    parts += ["", f"### The engine's last {len(lines)} lines", "", "```", *lines, "```", ""]
    return without_folders("\n".join(parts))


def without_folders(text: str) -> str:
    """The text with every path cut down to its last part, and without the name of the user's own folder."""
    home = Path.home()
    text = text.replace(str(home), "~").replace(home.as_posix(), "~")
    return _FOLDERS.sub(".../", text)


def _asking_work(archive: str | None) -> Work:
    def work(call: Call) -> dict[str, Any]:
        told = {"engine": _answer(lambda: {"interpreter": find_interpreter()} | call("runtime", {}))}
        if archive is not None:
            told["archive"] = _answer(lambda: _archive(call("info", {"archive": archive})))
        return {"told": told}

    return work


def _answer(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return ask()
    except EngineError as error:
        return {error.code.value: error.message}


def _archive(info: dict[str, Any]) -> dict[str, Any]:
    states = [raster["state"] for raster in info["rasters"]]
    rasters = {state: states.count(state) for state in dict.fromkeys(states)}
    reasons = [raster["reason"] for raster in info["rasters"] if raster["reason"]]
    return {name: json.dumps(info[name]) for name in _ARCHIVE} | {"rasters": rasters, "reasons": reasons[:5]}
