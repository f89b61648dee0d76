from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from frors_qgis.client.engine_process import EngineProcess
from frors_qgis.client.interpreter import engine_environment
from frors_qgis.protocol import MAX_LINE, EngineError, ErrorCode


def soon(condition: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_a_call_returns_the_result(engine: EngineProcess) -> None:
    assert engine.call("echo", {"text": "häuser ☃"})["params"] == {"text": "häuser ☃"}


def test_an_error_of_the_engine_keeps_its_code_and_sentence(engine: EngineProcess) -> None:
    with pytest.raises(EngineError, match="The box is empty") as caught:
        engine.call("fail", {"error": {"code": "box_empty", "message": "The box is empty."}})
    assert caught.value.code is ErrorCode.BOX_EMPTY
    with pytest.raises(EngineError) as caught:
        engine.call("fail", {"error": "not an object"})
    assert caught.value.code is ErrorCode.INTERNAL


def test_progress_comes_in_order_in_the_calling_thread(engine: EngineProcess) -> None:
    seen: list[tuple[float, str, float | None]] = []
    threads: set[int] = set()

    def on_progress(fraction: float, message: str, eta: float | None) -> None:
        seen.append((fraction, message, eta))
        threads.add(threading.get_ident())

    assert engine.call("slow", {"steps": 4}, on_progress) == {"steps": 4}
    assert seen == [(step / 4, f"step {step}", 1.5) for step in range(4)]
    assert threads == {threading.get_ident()}


def test_answers_find_their_calls_when_many_threads_call_at_once(engine: EngineProcess) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda number: engine.call("echo", {"n": number})["params"]["n"], range(200)))
    assert answers == list(range(200))


def test_cancel_reaches_the_engine_and_its_answer_is_awaited(engine: EngineProcess) -> None:
    begun = time.monotonic()
    with pytest.raises(EngineError) as caught:
        engine.call("slow", {"steps": 1000}, None, lambda: time.monotonic() - begun > 0.3)
    assert caught.value.code is ErrorCode.CANCELLED
    assert time.monotonic() - begun < 8.0
    assert engine.call("saw", {})["cancelled"] == [1]


def test_an_engine_that_ignores_cancel_is_given_up_after_the_grace_and_stays_usable(engine: EngineProcess) -> None:
    begun = time.monotonic()
    with pytest.raises(EngineError) as caught:
        engine.call("silent", {}, None, lambda: True, cancel_grace_s=0.3)
    assert caught.value.code is ErrorCode.CANCELLED
    assert 0.2 < time.monotonic() - begun < 8.0
    assert engine.call("echo", {})["params"] == {}


def test_a_request_is_cancelled_when_its_progress_handler_raises(engine: EngineProcess) -> None:
    def on_progress(*_: object) -> None:
        raise RuntimeError("the dialog is gone")

    with pytest.raises(RuntimeError, match="the dialog is gone"):
        engine.call("slow", {"steps": 1000}, on_progress)
    soon(lambda: engine.call("saw", {})["cancelled"] == [1])


def test_junk_half_lines_and_foreign_events_do_not_disturb_a_call(engine: EngineProcess, lines: list[str]) -> None:
    assert engine.call("junk", {}, lambda *_: None) == {"ok": True}
    assert "a log line" in lines
    assert any("not JSON" in line for line in lines)


@pytest.mark.parametrize("event", [{"result": None}, {"result": [1]}, {"error": None}, {"result": 3, "error": 4}])
def test_an_answer_of_the_wrong_kind_is_an_internal_error(engine: EngineProcess, event: dict[str, object]) -> None:
    with pytest.raises(EngineError) as caught:
        engine.call("odd", event)
    assert caught.value.code is ErrorCode.INTERNAL


@pytest.mark.parametrize(
    "progress", [{}, {"fraction": "x", "eta": []}, {"fraction": 7, "message": 3}, {"fraction": 10**400}, []]
)
def test_progress_of_the_wrong_kind_is_put_right(engine: EngineProcess, progress: object) -> None:
    seen: list[tuple[float, str, float | None]] = []
    with pytest.raises(EngineError):
        engine.call("odd", {"progress": progress}, lambda *p: seen.append(p), lambda: bool(seen), cancel_grace_s=0.1)
    fraction, message, eta = seen[0]
    assert 0.0 <= fraction <= 1.0
    assert isinstance(message, str)
    assert eta is None


