"""The methods on the queries that an archive keeps."""

from __future__ import annotations

from pathlib import Path

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.call import Call
from frors_qgis.engine.methods.method import Method, Result
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.saved_queries import now, saved_query, saved_query_json


class SavedQueryMethods:
    """Saved queries."""

    def __init__(self, folder: Path, shelf: ArchiveShelf) -> None:
        self._folder = folder
        self._shelf = shelf
        self.methods: dict[str, Method] = {
            "save_query": self._save_query,
            "saved_query": self._saved_query,
            "note_searched": self._note_searched,
            "delete_query": self._delete_query,
        }

    def _save_query(self, parameters: Parameters, call: Call) -> Result:
        with Archive.open(parameters.text("archive"), writable=True) as archive:
            query = saved_query(parameters, archive)
            archive.save_query(query, replace=parameters.flag("replace"))
        return {"name": query.name}

    def _saved_query(self, parameters: Parameters, call: Call) -> Result:
        archive = self._shelf.archive(parameters.text("archive"))
        return saved_query_json(archive.saved_query(parameters.text("name")), archive, self._folder)

    def _note_searched(self, parameters: Parameters, call: Call) -> Result:
        with Archive.open(parameters.text("archive"), writable=True) as archive:
            archive.note_searched(parameters.text("name"), now(), parameters.whole("last_chip"))
        return {}

    def _delete_query(self, parameters: Parameters, call: Call) -> Result:
        with Archive.open(parameters.text("archive"), writable=True) as archive:
            archive.delete_query(parameters.text("name"))
        return {}
