"""Has the engine prove, in the Python that shall run it, that it can."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from frors_qgis.client.interpreter import engine_environment
from frors_qgis.installation.child import run_child
from frors_qgis.installation.failures import FailureKind, InstallationError, failure_of

_ROLES = ("encode", "search")
"""One process each, as where the engine is split: torch and faiss do not bear each other everywhere."""


def verify(
    python: Path,
    folder: Path,
    on_line: Callable[[str], None],
    check: Callable[[], None],
    descriptors: Sequence[int] = (),
) -> dict[str, Any]:
    """Versions of the packages, and "device" and "reason": where torch computes and why.

    Runs in `folder`. Raises InstallationError with what went wrong, CHECK_FAILED where the output tells nothing known.
    """
    found: dict[str, Any] = {}
    for role in _ROLES:
        command = [str(python), "-m", "frors_qgis.engine.self_check", role]
        try:
            outcome = run_child(command, engine_environment(python), folder, on_line, check, descriptors)
        except OSError as error:
            raise InstallationError(failure_of([str(error)], FailureKind.CHECK_FAILED)) from error
        if outcome.status:
            lines = outcome.lines or [f"The check ended with status {outcome.status}."]
            raise InstallationError(failure_of(lines, FailureKind.CHECK_FAILED))
        found |= json.loads(outcome.lines[-1])
    return found
