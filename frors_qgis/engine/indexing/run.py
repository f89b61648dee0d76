"""Brings rasters into an archive: what is new or changed is indexed, what was interrupted goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.encoders.interface import WindowEncoder
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Reader
from frors_qgis.engine.imagery.stretch import Stretch, estimate_stretch
from frors_qgis.engine.indexing.chips import encode_block, read_block
from frors_qgis.engine.indexing.plan import Block, Levels, Plan
from frors_qgis.protocol import EngineError, ErrorCode

Progress = Callable[[float, str, float | None], None]
"""Called with the fraction done, what is being done, and seconds to go (None: unknown)."""

_GIVES_UP = (ErrorCode.CANCELLED, ErrorCode.DISK_FULL, ErrorCode.OUT_OF_MEMORY, ErrorCode.DEVICE_UNAVAILABLE)


@dataclass(frozen=True)
class Outcome:
    """What became of one raster: "indexed", "unchanged", "missing" (its chips stay) or "failed", with the reason."""

    path: str
    state: str
    chips: int
    error: EngineError | None = None


class IndexRun:
    """One run over some rasters.

    `encoder` gives the encoder when the first block needs it; `take_turn` is called before every block, waits for
    what is more urgent, and raises EngineError(CANCELLED) to end the run. What is written by then stays and the next
    run goes on from there.
    """

    def __init__(
        self,
        archive: Archive,
        levels: Levels,
        encoder: Callable[[], WindowEncoder],
        progress: Progress,
        take_turn: Callable[[], None],
    ) -> None:
        self._archive = archive
        self._levels = levels
        self._encoder = encoder
        self._progress = progress
        self._take_turn = take_turn
        self._blocks_before = 0
        self._blocks_total = 0
        self._seconds_per_block: float | None = None

    def index(self, paths: Sequence[str]) -> list[Outcome]:
        """Indexes the rasters one after the other; a raster that cannot be read does not keep the others from it.

        Raises EngineError for what stops everything: CANCELLED, DISK_FULL, OUT_OF_MEMORY, the archive's errors.
        """
        todo: list[tuple[str, RasterRecord | None, int]] = []
        outcomes: dict[str, Outcome] = {}
        for path in dict.fromkeys(paths):
            with self._failures(path, outcomes):
                work = self._survey(path)
                if isinstance(work, Outcome):
                    outcomes[path] = work
                else:
                    todo.append((path, *work))
                    self._blocks_total += work[1]
        for path, record, count in todo:
            self._take_turn()
            with self._failures(path, outcomes):
                outcomes[path] = self._index_raster(path, record)
            self._blocks_before += count
        self._note_missing()
        return [outcomes[path] for path in dict.fromkeys(paths)]

    def _survey(self, path: str) -> Outcome | tuple[RasterRecord | None, int]:
        """What is known of a raster and how many blocks it has, or the outcome when there is nothing to do."""
        record = self._archive.find_raster(path)
        try:
            with Raster(path) as raster:
                plan = Plan(raster, self._levels)
                fits = record is not None and _fits(record, raster, plan)
        except EngineError as error:
            if error.code is ErrorCode.RASTER_MISSING and record is not None and record.id is not None:
                self._archive.set_state(record.id, "missing", error.message)
                return Outcome(path, "missing", self._archive.chip_count(record.id))
            raise
        if fits and record is not None and record.id is not None:
            if record.state == "missing" and self._is_complete(record.id, plan):
                self._archive.set_state(record.id, "indexed")
            elif record.state != "indexed":
                return record, plan.block_count()
            return Outcome(path, "unchanged", self._archive.chip_count(record.id))
        return record, plan.block_count()

    def _is_complete(self, raster_id: int, plan: Plan) -> bool:
        return len(self._archive.finished_blocks(raster_id)) == plan.block_count()

    def _index_raster(self, path: str, known: RasterRecord | None) -> Outcome:
        with Raster(path) as raster:
            plan = Plan(raster, self._levels)
            raster_id, stretch = self._register(raster, plan, known)
            finished = self._archive.finished_blocks(raster_id)
            pending = [block for block in plan.blocks() if block.number not in finished]
            try:
                self._index_blocks(raster, raster_id, stretch, pending, len(finished))
            except EngineError as error:
                if error.code is ErrorCode.RASTER_UNREADABLE:
                    self._archive.set_state(raster_id, "failed", error.message)
                raise
        self._archive.set_state(raster_id, "indexed")
        return Outcome(path, "indexed", self._archive.chip_count(raster_id))

    def _register(self, raster: Raster, plan: Plan, known: RasterRecord | None) -> tuple[int, Stretch]:
        """The raster's id and stretch; a record that no longer fits loses its chips first."""
        if known is not None and known.id is not None and _fits(known, raster, plan):
            self._archive.set_state(known.id, "indexing")
            return known.id, Stretch.from_json(known.stretch)
        stretch = estimate_stretch(raster)  # before anything is cleared: it shows whether the raster can be read
        if known is not None and known.id is not None:
            self._archive.clear_raster(known.id)
        metadata = raster.metadata
        record = RasterRecord(
            id=None if known is None else known.id,
            path=str(Path(raster.path).absolute()) if Path(raster.path).exists() else raster.path,
            identity=raster.identity,
            crs=raster.crs,
            transform=raster.transform,
            width=raster.width,
            height=raster.height,
            gsd=raster.gsd,
            stretch=stretch.to_json(),
            bands=raster.bands,
            nodata=raster.nodata,
            platform=metadata.platform,
            sensor=metadata.sensor,
            acquired=metadata.acquired,
            cloud=metadata.cloud,
            metadata=dict(metadata.extra),
            plan=plan.to_json(),
        )
        if record.id is None:
            return self._archive.add_raster(record), stretch
        self._archive.update_raster(record)
        return record.id, stretch

    def _index_blocks(
        self, raster: Raster, raster_id: int, stretch: Stretch, pending: list[Block], finished: int
    ) -> None:
        """Encodes and writes block after block while the next one is being read."""
        if not pending:
            return
        name = Path(raster.path).name
        self._report(finished, f"Loading the encoder for {name}")
        encoder = self._encoder()
        reader = Reader(raster, stretch)
        with ThreadPoolExecutor(1, thread_name_prefix="read") as executor:
            following = executor.submit(read_block, reader, pending[0], encoder.halo)
            for i, block in enumerate(pending):
                self._take_turn()
                self._report(finished + i, f"Indexing {name}")
                start = time.monotonic()
                read = following.result()
                if i + 1 < len(pending):
                    following = executor.submit(read_block, reader, pending[i + 1], encoder.halo)
                self._archive.write_block(raster_id, block.number, encode_block(read, raster, encoder))
                self._note_speed(time.monotonic() - start)
        self._report(finished + len(pending), f"Indexed {name}")

    def _report(self, done: int, message: str) -> None:
        done += self._blocks_before
        remaining = self._blocks_total - done
        seconds = None if self._seconds_per_block is None else self._seconds_per_block * remaining
        self._progress(done / max(1, self._blocks_total), message, seconds)

    def _note_speed(self, seconds: float) -> None:
        known = self._seconds_per_block
        self._seconds_per_block = seconds if known is None else 0.9 * known + 0.1 * seconds

    def _note_missing(self) -> None:
        """Marks rasters whose file is gone, and those whose file is back."""
        for record in self._archive.rasters():
            _, present = raster_file(self._archive, record)
            if record.id is not None and not present and record.state != "missing":
                self._archive.set_state(record.id, "missing", f"The file {record.path} is not there.")

    @contextmanager
    def _failures(self, path: str, outcomes: dict[str, Outcome]) -> Iterator[None]:
        """Notes an error that concerns one raster only."""
        try:
            yield
        except EngineError as error:
            if error.code in _GIVES_UP or error.code.name.startswith("ARCHIVE_"):
                raise
            outcomes[path] = Outcome(path, "failed", 0, error)


def _fits(record: RasterRecord, raster: Raster, plan: Plan) -> bool:
    """Whether the chips of a record are those of this raster under this plan."""
    return record.identity == raster.identity and record.plan == plan.to_json()


def raster_file(archive: Archive, record: RasterRecord) -> tuple[str, bool]:
    """Where a raster of an archive is now, and whether it is there; GDAL's virtual files count as there."""
    if record.path.startswith("/vsi"):
        return record.path, True
    path = archive.raster_path(record)
    return str(path), path.exists()
