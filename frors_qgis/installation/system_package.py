"""What a Debian leaves out of its Python, put in with apt when the user says so."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from frors_qgis.installation.child import run_child
from frors_qgis.installation.failures import Failure, FailureKind, InstallationError, failure_of

_APT = "apt-get"
_PKEXEC = "pkexec"
_REFUSED = (126, 127)
"""What pkexec ends with where the administrator's password was not given."""


def package_of(failure: Failure) -> str:
    """The package that is missing where virtual environments cannot be made."""
    named = re.fullmatch(r"python3(\.\d+)?-venv", failure.subject)
    return failure.subject if named else "python3-venv"


def can_be_installed(failure: Failure) -> bool:
    """Whether a failure is for want of a package of the system that can be installed from here."""
    return failure.kind in (FailureKind.NO_VENV, FailureKind.NO_PIP) and _administrator() is not None


def install_package(package: str, on_line: Callable[[str], None], check: Callable[[], None]) -> None:
    """Has apt install a package, after the system has asked for the administrator's password.

    Raises InstallationError with what apt says, or what `check` raises.
    """
    administrator = _administrator()
    if administrator is None:
        raise InstallationError(Failure(FailureKind.NO_VENV, package))

    def run(*arguments: str) -> int:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        outcome = run_child([*administrator, *arguments], environment, Path("/"), on_line, check)
        lines[:] = outcome.lines
        return outcome.status

    lines: list[str] = []
    install = ("install", "--yes", "--no-install-recommends", package)
    status = run(*install)
    if status and status not in _REFUSED and not run("update"):  # its lists may be of long ago
        status = run(*install)
    if status:
        raise InstallationError(failure_of(lines))


def _administrator() -> list[str] | None:
    """How to call apt with the rights that it needs; None where there is no way."""
    apt, pkexec = shutil.which(_APT), shutil.which(_PKEXEC)
    if apt is None or not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return [apt]
    return None if pkexec is None else [pkexec, apt]
