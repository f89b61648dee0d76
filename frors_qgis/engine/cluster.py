"""A Dask cluster whose workers encode for an index run. Only this module and its workers know of Dask."""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from frors_qgis.engine import cluster_worker
from frors_qgis.engine.archive.array_file import ArrayFileError
from frors_qgis.engine.cluster_versions import Versions, own_versions, refused, told
from frors_qgis.engine.encoders.installed import encoder_dimension, encoder_path, encoder_sha256
from frors_qgis.engine.indexing.encoding import EncodedBlock
from frors_qgis.engine.indexing.part_run import Made
from frors_qgis.engine.indexing.parts import SUFFIX, PartTask, read_part
from frors_qgis.protocol import EngineError, ErrorCode

if TYPE_CHECKING:
    from distributed import Client, Future

_ADDRESS = re.compile(r"(tcp|tls)://[^\s/]+:\d+")
_CONNECT_SECONDS = 5
_LOST_SECONDS = 15.0
_APPEARS_SECONDS = 90.0
"""Until a file that another computer has written is seen through a network's caches."""
_WAIT_SECONDS = 0.05
_TASKS_PER_WORKER = 4
"""Handed out ahead: parts are written in their order, and one that takes longer holds up none of the workers."""
_GPU = "GPU"


class Cluster:
    """The workers behind a scheduler, and the folder that they and this process share; a PartMaker.

    A context manager: what still waits at the scheduler when it is left is given up, what is being encoded is finished
    for the next run. A worker that ends has its task done by another one.
    """

    def __init__(self, address: str, folder: Path, device: str = "auto") -> None:
        """address: tcp://HOST:PORT or tls://HOST:PORT of a scheduler; folder: for parts, made on demand.

        device: of the workers; with "auto" or "cuda", where some have the resource GPU, these work and no others.
        Raises EngineError: BAD_REQUEST for what is no address, ENGINE_MISSING without Dask.
        """
        if not _ADDRESS.fullmatch(address):
            raise EngineError(
                ErrorCode.BAD_REQUEST, f"{address} is no address of a cluster: give one such as tcp://10.0.0.1:8786."
            )
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise EngineError(
                ErrorCode.ENGINE_MISSING,
                f"Encoding on a cluster needs the package distributed, which the Python at {sys.executable} lacks: "
                "install it in the version that the cluster has.",
            ) from error
        self._dask = distributed
        self._address = address
        self._folder = folder.absolute()
        self._device = device
        self._own: Versions = own_versions()
        self._precision = "float32"
        self._resources: dict[str, float] = {}
        self._client: Client | None = None
        self._workers = 0
        self.note: str | None = None

    def __enter__(self) -> Cluster:
        """Raises EngineError(CLUSTER_UNUSABLE) where no scheduler answers within seconds."""
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said in sentences
        try:
            self._client = self._dask.Client(
                self._address, timeout=_CONNECT_SECONDS, set_as_default=False, name="FRORS"
            )
        except (OSError, ValueError, TypeError) as error:
            raise EngineError(
                ErrorCode.CLUSTER_UNUSABLE,
                f"No cluster answers at {self._address}: check the address, and whether its scheduler runs. ({error})",
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            with suppress(Exception):  # a scheduler that is gone has nothing to give up
                self._client.close(timeout=_CONNECT_SECONDS)
            self._client = None
        with suppress(OSError):  # parts are in it
            self._folder.rmdir()

    def __str__(self) -> str:
        return f"{self._workers} workers at {self._address} ({self._precision})"

    def require(self, encoder: str) -> None:
        """Learns how the workers encode alike; raises EngineError(CLUSTER_UNUSABLE) saying which cannot, and why.

        Asks once: a worker that joins later is asked with its first task.
        """
        if self._workers:
            return
        client = self._connected()
        workers = client.scheduler_info(n_workers=-1)["workers"]
        if self._device in ("auto", "cuda") and any(_GPU in facts["resources"] for facts in workers.values()):
            workers = {address: facts for address, facts in workers.items() if _GPU in facts["resources"]}
            self._resources = {_GPU: 1}
        if not workers:
            raise self._unusable(f"The cluster at {self._address} has no workers: start some, then index again.")
        self._workers = len(workers)
        answers = self._facts(encoder, list(workers))
        own = self._own | {f"encoder {encoder}": encoder_sha256(encoder)[:8], "--nthreads": "1"}
        versions = {
            address: answer["versions"] and {**answer["versions"], "--nthreads": str(workers[address]["nthreads"])}
            for address, answer in answers.items()
        }
        if differences := refused(own, versions):
            raise self._unusable(
                f"The workers of the cluster at {self._address} must have what this computer has; install that there "
                f"and start them again: {differences}."
            )
        if blind := [address for address, answer in answers.items() if not answer["folder"]]:
            raise self._unusable(
                f"These workers of the cluster do not see the folder {self._folder}, or cannot write into it: "
                f"{', '.join(sorted(blind))}. Choose one that all computers share under the same path."
            )
        if {answer["precision"] for answer in answers.values()} == {"bfloat16"}:
            self._precision = "bfloat16"
        if differences := told(own, versions):
            self.note = f"The workers of the cluster differ from this computer, which may tell a little: {differences}."

    def make(self, tasks: Iterator[PartTask], take_turn: Callable[[], None]) -> Iterator[tuple[PartTask, Made]]:
        """See `PartMaker.make`; after `require`. Parts that an earlier run has left are not made again."""
        left = set(os.listdir(self._folder))  # a network's caches would remember each name that was not there
        run = uuid.uuid4().hex
        given: deque[tuple[PartTask, Future | None]] = deque()
        while True:
            while sum(future is not None for _, future in given) < _TASKS_PER_WORKER * self._workers:
                task = next(tasks, None)
                if task is None:
                    break
                given.append((task, None if task.name in left else self._submit(task, run)))
            if not given:
                return
            task, future = given.popleft()
            yield task, partial(self._blocks, task, future, run, take_turn)

    def drop(self, task: PartTask) -> None:
        """See `PartMaker.drop`."""
        (self._folder / task.name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Deletes the parts that nobody asked for, when a run has come to its end."""
        with suppress(OSError):
            for path in self._folder.glob(f"*{SUFFIX}*"):
                path.unlink(missing_ok=True)

    def _facts(self, encoder: str, addresses: list[str]) -> dict[str, dict[str, Any]]:
        """What each worker says of itself; one without FRORS has no "versions"."""
        mark = self._folder / f"{uuid.uuid4().hex}{SUFFIX}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            mark.touch()
        except OSError as error:
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                f"Parts cannot be kept in {self._folder}: {error.strerror}. Choose another folder.",
            ) from error
        file, sha256, folder = str(encoder_path(encoder)), encoder_sha256(encoder), str(self._folder)
        try:
            answers = self._connected().run(
                *(cluster_worker.worker_facts, encoder, sha256, file, self._device, folder, mark.name),
                workers=addresses,
                on_error="return",
            )
        except Exception as error:  # of another version of Dask, or gone by now
            raise self._unusable(f"The cluster at {self._address} does not answer as it should: {error}.") from error
        finally:
            mark.unlink(missing_ok=True)
        facts: dict[str, dict[str, Any]] = {}
        for address, answer in answers.items():
            problem = answer["problem"] if isinstance(answer, dict) else answer
            if isinstance(problem, ModuleNotFoundError) or "frors_qgis" in str(problem):
                facts[address] = {"versions": {}}
            elif problem is not None:
                raise self._unusable(f"The worker {address} of the cluster cannot encode: {problem}")
            else:
                facts[address] = answer
        return facts

    def _submit(self, task: PartTask, run: str) -> Future:
        file, folder = str(encoder_path(task.encoder)), str(self._folder)
        return self._connected().submit(
            *(cluster_worker.make_part, task, file, self._device, self._precision, folder, self._own),
            key=f"encode-{task.name}-{run}",
            resources=self._resources or None,
            pure=False,
        )

    def _blocks(
        self, task: PartTask, future: Future | None, run: str, take_turn: Callable[[], None]
    ) -> list[EncodedBlock]:
        """The blocks of a part when it is there; raises EngineError for what kept it from being made."""
        if future is not None:
            self._wait(future, take_turn)
            self._check(task, future)
            self._wait_for_file(task, take_turn)
        try:
            return read_part(task, self._folder, encoder_dimension(task.encoder))
        except ArrayFileError as error:
            if future is not None:
                raise self._unusable(
                    f"A part of {task.raster} is damaged: check the disk of {self._folder}."
                ) from error
            self.drop(task)
            return self._blocks(task, self._submit(task, run), run, take_turn)

    def _wait(self, future: Future, take_turn: Callable[[], None]) -> None:
        heard = time.monotonic()
        while not future.done():
            take_turn()
            time.sleep(_WAIT_SECONDS)
            if self._connected().status == "running":
                heard = time.monotonic()
            elif time.monotonic() - heard > _LOST_SECONDS:
                raise self._lost()

    def _check(self, task: PartTask, future: Future) -> None:
        """Raises EngineError for a task that did not make its part."""
        try:
            answer: dict[str, Any] = future.result()
        except self._dask.KilledWorker as error:
            raise EngineError(
                ErrorCode.INTERNAL,
                f"Encoding a part of {task.raster} has ended one worker of the cluster after the other. Their logs say "
                "why: most often memory, see --memory-limit.",
            ) from error
        except (CancelledError, OSError) as error:
            raise self._lost() from error
        except Exception as error:
            raise EngineError(
                ErrorCode.INTERNAL,
                f"A worker of the cluster met an error of its own, {type(error).__name__}: {error}. See its log.",
            ) from error
        if "versions" in answer:
            differences = refused(self._own, {"": answer["versions"]})
            raise self._unusable(f"A worker that has joined the cluster differs from this computer: {differences}.")
        if "error" in answer:
            raise EngineError(ErrorCode(answer["error"]), answer["message"])

    def _wait_for_file(self, task: PartTask, take_turn: Callable[[], None]) -> None:
        deadline = time.monotonic() + _APPEARS_SECONDS
        while not (self._folder / task.name).exists():
            if time.monotonic() > deadline:
                raise self._unusable(f"What the cluster has encoded does not appear in {self._folder}.")
            take_turn()
            time.sleep(_WAIT_SECONDS)

    def _connected(self) -> Client:
        if self._client is None:
            raise self._lost()
        return self._client

    def _lost(self) -> EngineError:
        return self._unusable(
            f"The cluster at {self._address} is lost: index again when its scheduler runs. What was encoded is kept."
        )

    @staticmethod
    def _unusable(sentence: str) -> EngineError:
        return EngineError(ErrorCode.CLUSTER_UNUSABLE, sentence)
