"""Checks the package as plugins.qgis.org does after an upload, with the same tools and settings. Part of `make lint`.

.venv/bin/python scripts/check_package.py [ZIP]      (default: a package of the working tree)

There, one finding of bandit or of detect-secrets blocks a version; those of flake8 are shown. Here nothing passes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from package import make_package
from package_rules import violations

NOT_LOOKED_FOR = "B404,B410,B411"
"""Rules of bandit that plugins.qgis.org leaves out: importing subprocess, lxml or xmlrpc."""


def run_tool(folder: Path, *command: str) -> str:
    """What a tool in this environment prints about `folder`. Raises RuntimeError when it did not do its work."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):  # 1: there are findings
        raise RuntimeError(f"{command[0]} ended with status {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


def bandit(folder: Path) -> Iterator[str]:
    """Findings of bandit, of any severity."""
    report = json.loads(run_tool(folder, "bandit", "-r", ".", "-f", "json", "--quiet", "--skip", NOT_LOOKED_FOR))
    for error in report["errors"]:
        yield f"{error['filename']}: {error['reason']}"
    for finding in report["results"]:
        yield f"{finding['filename']}:{finding['line_number']}: {finding['test_id']} {finding['issue_text']}"


def secrets(folder: Path) -> Iterator[str]:
    """Findings of detect-secrets; what it finds is not sent anywhere to be tried."""
    options = ["--all-files", "--exclude-files", r"metadata\.txt", "--disable-plugin", "IPPublicDetector"]
    report = json.loads(run_tool(folder, "detect_secrets", "scan", "--no-verify", *options, "."))
    for file, findings in report["results"].items():
        for finding in findings:
            yield f"{file}:{finding['line_number']}: {finding['type']}"


def flake8(folder: Path) -> Iterator[str]:
    """Findings of flake8. plugins.qgis.org selects some of its rules; here all but E203, which ruff's format breaks."""
    options = ["--isolated", "--max-line-length=120", "--extend-ignore=E203"]
    yield from run_tool(folder, "flake8", *options, ".").splitlines()


CHECKS: dict[str, Callable[[Path], Iterator[str]]] = {"bandit": bandit, "detect-secrets": secrets, "flake8": flake8}


def check(package: Path) -> int:
    """Prints what every check finds in a package; returns how many findings there are."""
    count = report("structure and metadata", violations(package))
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
        for name, find in CHECKS.items():
            count += report(name, list(find(Path(folder))))
    return count


def report(name: str, findings: list[str]) -> int:
    """Prints the findings of one check and returns their number."""
    print(f"{name}: {len(findings) or 'nothing'} found")
    for finding in findings:
        print(f"  {finding}")
    return len(findings)


def main(arguments: list[str]) -> int:
    """Command line; returns the exit status."""
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        try:
            package = Path(arguments[0]) if arguments else make_package(Path(folder) / "package.zip")
            return 1 if check(package) else 0
        except (OSError, ValueError, RuntimeError) as error:
            print(error, file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
