"""The methods that make, open, describe, copy and share archives."""

from __future__ import annotations

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.copying import copy_archive, open_copy
from frors_qgis.engine.archive.postgis.logins import remember_login
from frors_qgis.engine.archive_access import require_suffix
from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.call import Call
from frors_qgis.engine.descriptions import archive_json
from frors_qgis.engine.exchanging import export_parquet, import_parquet
from frors_qgis.engine.methods.method import Method, Result
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.sealing import Sealing
from frors_qgis.protocol import EngineError, ErrorCode


class ArchiveMethods:
    """Archives as a whole."""

    def __init__(self, shelf: ArchiveShelf, sealing: Sealing) -> None:
        self._shelf = shelf
        self._sealing = sealing
        self.methods: dict[str, Method] = {
            "login": self._login,
            "archives": self._archives,
            "open": self._open,
            "close": self._close,
            "info": self._info,
            "verify": self._verify,
            "grant": self._grant,
            "copy": self._copy,
            "add_shard": self._add_shard,
            "export_parquet": self._export_parquet,
            "import_parquet": self._import_parquet,
        }

    def _login(self, parameters: Parameters, call: Call) -> Result:
        """Keeps the "password", and perhaps the "user", for the database of "archive", in memory alone."""
        password = parameters.text("password")
        remember_login(parameters.text("archive"), parameters.optional_text("user"), password)
        return {}

    def _archives(self, parameters: Parameters, call: Call) -> Result:
        """The archives that the user may read in the database of "archive", whose schema does not matter."""
        return {"archives": Archive.stems(parameters.text("archive"))}

    def _open(self, parameters: Parameters, call: Call) -> Result:
        path = parameters.text("archive")
        self._shelf.hold(path)
        return self._info(parameters, call)

    def _close(self, parameters: Parameters, call: Call) -> Result:
        self._shelf.release(parameters.text("archive"))
        return {}

    def _info(self, parameters: Parameters, call: Call) -> Result:
        return archive_json(self._shelf.archive(parameters.text("archive")))

    def _verify(self, parameters: Parameters, call: Call) -> Result:
        return {"problems": self._shelf.archive(parameters.text("archive")).verify()}

    def _grant(self, parameters: Parameters, call: Call) -> Result:
        """Lets the roles of a database read an archive ("analysts"), or read and write it ("indexers")."""
        kinds = ("analysts", "indexers")
        roles = {kind: parameters.texts(kind) if parameters.values.get(kind) else [] for kind in kinds}
        if not any(roles.values()):
            raise EngineError(ErrorCode.BAD_REQUEST, "Name at least one role, as an analyst or as an indexer.")
        with Archive.open(parameters.text("archive"), writable=True) as archive:
            archive.grant(roles["analysts"], roles["indexers"])
        return roles

    def _copy(self, parameters: Parameters, call: Call) -> Result:
        """Copies an archive to "target", where there is none, or a copy of it that was begun."""
        target = parameters.text("target")
        if not Archive.exists(target):
            require_suffix(target)

        def progress(done: int, total: int) -> None:
            call.check()
            call.progress(done / max(1, total), f"Copying to {target}", None)

        with Archive.open(parameters.text("archive")) as source, Archive.writer_lock(target):
            with open_copy(source, target) as copy:
                copied = copy_archive(source, copy, progress)
                self._sealing.seal(copy, call.check)
                return {"chips": copy.chip_count(), "copied": copied}

    def _add_shard(self, parameters: Parameters, call: Call) -> Result:
        """Spreads an archive over "server", which its database knows, and whose schema is at the location "shard"."""
        path, server = parameters.text("archive"), parameters.text("server")
        with Archive.writer_lock(path), Archive.open(path, writable=True) as archive:
            archive.add_shard(server, parameters.text("shard"))
        return {"server": server}

    def _export_parquet(self, parameters: Parameters, call: Call) -> Result:
        return export_parquet(self._shelf.archive(parameters.text("archive")), parameters, call)

    def _import_parquet(self, parameters: Parameters, call: Call) -> Result:
        return import_parquet(parameters, call, self._sealing.seal)
