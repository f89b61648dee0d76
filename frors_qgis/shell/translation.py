"""One place through which every sentence of the shell goes."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication


def tr(sentence: str) -> str:
    """The sentence in the language of the user interface."""
    return QCoreApplication.translate("frors", sentence)
