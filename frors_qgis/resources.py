"""Finds the files of `resources/`, which stand beside the package in the repository and inside it in the plugin."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Path of a resource, for example `resource_path("styles", "matches.qml")`; it need not exist."""
    for root in (_PACKAGE, _PACKAGE.parent):
        if (root / "resources").is_dir():
            return root.joinpath("resources", *parts)
    raise FileNotFoundError(f"There is no resources folder in {_PACKAGE} or beside it; install the plugin again.")
