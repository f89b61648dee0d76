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
