"""What the engine can do: the methods of the door and of the command line."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoder_pool import EncoderPool
from frors_qgis.engine.encoders.installed import installed_encoders
from frors_qgis.engine.methods.archives import ArchiveMethods
from frors_qgis.engine.methods.indexing import IndexMethods
from frors_qgis.engine.methods.learning import LearningMethods
from frors_qgis.engine.methods.matches import MatchMethods
from frors_qgis.engine.methods.method import Method, Result
from frors_qgis.engine.methods.rasters import RasterMethods
from frors_qgis.engine.methods.saved_queries import SavedQueryMethods
from frors_qgis.engine.methods.searches import SearchMethods
from frors_qgis.engine.packages import package_versions
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.picture_cache import MOST_BYTES, PictureCache
from frors_qgis.engine.sealing import Sealing
from frors_qgis.engine.turns import Turns
from frors_qgis.protocol import PROTOCOL_VERSION
from frors_qgis.version import VERSION


class Service:
    """The engine's methods by name. `folder` is private: pictures are written there, up to `cache_bytes`.

    `threads` compute, 0 for one on each core. `code_bits`: searches hold hash codes in memory, as of
    `Archive.chip_index`.
    `log(level, sentence)` is told what concerns no single call.
    """

    def __init__(
        self,
        folder: Path,
        role: str = "both",
        *,
        threads: int = 0,
        cache_bytes: int = MOST_BYTES,
        code_bits: int | None = None,
    ) -> None:
        self._role = role
        self._shelf = ArchiveShelf(folder, code_bits)
        self.log: Callable[[str, str], None] = lambda level, message: None
        self._encoders = EncoderPool(lambda level, message: self.log(level, message), threads)
        shelf, encoders, turns = self._shelf, self._encoders, Turns()
        sealing = Sealing(folder, lambda level, message: self.log(level, message), code_bits)
        self.methods: dict[str, Method] = {
            "hello": self._hello,
            "runtime": self._runtime,
            **ArchiveMethods(shelf, sealing).methods,
            **RasterMethods(shelf).methods,
            **IndexMethods(encoders, sealing, turns).methods,
            **SearchMethods(folder, shelf, encoders, sealing, turns).methods,
            **MatchMethods(shelf, encoders, turns, PictureCache(folder, cache_bytes)).methods,
            **SavedQueryMethods(folder, shelf).methods,
            **LearningMethods(folder, role, threads, shelf, encoders, turns).methods,
        }

    def release_archives(self) -> None:
        """Closes the archives that the calling thread has open."""
        self._shelf.release_all()

    def _hello(self, parameters: Parameters, call: Call) -> Result:
        return {
            "version": VERSION,
            "protocol": PROTOCOL_VERSION,
            "python": platform.python_version(),
            "role": self._role,
            "encoders": installed_encoders(),
        }

    def _runtime(self, parameters: Parameters, call: Call) -> Result:
        return self._encoders.runtime(parameters.text("device", "auto")) | {"packages": package_versions()}
