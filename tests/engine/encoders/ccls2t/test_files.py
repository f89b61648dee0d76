import pytest
import torch

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.encoders.ccls2t.ccls2t import Ccls2t
from frors_qgis.engine.encoders.ccls2t.files import load_ccls2t, save_ccls2t
from frors_qgis.engine.encoders.ccls2t.records import describe_acquisitions
from frors_qgis.engine.encoders.checkpoint import load_checkpoint, save_checkpoint
from frors_qgis.protocol import EngineError, ErrorCode

ENCODER = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return Ccls2t(16, 32, 2, 8, (16, 64)).eval()


@pytest.fixture
def path(tmp_path, model):
    path = tmp_path / "kind.safetensors"
    save_ccls2t(path, model, ENCODER)
    return path


def refused(path):
    with pytest.raises(EngineError) as caught:
        load_ccls2t(path)
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED
    assert path.name in caught.value.message
    return caught.value.message


def rewritten(path, tensors=None, **changes):
    checkpoint = load_checkpoint(path)
    description = {name: value for name, value in (checkpoint.description | changes).items() if value is not None}
    save_checkpoint(path, description, checkpoint.tensors | (tensors or {}))
    return path


def test_a_checkpoint_gives_the_model_and_names_its_encoder(path, model):
    loaded, encoder = load_ccls2t(path)
    assert encoder == ENCODER
    assert loaded.bits == (16, 64)
    records = describe_acquisitions([Acquisition("sentinel-2a", gsd=10.0)])
    given = [torch.from_numpy(part) for part in (records.tokens, records.quantities, records.known)]
    with torch.no_grad():
        assert torch.allclose(loaded.tell(*given), model.tell(*given), atol=0.05)  # words are stored in 8 bits


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": "gem"}, "no CCLS2T"),
        ({"encoder": "../" * 20}, "sha-256"),
        ({"encoder": None}, "encoder"),
        ({"width": 10**9}, "width"),
        ({"width": 30}, "multiple of 4"),
        ({"width": True}, "width"),
        ({"layers": 10**6}, "layers"),
        ({"metadata": -1}, "metadata"),
        ({"metadata": 16}, "size mismatch"),
        ({"bits": list(range(8, 800, 8))}, "up to 8"),
        ({"bits": [8, 8]}, "different"),
        ({"bits": [10**12]}, "bits"),
        ({"bits": [16]}, "hashes.64"),
        ({"bits": "16"}, "not a list"),
    ],
)
def test_a_description_of_a_stranger_is_refused_by_its_fault(path, changes, fault):
    assert fault in refused(rewritten(path, **changes))


def test_tensors_that_do_not_belong_there_are_refused(path):
    assert "surplus" in refused(rewritten(path, {"surplus": torch.zeros(1)}))


def test_numbers_that_are_not_finite_are_refused(path):
    assert "finite" in refused(rewritten(path, {"text.null": torch.full((32,), torch.nan)}))


def test_half_a_file_is_refused(path):
    path.write_bytes(path.read_bytes()[:5000])
    refused(path)
