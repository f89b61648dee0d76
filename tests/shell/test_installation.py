from __future__ import annotations

import sys
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtCore import QEvent
from qgis.PyQt.QtNetwork import QNetworkProxy
from qgis.PyQt.QtWidgets import QMessageBox

from frors_qgis.client.client import EngineClient
from frors_qgis.client.interpreter import PYTHON_SETTING
from frors_qgis.installation import system_package
from frors_qgis.installation.environment import Environment, State
from frors_qgis.installation.failures import Failure, FailureKind
from frors_qgis.installation.installer import Progress, Step
from frors_qgis.installation.proxy import proxy_of_qgis
from frors_qgis.plugin import FrorsPlugin
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell import installation_controller
from frors_qgis.shell.installation_wording import failure_texts, size_text, step_text
from tests.wheels import BASE_PYTHON, write_wheels


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Environments go into a folder of the test, made on the system's Python."""
    monkeypatch.setenv("FRORS_ENVIRONMENTS", str(tmp_path / "home"))
    monkeypatch.delenv("FRORS_PYTHON", raising=False)
    monkeypatch.setattr(installation_controller, "qgis_interpreters", lambda: [BASE_PYTHON])
    return tmp_path / "home"


@pytest.fixture
def environment(home):
    return Environment(home / f"python3.{sys.version_info.minor}")


@pytest.fixture
def bare(home, window, raster_layer):
    """The plugin where there is no engine."""

    def command(role, folder):
        raise EngineError(ErrorCode.ENGINE_MISSING, "There is <no> engine.")

    QgsSettings().remove("plugins/frors")
    client = EngineClient(split=False, command=command)
    plugin = FrorsPlugin(window, client)
    plugin.initGui()
    yield plugin
    plugin.unload()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    client.shut_down()


@pytest.fixture
def panel(bare):
    return bare.dock.installation


def title(panel):
    return panel._hint._title.text()


def text(panel):
    return panel._hint._text.text()


def shown_buttons(panel):
    return [button.text() for button in panel._hint._buttons if not button.isHidden()]


def offer(bare):
    bare._installation.on_engine_missing("There is <no> engine.")
    return bare.dock.installation


def test_nothing_is_offered_before_an_engine_is_wanted(bare, window, archive, wait_until, run_for):
    run_for(0.2)
    assert not bare.dock.shows_installation
    bare.dock.archive.archive_chosen.emit(str(archive))
    wait_until(lambda: bare.dock.shows_installation)
    panel = bare.dock.installation
    assert title(panel) == "Install the FRORS engine"
    assert "PyTorch, torchvision, FAISS and safetensors" in text(panel)
    assert shown_buttons(panel) == ["Install"]
    assert [button.text() for button, _ in panel._builds] == [
        "CPU\nfrom download.pytorch.org and PyPI\nabout 250 MiB to download, 1,000 MiB on disk",
        "NVIDIA graphics card (CUDA)\nfrom PyPI\nabout 2.8 GiB to download, 4.9 GiB on disk",
    ]
    assert panel.build.name == "cpu"
    assert panel._place.text().startswith("Folder: ")
    assert window.messages == []  # the panel says it all


def test_not_now_gives_the_panel_back_until_an_engine_is_wanted_again(bare, archive, wait_until):
    panel = offer(bare)
    panel._follow("later")
    assert not bare.dock.shows_installation
    bare.dock.archive.archive_chosen.emit(str(archive))
    wait_until(lambda: bare.dock.shows_installation)


