"""Rasters that were damaged or made by somebody who means harm: opened, planned, and read for one block."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Reader
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.indexing.plan import Levels, Plan
from tests.hard.mutation import TEXTS, mutated_bytes

_SIDE = 192
_COMPRESSIONS = ("NONE", "DEFLATE", "LZW", "JPEG", "PACKBITS")
_SIZES = (0, 1, -1, 64, 192, 65_536, 10**6, 10**9, 2**31 - 1, 2**31, 10**12)
_TRANSFORMS = (
    "500000, 10, 0, 5000000, 0, -10", "0, 0, 0, 0, 0, 0", "nan, nan, nan, nan, nan, nan", "1e99, 1e99, 0, 1e99, 0, 1",
    "0, 1e-300, 0, 0, 0, 1e-300", "inf, 1, 0, 0, 0, 1", "5, 1, 1, 5, 1, 1", "a, b, c, d, e, f", "500000, 10", "",
    "500000, -10, 3, 5000000, 3, 10", "-1e9, 1e6, 0, 1e9, 0, -1e6",
)  # fmt: skip
_SRS = ("EPSG:32632", "EPSG:4326", "EPSG:3857", "", "EPSG:99999", "LOCAL_CS[]", 'GEOGCS["' + "x" * 5000, "EPSG:4978")
_TYPES = ("Byte", "UInt16", "Float32", "Float64", "CFloat32", "Int64", "Nonsense", "")
_PROGRAM = "import pathlib\ndef harm(*a, **k):\n    pathlib.Path('executed').touch()\n"


class Inputs:
    """See `hostile_worker.Surface`."""

    def __init__(self, folder: Path) -> None:
        chance = np.random.default_rng(0)
        pixels = chance.integers(0, 255, (3, _SIDE // 8, _SIDE // 8), dtype=np.uint8).repeat(8, 1).repeat(8, 2)
        self._tiffs = []
        for compression in _COMPRESSIONS:
            path = folder / f"{compression}.tif"
            options = ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", f"COMPRESS={compression}", "INTERLEAVE=PIXEL"]
            dataset = gdal.GetDriverByName("GTiff").Create(str(path), _SIDE, _SIDE, 3, gdal.GDT_Byte, options)
            srs = osr.SpatialReference()
            srs.ImportFromEPSG(32632)
            dataset.SetProjection(srs.ExportToWkt())
            dataset.SetGeoTransform((500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0))
            dataset.WriteRaster(0, 0, _SIDE, _SIDE, pixels.tobytes())
            del dataset
            self._tiffs.append(path.read_bytes())
        self._pictures = {}
        for suffix, driver in ((".png", "PNG"), (".jpg", "JPEG")):
            gdal.GetDriverByName(driver).CreateCopy(str(folder / f"a{suffix}"), gdal.Open(str(path)))
            self._pictures[suffix] = (folder / f"a{suffix}").read_bytes()

    def read_valid(self, folder: Path) -> None:
        for number, content in enumerate(self._tiffs):
            path = folder / f"{number}.tif"
            path.write_bytes(content)
            _read_block(path)

    def read(self, chance: random.Random, folder: Path) -> str:
        (folder / "a.tif").write_bytes(chance.choice(self._tiffs))
        kind = chance.randrange(10)
        if kind < 4:
            path = folder / "a.tif"
            path.write_bytes(mutated_bytes(path.read_bytes(), chance))
        elif kind < 8:
            path = folder / "a.vrt"
            text = _vrt(chance)
            path.write_bytes(mutated_bytes(text.encode(), chance) if chance.randrange(5) == 0 else text.encode())
        else:
            path = self._picture(chance, folder)
        _read_block(path)
        return "read"

    def _picture(self, chance: random.Random, folder: Path) -> Path:
        """A PNG or JPEG file with a world file and a CRS beside it; most declare another size than they have."""
        suffix = chance.choice(sorted(self._pictures))
        path = folder / f"a{suffix}"
        content = self._pictures[suffix]
        width, height = (chance.choice((1, 192, 30_000, 65_535, 100_000, 2**31 - 1)) for _ in range(2))
        kind = chance.randrange(4)
        if kind == 0:
            content = mutated_bytes(content, chance)
        elif suffix == ".png" and kind == 1:
            content = _png_bomb(width, height)
        elif suffix == ".png":
            head = b"IHDR" + struct.pack(">II", width, height) + content[24:29]
            content = content[:12] + head + struct.pack(">I", zlib.crc32(head)) + content[33:]
        else:
            at = content.index(b"\xff\xc0") + 5
            content = content[:at] + struct.pack(">HH", height & 0xFFFF, width & 0xFFFF) + content[at + 4 :]
        path.write_bytes(content)
        (folder / f"a.{suffix[1]}{suffix[3]}w").write_text("10\n0\n0\n-10\n500000\n5000000\n", encoding="ascii")
        aux = f"<PAMDataset><SRS>{chance.choice(_SRS[:3])}</SRS></PAMDataset>"
        (folder / f"a{suffix}.aux.xml").write_text(aux, encoding="utf-8")
        return path


def _read_block(path: Path) -> None:
    """As an index run and a thumbnail do, for one block; raises EngineError."""
    with Raster(path) as raster:
        Plan(raster, Levels()).chip_count()
        reader = Reader(raster, estimate_stretch(raster))
        reader.read(raster.grid(), raster.width // 3, raster.height // 3, 256, 256)
        reader.read(raster.grid(raster.gsd * 3), 0, 0, 64, 64)
        raster.footprints(np.array([[0.0, 0.0, 64.0, 64.0]]))


def _png_bomb(width: int, height: int) -> bytes:
    """A PNG that unpacks to far more than it is: rows of zeroes."""
    packed = zlib.compress(bytes(min(width * height, 4_000_000)), 9)
    parts = [b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), b"IDAT" + packed, b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts
    )


def _vrt(chance: random.Random) -> str:
    """A VRT of the raster beside it in which some numbers are absurd."""

    def often(usual: str, others: tuple[object, ...]) -> str:
        return usual if chance.randrange(3) else str(chance.choice(others))

    count = chance.choice((1, 3, 3, 3, 3, 3, 3, 300)) if chance.randrange(100) else 30_000
    bands = "".join(_vrt_band(chance, number + 1, often) for number in range(min(count, 3)))
    if count > 3:
        bands += '<VRTRasterBand dataType="Byte"/>' * (count - 3)
    wide, high = often(str(_SIDE), _SIZES), often(str(_SIDE), _SIZES)
    srs, transform = often(_SRS[0], _SRS), often(_TRANSFORMS[0], _TRANSFORMS)
    return (
        f'<VRTDataset rasterXSize="{wide}" rasterYSize="{high}"><SRS>{_escape(srs)}</SRS>'
        f"<GeoTransform>{transform}</GeoTransform>{bands}</VRTDataset>"
    )


def _vrt_band(chance: random.Random, number: int, often: object) -> str:
    pick = often if callable(often) else str
    name = pick("a.tif", ("a.vrt", "missing.tif", "/dev/zero", "/vsimem/none", *TEXTS[:12]))
    block = pick("", (' blockXSize="1000000000" blockYSize="1000000000"', ' blockXSize="0"', ' blockXSize="-1"'))
    if chance.randrange(40) == 0:
        return (
            f'<VRTRasterBand dataType="Byte" band="{number}" subClass="VRTDerivedRasterBand"><PixelFunctionType>harm'
            "</PixelFunctionType><PixelFunctionLanguage>Python</PixelFunctionLanguage><PixelFunctionCode><![CDATA["
            f"{_PROGRAM}]]></PixelFunctionCode></VRTRasterBand>"
        )
    window = [pick(str(_SIDE), _SIZES) for _ in range(4)]
    nodata = pick("", ("<NoDataValue>nan</NoDataValue>", "<NoDataValue>1e999</NoDataValue>"))
    return (
        f'<VRTRasterBand dataType="{pick("Byte", _TYPES)}" band="{pick(str(number), (0, -1, 10**6))}"{block}>{nodata}'
        f'<SimpleSource><SourceFilename relativeToVRT="{pick("1", (0, "x"))}">{_escape(name)}</SourceFilename>'
        f"<SourceBand>{pick(str(number), (0, -1, 10**6, 'mask,1'))}</SourceBand>"
        f'<SrcRect xOff="{pick("0", _SIZES)}" yOff="0" xSize="{window[0]}" ySize="{window[1]}"/>'
        f'<DstRect xOff="0" yOff="{pick("0", _SIZES)}" xSize="{window[2]}" ySize="{window[3]}"/>'
        "</SimpleSource></VRTRasterBand>"
    )


def _escape(text: str) -> str:
    safe = text.encode("utf-8", "replace").decode().replace("\0", "")
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
