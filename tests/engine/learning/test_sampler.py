from collections import Counter

import numpy as np
import pytest

from frors_qgis.engine.learning.sampler import batches_per_epoch, class_batches

LABELS = np.repeat(np.arange(10), 12)


def epoch(labels, classes, per_class, seed=0):
    return list(class_batches(labels, classes, per_class, np.random.default_rng(seed)))


def test_a_batch_holds_the_asked_images_of_the_asked_number_of_classes():
    for batch in epoch(LABELS, 5, 4):
        assert len(set(batch.tolist())) == len(batch)
        assert sorted(Counter(LABELS[batch].tolist()).values()) == [4] * 5


def test_an_epoch_has_as_many_batches_as_the_images_fill():
    assert len(epoch(LABELS, 5, 4)) == batches_per_epoch(120, 5, 4) == 6
    assert batches_per_epoch(7, 16, 4) == 1


def test_every_image_of_a_class_comes_once_before_any_comes_twice():
    drawn = np.concatenate(epoch(LABELS, 10, 3))
    assert sorted(drawn.tolist()) == list(range(120))


def test_fewer_classes_than_wanted_give_more_images_each():
    (batch, *_) = epoch(np.repeat([0, 1], 30), 16, 2)
    assert sorted(Counter((batch >= 30).tolist()).values()) == [16, 16]


def test_a_class_with_too_few_images_gives_all_it_has():
    labels = np.array([0] * 20 + [1] * 2 + [2] * 20)
    for batch in epoch(labels, 3, 4):
        assert Counter(labels[batch].tolist()) == {0: 4, 1: 2, 2: 4}


@pytest.mark.parametrize("other", [1, 2])
def test_batches_depend_on_the_generator_alone(other):
    first, again, different = epoch(LABELS, 5, 4), epoch(LABELS, 5, 4), epoch(LABELS, 5, 4, seed=other)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, different, strict=True))
