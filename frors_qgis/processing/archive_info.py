"""The algorithm `frors:info`."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
)

from frors_qgis.client.engine_sentence import in_users_language
from frors_qgis.location import archive_stem
from frors_qgis.processing.algorithm import EngineAlgorithm, absolute, archive_filter, tr


class ArchiveInfo(EngineAlgorithm):
    """Tells what an archive holds."""

    ARCHIVE = "ARCHIVE"
    REPORT = "REPORT"
    CHIPS = "CHIPS"
    RASTERS = "RASTERS"
    MISSING = "MISSING"
    ENCODER = "ENCODER"

    def name(self) -> str:
        return "info"

    def displayName(self) -> str:  # noqa: N802
        return tr("Archive information")

    def group(self) -> str:
        return tr("Archive")

    def groupId(self) -> str:  # noqa: N802
        return "archive"

    def tags(self) -> list[str]:
        return tr("archive,chips,rasters,levels,encoder,report").split(",")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Tells what an archive holds: rasters, chips, levels and the encoder that made it")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Tells what an archive holds.\n\n"
            "The outputs are the numbers of its chips, of its rasters and of those whose files are missing, and the "
            "encoder that made it. The report, a page of HTML, lists levels and rasters with their states; chips whose "
            "raster is missing can still be found, but have no pictures."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.addParameter(QgsProcessingParameterFile(self.ARCHIVE, tr("Archive"), fileFilter=archive_filter()))
        self.addParameter(
            QgsProcessingParameterFileDestination(
                self.REPORT, tr("Report"), tr("HTML files (*.html)"), optional=True, createByDefault=False
            )
        )
        self.addOutput(QgsProcessingOutputNumber(self.CHIPS, tr("Chips")))
        self.addOutput(QgsProcessingOutputNumber(self.RASTERS, tr("Rasters")))
        self.addOutput(QgsProcessingOutputNumber(self.MISSING, tr("Missing rasters")))
        self.addOutput(QgsProcessingOutputString(self.ENCODER, tr("Encoder")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        archive = absolute(self.parameterAsFile(parameters, self.ARCHIVE, context))
        info = self._ask("info", {"archive": archive}, feedback)
        missing = sum(raster["state"] == "missing" for raster in info["rasters"])
        feedback.pushInfo(
            tr("{chips} chips of {rasters} rasters, {missing} of them missing; encoder {encoder}").format(
                chips=info["chips"], rasters=len(info["rasters"]), missing=missing, encoder=info["encoder"]
            )
        )
        results: dict[str, Any] = {
            self.CHIPS: info["chips"],
            self.RASTERS: len(info["rasters"]),
            self.MISSING: missing,
            self.ENCODER: info["encoder"],
        }
        report = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if report:
            Path(report).write_text(_page(info), encoding="utf-8")
            results[self.REPORT] = report
        return results


def _page(info: dict[str, Any]) -> str:
    """The report as HTML; what an archive says of itself may be a stranger's and is escaped."""
    levels = [
        (f"{level['gsd']:.3g}", level["cells"], f"{level['ground_size']:.4g}", level["chips"])
        for level in info["levels"]
    ]
    rasters = [
        (one["path"], in_users_language(one["state"]), one["chips"], one["acquired"] or "", one["reason"] or "")
        for one in info["rasters"]
    ]
    return "\n".join(
        [
            '<!DOCTYPE html><meta charset="utf-8">',
            f"<title>{html.escape(archive_stem(info['path']))}</title>",
            f"<h1>{html.escape(info['path'])}</h1>",
            f"<p>{html.escape(tr('Encoder'))}: {html.escape(info['encoder'])}</p>",
            _table((tr("GSD (m)"), tr("Cells"), tr("Ground size (m)"), tr("Chips")), levels),
            _table((tr("Raster"), tr("State"), tr("Chips"), tr("Acquired"), tr("Reason")), rasters),
        ]
    )


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    def row(cells: tuple[object, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    return "<table border=1>" + "".join([row(head, "th"), *(row(cells, "td") for cells in rows)]) + "</table>"
