import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.learning.dataset import class_folders
from frors_qgis.engine.learning.evaluation import Task, embed_images, evaluate
from frors_qgis.engine.learning.report import write_report
from frors_qgis.engine.learning.split import split_by_class
from frors_qgis.engine.learning.training_set import choose_images
from frors_qgis.protocol import EngineError, ErrorCode

COLOURS = {"red": (220, 30, 30), "blue": (30, 30, 220), "green": (30, 220, 30)}


class MeanColour:
    """Embeds an image by its mean colour and remembers the shapes that it was given."""

    id = "colours"
    sha256 = "ab" * 32
    dimension = 4
    learnt = ()

    def __init__(self):
        self.shapes = []

    def encode_images(self, rgb):
        assert rgb.dtype == np.uint8
        self.shapes.append(rgb.shape)
        vectors = np.concatenate([rgb.mean(axis=(1, 2)) / 255 - 0.5, np.full((len(rgb), 1), 0.1)], axis=1)
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def mean_colour():
    return MeanColour()


@pytest.fixture
def write_images():
    """Writes six pictures of three sizes into a class folder."""
    generator = np.random.default_rng(2)

    def write(folder, colour):
        folder.mkdir(parents=True)
        for i, (width, height) in enumerate([(150, 150), (256, 256), (242, 257)] * 2):
            noise = generator.integers(-20, 20, (3, height, width))
            array = np.clip(np.array(COLOURS[colour])[:, None, None] + noise, 0, 255)
            dataset = gdal.GetDriverByName("MEM").Create("", width, height, 3)
            dataset.WriteRaster(0, 0, width, height, array.astype(np.uint8).tobytes())
            gdal.GetDriverByName("PNG").CreateCopy(str(folder / f"{i}.png"), dataset)

    return write


@pytest.fixture
def dataset(tmp_path, write_images):
    for label in ("red", "blue"):
        write_images(tmp_path / "set" / label, label)
    return tmp_path / "set"


def run(folder, encoder, **options):
    return evaluate(Task(folder, **options), encoder, lambda *_: None)


def test_the_protocol_stands_beside_the_metrics_and_the_query_is_not_in_its_gallery(dataset, mean_colour):
    evaluation = run(dataset, mean_colour)
    protocol, metrics = evaluation.protocol, evaluation.report.metrics
    assert protocol["gallery"] == protocol["queries"] == 12
    assert protocol["query in its own gallery"] == "no, nor its copies byte for byte"
    assert (protocol["copies in the gallery"], protocol["copies in the queries"]) == (0, 0)
    assert protocol["queries that the gallery holds"] == 12
    assert protocol["copies of images to learn from, left out"] == "not known which images are learnt from"
    assert (protocol["encoder"], protocol["checkpoint sha-256"]) == ("colours", "ab" * 32)
    assert protocol["border"] == "the convolutions' own zero padding"
    assert metrics["mAP"] == metrics["mAP@R"] == 1
    assert metrics["P@10"] == pytest.approx(0.5)
    assert evaluation.report.confusion.tolist() == [[6, 0], [0, 6]]


def test_wrong_labels_are_seen_in_the_metrics(dataset, mean_colour):
    for i in range(3):
        (dataset / "red" / f"{i}.png").rename(dataset / "blue" / f"x{i}.png")
    assert run(dataset, mean_colour).report.metrics["mAP"] < 0.9


def test_queries_may_come_from_another_folder(dataset, mean_colour, write_images, tmp_path):
    write_images(tmp_path / "queries" / "red", "red")
    evaluation = run(dataset, mean_colour, queries=tmp_path / "queries")
    protocol = evaluation.protocol
    assert (protocol["queries"], protocol["gallery"], protocol["query folder"]) == (6, 12, "queries")
    assert protocol["queries that the gallery holds"] == 0
    assert evaluation.report.metrics["mAP"] == 1


@pytest.mark.parametrize("put", [shutil.copy, lambda source, target: target.symlink_to(source)])
def test_a_query_finds_neither_its_copies_nor_links_to_it(dataset, mean_colour, put):
    for i in range(2, 6):
        (dataset / "red" / f"{i}.png").unlink()
        put(dataset / "red" / "0.png", dataset / "red" / f"{i}.png")
    evaluation = run(dataset, mean_colour)
    assert evaluation.protocol["copies in the gallery"] == evaluation.protocol["copies in the queries"] == 4
    # Five of the red ones are one file, and find the sixth alone; that finds all five.
    precision = dict(zip("012345", evaluation.report.per_query["P@5"][6:].tolist(), strict=True))
    assert precision == {"0": 1 / 5, "1": 1, "2": 1 / 5, "3": 1 / 5, "4": 1 / 5, "5": 1 / 5}
    assert evaluation.report.metrics["hit@1"] == 1


def test_a_copy_of_the_query_under_another_class_is_no_match_either(dataset, mean_colour):
    shutil.copy(dataset / "red" / "0.png", dataset / "blue" / "copy.png")
    hits = run(dataset, mean_colour).report.per_query["hit@1"]
    assert hits[6:8].tolist() == [0, 1]  # the copy finds a red one, the red one not its copy


