"""Places on the Earth as (longitude, latitude) in degrees, EPSG:4326."""

from __future__ import annotations

import math

Place = tuple[float, float]

EARTH_RADIUS_KM = 6371.0088
MOST_KM = 20_037.5
"""Half way round the Earth: nothing is farther away."""

_MERCATOR_LATITUDE = 85.05112878


def distance_km(one: Place, other: Place) -> float:
    """The great-circle distance in kilometres, on a sphere (within 0.6 % of the ellipsoid's)."""
    (lon1, lat1), (lon2, lat2) = (tuple(map(math.radians, place)) for place in (one, other))
    chord = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


def quadkey(place: Place, zoom: int) -> str:
    """The quadkey of the Web Mercator tile that holds a place, of `zoom` digits; the caps beyond 85 degrees join it."""
    longitude, latitude = place
    tiles = 1 << zoom
    sine = math.sin(math.radians(max(-_MERCATOR_LATITUDE, min(_MERCATOR_LATITUDE, latitude))))
    x = ((longitude + 180.0) % 360.0) / 360.0
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    column, row = (max(0, min(tiles - 1, math.floor(part * tiles))) for part in (x, y))
    return "".join(str((column >> bit & 1) + 2 * (row >> bit & 1)) for bit in range(zoom - 1, -1, -1))
