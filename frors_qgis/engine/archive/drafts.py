"""Drafts: an archive that is being made is a hidden file beside its place until it is complete."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from frors_qgis.engine.archive.writer_lock import WriterLock
from frors_qgis.protocol import EngineError

_NAME = re.compile(r"\.(.+\.gpkg)\.[0-9a-f]{8}\.draft", re.IGNORECASE | re.DOTALL)


def draft_of(archive: Path, identifier: str) -> Path:
    """Where an archive with an id of hexadecimal digits is made."""
    return archive.with_name(f".{archive.name}.{identifier[:8]}.draft")


def remove_dead_drafts(archive: Path) -> None:
    """Removes the drafts in an archive's folder whose makers were killed. For those who hold the archive's WriterLock.

    Whoever makes an archive holds the lock of its name: one that can be had shows that nobody makes it now.
    """
    for draft in archive.parent.glob(".*.draft"):
        if match := _NAME.fullmatch(draft.name):
            with suppress(OSError, EngineError):
                if match[1] == archive.name:
                    draft.unlink()
                else:
                    with WriterLock(archive.with_name(match[1])):
                        draft.unlink()
