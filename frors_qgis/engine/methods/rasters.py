"""The methods on the rasters that an archive has."""

from __future__ import annotations

from pathlib import Path

from frors_qgis.engine.acquisition.facts import Facts
from frors_qgis.engine.archive.acquisitions import record_facts, with_facts
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive_access import known_raster
from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.call import Call
from frors_qgis.engine.descriptions import raster_json
from frors_qgis.engine.indexing.relink import relink
from frors_qgis.engine.methods.method import Method, Result
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode


class RasterMethods:
    """The rasters of archives, and what is known of their acquisition."""

    def __init__(self, shelf: ArchiveShelf) -> None:
        self._shelf = shelf
        self.methods: dict[str, Method] = {
            "describe_raster": self._describe_raster,
            "set_acquisition": self._set_acquisition,
            "check_acquisition": self._check_acquisition,
            "remove": self._remove,
            "relink": self._relink,
        }

    def _describe_raster(self, parameters: Parameters, call: Call) -> Result:
        archive = self._shelf.archive(parameters.text("archive"))
        return raster_json(archive, archive.raster(parameters.whole("raster")))

    def _set_acquisition(self, parameters: Parameters, call: Call) -> Result:
        """Keeps the user's word on "fields" of a raster, which goes before every source; null takes it back."""
        fields = parameters.fields("fields")
        with Archive.open(parameters.text("archive"), writable=True) as archive:
            record = archive.change_raster(
                parameters.whole("raster"),
                lambda old: with_facts(old, record_facts(old).with_users_word(fields)),
            )
            return raster_json(archive, record)

    def _check_acquisition(self, parameters: Parameters, call: Call) -> Result:
        """What archives would keep of "fields" that the user says of a raster; refuses what no field can have."""
        return {"acquisition": Facts().with_users_word(parameters.fields("fields")).acquisition.to_json()}

    def _remove(self, parameters: Parameters, call: Call) -> Result:
        path = parameters.text("archive")
        with Archive.writer_lock(path), Archive.open(path, writable=True) as archive:
            records = {}
            for raster in parameters.texts("rasters"):
                record = known_raster(archive, raster)
                records[record.id or 0] = record
            removed = []
            for raster_id, record in records.items():
                call.check()
                removed.append({"path": record.path, "chips": archive.remove_raster(raster_id)})
            return {"rasters": removed, "chips": archive.chip_count()}

    def _relink(self, parameters: Parameters, call: Call) -> Result:
        path, folder = parameters.text("archive"), Path(parameters.text("folder"))
        if not folder.is_dir():
            raise EngineError(ErrorCode.BAD_REQUEST, f"There is no folder {folder}; choose one that holds the rasters.")

        def go_on(done: int, rasters: int) -> None:
            call.check()
            call.progress(done / rasters, "Looking for missing rasters", None)

        with Archive.writer_lock(path), Archive.open(path, writable=True) as archive:
            relinked = relink(archive, folder, go_on)
        return {"rasters": [{"path": one.before, "now": one.now} for one in relinked]}
