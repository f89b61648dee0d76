"""Where a raster lies on the ground: its CRS, its transform, and what follows from both."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, osr

from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.protocol import EngineError, ErrorCode

Box = tuple[float, float, float, float]
Transform = tuple[float, float, float, float, float, float]

_CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
_EDGE_POINTS = 16
_WIDE = 90.0  # degrees of longitude along one edge
_POLAR = 85.0  # degrees of latitude
_CACHED_CRS = 16
_AUTHORITY_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]+:[A-Za-z0-9_.]+")
_LARGEST_COORDINATE = 1e12  # in any unit; PROJ loops for hours over some beyond 1e15
_WGS84_AXIS = 6378137.0
_WGS84_ECCENTRICITY_SQUARED = 0.0066943799901413165
_LONGITUDE_LATITUDE = "EPSG:4326"


class Georeference:
    """A raster's CRS and transform. Not thread-safe: one per thread.

    `crs` is WKT2; `transform` is GDAL's: x = t0 + column * t1 + row * t2, y = t3 + column * t4 + row * t5.
    `ground_x` and `ground_y` are metres on the ground of one pixel along a row and down a column, at the raster's
    centre.

    Raises EngineError(RASTER_WITHOUT_CRS) when CRS and transform do not place the raster on the Earth.
    """

    def __init__(self, srs: osr.SpatialReference, transform: Transform, width: int, height: int) -> None:
        self._srs = srs.Clone()
        self._srs.StripVertical()
        self._srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        self._systems: dict[str, osr.SpatialReference] = {}
        self._transformations: dict[tuple[str, bool], osr.CoordinateTransformation] = {}
        self._size = (width, height)
        self.crs: str = srs.ExportToWkt(["FORMAT=WKT2_2019"])
        self.transform = transform
        axes = np.array([transform[1:3], transform[4:6]], float)
        determinant = axes[0, 0].item() * axes[1, 1].item() - axes[0, 1].item() * axes[1, 0].item()
        if not all(map(math.isfinite, (*transform, determinant))) or determinant == 0.0:
            raise EngineError(
                ErrorCode.RASTER_WITHOUT_CRS,
                "The raster's transform gives its pixels no size; georeference the raster again.",
            )
        self._axes = axes
        self.ground_x, self.ground_y = self._ground_size()
        self._inverse = np.linalg.inv(axes)

    def footprints(self, windows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Corners [n, 4, 2] of windows [n, 4] (column, row, width, height), as (longitude, latitude) in EPSG:4326.

        Corners go round from the upper left one. Rings are contiguous: next to the antimeridian longitudes pass 180.
        The westernmost is in [-180, 180). Raises EngineError(BAD_REQUEST) for a window that is not on the Earth.
        """
        if not len(windows):
            return np.empty((0, 4, 2))
        corners = windows[:, None, :2] + _CORNERS * windows[:, None, 2:]
        points = self._project(self._to_crs(corners.reshape(-1, 2)), _LONGITUDE_LATITUDE, inverse=False)
        longitudes, latitudes = np.moveaxis(points.reshape(-1, 4, 2), 2, 0)
        unwrapped = np.unwrap(longitudes, axis=1, period=360.0)
        turns = np.abs(np.diff(unwrapped, axis=1, append=unwrapped[:, :1])).max(axis=1)
        far_round = (turns > _WIDE) | (np.abs(latitudes).max(axis=1) > _POLAR)
        for number in np.flatnonzero(far_round):  # only the edges between tell which way round
            ring = self._to_crs(_window_ring(PixelWindow(*windows[number].tolist())))
            along = self._project(ring, _LONGITUDE_LATITUDE, inverse=False)[:, 0]
            unwrapped[number] = np.unwrap(along, period=360.0)[: 4 * _EDGE_POINTS : _EDGE_POINTS]
        west = unwrapped.min(axis=1, keepdims=True)
        unwrapped -= 360.0 * np.floor((west + 180.0) / 360.0)
        return np.stack([unwrapped, np.clip(latitudes, -90.0, 90.0)], axis=2)

    def bounds(self, window: PixelWindow, crs: str) -> Box:
        """The box (xmin, ymin, xmax, ymax) in `crs` (authority code or WKT) round a window, its edges densified.

        Next to the antimeridian x passes 180 degrees; round a pole the box is the whole cap.
        Raises EngineError(BAD_REQUEST) when the CRS is unknown or cannot hold the window.
        """
        points = self._project(self._to_crs(_window_ring(window)), crs, inverse=False)
        return _extent(points, self._system(crs))

    def window(self, box: Box, crs: str | None = None) -> PixelWindow:
        """The smallest window that holds a box in `crs` (None: the raster's own), its edges densified.

        Raises EngineError(BAD_REQUEST) when the box is empty or not finite, or the CRS is unknown or does not reach
        the raster's CRS.
        """
        xmin, ymin, xmax, ymax = box
        if not all(map(math.isfinite, box)) or xmin >= xmax or ymin >= ymax:
            raise EngineError(
                ErrorCode.BAD_REQUEST, f"The box {list(box)} is empty or not finite; give xmin, ymin, xmax, ymax."
            )
        points = _ring(xmin, ymin, xmax, ymax)
        if crs is not None:
            points = self._project(points, crs, inverse=True)
        if period := _period(self._srs):
            if crs is not None:
                west, south, east, north = _extent(points, self._srs)
                if east - west >= period:  # a cap round a pole
                    points = _ring(west, south, east, north)
                points[:, 0] = np.unwrap(points[:, 0], period=period)
            centre = self._to_crs(np.array([self._size]) / 2.0)[0, 0]
            points[:, 0] += period * round((centre - (points[:, 0].min() + points[:, 0].max()) / 2.0) / period)
        pixels = (points - [self.transform[0], self.transform[3]]) @ self._inverse.T
        (left, top), (right, bottom) = pixels.min(axis=0).tolist(), pixels.max(axis=0).tolist()
        return PixelWindow(left, top, right - left, bottom - top)

    def _ground_size(self) -> tuple[float, float]:
        """Metres on the ground of one pixel along a row and down a column, at the centre."""
        width, height = self._size
        centre = np.array([width / 2.0, height / 2.0])
        offset = 1.0 / 32.0  # of a pixel: small enough for pixels as large as a continent
        ends = centre + offset * np.array([[-1, 0], [1, 0], [0, -1], [0, 1]], float)
        try:
            points = self._project(self._to_crs(ends), _LONGITUDE_LATITUDE, inverse=False)
        except EngineError as error:
            raise EngineError(
                ErrorCode.RASTER_WITHOUT_CRS, "The raster's CRS and transform do not place it on the Earth."
            ) from error
        earth = _geocentric(points)
        ground_x = float(np.linalg.norm(earth[1] - earth[0])) / (2.0 * offset)
        ground_y = float(np.linalg.norm(earth[3] - earth[2])) / (2.0 * offset)
        if np.abs(points[:, 1]).max() > 90.0 + 1e-6 or min(ground_x, ground_y) <= 0.0:
            raise EngineError(
                ErrorCode.RASTER_WITHOUT_CRS, "The raster's CRS and transform do not place it on the Earth."
            )
        return ground_x, ground_y

    def _to_crs(self, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixel positions [n, 2] as coordinates [n, 2] in the raster's CRS."""
        return pixels @ self._axes.T + np.array([self.transform[0], self.transform[3]])

    def _project(self, points: NDArray[np.float64], crs: str, *, inverse: bool) -> NDArray[np.float64]:
        """Points [n, 2] from the raster's CRS to `crs`, or back."""
        sentence = "A place cannot be transformed between the raster's CRS and the one asked for."
        system = self._system(crs)
        if not np.abs(points).max() < _LARGEST_COORDINATE:
            raise EngineError(ErrorCode.BAD_REQUEST, sentence)
        with gdal_errors(ErrorCode.BAD_REQUEST, sentence):
            transformation = self._transformations.get((crs, inverse))
            if transformation is None:
                pair = (system, self._srs) if inverse else (self._srs, system)
                transformation = checked(osr.CreateCoordinateTransformation(*pair))
                self._transformations[crs, inverse] = transformation
            result = np.array(transformation.TransformPoints(points.tolist()), float)[:, :2]
        if not np.isfinite(result).all():
            raise EngineError(ErrorCode.BAD_REQUEST, sentence)
        return result

    def _system(self, crs: str) -> osr.SpatialReference:
        system = self._systems.get(crs)
        if system is None:
            system = spatial_reference(crs)
            if len(self._systems) >= _CACHED_CRS:
                self._systems.clear()
                self._transformations.clear()
            self._systems[crs] = system
        return system


def is_same_crs(recorded: str, crs: str) -> bool:
    """Whether two texts mean one CRS; a recorded one that cannot be read means none."""
    try:
        return recorded == crs or bool(spatial_reference(recorded).IsSame(spatial_reference(crs)))
    except EngineError:
        return False


def spatial_reference(crs: str) -> osr.SpatialReference:
    """The CRS that an authority code (EPSG:4326), WKT or PROJ text names, with x before y.

    Never opens a file or an address. Raises EngineError(BAD_REQUEST) for a text that names none.
    """
    sentence = f"The CRS '{crs[:80]}' is unknown; give an authority code such as EPSG:4326, or WKT."
    system = osr.SpatialReference()
    with gdal_errors(ErrorCode.BAD_REQUEST, sentence):
        if "[" in crs:
            failed = system.ImportFromWkt(crs)
        elif crs.startswith("+"):
            failed = system.ImportFromProj4(crs)
        else:
            failed = not _AUTHORITY_CODE.fullmatch(crs) or system.SetFromUserInput(crs)
        if failed:
            raise RuntimeError(gdal.GetLastErrorMsg())
        system.StripVertical()
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return system


def transform_of_gcps(gcps: list[gdal.GCP]) -> Transform | None:
    """The transform that fits all ground control points to less than a pixel, or None when there is none."""
    pixels = np.array([(gcp.GCPPixel, gcp.GCPLine) for gcp in gcps], float).reshape(-1, 2)
    places = np.array([(gcp.GCPX, gcp.GCPY) for gcp in gcps], float).reshape(-1, 2)
    if len(gcps) < 3 or not np.isfinite(pixels).all() or not np.isfinite(places).all():
        return None
    pixel_centre, place_centre = pixels.mean(axis=0), places.mean(axis=0)
    axes, _, rank, _ = np.linalg.lstsq(pixels - pixel_centre, places - place_centre, rcond=None)
    if rank < 2 or np.linalg.det(axes) == 0.0:
        return None
    residual = (places - place_centre) @ np.linalg.inv(axes) - (pixels - pixel_centre)
    if not np.abs(residual).max() < 1.0:
        return None
    x, y = (place_centre - pixel_centre @ axes).tolist()
    (a, d), (b, e) = axes.tolist()
    return (x, a, b, y, d, e)


def _ring(xmin: float, ymin: float, xmax: float, ymax: float) -> NDArray[np.float64]:
    """A closed ring [4 * _EDGE_POINTS + 1, 2] along a rectangle's edges, from (xmin, ymin) along x first."""
    steps = np.arange(_EDGE_POINTS) / _EDGE_POINTS
    corners = np.array([(xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax), (xmin, ymin)], float)
    edges = corners[:-1, None] + steps[None, :, None] * (corners[1:] - corners[:-1])[:, None]
    return np.concatenate([edges.reshape(-1, 2), corners[:1]])


def _window_ring(window: PixelWindow) -> NDArray[np.float64]:
    return _ring(window.column, window.row, window.column + window.width, window.row + window.height)


def _extent(ring: NDArray[np.float64], system: osr.SpatialReference) -> Box:
    """The box round a closed ring, whose x may have been wrapped at the CRS's seam."""
    x, y = ring[:, 0], ring[:, 1]
    if period := _period(system):
        x = np.unwrap(x, period=period)
        if abs(x[-1] - x[0]) > period / 2.0 and system.IsGeographic():  # once round a pole
            pole = math.copysign(period / 4.0, float(y.mean()))
            return (-period / 2.0, min(float(y.min()), pole), period / 2.0, max(float(y.max()), pole))
    return (float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _period(system: osr.SpatialReference) -> float | None:
    """How far one turn round the Earth is along the CRS's x axis; None where x does not go round."""
    if system.IsGeographic():
        return 2.0 * math.pi / float(system.GetAngularUnits())
    if system.GetAttrValue("PROJECTION") == "Mercator_1SP":  # Web Mercator too
        scale = float(system.GetNormProjParm("scale_factor", 1.0))
        return 2.0 * math.pi * float(system.GetSemiMajor()) * scale / float(system.GetLinearUnits())
    return None


def _geocentric(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(longitude, latitude) in degrees [n, 2] as metres from the Earth's centre [n, 3], on the WGS 84 ellipsoid."""
    longitude, latitude = np.radians(points[:, 0]), np.radians(points[:, 1])
    normal = _WGS84_AXIS / np.sqrt(1.0 - _WGS84_ECCENTRICITY_SQUARED * np.sin(latitude) ** 2)
    return np.stack(
        [
            normal * np.cos(latitude) * np.cos(longitude),
            normal * np.cos(latitude) * np.sin(longitude),
            normal * (1.0 - _WGS84_ECCENTRICITY_SQUARED) * np.sin(latitude),
        ],
        axis=1,
    )
