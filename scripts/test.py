"""Runs the whole test suite and ends with one line in pytest's own words: what `make test` does.

.venv/bin/python scripts/test.py

Two pytest processes side by side: the engine's tests with no QGIS loaded, which proves that it needs none, and those of
the plugin in a real QGIS on an X server without a screen, whose output comes when the others are done. For a part of
the suite call pytest itself, for example `.venv/bin/python -m pytest -p no:pytest_qgis tests/engine/archive` or, with
QGIS, `xvfb-run -a .venv/bin/python -m pytest tests/shell/test_filters.py`. With QGIS and without a display Qt ends
pytest without a word: pytest-qgis starts QGIS before any conftest.py could choose Qt's platform.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from typing import IO

from open_qgis import REPOSITORY, under_xvfb

REPORTS = REPOSITORY / "build" / "tests"
OUTCOMES = ("failed", "passed", "skipped", "errors")


def start_pytest(name: str, arguments: list[str], output: IO[str] | None, with_qgis: bool) -> subprocess.Popen[bytes]:
    """Starts one pytest that writes its report by this name, and what it prints into a file (None: where this does)."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    # -qq leaves out pytest's own summary, so that the suite ends with one; -r says which tests failed or were skipped.
    # Their cache would be written by both at once.
    options = ["-qq", "-r", "fEs", "--durations=10", f"--junitxml={report}", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    # Else threads of torch that wait spin on the cores that the other one needs.
    environment = {"OMP_WAIT_POLICY": "PASSIVE"} | os.environ
    if with_qgis and shutil.which("xvfb-run"):
        command = under_xvfb(command)
    elif with_qgis:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output)


def read_report(name: str) -> dict[str, int]:
    """How many tests had which outcome; all 0 when pytest died before it wrote its report."""
    report = REPORTS / f"{name}.xml"
    counts = dict.fromkeys(OUTCOMES, 0)
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314  written by our own pytest
            numbers = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
            counts["failed"] += numbers["failures"]
            counts["errors"] += numbers["errors"]
            counts["skipped"] += numbers["skipped"]
            counts["passed"] += numbers["tests"] - numbers["failures"] - numbers["errors"] - numbers["skipped"]
    return counts


def main() -> int:
    """Returns 0 when everything passed, else 1."""
    started = time.monotonic()
    REPORTS.mkdir(parents=True, exist_ok=True)
    alone = ["tests/engine", *(str(path.relative_to(REPOSITORY)) for path in REPOSITORY.glob("tests/test_*.py"))]
    rest = ["tests", *(f"--ignore={path}" for path in alone)]
    broken = []
    with tempfile.TemporaryFile("w+") as output:
        in_qgis = start_pytest("qgis", rest, output, with_qgis=True)
        print("\nThe engine and the tree, without QGIS", flush=True)
        if status := start_pytest("engine", ["-p", "no:pytest_qgis", *alone], None, with_qgis=False).wait():
            broken.append(f"Without QGIS: pytest ended with status {status}.")
        print("\nThe rest, in QGIS", flush=True)
        if status := in_qgis.wait():
            broken.append(f"In QGIS: pytest ended with status {status}.")
        output.seek(0)
        print(output.read())
    for line in broken:
        print(line)
    counts = [read_report(name) for name in ("engine", "qgis")]
    total = {outcome: sum(part[outcome] for part in counts) for outcome in OUTCOMES}
    summary = ", ".join(f"{total[outcome]} {outcome}" for outcome in OUTCOMES if total[outcome]) or "no tests ran"
    print(f" {summary} in {time.monotonic() - started:.2f}s ".center(80, "="))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
