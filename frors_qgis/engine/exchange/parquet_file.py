"""Parquet files from anywhere: opened, and read a run of rows after the other, however large their row groups."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from frors_qgis.protocol import EngineError, ErrorCode

_BATCH = 1024
_BUFFER = 1 << 20
_MOST_LETTERS = 300


class ParquetFile:
    """An open file; a context manager that closes. `path` as it was given, `rows` is how many it has.

    Raises EngineError(BAD_REQUEST) where the file cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._batches: Iterator[Any] = iter(())
        self._batch: Any = None
        self._start = self._end = 0
        self._columns: tuple[str, ...] | None = None
        if not self.path.is_file():
            raise EngineError(ErrorCode.BAD_REQUEST, f"There is no file {self.path}: check the path.")
        with self.readable():
            self._file = pq.ParquetFile(self.path, buffer_size=_BUFFER, pre_buffer=False)
            self.schema = self._file.schema_arrow
            self.rows: int = self._file.metadata.num_rows
        names = self.schema.names
        if doubled := next((name for at, name in enumerate(names) if name in names[:at]), None):
            self._file.close()
            raise self.unusable(f"it has several columns of the name {doubled[:_MOST_LETTERS]}")

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def metadata(self, key: str) -> dict[str, Any] | None:
        """The object that stands as JSON under a key of the footer; None where there is none.

        Raises EngineError(BAD_REQUEST) for what is no object.
        """
        text = (self._file.metadata.metadata or {}).get(key.encode())
        if text is None:
            return None
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise self.unusable(f"its metadata {key} are not JSON")
        return value

    def take(self, start: int, count: int, columns: Sequence[str]) -> Any:
        """A table of `count` rows from `start` on. Quick where runs follow each other, with the same columns."""
        if self._columns != tuple(columns) or start < self._start:
            self._columns = tuple(columns)
            self._batches = self._file.iter_batches(_BATCH, columns=list(columns), use_threads=False)
            self._batch, self._start, self._end = None, 0, 0
        parts = []
        with self.readable():
            while count > 0:
                if start >= self._end:
                    self._batch = next(self._batches, None)
                    if self._batch is None:
                        raise self.unusable("it has fewer rows than it says")
                    self._start, self._end = self._end, self._end + self._batch.num_rows
                    continue
                part = self._batch.slice(start - self._start, count)
                parts.append(part)
                start, count = start + part.num_rows, count - part.num_rows
            return pa.Table.from_batches(parts).combine_chunks() if parts else self.schema.empty_table().select(columns)

    @contextmanager
    def readable(self) -> Iterator[None]:
        """Makes what Arrow says of a broken file an EngineError."""
        try:
            yield
        except (pa.ArrowException, OSError, ValueError, TypeError, UnicodeDecodeError) as error:
            raise self.unusable(" ".join(str(error).split())[:200]) from error

    def unusable(self, why: str) -> EngineError:
        """The error for a file that cannot be used."""
        return EngineError(ErrorCode.BAD_REQUEST, f"{self.path.name} cannot be imported: {why}.")
