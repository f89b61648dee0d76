import dataclasses

import pytest
import torch
import torch.nn.functional as F

from frors_qgis.engine.learning.augmentation import Augmentation
from frors_qgis.protocol import EngineError

NONE = Augmentation.none()
STRENGTHS = [field.name for field in dataclasses.fields(Augmentation)]


def pictures(side=64, count=6):
    """Smooth random pictures, so that a quarter of a pixel's move changes little."""
    coarse = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(1)) * 255
    return F.interpolate(coarse, size=(side, side), mode="bicubic").clamp(0, 255)


def views(augmentation, rgb, side=64, seed=0):
    return augmentation.apply(rgb, side, torch.Generator().manual_seed(seed))


def only(**strengths):
    return dataclasses.replace(NONE, **strengths)


def disc(side, radius, count=16):
    axis = torch.arange(side) - (side - 1) / 2
    inside = (axis[:, None] ** 2 + axis[None] ** 2 <= radius**2).float() * 255
    return inside.expand(count, 3, side, side).contiguous()


@pytest.mark.parametrize("source", [20, 64, 75, 300])
@pytest.mark.parametrize("side", [32, 64])
def test_views_have_the_asked_shape_and_the_range_of_bytes(source, side):
    result = views(Augmentation(), pictures(source), side)
    assert result.shape == (6, 3, side, side)
    assert result.dtype == torch.float32
    assert result.isfinite().all()
    assert result.min() >= 0
    assert result.max() <= 255


def test_the_same_generator_gives_the_same_views_and_another_one_others():
    rgb = pictures()
    assert torch.equal(views(Augmentation(), rgb), views(Augmentation(), rgb))
    assert not torch.allclose(views(Augmentation(), rgb), views(Augmentation(), rgb, seed=1), atol=5)


def test_images_of_a_batch_are_varied_each_in_its_own_way():
    same = pictures(count=1).expand(8, -1, -1, -1)
    result = views(Augmentation(), same)
    assert all((result[i] - result[0]).abs().mean() > 1 for i in range(1, 8))


def test_the_images_themselves_are_left_alone():
    rgb = pictures()
    before = rgb.clone()
    views(Augmentation(blur=1.0), rgb)
    views(only(blur=1.0), rgb)
    assert torch.equal(rgb, before)


@pytest.mark.parametrize(("source", "side"), [(64, 64), (64, 32), (100, 64), (40, 64)])
def test_without_strengths_images_are_only_resized(source, side):
    rgb = pictures(source)
    resized = F.interpolate(rgb, size=(side, side), mode="bilinear", antialias=True)
    assert torch.allclose(views(NONE, rgb, side), resized.clamp(0, 255), atol=1e-3)


@pytest.mark.parametrize("name", STRENGTHS)
def test_each_strength_alone_changes_the_views(name):
    strength = {"view": 0.9, "zoom": 1.4, "aspect": 1.3, "rotation": 180.0}.get(name, 1.0)
    rgb = pictures()
    assert (views(only(**{name: strength}), rgb) - rgb).abs().mean() > 1


@pytest.mark.parametrize("name", STRENGTHS)
def test_a_batch_takes_the_same_numbers_whatever_the_strengths(name):
    first, second = (torch.Generator().manual_seed(5) for _ in range(2))
    rgb = pictures(count=40)
    without = dataclasses.replace(Augmentation(), **{name: getattr(NONE, name)})
    assert not torch.equal(Augmentation().apply(rgb, 64, first), without.apply(rgb, 64, second))
    assert torch.equal(first.get_state(), second.get_state())


def test_switching_a_strength_on_leaves_the_others_as_they_were():
    rgb = pictures()
    colour = views(only(brightness=0.25, contrast=0.25), rgb)
    mirrored = views(only(brightness=0.25, contrast=0.25, flip=1.0), rgb)
    assert torch.allclose(mirrored.flip(-1), colour, atol=0.01)


def test_rotation_alone_keeps_the_middle():
    rgb = pictures(65)
    turned = views(only(rotation=180.0), rgb, 65)
    middle = disc(65, 8, 1)[0, 0] > 0
    assert (turned[:, :, middle].mean(-1) - rgb[:, :, middle].mean(-1)).abs().max() < 2
    assert (turned - rgb).abs().mean(dim=(1, 2, 3)).min() > 5


def test_rotation_keeps_shapes_and_sizes():
    turned = views(only(rotation=180.0), disc(64, 20))
    assert (turned.mean((1, 2, 3)) / disc(64, 20).mean() - 1).abs().max() < 0.02


def test_a_flip_alone_mirrors_about_half_of_the_images():
    rgb = pictures(count=40)
    flipped = views(only(flip=0.5), rgb)
    kept = [torch.allclose(view, image, atol=0.01) for view, image in zip(flipped, rgb, strict=True)]
    mirrored = [torch.allclose(view, image.flip(-1), atol=0.01) for view, image in zip(flipped, rgb, strict=True)]
    assert [a != b for a, b in zip(kept, mirrored, strict=True)] == [True] * 40
    assert 8 <= sum(mirrored) <= 32


def test_zoom_stays_within_its_factor_either_way():
    areas = views(only(zoom=1.4), disc(96, 20), 96).mean((1, 2, 3)) / disc(96, 20).mean()
    factors = areas.sqrt()
    assert factors.min() < 0.85
    assert factors.max() > 1.15
    assert (factors > 1 / 1.45).all()
    assert (factors < 1.45).all()


