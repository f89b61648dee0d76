from __future__ import annotations

import itertools
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QTimer

from frors_qgis.client.client import EngineClient
from frors_qgis.client.engine_process import EngineProcess
from frors_qgis.client.interpreter import engine_environment

FAKE_ENGINE = r'''
"""Speaks the door's protocol and misbehaves when asked to: usage: fake.py STARTS_FILE ROLE FOLDER [DELAY_S]

A delayed one goes on when there is a file STARTS_FILE.go."""
import json, os, signal, sys, threading, time

starts, role, folder = sys.argv[1:4]
with open(starts, "a") as file:
    file.write(f"{role} {os.getpid()} {folder}\n")
out, lock, cancelled, opened = sys.stdout.buffer, threading.Lock(), set(), []
end = time.monotonic() + float(sys.argv[4] if len(sys.argv) > 4 else 0)
while time.monotonic() < end and not os.path.exists(starts + ".go"):
    time.sleep(0.01)

def write(data):
    with lock:
        out.write(data)
        out.flush()

def send(**event):
    write(json.dumps(event).encode() + b"\n")

def answer(number, method, params):
    if method == "hello":
        send(id=number, result={"protocol": params.get("protocol", 1), "role": role})
    elif method == "open":
        if params["archive"].startswith("bad"):
            send(id=number, error={"code": "archive_missing", "message": "It is gone."})
        else:
            opened.append(params["archive"])
            send(id=number, result={})
    elif method in ("echo", "embed", "index", "search", "close"):
        send(id=number, result={"params": params, "role": role, "pid": os.getpid(), "opened": opened})
    elif method == "slow":
        for step in range(params["steps"]):
            if number in cancelled:
                return send(id=number, error={"code": "cancelled", "message": "Cancelled."})
            send(id=number, progress={"fraction": step / params["steps"], "message": f"step {step}", "eta": 1.5})
            time.sleep(params.get("pause", 0.01))
        send(id=number, result={"steps": params["steps"]})
    elif method == "saw":
        send(id=number, result={"cancelled": sorted(cancelled)})
    elif method == "fail":
        send(id=number, error=params["error"])
    elif method == "crash":
        print("first words\nlast words", file=sys.stderr, flush=True)
        os._exit(3)
    elif method == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif method == "junk":
        write(b"\xff\xfe not JSON\n[1, 2]\nnull\n\n")
        for odd in ({"id": [1], "result": {}}, {"id": {}, "log": 3}, {"cancel": 1}):
            send(**odd)
        send(id=987654, result={"of": "nobody"})
        send(id=number, surprise=1)
        send(id=number, progress="half")
        send(id=number, log={"level": "info", "message": "a log line"})
        line = json.dumps({"id": number, "result": {"ok": True}}).encode() + b"\n"
        write(line[:7])
        time.sleep(0.1)
        write(line[7:])
    elif method == "huge":
        write(b'{"id": %d, "result": {"x": "' % number + b"x" * (9 << 20) + b'"}}\n')
    elif method == "half":
        write(b'{"id": %d, "resu' % number)
        os._exit(0)
    elif method == "odd":
        send(id=number, **params)
    elif method == "mute":
        os.close(1)
        time.sleep(60)
    elif method == "heir":
        heir = os.fork()
        if heir == 0:
            time.sleep(60)
        with open(starts + ".heir", "w") as file:
            file.write(str(heir))
        os._exit(5)
    elif method == "chatter":
        sys.stderr.write("\n".join(f"line {index}" for index in range(params["lines"])) + "\n")
        sys.stderr.flush()
        send(id=number, result={})
    elif method == "deaf":
        send(id=number, result={})
        deaf.set()

deaf = threading.Event()
for line in sys.stdin.buffer:
    message = json.loads(line)
    if "cancel" in message:
        cancelled.add(message["cancel"])
    else:
        arguments = (message["id"], message["method"], message["params"])
        threading.Thread(target=answer, args=arguments, daemon=True).start()
        if message["method"] == "deaf":
            deaf.wait()
            while True:
                time.sleep(60)
with open(starts, "a") as file:
    file.write(f"end {os.getpid()}\n")
os._exit(0)
'''


@pytest.fixture
def fake_engine(tmp_path: Path) -> Path:
    script = tmp_path / "fake.py"
    script.write_text(FAKE_ENGINE, encoding="utf-8")
    return script


@pytest.fixture
def starts(tmp_path: Path) -> Callable[[], list[list[str]]]:
    """What the fake engines have written: [role, pid, folder] at each start and ["end", pid] at each orderly end."""
    file = tmp_path / "starts"
    return lambda: [line.split() for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def stops() -> list[str]:
    return []


@pytest.fixture
def engine(fake_engine: Path, tmp_path: Path, lines: list[str], stops: list[str]) -> Iterator[EngineProcess]:
    command = [sys.executable, str(fake_engine), str(tmp_path / "starts"), "both", str(tmp_path)]
    environment = engine_environment(Path(sys.executable))
    engine = EngineProcess(command, environment, tmp_path, on_line=lines.append, on_stopped=stops.append)
    yield engine
    engine.stop(0.0)


@pytest.fixture
def make_client(
    fake_engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., EngineClient]]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    clients: list[EngineClient] = []

    def make(*, split: bool = False, delay_s: float = 0.0) -> EngineClient:
        def command(role: str, folder: Path) -> list[str]:
            return [sys.executable, str(fake_engine), str(tmp_path / "starts"), role, str(folder), str(delay_s)]

        clients.append(EngineClient(split=split, command=command))
        return clients[-1]

    yield make
    for client in clients:
        client.shut_down()


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Runs QGIS's event loop until a condition holds."""

    def wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            QCoreApplication.processEvents()
            time.sleep(0.002)

    return wait


@pytest.fixture
def longest_pause(wait_until: Callable[..., None]) -> Callable[[Callable[[], object]], float]:
    """Runs QGIS's event loop until a condition holds: the longest time, in seconds, for which it stood still."""

    def measure(condition: Callable[[], object]) -> float:
        beats: list[float] = []
        timer = QTimer()
        timer.timeout.connect(lambda: beats.append(time.monotonic()))
        timer.start(5)
        wait_until(condition, 15.0)
        timer.stop()
        assert len(beats) > 50
        return max(later - earlier for earlier, later in itertools.pairwise(beats))

    return measure


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 8.0
    while names := [thread.name for thread in threading.enumerate() if thread.name.startswith("frors-engine")]:
        assert time.monotonic() < deadline, f"threads are left: {names}"
        time.sleep(0.02)
