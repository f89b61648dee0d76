"""What the user has set for the engine in QGIS's options."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import QgsSettings

NODE = "plugins/frors"
AUTO = "auto"
CACHE_MIB = 64
ALL_CODES = ("", "128", "full")
"""What the hash codes of a search may be: none, of so many bits, or of as many as an embedding has numbers."""


@dataclass(frozen=True)
class EngineOptions:
    """`device` by its name; `threads` that compute, 0 for all cores; `cache_mib` for thumbnails; one of `ALL_CODES`."""

    device: str = AUTO
    threads: int = 0
    cache_mib: int = CACHE_MIB
    codes: str = ""

    def arguments(self) -> list[str]:
        """Arguments of the engine's command `serve`."""
        arguments = ["--threads", str(self.threads), "--cache-mib", str(self.cache_mib)]
        return [*arguments, "--codes", self.codes] if self.codes else arguments


def read_engine_options() -> EngineOptions:
    """What is set now; what cannot be is taken as not set."""
    settings = QgsSettings()
    device = str(settings.value(f"{NODE}/device", AUTO) or AUTO)
    threads, cache_mib = _whole(f"{NODE}/threads", 0, 0), _whole(f"{NODE}/cache-mib", CACHE_MIB, 1)
    codes = str(settings.value(f"{NODE}/search-codes", "") or "")
    return EngineOptions(device, threads, cache_mib, codes if codes in ALL_CODES else "")


def _whole(key: str, default: int, least: int) -> int:
    try:
        return max(least, int(QgsSettings().value(key, default)))
    except (TypeError, ValueError):
        return default
