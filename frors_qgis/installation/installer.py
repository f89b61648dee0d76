"""Makes the environment: a virtual environment on QGIS's own Python, pinned wheels, a proof that they work."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from frors_qgis.client.interpreter import engine_environment
from frors_qgis.installation.child import Outcome, run_child
from frors_qgis.installation.environment import Environment, State
from frors_qgis.installation.failures import Failure, FailureKind, InstallationError, failure_of, failure_of_error
from frors_qgis.installation.lock import InstallationLock
from frors_qgis.installation.plan import CONSTRAINTS, REQUIREMENTS, Build, pinned_texts
from frors_qgis.installation.probe import probe, python_of_qgis
from frors_qgis.installation.proxy import Proxy
from frors_qgis.installation.verification import verify

# What of pip's own variables would send the packages elsewhere or leave some out; indexes and certificates stay.
_MISLEADING = ("TARGET", "PREFIX", "ROOT", "USER", "PYTHON", "NO_DEPS", "DRY_RUN", "NO_CACHE_DIR", "REQUIREMENT", "LOG")
_TIMEOUT_S = 30
_RETRIES = 4
_MOST_BY_DISK = 0.95
_LEAST_STEP = 0.005


class Step(str, Enum):
    """What is being done."""

    PREPARE = "prepare"
    ENVIRONMENT = "environment"
    TORCH = "torch"
    PACKAGES = "packages"
    CHECK = "check"


@dataclass(frozen=True)
class Progress:
    """How far it is, told by the disk that is filled; `fraction` from 0 to 1, never less than before."""

    step: Step
    fraction: float


class Installer:
    """One installation. May be ended at any moment, by `check` or by death: the next one goes on from there."""

    def __init__(
        self,
        environment: Environment,
        build: Build,
        interpreters: Sequence[Path],
        on_line: Callable[[str], None],
        on_progress: Callable[[Progress], None],
        check: Callable[[], None],
        *,
        wheels: Path | None = None,
        proxy: Proxy | None = None,
        anew: bool = False,
    ) -> None:
        """`interpreters`: where QGIS's own Python may lie, best first. `wheels`: a folder to take everything from,
        whatever the build, without the network. `anew`: nothing of an earlier installation is kept.

        `check` is called ten times a second and ends the installation by raising.
        """
        self._environment = environment
        self._build = build
        self._interpreters = interpreters
        self._on_line = on_line
        self._on_progress = on_progress
        self._user_check = check
        self._wheels = wheels
        self._proxy = proxy
        self._anew = anew
        self._progress = Progress(Step.PREPARE, 0.0)
        self._room = 0  # MB that it would have if nothing of it were there yet
        self._lock: InstallationLock | None = None

    def install(self) -> dict[str, Any]:
        """Versions and device as `verify` has found them. Raises InstallationError, or what `check` raises."""
        if self._wheels is not None and not any(self._wheels.glob("*.whl")):
            raise InstallationError(Failure(FailureKind.NO_WHEELS, str(self._wheels)))
        with self._environment.lock() as self._lock:
            try:
                return self._install()
            except OSError as error:
                raise InstallationError(failure_of_error(error)) from error
            finally:
                self._lock = None

    def _install(self) -> dict[str, Any]:
        begins_anew = self._anew or self._environment.state() is State.OTHER_PYTHON
        self._environment.claim()
        self._say(Step.PREPARE)
        if begins_anew:
            self._environment.clear()
        self._require_space()
        base = python_of_qgis(self._interpreters, _child_environment, self._check)
        self._say(Step.ENVIRONMENT)
        self._make_environment(base)
        self._pin()
        if self._wheels is None:
            self._say(Step.TORCH)
            index = ["--extra-index-url", self._build.index] if self._build.index else []
            self._pip([*index, "--no-deps", self._build.torch()])
        self._say(Step.PACKAGES)
        self._pip(["--requirement", REQUIREMENTS, "--constraint", CONSTRAINTS])
        self._say(Step.CHECK, _MOST_BY_DISK)
        descriptors = self._descriptors()
        found = verify(self._environment.python, self._environment.folder, self._hear, self._check, descriptors)
        self._environment.finish(found | {"build": self._build.name})
        return found

    def _require_space(self) -> None:
        """Raises InstallationError(DISK_SMALL); what is there already need not be written again."""
        used, free = self._environment.used_mb(), self._environment.free_mb()
        if free < (needed := self._build.peak_mb - used):
            raise InstallationError(Failure(FailureKind.DISK_SMALL, f"{needed} {free}"))
        self._room = used + free

    def _make_environment(self, base: Path) -> None:
        """One that is there and has a pip that runs is kept."""
        python = self._environment.python
        if python.is_file() and not self._run([python, "-m", "pip", "--version"]).status:
            self._environment.drop_unfinished()
            return
        self._environment.clear()
        self._require([base, "-m", "venv", "--system-site-packages", self._environment.folder])

    def _pin(self) -> None:
        found = probe(self._environment.python, _child_environment(self._environment.python), self._check)
        if found is None:
            raise InstallationError(Failure(FailureKind.NO_PYTHON, str(self._environment.python)))
        for name, text in zip((REQUIREMENTS, CONSTRAINTS), pinned_texts(found), strict=True):
            (self._environment.folder / name).write_text(text, encoding="utf-8")

    def _pip(self, arguments: Sequence[str]) -> None:
        command = [str(self._environment.python), "-m", "pip", "--no-input", "--disable-pip-version-check", "install"]
        options = ["--only-binary", ":all:", "--no-warn-script-location", "--cache-dir", str(self._environment.cache)]
        if self._wheels is not None:
            options += ["--no-index", "--find-links", str(self._wheels)]
        else:
            options += ["--timeout", str(_TIMEOUT_S), "--retries", str(_RETRIES)]
        self._require([*command, *options, *arguments])

    def _require(self, command: Sequence[str | Path]) -> None:
        outcome = self._run(command)
        if outcome.status:
            otherwise = FailureKind.KILLED if outcome.status < 0 else FailureKind.UNKNOWN
            raise InstallationError(failure_of([self._hide(line) for line in outcome.lines], otherwise))

    def _run(self, command: Sequence[str | Path]) -> Outcome:
        environment = _child_environment(Path(command[0]))
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self._environment.temporary))
        if self._wheels is not None:  # nothing but that folder
            environment = {name: value for name, value in environment.items() if not name.startswith("PIP_")}
            environment["PIP_CONFIG_FILE"] = os.devnull
        elif self._proxy is not None:
            environment["PIP_PROXY"] = self._proxy.url  # never on the command line, which everybody can read
        texts = [str(part) for part in command]
        folder, descriptors = self._environment.folder, self._descriptors()
        return run_child(texts, environment, folder, self._hear, self._check, descriptors)

    def _descriptors(self) -> tuple[int, ...]:
        return () if self._lock is None else (self._lock.descriptor,)

    def _hear(self, line: str) -> None:
        self._on_line(self._hide(line))

    def _hide(self, line: str) -> str:
        return line if self._proxy is None else self._proxy.hide(line)

    def _say(self, step: Step, fraction: float = 0.0) -> None:
        self._progress = Progress(step, max(fraction, self._progress.fraction))
        self._on_progress(self._progress)

    def _check(self) -> None:
        self._user_check()
        if self._room:
            filled = (self._room - self._environment.free_mb()) / self._build.disk_mb
            if (fraction := min(filled, _MOST_BY_DISK)) > self._progress.fraction + _LEAST_STEP:
                self._say(self._progress.step, fraction)


def _child_environment(python: Path) -> dict[str, str]:
    """For pip, venv and probes: as the engine's, but not with FRORS's own modules, nor with packages of the user."""
    environment = engine_environment(python)
    del environment["PYTHONPATH"]
    environment["PYTHONNOUSERSITE"] = "1"
    for name in _MISLEADING:
        environment.pop(f"PIP_{name}", None)
    return environment
