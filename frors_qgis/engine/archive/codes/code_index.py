"""Search over the hash codes of one archive; a cache that can be thrown away at any time.

Memory at 10 million chips and 128 bits: codes 10 M x 16 B = 160 MB, ground sizes 10 M x 4 B = 40 MB, a mask 10 M x 1 B
= 10 MB. A refresh after which there are other chips holds codes and sizes twice for a moment. No vectors are held:
those of the best are read from the archive.
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.array_file import ArrayFileError, read_arrays, write_arrays
from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import sizes_within
from frors_qgis.engine.archive.codes.archive_hasher import bits_for, fit_to_archive
from frors_qgis.engine.archive.codes.hamming import nearest
from frors_qgis.engine.archive.codes.hasher import ProjectionHasher
from frors_qgis.engine.archive.codes.semantic_columns import CodeColumns
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.query_vector import checked_query
from frors_qgis.engine.archive.records import BatchKey, Generation
from frors_qgis.engine.archive.segment_folder import SEGMENT_CHIPS
from frors_qgis.protocol import EngineError

SUFFIX = ".codes"

_KIND = "codes"
_ARRAYS = {"keys": "<i8", "codes": "<u1", "sizes": "<f4", "size": "<i4", "matrix": "<f4", "bias": "<f4"}
_NOTHING = Generation("", 0, 0)
_OUTGROWN = 4
"""An archive so many times as large as when its hasher was fitted gets a new one."""

_NEAR_FACTOR, _LEAST_NEAR = 8, 5000
_LIKELY_FACTOR, _LEAST_LIKELY = 2, 1000
_WRITING = threading.Lock()

_Mask = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.int64]


class CodeIndex:
    """The codes of an archive's chips, in memory. For one thread at a time.

    Chips stand in the order of their ids, each in a place from 0; a mask is bool [n] over these. Scores are inner
    products with the archive's own embeddings, as those of `Index`.
    """

    def __init__(self, archive: GeoPackageArchive, bits: int, folder: Path) -> None:
        """bits: of a code, or `FULL_LENGTH`. folder: the archive's folder of segments, where codes are kept."""
        self.bits = bits_for(archive.dimension, bits)
        self._archive = archive
        self._path = folder / f"{self.bits}{SUFFIX}"
        self._generation = _NOTHING
        self._hasher: ProjectionHasher | None = None
        self._fitted = 0
        self._fingerprint = ""
        self._has_read = False
        self._kept: list[BatchKey] = []
        self._sizes: dict[float, int] = {}
        self._hold([], np.empty((0, self.bits // 8), np.uint8), np.empty(0, np.int32))

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def wants_sealing(self) -> bool:
        """No: it keeps its codes itself."""
        return False

    @property
    def columns(self) -> CodeColumns:
        """Codes and ground sizes by place."""
        return CodeColumns(self._codes, self._size, np.fromiter(self._sizes, np.float32, len(self._sizes)))

    @property
    def raster_ids(self) -> npt.NDArray[np.int64]:
        """The raster of each chip [n]."""
        return np.repeat(np.array([key.raster_id for key in self._keys], np.int64), self._counts)

    @property
    def fingerprint(self) -> str:
        """What the chips and their codes are, as 64 hexadecimal digits."""
        if not self._fingerprint:
            hasher = "" if self._hasher is None else self._hasher.fingerprint
            digest = hashlib.sha256(f"{self._archive.id} {hasher}".encode())
            digest.update(np.array(self._keys, "<i8").tobytes())
            self._fingerprint = digest.hexdigest()
        return self._fingerprint

    def close(self) -> None:
        """Nothing to end."""

    def refresh(self, check: Check = go_on) -> None:
        """Follows the archive, and keeps the codes where many are new.

        check: called between batches, may raise. Raises EngineError(ARCHIVE_DAMAGED) at the first bad batch. Either
        way those before stay in the index.
        """
        if not self._has_read:
            self._has_read = True
            with suppress(ArrayFileError):
                self._read()
        while (generation := self._archive.generation()) != self._generation:
            keys = sorted(self._archive.batch_keys(), key=lambda key: key.first_chip)
            chips = sum(key.chips for key in keys)
            if self._hasher is None or chips >= _OUTGROWN * self._fitted:
                hasher = fit_to_archive(self._archive, keys, self.bits, check) if keys else None
                self._hasher, self._fitted = hasher, chips
                self._hold([], self._codes[:0], self._size[:0])
            if self._hasher is not None:
                self._follow(keys, self._hasher, check)
            self._generation = generation
            if sum(key.chips for key in set(keys).difference(self._kept)) >= SEGMENT_CHIPS:
                with suppress(OSError, EngineError):  # a folder that refuses, another process that writes it
                    self.keep()

    def keep(self) -> int:
        """Keeps the codes for the next time; how many files were written. Raises what `write_arrays` does."""
        if self._hasher is None or self._keys == self._kept:
            return 0
        head = {"archive": self._archive.id, "bits": self.bits, "fitted": self._fitted}
        columns = self.columns
        arrays: dict[str, npt.NDArray[Any]] = {
            "keys": np.array(self._keys, np.int64),
            "codes": columns.codes,
            "sizes": columns.sizes,
            "size": columns.size,
            "matrix": self._hasher.matrix,
            "bias": self._hasher.bias,
        }
        with _WRITING:
            self._path.parent.mkdir(exist_ok=True)
            write_arrays(self._path, _KIND, head, arrays)
        self._kept = self._keys
        return 1

    def places_of(self, ids: npt.NDArray[np.int64]) -> tuple[_Mask, _Places]:
        """Which of the chips with these ids [m] are there, and the places [l] of those."""
        if not self._keys:
            return np.zeros(len(ids), bool), np.empty(0, np.int64)
        batch = np.maximum(0, np.searchsorted(self._firsts, ids, side="right") - 1)
        within = ids - self._firsts[batch]
        known = (within >= 0) & (within < self._counts[batch])
        return known, (self._starts[batch] + within)[known]

    def ids_of(self, places: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """The ids of chips by their places [m]."""
        batch = np.searchsorted(self._starts, places, side="right") - 1
        ids: npt.NDArray[np.int64] = self._firsts[batch] + places - self._starts[batch]
        return ids

    def first_place_after(self, chip_id: int) -> int:
        """The place of the first chip with a larger id; how many chips there are where there is none."""
        batch = int(np.searchsorted(self._firsts, chip_id, side="right")) - 1
        if batch < 0:
            return 0
        return int(self._starts[batch] + min(chip_id + 1 - self._firsts[batch], self._counts[batch]))

    def select(
        self,
        *,
        ground_size: tuple[float, float] | None = None,
        rasters: set[int] | None = None,
        ids: npt.NDArray[np.int64] | None = None,
        newer_than: int | None = None,
    ) -> _Mask | None:
        """As `Index.select`."""
        mask = np.ones(len(self), bool)
        if ground_size is not None:
            mask &= sizes_within(self.columns.sizes, ground_size)[self._size]
        if rasters is not None:
            mask &= np.repeat(np.array([key.raster_id in rasters for key in self._keys], bool), self._counts)
        if ids is not None:
            listed = np.zeros(len(self), bool)
            listed[self.places_of(ids)[1]] = True
            mask &= listed
        if newer_than is not None:
            mask[: self.first_place_after(newer_than)] = False
        return None if mask.all() else mask

    def ground_sizes(self, chosen: _Mask | _Places | None = None) -> list[float]:
        """The ground sizes in metres that the chips of a mask or in some places (None: all) have, once, ascending."""
        sizes = self.columns.sizes
        held = np.bincount(self._size if chosen is None else self._size[chosen], minlength=len(sizes)) > 0
        return sorted(map(float, sizes[held]))

    def chips(
        self, chosen: _Mask | _Places | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Ids, rasters and ground sizes in metres of the chips of a mask or in ascending places [m] (None: all)."""
        chosen = np.ones(len(self), bool) if chosen is None else chosen
        places = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64)
        batch = np.searchsorted(self._starts, places, side="right") - 1
        rasters = np.array([key.raster_id for key in self._keys], np.int64)[batch]
        return self.ids_of(places), rasters, self.columns.sizes[self._size[places]]

    def search(
        self, vector: npt.NDArray[np.float32], k: int, mask: _Mask | None = None, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Ids and scores of k chips with large inner products with `vector` [d], best first, ties by id.

        They are the best of those whose codes are nearest to that of the vector. mask: which chips may be found; None:
        all. Fewer than k come back where there are fewer.
        Raises EngineError: BAD_REQUEST as `Index.search`, CHIP_UNKNOWN when chips were removed since `refresh`.
        """
        query = checked_query(vector, k, self._archive.dimension)
        return self.best_of(query, k, nearest(self._codes, self.code(query), self.near(k), mask)[0])

    def near(self, k: int) -> int:
        """How many of the nearest codes a search for k chips takes."""
        return max(_LEAST_NEAR, _NEAR_FACTOR * k)

    def code(self, query: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """The code [bits / 8] of a query [d]; all zeros where no chip has one."""
        if self._hasher is None:
            return np.zeros(self.bits // 8, np.uint8)
        code: npt.NDArray[np.uint8] = self._hasher.encode(query[None])[0]
        return code

    def best_of(
        self, query: npt.NDArray[np.float32], k: int, places: _Places
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Ids and scores of the k best chips among those in some places, best first.

        The query weighs the bits of their codes, and of those that come first then the embeddings are read.
        """
        if self._hasher is None or not len(places):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        likely = max(_LEAST_LIKELY, _LIKELY_FACTOR * k)
        if len(places) > likely:
            agreement = self._hasher.agreement(query, self._codes[places])
            places = places[np.argsort(-agreement, kind="stable")[:likely]]
        ids = self.ids_of(np.sort(places))
        scores = np.einsum("nd,d->n", self._archive.vectors(ids.tolist()), query)
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]

    def _follow(self, keys: list[BatchKey], hasher: ProjectionHasher, check: Check) -> None:
        """Lays the codes of these batches one after another and forgets all others."""
        if keys == self._keys:
            return
        chips = sum(key.chips for key in keys)
        codes, size = np.empty((chips, self.bits // 8), np.uint8), np.empty(chips, np.int32)
        known = {key: slice(start, start + key.chips) for key, start in zip(self._keys, self._starts, strict=True)}
        done: list[BatchKey] = []
        end = 0
        try:
            for key in keys:
                where = slice(end, end + key.chips)
                if key in known:
                    codes[where], size[where] = self._codes[known[key]], self._size[known[key]]
                else:
                    check()
                    batch = next(self._archive.batches([key]), None)
                    if batch is None:  # removed meanwhile
                        continue
                    codes[where] = hasher.encode(batch.vectors.astype(np.float32))
                    sizes, which = np.unique(batch.ground_sizes, return_inverse=True)
                    places = [self._sizes.setdefault(value, len(self._sizes)) for value in sizes.tolist()]
                    size[where] = np.array(places, np.int32)[which.reshape(-1)]
                end = where.stop
                done.append(key)
        finally:
            self._hold(done, codes[:end], size[:end])

    def _hold(self, keys: list[BatchKey], codes: npt.NDArray[np.uint8], size: npt.NDArray[np.int32]) -> None:
        self._keys, self._codes, self._size = keys, codes, size
        self._fingerprint = ""
        self._counts = np.array([key.chips for key in keys], np.int64)
        self._firsts = np.array([key.first_chip for key in keys], np.int64)
        self._starts = np.cumsum(self._counts) - self._counts

    def _read(self) -> None:
        """Takes up the codes that were kept. Raises ArrayFileError for a file that does not fit."""
        head, arrays = read_arrays(self._path, _KIND, _ARRAYS)
        if (head.get("archive"), head.get("bits")) != (self._archive.id, self.bits):
            raise ArrayFileError(f"{self._path} holds codes of something else")
        fitted, size, sizes = head.get("fitted"), arrays["size"], arrays["sizes"]
        rows = arrays["keys"].reshape(-1, len(BatchKey._fields)) if len(arrays["keys"]) % 5 == 0 else np.empty((0, 5))
        keys = [BatchKey(*row) for row in rows.tolist()]
        ends = np.array([(key.first_chip, key.first_chip + key.chips) for key in keys], np.float64).reshape(-1, 2)
        chips = sum(key.chips for key in keys)
        try:
            hasher = ProjectionHasher(arrays["matrix"].reshape(self.bits, -1), arrays["bias"])
            codes = arrays["codes"].reshape(-1, self.bits // 8)
        except ValueError as error:
            raise ArrayFileError(f"{self._path} holds no codes: {error}") from error
        if (
            not isinstance(fitted, int)
            or fitted < 1
            or hasher.dimension != self._archive.dimension
            or min((key.chips for key in keys), default=0) < 1
            or (ends[1:, 0] < ends[:-1, 1]).any()
            or not chips == len(codes) == len(size)
            or not (0 <= size.min() and size.max() < len(sizes))
            or not (np.isfinite(sizes).all() and len(set(sizes.tolist())) == len(sizes))
        ):
            raise ArrayFileError(f"{self._path} holds other codes than it says")
        self._hasher, self._fitted, self._kept = hasher, fitted, keys
        self._sizes = {size_: place for place, size_ in enumerate(sizes.tolist())}
        self._hold(keys, codes, size)
