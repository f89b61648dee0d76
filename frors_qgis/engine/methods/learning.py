"""The methods that evaluate an encoder on labelled features and train one from them."""

from __future__ import annotations

from pathlib import Path

from frors_qgis.engine.archive_access import has_installed_encoder, other_encoder, stretch_of
from frors_qgis.engine.archive_shelf import ArchiveShelf
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoder_pool import EncoderPool
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER
from frors_qgis.engine.feature_evaluation import embed_features, evaluate_features, usual_levels
from frors_qgis.engine.feature_places import open_places
from frors_qgis.engine.feature_training import train_on_features
from frors_qgis.engine.labelled_features import read_features
from frors_qgis.engine.methods.method import Method, Result
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.training_process import train_apart
from frors_qgis.engine.turns import Turns
from frors_qgis.protocol import EngineError, ErrorCode


class LearningMethods:
    """Evaluation and training."""

    def __init__(
        self, folder: Path, role: str, threads: int, shelf: ArchiveShelf, encoders: EncoderPool, turns: Turns
    ) -> None:
        self._folder = folder
        self._role = role
        self._threads = threads
        self._shelf = shelf
        self._encoders = encoders
        self._turns = turns
        self.methods: dict[str, Method] = {
            "evaluate": self._evaluate,
            "train": self._train,
        }

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
        with open_places(parameters, lambda raster: stretch_of(archive, raster), call) as places:
            loaded = self._encoders.get(encoder, parameters.text("device", "auto"))
            embedded = embed_features(
                features,
                skipped,
                places,
                lambda raster: levels or usual_levels(raster),
                loaded,
                call,
                self._turns.pause(call),
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
