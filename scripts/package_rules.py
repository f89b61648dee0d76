"""The rules for a package that need no tool: those by which plugins.qgis.org refuses one at upload, and our own.

Standard library only, so that a package can be made before anything is installed. That the three links of metadata.txt
answer, which plugins.qgis.org also asks for, is not looked at: nothing here needs the network.
"""

from __future__ import annotations

import configparser
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

MOST_BYTES = 25_000_000
"""What plugins.qgis.org takes."""

REQUIRED_KEYS = (
    "name",
    "description",
    "about",
    "version",
    "qgisMinimumVersion",
    "qgisMaximumVersion",
    "author",
    "email",
    "homepage",
    "tracker",
    "repository",
    "category",
    "icon",
    "tags",
)
LINKS = ("homepage", "tracker", "repository")
SWITCHES = ("experimental", "deprecated", "server")
CATEGORIES = ("Database", "Mesh", "Raster", "Vector", "Web")
PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".gif")

NEEDED = (
    "__init__.py",
    "metadata.txt",
    "LICENSE",
    "CHANGELOG.md",
    "requirements.txt",
    "constraints.txt",
    "resources/encoders/frors.safetensors",
    "resources/encoders/frors.md",
    "resources/i18n/frors_de.qm",
    "resources/styles/matches.qml",
)
"""Files without which the plugin is none, or does not work."""

NO_PROGRAMS = (".exe", ".dll", ".so", ".dylib", ".bat", ".sh", ".ps1", ".cmd", ".pyd", ".pyc", ".pyo")
NO_FOLDERS = ("__pycache__", "__MACOSX", "tests", "test")


def violations(package: Path) -> list[str]:
    """One sentence for every rule that a package breaks; none when it may be uploaded. Raises OSError."""
    found = []
    size = package.stat().st_size
    if size > MOST_BYTES:
        found.append(f"The package has {size:,} bytes; plugins.qgis.org takes {MOST_BYTES:,} at most.")
    try:
        with zipfile.ZipFile(package) as archive:
            if (broken := archive.testzip()) is not None:
                return [*found, f"{broken} is damaged in the package."]
            return [*found, *_of_entries(archive.infolist()), *_of_plugin(archive)]
    except zipfile.BadZipFile as error:
        return [*found, f"The package is no zip: {error}."]


def read_metadata(text: str) -> Mapping[str, str]:
    """The keys of metadata.txt, read as plugins.qgis.org does: a per cent sign must be doubled. Raises ValueError."""
    parser = configparser.ConfigParser()
    parser.optionxform = str
    try:
        parser.read_string(text)
        return dict(parser.items("general"))
    except configparser.Error as error:
        raise ValueError(f"metadata.txt cannot be read: {' '.join(str(error).split())}") from error


def _of_entries(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    names = [entry.filename for entry in entries]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is in the package twice."
    for entry in entries:
        name, parts = entry.filename, entry.filename.split("/")
        if ".." in name or name.startswith("/") or "\\" in entry.orig_filename or ":" in name:
            yield f"{name} is no path inside a folder."
        if any(part.startswith(".") for part in parts):
            yield f"{name} is a hidden file."
        if name.lower().endswith(NO_PROGRAMS):
            yield f"{name} is a program or compiled code."
        if found := sorted(set(NO_FOLDERS) & set(parts[:-1])):
            yield f"{name} lies in a folder {found[0]}."
        mode = entry.external_attr >> 16
        if mode & 0o111 and not stat.S_ISDIR(mode):
            yield f"{name} can be executed."
        if stat.S_ISLNK(mode):
            yield f"{name} is a symbolic link."


def _of_plugin(archive: zipfile.ZipFile) -> Iterator[str]:
    names = archive.namelist()
    folders = sorted({name.split("/")[0] for name in names})
    if len(folders) != 1 or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", folders[0]):
        yield f"The package must hold one folder that can be a Python package, not: {', '.join(folders) or 'nothing'}."
        return
    if "plugin" in folders[0].lower():
        yield f"The folder {folders[0]} says that it is a plugin, which goes without saying."
    for name in NEEDED:
        if f"{folders[0]}/{name}" not in names:
            yield f"{name} is missing."
    metadata = [name for name in names if name.endswith("metadata.txt")]
    if metadata != [f"{folders[0]}/metadata.txt"]:
        yield f"There must be one metadata.txt, in the folder of the plugin, not: {', '.join(metadata) or 'none'}."
        return
    try:
        values = read_metadata(archive.read(metadata[0]).decode("utf-8"))
    except ValueError as error:
        yield str(error)
        return
    yield from _of_metadata(values)
    if (icon := values.get("icon", "")) and f"{folders[0]}/{icon}" not in names:
        yield f"The icon {icon} is missing."


def _of_metadata(values: Mapping[str, str]) -> Iterator[str]:
    for key in REQUIRED_KEYS:
        if not values.get(key, "").strip():
            yield f"metadata.txt says nothing about {key}."
    for key in LINKS:
        if not re.fullmatch(r"https://[^/\s]+/\S*", values.get(key, "https:///")):
            yield f"metadata.txt: {key} is no https link: {values[key]}"
    for key in SWITCHES:
        if values.get(key, "False") not in ("True", "False"):
            yield f"metadata.txt: {key} is neither True nor False: {values[key]}"
    if "plugin" in values.get("name", "").lower():
        yield "metadata.txt: the name says that it is a plugin, which goes without saying."
    for key in ("name", "description", "author"):
        if "\n" in values.get(key, ""):
            yield f"metadata.txt: {key} has more than one line."
    for key in ("description", "about"):
        if re.search(r"</?[a-z][^>]*>", values.get(key, ""), re.IGNORECASE):
            yield f"metadata.txt: {key} holds HTML."
    if "/" in values.get("author", ""):
        yield "metadata.txt: the author's name holds a slash."
    if not re.fullmatch(r"\S+@\S+\.\S+", values.get("email", "")):
        yield "metadata.txt: email is no address."
    if not re.fullmatch(r"\d+(\.\d+){1,2}", values.get("version", "")):
        yield "metadata.txt: the version is not made of numbers."
    if values.get("category") not in CATEGORIES:
        yield f"metadata.txt: the category is none of {', '.join(CATEGORIES)}."
    if not values.get("icon", "").lower().endswith(PICTURES):
        yield f"metadata.txt: the icon is none of {', '.join(PICTURES)}."
    least, most = (_qgis_version(values.get(f"qgis{end}Version", "")) for end in ("Minimum", "Maximum"))
    if least is None or most is None:
        yield "metadata.txt: a version of QGIS is not two or three numbers."
    elif least > most:
        yield "metadata.txt: qgisMinimumVersion is above qgisMaximumVersion."


def _qgis_version(text: str) -> tuple[int, ...] | None:
    return tuple(map(int, text.split("."))) if re.fullmatch(r"\d+(\.\d+){1,2}", text) else None
