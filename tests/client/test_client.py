from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QThread

from frors_qgis.client import client as client_module
from frors_qgis.client.client import EngineClient, role_of
from frors_qgis.client.interpreter import engine_environment
from frors_qgis.protocol import EngineError, ErrorCode

Starts = Callable[[], "list[list[str]]"]
MakeClient = Callable[..., EngineClient]
WaitUntil = Callable[..., None]


@pytest.mark.parametrize(
    ("method", "role"),
    [
        ("embed", "encode"),
        ("index", "encode"),
        ("evaluate", "encode"),
        ("train", "encode"),
        ("explain", "encode"),
        ("outline", "encode"),
        ("runtime", "encode"),
        ("search", "search"),
        ("open", "search"),
        ("plan", "search"),
    ],
)
def test_methods_that_need_torch_go_to_the_encoding_engine(method: str, role: str) -> None:
    assert role_of(method, split=True) == role
    assert role_of(method, split=False) == "both"


def test_nothing_is_started_before_the_first_call(make_client: MakeClient, starts: Starts) -> None:
    client = make_client()
    assert starts() == []
    client.call("echo")
    client.call("echo")
    assert [line[0] for line in starts()] == ["both"]


def test_with_two_engines_each_gets_its_own_calls_and_folder(make_client: MakeClient, starts: Starts) -> None:
    client = make_client(split=True)
    assert [client.call(method)["role"] for method in ("embed", "search", "index")] == ["encode", "search", "encode"]
    assert sorted(line[0] for line in starts()) == ["encode", "search"]
    folders = [Path(line[2]) for line in starts()]
    assert folders[0].parent == folders[1].parent
    assert folders[0] != folders[1]
    assert stat.S_IMODE(folders[0].parent.stat().st_mode) == 0o700


def test_calls_that_come_together_start_one_engine(make_client: MakeClient, starts: Starts) -> None:
    client = make_client(delay_s=0.3)
    with ThreadPoolExecutor(6) as pool:
        assert len({future.result()["pid"] for future in [pool.submit(client.call, "echo") for _ in range(6)]}) == 1
    assert len(starts()) == 1


def test_signals_come_on_the_main_thread(make_client: MakeClient, wait_until: WaitUntil) -> None:
    client = make_client()
    seen: list[tuple[str, bool]] = []

    def note(name: str) -> None:
        seen.append((name, QThread.currentThread() == client.thread()))

    client.engine_started.connect(lambda: note("started"))
    client.engine_stopped.connect(lambda reason: note(f"stopped {reason[:29]}"))
    client.line_logged.connect(note)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(client.call, "chatter", {"lines": 1}).result()
        assert pool.submit(client.call, "crash").exception() is not None
    wait_until(lambda: len(seen) == 5)
    names = ["started", "line 0", "first words", "last words", "stopped The engine stopped unexpectedly"]
    assert sorted(seen) == sorted((name[:37], True) for name in names)


def test_after_a_crash_the_next_call_starts_anew_and_opens_the_archives_again(
    make_client: MakeClient, starts: Starts, wait_until: WaitUntil
) -> None:
    client = make_client()
    reopened: list[list[str]] = []
    logged: list[str] = []
    client.archive_reopened.connect(reopened.append)
    client.line_logged.connect(logged.append)
    for archive in ("one", "two", "three"):
        client.call("open", {"archive": archive})
    client.call("close", {"archive": "two"})
    with pytest.raises(EngineError) as caught:
        client.call("crash")
    assert caught.value.code is ErrorCode.ENGINE_STOPPED
    assert client.call("search")["opened"] == ["one", "three"]
    assert len(starts()) == 2
    wait_until(lambda: reopened)
    assert reopened == [["one", "three"]]
    assert starts()[0][2] != starts()[1][2]


def test_only_the_engine_that_searches_opens_archives_again(make_client: MakeClient, wait_until: WaitUntil) -> None:
    client = make_client(split=True)
    reasons: list[str] = []
    client.engine_stopped.connect(reasons.append)
    client.call("open", {"archive": "one"})
    for method in ("embed", "search"):
        os.kill(client.call(method)["pid"], signal.SIGKILL)
    wait_until(lambda: len(reasons) == 2)
    assert client.call("embed")["opened"] == []
    assert client.call("search")["opened"] == ["one"]


def test_an_archive_that_cannot_be_opened_again_is_logged_and_forgotten(
    make_client: MakeClient, wait_until: WaitUntil
) -> None:
    client = make_client()
    logged: list[str] = []
    client.line_logged.connect(logged.append)
    client.call("open", {"archive": "one"})
    client._open_archives["bad"] = None
    client.stop_engine()
    assert client.call("search")["opened"] == ["one"]
    wait_until(lambda: logged)
    assert logged == ["bad could not be opened again: It is gone."]


def test_an_archive_that_was_refused_is_not_opened_again(make_client: MakeClient) -> None:
    client = make_client()
    with pytest.raises(EngineError, match="It is gone"):
        client.call("open", {"archive": "bad"})
    client.stop_engine()
    assert client.call("search")["opened"] == []


def test_an_engine_that_crashes_again_and_again_is_started_once_per_call(
    make_client: MakeClient, starts: Starts
) -> None:
    client = make_client()
    for _ in range(3):
        with pytest.raises(EngineError):
            client.call("kill")
    assert len(starts()) == 3


def test_stopping_the_engine_on_purpose_gives_no_reason_and_the_next_call_starts_it(
    make_client: MakeClient, starts: Starts, wait_until: WaitUntil
) -> None:
    client = make_client()
    reasons: list[str] = []
    client.engine_stopped.connect(reasons.append)
    client.call("echo")
    client.stop_engine()
    wait_until(lambda: reasons)
    assert reasons == [""]
    client.call("echo")
    assert [line[0] for line in starts()] == ["both", "end", "both"]


