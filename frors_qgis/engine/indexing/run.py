"""Brings rasters into an archive: what is new or changed is indexed, what was interrupted goes on."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from frors_qgis.engine.acquisition.facts import Facts
from frors_qgis.engine.archive.acquisitions import record_facts, with_facts, with_users_word_of
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.raster_files import raster_file
from frors_qgis.engine.archive.rasters import stored_path
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.encoders.interface import WindowEncoder
from frors_qgis.engine.imagery.georeference import is_same_crs
from frors_qgis.engine.imagery.metadata.sources import read_facts
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch, estimate_stretch
from frors_qgis.engine.indexing.encoding import encoded
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.protocol import EngineError, ErrorCode

Progress = Callable[[float, str, float | None], None]
"""Called with the fraction done, what is being done, and seconds to go (None: unknown)."""

_GIVES_UP = (
    ErrorCode.CANCELLED,
    ErrorCode.DISK_FULL,
    ErrorCode.OUT_OF_MEMORY,
    ErrorCode.DEVICE_UNAVAILABLE,
    ErrorCode.CLUSTER_UNUSABLE,
)


@dataclass(frozen=True)
class Outcome:
    """What became of one raster: "indexed", "unchanged", "missing" (its chips stay) or "failed", with the reason.

    `note` is a sentence about a raster that was indexed but gave no chips.
    """

    path: str
    state: str
    chips: int
    error: EngineError | None = None
    note: str | None = None


@dataclass(frozen=True)
class RasterWork:
    """A raster that the archive knows, and which of its blocks were there when the run came to it."""

    raster: Raster
    raster_id: int
    stretch: Stretch
    plan: Plan
    finished: set[int]

    def missing(self) -> int:
        """How many blocks were to be done."""
        return self.plan.missing(self.finished)


class Run(ABC):
    """One run over some rasters, whoever encodes their blocks.

    `take_turn` is called now and then; it waits for what is more urgent, and raises EngineError(CANCELLED) to end the
    run. What is written by then stays and the next run goes on from there.
    """

    def __init__(
        self,
        archive: Archive,
        levels: Levels,
        progress: Progress,
        take_turn: Callable[[], None],
        users_words: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """users_words: what the user says of the acquisitions of rasters, by their paths as the archive keeps them."""
        self._archive = archive
        self._levels = levels
        self._progress = progress
        self._take_turn = take_turn
        self._users_words = users_words or {}
        self._blocks_before = 0
        self._blocks_total = 0
        self._seconds_per_block: float | None = None

    def index(self, paths: Sequence[str]) -> list[Outcome]:
        """Indexes the rasters one after the other; a raster that cannot be read does not keep the others from it.

        Raises EngineError for what stops everything: CANCELLED, DISK_FULL, OUT_OF_MEMORY, the archive's errors.
        """
        todo: list[tuple[str, int]] = []
        outcomes: dict[str, Outcome] = {}
        wanted: dict[str, str] = {}
        for path in paths:
            wanted.setdefault(stored_path(path), path)
        for path in wanted:
            with self._failures(path, outcomes):
                work = self._survey(path)
                if isinstance(work, Outcome):
                    outcomes[path] = work
                else:
                    todo.append((path, work))
                    self._blocks_total += work
        self._index_all(todo, outcomes)
        self._note_missing()
        return [replace(outcomes[path], path=given) for path, given in wanted.items()]

    def _survey(self, path: str) -> Outcome | int:
        """How many blocks of a raster are to be done, or the outcome when there is nothing to do."""
        record = self._archive.find_raster(path)
        try:
            with Raster(path) as raster:
                plan, finished = surveyed(self._archive, raster, self._levels)
                if finished is not None and record is not None and record.id is not None:
                    self._note_facts(record, read_facts(raster))
        except EngineError as error:
            if error.code is ErrorCode.RASTER_MISSING and record is not None and record.id is not None:
                self._archive.set_state(record.id, "missing", error.message)
                return Outcome(path, "missing", self._archive.chip_count(record.id))
            raise
        if finished is None or record is None or record.id is None:
            return plan.missing(set())
        count = plan.missing(finished)
        if plan.replaced or count:
            return count
        state = "indexed" if plan.is_complete(finished) else "indexing"
        if record.state != state:
            self._archive.set_state(record.id, state)
        return Outcome(path, "unchanged", self._archive.chip_count(record.id))

    def _note_facts(self, record: RasterRecord, facts: Facts) -> None:
        """Keeps what is now said of the acquisition of a raster that is in the archive: files beside it may be new."""

        def changed(old: RasterRecord) -> RasterRecord:
            return self._with_users_word(with_facts(old, facts.with_user_of(record_facts(old))))

        if record.id is not None and changed(record) != record:
            self._archive.change_raster(record.id, changed)

    def _with_users_word(self, record: RasterRecord) -> RasterRecord:
        """A record with what the user says of it in this run."""
        fields = self._users_words.get(record.path)
        return record if fields is None else with_facts(record, record_facts(record).with_users_word(fields))

    @abstractmethod
    def _index_all(self, todo: Sequence[tuple[str, int]], outcomes: dict[str, Outcome]) -> None:
        """Indexes rasters of which so many blocks are to be done, and notes what became of them."""

    def _begin(self, raster: Raster) -> RasterWork:
        """Has the archive know a raster; chips that no longer fit are removed."""
        known = self._archive.find_raster(raster.path)
        plan = Plan(raster, self._levels, _known_passes(known, raster))
        raster_id, stretch = self._register(raster, plan, known)
        return RasterWork(raster, raster_id, stretch, plan, self._archive.finished_blocks(raster_id))

    def _finish(self, work: RasterWork) -> Outcome:
        """Notes what became of a raster whose blocks are all in the archive."""
        path = work.raster.path
        if work.missing() and work.raster.has_changed():  # which file its chips are of cannot be told
            raise EngineError(
                ErrorCode.RASTER_UNREADABLE,
                f"{path} changed while it was indexed: index it again when nothing writes to it any more.",
            )
        chips = self._archive.chip_count(work.raster_id)
        complete = work.plan.is_complete(self._archive.finished_blocks(work.raster_id))
        note = None
        if not chips:
            note = (
                f"{path} gave no chips: more than half of each window is nodata or outside the raster. Check its "
                "nodata value, or index it at a finer GSD."
            )
        self._archive.set_state(work.raster_id, "indexed" if complete else "indexing", note)
        return Outcome(path, "indexed", chips, note=note)

    def _register(self, raster: Raster, plan: Plan, known: RasterRecord | None) -> tuple[int, Stretch]:
        """The raster's id and stretch; chips that no longer fit are removed first."""
        if known is not None and known.id is not None and _is_same(known, raster):
            self._archive.set_state(known.id, "indexing")
            for blocks in plan.replaced:
                self._archive.clear_blocks(known.id, blocks)
            self._archive.change_raster(
                known.id, lambda record: replace(record, plan=plan.to_json(), state="indexing", reason=None)
            )
            return known.id, Stretch.from_json(known.stretch)
        stretch = estimate_stretch(raster)  # before anything is cleared: it shows whether the raster can be read
        record = raster_record(raster, stretch, plan)
        if known is None or known.id is None:
            return self._archive.add_raster(self._with_users_word(record)), stretch
        self._archive.clear_raster(known.id)
        self._archive.change_raster(
            known.id, lambda old: self._with_users_word(with_users_word_of(replace(record, id=old.id), old))
        )
        return known.id, stretch

    def _report(self, done: int, message: str) -> None:
        done += self._blocks_before
        remaining = self._blocks_total - done
        seconds = None if self._seconds_per_block is None else self._seconds_per_block * remaining
        self._progress(done / max(1, self._blocks_total), message, seconds)

    def _note_speed(self, seconds: float) -> None:
        known = self._seconds_per_block
        self._seconds_per_block = seconds if known is None else 0.9 * known + 0.1 * seconds

    def _note_missing(self) -> None:
        """Marks rasters whose file is gone."""
        for record in self._archive.rasters():
            _, present = raster_file(self._archive, record)
            if record.id is not None and not present and record.state != "missing":
                self._archive.set_state(record.id, "missing", f"The file {record.path} is not there.")

    @contextmanager
    def _failures(self, path: str, outcomes: dict[str, Outcome]) -> Iterator[None]:
        """Notes an error that concerns one raster only, whose chips stay."""
        try:
            yield
        except EngineError as error:
            if error.code in _GIVES_UP or error.code.name.startswith("ARCHIVE_"):
                raise
            record = self._archive.find_raster(path)
            chips = 0
            if record is not None and record.id is not None:
                self._archive.set_state(record.id, "failed", error.message)
                chips = self._archive.chip_count(record.id)
            outcomes[path] = Outcome(path, "failed", chips, error)


