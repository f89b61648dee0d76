"""Finds what is shipped with the package: beside it in the repository, inside it in the plugin."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Path of a resource, for example `resource_path("styles", "matches.qml")`; it need not exist."""
    for root in (_PACKAGE, _PACKAGE.parent):
        if (root / "resources").is_dir():
            return root.joinpath("resources", *parts)
    raise FileNotFoundError(f"There is no resources folder in {_PACKAGE} or beside it; install the plugin again.")


def shipped_file(name: str) -> Path:
    """Path of a file that stands at the top of the repository. Raises FileNotFoundError."""
    for root in (_PACKAGE, _PACKAGE.parent):
        if (root / name).is_file():
            return root / name
    raise FileNotFoundError(f"There is no {name} in {_PACKAGE} or beside it; install the plugin again.")