def test_a_query_that_is_a_copy_of_an_image_of_the_dataset_does_not_find_it(dataset, mean_colour, tmp_path):
    (tmp_path / "queries" / "red").mkdir(parents=True)
    shutil.copy(dataset / "red" / "0.png", tmp_path / "queries" / "red" / "q.png")
    for i in range(1, 6):
        (dataset / "red" / f"{i}.png").rename(dataset / "blue" / f"x{i}.png")
    with pytest.raises(EngineError, match="No query has an image of its class"):
        run(dataset, mean_colour, queries=tmp_path / "queries")


def test_a_fraction_leaves_what_a_training_on_it_does_not_learn_from(dataset, mean_colour):
    images = class_folders(dataset)
    learnt, rest = split_by_class(images, 0.34, 5)
    assert choose_images([dataset], fraction=0.34, seed=5).images == learnt
    clean = run(dataset, mean_colour, fraction=0.34, seed=5).protocol
    assert (clean["gallery"], clean["queries"]) == (len(rest), len(rest)) == (8, 8)
    assert clean["parts"] == "all but the share of 0.34 of each class to learn from, seed 5"
    assert clean["copies of images to learn from, left out"] == 0

    shutil.copy(learnt[0].path, rest[0].path)
    shutil.copy(learnt[1].path, rest[-1].path)
    protocol = run(dataset, mean_colour, fraction=0.34, seed=5).protocol
    assert (protocol["gallery"], protocol["copies of images to learn from, left out"]) == (6, 2)
    assert run(dataset, mean_colour, fraction=0.34, seed=5, classes=("red",)).protocol["gallery"] == 3


def test_queries_from_elsewhere_are_not_learnt_from_either(dataset, mean_colour, tmp_path):
    shutil.copytree(dataset, tmp_path / "queries")
    protocol = run(dataset, mean_colour, queries=tmp_path / "queries", fraction=0.34, seed=5).protocol
    assert (protocol["gallery"], protocol["queries"]) == (8, 8)
    assert protocol["queries that the gallery holds"] == 8
    assert protocol["copies of images to learn from, left out"] == 4


def test_a_fraction_that_leaves_nothing_is_refused(dataset, mean_colour):
    with pytest.raises(EngineError, match="between 0 and 1") as caught:
        run(dataset, mean_colour, fraction=1.0)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_query_that_is_a_file_of_the_dataset_does_not_find_itself(dataset, mean_colour, tmp_path):
    for folder, kept in (("red", 0), ("red", 1), ("blue", 0)):
        link = tmp_path / "queries" / folder / f"{kept}.png"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(dataset / folder / f"{kept}.png")
    for i in range(2, 6):
        (dataset / "red" / f"{i}.png").unlink()
    report = run(dataset, mean_colour, queries=tmp_path / "queries").report
    assert report.metrics["hit@1"] == 1
    # Each of the two red ones finds the other alone; were it in its own gallery, it would find two.
    assert report.per_query["P@5"].tolist() == [1, 1 / 5, 1 / 5]


def test_images_keep_their_size_in_whole_cells_or_become_squares(dataset, mean_colour):
    run(dataset, mean_colour)
    assert {shape[1:3] for shape in mean_colour.shapes} == {(160, 160), (256, 256)}
    mean_colour.shapes.clear()
    evaluation = run(dataset, mean_colour, side=96)
    assert {shape[1:3] for shape in mean_colour.shapes} == {(96, 96)}
    assert "96 x 96" in evaluation.protocol["image"]
    assert evaluation.report.metrics["mAP"] == 1


@pytest.mark.parametrize("side", [0, -32, 31, 100, 1056, 10**12])
def test_a_side_that_is_not_some_whole_cells_is_refused(dataset, mean_colour, side):
    with pytest.raises(EngineError, match="a multiple of 32 px, up to 1024, not") as caught:
        run(dataset, mean_colour, side=side)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_only_the_chosen_classes_are_queries_and_gallery(dataset, mean_colour, write_images, tmp_path):
    write_images(dataset / "green", "green")
    evaluation = run(dataset, mean_colour, classes=("green", "red"))
    assert (evaluation.protocol["gallery"], evaluation.protocol["queries"]) == (12, 12)
    assert evaluation.protocol["chosen classes"] == "green, red"
    assert evaluation.report.classes == ("green", "red")
    assert run(dataset, mean_colour).protocol["chosen classes"] == "all"

    write_images(tmp_path / "queries" / "red", "red")
    write_images(tmp_path / "queries" / "blue", "blue")
    apart = run(dataset, mean_colour, classes=("green", "red"), queries=tmp_path / "queries")
    assert (apart.protocol["queries"], apart.report.classes) == (6, ("green", "red"))


