"""What the tests of training share: the shipped trunk and a small dataset."""

import pytest

from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path
from frors_qgis.engine.encoders.registry import load_trunk
from tests.engine.learning.class_images import write_class_images


@pytest.fixture(scope="session")
def trunk():
    """The trunk of the shipped encoder, as training starts from it; not to be changed."""
    return load_trunk(encoder_path(DEFAULT_ENCODER))


@pytest.fixture(scope="session")
def class_folder(tmp_path_factory):
    """Three classes of six images of 80 px; not to be changed."""
    folder = tmp_path_factory.mktemp("classes") / "stripes"
    write_class_images(folder)
    return folder
