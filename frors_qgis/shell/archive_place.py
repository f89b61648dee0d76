"""Where files go that belong to an archive."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject

from frors_qgis.location import archive_stem, is_database


def own_folder(chosen: str) -> Path:
    """The user's folder: the one chosen in the options, else that of the project, else the home folder."""
    return Path(chosen or QgsProject.instance().homePath() or Path.home())


def folder_of(archive: str, chosen: str) -> Path:
    """The folder for what is made of an archive: beside its file, and of one in a database the user's own."""
    return own_folder(chosen) if is_database(archive) else Path(archive).parent


def file_stem(archive: str) -> str:
    """The archive's name as part of a file's, whatever signs are in it."""
    stem = archive_stem(archive)
    return "".join("_" if sign in '/\\:*?"<>|' else sign for sign in stem) if is_database(archive) else stem
