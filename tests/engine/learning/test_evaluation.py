import shutil

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.learning.evaluation import evaluate
from frors_qgis.protocol import EngineError, ErrorCode


@pytest.fixture
def class_folders(tmp_path):
    """Red and blue pictures, six each, of three sizes."""
    generator = np.random.default_rng(2)
    for label, colour in (("red", (220, 30, 30)), ("blue", (30, 30, 220))):
        (tmp_path / "set" / label).mkdir(parents=True)
        for i, (width, height) in enumerate([(150, 150), (256, 256), (242, 257)] * 2):
            array = np.clip(np.array(colour)[:, None, None] + generator.integers(-20, 20, (3, height, width)), 0, 255)
            dataset = gdal.GetDriverByName("MEM").Create("", width, height, 3)
            dataset.WriteRaster(0, 0, width, height, array.astype(np.uint8).tobytes())
            gdal.GetDriverByName("PNG").CreateCopy(str(tmp_path / "set" / label / f"{i}.png"), dataset)
    return tmp_path / "set"


def run(folder, encoder, queries=None):
    return evaluate(folder, queries, "colours", encoder, lambda *_: None)


def test_the_protocol_stands_beside_the_metrics_and_the_query_is_not_in_its_gallery(class_folders, colour_encoder):
    result = run(class_folders, colour_encoder)
    assert result["protocol"]["gallery"] == result["protocol"]["queries"] == 12
    assert result["protocol"]["query in its own gallery"] == "no"
    assert result["metrics"]["mAP"] == 1.0
    assert result["metrics"]["P@10"] == pytest.approx(0.5)


def test_wrong_labels_are_seen_in_the_metrics(class_folders, colour_encoder):
    for i in range(3):
        (class_folders / "red" / f"{i}.png").rename(class_folders / "blue" / f"x{i}.png")
    assert run(class_folders, colour_encoder)["metrics"]["mAP"] < 0.9


def test_queries_may_come_from_another_folder(class_folders, colour_encoder, tmp_path):
    queries = tmp_path / "queries" / "red"
    queries.mkdir(parents=True)
    shutil.copy(class_folders / "red" / "0.png", queries / "q.png")
    result = run(class_folders, colour_encoder, tmp_path / "queries")
    assert (result["protocol"]["queries"], result["protocol"]["gallery"]) == (1, 12)


def test_a_class_with_one_image_has_nothing_to_find_and_is_left_out(class_folders, colour_encoder):
    (class_folders / "green").mkdir()
    shutil.copy(class_folders / "red" / "0.png", class_folders / "green" / "0.png")
    result = run(class_folders, colour_encoder)
    assert result["protocol"]["queries without relevant images, left out"] == 1


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_an_image_that_cannot_be_read_is_named(class_folders, colour_encoder, content):
    (class_folders / "red" / "broken.png").write_bytes(content)
    with pytest.raises(EngineError, match=r"broken\.png") as caught:
        run(class_folders, colour_encoder)
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_a_folder_without_class_folders_is_refused(tmp_path, colour_encoder):
    with pytest.raises(EngineError, match="class folders"):
        run(tmp_path, colour_encoder)
    with pytest.raises(EngineError, match="no folder"):
        run(tmp_path / "nowhere", colour_encoder)
