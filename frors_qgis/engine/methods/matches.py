"""The methods that show a match: its picture, why it is one, and where in it the best part lies."""

from __future__ import annotations

from pathlib import Path

from frors_qgis.engine.archive.raster_files import local_raster_file
from frors_qgis.engine.archive_access import has_installed_encoder, other_encoder
from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.boxes import checked_size, picture
from frors_qgis.engine.call import Call
from frors_qgis.engine.descriptions import error_json
from frors_qgis.engine.encoder_pool import EncoderPool
from frors_qgis.engine.explaining import explain, outline
from frors_qgis.engine.imagery.picture import save_png
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.methods.method import Method, Result
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.picture_cache import PictureCache
from frors_qgis.engine.queries import looks, read_query
from frors_qgis.engine.search.query import MOST_MATCHES
from frors_qgis.engine.turns import Turns
from frors_qgis.protocol import EngineError, ErrorCode


class MatchMethods:
    """Matches, seen closely."""

    def __init__(self, shelf: ArchiveShelf, encoders: EncoderPool, turns: Turns, pictures: PictureCache) -> None:
        self._shelf = shelf
        self._encoders = encoders
        self._turns = turns
        self._pictures = pictures
        self.methods: dict[str, Method] = {
            "explain": self._explain,
            "outline": self._outline,
            "thumbnail": self._thumbnail,
        }

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

    def _thumbnail(self, parameters: Parameters, call: Call) -> Result:
        path = parameters.text("archive")
        archive = self._shelf.archive(path)
        chip_id, size = parameters.whole("chip"), checked_size(parameters.whole("size", 128))

        def make(target: Path) -> None:
            chip = archive.chips([chip_id])[0]
            record = archive.raster(chip.raster_id)
            with Raster(local_raster_file(archive, record)) as raster:
                window = PixelWindow(chip.column, chip.row, chip.width, chip.height)
                save_png(picture(raster, Stretch.from_json(record.stretch), window, size), target)

        target = self._pictures.get(f"{self._shelf.mark(path)}-{chip_id}-{size}.png", make)
        return {"path": str(target)}
