"""Search over the hash codes of one archive; a cache that can be thrown away at any time.

Memory at 10 million chips and 128 bits: codes 10 M x 16 B = 160 MB, ids 10 M x 8 B = 80 MB, a mask 10 M x 1 B = 10 MB.
A refresh holds the codes twice for a moment and some numbers of each chip: 3 x 80 MB for the ids. That is under 700 MB
with what Python, numpy and FAISS take; no vectors are held: the best are read from the archive.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.array_file import ArrayFileError, read_arrays, write_arrays
from frors_qgis.engine.archive.codes.hamming import nearest
from frors_qgis.engine.archive.codes.hasher import Hasher
from frors_qgis.engine.archive.query_vector import checked_query
from frors_qgis.engine.archive.records import BatchKey, Generation

SHORTLIST = 200
"""Chips whose true embeddings a search looks at: codes only say which are worth it."""

FILE_NAME = "hash.codes"

_KIND = "codes"
_ARRAYS = {"keys": "<i8", "codes": "<u1"}
_NOTHING = Generation("", 0, 0)


class CodeIndex:
    """The codes of an archive's chips, in memory. For one thread at a time.

    Chips stand in the order of their ids: `ids` int64 [n], `codes` uint8 [n, bits / 8]; a mask is bool [n] in the same
    order. `folder` is the archive's folder of segments, where `save` keeps the codes for the next time; None: nowhere.
    """

    def __init__(self, archive: Archive, hasher: Hasher, folder: Path | None = None) -> None:
        if hasher.dimension != archive.dimension:
            raise ValueError(f"the hasher is for embeddings of {hasher.dimension} numbers, not {archive.dimension}")
        self._archive = archive
        self._hasher = hasher
        self._path = None if folder is None else folder / FILE_NAME
        self._generation = _NOTHING
        self._parts: dict[BatchKey, npt.NDArray[np.uint8]] = {}
        self._arrange([])
        with suppress(ArrayFileError):
            self._parts = self._read()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def raster_ids(self) -> npt.NDArray[np.int64]:
        """The raster of each chip [n]."""
        return np.repeat(np.array([key.raster_id for key in self._keys], np.int64), self._counts)

    def refresh(self) -> None:
        """Follows the archive.

        Raises EngineError(ARCHIVE_DAMAGED) at a bad batch, and then leaves the index as it was.
        """
        while (generation := self._archive.generation()) != self._generation:
            keys = sorted(self._archive.batch_keys(), key=lambda key: key.first_chip)
            for batch in self._archive.batches([key for key in keys if key not in self._parts]):
                self._parts[batch.key] = self._hasher.encode(batch.vectors.astype(np.float32))
            self._arrange([key for key in keys if key in self._parts])
            self._generation = generation

    def save(self) -> None:
        """Follows the archive and keeps its codes beside it. Raises what `write_arrays` does."""
        self.refresh()
        if self._path is not None:
            self._path.parent.mkdir(exist_ok=True)
            head = {"archive": self._archive.id, "hasher": self._hasher.fingerprint}
            write_arrays(self._path, _KIND, head, {"keys": np.array(self._keys, np.int64), "codes": self.codes})

    def search(
        self,
        vector: npt.NDArray[np.float32],
        k: int,
        mask: npt.NDArray[np.bool_] | None = None,
        shortlist: int = SHORTLIST,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Ids and scores of up to k chips with large inner products with `vector` [d], best first, ties by id.

        They are the best of the `shortlist` (at least k) chips whose codes are nearest to that of the vector, by the
        archive's own embeddings. mask: which chips may be found; None: all.
        Raises EngineError: BAD_REQUEST as `Index.search`, CHIP_UNKNOWN when chips were removed since `refresh`.
        """
        query = checked_query(vector, k, self._archive.dimension)
        code = self._hasher.encode(query[None])[0]
        ids = self.ids[nearest(self.codes, code, max(k, shortlist), mask)[0]]
        scores = np.einsum("nd,d->n", self._archive.vectors(ids.tolist()), query)
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]

    def _arrange(self, keys: list[BatchKey]) -> None:
        """Lays the codes of these batches one after another and forgets all others."""
        empty = np.empty((0, self._hasher.bits // 8), np.uint8)
        self.codes = np.concatenate([empty, *(self._parts[key] for key in keys)])
        self._keys = keys
        self._counts = np.array([key.chips for key in keys], np.int64)
        ends = np.cumsum(self._counts)
        self._parts = dict(zip(keys, np.split(self.codes, ends)[:-1], strict=True))
        firsts = np.array([key.first_chip for key in keys], np.int64)
        self.ids = np.arange(len(self.codes)) + np.repeat(firsts - ends + self._counts, self._counts)

    def _read(self) -> dict[BatchKey, npt.NDArray[np.uint8]]:
        """The codes that were kept, by their batches. Raises ArrayFileError for a file that does not fit."""
        if self._path is None:
            return {}
        head, arrays = read_arrays(self._path, _KIND, _ARRAYS)
        width = self._hasher.bits // 8
        if (head.get("archive"), head.get("hasher")) != (self._archive.id, self._hasher.fingerprint):
            raise ArrayFileError(f"{self._path} holds codes of something else")
        if len(arrays["keys"]) % len(BatchKey._fields):
            raise ArrayFileError(f"{self._path} holds batches that cannot be")
        keys = [BatchKey(*row) for row in arrays["keys"].reshape(-1, len(BatchKey._fields)).tolist()]
        counts = [key.chips for key in keys]
        if min(counts, default=1) < 1 or sum(counts) * width != len(arrays["codes"]) or len(set(keys)) < len(keys):
            raise ArrayFileError(f"{self._path} holds other codes than it says")
        codes = arrays["codes"].reshape(-1, width)
        return dict(zip(keys, np.split(codes, np.cumsum(counts, dtype=np.int64))[:-1], strict=True))
