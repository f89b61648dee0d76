"""What the Processing algorithms of FRORS have in common: they ask the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingException, QgsProcessingFeedback
from qgis.PyQt.QtCore import QCoreApplication

from frors_qgis.client.client import EngineClient
from frors_qgis.protocol import EngineError

ARCHIVE_SUFFIX = ".gpkg"


def tr(sentence: str) -> str:
    """The sentence in the language of the user interface."""
    return QCoreApplication.translate("frors", sentence)


def archive_filter() -> str:
    """The filter of file dialogs for archives."""
    return tr("FRORS archives (*{suffix})").format(suffix=ARCHIVE_SUFFIX)


def absolute(path: str) -> str:
    """A path from the user as the engine finds it, which works in a folder of its own."""
    return str(Path(path).absolute())


class EngineAlgorithm(QgsProcessingAlgorithm):
    """An algorithm that the engine computes. `prepareAlgorithm` reads the layers, on the main thread."""

    def __init__(self, client: EngineClient) -> None:
        super().__init__()
        self._client = client

    def createInstance(self) -> EngineAlgorithm:  # noqa: N802
        return type(self)(self._client)

    def _ask(self, method: str, params: dict[str, Any], feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """The engine's answer; progress and cancel go through `feedback`.

        Raises QgsProcessingException with the engine's sentence, also when the user has cancelled.
        """
        said = ""

        def show(fraction: float, message: str, eta: float | None) -> None:
            nonlocal said
            feedback.setProgress(100.0 * fraction)
            if message and message != said:
                feedback.setProgressText(message)
                said = message

        if feedback.isCanceled():
            raise QgsProcessingException(tr("Cancelled."))
        try:
            return self._client.call(method, params, show, feedback.isCanceled)
        except EngineError as error:
            raise QgsProcessingException(error.message) from error
