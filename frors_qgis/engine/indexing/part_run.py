"""An index run whose blocks are encoded by others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.indexing.encoding import EncodedBlock
from frors_qgis.engine.indexing.parts import PartTask
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import Outcome, Progress, RasterWork, Run

_LEAST_BLOCKS = 16
"""Of a part: some 10,000 chips, which are encoded again when a worker ends."""

Made = Callable[[], list[EncodedBlock]]
"""Gives the blocks of a part; raises EngineError for what kept it from being made."""


class PartMaker(Protocol):
    """Has parts made, several at a time."""

    def make(self, tasks: Iterator[PartTask], take_turn: Callable[[], None]) -> Iterator[tuple[PartTask, Made]]:
        """Every task with what came of it, in their order; `tasks` are asked for as there are hands for them.

        take_turn: called while it waits, may raise. Raises EngineError where no more can be made.
        """

    def drop(self, task: PartTask) -> None:
        """Deletes a part that is in the archive."""


class PartRun(Run):
    """A run that hands out tasks for all its rasters and writes the parts in their order, so that the archive
    becomes what it becomes without.

    What is encoded but not written when a run ends stays for the next one.
    """

    def __init__(
        self,
        archive: Archive,
        levels: Levels,
        maker: PartMaker,
        progress: Progress,
        take_turn: Callable[[], None],
        users_words: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        super().__init__(archive, levels, progress, take_turn, users_words)
        self._maker = maker
        self._works: dict[str, RasterWork] = {}
        self._remaining: dict[str, int] = {}

    def _index_all(self, todo: Sequence[tuple[str, int]], outcomes: dict[str, Outcome]) -> None:
        start = time.monotonic()
        with ExitStack() as rasters:
            for task, made in self._maker.make(self._tasks(todo, outcomes, rasters), self._take_turn):
                work, missing = self._works[task.raster], self._missing(task.raster, task.blocks)
                with self._failures(task.raster, outcomes):
                    if task.raster not in outcomes:
                        self._write(task, made(), missing)
                        self._remaining[task.raster] -= len(missing)
                        if not self._remaining[task.raster]:
                            outcomes[task.raster] = self._finish(work)
                if task.raster in outcomes:
                    work.raster.close()
                self._note_speed((time.monotonic() - start) / len(missing))
                start = time.monotonic()
                self._count_done(task.raster, task.blocks)

    def _tasks(
        self, todo: Sequence[tuple[str, int]], outcomes: dict[str, Outcome], rasters: ExitStack
    ) -> Iterator[PartTask]:
        """The tasks of every raster, which is begun when the first of them is asked for."""
        for path, _ in todo:
            self._take_turn()
            stripes: Iterator[range] = iter(())
            with self._failures(path, outcomes):
                work = self._works[path] = self._begin(rasters.enter_context(Raster(path)))
                stripes = work.plan.stripes(_LEAST_BLOCKS)
                self._remaining[path] = work.missing()
                if not self._remaining[path]:
                    outcomes[path] = self._finish(work)
            for blocks in stripes:
                if path in outcomes:  # it has failed by now
                    break
                if self._missing(path, blocks):
                    yield self._task(work, blocks)

    def _task(self, work: RasterWork, blocks: range) -> PartTask:
        return PartTask(
            raster=work.raster.path,
            identity=work.raster.identity,
            stretch=work.stretch.to_json(),
            gsds=self._levels.gsds,
            windows=self._levels.windows,
            overlap=self._levels.overlap,
            passes=work.plan.to_json()["passes"],
            first=blocks.start,
            end=blocks.stop,
            encoder=self._archive.encoder,
            encoder_sha256=self._archive.encoder_sha256,
        )

    def _write(self, task: PartTask, blocks: list[EncodedBlock], missing: set[int]) -> None:
        for number, chips in blocks:
            if number in missing:
                self._archive.write_block(self._works[task.raster].raster_id, number, chips)
        self._maker.drop(task)

    def _missing(self, path: str, blocks: range) -> set[int]:
        """Those of a raster's blocks that were not in the archive when the run came to it."""
        return set(blocks) - self._works[path].finished

    def _count_done(self, path: str, blocks: range) -> None:
        self._blocks_before += len(self._missing(path, blocks))
        self._report(0, f"Indexing {Path(path).name}")
