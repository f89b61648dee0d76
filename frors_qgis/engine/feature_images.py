"""Cuts an image of every labelled feature out of its raster, to learn from."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from frors_qgis.engine.feature_places import UNREADABLE, FeaturePlaces, Place
from frors_qgis.engine.imagery.picture import save_png
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Pixels, Reader
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.labelled_features import LabelledFeature, Skipped
from frors_qgis.engine.learning.dataset import LabelledImage
from frors_qgis.engine.learning.progress import Progress
from frors_qgis.protocol import EngineError, ErrorCode

MOST_PIXELS = 4096
"""Pixels of its raster along the longer side of a feature."""

_LEAST_VALID = 0.5
_NOTHING = (124, 117, 104)
"""What is no measurement: the mean that encoders subtract, so that it looks to them as it does round a query box."""


@dataclass(frozen=True)
class FeatureImage:
    """An image of a feature, by its id, and where it lies."""

    id: int
    image: LabelledImage
    place: Place


def cut_images(
    features: Sequence[LabelledFeature],
    places: FeaturePlaces,
    folder: Path,
    side: int,
    surroundings: float,
    progress: Progress,
) -> tuple[list[FeatureImage], list[Skipped]]:
    """Writes a square PNG, `side` pixels along a side, for each feature; the others are skipped with a reason.

    folder: made if need be. The names of the files are numbers; what a label holds never gets into a path.
    surroundings: what is shown beyond the feature on each of its sides, as a share of its longer side.
    Raises EngineError(DISK_FULL), and what `progress` raises.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def read(raster: Raster, stretch: Stretch, window: PixelWindow) -> Pixels:
        return _read_square(raster, stretch, window, side, surroundings)

    images: list[FeatureImage] = []
    skipped: list[Skipped] = []
    started = time.monotonic()
    for done, feature in enumerate(features):
        left = (time.monotonic() - started) * (len(features) - done) / done if done else None
        progress(done / len(features), f"Cutting images of {len(features):,} features", left)
        try:
            place, pixels = places.read(feature, read)
        except EngineError as error:
            if error.code not in UNREADABLE:
                raise
            skipped.append(Skipped(feature.id, error.message))
            continue
        path = folder / f"{done:06d}.png"
        save_png(pixels, path)
        images.append(FeatureImage(feature.id, LabelledImage(path, feature.label), place))
    return images, skipped


def _read_square(raster: Raster, stretch: Stretch, window: PixelWindow, side: int, surroundings: float) -> Pixels:
    """The square round a window, [side, side, 3]; pixels that are no measurement have the mean colour.

    Raises EngineError: BOX_TOO_LARGE, BOX_EMPTY where less than half of the window is valid, RASTER_UNREADABLE.
    """
    if max(window.width, window.height) > MOST_PIXELS:
        raise EngineError(
            ErrorCode.BOX_TOO_LARGE,
            f"Its box is {max(window.width, window.height):,.0f} pixels of {raster.path} long, and {MOST_PIXELS:,} are "
            "the most.",
        )
    longer = max(window.width * raster.ground_x, window.height * raster.ground_y)
    length = longer * (1 + 2 * surroundings)
    column = window.column + window.width / 2 - length / raster.ground_x / 2
    row = window.row + window.height / 2 - length / raster.ground_y / 2
    grid = raster.grid(length / side, column, row)
    pixels = Reader(raster, stretch).read(grid, 0, 0, side, side)
    left, top = (window.column - grid.column) / grid.step_x, (window.row - grid.row) / grid.step_y
    right, bottom = left + window.width / grid.step_x, top + window.height / grid.step_y
    own = pixels.valid[max(0, round(top)) : max(1, round(bottom)), max(0, round(left)) : max(1, round(right))]
    if not own.size or own.mean() < _LEAST_VALID:
        raise EngineError(ErrorCode.BOX_EMPTY, "Over half of it is nodata.")
    rgb = np.where(pixels.valid[..., None], pixels.rgb, np.array(_NOTHING, np.uint8))
    return Pixels(rgb, pixels.valid)
