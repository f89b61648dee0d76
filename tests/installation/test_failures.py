from __future__ import annotations

from pathlib import Path

import pytest

from frors_qgis.installation.failures import Failure, FailureKind, failure_of, failure_of_error

OUTPUTS = Path(__file__).with_name("outputs")
KINDS = {
    "certificate": Failure(FailureKind.CERTIFICATE),
    "damaged_download": Failure(FailureKind.DAMAGED_DOWNLOAD),
    "damaged_wheel": Failure(FailureKind.DAMAGED_DOWNLOAD),
    "disk_full": Failure(FailureKind.DISK_FULL),
    "empty_folder": Failure(FailureKind.NO_WHEEL, "torch==2.13.0"),
    "in_use_windows": Failure(
        FailureKind.IN_USE,
        r"C:\\Users\\ann\\AppData\\Local\\frors\\python3.12\\Lib\\site-packages\\numpy\\core"
        r"\\_multiarray_umath.cp312-win_amd64.pyd",
    ),
    "long_path_windows": Failure(FailureKind.LONG_PATH),
    "no_ensurepip": Failure(FailureKind.NO_VENV, "python3.11-venv"),
    "no_pip": Failure(FailureKind.NO_PIP),
    "no_wheel": Failure(FailureKind.NO_WHEEL, "torch===2.13.0"),
    "numpy_2": Failure(FailureKind.NUMPY_AND_GDAL),
    "permission": Failure(FailureKind.PERMISSION, "/home/ann/frors/pv/lib/python3.11/site-packages/functorch"),
    "permission_venv": Failure(FailureKind.PERMISSION, "/home/ann/frors/ro/v"),
    "proxy_login": Failure(FailureKind.PROXY_LOGIN),
    "proxy_refused": Failure(FailureKind.PROXY_UNREACHABLE),
    "proxy_socks": Failure(FailureKind.PROXY_SOCKS),
    "refused": Failure(FailureKind.NO_NETWORK),
    "timeout": Failure(FailureKind.NO_NETWORK),
    "unknown_host": Failure(FailureKind.NO_NETWORK),
    "vc_runtime_windows": Failure(FailureKind.VC_RUNTIME),
    "wrong_platform": Failure(FailureKind.NO_WHEEL, "torch-2.13.0+cpu-cp39-cp39-win_amd64.whl"),
}
"""What pip 23, venv and Python 3.11 print on Debian 12; those of Windows are from reports of other plugins' users."""


@pytest.mark.parametrize("path", sorted(OUTPUTS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_recorded_output_is_known(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = failure_of(lines)
    assert (found.kind, found.subject) == (KINDS[path.stem].kind, KINDS[path.stem].subject)
    assert found.lines == tuple(lines[-12:])


def test_what_nobody_knows_keeps_its_last_lines() -> None:
    lines = [f"line {number}" for number in range(50)]
    assert failure_of(lines) == Failure(FailureKind.UNKNOWN, "line 49", tuple(lines[-12:]))
    assert failure_of([], FailureKind.KILLED) == Failure(FailureKind.KILLED)


def test_the_cause_goes_before_what_follows_from_it() -> None:
    broken = ["Retrying ... NewConnectionError(...)", "OSError: [Errno 28] No space left on device", "No matching ..."]
    assert failure_of(broken).kind is FailureKind.DISK_FULL


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(28, "No space left on device", "/home/ann/x"), FailureKind.DISK_FULL),
        (PermissionError(13, "Permission denied", "/home/ann/x"), FailureKind.PERMISSION),
        (OSError(30, "Read-only file system", "/home/ann/x"), FailureKind.PERMISSION),
        (NotADirectoryError(20, "Not a directory", "/home/ann/x"), FailureKind.UNKNOWN),
    ],
)
def test_errors_of_the_file_system_name_their_file(error: OSError, kind: FailureKind) -> None:
    found = failure_of_error(error)
    assert found.kind is kind
    assert "/home/ann/x" in found.subject
