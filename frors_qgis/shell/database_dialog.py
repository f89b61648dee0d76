"""The dialog that asks for an archive in a database."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from frors_qgis.location import DatabaseLocation
from frors_qgis.shell.elided_label import NoteLabel
from frors_qgis.shell.icon import theme_icon
from frors_qgis.shell.translation import tr

_WIDTH = 460


class DatabaseDialog(QDialog):
    """One of the PostgreSQL connections that QGIS has stored, and an archive there.

    Signal `archives_wanted(str connection)`, answered with `show_archives` or `show_failure`. `new`: the archive need
    not be there; `proposed` is a name for it.
    """

    archives_wanted = pyqtSignal(str)

    def __init__(
        self, connections: Sequence[str], parent: QWidget | None = None, *, new: bool = False, proposed: str = ""
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Archive in a database"))
        self._new = new
        self._proposed = proposed
        self._place: DatabaseLocation | None = None
        self._connections = QComboBox()
        for name in connections:
            self._connections.addItem(theme_icon("mIconPostgis"), name)
        self._archives = QComboBox()
        self._archives.setEditable(new)
        self._note = NoteLabel(subdued=True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(tr("Connection"), self._connections)
        form.addRow(tr("Archive"), self._archives)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._note)
        layout.addStretch(1)
        layout.addWidget(self._buttons)
        self.setWhatsThis(
            tr(
                "An archive can be a schema of a PostgreSQL database with PostGIS and pgvector, which many people "
                "share. Choose one of the connections that QGIS has stored; new ones are made in the Data Source "
                "Manager. User and password come from there, too, and are kept nowhere else."
            )
        )
        self.resize(_WIDTH, self.sizeHint().height())
        self._connections.currentTextChanged.connect(self.ask)
        self._archives.currentTextChanged.connect(self._update_button)
        self._update_button()

    @property
    def connection(self) -> str:
        """The chosen connection; empty where QGIS has stored none."""
        return self._connections.currentText()

    @property
    def location(self) -> str | None:
        """The location of the chosen archive; None while there is none."""
        schema = self._archives.currentText().strip()
        if self._place is None or not schema:
            return None
        return str(self._place.beside(schema))

    def ask(self) -> None:
        """Asks which archives the chosen connection leads to."""
        self._place = None
        self._archives.clear()
        self._archives.setEnabled(False)
        self._update_button()
        if self.connection:
            self._say(tr("Asking the database..."))
            self.archives_wanted.emit(self.connection)
        else:
            self._say(tr("QGIS has stored no PostgreSQL connection: make one in Layer > Data Source Manager."))

    def show_archives(self, place: DatabaseLocation, archives: Sequence[str]) -> None:
        """Lists the archives of the chosen connection, which leads to a place."""
        self._place = place
        self._archives.addItems(list(archives))
        self._archives.setEnabled(self._new or bool(archives))
        if self._new:
            self._archives.setCurrentText(self._proposed)
            self._say(tr("A new archive, or one to add to: a schema of its own in the database."))
        elif archives:
            self._say("")
        else:
            self._say(tr("There is no archive yet, or none that you may read: index rasters into a new one."))
        self._update_button()

    def show_failure(self, sentence: str) -> None:
        """Says why the archives cannot be listed."""
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        """Shows a note, in a dialog that is high enough for it."""
        self._note.setText(sentence)
        layout = self.layout()
        if layout is not None:
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _update_button(self) -> None:
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.location is not None)
