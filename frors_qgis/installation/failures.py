"""What can go wrong in an installation, told from what pip, venv and Python print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

TAIL_LINES = 12


class FailureKind(str, Enum):
    """What happened; the shell has a sentence and a remedy for each."""

    NO_NETWORK = "no_network"
    PROXY_UNREACHABLE = "proxy_unreachable"
    PROXY_LOGIN = "proxy_login"
    PROXY_SOCKS = "proxy_socks"
    CERTIFICATE = "certificate"
    DAMAGED_DOWNLOAD = "damaged_download"
    DISK_FULL = "disk_full"
    DISK_SMALL = "disk_small"
    PERMISSION = "permission"
    IN_USE = "in_use"
    LONG_PATH = "long_path"
    NO_WHEEL = "no_wheel"
    NO_WHEELS = "no_wheels"
    NO_PLATFORM = "no_platform"
    NO_PYTHON = "no_python"
    NO_VENV = "no_venv"
    NO_PIP = "no_pip"
    VC_RUNTIME = "vc_runtime"
    NUMPY_AND_GDAL = "numpy_and_gdal"
    KILLED = "killed"
    BUSY = "busy"
    NOT_OURS = "not_ours"
    CHECK_FAILED = "check_failed"
    PYTHON_LACKS = "python_lacks"
    PYTHON_UNFIT = "python_unfit"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Failure:
    """`subject` is what the kind is about: a package, a path, a process, sizes; `lines` are the last ones printed."""

    kind: FailureKind
    subject: str = ""
    lines: tuple[str, ...] = ()


class InstallationError(Exception):
    """An installation, a check or a removal has ended with a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.kind.value}: {failure.subject}")
        self.failure = failure


_SIGNS: tuple[tuple[FailureKind, str], ...] = (
    (FailureKind.NO_VENV, r"ensurepip is not\s+available(?s:.)*?apt install (?P<subject>\S+)"),
    (FailureKind.NO_VENV, r"No module named '?(?P<subject>ensurepip|venv)\b"),
    (FailureKind.NO_PIP, r"No module named '?pip\b"),
    (FailureKind.DISK_FULL, r"No space left on device|\[Errno 28\]|\[WinError 112\]|Disk quota exceeded|\[Errno 122\]"),
    (FailureKind.LONG_PATH, r"Windows Long Path support|\[WinError 206\]|File name too long|\[Errno 36\]"),
    (FailureKind.IN_USE, r"\[WinError (?:5|32)\][^\n]*?(?P<subject>'[^'\n]+')?\s*$"),
    (
        FailureKind.PERMISSION,
        r"(?:Permission denied|Operation not permitted|Read-only file system)(?:: '(?P<subject>[^'\n]+)')?",
    ),
    (FailureKind.PROXY_LOGIN, r"407 Proxy Authentication Required|Tunnel connection failed: 407"),
    (FailureKind.PROXY_SOCKS, r"Missing dependencies for SOCKS support"),
    (FailureKind.PROXY_UNREACHABLE, r"ProxyError\(|Cannot connect to proxy|Tunnel connection failed"),
    (FailureKind.CERTIFICATE, r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError\("),
    (
        FailureKind.NO_NETWORK,
        r"NewConnectionError|ConnectTimeoutError|ReadTimeoutError|NameResolutionError|Read timed out"
        r"|Temporary failure in name resolution|getaddrinfo failed|Network is unreachable|Connection aborted"
        r"|ConnectionResetError|IncompleteRead|Max retries exceeded",
    ),
    (FailureKind.DAMAGED_DOWNLOAD, r"DO NOT MATCH THE HASHES|is invalid\.$|BadZipFile|File is not a zip file"),
    (FailureKind.NO_WHEEL, r"No matching distribution found for (?P<subject>\S+)"),
    (FailureKind.NO_WHEEL, r"(?P<subject>\S+) is not a supported wheel on this platform"),
    (FailureKind.NO_WHEEL, r"Cannot install (?P<subject>\S+) because these package versions have conflicting"),
    (FailureKind.NO_WHEEL, r"satisfies the requirement (?P<subject>\S+)"),
    (FailureKind.VC_RUNTIME, r"\[WinError (?:126|127|1114)\]|DLL load failed while importing|VCRUNTIME140"),
    (
        FailureKind.NUMPY_AND_GDAL,
        r"numpy\.core\.multiarray failed to import|numpy\.dtype size changed|_ARRAY_API not found",
    ),
)


def failure_of(lines: Sequence[str], otherwise: FailureKind = FailureKind.UNKNOWN) -> Failure:
    """The failure that a program's output tells of; what is deeper (a full disk) goes before what follows from it."""
    text = "\n".join(lines)
    for kind, sign in _SIGNS:
        if found := re.search(sign, text, re.MULTILINE):
            subject = (found.groupdict().get("subject") or "").strip("'\"")
            return Failure(kind, subject, tuple(lines[-TAIL_LINES:]))
    return Failure(otherwise, lines[-1] if lines else "", tuple(lines[-TAIL_LINES:]))


def failure_of_chosen(failure: Failure) -> Failure:
    """What the failed check of a Python means that the user has chosen and FRORS has not installed."""
    if failure.kind is not FailureKind.CHECK_FAILED:
        return failure
    lacks = re.search(r"^The Python at .* lacks (?P<subject>[\w., ]+?)\. ", failure.subject)
    lacks = lacks or re.search(r"No module named '?(?P<subject>\w+)", failure.subject)
    if lacks:
        return Failure(FailureKind.PYTHON_LACKS, lacks["subject"], failure.lines)
    return Failure(FailureKind.PYTHON_UNFIT, failure.subject, failure.lines)


def failure_of_error(error: OSError) -> Failure:
    """The failure behind an error of the file system."""
    failure = failure_of([str(error)])
    return Failure(failure.kind, failure.subject or str(error.filename or ""), failure.lines)
