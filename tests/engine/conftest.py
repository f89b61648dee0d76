"""What the tests of every room of the engine share: the encoder, the sample raster, the real data where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, osr

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.encoder_pool import EncoderPool
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER
from frors_qgis.resources import resource_path

REPOSITORY = Path(__file__).resolve().parents[2]
UTM = (500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)

GDAL_TYPES = {
    "uint8": gdal.GDT_Byte,
    "uint16": gdal.GDT_UInt16,
    "int16": gdal.GDT_Int16,
    "uint32": gdal.GDT_UInt32,
    "int32": gdal.GDT_Int32,
    "float32": gdal.GDT_Float32,
    "float64": gdal.GDT_Float64,
    "complex64": gdal.GDT_CFloat32,
}


@pytest.fixture(scope="session")
def sample_path() -> Path:
    """The sample raster of the repository: 0.3 m aerial, EPSG:26910."""
    return resource_path("sample", "kitsap.tif")


@pytest.fixture(scope="session")
def encoder():
    """The real encoder, loaded once."""
    return EncoderPool().get(DEFAULT_ENCODER, "cpu")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The shared images and rasters; tests that need them are skipped where they are not."""
    folder = Path(os.environ.get("FRORS_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"there are no shared images in {folder}; set FRORS_DATA")
    return folder


class ColourEncoder:
    """Embeds a window by its mean colour: fast, exact, and able to fail. A stand-in where the pixels do not matter."""

    halo = 144
    dimension = 4

    def __init__(self, blocks: int = 1) -> None:
        """blocks: how many it likes to encode together."""
        self.blocks = blocks
        self.joins = blocks > 1
        self.batches = []

    def batch(self, height, width):
        return self.blocks

    def encode(self, rgb, valid, windows, pause=lambda: None):
        self.batches.append(len(rgb))
        core = slice(self.halo, -self.halo)
        embeddings = [
            [self._embed(block[core, core], mask[core, core], window) for window in windows]
            for block, mask in zip(rgb, valid, strict=True)
        ]
        return np.array(embeddings, np.float32)

    def _embed(self, pixels, valid, window):
        x, y, width, height = (round(32 * value) for value in window)
        part = pixels[y : y + height, x : x + width][valid[y : y + height, x : x + width]]
        vector = np.append(part.mean(axis=0) / 255 - 0.5, 0.1) if len(part) else np.ones(4)
        return vector / np.linalg.norm(vector)


@pytest.fixture
def colour_encoder() -> ColourEncoder:
    return ColourEncoder()


@pytest.fixture
def colour_archive(tmp_path):
    """An empty archive for the ColourEncoder's vectors."""
    with Archive.create(tmp_path / "colours.gpkg", encoder="colours", encoder_sha256="0" * 64, dimension=4) as archive:
        yield archive


@pytest.fixture
def write_raster(tmp_path):
    """Writes an array [h, w] or [bands, h, w] as a GeoTIFF and returns its path."""

    def write(
        array,
        name="raster.tif",
        transform=UTM,
        crs="EPSG:32632",
        nodata=None,
        colours=None,
        descriptions=(),
        palette=None,
        mask=None,
        tags=None,
        options=(),
    ) -> Path:
        array = np.asarray(array)
        array = array[None] if array.ndim == 2 else array
        path = tmp_path / name
        bands, height, width = array.shape
        dataset = gdal.GetDriverByName("GTiff").Create(
            str(path), width, height, bands, GDAL_TYPES[array.dtype.name], options=list(options)
        )
        assert dataset is not None
        if transform is not None:
            dataset.SetGeoTransform(transform)
        if crs is not None:
            srs = osr.SpatialReference()
            srs.SetFromUserInput(crs)
            dataset.SetProjection(srs.ExportToWkt())
        if tags:
            dataset.SetMetadata(tags)
        for number in range(1, bands + 1):
            band = dataset.GetRasterBand(number)
            if colours:
                band.SetColorInterpretation(colours[number - 1])
            if nodata is not None:
                band.SetNoDataValue(nodata)
            if descriptions:
                band.SetDescription(descriptions[number - 1])
        if palette is not None:
            table = gdal.ColorTable()
            for index, colour in enumerate(palette):
                table.SetColorEntry(index, colour)
            dataset.GetRasterBand(1).SetColorTable(table)
        if mask is not None:
            before = gdal.GetConfigOption("GDAL_TIFF_INTERNAL_MASK")
            gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "NO")  # in a file beside it, also from GDAL 3.9 on
            dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
            gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", before)
            content = (np.asarray(mask) * 255).astype(np.uint8).tobytes()
            dataset.GetRasterBand(1).GetMaskBand().WriteRaster(0, 0, width, height, content)
        dataset.WriteRaster(0, 0, width, height, np.ascontiguousarray(array).tobytes())
        dataset = None
        return path

    return write


@pytest.fixture
def real_raster(data_folder):
    """The path of a real raster by name; skips where the data are not."""

    def find(name: str) -> Path:
        path = data_folder / "rasters" / name
        if not path.exists():
            pytest.skip(f"the real raster {name} is not here; set FRORS_DATA to the folder of the data")
        return path

    return find


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