def test_a_class_that_is_not_there_is_named(dataset, mean_colour):
    with pytest.raises(EngineError, match="mauve") as caught:
        run(dataset, mean_colour, classes=("red", "mauve"))
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_of_a_dataset_that_names_its_parts_the_test_part_alone_is_used(tmp_path, mean_colour, write_images):
    for part in ("train", "test"):
        for label in ("red", "blue"):
            write_images(tmp_path / "parted" / part / label, label)
    (tmp_path / "parted" / "test" / "red" / "0.png").unlink()
    evaluation = run(tmp_path / "parted", mean_colour)
    assert evaluation.protocol["gallery"] == 11
    assert evaluation.protocol["parts"] == "the test part only"
    assert evaluation.protocol["copies of images to learn from, left out"] == 0
    shutil.copy(tmp_path / "parted/train/red/3.png", tmp_path / "parted/test/red/1.png")
    evaluation = run(tmp_path / "parted", mean_colour)
    assert evaluation.protocol["gallery"] == 10
    assert evaluation.protocol["copies of images to learn from, left out"] == 1


def test_a_class_with_one_image_has_nothing_to_find_and_is_left_out(dataset, mean_colour):
    (dataset / "green").mkdir()
    shutil.copy(dataset / "red" / "0.png", dataset / "green" / "0.png")
    protocol = run(dataset, mean_colour).protocol
    assert protocol["queries without relevant images, left out"] == 1
    assert (protocol["queries"], protocol["gallery"]) == (12, 13)


def test_embeddings_come_in_the_order_of_the_images_whatever_their_sizes(dataset, mean_colour):
    images = class_folders(dataset)
    steps = []
    embeddings = embed_images(images, mean_colour, None, lambda fraction, message, eta: steps.append((fraction, eta)))
    assert [image.label for image in images] == ["blue" if vector[2] > vector[0] else "red" for vector in embeddings]
    fractions = [fraction for fraction, _ in steps]
    assert fractions == sorted(fractions)
    assert steps[-1] == (1, 0)


def test_images_that_an_encoder_may_have_learnt_from_are_warned_of_by_name(dataset, mean_colour, tmp_path):
    assert run(dataset, mean_colour).warnings == []
    mean_colour.learnt = ("colours/Red", "roofs/hip")
    (warning,) = run(dataset, mean_colour).warnings
    assert "colours has learnt from classes called red before" in warning
    (warning,) = run(dataset.rename(tmp_path / "Colours_v2"), mean_colour).warnings
    assert "has learnt from Colours_v2 before" in warning


def test_images_that_an_encoder_has_learnt_from_among_the_queries_are_warned_of(dataset, mean_colour, tmp_path):
    mean_colour.learnt = ("colours/hue", "roofs/hip")
    queries = shutil.copytree(dataset, tmp_path / "colours")
    (warning,) = run(dataset, mean_colour, queries=queries).warnings
    assert "has learnt from colours before" in warning


def test_images_kept_apart_from_what_an_encoder_learnt_from_are_not_warned_of(dataset, mean_colour, tmp_path):
    mean_colour.learnt = ("red", "blue")
    assert run(dataset, mean_colour, fraction=0.34).warnings == []
    shutil.copytree(dataset, tmp_path / "parted" / "test")
    assert run(tmp_path / "parted", mean_colour).warnings == []


def test_figures_of_a_single_class_are_said_to_mean_nothing(dataset, mean_colour):
    (warning,) = run(dataset, mean_colour, classes=("red",)).warnings
    assert "are of one class" in warning


def test_a_report_holds_the_figures_and_pictures_of_every_class(dataset, mean_colour, tmp_path):
    pytest.importorskip("matplotlib")
    (dataset / "blue").rename(dataset / "b$l_u$e {x}")
    evaluation = run(dataset, mean_colour)
    folder = tmp_path / "report"
    folder.mkdir()
    paths = write_report(evaluation, folder)
    assert sorted(folder.iterdir()) == sorted(paths)
    written = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert written == evaluation.as_json()
    assert written["per class"]["red"] == {"queries": 6, "mAP": 1, "mAP@10": 1}
    assert written["confusion"]["queries"] == [[6, 0], [0, 6]]
    for name in ("per_class.png", "confusion.png"):
        picture = gdal.Open(str(folder / name)).ReadAsArray()[:3]
        assert picture.shape[1] > 100
        assert picture.shape[2] > 300
        assert len(np.unique(picture.reshape(3, -1), axis=1).T) > 50


def test_pictures_without_matplotlib_say_what_to_install(tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError('there is none')")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from frors_qgis.engine.learning.pictures import require_matplotlib\n"
        "from frors_qgis.protocol import EngineError\n"
        "try:\n    require_matplotlib()\n"
        "except EngineError as error:\n    print(error.code.value, error.message)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("engine_missing")
    assert "requirements-learning.txt" in done.stdout


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
@pytest.mark.parametrize("side", [None, 64])
def test_an_image_that_cannot_be_read_is_named(dataset, mean_colour, content, side):
    (dataset / "red" / "broken.png").write_bytes(content)
    with pytest.raises(EngineError, match=r"broken\.png") as caught:
        run(dataset, mean_colour, side=side)
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_a_folder_without_class_folders_is_refused(tmp_path, mean_colour):
    with pytest.raises(EngineError, match="class folders"):
        run(tmp_path, mean_colour)
    with pytest.raises(EngineError, match="no folder"):
        run(tmp_path / "nowhere", mean_colour)
