"""Makes the sample raster from the source distribution of the Python package splitraster.

python3 scripts/make_sample.py SPLITRASTER_FOLDER

SPLITRASTER_FOLDER is the unpacked splitraster-0.4.1 (see resources/sample/README.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

from osgeo import gdal

SOURCE = Path("tests/data/raw/TIF/RGB5k.tif")
TARGET = Path(__file__).resolve().parent.parent / "resources" / "sample" / "kitsap.tif"
COLUMN, ROW, SIZE = 2176, 2688, 2048  # pixels of the source: car dealers, shops, rows of houses, a highway, woods
CREATION = ["TILED=YES", "COMPRESS=JPEG", "PHOTOMETRIC=YCBCR", "JPEG_QUALITY=85"]


def make_sample(source: Path, target: Path) -> None:
    """Writes the crop as a tiled GeoTIFF with overviews. Raises RuntimeError when GDAL cannot read or write."""
    gdal.UseExceptions()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    crop = gdal.Translate(str(target), str(source), srcWin=[COLUMN, ROW, SIZE, SIZE], creationOptions=CREATION)
    crop.FlushCache()
    del crop
    gdal.SetConfigOption("JPEG_QUALITY_OVERVIEW", "75")
    gdal.OpenEx(str(target), gdal.OF_UPDATE).BuildOverviews("AVERAGE", [2, 4, 8])


def main(arguments: list[str]) -> int:
    """Command line; returns the exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        make_sample(Path(arguments[0]) / SOURCE, TARGET)
    except RuntimeError as error:
        print(f"The sample was not made: {error}", file=sys.stderr)
        return 1
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
