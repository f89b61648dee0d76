"""Random views of images seen from above: there is no up, the GSD varies, and so do light and sensor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from frors_qgis.protocol import EngineError, ErrorCode

_MOST_OVERSAMPLED = 1.3  # pixels of the image per pixel of the view before it is shrunk, which keeps zooming in sharp
_DRAWS = 15


@dataclass(frozen=True)
class Augmentation:
    """How strongly images are varied. Every strength can be switched off alone; the others then vary as before.

    The geometry: `rotation` is the largest angle in degrees, either way; `flip` the probability of mirroring; `view`
    the side of the part in the middle that the view shows, in sides of the image, and `zoom` the largest factor on it,
    either way (a jitter of the GSD); `aspect` the largest factor on the width, either way, its inverse being on the
    height; `shift` the largest move along either side, in half sides. Outside the image lies its reflection.
    The colour: `brightness`, `contrast`, `saturation` and `gain` (of each channel) are the largest relative changes,
    either way; `grey` is the probability of a view without colour. `blur` is the probability of a coarser GSD: the
    view is mixed, in a share between none and all, with itself at twice the size of its pixels.
    Raises EngineError(BAD_REQUEST) for a strength that makes no sense.
    """

    rotation: float = 180.0
    flip: float = 0.5
    view: float = 0.9
    zoom: float = 1.4
    aspect: float = 1.1
    shift: float = 0.15
    brightness: float = 0.25
    contrast: float = 0.25
    saturation: float = 0.3
    gain: float = 0.06
    grey: float = 0.1
    blur: float = 0.2

    def __post_init__(self) -> None:
        ranges = {"rotation": (0.0, 180.0), "view": (0.1, 2.0), "zoom": (1.0, 10.0), "aspect": (1.0, 10.0)}
        for name, value in vars(self).items():
            least, most = ranges.get(name, (0.0, 1.0))
            if not least <= value <= most:
                raise EngineError(
                    ErrorCode.BAD_REQUEST,
                    f"The strength {name} of the augmentation must lie between {least:g} and {most:g}, not at {value}.",
                )

    @classmethod
    def none(cls) -> Augmentation:
        """The augmentation that only resizes."""
        return cls(0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def apply(self, rgb: Tensor, side: int, generator: torch.Generator) -> Tensor:
        """Random views, float [B, 3, side, side] in 0..255, of images, float [B, 3, s, s] in 0..255.

        The same generator gives the same views; a batch of B takes the same numbers from it whatever the strengths.
        The numbers are drawn on the generator's device, the views made on that of the images.
        """
        draws = torch.rand(len(rgb), _DRAWS, generator=generator, device=generator.device).to(rgb)
        view = self._moved(rgb, side, draws[:, :6]) if self._moves else _resized(rgb, side)
        if self.blur:
            view = self._blurred(view, draws[:, 6:8])
        return self._coloured(view, draws[:, 8:]).clamp(0, 255)

    @property
    def _moves(self) -> bool:
        still = (self.rotation, self.flip, self.shift) == (0, 0, 0)
        return not still or (self.view, self.zoom, self.aspect) != (1, 1, 1)

    def _moved(self, rgb: Tensor, side: int, draws: Tensor) -> Tensor:
        angle = _either_way(draws[:, 0]) * math.radians(self.rotation)
        mirror = 1 - 2 * (draws[:, 1] < self.flip).to(draws)
        scale = self.view * torch.exp(_either_way(draws[:, 2]) * math.log(self.zoom))
        stretch = torch.exp(_either_way(draws[:, 3]) * math.log(self.aspect))
        shift = _either_way(draws[:, 4:6]) * self.shift
        across, down = mirror * scale * stretch, scale / stretch
        cosine, sine = torch.cos(angle), torch.sin(angle)
        rows = [
            torch.stack([cosine * across, -sine * down, shift[:, 0]], 1),
            torch.stack([sine * across, cosine * down, shift[:, 1]], 1),
        ]
        rgb = _resized(rgb, min(rgb.shape[-1], round(_MOST_OVERSAMPLED * side)))
        grid = F.affine_grid(torch.stack(rows, 1), [len(rgb), 3, side, side], align_corners=False)
        return F.grid_sample(rgb, grid, mode="bilinear", padding_mode="reflection", align_corners=False)

    def _blurred(self, view: Tensor, draws: Tensor) -> Tensor:
        chosen = draws[:, 0] < self.blur
        sharp = view[chosen]
        coarse = _resized(_resized(sharp, max(1, view.shape[-1] // 2)), view.shape[-1])
        blurred = view.clone()
        blurred[chosen] = torch.lerp(sharp, coarse, draws[chosen, 1][:, None, None, None])
        return blurred

    def _coloured(self, view: Tensor, draws: Tensor) -> Tensor:
        change = _either_way(draws)[:, :, None, None, None]
        mean = view.mean((1, 2, 3), keepdim=True)
        view = (view - mean) * (1 + self.contrast * change[:, 0]) + mean * (1 + self.brightness * change[:, 1])
        view = view * (1 + self.gain * change[:, 3:6, 0])
        lightness = view.mean(1, keepdim=True)
        coloured = (draws[:, 6] >= self.grey).to(draws)[:, None, None, None]
        return lightness + (view - lightness) * (1 + self.saturation * change[:, 2]) * coloured


def _either_way(draws: Tensor) -> Tensor:
    """Draws of 0..1 as -1..1."""
    return 2 * draws - 1


def _resized(rgb: Tensor, side: int) -> Tensor:
    """[B, 3, side, side]; antialiased where it shrinks."""
    if rgb.shape[-2:] == (side, side):
        return rgb
    return F.interpolate(rgb, size=(side, side), mode="bilinear", antialias=True)
