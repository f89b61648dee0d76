from dataclasses import replace

import numpy as np
import pytest
import torch
from ccls2t.hash_layer import HashLayer
from ccls2t.hash_trainer import train_hash, values, weights
from ccls2t.pairs import PairPool, PairSampler
from ccls2t.recipe import LOSSES, HashRecipe
from ccls2t.relations import RELATIONS, Facts
from ccls2t.run import Run

from frors_qgis.protocol import EngineError

RECIPE = HashRecipe(bits=16, batch=32, steps=200)


def silent(*_):
    """Tells nothing."""


@pytest.fixture(scope="module")
def pool(learnt):
    """Metadata vectors are facts themselves, platform and place; zero where a query does not ask for them."""
    facts = Facts.of(learnt.acquisitions, learnt.families)
    told = np.concatenate([np.eye(2)[facts.family], facts.position], axis=1).astype(np.float32)
    asked = np.stack([told * [["platform" in r.fields] * 2 + ["place" in r.fields] * 3] for r in RELATIONS])
    pictures = 3 * learnt.embeddings[:, 0]
    return PairPool(pictures, learnt.labels, facts, asked.astype(np.float32), told[None])


def train(pool, folder, recipe=RECIPE):
    torch.manual_seed(1)
    layer = HashLayer(8, 5, recipe.bits)
    train_hash(layer, pool, recipe, Run(folder), silent)
    return layer


@pytest.fixture(scope="module")
def trained(pool, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return train(pool, folder), folder


def test_each_drawn_chip_is_relevant_to_its_query_and_others_only_where_class_and_metadata_say_so(pool):
    pairs = PairSampler(pool).draw(64, np.random.default_rng(0))
    assert pairs.relevant.diagonal().all()
    same_class = pairs.query_pictures.argmax(dim=1)[:, None] == pairs.chip_pictures.argmax(dim=1)
    assert not (pairs.relevant & ~same_class).any()
    assert (same_class & ~pairs.relevant).any()


def signs(layer, pictures, facts):
    return np.where(values(layer, pictures, facts) > 0, np.float32(1), np.float32(-1))


def test_codes_are_even_enough_and_no_two_bits_say_the_same(pool, trained):
    codes = signs(trained[0], pool.pictures, pool.told[0])
    assert set(np.unique(codes)) == {-1, 1}
    assert np.abs(codes.mean(axis=0)).mean() < 0.5
    together = np.abs(codes.T @ codes / len(codes) - np.eye(16))
    assert together.mean() < 0.5


def test_a_query_finds_chips_of_its_class_and_of_what_it_asks_first(pool, trained):
    codes = signs(trained[0], pool.pictures, pool.told[0])
    same = pool.labels[:, None] == pool.labels
    for number in (1, -1):
        scores = weights(trained[0], pool.pictures, pool.asked[number]) @ codes.T
        relevant = same & RELATIONS[number].holds(pool.facts, pool.facts)
        assert scores[relevant].mean() > scores[~relevant].mean() + scores.std()


def test_queries_have_codes_like_chips_where_they_do_not_weigh(pool, tmp_path):
    layer = train(pool, tmp_path, replace(RECIPE, weighted=False, loss="supervised contrast"))
    alike = signs(layer, pool.pictures, pool.told[0]) @ signs(layer, pool.pictures, pool.asked[-1]).T / 16
    same = pool.labels[:, None] == pool.labels
    assert alike[same].mean() > alike[~same].mean() + 0.2


def test_a_training_that_was_stopped_ends_as_if_it_had_not_been(pool, trained, tmp_path, monkeypatch):
    run = Run(tmp_path)
    save = run.save

    def save_and_stop(*args):
        save(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "save", save_and_stop)
    torch.manual_seed(1)
    with pytest.raises(KeyboardInterrupt):
        train_hash(HashLayer(8, 5, 16), pool, RECIPE, run, silent)
    again = train(pool, tmp_path)
    for name, tensor in trained[0].state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])
    assert (tmp_path / "metrics.jsonl").read_bytes() == (trained[1] / "metrics.jsonl").read_bytes()


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_trains(pool, tmp_path, loss):
    layer = train(pool, tmp_path, HashRecipe(bits=16, batch=32, steps=100, loss=loss))
    assert all(torch.isfinite(value).all() for value in layer.state_dict().values())


@pytest.mark.parametrize(("field", "value"), [("bits", 12), ("loss", "none"), ("temperature", 0)])
def test_a_recipe_that_makes_no_sense_is_refused_by_its_field(field, value):
    with pytest.raises(EngineError, match=field):
        HashRecipe(**{field: value})