class IndexRun(Run):
    """A run that encodes by itself.

    `encoder` gives the encoder when the first block needs it. `take_turn` is called before every raster and, by the
    thread that encodes, before every batch of blocks and while it is encoded.
    """

    def __init__(
        self,
        archive: Archive,
        levels: Levels,
        encoder: Callable[[], WindowEncoder],
        progress: Progress,
        take_turn: Callable[[], None],
        users_words: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        super().__init__(archive, levels, progress, take_turn, users_words)
        self._encoder = encoder

    def _index_all(self, todo: Sequence[tuple[str, int]], outcomes: dict[str, Outcome]) -> None:
        for path, count in todo:
            self._take_turn()
            with self._failures(path, outcomes), Raster(path) as raster:
                work = self._begin(raster)
                self._index_blocks(work)
                outcomes[path] = self._finish(work)
            self._blocks_before += count

    def _index_blocks(self, work: RasterWork) -> None:
        """Reads, encodes and writes block after block, each step while the one before is at the next block."""
        count = work.missing()
        if count == 0:
            return
        name = Path(work.raster.path).name
        self._report(0, f"Loading the encoder for {name}")
        encoder = self._encoder()
        self._report(0, f"Indexing {name}")
        pending = (block for block in work.plan.blocks() if block.number not in work.finished)
        done, start = 0, time.monotonic()
        with encoded(work.raster, work.stretch, encoder, pending, self._take_turn) as batches:
            for blocks in batches:
                for number, chips in blocks:
                    self._archive.write_block(work.raster_id, number, chips)
                done += len(blocks)
                self._note_speed((time.monotonic() - start) / len(blocks))
                start = time.monotonic()
                self._report(done, f"Indexing {name}")
        self._report(count, f"Indexed {name}")


def surveyed(archive: Archive, raster: Raster, levels: Levels) -> tuple[Plan, set[int] | None]:
    """A raster's plan and which of its blocks the archive has; None where it has none of this very file."""
    record = archive.find_raster(raster.path)
    plan = Plan(raster, levels, _known_passes(record, raster))
    if record is None or record.id is None or not _is_same(record, raster):
        return plan, None
    return plan, archive.finished_blocks(record.id)


def _is_same(record: RasterRecord, raster: Raster) -> bool:
    """Whether a record is of this very file, in the place where it lies now."""
    return (
        record.identity == raster.identity
        and (record.width, record.height) == (raster.width, raster.height)
        and tuple(record.transform) == tuple(raster.transform)
        and is_same_crs(record.crs, raster.crs)
    )


def _known_passes(record: RasterRecord | None, raster: Raster) -> list[dict[str, Any]]:
    """The passes that the archive has of this very file."""
    if record is None or not _is_same(record, raster):
        return []
    passes = record.plan.get("passes")
    if not isinstance(passes, list) or not all(map(_is_pass, passes)):
        raise EngineError(
            ErrorCode.ARCHIVE_DAMAGED, f"The archive's plan of {record.path} is damaged: remove it and index it again."
        )
    return passes


def _is_pass(entry: object) -> bool:
    kinds = {"number": int, "blocks": int, "gsd": float}
    return isinstance(entry, dict) and all(
        isinstance(entry.get(key), kind) and entry[key] >= 0 for key, kind in kinds.items()
    )


def raster_record(raster: Raster, stretch: Stretch, plan: Plan) -> RasterRecord:
    """What the archive keeps of a raster."""
    record = RasterRecord(
        path=stored_path(raster.path),
        identity=raster.identity,
        crs=raster.crs,
        transform=raster.transform,
        width=raster.width,
        height=raster.height,
        gsd=raster.gsd,
        stretch=stretch.to_json(),
        bands=raster.bands,
        nodata=raster.nodata,
        metadata=dict(raster.metadata.extra),
        plan=plan.to_json(),
    )
    return with_facts(record, read_facts(raster))


def require_one(paths: Sequence[str], levels: Levels) -> None:
    """Raises the first raster's error when none of them can be indexed at these levels."""
    errors = []
    for path in paths:
        try:
            with Raster(path) as raster:
                Plan(raster, levels)
                return
        except EngineError as error:
            errors.append(error)
    raise errors[0]
