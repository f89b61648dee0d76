"""Shows why matches are ones."""

from __future__ import annotations

from qgis.gui import QgisInterface
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject

from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.explanation import Explanation, explanation_work
from frors_qgis.shell.feedback_controller import FeedbackController
from frors_qgis.shell.map_marks import MapMarks
from frors_qgis.shell.match import Match, match_title, polygon_of
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.placing import place_beside_map
from frors_qgis.shell.translation import tr
from frors_qgis.shell.why_dialog import WhyDialog

_TASK_KIND = "explain"


class ExplanationController(QObject):
    """One window for the newest match that was asked about."""

    def __init__(
        self, iface: QgisInterface, dock: FrorsDock, tasks: EngineTasks, notices: Notices, feedback: FeedbackController
    ) -> None:
        super().__init__(dock)
        self._iface = iface
        self._tasks = tasks
        self._notices = notices
        self._feedback = feedback
        self._marks = MapMarks(iface.mapCanvas())
        self._dialog: WhyDialog | None = None
        dock.results.view.why_wanted.connect(self.explain)

    def remove(self) -> None:
        """Closes the window and takes the marks off the map."""
        self._close()
        self._marks.remove()

    def explain(self, match: Match) -> None:
        """Asks the engine and shows what it says."""
        query = self._feedback.query()
        if query is None:
            return
        archive, params = query
        self._tasks.start(
            tr("Explain: {title}").format(title=match_title(match)),
            explanation_work(archive, match, params),
            _TASK_KIND,
            succeeded=lambda result: self._show(result["explanation"]),
            failed=self._notices.failure,
        )

    def _show(self, explanation: Explanation) -> None:
        self._close()
        self._dialog = WhyDialog(explanation, self._iface.mainWindow())
        self._dialog.part_pointed.connect(self._point)
        # "Show on the map" shows the part in the middle of the map.
        self._dialog.adjustSize()
        place_beside_map(self._dialog, self._iface.mapCanvas(), self._dialog.size())
        self._dialog.show()

    def _point(self, explanation: Explanation) -> None:
        self._marks.zoom_to(polygon_of(explanation.footprint))

    def _close(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None and not sip.isdeleted(dialog):
            dialog.close()
            dialog.deleteLater()
