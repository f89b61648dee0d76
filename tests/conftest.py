"""What tests of all rooms need: the encoders of whoever runs them stay out of them, and QGIS may speak German."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_own_encoders(tmp_path_factory):
    """A folder for the user's own encoders in which there are none, also for the processes that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRORS_ENCODERS", str(tmp_path_factory.mktemp("own") / "encoders"))
        yield


@pytest.fixture
def german(qgis_app):
    """A QGIS that speaks German, as far as FRORS is concerned."""
    from qgis.PyQt.QtCore import QCoreApplication, QTranslator

    from frors_qgis.resources import resource_path

    translator = QTranslator()
    assert translator.load(str(resource_path("i18n", "frors_de.qm")))
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)
