"""A sealed part of an index: 8-bit codes of some batches' embeddings in one file, memory-mapped and never changed.

A file holds, in this order: for each inverted list its codes uint8 [m, d] and the chips' positions int64 [m]; the
arrays of `_ARRAYS`; a JSON object that says how long they are; its length, a checksum of everything before, and a mark.
FAISS reads none of its structure from the file: all that it is told is checked first, so that a file from a stranger,
whose checksum is right, can at worst hide chips of its own archive.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.records import Batch, BatchKey

_TRAILER = struct.Struct("<QI8s")
_MARK = b"FRORSEG2"
_ARRAYS = {"keys": "<i8", "sizes": "<f4", "size": "<i4", "lists": "<i8", "centroids": "<f4", "scales": "<f4"}
_POSITION_BYTES = 8
_MOST_LISTS = 256
_CHIPS_PER_LIST = 64
_ITERATIONS = 8
_READ_BYTES = 1 << 20
_NO_SEGMENT = (OSError, ValueError, KeyError, TypeError, RuntimeError, OverflowError, MemoryError, struct.error)


class SegmentError(Exception):
    """A file that is no segment, or not one of this version."""


class Segment:
    """A segment, open for searching; any number of threads may.

    `archive` is the id of the archive it is of and `keys` are its batches; a chip's position is its place in them, one
    after the other. Raises SegmentError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            if not path.is_file():  # a device or a pipe would be read for ever
                raise ValueError("it is no plain file")
            with path.open("rb") as file:
                head, arrays, lists_bytes = _read(file)
                self.archive, self.dimension = str(head["archive"]), int(head["dimension"])
                self.keys = [BatchKey(*row) for row in arrays["keys"].reshape(-1, len(BatchKey._fields)).tolist()]
                self._ground_sizes = arrays["sizes"], arrays["size"]
                _check(arrays, self.keys, self.dimension, lists_bytes)
            self._index = _open_index(path, self.dimension, arrays)
        except _NO_SEGMENT as error:
            raise SegmentError(f"{path} is no segment of this version: {error}") from error

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def ground_sizes(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
        """The different ground sizes of the chips in metres, and for each chip [n] which of them it has."""
        return self._ground_sizes

    def search(
        self, vector: npt.NDArray[np.float32], k: int, share: float, mask: npt.NDArray[np.bool_] | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Positions and approximate inner products of up to k chips, best first, from the nearest share of the lists.

        mask: bool [n], which chips may be found; None: all.
        """
        import faiss

        parameters: dict[str, Any] = {"nprobe": max(1, round(share * self._index.nlist))}
        if mask is not None:
            bitmap = np.packbits(mask, bitorder="little")  # must outlive the search
            parameters["sel"] = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]
        scores, positions = self._index.search(
            vector[None], min(k, len(self)), params=faiss.SearchParametersIVF(**parameters)
        )
        found = (positions[0] >= 0) & (positions[0] < len(self))
        return positions[0][found], scores[0][found]


def write_segment(path: Path, archive: str, batches: Sequence[Batch]) -> None:
    """Writes the segment of an archive's batches whole, or raises OSError and writes nothing."""
    import faiss

    vectors = np.concatenate([batch.vectors for batch in batches]).astype(np.float32)
    count, dimension = vectors.shape
    index = _new_index(dimension, min(_MOST_LISTS, max(1, count // _CHIPS_PER_LIST)))
    index.cp.niter = _ITERATIONS
    index.cp.max_points_per_centroid = _CHIPS_PER_LIST
    index.cp.min_points_per_centroid = 1
    index.train(vectors[:: max(1, count // (_MOST_LISTS * _CHIPS_PER_LIST))])
    nearest = index.quantizer.search(vectors, 1)[1][:, 0]
    codes = np.empty((count, dimension), np.uint8)
    index.encode_vectors(count, faiss.swig_ptr(vectors), faiss.swig_ptr(nearest), faiss.swig_ptr(codes))
    lists = np.bincount(nearest, minlength=index.nlist)
    order = np.argsort(nearest, kind="stable")
    sizes, size = np.unique(np.concatenate([batch.ground_sizes for batch in batches]), return_inverse=True)
    arrays = {
        "keys": np.array([batch.key for batch in batches]).ravel(),
        "sizes": sizes,
        "size": size,
        "lists": lists,
        "centroids": index.quantizer.reconstruct_n(0, index.nlist).ravel(),
        "scales": faiss.vector_to_array(index.sq.trained),
    }
    waiting = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with waiting.open("wb") as file:
            checksum = 0
            for rows in np.split(order, np.cumsum(lists)[:-1]):
                part = codes[rows].tobytes() + rows.astype("<i8").tobytes()
                checksum = zlib.crc32(part, checksum)
                file.write(part)
            file.write(_footer({"archive": archive, "dimension": dimension}, arrays, checksum))
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)


def _new_index(dimension: int, lists: int) -> Any:
    import faiss

    return faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )


def _open_index(path: Path, dimension: int, arrays: dict[str, npt.NDArray[Any]]) -> Any:
    import faiss

    lengths = arrays["lists"].astype(np.uint64)
    index = _new_index(dimension, len(lengths))
    index.quantizer.add(arrays["centroids"].reshape(-1, dimension))
    faiss.copy_array_to_vector(arrays["scales"], index.sq.trained)
    index.is_trained, index.ntotal = True, int(lengths.sum())
    lists = _map_lists(path, dimension, lengths)
    index.replace_invlists(lists, True)
    lists.this.disown()
    return index


def _map_lists(path: Path, dimension: int, lengths: npt.NDArray[np.uint64]) -> Any:
    """The inverted lists of a file, mapped from it, or read into memory where FAISS cannot map (Windows)."""
    import faiss

    lists: Any
    if hasattr(faiss, "OnDiskInvertedLists"):
        lists = faiss.OnDiskInvertedLists()
        lists.nlist, lists.code_size = len(lengths), dimension
        lists.filename, lists.read_only, lists.totsize = os.fspath(path), True, path.stat().st_size
        lists.lists.resize(len(lengths))
        lists.set_all_lists_sizes(faiss.swig_ptr(lengths))
        lists.do_mmap()
        lists.prefetch_nthread = 0  # each search would start 32 threads that read ahead what is in memory mostly
        return lists
    lists = faiss.ArrayInvertedLists(len(lengths), dimension)
    with path.open("rb") as file:
        for number, length in enumerate(lengths.tolist()):
            codes = np.frombuffer(file.read(length * dimension), np.uint8)
            positions = np.frombuffer(file.read(length * _POSITION_BYTES), "<i8")
            if length:
                lists.add_entries(number, length, faiss.swig_ptr(positions), faiss.swig_ptr(codes))
    return lists


def _footer(head: dict[str, Any], arrays: dict[str, npt.NDArray[Any]], checksum: int) -> bytes:
    """What follows the lists, which have this checksum."""
    import faiss

    lengths = {name: len(array) for name, array in arrays.items()}
    head = head | {"faiss": faiss.__version__, "lengths": lengths}
    packed = b"".join(arrays[name].astype(kind).tobytes() for name, kind in _ARRAYS.items())
    encoded = json.dumps(head).encode()
    body = packed + encoded
    return body + _TRAILER.pack(len(encoded), zlib.crc32(body, checksum), _MARK)


def _read(file: Any) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]], int]:
    """JSON object, arrays, and the bytes before them. Raises ValueError, KeyError, TypeError, struct.error."""
    import faiss

    end = file.seek(0, os.SEEK_END) - _TRAILER.size
    file.seek(max(0, end))
    length, checksum, mark = _TRAILER.unpack(file.read())
    if mark != _MARK or length > end:
        raise ValueError("its end is missing")
    file.seek(end - length)
    encoded = file.read(length)
    head = json.loads(encoded)
    if head["faiss"] != faiss.__version__:
        raise ValueError("another FAISS wrote it")
    sizes = [int(head["lengths"][name]) * np.dtype(kind).itemsize for name, kind in _ARRAYS.items()]
    start = end - length - sum(sizes)
    if min(sizes) < 0 or start < 0:
        raise ValueError("its arrays are cut off")
    file.seek(start)
    packed = file.read(sum(sizes))
    if zlib.crc32(packed + encoded, _checksum(file, start)) != checksum:
        raise ValueError("its checksum is wrong")
    parts = np.split(np.frombuffer(packed, np.uint8), np.cumsum(sizes)[:-1])
    arrays = {name: part.view(kind) for (name, kind), part in zip(_ARRAYS.items(), parts, strict=True)}
    return head, arrays, start


def _checksum(file: Any, length: int) -> int:
    """Of the first bytes of a file: without it, lists that a power cut left empty would hide chips."""
    checksum = 0
    buffer = memoryview(bytearray(_READ_BYTES))  # one for all: to get memory takes longer than to read into it
    file.seek(0)
    while length > 0:
        read = file.readinto(buffer[:length])
        if not read:
            raise ValueError("it became shorter")
        checksum = zlib.crc32(buffer[:read], checksum)
        length -= read
    return checksum


def _check(arrays: dict[str, npt.NDArray[Any]], keys: Sequence[BatchKey], dimension: int, lists_bytes: int) -> None:
    """Raises ValueError unless the parts fit each other."""
    lists, sizes, size = arrays["lists"], arrays["sizes"], arrays["size"]
    if not (0 < dimension <= 1 << 16 and 0 < len(lists) <= 1 << 16 and (lists >= 0).all()):
        raise ValueError("it holds impossible numbers")
    if not keys or min(key.chips for key in keys) < 1 or len(set(keys)) < len(keys):
        raise ValueError("its batches cannot be")
    count = sum(key.chips for key in keys)
    expected = {"size": count, "centroids": len(lists) * dimension, "scales": 2 * dimension}
    fits = all(len(arrays[name]) == length for name, length in expected.items())
    # Python's own sum: that of numpy may pass 2 ** 63 and come out right
    if not fits or sum(lists.tolist()) != count or lists_bytes != count * (dimension + _POSITION_BYTES):
        raise ValueError("its parts do not fit each other")
    if size.min() < 0 or size.max() >= len(sizes):
        raise ValueError("it holds chips without a size")
    if not all(np.isfinite(arrays[name]).all() for name in ("sizes", "centroids", "scales")):
        raise ValueError("it holds values that are not finite")
    if len(sizes) and sizes.min() <= 0:
        raise ValueError("it holds sizes that are not positive")
