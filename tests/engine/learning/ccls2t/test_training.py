import numpy as np

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.encoders.ccls2t.files import load_ccls2t
from frors_qgis.engine.encoders.ccls2t.vectors import asked_vectors, picture_vectors, told_vectors
from frors_qgis.engine.learning.ccls2t.hash_trainer import signs
from frors_qgis.engine.learning.ccls2t.recipe import HashRecipe, TextRecipe
from frors_qgis.engine.learning.ccls2t.training import train_ccls2t

TEXT = TextRecipe(width=16, metadata=16, batch=32, steps=50)
CODES = (HashRecipe(bits=16, batch=16, steps=100), HashRecipe(bits=32, batch=16, steps=100))


def test_a_training_writes_a_checkpoint_that_makes_its_codes(tmp_path, learnt):
    shares = []
    path = tmp_path / "kind.safetensors"
    model = train_ccls2t(learnt, TEXT, CODES, tmp_path / "run", path, "0" * 64, lambda share, *_: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    loaded, _ = load_ccls2t(path)
    assert loaded.bits == (16, 32)
    pictures, told = picture_vectors(model, learnt.embeddings), told_vectors(model, learnt.acquisitions)
    for bits in ("16", "32"):
        codes = [signs(one.hashes[bits], pictures, told) for one in (model, loaded)]
        assert (codes[0] == codes[1]).mean() > 0.99


def test_a_query_that_asks_nothing_has_no_metadata_after_training_either(tmp_path, learnt):
    model = train_ccls2t(learnt, TEXT, CODES[:1], tmp_path, tmp_path / "kind.safetensors", "0" * 64, lambda *_: None)
    assert not asked_vectors(model, [Acquisition()]).any()
    assert np.abs(asked_vectors(model, learnt.acquisitions[:1])).max() > 0.1
