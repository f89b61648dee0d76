"""The real qgis_process, for tests: runs algorithms as a script or a server does, without a display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


class QgisProcess:
    """qgis_process with the plugin, in a home of its own, an empty folder."""

    def __init__(self, home: Path) -> None:
        self.temporary = home / "tmp"
        self.temporary.mkdir(mode=0o700)
        lay_plugin = [sys.executable, REPOSITORY / "scripts" / "lay_plugin.py", home / "plugins"]
        subprocess.run(lay_plugin, check=True, capture_output=True)
        # The Python inside QGIS finds its library by these and by the first python3 on the PATH.
        mine = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "DISPLAY", "WAYLAND_DISPLAY")
        self._environment = {name: value for name, value in os.environ.items() if name not in mine} | {
            "PATH": os.pathsep.join([str(Path(sys.base_exec_prefix) / "bin"), os.environ["PATH"]]),
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(self.temporary),
            "QGIS_CUSTOM_CONFIG_PATH": str(home / "profile"),
            "TMPDIR": str(self.temporary),
            "QGIS_PLUGINPATH": str(home / "plugins"),
            "FRORS_PYTHON": sys.executable,
        }
        self.home = home
        self("plugins", "enable", "frors_qgis")

    def __call__(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        command = ["qgis_process", *arguments]
        done = subprocess.run(
            command, cwd=self.home, env=self._environment, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    def set(self, name: str, value: str) -> None:
        """Sets an environment variable for what is run from now on."""
        self._environment[name] = value

    def leftovers(self) -> list[str]:
        """Command lines of engines that still run, and private folders that are still there."""
        found = [str(folder) for folder in self.temporary.glob("frors-*")]
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = file.read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(self.temporary) in line:
                found.append(line)
        return found
