"""What the Processing algorithms of FRORS have in common: they ask the engine."""

from __future__ import annotations

import time
from typing import Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingException, QgsProcessingFeedback
from qgis.PyQt.QtCore import QCoreApplication

from frors_qgis.client.client import EngineClient
from frors_qgis.client.engine_sentence import answer_in_users_language, in_users_language
from frors_qgis.location import absolute_location
from frors_qgis.protocol import EngineError

ARCHIVE_SUFFIX = ".gpkg"
_SECONDS_BETWEEN_TEXTS = 10.0
"""After which the time left is told again, while the engine does one thing."""


def tr(sentence: str) -> str:
    """The sentence in the language of the user interface."""
    return QCoreApplication.translate("frors", sentence)


def archive_filter() -> str:
    """The filters of file dialogs for archives. QGIS takes no other values, so the last one lets locations through."""
    return ";;".join([tr("FRORS archives (*{suffix})").format(suffix=ARCHIVE_SUFFIX), tr("All files (*)")])


def absolute(path: str) -> str:
    """A path, or where an archive is, from the user as the engine finds it, which works in a folder of its own."""
    return absolute_location(path)


def require_going_on(feedback: QgsProcessingFeedback) -> None:
    """Raises QgsProcessingException when the user has cancelled."""
    if feedback.isCanceled():
        raise QgsProcessingException(tr("Cancelled."))


class EngineAlgorithm(QgsProcessingAlgorithm):
    """An algorithm that the engine computes. `prepareAlgorithm` asks the layers what they are, on the main thread."""

    def __init__(self, client: EngineClient) -> None:
        super().__init__()
        self._client = client

    def createInstance(self) -> EngineAlgorithm:  # noqa: N802
        return type(self)(self._client)

    def _ask(self, method: str, params: dict[str, Any], feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """The engine's answer; progress and cancel go through `feedback`.

        Raises QgsProcessingException with the engine's sentence, also when the user has cancelled.
        """
        said, said_at = "", 0.0

        def show(fraction: float, message: str, eta: float | None) -> None:
            nonlocal said, said_at
            feedback.setProgress(100.0 * fraction)
            now, what = time.monotonic(), message.partition(",")[0]
            if message and (what != said or (eta is not None and now - said_at >= _SECONDS_BETWEEN_TEXTS)):
                sentence = in_users_language(message)
                feedback.setProgressText(sentence if eta is None else _with_time_left(sentence, eta))
                said, said_at = what, now

        require_going_on(feedback)
        try:
            return answer_in_users_language(self._client.call(method, params, show, feedback.isCanceled))
        except EngineError as error:
            raise QgsProcessingException(in_users_language(error.message)) from error


def _with_time_left(message: str, seconds: float) -> str:
    if seconds < 90:
        return tr("{message}, about {seconds} s left").format(message=message, seconds=round(seconds))
    return tr("{message}, about {minutes} min left").format(message=message, minutes=round(seconds / 60))
