"""The methods that search: what a box looks like, which chip it shows, and what is most like it."""

from __future__ import annotations

import time
from pathlib import Path

from frors_qgis.engine.acquisition.query_line import completions, parse_query_line, word_start
from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive_access import chip_under, has_installed_encoder, other_encoder, stretch_of
from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.boxes import box_window, checked_size, embed_box, picture
from frors_qgis.engine.call import Call
from frors_qgis.engine.descriptions import matches_json
from frors_qgis.engine.encoder_pool import EncoderPool
from frors_qgis.engine.georeferences import box_in
from frors_qgis.engine.imagery.metadata.sources import read_facts
from frors_qgis.engine.imagery.picture import save_png
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.methods.method import Method, Result
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.queries import known_words, read_query, unknown_words
from frors_qgis.engine.sealing import Sealing
from frors_qgis.engine.search.query import Match
from frors_qgis.engine.turns import Turns
from frors_qgis.protocol import EngineError, ErrorCode


class SearchMethods:
    """Query boxes, query lines and searches."""

    def __init__(
        self, folder: Path, shelf: ArchiveShelf, encoders: EncoderPool, sealing: Sealing, turns: Turns
    ) -> None:
        self._folder = folder
        self._shelf = shelf
        self._encoders = encoders
        self._sealing = sealing
        self._turns = turns
        self.methods: dict[str, Method] = {
            "embed": self._embed,
            "locate": self._locate,
            "complete_words": self._complete_words,
            "search": self._search,
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
                stretch = stretch_of(archive, raster)
                call.check()
                encoder = self._encoders.get(archive.encoder, parameters.text("device", "auto"))
                call.check()
                embedding = embed_box(raster, stretch, window, levels, encoder)
                place, acquired = list(raster.place(window)), _acquired(archive, raster)
                thumbnail = None
                if (size := parameters.optional_whole("thumbnail")) is not None:
                    thumbnail = self._folder / f"query-{time.monotonic_ns()}.png"
                    save_png(picture(raster, stretch, window, checked_size(size)), thumbnail)
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


def _acquired(archive: Archive, raster: Raster) -> str | None:
    """The day on which a raster was acquired, as closely as it is known: as the archive has it, or else as it says."""
    record = archive.find_raster(raster.path)
    acquisition = read_facts(raster).acquisition if record is None else record_acquisition(record)
    return acquisition.acquired and acquisition.acquired[:10]
