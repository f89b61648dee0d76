"""Resampling along one axis of a grid, such that a window of the result is a slice of any larger one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CHUNK = 64
_WHOLE = 1e-6
_LONGEST_CUBIC_STEP = 4.0


@dataclass(frozen=True)
class Axis:
    """`count` grid pixels along one axis of an image of `size` pixels.

    Grid pixel i covers the image from `origin + (first + i) * step` on, `step` image pixels long. It is inside when at
    least half of it is; only those are read and written.
    """

    origin: float
    step: float
    first: int
    count: int
    size: int

    @property
    def is_aligned(self) -> bool:
        """Whether every grid pixel consists of whole image pixels."""
        return abs(self.step - round(self.step)) < _WHOLE**2 and abs(self.origin - round(self.origin)) < _WHOLE

    @property
    def is_copy(self) -> bool:
        """Whether every grid pixel is one image pixel."""
        return self.is_aligned and round(self.step) == 1

    @property
    def _is_mean(self) -> bool:
        """Whether grid pixels are plain means of the image pixels under them."""
        return self.is_aligned or self.step >= _LONGEST_CUBIC_STEP

    def inside(self) -> range:
        """Which of the grid pixels, counted from 0, are inside the image."""
        start = math.ceil((-self.origin) / self.step - 0.5 - _WHOLE) - self.first
        stop = math.floor((self.size - self.origin) / self.step - 0.5 + _WHOLE) + 1 - self.first
        start = min(max(start, 0), self.count)
        return range(start, max(start, min(stop, self.count)))

    def narrowed(self, part: range) -> Axis:
        """The axis of some of its grid pixels."""
        return Axis(self.origin, self.step, self.first + part.start, len(part), self.size)

    def source(self) -> tuple[int, int]:
        """The image pixels [start, stop) that the grid pixels, all of them inside, are made of."""
        return self._span(0, self.count)

    def resample(self, image: NDArray[np.float32], axis: int, *, area: bool = False) -> NDArray[np.float32]:
        """An image [..., h, w] holding the `source` pixels, resampled along its axis -2 or -1 to `count` pixels.

        The mean of the image pixels when aligned, when the step is 4 or more, and when `area` is asked for; otherwise
        cubic convolution, widened by the step when that is above 1, so that nothing aliases.
        """
        start = self.source()[0]
        shape = list(image.shape)
        shape[axis] = self.count
        result = np.empty(shape, np.float32)
        for head in range(0, self.count, _CHUNK):
            tail = min(head + _CHUNK, self.count)
            low, high = self._span(head, tail)
            weights = self._weights(head, tail, low, high, area=area)
            if axis == -2:
                result[..., head:tail, :] = weights @ image[..., low - start : high - start, :]
            else:
                result[..., head:tail] = image[..., low - start : high - start] @ weights.T
        return result

    def _span(self, head: int, tail: int) -> tuple[int, int]:
        halo = 0.0 if self._is_mean else 2.0 * max(self.step, 1.0)
        low = math.floor(self.origin + (self.first + head) * self.step - halo + _WHOLE)
        high = math.ceil(self.origin + (self.first + tail) * self.step + halo - _WHOLE)
        return max(low, 0), min(max(high, 1), self.size)

    def _weights(self, head: int, tail: int, low: int, high: int, *, area: bool) -> NDArray[np.float32]:
        """Weights [tail - head, high - low] of the image pixels; each row sums to 1."""
        starts = self.origin + (self.first + np.arange(head, tail)[:, None]) * self.step
        pixels = np.arange(low, high)[None, :]
        if area or self._is_mean:
            weights = np.minimum(starts + self.step, pixels + 1.0) - np.maximum(starts, pixels)
            weights = np.where(weights > _WHOLE, weights, 0.0)
        else:
            weights = _cubic((pixels + 0.5 - starts - self.step / 2.0) / max(self.step, 1.0))
        return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _cubic(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys' cubic convolution kernel, a = -0.5."""
    x = np.abs(distance)
    near = (1.5 * x - 2.5) * x * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))