def test_installing_from_a_folder_ends_with_an_engine_that_is_ready(
    bare, window, environment, tmp_path, archive, wait_until
):
    panel = offer(bare)
    QgsSettings().setValue(PYTHON_SETTING, "/gone/python3")
    panel.wheels_chosen.emit(str(write_wheels(tmp_path / "wheels", real=True)))
    assert bare._installation.is_running
    in_status_bar = []
    bare._installation._task.progressChanged.connect(in_status_bar.append)
    assert title(panel) == "Installing the FRORS engine"
    assert shown_buttons(panel) == []
    wait_until(lambda: "Looking in links" in panel.output, 120)
    assert panel.progress.isVisibleTo(panel)
    wait_until(lambda: not bare._installation.is_running, 240)
    assert title(panel) == "The FRORS engine is ready"
    assert "computes on" in text(panel)
    assert any(0 < progress < 100 for progress in in_status_bar)
    assert environment.state() is State.READY
    assert QgsSettings().value(PYTHON_SETTING) == ""
    assert "ready" in bare._installation.describe()
    ready = []
    bare._installation.ready.connect(lambda: ready.append(1))
    panel._start.click()
    assert not bare.dock.shows_installation
    assert ready == [1]
    bare._installation.remove()
    wait_until(lambda: not environment.folder.exists(), 60)
    wait_until(lambda: window.messages)
    assert "removed" in window.messages[-1][1]


def test_a_failure_says_what_to_do_and_can_be_tried_again(bare, environment, tmp_path, wait_until):
    panel = offer(bare)
    empty = tmp_path / "empty & <b>"
    empty.mkdir()
    panel.wheels_chosen.emit(str(empty))
    wait_until(lambda: not bare._installation.is_running)
    assert title(panel) == "This did not work"
    assert f"There are no wheels in {empty}." in text(panel)
    assert shown_buttons(panel) == ["Try again", "Copy log"]
    panel._again.click()
    assert bare._installation.is_running
    wait_until(lambda: not bare._installation.is_running)
    panel._copy.click()
    assert QgsApplication.clipboard().text().startswith("QGIS 3")


def test_cancel_ends_it_and_offers_to_go_on(bare, environment, tmp_path, wait_until):
    panel = offer(bare)
    panel.wheels_chosen.emit(str(write_wheels(tmp_path / "wheels", real=False)))
    wait_until(lambda: environment.state() is State.HALF, 60)
    panel.progress.cancel_wanted.emit()
    wait_until(lambda: not bare._installation.is_running, 5)
    assert title(panel) == "Finish the installation"
    assert shown_buttons(panel) == ["Install"]


def test_unloading_ends_an_installation(bare, environment, tmp_path, wait_until):
    panel = offer(bare)
    panel.wheels_chosen.emit(str(write_wheels(tmp_path / "wheels", real=False)))
    wait_until(lambda: environment.state() is State.HALF, 60)
    bare.unload()

    def is_free():
        try:
            with environment.lock():
                return True
        except Exception:
            return False

    wait_until(is_free, 5)
    bare.initGui()


def test_a_python_is_used_only_when_it_works(bare, tmp_path, wait_until, monkeypatch):
    panel = offer(bare)
    wrong = tmp_path / "python3"
    wrong.write_text("#!/bin/sh\necho No module named torch; exit 1\n")
    wrong.chmod(0o755)
    panel.python_chosen.emit(str(wrong))
    wait_until(lambda: not bare._installation.is_running)
    assert "This Python lacks torch." in text(panel)
    assert not QgsSettings().value(PYTHON_SETTING)
    panel.python_chosen.emit(str(tmp_path / "absent"))
    wait_until(lambda: not bare._installation.is_running)
    assert "absent" in text(panel)
    panel.python_chosen.emit(sys.executable)
    wait_until(lambda: not bare._installation.is_running, 120)
    assert title(panel) == "The FRORS engine is ready"
    assert QgsSettings().value(PYTHON_SETTING) == sys.executable


def test_a_python_that_lacks_packages_is_said_so_and_the_engine_can_be_installed_instead(bare, tmp_path, wait_until):
    panel = offer(bare)
    wrong = tmp_path / "python3"
    sentence = f"The Python at {wrong} lacks torch, faiss. Install them (in the repository: make setup)."
    wrong.write_text(f"#!/bin/sh\necho '{sentence}'; exit 1\n")
    wrong.chmod(0o755)
    panel.python_chosen.emit(str(wrong))
    wait_until(lambda: not bare._installation.is_running)
    assert "This Python lacks torch, faiss.\n\nChoose another" in text(panel)
    assert "make setup" not in text(panel)
    assert "Settings > Options" not in text(panel)
    assert "Install" in shown_buttons(panel)
    wrong.write_text("#!/bin/sh\necho Something else; exit 1\n")
    panel.python_chosen.emit(str(wrong))
    wait_until(lambda: not bare._installation.is_running)
    assert "This Python cannot run the FRORS engine: Something else" in text(panel)


