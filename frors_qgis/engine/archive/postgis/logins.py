"""Users and passwords that came with requests: in memory only, for as long as the process lives."""

from __future__ import annotations

from frors_qgis.location import DatabaseLocation

_LOGINS: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}


def remember_login(location: str, user: str | None, password: str | None) -> None:
    """Keeps who connects to the database of a location from now on, its other schemas included.

    Raises EngineError(BAD_REQUEST) for a location that is none.
    """
    given = {"user": user, "password": password}
    options = DatabaseLocation.parse(location).options
    _LOGINS[options] = {name: value for name, value in given.items() if value is not None}


def login_of(place: DatabaseLocation) -> dict[str, str]:
    """What was kept for a place, as options of libpq; nothing where libpq's own files are to say it."""
    return _LOGINS.get(place.options, {})
