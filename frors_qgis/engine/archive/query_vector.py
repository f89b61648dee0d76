"""What a search of an archive is asked with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from frors_qgis.protocol import EngineError, ErrorCode


def checked_query(vector: npt.NDArray[np.float32], k: int, dimension: int) -> npt.NDArray[np.float32]:
    """The query vector [d], contiguous.

    Raises EngineError(BAD_REQUEST) for one of the wrong length, or not finite, or k < 1.
    """
    if k < 1:
        raise EngineError(ErrorCode.BAD_REQUEST, f"{k} matches cannot be searched: ask for at least one.")
    query = np.ascontiguousarray(vector, np.float32)
    if query.ndim != 1 or not np.isfinite(query).all():
        raise EngineError(ErrorCode.BAD_REQUEST, "The query embedding must be a list of finite numbers.")
    if len(query) != dimension:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"The query embedding has {len(query)} numbers and the archive's {dimension}."
        )
    return query
