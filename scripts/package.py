"""Makes the package: the zip that QGIS installs and that plugins.qgis.org takes. What `make package` does.

python3 scripts/package.py [FILE]      (default build/frors_qgis-VERSION.zip)

The same files and commit give the same bytes (with the same zlib): names are sorted, permissions fixed, and every time
is SOURCE_DATE_EPOCH, else that of the commit, else 1980. A package that plugins.qgis.org would refuse is not made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

from lay_plugin import PACKAGE, REPOSITORY, lay_plugin
from package_rules import read_metadata, violations

FIRST_TIME = 315532800
"""1980-01-01 in seconds since 1970: the first that a zip can tell."""

MODE = 0o100644
"""A plain file that everybody may read and its owner write."""


def source_time() -> int:
    """Seconds since 1970 that stand for the state of the sources, never before 1980."""
    told = os.environ.get("SOURCE_DATE_EPOCH") or commit_time()
    return max(FIRST_TIME, int(told)) if told.isdecimal() else FIRST_TIME


def commit_time() -> str:
    """When the commit was made; empty outside a clone and without git."""
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def write_zip(plugin: Path, package: Path, seconds: int) -> None:
    """Packs the folder `plugin` into `package`, which is replaced. Raises OSError."""
    moment = time.gmtime(seconds)[:6]
    files = {path.relative_to(plugin.parent).as_posix(): path for path in plugin.rglob("*") if path.is_file()}
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=zlib.Z_BEST_COMPRESSION) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, moment)
            entry.create_system = 3  # Unix, wherever it is made: only then do the permissions count
            entry.external_attr = MODE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name].read_bytes(), compresslevel=zlib.Z_BEST_COMPRESSION)


def make_package(package: Path | None = None) -> Path:
    """Makes the package of the working tree and returns its path.

    Raises OSError when a file is missing, ValueError with a sentence per line when plugins.qgis.org would refuse it.
    """
    with tempfile.TemporaryDirectory() as folder:
        plugin = lay_plugin(Path(folder))
        if package is None:
            version = read_metadata((plugin / "metadata.txt").read_text(encoding="utf-8"))["version"]
            package = REPOSITORY / "build" / f"{PACKAGE}-{version}.zip"
        package.parent.mkdir(parents=True, exist_ok=True)
        unfinished = package.with_name(package.name + ".part")
        try:
            write_zip(plugin, unfinished, source_time())
            if refused := violations(unfinished):
                raise ValueError("\n".join(refused))
            unfinished.replace(package)
        finally:
            unfinished.unlink(missing_ok=True)
    return package


def main(arguments: list[str]) -> int:
    """Command line; returns the exit status."""
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        package = make_package(Path(arguments[0]) if arguments else None)
    except (OSError, ValueError) as error:
        print(f"No package was made.\n{error}", file=sys.stderr)
        return 1
    print(f"{package} ({package.stat().st_size / 1e6:.2f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
