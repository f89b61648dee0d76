"""The methods that bring rasters into an archive, and tell before what that takes."""

from __future__ import annotations

import time
from contextlib import ExitStack

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive_access import writable_archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.cluster_run import cluster_of
from frors_qgis.engine.descriptions import error_json
from frors_qgis.engine.encoder_pool import EncoderPool, SharedEncoder
from frors_qgis.engine.index_estimate import estimate
from frors_qgis.engine.indexing.part_run import PartRun
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun, Run, require_one
from frors_qgis.engine.methods.method import Method, Result
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.sealing import Sealing
from frors_qgis.engine.turns import Turns
from frors_qgis.engine.users_words import users_words
from frors_qgis.protocol import EngineError, ErrorCode

_SECONDS_PER_CHIP = 0.01
"""Until an index run of this engine has measured it: 0.003 with bfloat16 on two cores, slower elsewhere."""


class IndexMethods:
    """Plans and index runs."""

    def __init__(self, encoders: EncoderPool, sealing: Sealing, turns: Turns) -> None:
        self._encoders = encoders
        self._sealing = sealing
        self._turns = turns
        self._seconds_per_chip = _SECONDS_PER_CHIP
        self.methods: dict[str, Method] = {
            "plan": self._plan,
            "index": self._index,
        }

    def _plan(self, parameters: Parameters, call: Call) -> Result:
        path, rasters = parameters.optional_text("archive"), parameters.texts("rasters")
        return estimate(path, rasters, _levels(parameters), self._seconds_per_chip, call)

    def _index(self, parameters: Parameters, call: Call) -> Result:
        """Brings "rasters" into "archive"; "acquisitions" has the user's word on them: fields by paths.

        "cluster" is the address of one whose workers encode, "parts" a folder that it shares.
        """
        start = time.monotonic()
        path = parameters.text("archive")
        rasters = parameters.texts("rasters")
        levels = _levels(parameters)
        said = users_words(parameters)
        device = parameters.text("device", "auto")
        used: list[str] = []

        def encoder() -> SharedEncoder:
            loaded = self._encoders.get(archive.encoder, device)
            used.append(loaded.device)
            return loaded

        def before_making(identifier: str) -> None:
            require_one(rasters, levels)
            if cluster is None:
                self._encoders.get(identifier, device)
            else:
                cluster.require(identifier)

        encoder_id = parameters.optional_text("encoder")
        with ExitStack() as stack:
            cluster = stack.enter_context(cluster_of(parameters))
            stack.enter_context(Archive.writer_lock(path))
            archive = stack.enter_context(writable_archive(path, encoder_id, before_making))
            before = archive.chip_count()
            run: Run
            if cluster is None:
                run = IndexRun(archive, levels, encoder, call.progress, self._turns.pause(call), said)
            else:
                cluster.require(archive.encoder)
                used.append(str(cluster))
                run = PartRun(archive, levels, cluster, call.progress, self._turns.pause(call), said)
            outcomes = run.index(rasters)
            if cluster is not None:
                cluster.clear()
            if not Archive.exists(path):
                raise EngineError(ErrorCode.ARCHIVE_MISSING, f"{path} was deleted while it was written; index again.")
            self._sealing.seal(archive, call.check)
            if cluster is None and (added := archive.chip_count() - before) > 0:
                self._seconds_per_chip = (time.monotonic() - start) / added
            return {
                "rasters": [
                    {
                        "path": outcome.path,
                        "state": outcome.state,
                        "chips": outcome.chips,
                        "error": outcome.error and error_json(outcome.error),
                        "note": outcome.note,
                    }
                    for outcome in outcomes
                ],
                "chips": archive.chip_count(),
                "seconds": round(time.monotonic() - start, 3),
                "device": used[0] if used else None,
                "note": cluster and cluster.note,
            }


def _levels(parameters: Parameters) -> Levels:
    windows = parameters.wholes("windows", (8, 4))
    return Levels(tuple(parameters.numbers("gsd")), tuple(windows), parameters.number("overlap", 0.5))