@pytest.mark.parametrize("folder_exists", [True, False])
def test_shut_down_is_quick_removes_the_folder_and_is_final(
    make_client: MakeClient, starts: Starts, folder_exists: bool
) -> None:
    client = make_client(split=True)
    if folder_exists:
        for pid in (client.call("embed")["pid"], client.call("search")["pid"]):
            os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    client.shut_down()
    client.shut_down()
    assert time.monotonic() - begun < 10.0
    assert not any(Path(line[2]).parent.exists() for line in starts() if line[0] != "end")
    with pytest.raises(EngineError, match="switched off") as caught:
        client.call("search")
    assert caught.value.code is ErrorCode.ENGINE_STOPPED


def test_shut_down_during_a_slow_start_ends_the_call_and_the_engine(make_client: MakeClient, starts: Starts) -> None:
    client = make_client(delay_s=30)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.call, "echo")
        while not starts():
            time.sleep(0.01)
        begun = time.monotonic()
        client.shut_down()
        assert time.monotonic() - begun < 10.0
        # The call may be waiting for the engine's answer already, or have only just started it.
        assert waiting.exception(20).code in (ErrorCode.CANCELLED, ErrorCode.ENGINE_STOPPED)
    with pytest.raises(ProcessLookupError):
        os.kill(int(starts()[0][1]), 0)


def test_a_call_cancelled_during_a_slow_start_returns_at_once_and_the_start_goes_on(
    make_client: MakeClient, starts: Starts, tmp_path: Path
) -> None:
    client = make_client(delay_s=30)
    begun = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(client.call, "echo", None, None, lambda: time.monotonic() - begun > 0.2) for _ in "ab"]
        assert [call.exception().code for call in calls] == [ErrorCode.CANCELLED] * 2
    assert time.monotonic() - begun < 4.0
    (tmp_path / "starts.go").touch()
    client.call("echo")
    assert len(starts()) == 1


def test_the_main_thread_goes_on_while_a_slow_engine_starts(
    make_client: MakeClient, longest_pause: Callable[..., float]
) -> None:
    thread = threading.Thread(target=make_client(delay_s=2.0).call, args=("echo",))
    thread.start()
    # Had the start held the main thread, it would have stood still for 2 s; a benchmark measures it to the millisecond.
    assert longest_pause(lambda: not thread.is_alive()) < 1.0


def test_an_engine_of_another_protocol_is_refused(tmp_path: Path, make_client: MakeClient, fake_engine: Path) -> None:
    fake_engine.write_text(fake_engine.read_text().replace('params.get("protocol", 1)', "99"))
    client = make_client()
    with pytest.raises(EngineError, match="another version") as caught:
        client.call("echo")
    assert caught.value.code is ErrorCode.ENGINE_MISSING


def test_an_engine_that_dies_at_its_start_says_why(tmp_path: Path, make_client: MakeClient, fake_engine: Path) -> None:
    fake_engine.write_text("import a_module_that_is_not_there")
    client = make_client()
    with pytest.raises(EngineError, match="a_module_that_is_not_there") as caught:
        client.call("echo")
    assert caught.value.code is ErrorCode.ENGINE_MISSING


def test_an_engine_that_never_answers_its_greeting_is_given_up(
    make_client: MakeClient, starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_GREETING_LIMIT_S", 0.5)
    client = make_client(delay_s=30)
    with pytest.raises(EngineError, match="does not answer") as caught:
        client.call("echo")
    assert caught.value.code is ErrorCode.ENGINE_MISSING
    with pytest.raises(ProcessLookupError):
        os.kill(int(starts()[0][1]), 0)


def test_a_program_that_is_no_engine_but_prints_without_end_is_refused(
    tmp_path: Path, make_client: MakeClient, fake_engine: Path
) -> None:
    fake_engine.write_text("while True: print('y')")
    logged: list[str] = []
    client = make_client()
    client.line_logged.connect(logged.append)
    with pytest.raises(EngineError, match="protocol") as caught:
        client.call("echo")
    assert caught.value.code is ErrorCode.ENGINE_MISSING


def test_a_program_that_forgets_to_shut_down_ends_cleanly_and_takes_the_engine_along(
    fake_engine: Path, tmp_path: Path, starts: Starts, wait_until: WaitUntil
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        "from frors_qgis.client.client import EngineClient\n"
        f"command = lambda role, folder: [sys.executable, {str(fake_engine)!r}, {str(tmp_path / 'starts')!r}, role,"
        " str(folder)]\n"
        "client = EngineClient(command=command)\n"
        "print(client.call('echo')['role'])\n"
    )
    environment = engine_environment(Path(sys.executable)) | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "both\n", "")
    wait_until(lambda: starts()[-1][0] == "end")


def test_a_deleted_client_does_not_trouble_the_threads_of_its_engine(
    make_client: MakeClient, wait_until: WaitUntil
) -> None:
    client = make_client()
    pid = client.call("echo")["pid"]
    sip.delete(client)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(t.name.startswith("frors-engine") for t in threading.enumerate()))


@pytest.mark.skipif(find_spec("frors_qgis.engine.__main__") is None, reason="the engine has no command line yet")
def test_the_real_engine_answers_hello(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRORS_PYTHON", sys.executable)
    for split in (False, True):
        client = EngineClient(split=split)
        try:
            assert client.call("hello")["role"] == role_of("hello", split)
        finally:
            client.shut_down()
