"""What a request says that the user knows of rasters' acquisitions."""

from __future__ import annotations

from typing import Any

from frors_qgis.engine.acquisition.facts import Facts
from frors_qgis.engine.archive.rasters import stored_path
from frors_qgis.engine.parameters import Parameters


def users_words(parameters: Parameters) -> dict[str, dict[str, Any]]:
    """The parameter "acquisitions": by the path of a raster, as archives keep it, fields and their values or None.

    Raises EngineError(BAD_REQUEST) for a value that no field can have.
    """
    if parameters.values.get("acquisitions") is None:
        return {}
    said = parameters.fields("acquisitions")
    words = {stored_path(path): Parameters(said).fields(path) for path in said}
    for fields in words.values():
        Facts().with_users_word(fields)
    return words
