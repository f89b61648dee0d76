from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QThread

from frors_qgis.client.client import EngineClient
from frors_qgis.client.tasks import Call, EngineTask, TaskRunner, Work
from frors_qgis.protocol import EngineError, ErrorCode

MakeClient = Callable[..., EngineClient]
WaitUntil = Callable[..., None]
Events = list[tuple[Any, ...]]


@pytest.fixture
def runner(wait_until: WaitUntil) -> TaskRunner:
    runner = TaskRunner()
    yield runner
    runner.cancel_all()
    wait_until(lambda: not len(runner), 10.0)


def watched(task: EngineTask, events: Events) -> EngineTask:
    """Notes every signal, and whether it came on the main thread."""

    def note(*event: object) -> None:
        events.append((*event, QThread.currentThread() == QgsApplication.instance().thread()))

    task.succeeded.connect(lambda result: note("succeeded", result))
    task.failed.connect(lambda code, message: note("failed", code, message))
    task.cancelled.connect(lambda: note("cancelled"))
    task.progressed.connect(lambda fraction, message, eta: note("progressed", fraction, message, eta))
    task.delivered.connect(lambda part: note("delivered", part))
    return task


def calling(method: str, **params: object) -> Work:
    return lambda call: call(method, params)


def test_qgis_says_no_word_of_its_own_when_a_task_has_ended(make_client: MakeClient) -> None:
    for hidden in (False, True):
        task = EngineTask(make_client(), "Search", calling("echo"), hidden=hidden)
        assert task.flags() & QgsTask.Flag.Silent
        assert bool(task.flags() & QgsTask.Flag.Hidden) is hidden, "the task manager shows what is not hidden"


