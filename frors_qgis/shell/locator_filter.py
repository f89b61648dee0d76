"""FRORS in QGIS's locator bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgis.core import QgsFeedback, QgsLocatorContext, QgsLocatorFilter, QgsLocatorResult
from qgis.PyQt.QtGui import QAction

from frors_qgis.location import archive_stem
from frors_qgis.shell.icon import archive_icon
from frors_qgis.shell.translation import tr


class FrorsLocatorFilter(QgsLocatorFilter):
    """Finds the plugin's actions and the archives opened lately, by any part of their names; prefix "frors"."""

    def __init__(
        self, actions: Sequence[QAction], archives: Callable[[], list[str]], choose: Callable[[str], None]
    ) -> None:
        """archives: the paths of archives, newest first; choose: opens one."""
        super().__init__()
        self._actions = actions
        self._archives = archives
        self._choose = choose

    def name(self) -> str:
        return "frors"

    def displayName(self) -> str:  # noqa: N802
        return tr("FRORS")

    def prefix(self) -> str:
        return "frors"

    def flags(self) -> QgsLocatorFilter.Flag:
        return QgsLocatorFilter.Flag.FlagFast  # on the main thread: it asks nobody

    def clone(self) -> FrorsLocatorFilter:
        return FrorsLocatorFilter(self._actions, self._archives, self._choose)

    def fetchResults(self, text: str, context: QgsLocatorContext, feedback: QgsFeedback) -> None:  # noqa: N802
        wanted = text.strip().casefold()
        if not wanted and not context.usingPrefix:
            return
        for action in self._actions:
            if wanted in action.text().casefold():
                self._offer(action.text(), "", f"action:{self._actions.index(action)}", action.icon())
        for path in self._archives():
            if wanted in archive_stem(path).casefold():
                title = tr("Search in {archive}").format(archive=archive_stem(path))
                self._offer(title, path, f"archive:{path}", archive_icon(path))

    def triggerResult(self, result: QgsLocatorResult) -> None:  # noqa: N802
        kind, _, value = str(result.userData() if callable(result.userData) else result.userData).partition(":")
        if kind == "archive":
            self._choose(value)
        else:
            self._actions[int(value)].trigger()

    def _offer(self, title: str, description: str, data: str, icon: object) -> None:
        result = QgsLocatorResult()
        result.filter = self
        result.displayString = title
        result.description = description
        result.icon = icon
        if hasattr(result, "setUserData"):
            result.setUserData(data)
        else:
            result.userData = data
        self.resultFetched.emit(result)
