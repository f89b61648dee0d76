"""What the installation panel says: steps, sizes, and for every failure what happened and what to do."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

from qgis.PyQt.QtCore import QLocale

from frors_qgis.client.engine_sentence import in_users_language
from frors_qgis.client.interpreter import ENVIRONMENTS_VARIABLE
from frors_qgis.installation.environment import State
from frors_qgis.installation.failures import Failure, FailureKind
from frors_qgis.installation.installer import Step
from frors_qgis.installation.plan import Build
from frors_qgis.installation.system_package import package_of
from frors_qgis.shell.translation import tr

_VC_RUNTIME = "https://aka.ms/vs/17/release/vc_redist.x64.exe"


def size_text(megabytes: int) -> str:
    """`250` -> `250 MiB`, `2900` -> `2.8 GiB`: no more digits than are known."""
    return QLocale().formattedDataSize(megabytes << 20, 0 if megabytes < 1024 else 1)


def build_text(build: Build) -> str:
    """Three lines on a build: for whom, from where it comes, and what it costs."""
    if sys.platform == "darwin":
        name = tr("For this Mac")
    else:
        name = tr("NVIDIA graphics card (CUDA)") if build.name == "cuda" else tr("CPU")
    origin = tr("from {host} and PyPI").format(host=urlsplit(build.index).hostname) if build.index else tr("from PyPI")
    costs = tr("about {download} to download, {disk} on disk")
    return f"{name}\n{origin}\n{costs.format(download=size_text(build.download_mb), disk=size_text(build.disk_mb))}"


def step_text(step: Step) -> str:
    """What is being done."""
    return {
        Step.PREPARE: tr("Looking at disk and Python..."),
        Step.ENVIRONMENT: tr("Making a virtual environment..."),
        Step.TORCH: tr("Installing PyTorch..."),
        Step.PACKAGES: tr("Installing the other packages..."),
        Step.CHECK: tr("Trying whether everything works..."),
    }[step]


def offer_texts(state: State) -> tuple[str, str]:
    """Title and sentence of the offer to install."""
    if state is State.HALF:
        return tr("Finish the installation"), tr("It was interrupted, and goes on where it stopped.")
    if state is State.OTHER_PYTHON:
        return (
            tr("Install the FRORS engine again"),
            tr("The Python of QGIS is another one than before, so its packages are installed anew."),
        )
    if state is State.READY:
        return tr("Install the FRORS engine again"), tr("Everything is deleted and installed anew.")
    if state is State.OUTDATED:
        return tr("Update the FRORS engine"), tr("This release of FRORS needs other versions of its packages.")
    return (
        tr("Install the FRORS engine"),
        tr(
            "FRORS computes with PyTorch, torchvision, FAISS and safetensors, which QGIS does not bring. They go into "
            "a folder of their own; the Python of QGIS and its packages stay as they are."
        ),
    )


def state_text(state: State, folder: Path, megabytes: int) -> str:
    """One line on the environment, for the options."""
    sentences = {
        State.MISSING: tr("Not installed."),
        State.HALF: tr("{folder}: the installation was interrupted."),
        State.READY: tr("{folder}: ready, {size}."),
        State.OUTDATED: tr("{folder}: ready, made for another release of FRORS, {size}."),
        State.OTHER_PYTHON: tr("{folder}: made for another Python than that of QGIS."),
        State.NOT_OURS: tr("{folder}: not made by FRORS, so it is left alone."),
    }
    return sentences[state].format(folder=folder, size=size_text(megabytes))


def failure_texts(failure: Failure, folder: Path) -> tuple[str, str]:
    """What happened and what to do; `folder` is the environment's."""
    network = tr("Settings > Options > Network")
    elsewhere = tr("Or name a folder elsewhere in the environment variable {variable} and start QGIS again.").format(
        variable=ENVIRONMENTS_VARIABLE
    )
    again = tr("Then try again; what is there is kept.")
    subject = failure.subject
    needed, free = (subject.split() * 2)[:2] if failure.kind is FailureKind.DISK_SMALL else ("0", "0")
    texts = {
        FailureKind.NO_NETWORK: (
            tr("The packages could not be fetched: a server was not reached."),
            tr(
                "Check the connection, and the proxy in {network}. The CPU build comes from PyTorch's own index at "
                "download.pytorch.org; where only PyPI can be reached, take the other build."
            ),
            again,
        ),
        FailureKind.PROXY_UNREACHABLE: (tr("The proxy does not answer."), tr("Correct it in {network}."), again),
        FailureKind.PROXY_LOGIN: (
            tr("The proxy asks for a user name and a password."),
            tr("Enter them in {network}."),
            again,
        ),
        FailureKind.PROXY_SOCKS: (
            tr("The packages cannot be fetched through a SOCKS proxy."),
            tr("Set an HTTP proxy in {network}, or install from a folder of wheels."),
        ),
        FailureKind.CERTIFICATE: (
            tr("The server's certificate is not trusted, as where a company looks into connections."),
            tr(
                "Ask your administrator for the certificate, name its file in the environment variable PIP_CERT and "
                "start QGIS again, or install from a folder of wheels."
            ),
        ),
        FailureKind.DAMAGED_DOWNLOAD: (
            tr("A package arrived damaged."),
            tr("Try again. If it comes back, a proxy or virus scanner changes it, or the folder's file is damaged."),
        ),
        FailureKind.DISK_FULL: (tr("The disk of {folder} is full."), tr("Free some space on it."), again, elsewhere),
        FailureKind.DISK_SMALL: (
            tr("{needed} are needed on the disk of {folder} while installing, but {free} are free."),
            tr("Free some space on it."),
            elsewhere,
        ),
        FailureKind.PERMISSION: (
            tr("{subject} must not be written."),
            tr("Give yourself the right to write there, then try again."),
            elsewhere,
        ),
        FailureKind.IN_USE: (
            tr("A file is in use, or held by a virus scanner: {subject}"),
            tr("Close other windows of QGIS, wait a minute and try again."),
        ),
        FailureKind.LONG_PATH: (
            tr("A path is longer than Windows allows."),
            tr(
                "Name a short folder, such as C:/frors, in the environment variable {variable} and start QGIS again, "
                "or switch long paths on in Windows."
            ),
        ),
        FailureKind.NO_WHEEL: (
            tr("There is no {subject} for Python {python} on this system where pip has looked."),
            tr("Take the other build or a folder with all wheels, or use an existing environment."),
        ),
        FailureKind.NO_WHEELS: (
            tr("There are no wheels in {subject}."),
            tr("Choose the folder into which they were downloaded, with files that end in .whl."),
        ),
        FailureKind.NO_PLATFORM: (
            tr("There is no PyTorch any more for Macs with an Intel processor."),
            tr("Use an existing environment that has the packages, or another computer."),
        ),
        FailureKind.NO_PYTHON: (
            tr("No Python {python} with GDAL was found in this QGIS: {subject}"),
            tr("Use an existing environment in which `from osgeo import gdal` works, or install QGIS again."),
        ),
        FailureKind.NO_VENV: (
            tr("The Python of QGIS cannot make virtual environments."),
            tr("Install {package}, on Debian and Ubuntu by `sudo apt install {package}`, then try again."),
        ),
        FailureKind.NO_PIP: (
            tr("The Python of QGIS has no pip."),
            tr("Install {package}, on Debian and Ubuntu by `sudo apt install {package}`, then try again."),
        ),
        FailureKind.VC_RUNTIME: (
            tr("PyTorch cannot be loaded: the Microsoft Visual C++ runtime is missing or too old."),
            tr("Install it from {vc_runtime}, restart the computer and try again."),
        ),
        FailureKind.NUMPY_AND_GDAL: (
            tr("numpy does not fit the GDAL of QGIS."),
            tr("Remove the packages in Settings > Options > FRORS, then install them again."),
        ),
        FailureKind.KILLED: (
            tr("The installation was ended from outside, often for want of memory."),
            tr("Close other programs."),
            again,
        ),
        FailureKind.BUSY: (
            tr("Another QGIS is at it (process {subject})."),
            tr("Wait until it has ended, then try again."),
        ),
        FailureKind.NOT_OURS: (
            tr("{folder} was not made by FRORS, so it is left alone."),
            tr("Move it away, then try again."),
            elsewhere,
        ),
        FailureKind.CHECK_FAILED: (
            tr("The packages do not work: {subject}"),
            tr("Remove them in Settings > Options > FRORS and install them again. If it comes back, report the log."),
        ),
        FailureKind.PYTHON_LACKS: (
            tr("This Python lacks {subject}."),
            tr("Choose another existing environment, or install the FRORS engine from here."),
        ),
        FailureKind.PYTHON_UNFIT: (
            tr("This Python cannot run the FRORS engine: {subject}"),
            tr("Choose another existing environment, or install the FRORS engine from here."),
        ),
        FailureKind.UNKNOWN: (
            tr("It ended with an error: {subject}"),
            tr("The output says more. Trying again goes on where it stopped; if it comes back, report the log."),
        ),
    }
    what, *remedies = texts[failure.kind]
    fields = {
        "folder": folder,
        "free": size_text(int(free)),
        "needed": size_text(int(needed)),
        "network": network,
        "package": package_of(failure),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "subject": in_users_language(subject) or folder,
        "variable": ENVIRONMENTS_VARIABLE,
        "vc_runtime": _VC_RUNTIME,
    }
    return what.format(**fields), " ".join(remedies).format(**fields)
