"""What files have in common that an archive is copied from."""

from __future__ import annotations

from frors_qgis.engine.archive.queries import SavedQuery, SavedQueryEntry, unknown_query
from frors_qgis.engine.archive.records import Generation


class FileSource:
    """They do not change, and hold no saved queries: those are the user's own."""

    id: str
    encoder: str
    encoder_sha256: str
    dimension: int

    def generation(self) -> Generation:
        """Always the same."""
        return Generation(self.id, 0, 0)

    def saved_queries(self) -> list[SavedQueryEntry]:
        """None."""
        return []

    def saved_query(self, name: str) -> SavedQuery:
        """Raises EngineError(QUERY_UNKNOWN)."""
        raise unknown_query(name)
