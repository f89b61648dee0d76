from __future__ import annotations

import random

import pytest

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.template import from_sentence, to_sentence
from frors_qgis.protocol import EngineError, ErrorCode

SCENE = Acquisition(
    "sentinel-2a", "msi", "L2A", 10.0, 12.4, 3.6, "2019-06-07T10:30:31Z", (5.4, 43.3), "Marseille, France"
)


def test_a_sentence_goes_from_coarse_to_fine():
    assert to_sentence(SCENE, "ships in a harbour") == (
        "platform sentinel-2a, sensor msi, level L2A. resolution 10 m. location 43.30 N 5.40 E, tile 120222133301, "
        "place Marseille France. acquired 2019-06, summer. cloud 12 %, off-nadir 4 degrees. content ships in a harbour."
    )


def test_what_is_not_known_is_left_out():
    assert to_sentence(Acquisition()) == ""
    assert to_sentence(Acquisition(acquired="2019")) == "acquired 2019."
    assert to_sentence(Acquisition(acquired="2019-12", place=(18.4, -33.9))) == (
        "location 33.90 S 18.40 E, tile 300231032021. acquired 2019-12, summer."
    )


def test_a_sentence_is_read_back_as_closely_as_it_tells():
    told, content = from_sentence(to_sentence(SCENE, "ships"))
    assert told == Acquisition("sentinel-2a", "msi", "L2A", 10.0, 12.0, 4.0, "2019-06", (5.4, 43.3), "Marseille France")
    assert content == "ships"
    assert from_sentence("") == (Acquisition(), None)


def maybe(rng, value):
    return value if rng.random() < 0.6 else None


def any_acquisition(rng):
    name = "".join(rng.choice("ab Z1.,-_/()é日") for _ in range(rng.randint(1, 30)))
    day = f"{rng.randint(1800, 2199)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}T10:00:00"
    return Acquisition(
        platform=maybe(rng, rng.choice(["sentinel-2b", "landsat-8", "phantom 4", "x, y. z", name.strip() or "a"])),
        sensor=maybe(rng, rng.choice(["msi", "oli_tirs", "FC6310", name.strip() or "a"])),
        level=maybe(rng, rng.choice(["L2A", "L1TP", "ortho"])),
        gsd=maybe(rng, 10 ** rng.uniform(-3, 5)),
        cloud=maybe(rng, rng.uniform(0, 100)),
        off_nadir=maybe(rng, rng.uniform(0, 90)),
        acquired=maybe(rng, day[: rng.choice([4, 7, 10, 19])]),
        place=maybe(rng, (rng.uniform(-180, 180), rng.uniform(-90, 90))),
        place_name=maybe(rng, name),
    )


def test_any_acquisition_gives_a_sentence_that_means_the_same_again():
    rng = random.Random(7)
    for _ in range(2000):
        acquisition = any_acquisition(rng)
        content = maybe(rng, rng.choice(["a field", "dots. and, commas.", "  ", "content. cloud 3 %."]))
        sentence = to_sentence(acquisition, content)
        told, told_content = from_sentence(sentence)
        assert to_sentence(told, told_content) == sentence
        assert (told.gsd is None) == (acquisition.gsd is None)
        assert told.gsd is None or told.gsd == pytest.approx(acquisition.gsd, rel=0.005)
        assert told.acquired == (acquisition.acquired and acquisition.acquired[:7])
        assert (told.place is None) == (acquisition.place is None)


@pytest.mark.parametrize(
    "text",
    [
        "platform sentinel-2a",
        "hello.",
        "cloud 12 %. resolution 10 m.",
        "sensor msi, platform x.",
        "resolution 10 m, cloud 12 %.",
        "cloud 12 %. off-nadir 4 degrees.",
        "resolution ten m.",
        "resolution 10.",
        "location 91.00 N 5.40 E.",
        "acquired 2019-13.",
        "cloud 120 %.",
        "platform .",
        "resolution 10 m. resolution 10 m.",
        "x" * 3000,
        ". . .",
    ],
)
def test_a_text_that_is_no_such_sentence_is_refused(text):
    with pytest.raises(EngineError) as caught:
        from_sentence(text)
    assert caught.value.code is ErrorCode.BAD_REQUEST
    assert caught.value.message.endswith(".")
