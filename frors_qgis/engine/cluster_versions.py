"""What two computers must have alike so that both make the same embeddings, and how they differ."""

from __future__ import annotations

import platform
from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from frors_qgis.engine.packages import package_versions
from frors_qgis.version import VERSION

Versions = dict[str, "str | None"]
"""By name; None for what is not there."""

_TOLERATED = ("numpy", "gdal")
"""Their versions are told, and may differ: nothing that is kept depends on them but by a hair."""
_MOST_NAMED = 3


def own_versions() -> Versions:
    """Those of this process that can be told without loading anything."""
    packages = package_versions() | {name: _version(name) for name in ("dask", "distributed")}
    kept = {name: packages[name] for name in ("torch", "torchvision", "dask", "distributed", *_TOLERATED)}
    python = ".".join(platform.python_version_tuple()[:2])
    # A build for a graphics card is the same torch: 2.13.0+cu130.
    return {"FRORS": VERSION, "Python": python} | {name: text and text.split("+")[0] for name, text in kept.items()}


def refused(own: Versions, others: Mapping[str, Versions]) -> str:
    """How workers, by their addresses, differ in what matters; empty where they do not."""
    return _listed(own, others, [name for name in own if name not in _TOLERATED])


def told(own: Versions, others: Mapping[str, Versions]) -> str:
    """How workers differ in what does not matter; empty where they do not."""
    return _listed(own, others, _TOLERATED)


def _listed(own: Versions, others: Mapping[str, Versions], names: list[str] | tuple[str, ...]) -> str:
    """Such as "torch 2.12.0 ≠ 2.13.0 (tcp://10.0.0.2:4001, tcp://10.0.0.3:4001)", in no language."""
    found: dict[str, list[str]] = defaultdict(list)
    for address, theirs in sorted(others.items()):
        if not theirs:
            found[f"FRORS - ≠ {own['FRORS']}"].append(address)
            continue
        for name in names:
            if theirs.get(name) != own[name]:
                found[f"{name} {theirs.get(name) or '-'} ≠ {own[name] or '-'}"].append(address)
    return "; ".join(f"{difference} ({_named(addresses)})" for difference, addresses in found.items())


def _named(addresses: list[str]) -> str:
    more = len(addresses) - _MOST_NAMED
    return ", ".join(addresses[:_MOST_NAMED]) + (f", +{more}" if more > 0 else "")


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
