"""The page of the dock on which the FRORS engine's packages are installed."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QAction, QFontDatabase, QIcon
from qgis.PyQt.QtWidgets import QFileDialog, QLabel, QPlainTextEdit, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from frors_qgis.installation.installer import Progress
from frors_qgis.installation.plan import Build
from frors_qgis.shell.action_button import ActionButton
from frors_qgis.shell.hint_page import HintPage
from frors_qgis.shell.icon import own_icon, theme_icon
from frors_qgis.shell.installation_wording import build_text, step_text
from frors_qgis.shell.progress_row import ProgressRow
from frors_qgis.shell.translation import tr

PYTHON_LINK, WHEELS_LINK, LATER_LINK = "python", "wheels", "later"
ALL_LINKS = (PYTHON_LINK, WHEELS_LINK, LATER_LINK)
_MOST_LINES = 2000
_OUTPUT_HEIGHT = 140


class InstallationPanel(QScrollArea):
    """An offer, then progress, then that it is ready or why not.

    Signals: `install_wanted()`, `again_wanted()` after a failure, `wheels_chosen(folder)`, `python_chosen(path)`,
    `package_wanted()` of the system after a failure for want of it, `cancel_wanted()`, `copy_wanted()`, `left()` when
    the user has done with it.
    """

    install_wanted = pyqtSignal()
    again_wanted = pyqtSignal()
    wheels_chosen = pyqtSignal(str)
    python_chosen = pyqtSignal(str)
    package_wanted = pyqtSignal()
    cancel_wanted = pyqtSignal()
    copy_wanted = pyqtSignal()
    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWhatsThis(
            tr(
                "What the engine computes with is installed once, in a folder of its own; QGIS's own Python stays as "
                "it is. Without a network, choose a folder with the packages; with an environment of your own, its "
                "Python."
            )
        )
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._install = self._button(theme_icon("mActionAdd"), tr("Install"), self.install_wanted.emit)
        self._package = self._button(theme_icon("mActionAdd"), "", self.package_wanted.emit)
        self._again = self._button(theme_icon("mActionRefresh"), tr("Try again"), self.again_wanted.emit)
        self._copy = self._button(theme_icon("mActionEditCopy"), tr("Copy log"), self.copy_wanted.emit)
        self._start = self._button(own_icon("frors"), tr("Start"), self.left.emit)
        self._builds: list[tuple[QRadioButton, Build]] = []
        self._choice = QWidget()
        QVBoxLayout(self._choice).setContentsMargins(0, 4, 0, 4)
        self._place = QLabel()
        self._place.setWordWrap(True)
        self._place.setTextFormat(Qt.TextFormat.PlainText)
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress = ProgressRow()
        self.progress.cancel_wanted.connect(self.cancel_wanted)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setMaximumBlockCount(_MOST_LINES)
        self._text.setMinimumHeight(_OUTPUT_HEIGHT)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._output = QgsCollapsibleGroupBox(tr("Output"))
        self._output.setSaveCollapsedState(False)
        self._output.setCollapsed(True)
        QVBoxLayout(self._output).addWidget(self._text)
        self._links = QLabel()
        self._links.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._links.setTextFormat(Qt.TextFormat.RichText)
        self._links.linkActivated.connect(self._follow)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._choice, self._place, self.progress, self._output):
            layout.addWidget(widget)
        self._hint = HintPage((self._install, self._package, self._again, self._copy, self._start), body)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self._links)
        self.setWidget(page)

    @property
    def build(self) -> Build | None:
        """The build that is chosen, None where there is none for this computer."""
        return next((build for button, build in self._builds if button.isChecked()), None)

    @property
    def output(self) -> str:
        """What the installation has printed, its last lines."""
        return str(self._text.toPlainText())

    def offer(
        self,
        title: str,
        text: str,
        builds: Sequence[Build],
        chosen: Build | None,
        folder: str,
        links: Sequence[str] = ALL_LINKS,
    ) -> None:
        """Offers to install one of the builds into a folder, and what else can be done."""
        layout = self._choice.layout()
        for button, _ in self._builds:
            layout.removeWidget(button)
            button.deleteLater()
        self._builds = [(QRadioButton(build_text(build)), build) for build in builds]
        for button, build in self._builds:
            button.setChecked(build == chosen)
            layout.addWidget(button)
        self._place.setText(tr("Folder: {folder}").format(folder=folder))
        self._say(own_icon("frors"), title, text, [self._install] if builds else [], links=links, choice=bool(builds))

    def begin(self, title: str) -> None:
        """Shows that something goes on."""
        self._text.clear()
        self.progress.begin(title)
        text = tr("QGIS can be used meanwhile.")
        self._say(own_icon("frors"), title, text, [], output=True, running=True)

    def advance(self, progress: Progress) -> None:
        """Shows how far it is."""
        self.progress.advance(progress.fraction, step_text(progress.step), None)

    def add_line(self, line: str) -> None:
        """Shows a line of output."""
        self._text.appendPlainText(line)

    def show_failure(
        self, title: str, what: str, remedy: str, package: str | None = None, *, install: bool = False
    ) -> None:
        """Says what happened and what to do; package: one of the system that may be installed from here; install: the
        engine itself may be instead."""
        buttons, choice = [self._again, self._copy], install and bool(self._builds)
        if choice:
            buttons.insert(0, self._install)
        if package is not None:
            self._package.set_text(tr("Install {package}").format(package=package))
            buttons.insert(0, self._package)
        text = f"{what}\n\n{remedy}"
        self._say(
            theme_icon("mIconWarning"), title, text, buttons, choice=choice, links=ALL_LINKS, output=bool(self.output)
        )

    def show_ready(self, title: str, text: str) -> None:
        """Says that the engine can be used."""
        self._say(theme_icon("mIconSuccess"), title, text, [self._start], output=bool(self.output))

    def _say(
        self,
        icon: QIcon,
        title: str,
        text: str,
        buttons: Sequence[ActionButton],
        *,
        choice: bool = False,
        running: bool = False,
        output: bool = False,
        links: Sequence[str] = (),
    ) -> None:
        self._hint.say(icon, title, text, buttons)
        self._choice.setVisible(choice)
        self._place.setVisible(choice)
        self.progress.setVisible(running)
        self._output.setVisible(output)
        texts = {
            PYTHON_LINK: tr("Use an existing environment..."),
            WHEELS_LINK: tr("Install from a folder of wheels..."),
            LATER_LINK: tr("Not now"),
        }
        self._links.setText("<br>".join(f'<a href="{link}">{html.escape(texts[link])}</a>' for link in links))

    def _button(self, icon: QIcon, text: str, action: Callable[[], None]) -> ActionButton:
        made = QAction(icon, text, self)
        made.setToolTip(text)
        made.triggered.connect(lambda: action())
        return ActionButton(made)

    def _follow(self, target: str) -> None:
        if target == LATER_LINK:
            self.left.emit()
        elif target == WHEELS_LINK:
            if folder := QFileDialog.getExistingDirectory(self, tr("Folder of wheels")):
                self.wheels_chosen.emit(folder)
        else:
            path, _ = QFileDialog.getOpenFileName(self, tr("The Python of an environment with these packages"))
            if path:
                self.python_chosen.emit(path)
