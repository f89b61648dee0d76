import threading

import numpy as np
import pytest

from frors_qgis.engine.encoder_pool import SharedEncoder

BLOCK = np.zeros((1, 320, 320, 3), np.uint8), np.ones((1, 320, 320), bool), np.array([[0.0, 0.0, 1.0, 1.0]])


class PausingEncoder:
    """A stand-in that pauses three times."""

    halo, dimension, joins, suggests, device = 144, 1, False, False, "cpu"

    def encode(self, rgb, valid, windows, pause):
        for _ in range(3):
            pause()
        return np.ones((len(rgb), len(windows), 1), np.float32)


def test_another_thread_encodes_while_one_pauses():
    shared = SharedEncoder(PausingEncoder())
    others = []

    def pause():
        other = threading.Thread(target=lambda: others.append(shared.encode(*BLOCK)))
        other.start()
        other.join(10)

    assert shared.encode(*BLOCK, pause).shape == (1, 1, 1)
    assert len(others) == 3


class BatchingEncoder(PausingEncoder):
    """A stand-in for one on a graphics card that takes four small blocks together."""

    joins, device = True, "cuda (bfloat16): a test convolution ran on it"

    def __init__(self):
        self.batches = {}

    def batch(self, height, width):
        return self.batches.setdefault((height, width), 4 if height < 1000 else 1)


def test_how_many_blocks_go_together_is_told_once_for_each_size():
    log = []
    shared = SharedEncoder(BatchingEncoder(), lambda level, message: log.append(message))
    assert [shared.batch(320, 640), shared.batch(320, 640), shared.batch(1824, 1824)] == [4, 4, 1]
    assert len(log) == 2
    assert "4 blocks of 640 x 320 pixels" in log[0]
    assert "cuda (bfloat16)" in log[0]
    assert shared.batches() == {"640x320": 4, "1824x1824": 1}


def test_a_pause_that_gives_up_leaves_the_encoder_free_for_others():
    shared = SharedEncoder(PausingEncoder())

    def give_up():
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        shared.encode(*BLOCK, give_up)
    assert shared.encode(*BLOCK).shape == (1, 1, 1)


def test_the_real_encoder_pauses_between_its_stages_and_gives_the_same(encoder):
    pauses = []
    paused = encoder.encode(*BLOCK, lambda: pauses.append(1))
    assert len(pauses) == 3
    assert np.array_equal(paused, encoder.encode(*BLOCK))
