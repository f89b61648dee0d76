"""Embeddings of batches that are in no segment, in memory."""

from __future__ import annotations

from collections.abc import Collection
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.records import Batch, BatchKey


class RecentBatches:
    """A flat index of float16. `keys` are its batches; a chip's position is its place in them, one after the other."""

    def __init__(self) -> None:
        self.keys: list[BatchKey] = []
        self._sizes: list[npt.NDArray[np.float32]] = []
        self._flat: Any = None

    def __len__(self) -> int:
        return 0 if self._flat is None else int(self._flat.ntotal)

    def ground_sizes(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
        """The different ground sizes of the chips in metres, ascending, and for each chip [n] which of them it has."""
        sizes, which = np.unique(np.concatenate([np.empty(0, np.float32), *self._sizes]), return_inverse=True)
        return sizes, which.astype(np.int32)

    def keep(self, keys: Collection[BatchKey]) -> None:
        """Lets go of the batches that are not among these."""
        kept = [key in keys for key in self.keys]
        if all(kept):
            return
        import faiss

        codes = faiss.vector_to_array(self._flat.codes).reshape(len(self), -1)
        codes = codes[np.repeat(kept, [key.chips for key in self.keys])]
        self._sizes = list(compress(self._sizes, kept))
        self.keys = list(compress(self.keys, kept))
        self._flat = None  # a new one, since FAISS keeps the memory of what is taken out
        if self.keys:
            self._add(codes)

    def append(self, batch: Batch) -> None:
        """Takes a batch in after the others."""
        self._add(np.ascontiguousarray(batch.vectors, "<f2").view(np.uint8))
        self._sizes.append(batch.ground_sizes)
        self.keys.append(batch.key)

    def _add(self, codes: npt.NDArray[np.uint8]) -> None:
        """Codes [n, 2 d]: the bytes of float16."""
        if self._flat is None:
            import faiss

            self._flat = faiss.IndexScalarQuantizer(
                codes.shape[1] // 2, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
            )
        self._flat.add_sa_codes(codes)

    def search(
        self, vector: npt.NDArray[np.float32], k: int, mask: npt.NDArray[np.bool_] | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Positions and inner products of up to k chips, best first. mask: bool [n], which may be found; None: all."""
        if self._flat is None:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if mask is not None:
            import faiss

            bitmap = np.packbits(mask, bitorder="little")  # must outlive the search
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))  # type: ignore[call-arg, arg-type]
        scores, positions = self._flat.search(vector[None], min(k, len(self)), params=parameters)
        found = positions[0] >= 0
        return positions[0][found], scores[0][found]
