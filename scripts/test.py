"""Runs the whole test suite and ends with one line in pytest's own words: what `make test` does.

.venv/bin/python scripts/test.py

Two pytest processes: the engine's tests with no QGIS loaded, which proves that it needs none, then those of the plugin
in a real QGIS on an X server without a screen. For a part of the suite call pytest itself, for example
`.venv/bin/python -m pytest -p no:pytest_qgis tests/engine/archive` or, with QGIS,
`xvfb-run -a .venv/bin/python -m pytest tests/shell/test_filters.py`. With QGIS and without a display Qt ends pytest
without a word: pytest-qgis starts QGIS before any conftest.py could choose Qt's platform.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from open_qgis import REPOSITORY, under_xvfb

REPORTS = REPOSITORY / "build" / "tests"
OUTCOMES = ("failed", "passed", "skipped", "errors")


def run_pytest(name: str, arguments: list[str], with_qgis: bool) -> tuple[int, dict[str, int]]:
    """Runs one pytest; returns its exit status and how many tests had which outcome."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    # -qq leaves out pytest's own summary, so that the suite ends with one; -r says which tests failed or were skipped.
    options = ["-qq", "-r", "fEs", "--durations=10", f"--junitxml={report}"]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    environment = dict(os.environ)
    if with_qgis and shutil.which("xvfb-run"):
        command = under_xvfb(command)
    elif with_qgis:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    status = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode
    return status, read_report(report)


def read_report(report: Path) -> dict[str, int]:
    """How many tests had which outcome; all 0 when pytest died before it wrote its report."""
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
    parts = [
        ("engine", "The engine and the tree, without QGIS", ["-p", "no:pytest_qgis", *alone]),
        ("qgis", "The rest, in QGIS", ["tests", *(f"--ignore={path}" for path in alone)]),
    ]
    total = dict.fromkeys(OUTCOMES, 0)
    broken = []
    for name, title, arguments in parts:
        print(f"\n{title}", flush=True)
        status, counts = run_pytest(name, arguments, with_qgis=name == "qgis")
        total = {outcome: total[outcome] + counts[outcome] for outcome in OUTCOMES}
        if status:
            broken.append(f"{title}: pytest ended with status {status}.")
    print()
    for line in broken:
        print(line)
    summary = ", ".join(f"{total[outcome]} {outcome}" for outcome in OUTCOMES if total[outcome]) or "no tests ran"
    print(f" {summary} in {time.monotonic() - started:.2f}s ".center(80, "="))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
