import pytest
import torch

from frors_qgis.engine.encoders.batch import best_batch


@pytest.mark.parametrize(
    ("seconds", "best"),
    [
        (lambda blocks: blocks, 1),
        (lambda blocks: 1.0, 8),
        (lambda blocks: max(4, blocks), 4),
        (lambda blocks: 1 + blocks / 100 if blocks <= 2 else 10, 2),
    ],
)
def test_blocks_are_doubled_for_as_long_as_it_is_faster(seconds, best):
    assert best_batch(seconds) == best


def test_a_batch_that_does_not_fit_is_not_taken():
    def seconds(blocks):
        if blocks > 2:
            raise torch.OutOfMemoryError
        return 1.0

    assert best_batch(seconds) == 2
