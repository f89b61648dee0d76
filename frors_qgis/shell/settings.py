"""The plugin's entries in the settings tree of QGIS (`/plugins/frors/...`)."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsSettingsEntryBool,
    QgsSettingsEntryDouble,
    QgsSettingsEntryInteger,
    QgsSettingsEntryString,
    QgsSettingsEntryStringList,
    QgsSettingsTree,
)

from frors_qgis.client.engine_options import AUTO, CACHE_MIB

_NODE = "frors"
_MOST_RECENT = 10
MOST_MATCHES = 1000
WINDOWS = (8, 4)
"""Sizes of windows, in cells, that can be chosen."""
LEAST_GSD, MOST_GSD = 0.001, 10_000.0
"""Of the ground GSDs that can be chosen, in metres."""


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
        self._device = QgsSettingsEntryString("device", node, AUTO, "Where the engine computes")
        self._threads = QgsSettingsEntryInteger("threads", node, 0, "Threads of the engine, 0 for all cores")
        self._python = QgsSettingsEntryString("python", node, "", "The engine's Python, empty for FRORS's own")
        self._cache = QgsSettingsEntryInteger("cache-mib", node, CACHE_MIB, "Disk for thumbnails")
        self._codes = QgsSettingsEntryString("search-codes", node, "", "Hash codes that a search holds, empty for none")
        self._folder = QgsSettingsEntryString("archive-folder", node, "", "Where new archives go")
        self._gsd = QgsSettingsEntryDouble("gsd", node, 0.0, "Ground GSD of new archives, 0 for each raster's own")
        self._cluster = QgsSettingsEntryString("cluster", node, "", "Address of a cluster that encodes, empty for none")
        self._parts = QgsSettingsEntryString("cluster-folder", node, "", "Folder that the cluster's computers share")
        self._windows = QgsSettingsEntryStringList("windows", node, [], "Sizes of windows of new archives, in cells")

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
        """Puts an archive first among the recent ones; of one in a database no password is part of its path."""
        before = self.recent_archives()
        after = [path, *(other for other in before if other != path)][:_MOST_RECENT]
        if after != before:  # writing waits for the disk
            self._recent.setValue(after)

    def set_engine(self, device: str, threads: int, cache_mib: int, codes: str) -> None:
        """What `read_engine_options` reads."""
        self._device.setValue(device)
        self._threads.setValue(threads)
        self._cache.setValue(cache_mib)
        self._codes.setValue(codes)

    @property
    def python(self) -> str:
        """The Python that the user has chosen for the engine; empty for the one that FRORS has installed."""
        return str(self._python.value())

    @python.setter
    def python(self, path: str) -> None:
        self._python.setValue(path)

    @property
    def archive_folder(self) -> str:
        """Where new archives are proposed; empty for beside the project."""
        return str(self._folder.value())

    @archive_folder.setter
    def archive_folder(self, path: str) -> None:
        self._folder.setValue(path)

    @property
    def gsd(self) -> float | None:
        """The ground GSD in metres at which rasters are proposed to be indexed; None for each raster's own."""
        gsd = float(self._gsd.value())
        return gsd if LEAST_GSD <= gsd <= MOST_GSD else None

    @gsd.setter
    def gsd(self, metres: float | None) -> None:
        self._gsd.setValue(metres or 0.0)

    @property
    def windows(self) -> tuple[int, ...]:
        """The sizes of windows, in cells, that are ticked when rasters are to be indexed; never none."""
        chosen = set(self._windows.value())
        return tuple(cells for cells in WINDOWS if str(cells) in chosen) or WINDOWS

    @windows.setter
    def windows(self, sizes: tuple[int, ...]) -> None:
        self._windows.setValue([str(cells) for cells in sizes])

    @property
    def cluster(self) -> tuple[str, str]:
        """The address of the cluster that encodes, and the folder that its computers share; empty where not given."""
        return str(self._cluster.value()), str(self._parts.value())

    @cluster.setter
    def cluster(self, chosen: tuple[str, str]) -> None:
        address, parts = chosen
        self._cluster.setValue(address)
        self._parts.setValue(parts)

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
