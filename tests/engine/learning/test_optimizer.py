import pytest
import torch

from frors_qgis.engine.learning.optimizer import new_optimizer, set_rates
from frors_qgis.engine.learning.recipe import Recipe


def optimizer(*settings):
    stage, head, objective = (torch.nn.Linear(2, 2) for _ in range(3))
    return new_optimizer(Recipe.default("triplet").with_settings(list(settings)), stage, head, objective)


def rates(optimizer):
    return {group["name"]: group["lr"] for group in optimizer.param_groups}


def test_every_module_that_learns_has_the_rate_of_the_recipe():
    made = optimizer("trunk_rate=3e-4", "head_rate=2e-5", "proxy_rate=0.1")
    assert rates(made) == {"trunk": 3e-4, "head": 2e-5, "proxies": 0.1}
    assert isinstance(optimizer("optimizer=sgd"), torch.optim.SGD)


def test_rates_rise_over_the_warm_up_and_fall_to_nothing_as_half_a_cosine():
    made = optimizer("trunk_rate=1", "head_rate=0.5")
    shares = []
    for step in range(101):
        set_rates(made, step, 100, 0.1)
        assert rates(made)["head"] == pytest.approx(rates(made)["trunk"] / 2)
        shares.append(rates(made)["trunk"])
    assert shares[0] == pytest.approx(0.1)
    assert shares[50] == pytest.approx(0.5)
    assert shares[100] == pytest.approx(0)
    assert shares.index(max(shares)) == 9
    assert shares[9:] == sorted(shares[9:], reverse=True)
