from collections import Counter

import numpy as np
import pytest

from frors_qgis.engine.learning.sampler import batches_per_epoch, class_batches

LABELS = np.repeat(np.arange(10), 12)


def epoch(labels, classes, per_class, seed=0, datasets=None):
    datasets = np.zeros_like(labels) if datasets is None else datasets
    return list(class_batches(labels, datasets, classes, per_class, np.random.default_rng(seed)))


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


def test_what_a_class_has_left_is_drawn_before_it_begins_anew():
    labels = np.array([0] * 7 + [1] * 700)
    batches = [batch[labels[batch] == 0] for batch in epoch(labels, 2, 4)]
    assert len(batches) == 88
    assert all(len(set(batch.tolist())) == 4 for batch in batches)
    rounds = np.concatenate(batches)[: 7 * 50].reshape(50, 7)
    assert (np.sort(rounds, axis=1) == np.arange(7)).all()
    assert len(set(map(tuple, rounds.tolist()))) > 40


def test_fewer_classes_than_wanted_give_more_images_each():
    (batch, *_) = epoch(np.repeat([0, 1], 30), 16, 2)
    assert sorted(Counter((batch >= 30).tolist()).values()) == [16, 16]


def test_a_class_with_too_few_images_gives_all_it_has():
    labels = np.array([0] * 20 + [1] * 2 + [2] * 20)
    for batch in epoch(labels, 3, 4):
        assert Counter(labels[batch].tolist()) == {0: 4, 1: 2, 2: 4}


def test_a_batch_is_of_one_dataset_and_each_comes_by_its_share():
    datasets = (LABELS < 4).astype(int)
    kinds = [set(datasets[batch].tolist()) for seed in range(50) for batch in epoch(LABELS, 4, 3, seed, datasets)]
    assert all(len(kind) == 1 for kind in kinds)
    assert sum(kind == {1} for kind in kinds) / len(kinds) == pytest.approx(0.4, abs=0.08)


def test_datasets_are_drawn_together_where_one_has_a_single_class():
    datasets = (LABELS == 4).astype(int)
    assert any(set(datasets[batch].tolist()) == {0, 1} for batch in epoch(LABELS, 5, 4, 0, datasets))


@pytest.mark.parametrize("other", [1, 2])
def test_batches_depend_on_the_generator_alone(other):
    first, again, different = epoch(LABELS, 5, 4), epoch(LABELS, 5, 4), epoch(LABELS, 5, 4, seed=other)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, different, strict=True))
