"""Archives of embeddings that were made elsewhere: no encoder here can embed a box or a raster for them."""

from __future__ import annotations

import hashlib

from frors_qgis.engine.archive.archive import Archive

_PREFIX = "foreign:"
"""No encoder that is installed has a colon in its id."""


def foreign_encoder(model: str, dimension: int) -> tuple[str, str]:
    """Id and digest that an archive has for the model of another project, by its name."""
    return _PREFIX + model, hashlib.sha256(f"{model} {dimension}".encode()).hexdigest()


def is_foreign(archive: Archive) -> bool:
    """Whether an archive's embeddings were made elsewhere."""
    return archive.encoder.startswith(_PREFIX)


def foreign_model(archive: Archive) -> str:
    """The name of the model that made a foreign archive's embeddings."""
    return archive.encoder.removeprefix(_PREFIX)
