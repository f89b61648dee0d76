from dataclasses import asdict, replace

import numpy as np
import pytest

from frors_qgis.engine.archive.array_file import ArrayFileError
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.indexing.encoding import encoded
from frors_qgis.engine.indexing.parts import PartTask, encode_part, read_part
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.protocol import EngineError

LEVELS = Levels(windows=(4,))


@pytest.fixture
def task(write_raster):
    """Of all blocks of a raster, one of which is empty."""
    picture = np.random.default_rng(3).integers(1, 255, (3, 200, 4000), dtype=np.uint8)
    picture[:, :, 1300:3100] = 0
    path = write_raster(picture, nodata=0)
    with Raster(path) as raster:
        plan = Plan(raster, LEVELS)
        [stripe] = plan.stripes(1)
        return PartTask(
            raster=str(path),
            identity=raster.identity,
            stretch=estimate_stretch(raster).to_json(),
            **asdict(LEVELS),
            passes=plan.to_json()["passes"],
            first=stripe.start,
            end=stripe.stop,
            encoder="colours",
            encoder_sha256="0" * 64,
        )


def test_a_part_gives_back_the_chips_of_its_blocks_also_of_those_without(task, colour_encoder, tmp_path):
    encode_part(task, lambda: colour_encoder, tmp_path)
    blocks = read_part(task, tmp_path, colour_encoder.dimension)
    with Raster(task.raster) as raster:
        plan = Plan(raster, LEVELS, task.passes)
        with encoded(raster, estimate_stretch(raster), colour_encoder, plan.blocks()) as batches:
            expected = [block for batch in batches for block in batch]
    assert [number for number, _ in blocks] == [number for number, _ in expected] == list(task.blocks)
    assert {len(chips) for _, chips in blocks} >= {0}
    for (_, chips), (_, wanted) in zip(blocks, expected, strict=True):
        for name in ("windows", "gsd", "cells", "valid", "footprints"):
            assert np.array_equal(getattr(chips, name), getattr(wanted, name)), name
        assert np.array_equal(chips.vectors, wanted.vectors.astype(np.float16))
    assert [path.name for path in tmp_path.glob("*.part*")] == [task.name]


def test_a_part_s_name_says_all_that_decides_what_is_in_it(task):
    others = [
        replace(task, raster="/other.tif"),
        replace(task, identity="other"),
        replace(task, encoder_sha256="1" * 64),
        replace(task, end=task.end - 1),
        replace(task, stretch=task.stretch | {"low": [1.0, 0.0, 0.0]}),
    ]
    assert len({task.name, *(other.name for other in others)}) == 1 + len(others)
    assert replace(task, windows=(4,)).name == task.name


def test_a_raster_that_is_another_file_here_is_refused(task, colour_encoder, tmp_path):
    with pytest.raises(EngineError, match="is not the same file on all computers, or has changed"):
        encode_part(replace(task, identity="other"), lambda: colour_encoder, tmp_path)
    assert not list(tmp_path.glob("*.part*"))


def test_what_is_no_such_part_is_not_read(task, colour_encoder, tmp_path):
    encode_part(task, lambda: colour_encoder, tmp_path)
    path = tmp_path / task.name
    with pytest.raises(ArrayFileError, match="is another part"):
        read_part(task, tmp_path, colour_encoder.dimension + 1)
    other = replace(task, encoder="other")
    path.rename(tmp_path / other.name)
    with pytest.raises(ArrayFileError, match="is another part"):
        read_part(other, tmp_path, colour_encoder.dimension)
    with pytest.raises(ArrayFileError):
        read_part(task, tmp_path, colour_encoder.dimension)
    (tmp_path / other.name).write_bytes(b"")
    with pytest.raises(ArrayFileError):
        read_part(other, tmp_path, colour_encoder.dimension)
