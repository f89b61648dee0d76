"""The plugin's entries in the settings tree of QGIS (`/plugins/frors/...`)."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    Qgis,
    QgsSettingsEntryBool,
    QgsSettingsEntryInteger,
    QgsSettingsEntryStringList,
    QgsSettingsTree,
)

_NODE = "frors"
_MOST_RECENT = 10
MOST_MATCHES = 1000


class Settings:
    """What the plugin remembers between sessions. `unregister()` ends it; the values stay on disk."""

    def __init__(self) -> None:
        node = QgsSettingsTree.createPluginTreeNode(_NODE)
        if node.childrenSettings():  # of a plugin that QGIS could not unload
            self.unregister()
            node = QgsSettingsTree.createPluginTreeNode(_NODE)
        self._recent = QgsSettingsEntryStringList("recent-archives", node, [], "Archives opened lately, newest first")
        self._matches = QgsSettingsEntryInteger(
            "matches", node, 100, "Matches of a search", Qgis.SettingsOptions(), 1, MOST_MATCHES
        )
        self._any_size = QgsSettingsEntryBool("any-size", node, False, "Compare with chips of any ground size")

    def unregister(self) -> None:
        """Takes the entries out of the settings tree; this object is of no use afterwards."""
        QgsSettingsTree.unregisterPluginTreeNode(_NODE)

    def recent_archives(self) -> list[str]:
        """Paths of archives, newest first; files that are gone stay listed (a disk may come back)."""
        return list(self._recent.value())

    def last_archive(self) -> str:
        """The archive of the last session, or an empty text."""
        return next(iter(self.recent_archives()), "")

    def remember_archive(self, path: str) -> None:
        """Puts an archive first among the recent ones."""
        path = str(Path(path))
        self._recent.setValue([path, *(other for other in self.recent_archives() if other != path)][:_MOST_RECENT])

    @property
    def matches(self) -> int:
        """How many matches a search asks for."""
        return int(self._matches.value())

    @matches.setter
    def matches(self, number: int) -> None:
        self._matches.setValue(min(max(number, 1), MOST_MATCHES))

    @property
    def any_size(self) -> bool:
        """Whether a search compares with chips of any ground size."""
        return bool(self._any_size.value())

    @any_size.setter
    def any_size(self, on: bool) -> None:
        self._any_size.setValue(on)
