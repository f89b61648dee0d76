"""Has the user choose an archive in a database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QWidget

from frors_qgis.client.stored_connections import connection_names, place_of
from frors_qgis.client.tasks import Call, Work
from frors_qgis.shell.database_dialog import DatabaseDialog
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.translation import tr

_LIST = "archives of a database"


class DatabaseController(QObject):
    """Shows one dialog at a time, and fills it with what the engine finds in the database."""

    def __init__(self, tasks: EngineTasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._dialog: DatabaseDialog | None = None

    def ask(self, parent: QWidget, chosen: Callable[[str], None], *, new: bool = False, proposed: str = "") -> None:
        """Shows the dialog; `chosen` gets the location of an archive. The others as of `DatabaseDialog`."""
        self.remove()
        self._dialog = dialog = DatabaseDialog(connection_names(), parent, new=new, proposed=proposed)
        dialog.setModal(True)
        dialog.archives_wanted.connect(lambda connection: self._list(dialog, connection))
        dialog.accepted.connect(lambda: chosen(dialog.location or ""))
        dialog.finished.connect(dialog.deleteLater)
        dialog.ask()
        dialog.show()

    def remove(self) -> None:
        """Closes the dialog."""
        if self._dialog is not None and not sip.isdeleted(self._dialog):
            self._dialog.reject()
        self._dialog = None

    def _list(self, dialog: DatabaseDialog, connection: str) -> None:
        def is_asked() -> bool:
            return not sip.isdeleted(dialog) and dialog.connection == connection

        def show(result: dict[str, Any]) -> None:
            if is_asked():
                dialog.show_archives(result["place"], result["archives"])

        def show_failure(_: str, sentence: str) -> None:
            if is_asked():
                dialog.show_failure(sentence)

        self._tasks.start(tr("List archives"), _listing(connection), _LIST, succeeded=show, failed=show_failure)


def _listing(connection: str) -> Work:
    """The work's result is {"place": DatabaseLocation, "archives": list of schemas}."""

    def work(call: Call) -> dict[str, Any]:
        place = place_of(connection)
        return {"place": place, "archives": call("archives", {"archive": str(place)})["archives"]}

    return work
