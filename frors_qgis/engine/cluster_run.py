"""The cluster that a request names, with a folder for its parts."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from frors_qgis.engine.archive.connection import absolute
from frors_qgis.engine.cluster import Cluster
from frors_qgis.engine.parameters import Parameters
from frors_qgis.location import is_database
from frors_qgis.protocol import EngineError, ErrorCode


def cluster_of(parameters: Parameters) -> AbstractContextManager[Cluster | None]:
    """The cluster at the parameter "cluster", or none; its parts go into a folder of the archive's own in "parts", by
    default beside a file.

    Raises EngineError(BAD_REQUEST) where a database is to be filled and no folder is given, and what Cluster raises.
    """
    address, parts = parameters.optional_text("cluster"), parameters.optional_text("parts")
    if address is None:
        return nullcontext()
    archive = parameters.text("archive")
    if parts is not None:
        place = archive if is_database(archive) else str(absolute(archive))
        folder = Path(parts) / f"frors-{hashlib.sha256(place.encode()).hexdigest()[:16]}"
    elif is_database(archive):
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            "For an archive in a database, name a folder that this computer and the cluster's workers share (--parts).",
        )
    else:
        path = absolute(archive)
        folder = path.with_name(f".{path.name}.parts")
    return Cluster(address, folder, parameters.text("device", "auto"))
