"""The algorithm `frors:search`."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingParameterExtent

from frors_qgis.processing.algorithm import tr
from frors_qgis.processing.search_algorithm import SearchAlgorithm


class SearchBox(SearchAlgorithm):
    """Finds what looks like a box on a raster."""

    EXTENT = "EXTENT"

    def name(self) -> str:
        return "search"

    def displayName(self) -> str:  # noqa: N802
        return tr("Search by box")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Finds what looks most like a box on a raster, anywhere in an archive")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Finds what looks most like a box on a raster, anywhere in an archive that "
            '"Index rasters" or the FRORS panel has made.\n\n'
            "Raster: the file that the box lies on; it need not be in the archive.\n\n"
            "Box: what to look for, with little around it.\n\n"
            "Any size: also compares the box with chips that are much larger or smaller on the ground.\n\n"
            "Only in this area: where the matches may lie; everywhere when it is not set.\n\n"
            "Only matches on these rasters: layers or files that the archive holds; all of them when it is not set.\n\n"
            "Days and months: when the rasters of matches were acquired; those of unknown dates are left out.\n\n"
            "Place, time and sensor: conditions that are known to hold of the rasters of matches, such as "
            '"sentinel-2, summer, within 50 km, resolution < 15 m". With a weight between 0 and 1 they need not hold: '
            "it is how much they make up of the score, beside the looks.\n\n"
            "The output has one polygon per match, best first: rank, score (1 is the same image), chip (its number in "
            "the archive), raster and the date on which the raster was acquired, where it is known."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_source_parameters()
        self.addParameter(QgsProcessingParameterExtent(self.EXTENT, tr("Box")))
        self.add_search_parameters()

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        fine, message = super().checkParameterValues(parameters, context)
        if fine and self.parameterAsExtent(parameters, self.EXTENT, context).isEmpty():
            return False, tr("The box has no area; give it a width and a height.")
        return fine, message

    def prepareAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        box, crs = self.box(parameters, self.EXTENT, context)
        path, archive = self.raster_path(parameters, context), self.archive_path(parameters, context)
        self._box_params = {"archive": archive, "raster": path, "box": box, "crs": crs}
        self._search_params = self.search_params(parameters, context)
        return True

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        query = self._ask("embed", self._box_params, feedback)
        params = self.limit_to_rasters(self._search_params, feedback)
        result = self._ask("search", params | self.query_params(query), feedback)
        note = result["note"] or (None if self._search_params["any_size"] else query["note"])
        if note:
            feedback.pushWarning(note)
        fields, sink, output = self.matches_sink(parameters, context, {})
        self.write_matches(result["matches"], fields, sink, parameters)
        feedback.pushInfo(tr("Matches found: {count}").format(count=len(result["matches"])))
        return {self.OUTPUT: output}
