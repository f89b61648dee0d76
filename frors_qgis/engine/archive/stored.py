"""Embeddings of batches that are neither in a segment nor in memory: each search reads them from the archive."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.records import BatchKey


class StoredBatches:
    """`keys` are its batches; a chip's position is its place in them, one after the other."""

    def __init__(self, archive: GeoPackageArchive) -> None:
        self.keys: list[BatchKey] = []
        self._archive = archive
        self._sizes: dict[BatchKey, npt.NDArray[np.float32]] = {}

    def __len__(self) -> int:
        return sum(key.chips for key in self.keys)

    def ground_sizes(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
        """The different ground sizes of the chips in metres, ascending, and for each chip [n] which of them it has."""
        sizes = [np.empty(0, np.float32), *(self._sizes[key] for key in self.keys)]
        values, which = np.unique(np.concatenate(sizes), return_inverse=True)
        return values, which.astype(np.int32)

    def take(self, keys: Iterable[BatchKey], check: Check = go_on) -> None:
        """Holds these batches and no others, without those that were removed meanwhile.

        check: called between batches, may raise. Raises EngineError(ARCHIVE_DAMAGED). Either way those before stay.
        """
        wanted = list(keys)
        # What is known stays known when this is given up: reading the sizes of millions again takes seconds.
        self._sizes = {key: self._sizes[key] for key in wanted if key in self._sizes}
        self.keys = []
        for key in wanted:
            check()
            sizes = self._sizes[key] if key in self._sizes else self._archive.ground_sizes(key)
            if sizes is not None:
                self._sizes[key] = sizes
                self.keys.append(key)

    def search(
        self,
        vector: npt.NDArray[np.float32],
        k: int,
        mask: npt.NDArray[np.bool_] | None = None,
        check: Check = go_on,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Positions and inner products of up to k chips, best first. mask: bool [n], which may be found; None: all.

        check: called between batches, may raise. Raises EngineError(ARCHIVE_DAMAGED).
        """
        best, best_scores = np.empty(0, np.int64), np.empty(0, np.float32)
        ends = np.cumsum([key.chips for key in self.keys], dtype=np.int64).tolist()
        starts = {key: end - key.chips for key, end in zip(self.keys, ends, strict=True)}
        wanted = [key for key, start in starts.items() if mask is None or mask[start : start + key.chips].any()]
        for batch in self._archive.batches(wanted):
            check()
            start = starts[batch.key]
            positions = np.arange(start, start + batch.key.chips)
            scores = np.einsum("nd,d->n", batch.vectors.astype(np.float32), vector)
            if mask is not None:
                allowed = mask[positions]
                positions, scores = positions[allowed], scores[allowed]
            best, best_scores = np.concatenate([best, positions]), np.concatenate([best_scores, scores])
            order = np.argsort(-best_scores, kind="stable")[:k]
            best, best_scores = best[order], best_scores[order]
        return best, best_scores
