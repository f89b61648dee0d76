"""Opens QGIS with the plugin of the working tree, in a profile of its own.

.venv/bin/python scripts/open_qgis.py [FILE...]      (what `make run` does; files are opened as layers)
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lay_plugin import PACKAGE, REPOSITORY, lay_plugin

BUILD = REPOSITORY / "build"
SCREEN = "1680x1050x24"
FIRST_SETTINGS = f"""\
[PythonPlugins]
{PACKAGE}=true

[qgis]
checkVersion=false
"""


def has_display() -> bool:
    """Whether windows can be shown to somebody."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or sys.platform in ("darwin", "win32")


def under_xvfb(command: Sequence[str]) -> list[str]:
    """The command on an X server without a screen."""
    server_arguments = f"-screen 0 {SCREEN} -dpi 96 -nolisten tcp"
    return ["env", "-u", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM=xcb", "xvfb-run", "-a", "-s", server_arguments, *command]


def qgis_environment(plugins: Path) -> dict[str, str]:
    """This process's environment with what QGIS needs to load the plugin and to find the engine's Python."""
    environment = dict(os.environ)
    # The Python inside QGIS finds its library by these and by the first python3 on the PATH: no pyenv, conda or .venv.
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"):
        environment.pop(name, None)
    environment["PATH"] = os.pathsep.join([str(Path(sys.base_exec_prefix) / "bin"), environment.get("PATH", "")])
    environment["QGIS_PLUGINPATH"] = str(plugins)
    environment["FRORS_PYTHON"] = sys.executable
    return environment


def prepare_profile(profiles: Path, settings: str = "") -> None:
    """Makes the default profile in `profiles` with the plugin switched on and more settings, as an .ini file has them.

    A profile that is there is left alone.
    """
    folder = profiles / "profiles" / "default" / "QGIS"
    if not folder.exists():
        folder.mkdir(parents=True)
        for name in ("QGIS3.ini", "QGIS4.ini"):
            (folder / name).write_text(FIRST_SETTINGS + settings, encoding="utf-8")


def run_qgis(
    profiles: Path,
    arguments: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
) -> int:
    """Runs QGIS until it closes, under Xvfb when there is no display, and returns its exit status.

    Raises subprocess.TimeoutExpired when it took longer than `timeout_s`; QGIS and its children are ended then.
    """
    environment = qgis_environment(lay_plugin(BUILD / "plugins").parent) | dict(variables or {})
    prepare_profile(profiles)
    command = ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(profiles), *arguments]
    if not has_display():
        command = under_xvfb(command)
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        return process.wait(timeout_s)
    except BaseException:
        _end(process)
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and everything it started, politely first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def main(arguments: list[str]) -> int:
    """Command line; returns QGIS's exit status."""
    if shutil.which("qgis") is None:
        print("QGIS is not installed; `make setup` says what is missing.", file=sys.stderr)
        return 1
    if not has_display():
        print("There is no display to open QGIS on; `make demo` works without one.", file=sys.stderr)
        return 1
    try:
        return run_qgis(BUILD / "profile", arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
