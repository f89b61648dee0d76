import numpy as np
import pytest
import torch
from ccls2t.ccls2t import Ccls2t
from ccls2t.hash_layer import HashLayer
from ccls2t.records import describe_acquisitions
from ccls2t.tokens import MOST_TOKENS, sentence_tokens

from frors_qgis.engine.acquisition.acquisition import Acquisition

SCENE = Acquisition("sentinel-2a", "msi", "L2A", 10.0, 12.0, None, "2019-06-07", (5.4, 43.3))
NOTHING = Acquisition()


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = Ccls2t(16, 32, 2, 8).eval()
    for parameter in model.parameters():  # what training leaves: nothing is zero by its initial value
        parameter.data.add_(0.1 * torch.randn(parameter.shape))
    return model


def tensors(*acquisitions):
    records = describe_acquisitions(acquisitions)
    return torch.from_numpy(records.tokens), torch.from_numpy(records.quantities), torch.from_numpy(records.known)


def test_a_query_that_asks_nothing_has_exactly_the_ranking_of_the_embeddings(model):
    generator = np.random.default_rng(0)
    query, chips = generator.normal(size=16).astype(np.float32), generator.normal(size=(50, 16)).astype(np.float32)
    with torch.no_grad():
        asked = model.ask(*tensors(NOTHING))
        told = model.tell(*tensors(*[SCENE, NOTHING] * 25))
    assert not asked.any()
    fused = np.concatenate([query, asked[0].numpy()])
    scores = np.concatenate([chips, told.numpy()], axis=1) @ fused
    assert np.array_equal(np.argsort(scores), np.argsort(chips @ query))


def test_chips_of_which_nothing_is_known_all_tell_the_same(model):
    with torch.no_grad():
        told = model.tell(*tensors(NOTHING, SCENE, NOTHING))
    assert torch.equal(told[0], told[2])
    assert not torch.equal(told[0], told[1])


def test_a_record_says_the_same_alone_and_among_longer_ones(model):
    short = Acquisition(gsd=10.0)
    with torch.no_grad():
        alone, among = model.tell(*tensors(short)), model.tell(*tensors(SCENE, short))
    assert torch.allclose(alone[0], among[1], atol=1e-5)


def test_a_code_has_its_bits_and_needs_picture_and_metadata(model):
    embeddings = torch.nn.functional.normalize(torch.randn(4, 3, 16), dim=2)
    with torch.no_grad():
        pictures = model.picture(embeddings)
        vectors = [model.tell(*tensors(*[scene] * 4)) for scene in (SCENE, NOTHING)]
        layer = HashLayer(pictures.shape[1], vectors[0].shape[1], 16)
        one, other = (layer(pictures, told) for told in vectors)
    assert one.shape == (4, 16)
    assert not torch.equal(one, other)
    assert torch.equal(pictures[:, :16], embeddings[:, 0] * 4)


def test_words_give_tokens_from_coarse_to_fine_and_numbers_none():
    one, other, family = sentence_tokens(
        [
            "platform sentinel-2a. resolution 10 m. cloud 12 %.",
            "platform sentinel-2b.",
            "platform sentinel-2.",
        ]
    )
    shared = set(one) & set(other) - {0}
    assert shared == set(family) - {0}
    assert len(set(one)) == len(set(other))


def test_a_sentence_of_a_stranger_may_be_long_and_strange():
    tokens = sentence_tokens(["content " + "x" * 10_000 + " \ud800 " + " ".join(map(str, range(500))), ""])
    assert tokens.shape == (2, MOST_TOKENS)
    assert tokens[0].all()
    assert not tokens[1].any()


@pytest.mark.parametrize("acquired", ["2019", "2019-06", "2019-06-07", "2019-06-07T10:30:31Z"])
def test_the_day_of_the_year_is_known_where_the_month_is(acquired):
    records = describe_acquisitions([Acquisition(acquired=acquired)])
    assert records.known.tolist() == [[False, acquired != "2019", False]]
    assert np.linalg.norm(records.quantities[0, 3:5]) == pytest.approx(float(acquired != "2019"))


def test_months_at_both_ends_of_a_year_are_near_each_other():
    december, january, july = describe_acquisitions(
        [Acquisition(acquired=day) for day in ("2019-12-30", "2020-01-02", "2019-07-02")]
    ).quantities[:, 3:5]
    assert np.linalg.norm(december - january) < 0.1
    assert np.linalg.norm(december - july) > 1.9