def test_a_python_that_the_variable_names_is_not_installed_over(bare, monkeypatch):
    monkeypatch.setenv("FRORS_PYTHON", "/gone/python3")
    panel = offer(bare)
    assert title(panel) == "The FRORS engine does not start"
    assert "There is <no> engine." in text(panel)
    assert "FRORS_PYTHON" in text(panel)
    assert shown_buttons(panel) == []
    assert "href" in panel._links.text()
    assert "wheels" not in panel._links.text()


def test_a_mac_with_an_intel_processor_is_told(bare, monkeypatch):
    monkeypatch.setattr(installation_controller, "builds", lambda: ())
    panel = offer(bare)
    assert "no PyTorch any more" in text(panel)
    assert shown_buttons(panel) == []
    assert "python" in panel._links.text()


def test_a_ready_environment_that_does_not_start_is_made_anew(bare, environment):
    environment.claim()
    environment.python.parent.mkdir()
    environment.python.symlink_to(sys.executable)
    version = ".".join(map(str, sys.version_info[:3]))
    (environment.folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    environment.finish({"build": "cuda"})
    panel = offer(bare)
    assert title(panel) == "The FRORS engine does not start"
    assert "It can be installed again." in text(panel)
    assert panel.build.name == "cuda"
    assert "ready" in bare._installation.describe()


def test_progress_and_output_are_shown_as_they_come(bare, panel):
    panel.begin("Installing")
    panel.advance(Progress(Step.TORCH, 0.5))
    assert panel.progress._message.text() == "Installing PyTorch..."
    assert "50 %" in panel.progress._left.text()
    for number in range(3000):
        panel.add_line(f"line {number}")
    lines = panel.output.splitlines()
    assert (len(lines), lines[-1]) == (2000, "line 2999")
    assert all(step_text(step) for step in Step)


def test_a_missing_package_of_the_system_is_installed_by_a_button_and_the_installation_goes_on(
    bare, tmp_path, monkeypatch, wait_until
):
    """A Python that cannot make virtual environments until the package is there, and a program that stands for apt."""
    there, output = tmp_path / "there", Path(__file__).parents[1] / "installation" / "outputs" / "no_ensurepip.txt"
    refuses = f'if [ "$2" = venv ] && [ ! -e {there} ]; then cat {output}; exit 1; fi'
    python, apt = tmp_path / "python3", tmp_path / "apt-get-of-test"
    python.write_text(f'#!/bin/sh\n{refuses}\nexec {BASE_PYTHON} "$@"\n')
    apt.write_text(f"#!/bin/sh\necho Setting up; touch {there}\n")
    for program in (python, apt):
        program.chmod(0o755)
    monkeypatch.setattr(installation_controller, "qgis_interpreters", lambda: [python])
    monkeypatch.setattr(system_package, "_APT", str(apt))
    monkeypatch.setattr(system_package.os, "geteuid", lambda: 0)
    panel = offer(bare)
    panel.wheels_chosen.emit(str(write_wheels(tmp_path / "wheels", real=False)))
    wait_until(lambda: shown_buttons(panel) == ["Install python3.11-venv", "Try again", "Copy log"], 60)
    panel._package.click()
    assert title(panel) == "Installing python3.11-venv"
    wait_until(lambda: title(panel) == "Installing the FRORS engine", 60)
    wait_until(lambda: "Looking in links" in panel.output, 120)
    panel.cancel_wanted.emit()
    wait_until(lambda: not bare._installation.is_running)


@pytest.mark.parametrize("kind", FailureKind)
def test_every_failure_has_a_sentence_and_a_remedy(kind):
    subject = "1002 7" if kind is FailureKind.DISK_SMALL else "python3.11-venv"
    what, remedy = failure_texts(Failure(kind, subject), Path("/home/ann/frors"))
    assert what
    assert remedy
    assert "{" not in what + remedy
    if kind is FailureKind.DISK_SMALL:
        assert "1,002 MiB" in what
    if kind is FailureKind.NO_VENV:
        assert "sudo apt install python3.11-venv" in remedy
    if kind in (FailureKind.DISK_FULL, FailureKind.PERMISSION, FailureKind.LONG_PATH, FailureKind.NOT_OURS):
        assert "FRORS_ENVIRONMENTS" in remedy


def test_sizes_have_no_more_digits_than_are_known():
    assert [size_text(size) for size in (250, 2900, 5000)] == ["250 MiB", "2.8 GiB", "4.9 GiB"]


def test_the_options_show_the_packages_and_delete_them_when_that_is_confirmed(
    bare, window, environment, monkeypatch, wait_until
):
    environment.claim()
    page = window.options_pages[0].createWidget(None)
    assert "interrupted" in page._packages.text()
    page._install.click()
    assert bare.dock.shows_installation
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    page._remove.click()
    assert environment.folder.exists()
    page._remove.click()
    wait_until(lambda: not page._remove.isEnabled())
    assert not environment.folder.exists()
    page._python.setFilePath("/usr/bin/python3")
    page.apply()
    assert QgsSettings().value(PYTHON_SETTING) == "/usr/bin/python3"


def test_the_options_say_which_python_is_in_use_where_frors_has_installed_none(bare, window, environment, monkeypatch):
    monkeypatch.setenv("FRORS_PYTHON", sys.executable)
    monkeypatch.setattr(installation_controller, "qgis_interpreters", lambda: [Path(sys.executable)])
    page = window.options_pages[0].createWidget(None)
    assert page._packages.text() == f"In use: {sys.executable}, named by the environment variable FRORS_PYTHON."
    assert not page._remove.isEnabled()
    environment.claim()
    used, installed = bare._installation.describe().split("\n")
    assert (used, installed.endswith("interrupted.")) == (page._packages.text(), True)
    monkeypatch.setenv("FRORS_PYTHON", "/gone/python3")
    assert "/gone/python3, is not a program that can be run." in bare._installation.describe()
    monkeypatch.delenv("FRORS_PYTHON")
    QgsSettings().setValue(PYTHON_SETTING, sys.executable)
    assert bare._installation.describe().startswith(f"In use: {sys.executable}.\n")


def test_where_nothing_but_the_python_of_qgis_is_there_nothing_is_said_to_be_in_use(bare, environment, monkeypatch):
    monkeypatch.setattr(installation_controller, "find_interpreter", lambda: BASE_PYTHON)
    assert bare._installation.describe() == "Not installed."


def test_what_cannot_be_removed_is_told(bare, window, environment, wait_until):
    environment.folder.mkdir(parents=True)
    (environment.folder / "mine & <mine>").touch()
    bare._installation.remove()
    wait_until(lambda: window.messages)
    assert "was not made by FRORS" in window.messages[-1][1]
    assert (environment.folder / "mine & <mine>").exists()


@pytest.mark.parametrize(
    ("kind", "user", "url", "secrets"),
    [
        (QNetworkProxy.ProxyType.HttpProxy, "", "http://proxy.example:3128", ()),
        (QNetworkProxy.ProxyType.HttpProxy, "ann", "http://ann:s%40cret@proxy.example:3128", ("s%40cret", "s@cret")),
        (QNetworkProxy.ProxyType.Socks5Proxy, "", "socks5h://proxy.example:3128", ()),
    ],
)
def test_the_proxy_of_qgis_is_taken(qgis_app, kind, user, url, secrets):
    manager = QgsNetworkAccessManager.instance()
    before = manager.fallbackProxy()
    manager.setFallbackProxyAndExcludes(QNetworkProxy(kind, "proxy.example", 3128, user, "s@cret"), [], [])
    try:
        proxy = proxy_of_qgis()
        assert (proxy.url, proxy.secrets) == (url, secrets)
        assert "cret" not in repr(proxy)
        manager.setFallbackProxyAndExcludes(QNetworkProxy(QNetworkProxy.ProxyType.DefaultProxy), [], [])
        assert proxy_of_qgis() is None
    finally:
        manager.setFallbackProxyAndExcludes(before, [], [])