def test_the_result_of_a_chain_is_delivered_once_on_the_main_thread(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    def work(call: Call) -> dict[str, Any]:
        first = call("echo", {"n": 1})["params"]["n"]
        return call("echo", {"n": first + 1})["params"]

    events: Events = []
    runner.run(watched(EngineTask(make_client(), "Search", work), events))
    gc.collect()
    wait_until(lambda: events and not len(runner))
    assert events == [("succeeded", {"n": 2}, True)]


def test_parts_come_on_the_main_thread_before_the_result(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    def work(call: Call) -> dict[str, Any]:
        call.deliver((1, "one"))
        call.deliver(None)
        return call("echo", {})["params"]

    events: Events = []
    runner.run(watched(EngineTask(make_client(), "Thumbnails", work), events))
    wait_until(lambda: events and not len(runner))
    assert events == [("delivered", (1, "one"), True), ("delivered", None, True), ("succeeded", {}, True)]


def test_a_superseded_task_delivers_no_part(make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil) -> None:
    def work(call: Call) -> dict[str, Any]:
        task.supersede()
        call.deliver(1)
        return {}

    events: Events = []
    task = watched(EngineTask(make_client(), "Thumbnails", work), events)
    runner.run(task)
    wait_until(lambda: events and not len(runner))
    assert events == [("cancelled", True)]


def test_an_error_of_the_engine_is_delivered_with_its_code(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    events: Events = []
    work = calling("fail", error={"code": "box_empty", "message": "The box is empty."})
    runner.run(watched(EngineTask(make_client(), "Search", work), events))
    wait_until(lambda: events)
    assert events == [("failed", "box_empty", "The box is empty.", True)]


def test_any_exception_of_the_work_becomes_an_internal_failure(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    events: Events = []
    runner.run(watched(EngineTask(make_client(), "Search", lambda call: call("echo", {})["nothing"]), events))
    wait_until(lambda: events)
    assert events[0][:2] == ("failed", "internal")
    assert "nothing" in events[0][2]


def test_progress_is_throttled_and_comes_on_the_main_thread(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    events: Events = []
    task = runner.run(watched(EngineTask(make_client(), "Index", calling("slow", steps=300, pause=0.003)), events))
    begun = time.monotonic()
    wait_until(lambda: not len(runner), 15.0)
    progress = [event for event in events if event[0] == "progressed"]
    assert 2 <= len(progress) <= 10 * (time.monotonic() - begun) + 2
    assert all(event[-1] for event in events)
    assert progress[-1][3] == 1.5
    assert [event[1] for event in progress] == sorted(event[1] for event in progress)
    assert events[-1][0] == "succeeded"
    del task


def test_cancel_reaches_the_engine_at_once(make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil) -> None:
    events: Events = []
    client = make_client()
    task = runner.run(watched(EngineTask(client, "Index", calling("slow", steps=1000)), events))
    wait_until(lambda: events)
    begun = time.monotonic()
    task.cancel()
    wait_until(lambda: not len(runner))
    assert time.monotonic() - begun < 5.0
    assert events[-1] == ("cancelled", True)
    assert [event[0] for event in events].count("cancelled") == 1
    assert client.call("saw")["cancelled"]


def test_work_can_ask_whether_it_has_been_cancelled(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    begun: list[bool] = []

    def work(call: Call) -> dict[str, Any]:
        while True:
            call.check()
            begun.append(True)
            time.sleep(0.01)

    events: Events = []
    task = runner.run(watched(EngineTask(make_client(), "Write", work), events))
    wait_until(lambda: begun)
    task.cancel()
    wait_until(lambda: events, 1.0)
    assert events == [("cancelled", True)]


def test_a_second_query_cancels_the_first_whose_result_never_comes(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    client = make_client(delay_s=0.3)
    events: dict[str, Events] = {"first": [], "second": [], "other": []}
    for name, token in (("first", "query"), ("other", "thumbnails"), ("second", "query")):
        task = EngineTask(client, name, calling("slow", steps=20))
        runner.run(watched(task, events[name]), token)
        gc.collect()
    wait_until(lambda: not len(runner), 10.0)
    assert events["first"] == [("cancelled", True)]
    assert events["second"][-1] == ("succeeded", {"steps": 20}, True)
    assert events["other"][-1] == ("succeeded", {"steps": 20}, True)


def test_a_result_that_is_there_but_not_delivered_when_the_second_query_comes_is_dropped(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    client = make_client()
    client.call("echo")
    events: Events = []
    done: list[bool] = []

    def work(call: Call) -> dict[str, Any]:
        result = call("echo", {})
        done.append(True)
        return result

    runner.run(watched(EngineTask(client, "first", work), events), "query")
    while not done:
        time.sleep(0.01)  # no event loop: finished() cannot run
    time.sleep(0.1)
    runner.run(EngineTask(client, "second", calling("echo")), "query")
    wait_until(lambda: not len(runner))
    assert events == [("cancelled", True)]


def test_a_task_that_is_cancelled_before_it_begins_says_so(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    events: Events = []
    task = watched(EngineTask(make_client(), "Search", calling("echo")), events)
    task.hold()
    runner.run(task)
    task.cancel()
    wait_until(lambda: not len(runner))
    assert events == [("cancelled", True)]


def test_a_crash_of_the_engine_fails_the_task_and_the_next_one_succeeds(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    client = make_client()
    events: Events = []
    runner.run(watched(EngineTask(client, "Search", calling("crash")), events))
    wait_until(lambda: events)
    assert events[0][:2] == ("failed", ErrorCode.ENGINE_STOPPED.value)
    runner.run(watched(EngineTask(client, "Search", calling("echo", n=1)), events))
    wait_until(lambda: len(events) == 2)
    assert events[1][0] == "succeeded"


def test_unloading_cancels_everything_and_delivers_nothing(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    client = make_client()
    events: Events = []
    for method in ("slow", "silent"):
        runner.run(watched(EngineTask(client, method, calling(method, steps=1000)), events))
    wait_until(lambda: events)
    runner.cancel_all()
    client.shut_down()
    wait_until(lambda: not len(runner))
    assert sorted(event[0] for event in events if event[0] != "progressed") == ["cancelled", "cancelled"]


def test_a_runner_that_nobody_holds_still_lets_its_tasks_end(make_client: MakeClient, wait_until: WaitUntil) -> None:
    events: Events = []
    TaskRunner().run(watched(EngineTask(make_client(), "Search", calling("slow", steps=20)), events))
    gc.collect()
    wait_until(lambda: events and events[-1][0] == "succeeded")


def test_the_main_thread_goes_on_while_tasks_talk_to_the_engine(
    make_client: MakeClient, runner: TaskRunner, longest_pause: Callable[..., float]
) -> None:
    client = make_client(delay_s=2.0)
    for _ in range(2):
        runner.run(EngineTask(client, "Index", calling("slow", steps=150, pause=0.002)))
    # Had a task held the main thread, it would have stood still for 2 s; a benchmark measures it to the millisecond.
    assert longest_pause(lambda: not len(runner)) < 1.0


def test_the_engine_errors_of_the_work_itself_are_delivered_too(
    make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil
) -> None:
    def work(_: Call) -> dict[str, Any]:
        raise EngineError(ErrorCode.ARCHIVE_EMPTY, "Index something first.")

    events: Events = []
    runner.run(watched(EngineTask(make_client(), "Search", work), events))
    wait_until(lambda: events)
    assert events == [("failed", "archive_empty", "Index something first.", True)]


def test_a_task_that_has_ended_is_let_go(make_client: MakeClient, runner: TaskRunner, wait_until: WaitUntil) -> None:
    task = weakref.ref(runner.run(EngineTask(make_client(), "Search", calling("echo"))))
    wait_until(lambda: not len(runner))
    wait_until(lambda: gc.collect() >= 0 and task() is None)
