"""Where labelled features lie on some rasters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

from frors_qgis.engine.boxes import LEAST_PIXELS
from frors_qgis.engine.call import Call
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.labelled_features import LabelledFeature
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode

_Value = TypeVar("_Value")

POINT_PIXELS = 64
"""Pixels of its raster along a side of a point's box, where no size is given."""

_NARROW = 1e-6
"""Either way, in units of the CRS, where a feature has no extent: what lies round it has its place."""

UNREADABLE = frozenset(
    {
        ErrorCode.BAD_REQUEST,
        ErrorCode.BOX_OUTSIDE,
        ErrorCode.BOX_EMPTY,
        ErrorCode.BOX_TOO_SMALL,
        ErrorCode.BOX_TOO_LARGE,
        ErrorCode.RASTER_UNREADABLE,
    }
)
"""Errors that concern one feature on one raster, and not the others."""


@dataclass(frozen=True)
class Place:
    """A feature's window on one of the rasters, by its number."""

    number: int
    window: PixelWindow


class FeaturePlaces:
    """Some rasters, open, and where features lie on them. A context manager. Not thread-safe.

    Raises what `Raster` raises for the first that cannot be opened.
    """

    def __init__(
        self,
        paths: Sequence[str],
        crs: str | None,
        point_size: float | None,
        stretch_of: Callable[[Raster], Stretch],
        call: Call,
    ) -> None:
        """crs: of the features (None: each raster's own); point_size: metres along a side of a point's box.

        stretch_of: asked once for each raster, when it is first read.
        Raises EngineError(BAD_REQUEST) for a size that is not above 0.
        """
        if point_size is not None and point_size <= 0:
            raise EngineError(ErrorCode.BAD_REQUEST, f"The size of points must be above 0 m, not {point_size:g}.")
        self._crs = crs
        self._point_size = point_size
        self._stretch_of = stretch_of
        self._stretches: dict[int, Stretch] = {}
        self.rasters: list[Raster] = []
        with ExitStack() as stack:
            for path in paths:
                call.check()
                self.rasters.append(stack.enter_context(Raster(path)))
            self._stack = stack.pop_all()

    def __enter__(self) -> FeaturePlaces:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def read(
        self, feature: LabelledFeature, read: Callable[[Raster, Stretch, PixelWindow], _Value]
    ) -> tuple[Place, _Value]:
        """The first of a feature's places that can be read, and what `read` makes of it there.

        Raises EngineError, its code one of `UNREADABLE`, where there is none; and what else `read` raises.
        """
        refusal: EngineError | None = None
        for place in self.of(feature):
            raster = self.rasters[place.number]
            try:
                if place.number not in self._stretches:
                    self._stretches[place.number] = self._stretch_of(raster)
                return place, read(raster, self._stretches[place.number], place.window)
            except EngineError as error:
                if error.code not in UNREADABLE:
                    raise
                refusal = refusal or error
        raise refusal or EngineError(ErrorCode.BOX_OUTSIDE, self._beside())

    def of(self, feature: LabelledFeature) -> list[Place]:
        """The feature's windows on the rasters that it touches, the one that shows most of it first.

        Raises EngineError: BOX_OUTSIDE where there is none, BOX_TOO_SMALL for a longer side under 8 pixels or another
        under 1, BAD_REQUEST where its CRS does not reach a raster.
        """
        found: list[tuple[float, Place]] = []
        refusal = EngineError(ErrorCode.BOX_OUTSIDE, self._beside())
        for number, raster in enumerate(self.rasters):
            try:
                window = self._window(raster, feature)
            except EngineError as error:
                refusal = error
                continue
            if share := _share_inside(window, raster):
                if max(window.width, window.height) >= LEAST_PIXELS and min(window.width, window.height) >= 1:
                    found.append((share, Place(number, window)))
                else:
                    refusal = EngineError(
                        ErrorCode.BOX_TOO_SMALL,
                        f"Its box is {window.width:.1f} x {window.height:.1f} pixels of {raster.path}; its longer side "
                        f"needs {LEAST_PIXELS}, the other 1.",
                    )
        if not found:
            raise refusal
        return [place for _, place in sorted(found, key=lambda one: -one[0])]

    def _window(self, raster: Raster, feature: LabelledFeature) -> PixelWindow:
        xmin, ymin, xmax, ymax = feature.box
        across, down = (0.0 if high > low else _NARROW for low, high in ((xmin, xmax), (ymin, ymax)))
        window = raster.window((xmin - across, ymin - down, xmax + across, ymax + down), self._crs)
        if not (across and down):
            return window
        width, height = float(POINT_PIXELS), float(POINT_PIXELS)
        if self._point_size is not None:
            width, height = self._point_size / raster.ground_x, self._point_size / raster.ground_y
        column, row = window.column + window.width / 2, window.row + window.height / 2
        return PixelWindow(column - width / 2, row - height / 2, width, height)

    def _beside(self) -> str:
        where = f"the raster {self.rasters[0].path}" if len(self.rasters) == 1 else "all of the rasters"
        return f"It lies beside {where}."


def open_places(parameters: Parameters, stretch_of: Callable[[Raster], Stretch], call: Call) -> FeaturePlaces:
    """The rasters of a request and where features in its "crs" lie on them, points with "point_size" metres."""
    return FeaturePlaces(
        parameters.texts("rasters"),
        parameters.optional_text("crs"),
        parameters.optional_number("point_size"),
        stretch_of,
        call,
    )


def _share_inside(window: PixelWindow, raster: Raster) -> float:
    """Share of a window's area that lies on a raster."""
    width = min(window.column + window.width, raster.width) - max(window.column, 0.0)
    height = min(window.row + window.height, raster.height) - max(window.row, 0.0)
    return max(0.0, width) * max(0.0, height) / (window.width * window.height)
