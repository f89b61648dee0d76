"""Installs, checks and removes the packages that the engine runs with."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import QObject, pyqtSignal

from frors_qgis.client.client import EngineClient
from frors_qgis.client.engine_sentence import in_users_language
from frors_qgis.client.interpreter import PYTHON_VARIABLE, find_interpreter, managed_environment, qgis_interpreters
from frors_qgis.client.tasks import Call, EngineTask
from frors_qgis.installation.environment import Environment, State
from frors_qgis.installation.failures import Failure, FailureKind, InstallationError, failure_of_chosen
from frors_qgis.installation.installer import Installer, Progress
from frors_qgis.installation.plan import build_named, builds
from frors_qgis.installation.proxy import proxy_of_qgis
from frors_qgis.installation.system_package import can_be_installed, install_package, package_of
from frors_qgis.installation.verification import verify
from frors_qgis.protocol import EngineError
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.installation_panel import ALL_LINKS, LATER_LINK, PYTHON_LINK
from frors_qgis.shell.installation_wording import failure_texts, offer_texts, state_text
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.settings import Settings
from frors_qgis.shell.translation import tr

_TASK_KIND = "installation"
_Change = Callable[[Call], dict[str, Any]]


class InstallationController(QObject):
    """Shows the installation panel when the engine is wanted but cannot be started, never before.

    Signals: `ready()`, the engine can be started now; `changed()`, the environment is another one or gone.
    """

    ready = pyqtSignal()
    changed = pyqtSignal()

    def __init__(
        self, dock: FrorsDock, tasks: EngineTasks, notices: Notices, client: EngineClient, settings: Settings
    ) -> None:
        super().__init__(dock)
        self._dock = dock
        self._panel = dock.installation
        self._tasks = tasks
        self._notices = notices
        self._client = client
        self._settings = settings
        self._running = False
        self._task: EngineTask | None = None
        self._again: Callable[[], None] = self.install
        self._package = ""
        self._panel.install_wanted.connect(self.install)
        self._panel.again_wanted.connect(lambda: self._again())
        self._panel.wheels_chosen.connect(lambda folder: self.install(Path(folder)))
        self._panel.python_chosen.connect(self.use_python)
        self._panel.package_wanted.connect(self.install_system_package)
        self._panel.cancel_wanted.connect(lambda: tasks.cancel(_TASK_KIND))
        self._panel.copy_wanted.connect(self.copy_log)
        self._panel.left.connect(self._leave)
        client.engine_missing.connect(self.on_engine_missing)

    @property
    def is_running(self) -> bool:
        """Whether something is being installed, checked or removed."""
        return self._running

    def describe(self) -> str:
        """What the engine runs in where that is not the environment, and a line on that, for the options."""
        environment = self._environment()
        state = environment.state()
        installed = state_text(state, environment.folder, int(environment.record().get("disk_mb", 0)))
        try:
            python = find_interpreter()
        except EngineError as error:
            return f"{in_users_language(error.message)}\n{installed}"
        if os.environ.get(PYTHON_VARIABLE):
            used = tr("In use: {python}, named by the environment variable {variable}.")
        elif self._settings.python or python not in (environment.python, *qgis_interpreters()):
            used = tr("In use: {python}.")
        else:  # the environment, or QGIS's own Python, which may have no packages
            return installed
        used = used.format(python=python, variable=PYTHON_VARIABLE)
        return used if state is State.MISSING else f"{used}\n{installed}"

    @property
    def can_remove(self) -> bool:
        """Whether there is anything that FRORS has installed."""
        return self._environment().state() not in (State.MISSING, State.NOT_OURS)

    def on_engine_missing(self, sentence: str) -> None:
        """The engine was wanted and cannot be started, for the reason in the sentence."""
        if self._running or self._dock.shows_installation:
            return
        sentence = in_users_language(sentence)
        state = self._environment().state()
        if os.environ.get(PYTHON_VARIABLE) or self._settings.python:
            self._show_offer(tr("The FRORS engine does not start"), sentence)
        elif state is State.READY:
            self._show_offer(tr("The FRORS engine does not start"), f"{sentence} {tr('It can be installed again.')}")
        else:
            self.offer()

    def offer(self) -> None:
        """Shows the panel with the offer to install; what is being done goes on being shown."""
        if not self._running:
            self._show_offer(*offer_texts(self._environment().state()))
        self._dock.show_installation(True)

    def install(self, wheels: Path | None = None) -> None:
        """Installs, or goes on installing, the packages; from a folder of wheels where there is one."""
        build, environment = self._panel.build, self._environment()
        if build is None:  # there is none for this computer: nothing was offered
            return
        # One that is said to be ready, and yet its engine does not start, is not mended by adding to it.
        anew, proxy, interpreters = environment.state() is State.READY, proxy_of_qgis(), qgis_interpreters()

        def change(call: Call) -> dict[str, Any]:
            installer = Installer(
                environment,
                build,
                interpreters,
                call.deliver,
                call.deliver,
                call.check,
                wheels=wheels,
                proxy=proxy,
                anew=anew,
            )
            return installer.install()

        self._again = lambda: self.install(wheels)
        self._begin(tr("Installing the FRORS engine"), change, self._on_installed)

    def install_system_package(self) -> None:
        """Installs the package of the system for want of which the installation has failed, then goes on with it."""
        package, again = self._package, self._again

        def change(call: Call) -> dict[str, Any]:
            install_package(package, call.deliver, call.check)
            return {}

        def go_on(_: dict[str, Any]) -> None:
            self._end()
            again()

        self._begin(tr("Installing {package}").format(package=package), change, go_on)

    def use_python(self, path: str) -> None:
        """Has the engine run in another Python, once that is known to work."""
        python = Path(path)

        def change(call: Call) -> dict[str, Any]:
            try:
                return verify(python, python.parent, call.deliver, call.check)
            except InstallationError as error:
                raise InstallationError(failure_of_chosen(error.failure)) from error

        def used(found: dict[str, Any]) -> None:
            self._settings.python = path
            self._on_ready(found)

        self._again = lambda: self.use_python(path)
        self._begin(tr("Trying {python}").format(python=path), change, used)

    def remove(self) -> None:
        """Deletes the environment with all its packages."""
        if self._running:
            self._notices.info(tr("Wait until the installation has ended, or cancel it in the FRORS panel."))
            return
        environment = self._environment()

        def removed(_: dict[str, Any]) -> None:
            self._end()
            self._notices.success(tr("The packages of FRORS are removed."))

        def failed(failure: Failure) -> None:
            self._end()
            self._notices.warning(" ".join(failure_texts(failure, environment.folder)))

        def change(_: Call) -> dict[str, Any]:
            environment.remove()
            return {}

        self._start(tr("Remove the packages of FRORS"), change, removed, failed, self._end)

    def copy_log(self) -> None:
        """Puts the output on the clipboard, with what one must know to read it, without the user's name in paths."""
        python = ".".join(map(str, sys.version_info[:3]))
        head = f"QGIS {Qgis.version()}, Python {python}, {platform.platform()}, {platform.machine()}"
        log = f"{head}\n{self._panel.output}".replace(str(Path.home()), "~")
        QgsApplication.clipboard().setText(log)

    def _show_offer(self, title: str, text: str) -> None:
        environment = self._environment()
        chosen = build_named(str(environment.record().get("build", "")))
        offered, links = builds(), ALL_LINKS
        if os.environ.get(PYTHON_VARIABLE):
            offered, links = (), (LATER_LINK,)
            text += "\n\n" + tr("The variable {variable} names its Python; without it FRORS can install one.").format(
                variable=PYTHON_VARIABLE
            )
        elif not offered:
            text, links = (
                "\n\n".join(failure_texts(Failure(FailureKind.NO_PLATFORM), environment.folder)),
                (PYTHON_LINK, LATER_LINK),
            )
        self._again = self.install
        self._panel.offer(title, text, offered, chosen, str(environment.folder), links)
        self._dock.show_installation(True)

    def _begin(self, title: str, change: _Change, succeeded: Callable[[dict[str, Any]], None]) -> None:
        self._panel.begin(title)
        self._dock.show_installation(True)
        self._start(title, change, succeeded, self._fail, self._on_cancelled)

    def _start(
        self,
        title: str,
        change: _Change,
        succeeded: Callable[[dict[str, Any]], None],
        failed: Callable[[Failure], None],
        cancelled: Callable[[], None],
    ) -> None:
        """Runs a change of the environment in a task, the engine ended first: its files may be in use."""
        client = self._client

        def work(call: Call) -> dict[str, Any]:
            client.stop_engine()
            try:
                return {"found": change(call)}
            except InstallationError as error:
                return {"failure": error.failure}

        def ended(result: dict[str, Any]) -> None:
            if "failure" in result:
                failed(result["failure"])
            else:
                succeeded(result["found"])

        self._running = True
        self._task = self._tasks.start(
            title,
            work,
            _TASK_KIND,
            succeeded=ended,
            failed=lambda code, sentence: failed(Failure(FailureKind.UNKNOWN, sentence)),
            cancelled=cancelled,
            delivered=self._hear,
        )

    def _hear(self, part: str | Progress) -> None:
        if isinstance(part, Progress):
            self._panel.advance(part)
            if self._task is not None:
                self._task.setProgress(100.0 * part.fraction)  # in QGIS's own status bar
        else:
            self._panel.add_line(part)
            self._notices.log(part)

    def _on_installed(self, found: dict[str, Any]) -> None:
        self._settings.python = ""
        self._on_ready(found)

    def _on_ready(self, found: dict[str, Any]) -> None:
        self._end()
        device = {"cuda": tr("the NVIDIA graphics card"), "mps": tr("the Apple graphics card")}.get(found["device"])
        text = tr("torch {torch} computes on {device}.").format(torch=found["torch"], device=device or tr("the CPU"))
        if self._panel.build is not None and self._panel.build.name == "cuda" and device is None:
            text += "\n\n" + tr("No graphics card is used: {reason}.").format(reason=found["reason"])
        self._panel.show_ready(tr("The FRORS engine is ready"), text)

    def _fail(self, failure: Failure) -> None:
        self._end()
        what, remedy = failure_texts(failure, self._environment().folder)
        self._package = package_of(failure)
        offered = self._package if can_be_installed(failure) else None
        chosen = failure.kind in (FailureKind.PYTHON_LACKS, FailureKind.PYTHON_UNFIT)
        self._panel.show_failure(tr("This did not work"), what, remedy, offered, install=chosen)

    def _on_cancelled(self) -> None:
        self._end()
        self._show_offer(*offer_texts(self._environment().state()))

    def _end(self) -> None:
        self._running = False
        self.changed.emit()

    def _leave(self) -> None:
        self._dock.show_installation(False)
        if self._environment().state() is State.READY or self._settings.python:
            self.ready.emit()

    def _environment(self) -> Environment:
        return Environment(managed_environment())
