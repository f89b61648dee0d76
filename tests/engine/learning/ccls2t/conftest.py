import numpy as np
import pytest
from ccls2t.text_trainer import LearningSet

from frors_qgis.engine.acquisition.acquisition import Acquisition

FAMILIES = ("landsat-8", "sentinel-2")


def acquisitions(count, generator):
    """Of two platforms, three places and any month."""
    places = [(5.0, 43.0), (-100.0, 40.0), (120.0, 30.0)]
    return [
        Acquisition(
            *[("sentinel-2a", "msi"), ("landsat-8", "oli_tirs")][generator.integers(2)],
            gsd=float(generator.choice([10, 30])),
            acquired=f"2019-{generator.integers(1, 13):02d}-15",
            place=places[generator.integers(3)],
        )
        for _ in range(count)
    ]


@pytest.fixture(scope="session")
def learnt():
    """60 images of 3 classes that are easily told apart, at three scales of 8 dimensions."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 20)
    embeddings = np.eye(8)[labels][:, None] + 0.2 * generator.normal(size=(60, 3, 8))
    embeddings = (embeddings / np.linalg.norm(embeddings, axis=2, keepdims=True)).astype(np.float32)
    return LearningSet(embeddings, labels, "abc", acquisitions(60, generator), FAMILIES, shuffled=True)
