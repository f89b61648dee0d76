"""The hasher of an archive, fitted to some of its own embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.codes.fitted_hashers import fit_itq, fit_lsh, fit_signs
from frors_qgis.engine.archive.codes.hasher import ProjectionHasher
from frors_qgis.engine.archive.records import BatchKey

FULL_LENGTH = 0
"""As a number of bits: as many as an embedding has numbers."""

LEAST_BITS = 16
_SAMPLE = 20_000
_BATCHES = 256
_BYTE = 8


def bits_for(dimension: int, bits: int) -> int:
    """The bits of a code, which may be asked for as `FULL_LENGTH`, of embeddings of so many numbers."""
    return bits or max(LEAST_BITS, dimension // _BYTE * _BYTE)


def fit_to_archive(
    archive: Archive, keys: Sequence[BatchKey], bits: int, check: Check = go_on
) -> ProjectionHasher | None:
    """A hasher from embeddings of some of these batches, spread over all; None where none is there any more.

    The signs of the numbers for as many bits as dimensions; ITQ for fewer; random hyperplanes where there are more, or
    fewer embeddings than ITQ needs. check: called between batches,
    may raise. Raises EngineError(ARCHIVE_DAMAGED).
    """
    chosen = [keys[place] for place in np.unique(np.linspace(0, len(keys) - 1, _BATCHES).round().astype(int))]
    sample = []
    for batch in archive.batches(chosen):
        check()
        some = np.linspace(0, len(batch.vectors) - 1, min(len(batch.vectors), -(-_SAMPLE // len(chosen))))
        sample.append(batch.vectors[some.round().astype(int)].astype(np.float32))
    if not sample:
        return None
    vectors = np.concatenate(sample)
    if bits == archive.dimension:
        return fit_signs(vectors)
    return fit_itq(vectors, bits) if bits <= min(vectors.shape) else fit_lsh(vectors, bits)
