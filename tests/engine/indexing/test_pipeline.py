import threading

import pytest

from frors_qgis.engine.indexing.pipeline import ahead


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 20])
def test_results_come_in_order_and_none_is_lost(threads, count):
    with ahead(lambda number: number * number, range(count), "square", threads) as squares:
        assert list(squares) == [number * number for number in range(count)]


def test_the_next_result_is_computed_while_one_is_used():
    begun = threading.Semaphore(0)

    def work(item):
        begun.release()
        return item

    with ahead(work, range(3), "work") as results:
        assert next(results) == 0
        assert begun.acquire(timeout=10)
        assert begun.acquire(timeout=10)


@pytest.mark.parametrize("threads", [1, 4])
def test_no_more_is_computed_ahead_than_there_are_threads(threads):
    done = []
    with ahead(done.append, range(100), "work", threads) as results:
        next(results)
    assert len(done) <= threads + 2


def test_an_error_comes_out_in_its_turn_and_ends_it():
    def work(item):
        return 1 // item

    with ahead(work, [1, 1, 0, 1], "work") as results:
        assert [next(results), next(results)] == [1, 1]
        with pytest.raises(ZeroDivisionError):
            next(results)
        assert next(results, None) is None


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_an_error_of_the_items_comes_out_in_its_turn_too(threads):
    def items():
        yield from (1, 2, 3)
        raise KeyError("items")

    with ahead(str, items(), "work", threads) as results:
        assert [next(results) for _ in range(3)] == ["1", "2", "3"]
        with pytest.raises(KeyError):
            next(results)


def test_steps_follow_each_other_and_none_runs_on_after_the_end():
    running = threading.active_count()
    with (
        ahead(lambda number: number + 1, range(100), "add") as sums,
        ahead(lambda number: number * 10, sums, "multiply") as products,
    ):
        assert [next(products), next(products)] == [10, 20]
    assert threading.active_count() == running
