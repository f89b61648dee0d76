"""Platforms that imagery is commonly from: what they carry, how finely it sees, and when they flew."""

from __future__ import annotations

from typing import NamedTuple


class Product(NamedTuple):
    """Imagery of one unit of a platform by one sensor.

    `sensor` is None where no name of it is in common use; `gsds` are those that its files come in, in metres; `levels`
    are empty where a product has none of that kind; `first` and `last` are years in which it took pictures, None: it
    still does.
    """

    platform: str
    sensor: str | None
    gsds: tuple[float, ...]
    levels: tuple[str, ...]
    first: int
    last: int | None


_SENTINEL_1 = ("csar", (10.0, 20.0), ("L1",))
_SENTINEL_2 = ("msi", (10.0, 20.0, 60.0), ("L1C", "L2A"))
_OLCI = ("olci", (300.0,), ("L1", "L2"))
_LANDSAT = ("L1TP", "L2SP")
_TM = ("tm", (30.0,), _LANDSAT)
_OLI = ("oli_tirs", (15.0, 30.0), _LANDSAT)
_AIRBORNE = (0.05, 0.1, 0.2, 0.4, 1.0)
_UAV = (0.01, 0.02, 0.05, 0.1)

CATALOGUE = tuple(
    Product(*row)
    for row in (
        ("sentinel-1a", *_SENTINEL_1, 2014, None),
        ("sentinel-1b", *_SENTINEL_1, 2016, 2021),
        ("sentinel-1c", *_SENTINEL_1, 2024, None),
        ("sentinel-2a", *_SENTINEL_2, 2015, None),
        ("sentinel-2b", *_SENTINEL_2, 2017, None),
        ("sentinel-2c", *_SENTINEL_2, 2024, None),
        ("sentinel-3a", *_OLCI, 2016, None),
        ("sentinel-3b", *_OLCI, 2018, None),
        ("landsat-4", *_TM, 1982, 1993),
        ("landsat-5", *_TM, 1984, 2013),
        ("landsat-5", "mss", (60.0,), ("L1TP",), 1984, 2013),
        ("landsat-7", "etm", (15.0, 30.0), _LANDSAT, 1999, 2024),
        ("landsat-8", *_OLI, 2013, None),
        ("landsat-9", *_OLI, 2021, None),
        ("terra", "modis", (250.0, 500.0, 1000.0), ("L1B", "L2", "L3"), 2000, None),
        ("aqua", "modis", (250.0, 500.0, 1000.0), ("L1B", "L2", "L3"), 2002, None),
        ("terra", "aster", (15.0, 30.0), ("L1T", "L2"), 2000, None),
        ("noaa-20", "viirs", (375.0, 750.0), ("L1B", "L2"), 2017, None),
        ("alos", "avnir", (10.0,), (), 2006, 2011),
        ("cbers-4a", "wpm", (2.0, 8.0), ("L2", "L4"), 2019, None),
        ("gaofen-1", None, (2.0, 8.0, 16.0), (), 2013, None),
        ("gaofen-2", None, (0.8, 1.0, 3.2, 4.0), (), 2014, None),
        ("planetscope", "psbsd", (3.0,), ("L3A", "L3B"), 2020, None),
        ("planetscope", "ps2", (3.0,), ("L3A", "L3B"), 2016, 2022),
        ("rapideye", "msi", (5.0,), ("L3A",), 2009, 2020),
        ("skysat", None, (0.5, 0.8, 1.0), (), 2013, None),
        ("spot-4", "hrvir", (10.0, 20.0), ("L1A", "L2A"), 1998, 2013),
        ("spot-5", "hrg", (2.5, 5.0, 10.0), ("L1A", "L2A"), 2002, 2015),
        ("spot-6", "naomi", (1.5, 6.0), (), 2012, None),
        ("spot-7", "naomi", (1.5, 6.0), (), 2014, 2023),
        ("ikonos", None, (1.0, 4.0), (), 1999, 2015),
        ("quickbird-2", None, (0.6, 2.4), (), 2001, 2014),
        ("worldview-1", None, (0.5,), (), 2007, None),
        ("geoeye-1", None, (0.4, 0.5, 1.6, 2.0), (), 2008, None),
        ("worldview-2", None, (0.5, 2.0), (), 2009, None),
        ("worldview-3", None, (0.3, 1.2), (), 2014, None),
        ("pleiades-1a", None, (0.5, 2.0), (), 2011, None),
        ("pleiades-1b", None, (0.5, 2.0), (), 2012, None),
        ("pleiades-neo-3", None, (0.3, 1.2), (), 2021, None),
        ("pleiades-neo-4", None, (0.3, 1.2), (), 2021, None),
        ("kompsat-3", None, (0.7, 2.8), (), 2012, None),
        ("kompsat-3a", None, (0.55, 2.2), (), 2015, None),
        ("airborne", None, _AIRBORNE, (), 1990, None),
        ("uav", None, _UAV, (), 2010, None),
    )
)
