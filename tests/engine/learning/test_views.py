import copy
import dataclasses
import os
import shutil

import numpy as np
import pytest
import torch

from frors_qgis.engine.encoders.device import Device
from frors_qgis.engine.encoders.resnet import normalise
from frors_qgis.engine.learning.augmentation import Augmentation
from frors_qgis.engine.learning.dataset import class_folders, read_square
from frors_qgis.engine.learning.views import ViewCache
from frors_qgis.protocol import EngineError, ErrorCode

CPU = Device("cpu", torch.float32, "for a test")
ALL = np.arange(18)


def nothing(fraction, message, eta):
    pass


@pytest.fixture
def cache(tmp_path, class_folder, trunk):
    """Makes a cache of the small dataset; arguments replace the usual ones."""

    def make(folder="cache", **changes):
        values = {"images": class_folders(class_folder), "side": 64, "views": 2, "augmentation": Augmentation()}
        values |= {"seed": 3, "trunk": trunk, "device": CPU} | changes
        return ViewCache(tmp_path / folder, **values)

    return make


def built(cache):
    cache.build(nothing)
    return cache


def test_without_views_the_maps_are_those_of_the_images_as_they_are(cache, class_folder, trunk):
    maps = built(cache(views=0)).read(0, ALL)
    images = np.stack([read_square(image.path, 64) for image in class_folders(class_folder)])
    rgb = torch.from_numpy(images).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        expected = copy.deepcopy(trunk).eval().early(normalise(rgb, torch.ones_like(rgb[:, :1])))
    assert maps.shape == (18, 1024, 4, 4)
    assert maps.dtype == torch.float32
    assert maps.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(maps, expected, rtol=2e-3, atol=2e-3)


def test_views_of_an_image_differ_and_each_image_may_be_read_in_its_own(cache):
    views = built(cache())
    first, second = views.read(0, ALL), views.read(1, ALL)
    assert all((first[i] - second[i]).abs().mean() > 0.01 for i in ALL)
    mixed = views.read(np.array([1, 0]), np.array([4, 7]))
    assert torch.equal(mixed, torch.stack([second[4], first[7]]))


def test_a_build_that_was_killed_goes_on_with_its_view_and_ends_with_the_same_maps(cache):
    def killed_in_the_second_view(fraction, message, eta):
        if message == "Computing view 2 of 3, before training":
            raise KeyboardInterrupt

    told = []
    interrupted = cache(views=3)
    with pytest.raises(KeyboardInterrupt):
        interrupted.build(killed_in_the_second_view)
    again = cache(views=3)
    again.build(lambda fraction, message, eta: told.append(message))
    assert not any(message == "Computing view 1 of 3, before training" for message in told)
    assert told[-1] == "Computing view 3 of 3, before training"
    whole = built(cache("elsewhere", views=3))
    assert all(torch.equal(again.read(view, ALL), whole.read(view, ALL)) for view in range(3))


def test_what_one_run_built_another_one_reads(cache):
    built(cache())
    told = []
    second = cache()
    second.build(lambda *progress: told.append(progress))
    assert told == []
    assert second.read(1, ALL).shape == (18, 1024, 4, 4)


def test_maps_are_kept_as_half_floats_and_nothing_else_stays(cache, tmp_path):
    views = built(cache())
    sizes = {path.suffix: path.stat().st_size for path in (tmp_path / "cache").iterdir()}
    assert sizes[".maps"] == views.size == 2 * 18 * 4 * 4 * 1024 * 2
    assert set(sizes) == {".maps", ".json"}


def test_whatever_the_maps_depend_on_has_a_file_of_its_own(cache, class_folder, trunk, tmp_path):
    frozen, late = copy.deepcopy(trunk), copy.deepcopy(trunk)
    with torch.no_grad():
        frozen.layer3[0].conv1.weight[0, 0] += 1
        late.layer4[0].conv1.weight[0, 0] += 1
    copied = tmp_path / "copied"
    shutil.copytree(class_folder, copied)
    before = class_folders(copied)
    images = class_folders(class_folder)
    changes = [
        {},
        {"side": 96},
        {"views": 3},
        {"seed": 4},
        {"augmentation": dataclasses.replace(Augmentation(), zoom=2.0)},
        {"images": images[1:]},
        {"images": images[::-1]},
        {"images": before},
        {"trunk": frozen},
        {"device": Device("cpu", torch.bfloat16, "for a test")},
    ]
    names = [cache(**change).name for change in changes]
    assert len(set(names)) == len(changes)
    assert cache(trunk=late).name == names[0]
    os.utime(before[0].path, (1, 1))
    assert cache(images=before).name not in names


def test_views_that_would_not_fit_the_disk_are_refused_before_any_is_computed(cache, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1 << 20))
    with pytest.raises(EngineError, match="--cache") as caught:
        built(cache())
    assert caught.value.code is ErrorCode.DISK_FULL
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_image_that_cannot_be_read_is_named(cache, class_folder, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(class_folder, broken)
    (broken / "c1" / "3.png").write_bytes(b"no picture")
    with pytest.raises(EngineError, match=r"3\.png") as caught:
        built(cache(images=class_folders(broken)))
    assert caught.value.code is ErrorCode.DATASET_INVALID
