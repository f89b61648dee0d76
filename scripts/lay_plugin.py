"""Lays the plugin out as QGIS wants it: one folder with the package, resources and what stands at the top.

python3 scripts/lay_plugin.py [FOLDER]      (default build/plugins; the plugin is FOLDER/frors_qgis)
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = "frors_qgis"
BESIDE = ("metadata.txt", "LICENSE", "CHANGELOG.md", "requirements.txt", "constraints.txt")
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.aux.xml", "*.ts", ".*", "resnet50-imagenet.*")


def lay_plugin(folder: Path) -> Path:
    """Replaces `folder`/frors_qgis by the working tree's plugin and returns its path. Raises OSError."""
    plugin = folder / PACKAGE
    if plugin.exists():
        shutil.rmtree(plugin)
    shutil.copytree(REPOSITORY / PACKAGE, plugin, ignore=NOT_SHIPPED)
    shutil.copytree(REPOSITORY / "resources", plugin / "resources", ignore=NOT_SHIPPED)
    for name in BESIDE:
        shutil.copy2(REPOSITORY / name, plugin / name)
    return plugin


def main(arguments: list[str]) -> int:
    """Command line; returns the exit status."""
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    print(lay_plugin(Path(arguments[0]) if arguments else REPOSITORY / "build" / "plugins"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
