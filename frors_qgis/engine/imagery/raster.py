"""An open raster."""

from __future__ import annotations

import hashlib
import math
import os
import re
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.engine.imagery.georeference import Box, Georeference, Transform, transform_of_gcps
from frors_qgis.engine.imagery.grid import Grid
from frors_qgis.engine.imagery.metadata.tags import RasterMetadata, read_metadata
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.protocol import EngineError, ErrorCode

_CACHE_BYTES = 128 << 20  # a block of 1824 px has 10 MB in three bands, 90 MB in thirteen of 16 bits
if gdal.GetConfigOption("GDAL_CACHEMAX") is None:  # else GDAL keeps up to a twentieth of the computer's memory
    gdal.SetCacheMax(_CACHE_BYTES)

_WHOLE_STEP_TOLERANCE = 0.01
_SMALLEST_STEP = 1.0 / 1024.0
_LARGEST_STEP = 1024.0
_SUBDATASET = re.compile(r"[A-Za-z0-9_]{2,}:(?!//)")  # GPKG:file:table, NETCDF:"file":variable
_SIDECARS = (".aux.xml", ".ovr", ".prj", ".qpj", ".qml", ".qmd", ".tfw", ".tifw", ".wld", ".jgw", ".pgw", ".j2w")


class Raster:
    """A georeferenced raster, open for reading. Not thread-safe: one per thread. A context manager.

    `path` is as given, `width` and `height` are pixels, `bands` counts bands, `nodata` is the first band's nodata value
    as text or None, `crs` is WKT2, `transform` is GDAL's six numbers, `identity` changes when a file of the raster
    does. `ground_x` and `ground_y` are metres on the ground of one pixel along a row and down a column, at the raster's
    centre; `gsd` is their geometric mean.

    Raises EngineError: RASTER_MISSING, RASTER_UNREADABLE (not an image, damaged, no bands, complex numbers) or
    RASTER_WITHOUT_CRS (no CRS, or no transform and no ground control points that one fits to less than a pixel).
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self._overviews: dict[int, gdal.Dataset] = {}
        refusal = f"The raster {self.path} cannot be read."
        if os.path.isdir(self.path):  # some formats are folders
            refusal = f"{self.path} is a folder that cannot be read as a raster; name the raster files in it."
        with gdal_errors(ErrorCode.RASTER_UNREADABLE, refusal):
            if gdal.VSIStatL(self.path) is None and not _SUBDATASET.match(self.path):
                raise EngineError(
                    ErrorCode.RASTER_MISSING,
                    f"The raster {self.path} does not exist; check its path, or mount its drive.",
                )
            dataset = self._dataset = checked(gdal.OpenEx(self.path, gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR))
            self._refuse_unusable_bands(dataset)
            self.width, self.height, self.bands = dataset.RasterXSize, dataset.RasterYSize, dataset.RasterCount
            nodata = dataset.GetRasterBand(1).GetNoDataValue()
            self.nodata = None if nodata is None else f"{nodata:g}"
            self.metadata: RasterMetadata = read_metadata(dataset)
            self._georeference = self._read_georeference(dataset)
            self.identity = _identity(dataset)
        self.crs = self._georeference.crs
        self.transform = self._georeference.transform
        self.ground_x, self.ground_y = self._georeference.ground_x, self._georeference.ground_y
        self.gsd = math.sqrt(self.ground_x * self.ground_y)

    def __enter__(self) -> Raster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def has_changed(self) -> bool:
        """Whether a file of it is another one by now, or gone, or still being written."""
        return self._dataset is not None and _identity(self._dataset) != self.identity

    def close(self) -> None:
        """Lets go of the file; reading afterwards raises EngineError(RASTER_UNREADABLE)."""
        self._overviews.clear()
        self._dataset = None

    def grid(self, gsd: float | None = None, column: float = 0.0, row: float = 0.0) -> Grid:
        """The grid at a ground GSD in metres (None: the raster's own) with its origin at raster pixel (column, row).

        A step within 1 % of a whole number of pixels is made whole, and the origin then lies on a whole pixel, so that
        reading at the raster's own GSD never resamples; the grid's `gsd` is what comes of it.
        Raises EngineError(BAD_REQUEST) for a GSD that is not positive, or over 1024 times coarser or finer than the
        raster's.
        """
        wanted = self.gsd if gsd is None else gsd
        steps = [wanted / self.ground_x, wanted / self.ground_y]
        origin = [column, row]
        if not all(_SMALLEST_STEP <= step <= _LARGEST_STEP for step in steps) or not all(map(math.isfinite, origin)):
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                f"The raster {self.path} has pixels of {self.gsd:.3g} m and cannot be read at {wanted:.3g} m.",
            )
        for axis, step in enumerate(steps):
            whole = max(1.0, float(round(step)))
            if abs(step - whole) <= _WHOLE_STEP_TOLERANCE * whole:
                steps[axis] = whole
                origin[axis] = float(round(origin[axis]))
        true_gsd = math.sqrt(steps[0] * self.ground_x * steps[1] * self.ground_y)
        return Grid(true_gsd, steps[0], steps[1], origin[0], origin[1])

    def footprints(self, windows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Corners [n, 4, 2] of windows [n, 4] (column, row, width, height), as (longitude, latitude) in EPSG:4326.

        Corners go round from the upper left one. Rings are contiguous: next to the antimeridian longitudes pass 180.
        The westernmost is in [-180, 180). Raises EngineError(BAD_REQUEST) for a window that is not on the Earth.
        """
        return self._georeference.footprints(windows)

    def place(self, window: PixelWindow | None = None) -> tuple[float, float]:
        """The centre of a window (None: of the raster) as (longitude, latitude) in EPSG:4326.

        Raises EngineError(BAD_REQUEST) for a window that is not on the Earth.
        """
        whole = window or PixelWindow(0.0, 0.0, self.width, self.height)
        column, row = whole.column + whole.width / 2.0, whole.row + whole.height / 2.0
        longitude, latitude = self.footprints(np.array([[column, row, 0.0, 0.0]]))[0, 0].tolist()
        return longitude, latitude

    def bounds(self, window: PixelWindow, crs: str) -> Box:
        """The box (xmin, ymin, xmax, ymax) in `crs` (authority code or WKT) round a window, its edges densified.

        Next to the antimeridian x passes 180 degrees; round a pole the box is the whole cap.
        Raises EngineError(BAD_REQUEST) when the CRS is unknown or cannot hold the window.
        """
        return self._georeference.bounds(window, crs)

    def window(self, box: Box, crs: str | None = None) -> PixelWindow:
        """The smallest window that holds a box in `crs` (None: the raster's own), its edges densified.

        Raises EngineError(BAD_REQUEST) when the box is empty or not finite, or the CRS is unknown or does not reach
        the raster's CRS.
        """
        return self._georeference.window(box, crs)

    def dataset(self, overview: int | None = None) -> gdal.Dataset:
        """The open GDAL dataset, or one of its overviews (0-based) as a dataset of its own.

        Raises EngineError(RASTER_UNREADABLE) after `close`, or when the overview cannot be opened.
        """
        with gdal_errors(ErrorCode.RASTER_UNREADABLE, f"The raster {self.path} cannot be read."):
            if self._dataset is None:
                raise RuntimeError("it was closed")
            if overview is None:
                return self._dataset
            if overview not in self._overviews:
                options = [f"OVERVIEW_LEVEL={overview}"]
                self._overviews[overview] = checked(gdal.OpenEx(self.path, gdal.OF_RASTER, open_options=options))
            return self._overviews[overview]

    def _refuse_unusable_bands(self, dataset: gdal.Dataset) -> None:
        if dataset.RasterCount == 0:
            parts = [name for name, _ in dataset.GetSubDatasets()]
            hint = f"; it is a container, give one of its parts, such as {parts[0]}" if parts else ""
            raise EngineError(ErrorCode.RASTER_UNREADABLE, f"The raster {self.path} holds no bands{hint}.")
        if gdal.DataTypeIsComplex(dataset.GetRasterBand(1).DataType):
            raise EngineError(
                ErrorCode.RASTER_UNREADABLE, f"The raster {self.path} holds complex numbers; convert it to intensity."
            )

    def _read_georeference(self, dataset: gdal.Dataset) -> Georeference:
        transform: Transform | None = dataset.GetGeoTransform(can_return_null=True)
        srs = dataset.GetSpatialRef()
        if transform is None and dataset.GetGCPCount() > 0:
            transform = transform_of_gcps(list(dataset.GetGCPs()))
            srs = dataset.GetGCPSpatialRef() or srs
            if transform is None:
                raise EngineError(
                    ErrorCode.RASTER_WITHOUT_CRS,
                    f"The ground control points of {self.path} fit no plain transform; warp the raster first.",
                )
        if srs is None or transform is None:
            lacking = "coordinate reference system" if srs is None else "geotransform"
            raise EngineError(
                ErrorCode.RASTER_WITHOUT_CRS, f"The raster {self.path} has no {lacking}; georeference it first."
            )
        return Georeference(srs, transform, dataset.RasterXSize, dataset.RasterYSize)


def _identity(dataset: gdal.Dataset) -> str:
    """A digest of the names, sizes and modification times of the dataset's files that hold pixels."""
    facts = []
    for name in sorted(_files(dataset)):
        if name.lower().endswith(_SIDECARS) and name != dataset.GetDescription():
            continue
        try:
            stat = Path(name).stat()
            facts.append(f"{Path(name).name}:{stat.st_size}:{stat.st_mtime_ns}")
        except (OSError, ValueError):
            virtual = gdal.VSIStatL(name)
            facts.append(f"{Path(name).name}:{virtual.size if virtual else '?'}")
    return hashlib.sha256("\n".join(facts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _files(dataset: gdal.Dataset) -> list[str]:
    """The dataset's files; its own alone where GDAL cannot read one beside it, which is an error from 3.13 on."""
    try:
        return list(dataset.GetFileList() or [])
    except RuntimeError:
        return [dataset.GetDescription()]