def test_the_view_is_the_middle_part_of_the_image():
    area = views(only(view=0.5), disc(96, 20), 96).mean() / disc(96, 20).mean()
    assert area == pytest.approx(4, rel=0.03)


def test_aspect_changes_the_shape_and_keeps_the_area_in_every_direction():
    stretched = views(only(aspect=1.3, rotation=180.0), disc(96, 20), 96)
    assert (stretched.mean((1, 2, 3)) / disc(96, 20).mean() - 1).abs().max() < 0.03
    axis = torch.arange(96.0) - 47.5
    lengths = []
    for view in stretched[:, 0] / 255:
        x, y, xy = ((view * m).sum() for m in (axis[None] ** 2, axis[:, None] ** 2, axis[None] * axis[:, None]))
        lengths.append(torch.linalg.eigvalsh(torch.stack([torch.stack([x, xy]), torch.stack([xy, y])])).sqrt())
    ratios = torch.stack([long / short for short, long in lengths])
    assert ratios.max() > 1.3
    assert ratios.max() < 1.3**2 * 1.03


def test_shift_moves_by_at_most_its_share_of_half_a_side():
    axis = torch.arange(96.0) - 47.5
    moved = views(only(shift=0.15), disc(96, 10), 96)[:, 0]
    centres = (
        torch.stack([(moved * axis).sum((1, 2)), (moved * axis[:, None]).sum((1, 2))], 1) / moved.sum((1, 2))[:, None]
    )
    assert centres.abs().max() <= 0.15 * 48 + 0.5
    assert centres.std(0).min() > 1


def test_there_is_no_black_outside_the_image():
    white = torch.full((32, 3, 40, 40), 255.0)
    geometry = only(rotation=180.0, flip=0.5, view=1.0, zoom=2.0, aspect=1.1, shift=0.5)
    assert views(geometry, white, 40).min() > 254.9


def test_brightness_scales_the_mean_and_contrast_the_deviation():
    rgb = pictures(count=40) * 0.4 + 60
    ratio = views(only(brightness=0.25), rgb).mean((1, 2, 3)) / rgb.mean((1, 2, 3))
    assert ratio.min() == pytest.approx(0.75, abs=0.05)
    assert ratio.max() == pytest.approx(1.25, abs=0.05)
    contrasted = views(only(contrast=0.25), rgb)
    assert torch.allclose(contrasted.mean((1, 2, 3)), rgb.mean((1, 2, 3)), atol=0.01)
    ratio = contrasted.std((1, 2, 3)) / rgb.std((1, 2, 3))
    assert ratio.min() == pytest.approx(0.75, abs=0.05)
    assert ratio.max() == pytest.approx(1.25, abs=0.05)


def test_gain_scales_each_channel_for_itself():
    rgb = pictures(count=40) * 0.5 + 60
    ratio = views(only(gain=0.1), rgb) / rgb
    assert torch.allclose(ratio, ratio.mean((2, 3), keepdim=True).expand_as(ratio), atol=1e-4)
    channels = ratio.mean((2, 3))
    assert (channels - 1).abs().max() <= 0.1001
    assert channels.std(1).mean() > 0.02


def test_saturation_keeps_the_lightness_and_grey_takes_all_colour():
    rgb = pictures() * 0.5 + 60
    assert torch.allclose(views(only(saturation=0.3), rgb).mean(1), rgb.mean(1), atol=0.01)
    grey = views(only(grey=1.0, gain=0.06, saturation=0.3), rgb)
    assert torch.allclose(grey, grey[:, :1].expand_as(grey), atol=1e-3)


def test_blur_takes_fine_detail_from_the_share_of_images_that_it_meets():
    noise = torch.rand(60, 3, 64, 64, generator=torch.Generator().manual_seed(2)) * 255
    blurred = views(only(blur=0.3), noise)
    ratio = blurred.std((1, 2, 3)) / noise.std((1, 2, 3))
    untouched = (ratio - 1).abs() < 1e-4
    assert 30 <= untouched.sum() <= 54
    assert ratio[~untouched].min() < 0.6
    assert torch.allclose(blurred.mean((1, 2, 3)), noise.mean((1, 2, 3)), atol=1.5)


@pytest.mark.parametrize("augmentation", [NONE, only(rotation=180.0)])
def test_detail_finer_than_the_view_becomes_grey_not_a_pattern(augmentation):
    chequers = ((torch.arange(256)[:, None] + torch.arange(256)) % 2).float() * 255
    result = views(augmentation, chequers.expand(4, 3, 256, 256).contiguous(), 64)[:, :, 8:-8, 8:-8]
    assert result.std() < 3
    assert result.mean() == pytest.approx(127.5, abs=1)


@pytest.mark.parametrize(
    "strengths",
    [{"zoom": 0.9}, {"aspect": 0.0}, {"flip": 1.1}, {"view": 0.0}, {"rotation": -1.0}, {"blur": float("nan")}],
)
def test_a_strength_that_makes_no_sense_is_named(strengths):
    with pytest.raises(EngineError, match=f"strength {next(iter(strengths))} "):
        Augmentation(**strengths)
