from __future__ import annotations

import pytest
from qgis.core import QgsProcessingException

from frors_qgis.processing.archive_info import ArchiveInfo
from frors_qgis.processing.evaluation_page import evaluation_page
from frors_qgis.protocol import EngineError, ErrorCode


class Client:
    """Tells progress and answers, or fails where there is no answer."""

    def __init__(self, answer=None):
        self._answer = answer

    def call(self, method, params, on_progress, is_cancelled):
        on_progress(0.2, "Indexing town.tif", None)
        on_progress(0.5, "Epoch 2 of 8, loss 0.1250", 40.0)
        if self._answer is None:
            raise EngineError(ErrorCode.RASTER_MISSING, "The file /data/{0}.tif is not there.")
        return self._answer


def test_progress_and_failures_are_told_in_german(german, make_feedback):
    feedback = make_feedback()
    with pytest.raises(QgsProcessingException, match=r"^Die Datei /data/\{0\}\.tif ist nicht da\.$"):
        ArchiveInfo(Client())._ask("index", {}, feedback)
    assert feedback.texts == ["town.tif wird indiziert", "Epoche 2 von 8, Verlust 0.1250, noch etwa 40 s"]


def test_reasons_of_what_was_skipped_are_told_in_german(german, make_feedback):
    answer = {"skipped": [{"id": 3, "reason": "It has no label."}], "note": None}
    assert ArchiveInfo(Client(answer))._ask("evaluate", {}, make_feedback()) == {
        "skipped": [{"id": 3, "reason": "Es hat keine Bezeichnung."}],
        "note": None,
    }


def test_the_protocol_on_the_page_of_figures_is_german_and_its_names_are_not(german):
    protocol = {"encoder": "frors", "features": "labels", "relevance": "same label", "queries": 12}
    figures = {"metrics": {"hit@1": 0.5}, "chance": 0.25, "classes": [], "confusions": [], "skipped": []}
    page = evaluation_page({"protocol": protocol, "warnings": [], **figures})
    assert "<td>Relevanz</td><td>dieselbe Bezeichnung</td>" in page
    assert "<td>Objekte</td><td>labels</td>" in page
