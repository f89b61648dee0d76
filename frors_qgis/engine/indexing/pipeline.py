"""Steps of work that run side by side, each a little ahead of the next one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@contextmanager
def ahead(
    work: Callable[[_Item], _Result], items: Iterable[_Item], name: str, threads: int = 1
) -> Iterator[Iterator[_Result]]:
    """The results of `work` for each item, in order, computed by threads that are one result more ahead than they are.

    So no thread waits for a result to be used, and no more results than that wait, whatever the number of items. What
    `work` or the items raise comes out in its turn. At the end no thread runs any more; of what they had ahead nothing
    comes out.
    """
    waiting = iter(items)

    def results(executor: ThreadPoolExecutor) -> Iterator[_Result]:
        futures = deque(_submitted(executor, work, waiting, threads + 1))
        while futures:
            result = futures.popleft().result()
            futures.extend(_submitted(executor, work, waiting, 1))
            yield result

    with ThreadPoolExecutor(threads, thread_name_prefix=name) as executor:
        try:
            yield results(executor)
        finally:
            executor.shutdown(cancel_futures=True)


def _submitted(
    executor: ThreadPoolExecutor, work: Callable[[_Item], _Result], items: Iterator[_Item], count: int
) -> Iterator[Future[_Result]]:
    """The next results; an error of the items takes the place of one."""
    try:
        for item in islice(items, count):
            yield executor.submit(work, item)
    except Exception as error:  # it is raised where its turn comes
        failed: Future[_Result] = Future()
        failed.set_exception(error)
        yield failed
