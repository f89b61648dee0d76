"""What the engine can do: the methods of the door and of the command line."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from frors_qgis.engine.acquisition.facts import Facts
from frors_qgis.engine.acquisition.query_line import completions, parse_query_line, word_start
from frors_qgis.engine.archive.acquisitions import record_acquisition, record_facts, with_facts
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.copying import copy_archive, open_copy
from frors_qgis.engine.archive.postgis.logins import remember_login
from frors_qgis.engine.archive.raster_files import local_raster_file
from frors_qgis.engine.archive_access import (
    chip_under,
    has_installed_encoder,
    known_raster,
    other_encoder,
    require_suffix,
    writable_archive,
)
from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.boxes import box_window, embed_box, picture
from frors_qgis.engine.call import Call
from frors_qgis.engine.cluster_run import cluster_of
from frors_qgis.engine.descriptions import archive_json, error_json, matches_json, raster_json
from frors_qgis.engine.encoder_pool import EncoderPool, SharedEncoder
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, installed_encoders
from frors_qgis.engine.exchanging import export_parquet, import_parquet
from frors_qgis.engine.explaining import explain, outline
from frors_qgis.engine.feature_evaluation import embed_features, evaluate_features, usual_levels
from frors_qgis.engine.feature_places import open_places
from frors_qgis.engine.feature_training import train_on_features
from frors_qgis.engine.georeferences import box_in
from frors_qgis.engine.imagery.metadata.sources import read_facts
from frors_qgis.engine.imagery.picture import save_png
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch, estimate_stretch
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.index_estimate import estimate
from frors_qgis.engine.indexing.part_run import PartRun
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.relink import relink
from frors_qgis.engine.indexing.run import IndexRun, Run, require_one
from frors_qgis.engine.labelled_features import read_features
from frors_qgis.engine.packages import package_versions
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.picture_cache import MOST_BYTES, PictureCache
from frors_qgis.engine.queries import known_words, looks, read_query, unknown_words
from frors_qgis.engine.saved_queries import now, saved_query, saved_query_json
from frors_qgis.engine.sealing import Sealing
from frors_qgis.engine.search.query import MOST_MATCHES, Match
from frors_qgis.engine.training_process import train_apart
from frors_qgis.engine.turns import Turns
from frors_qgis.engine.users_words import users_words
from frors_qgis.protocol import PROTOCOL_VERSION, EngineError, ErrorCode
from frors_qgis.version import VERSION

Result = dict[str, Any]
Method = Callable[[Parameters, Call], Result]

_SECONDS_PER_CHIP = 0.01
"""Until an index run of this engine has measured it: 0.003 with bfloat16 on two cores, slower elsewhere."""


class Service:
    """The engine's methods by name. `folder` is private: pictures are written there, up to `cache_bytes`.

    `threads` compute, 0 for one on each core. `code_bits`: searches hold hash codes in memory, as of
    `Archive.chip_index`.
    `log(level, sentence)` is told what concerns no single call.
    """

    def __init__(
        self,
        folder: Path,
        role: str = "both",
        *,
        threads: int = 0,
        cache_bytes: int = MOST_BYTES,
        code_bits: int | None = None,
    ) -> None:
        self._folder = folder
        self._role = role
        self._threads = threads
        self._shelf = ArchiveShelf(folder, code_bits)
        self.log: Callable[[str, str], None] = lambda level, message: None
        self._encoders = EncoderPool(lambda level, message: self.log(level, message), threads)
        self._pictures = PictureCache(folder, cache_bytes)
        self._sealing = Sealing(folder, lambda level, message: self.log(level, message), code_bits)
        self._turns = Turns()
        self._seconds_per_chip = _SECONDS_PER_CHIP
        self.methods: dict[str, Method] = {
            "hello": self._hello,
            "login": self._login,
            "archives": self._archives,
            "runtime": self._runtime,
            "open": self._open,
            "close": self._close,
            "info": self._info,
            "describe_raster": self._describe_raster,
            "set_acquisition": self._set_acquisition,
            "check_acquisition": self._check_acquisition,
            "complete_words": self._complete_words,
            "plan": self._plan,
            "index": self._index,
            "embed": self._embed,
            "locate": self._locate,
            "search": self._search,
            "explain": self._explain,
            "outline": self._outline,
            "save_query": self._save_query,
            "saved_query": self._saved_query,
            "note_searched": self._note_searched,
            "delete_query": self._delete_query,
            "evaluate": self._evaluate,
            "train": self._train,
            "thumbnail": self._thumbnail,
            "remove": self._remove,
            "relink": self._relink,
            "verify": self._verify,
            "grant": self._grant,
            "copy": self._copy,
            "add_shard": self._add_shard,
            "export_parquet": self._export_parquet,
            "import_parquet": self._import_parquet,
        }

    def release_archives(self) -> None:
        """Closes the archives that the calling thread has open."""
        self._shelf.release_all()

    def _hello(self, parameters: Parameters, call: Call) -> Result:
        return {
            "version": VERSION,
            "protocol": PROTOCOL_VERSION,
            "python": platform.python_version(),
            "role": self._role,
            "encoders": installed_encoders(),
        }

    def _runtime(self, parameters: Parameters, call: Call) -> Result:
        return self._encoders.runtime(parameters.text("device", "auto")) | {"packages": package_versions()}

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

    def _complete_words(self, parameters: Parameters, call: Call) -> Result:
        """The words that could stand in the line "words" at "cursor" (its end), in place of what begins at "start".

        "message" says why the line cannot be read as it is; null where it can.
        """
        known = known_words(self._shelf.archive(parameters.text("archive")))
        words = parameters.text("words") if parameters.values.get("words") else ""
        cursor = parameters.whole("cursor", len(words))
        message = None
        try:
            parse_query_line(words, known)
        except EngineError as error:
            message = error.message
        start = word_start(words, cursor)
        return {"completions": completions(words, cursor, known), "start": start, "message": message}

    def _plan(self, parameters: Parameters, call: Call) -> Result:
        path, rasters = parameters.optional_text("archive"), parameters.texts("rasters")
        return estimate(path, rasters, _levels(parameters), self._seconds_per_chip, call)

    def _index(self, parameters: Parameters, call: Call) -> Result:
        """Brings "rasters" into "archive"; "acquisitions" has the user's word on them: fields by paths.

        "cluster" is the address of one whose workers encode, "parts" a folder that it shares.
        """
        start = time.monotonic()
        path = parameters.text("archive")
        rasters = parameters.texts("rasters")
        levels = _levels(parameters)
        said = users_words(parameters)
        device = parameters.text("device", "auto")
        used: list[str] = []

        def encoder() -> SharedEncoder:
            loaded = self._encoders.get(archive.encoder, device)
            used.append(loaded.device)
            return loaded

        def before_making(identifier: str) -> None:
            require_one(rasters, levels)
            if cluster is None:
                self._encoders.get(identifier, device)
            else:
                cluster.require(identifier)

        encoder_id = parameters.optional_text("encoder")
        with ExitStack() as stack:
            cluster = stack.enter_context(cluster_of(parameters))
            stack.enter_context(Archive.writer_lock(path))
            archive = stack.enter_context(writable_archive(path, encoder_id, before_making))
            before = archive.chip_count()
            run: Run
            if cluster is None:
                run = IndexRun(archive, levels, encoder, call.progress, self._take_turn(call), said)
            else:
                cluster.require(archive.encoder)
                used.append(str(cluster))
                run = PartRun(archive, levels, cluster, call.progress, self._take_turn(call), said)
            outcomes = run.index(rasters)
            if cluster is not None:
                cluster.clear()
            if not Archive.exists(path):
                raise EngineError(ErrorCode.ARCHIVE_MISSING, f"{path} was deleted while it was written; index again.")
            self._sealing.seal(archive, call.check)
            if cluster is None and (added := archive.chip_count() - before) > 0:
                self._seconds_per_chip = (time.monotonic() - start) / added
            return {
                "rasters": [
                    {
                        "path": outcome.path,
                        "state": outcome.state,
                        "chips": outcome.chips,
                        "error": outcome.error and error_json(outcome.error),
                        "note": outcome.note,
                    }
                    for outcome in outcomes
                ],
                "chips": archive.chip_count(),
                "seconds": round(time.monotonic() - start, 3),
                "device": used[0] if used else None,
                "note": cluster and cluster.note,
            }

    def _embed(self, parameters: Parameters, call: Call) -> Result:
        with self._turns.urgent():
            archive = self._shelf.archive(parameters.text("archive"))
            if not has_installed_encoder(archive):
                raise other_encoder(archive)
            levels = archive.levels()
            if not levels:
                raise EngineError(ErrorCode.ARCHIVE_EMPTY, "The archive holds no chips yet; index some rasters first.")
            with Raster(parameters.text("raster")) as raster:
                window = box_window(raster, parameters.box("box"), parameters.optional_text("crs"))
                stretch = _stretch(archive, raster)
                call.check()
                encoder = self._encoders.get(archive.encoder, parameters.text("device", "auto"))
                call.check()
                embedding = embed_box(raster, stretch, window, levels, encoder)
                place, acquired = list(raster.place(window)), _acquired(archive, raster)
                thumbnail = None
                if (size := parameters.optional_whole("thumbnail")) is not None:
                    thumbnail = self._folder / f"query-{time.monotonic_ns()}.png"
                    save_png(picture(raster, stretch, window, _picture_size(size)), thumbnail)
        return {
            "embedding": [float(value) for value in embedding.vector],
            "ground_size": embedding.ground_size,
            "chip_size": embedding.chip_size,
            "note": embedding.note,
            "gsd": embedding.gsd,
            "cells": list(embedding.cells),
            "place": place,
            "acquired": acquired,
            "thumbnail": None if thumbnail is None else str(thumbnail),
        }

    def _locate(self, parameters: Parameters, call: Call) -> Result:
        with self._turns.urgent():
            archive = self._shelf.archive(parameters.text("archive"))
            crs = parameters.text("crs", "EPSG:4326")
            chip = chip_under(archive, box_in(parameters.box("box"), crs, "EPSG:4326"))
            return {"match": matches_json(archive, [Match(1, 1.0, chip)], crs)[0]}

    def _search(self, parameters: Parameters, call: Call) -> Result:
        """The matches of a query; "unknown" has the conditions whose fields are not known of a match's raster, if they
        are weighed, with the odds that it was judged by.
        """
        path = parameters.text("archive")
        with self._turns.urgent():
            archive = self._shelf.archive(path)
            query, crs = read_query(parameters, archive)
            call.check()
            last_chip = archive.last_chip()
            searcher = self._shelf.searcher(path)
            found = searcher.search(query, call.check)
        if searcher.wants_sealing:
            self._sealing.start(archive.location)
        unknown = unknown_words(parameters, query, found)
        matches = matches_json(archive, found.matches, crs)
        matches = [match | {"unknown": unknown.get(match["raster_id"], [])} for match in matches]
        return {"matches": matches, "note": found.note, "last_chip": last_chip}

    def _explain(self, parameters: Parameters, call: Call) -> Result:
        with self._turns.urgent():
            archive = self._shelf.archive(parameters.text("archive"))
            if not has_installed_encoder(archive):
                raise other_encoder(archive)
            vector = looks(read_query(parameters, archive)[0])
            chip = archive.chips([parameters.whole("match")])[0]
            record = archive.raster(chip.raster_id)
            encoder = self._encoders.get(archive.encoder, parameters.text("device", "auto"))
            call.check()
            with Raster(local_raster_file(archive, record)) as raster:
                found = explain(raster, Stretch.from_json(record.stretch), chip, vector, encoder)
        return {
            "cells": chip.cells,
            "heat": found.heat.round(4).tolist(),
            "best": list(found.best),
            "score": found.score,
            "footprint": found.footprint.tolist(),
            "classes": [list(one) for one in found.classes],
        }

    def _outline(self, parameters: Parameters, call: Call) -> Result:
        archive = self._shelf.archive(parameters.text("archive"))
        if not has_installed_encoder(archive):
            raise other_encoder(archive)
        vector = looks(read_query(parameters, archive)[0])
        ids = parameters.wholes("matches")
        if len(ids) > MOST_MATCHES:
            raise EngineError(ErrorCode.BAD_REQUEST, f"At most {MOST_MATCHES:,} matches are outlined at once.")
        encoder = self._encoders.get(archive.encoder, parameters.text("device", "auto"))
        outlines: list[Result] = []
        for number, chip_id in enumerate(ids):
            call.progress(number / len(ids), "Outlining matches", None)
            call.check()
            try:
                chip = archive.chips([chip_id])[0]
                record = archive.raster(chip.raster_id)
                with self._turns.urgent(), Raster(local_raster_file(archive, record)) as raster:
                    found = outline(raster, Stretch.from_json(record.stretch), chip, vector, encoder)
            except EngineError as error:
                outlines.append({"chip": chip_id, "error": error_json(error)})
            else:
                part = {"part": list(found.part), "score": found.score, "footprint": found.footprint.tolist()}
                outlines.append({"chip": chip_id, "error": None} | part)
        return {"outlines": outlines}

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

    def _evaluate(self, parameters: Parameters, call: Call) -> Result:
        features, skipped = read_features(parameters)
        path, encoder = parameters.optional_text("archive"), parameters.optional_text("encoder")
        archive = None if path is None else self._shelf.archive(path)
        if archive is not None and encoder is None and not has_installed_encoder(archive):
            raise other_encoder(archive)
        encoder = encoder or (DEFAULT_ENCODER if archive is None else archive.encoder)
        levels = None if archive is None else archive.levels()
        if levels is not None and not levels:
            raise EngineError(ErrorCode.ARCHIVE_EMPTY, "The archive holds no chips yet; index some rasters first.")
        with open_places(parameters, lambda raster: _stretch(archive, raster), call) as places:
            loaded = self._encoders.get(encoder, parameters.text("device", "auto"))
            embedded = embed_features(
                features,
                skipped,
                places,
                lambda raster: levels or usual_levels(raster),
                loaded,
                call,
                self._take_turn(call),
            )
            described = {
                "rasters": ", ".join(Path(raster.path).name for raster in places.rasters),
                "boxes": f"round the features, read as query boxes are, with {loaded.halo} px of what surrounds them",
                "compared at": "the raster's own GSD, windows of 8 and 4 cells"
                if archive is None
                else f"the levels of {archive.name}",
            }
        call.check()
        return evaluate_features(embedded, encoder, parameters.text("name", "features"), described)

    def _train(self, parameters: Parameters, call: Call) -> Result:
        if self._role != "learn":
            return train_apart(parameters, call, self._folder, self._threads)
        self._encoders.runtime(parameters.text("device", "auto"))  # sets torch up
        return train_on_features(parameters, self._folder, call)

    def _thumbnail(self, parameters: Parameters, call: Call) -> Result:
        path = parameters.text("archive")
        archive = self._shelf.archive(path)
        chip_id, size = parameters.whole("chip"), _picture_size(parameters.whole("size", 128))

        def make(target: Path) -> None:
            chip = archive.chips([chip_id])[0]
            record = archive.raster(chip.raster_id)
            with Raster(local_raster_file(archive, record)) as raster:
                window = PixelWindow(chip.column, chip.row, chip.width, chip.height)
                save_png(picture(raster, Stretch.from_json(record.stretch), window, size), target)

        target = self._pictures.get(f"{self._shelf.mark(path)}-{chip_id}-{size}.png", make)
        return {"path": str(target)}

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

    def _verify(self, parameters: Parameters, call: Call) -> Result:
        return {"problems": self._shelf.archive(parameters.text("archive")).verify()}

    def _grant(self, parameters: Parameters, call: Call) -> Result:
        """Lets the roles of a database read an archive ("analysts"), or read and write it ("indexers")."""
        kinds = ("analysts", "indexers")
        roles = {kind: parameters.texts(kind) if parameters.values.get(kind) else [] for kind in kinds}
        with Archive.open(parameters.text("archive"), writable=True) as archive:
            archive.grant(roles["analysts"], roles["indexers"])
        return roles

    def _add_shard(self, parameters: Parameters, call: Call) -> Result:
        """Spreads an archive over "server", which its database knows, and whose schema is at the location "shard"."""
        path, server = parameters.text("archive"), parameters.text("server")
        with Archive.writer_lock(path), Archive.open(path, writable=True) as archive:
            archive.add_shard(server, parameters.text("shard"))
        return {"server": server}

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

    def _export_parquet(self, parameters: Parameters, call: Call) -> Result:
        return export_parquet(self._shelf.archive(parameters.text("archive")), parameters, call)

    def _import_parquet(self, parameters: Parameters, call: Call) -> Result:
        return import_parquet(parameters, call, self._sealing.seal)

    def _take_turn(self, call: Call) -> Callable[[], None]:
        """Called now and then by long work: waits while queries run, and gives the work up when it was cancelled."""

        def take_turn() -> None:
            call.check()
            while not self._turns.wait(0.1):
                call.check()

        return take_turn


def _stretch(archive: Archive | None, raster: Raster) -> Stretch:
    """The stretch that the archive recorded for this raster, or a fresh one for a raster that it does not know."""
    record = None if archive is None else archive.find_raster(raster.path)
    if record is not None and record.identity == raster.identity:
        return Stretch.from_json(record.stretch)
    return estimate_stretch(raster)


def _acquired(archive: Archive, raster: Raster) -> str | None:
    """The day on which a raster was acquired, as closely as it is known: as the archive has it, or else as it says."""
    record = archive.find_raster(raster.path)
    acquisition = read_facts(raster).acquisition if record is None else record_acquisition(record)
    return acquisition.acquired and acquisition.acquired[:10]


def _levels(parameters: Parameters) -> Levels:
    windows = parameters.wholes("windows", (8, 4))
    return Levels(tuple(parameters.numbers("gsd")), tuple(windows), parameters.number("overlap", 0.5))


def _picture_size(size: int) -> int:
    if not 16 <= size <= 1024:
        raise EngineError(ErrorCode.BAD_REQUEST, f"A picture is 16 to 1024 pixels, not {size}.")
    return size
