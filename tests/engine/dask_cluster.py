"""A Dask scheduler and workers in processes of their own, and an encoder for them that needs no torch.

`python -m tests.engine.dask_cluster index ...` is the engine's command line as a client in a process of its own.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from frors_qgis.engine import cluster_worker
from frors_qgis.engine.__main__ import main
from frors_qgis.engine.indexing import part_run, plan
from tests.engine.conftest import ColourEncoder

REPOSITORY = Path(__file__).resolve().parents[2]
_LOG = "FRORS_TEST_LOG"
_SECONDS_PER_BLOCK = 0.01


class WideColourEncoder(ColourEncoder):
    """As wide as the encoder in whose name it works, and slow enough to be interrupted."""

    dimension = 256

    def encode(self, rgb, valid, windows, pause=lambda: None):
        time.sleep(_SECONDS_PER_BLOCK)
        vectors = super().encode(rgb, valid, windows, pause)
        return np.pad(vectors, ((0, 0), (0, 0), (0, self.dimension - vectors.shape[2])))


def use_small_parts(replace=setattr) -> None:
    """Blocks and parts so small that small rasters have many."""
    replace(plan, "_CORE_CELLS", 16)
    replace(part_run, "_LEAST_BLOCKS", 4)


def dask_setup(worker) -> None:
    """What a worker does first: it takes the other encoder, and notes which parts it makes."""
    encode_part = cluster_worker.encode_part

    def noted(task, encoder, folder):
        with open(os.environ[_LOG], "a") as log:
            log.write(f"{os.getpid()} {task.name}\n")
        encode_part(task, encoder, folder)

    use_small_parts()
    cluster_worker.encode_part = noted
    cluster_worker.pinned_encoder = lambda *_: WideColourEncoder()
    cluster_worker._precision = lambda device: "float32"


class DaskCluster:
    """A context manager that ends its processes."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self._log = folder / "made.log"
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> DaskCluster:
        self._log.touch()
        self._start("dask_scheduler", "--host", self.address)
        for _ in range(3):
            self.start_worker()
        return self

    def __exit__(self, *_) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    def start_worker(self, *more: str) -> subprocess.Popen[bytes]:
        """One more of them, here in a moment; more: options of its own."""
        options = ["--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--local-directory", str(self._folder)]
        worker = self._start("dask_worker", self.address, *options, *more, "--preload", "tests.engine.dask_cluster")
        self.workers.append(worker)
        return worker

    def kill_worker(self) -> None:
        """Ends one that is busy, without warning."""
        worker = self.workers.pop()
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()

    def made(self) -> list[str]:
        """The names of all parts whose making was begun, however it ended; then forgets them."""
        return [name for names in self.made_by().values() for name in names]

    def made_by(self) -> dict[int, list[str]]:
        """The same by the processes that made them."""
        makers: dict[int, list[str]] = defaultdict(list)
        for line in self._log.read_text().splitlines():
            process, name = line.split()
            makers[int(process)].append(name)
        self._log.write_text("")
        return dict(makers)

    def kill_scheduler(self) -> None:
        """Ends it without warning."""
        self._processes[0].kill()
        self._processes[0].wait()

    def _start(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--no-dashboard", *options]
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY), _LOG: str(self._log), "OMP_NUM_THREADS": "1"}
        with (self._folder / f"process-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
        self._processes.append(process)
        return process


if __name__ == "__main__":
    use_small_parts()
    sys.exit(main())