@pytest.mark.parametrize("params", [{"x": float("nan")}, {"x": object()}, {"x": "y" * MAX_LINE}])
def test_parameters_that_cannot_be_sent_are_refused(engine: EngineProcess, params: dict[str, object]) -> None:
    with pytest.raises(EngineError) as caught:
        engine.call("echo", params)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_every_waiting_call_ends_when_the_engine_crashes(engine: EngineProcess, stops: list[str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(engine.call, "silent", {}) for _ in range(3)]
        time.sleep(0.1)
        waiting.append(pool.submit(engine.call, "crash", {}))
        errors = [future.exception(5) for future in waiting]
    assert {error.code for error in errors} == {ErrorCode.ENGINE_STOPPED}
    assert len({id(error) for error in errors}) == 4
    assert "last words" in errors[0].message
    assert "exit code 3" in errors[0].message
    assert stops == [errors[0].message]
    assert not engine.alive
    with pytest.raises(EngineError) as caught:
        engine.call("echo", {})
    assert caught.value.code is ErrorCode.ENGINE_STOPPED


def test_a_killed_engine_names_the_signal(engine: EngineProcess) -> None:
    with pytest.raises(EngineError, match="SIGKILL"):
        engine.call("kill", {})


@pytest.mark.parametrize(("method", "words"), [("huge", "a message of more than"), ("half", "exit code 0")])
def test_a_line_that_is_too_long_or_never_ends_stops_the_engine(engine: EngineProcess, method: str, words: str) -> None:
    with pytest.raises(EngineError, match=words) as caught:
        engine.call(method, {})
    assert caught.value.code is ErrorCode.ENGINE_STOPPED


def test_an_engine_that_closes_its_output_but_lives_is_killed(engine: EngineProcess) -> None:
    with pytest.raises(EngineError) as caught:
        engine.call("mute", {})
    assert caught.value.code is ErrorCode.ENGINE_STOPPED
    with pytest.raises(ProcessLookupError):
        os.kill(engine.pid, 0)


def test_a_grandchild_that_holds_the_output_open_does_not_make_a_call_hang(
    engine: EngineProcess, tmp_path: Path
) -> None:
    begun = time.monotonic()
    with pytest.raises(EngineError, match="exit code 5"):
        engine.call("heir", {})
    assert time.monotonic() - begun < 5.5  # the grandchild lives 60 s
    assert not engine.alive
    os.kill(int((tmp_path / "starts.heir").read_text()), signal.SIGKILL)


def test_an_engine_that_no_longer_reads_can_be_cancelled_and_stopped(engine: EngineProcess) -> None:
    engine.call("deaf", {})
    begun = time.monotonic()
    for _ in range(2):  # more than the pipe holds
        with pytest.raises(EngineError) as caught:
            engine.call("echo", {"x": "y" * 300_000}, None, lambda: True, cancel_grace_s=0.1)
        assert caught.value.code is ErrorCode.CANCELLED
    engine.stop(0.2)
    assert time.monotonic() - begun < 10.0


def test_stop_closes_the_input_and_lets_the_engine_end_orderly(
    engine: EngineProcess, starts: Callable[[], list[list[str]]], stops: list[str]
) -> None:
    engine.call("echo", {})
    engine.stop(3.0)
    assert starts()[-1] == ["end", str(engine.pid)]
    assert stops == [""]
    engine.stop()


def test_stop_ends_waiting_calls_as_cancelled(engine: EngineProcess) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(engine.call, "silent", {})
        time.sleep(0.1)
        engine.stop(1.0)
        assert waiting.exception(20).code is ErrorCode.CANCELLED


def test_a_stubborn_engine_is_killed_after_the_grace(engine: EngineProcess) -> None:
    engine.call("echo", {})
    os.kill(engine.pid, signal.SIGSTOP)
    begun = time.monotonic()
    engine.stop(0.3)
    assert time.monotonic() - begun < 10.0
    with pytest.raises(ProcessLookupError):
        os.kill(engine.pid, 0)


def test_a_flood_of_log_lines_arrives_and_the_last_one_is_kept(engine: EngineProcess, lines: list[str]) -> None:
    engine.call("chatter", {"lines": 20_000})
    soon(lambda: len(lines) == 20_000)
    with pytest.raises(EngineError, match="line 19999"):
        engine.call("kill", {})


@pytest.mark.parametrize("program", ["missing-python", "not-executable"])
def test_a_program_that_cannot_be_started_is_an_engine_missing(tmp_path: Path, program: str) -> None:
    (tmp_path / "not-executable").write_text("x")
    with pytest.raises(EngineError) as caught:
        EngineProcess([str(tmp_path / program)], {}, tmp_path, on_line=print, on_stopped=print)
    assert caught.value.code is ErrorCode.ENGINE_MISSING
    assert program in caught.value.message


def test_starting_and_ending_many_engines_leaks_no_descriptor(fake_engine: Path, tmp_path: Path) -> None:
    def descriptors() -> int:
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    command = [sys.executable, "-S", str(fake_engine), str(tmp_path / "starts"), "both", str(tmp_path)]
    environment = engine_environment(Path(sys.executable))
    before = descriptors()
    for method in ("echo", "crash", "huge"):
        engine = EngineProcess(command, environment, tmp_path, on_line=lambda _: None, on_stopped=lambda _: None)
        if method == "echo":
            engine.call(method, {})
        else:
            with pytest.raises(EngineError):
                engine.call(method, {})
        engine.stop(0.5)
    assert descriptors() == before


def test_the_engine_ends_when_its_parent_is_killed(
    fake_engine: Path, tmp_path: Path, starts: Callable[[], list[list[str]]]
) -> None:
    program = tmp_path / "parent.py"
    program.write_text(
        "import sys\n"
        "from frors_qgis.client.client import EngineClient\n"
        f"command = lambda role, folder: [sys.executable, {str(fake_engine)!r}, {str(tmp_path / 'starts')!r}, role,"
        " str(folder)]\n"
        "client = EngineClient(split=True, command=command)\n"
        "client.call('search')\n"
        "client.call('embed')\n"
        "print('ready', flush=True)\n"
        "client.call('silent')\n"
    )
    environment = engine_environment(Path(sys.executable)) | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, str(program)], env=environment, stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"ready\n"
        parent.kill()
    pids = {line[1] for line in starts() if line[0] != "end"}
    assert len(pids) == 2
    soon(lambda: {line[1] for line in starts() if line[0] == "end"} == pids)
