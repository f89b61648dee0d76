"""Trains CCLS2T beside an encoder that stays as it is: embeddings and acquisitions -> a checkpoint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from frors_qgis.engine.encoders.ccls2t.ccls2t import Ccls2t
from frors_qgis.engine.encoders.ccls2t.files import save_ccls2t
from frors_qgis.engine.encoders.ccls2t.vectors import asked_vectors, picture_vectors, told_vectors
from frors_qgis.engine.learning.ccls2t.hash_trainer import train_hash
from frors_qgis.engine.learning.ccls2t.pairs import pair_pool
from frors_qgis.engine.learning.ccls2t.recipe import HashRecipe, TextRecipe
from frors_qgis.engine.learning.ccls2t.run import Run
from frors_qgis.engine.learning.ccls2t.text_trainer import LearningSet, train_text
from frors_qgis.engine.learning.progress import Progress, part_of
from frors_qgis.engine.learning.replacement import replace_file


def train_ccls2t(
    learnt: LearningSet,
    text: TextRecipe,
    codes: tuple[HashRecipe, ...],
    folder: Path,
    checkpoint: Path,
    encoder_sha256: str,
    progress: Progress,
) -> Ccls2t:
    """Trains the encoders, then a hash layer by each recipe; goes on with what the folder holds.

    encoder_sha256: of the encoder that the embeddings come from. Writes the checkpoint and returns the model.
    Raises EngineError: BAD_REQUEST, ENCODER_DAMAGED and DISK_FULL as `train_text` and `train_hash` do.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(text.seed)
        bits = tuple(recipe.bits for recipe in codes)
        model = Ccls2t(learnt.embeddings.shape[2], text.width, text.layers, text.metadata, bits)
    train_text(model, learnt, text, Run(folder / "text"), part_of(progress, 0.0, 0.5))
    model.eval()
    pool = pair_pool(
        picture_vectors(model, learnt.embeddings),
        learnt.labels,
        learnt.acquisitions,
        learnt.families,
        lambda acquisitions: asked_vectors(model, acquisitions),
        lambda acquisitions: told_vectors(model, acquisitions),
    )
    for number, recipe in enumerate(codes):
        shares = 0.5 + 0.5 * np.array([number, number + 1]) / len(codes)
        run = Run(folder / f"{recipe.bits} bits")
        train_hash(model.hashes[str(recipe.bits)], pool, recipe, run, part_of(progress, *shares.tolist()))
    waiting = checkpoint.with_name(f"{checkpoint.name}.part")
    replace_file(checkpoint, waiting, lambda path: save_ccls2t(path, model, encoder_sha256))
    return model
