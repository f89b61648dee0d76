"""The language of the user interface: one place through which every sentence of the shell goes."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

from frors_qgis.resources import resource_path


def tr(sentence: str) -> str:
    """The sentence in the language of the user interface."""
    return QCoreApplication.translate("frors", sentence)


def install_translator() -> QTranslator | None:
    """Has `tr` speak QGIS's language, as far as there is a translation; returns what to hand to `remove_translator`."""
    translator = QTranslator()
    if not translator.load(QLocale(_language()), "frors", "_", str(resource_path("i18n"))):
        return None
    QCoreApplication.installTranslator(translator)
    return translator


def remove_translator(translator: QTranslator | None) -> None:
    """Takes a language away."""
    if translator is not None:
        QCoreApplication.removeTranslator(translator)


def _language() -> str:
    """The locale that QGIS speaks: `qgis --lang` says it to its translation alone, not to its locale."""
    running = QgsApplication.instance()
    spoken = running.translation() if hasattr(running, "translation") else ""
    return spoken or QgsApplication.locale()
