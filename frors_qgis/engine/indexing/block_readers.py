"""Reading one raster's blocks in several threads."""

from __future__ import annotations

import threading
from types import TracebackType

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Reader
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.engine.indexing.chips import ReadBlock, read_block
from frors_qgis.engine.indexing.plan import Block


class BlockReaders:
    """Opens a raster once for every thread that reads from it. A context manager: leave it when no thread reads."""

    def __init__(self, path: str, stretch: Stretch, halo: int) -> None:
        """halo: the pixels of context round a block's core."""
        self._path = path
        self._stretch = stretch
        self._halo = halo
        self._local = threading.local()
        self._rasters: list[Raster] = []

    def __enter__(self) -> BlockReaders:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for raster in self._rasters:
            raster.close()

    def read(self, block: Block) -> ReadBlock:
        """Reads a block; raises what opening the raster raises, and EngineError(RASTER_UNREADABLE)."""
        if not hasattr(self._local, "reader"):
            raster = Raster(self._path)
            self._rasters.append(raster)
            self._local.reader = Reader(raster, self._stretch)
        return read_block(self._local.reader, block, self._halo)
