import json

import numpy as np
import pytest
import torch
from ccls2t.ccls2t import Ccls2t
from ccls2t.recipe import TextRecipe
from ccls2t.records import describe_acquisitions
from ccls2t.relations import RELATIONS, Facts
from ccls2t.run import Run
from ccls2t.text_trainer import leaves, train_text
from ccls2t.vectors import asked_vectors, log_odds, record_tensors, told_vectors

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.protocol import EngineError, ErrorCode

RECIPE = TextRecipe(width=16, metadata=16, batch=32, steps=100, rate=5e-3)


def silent(*_):
    """Tells nothing."""


def new_model():
    torch.manual_seed(1)
    return Ccls2t(8, RECIPE.width, RECIPE.layers, RECIPE.metadata)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, learnt):
    run = Run(tmp_path_factory.mktemp("run") / "text")
    model = new_model()
    train_text(model, learnt, RECIPE, run, silent)
    return model, run


def records(run):
    return [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]


def test_quantities_are_read_back_from_the_vectors(trained, learnt):
    described = describe_acquisitions(learnt.acquisitions)
    with torch.no_grad():
        read_back = trained[0].text.reconstruct(trained[0].text(*record_tensors(described))[1]).numpy()
    error = np.square(read_back - described.quantities).mean()
    assert error < 0.3 * described.quantities.var(axis=0).mean()


def test_what_is_lost_falls_in_training(trained):
    first, last = records(trained[1])
    for name in ("reconstruction", "relations", "loss"):
        assert last[name] < first[name]


def test_a_chip_that_fulfils_what_is_asked_has_the_better_odds(trained, learnt):
    model, _ = trained
    facts = Facts.of(learnt.acquisitions, learnt.families)
    near = RELATIONS[1]
    asked = asked_vectors(model, [near.asked(one) for one in learnt.acquisitions])
    odds = log_odds(model, asked, told_vectors(model, learnt.acquisitions))
    truth = near.holds(facts, facts)
    assert odds[truth].mean() > odds[~truth].mean() + 1


def test_a_training_that_was_stopped_ends_as_if_it_had_not_been(tmp_path, trained, learnt, monkeypatch):
    run = Run(tmp_path / "run")

    def stop(share, *_):
        raise KeyboardInterrupt

    save = run.save

    def save_and_stop(*args):
        save(*args)
        stop(0)

    monkeypatch.setattr(run, "save", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        train_text(new_model(), learnt, RECIPE, run, silent)
    model = new_model()
    train_text(model, learnt, RECIPE, Run(tmp_path / "run"), silent)
    for name, tensor in trained[0].state_dict().items():
        assert torch.equal(tensor, model.state_dict()[name]), name
    assert records(run) == records(trained[1])


def test_a_run_goes_on_only_as_it_was_begun(trained, learnt):
    other = TextRecipe(**(RECIPE.as_json() | {"rate": 1e-3}))
    with pytest.raises(EngineError, match="begun otherwise") as caught:
        train_text(new_model(), learnt, other, Run(trained[1].folder), silent)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_state_of_another_model_is_refused(tmp_path, trained, learnt):
    run = Run(tmp_path / "run")
    run.begin({"recipe": RECIPE.as_json(), "images": len(learnt.labels)})
    (run.folder / "state.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(EngineError, match="delete it") as caught:
        train_text(new_model(), learnt, RECIPE, run, silent)
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED


def test_a_leaf_is_of_one_tile_month_and_class_and_unknown_ones_have_none():
    june, july, near = "2019-06-07", "2019-07-07", (5.5, 43.4)
    scenes = [
        Acquisition(acquired=june, place=(5.4, 43.3)),
        Acquisition(acquired="2020-06-20", place=near),
        Acquisition(acquired=july, place=near),
        Acquisition(acquired=june, place=(-100.0, 40.0)),
        Acquisition(acquired=june),
        Acquisition(acquired=june, place=near),
    ]
    found = leaves(scenes, np.array([0, 0, 0, 0, 0, 1]))
    assert found[0] == found[1] >= 0
    assert found[4] == -1
    assert len(set(found.tolist())) == 5


@pytest.mark.parametrize(("field", "value"), [("width", 30), ("dropped", 1.5), ("rate", float("nan")), ("layers", 1)])
def test_a_recipe_that_makes_no_sense_is_refused_by_its_field(field, value):
    with pytest.raises(EngineError, match=field):
        TextRecipe(**{field: value})
