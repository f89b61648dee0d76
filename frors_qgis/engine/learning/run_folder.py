"""The folder of a training: what it was begun with, how it went, and all that it needs to go on."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from frors_qgis.engine.encoders.checkpoint import tensors_digest
from frors_qgis.engine.learning.dataset import LabelledImage, file_digest
from frors_qgis.engine.learning.pictures import draw_curve
from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.engine.learning.replacement import replace_file
from frors_qgis.engine.learning.state import State
from frors_qgis.protocol import EngineError, ErrorCode

_PRECISIONS = ("bfloat16", "float32")
_MOST_NAMES = 5


class RunFolder:
    """recipe.json, metrics.jsonl with a line per epoch, curve.png, state.safetensors and checkpoints.txt in one folder.

    Every file is replaced as a whole, the state last: whenever a run is killed or the disk is full, the folder holds
    its last whole epoch. Not for two processes at a time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def begun(self) -> bool:
        """Whether a run was begun here."""
        return self._path("recipe.json").exists()

    def begin(self, recipe: Recipe, origin: dict[str, Any]) -> dict[str, Any]:
        """Begins a run, or goes on with the one that is here; returns the origin that it was begun with.

        origin: what besides the recipe decides the result, as JSON: images (see `describe_images`), trunk, ... Values
        under "machine" may change between sittings; its "precision" is "bfloat16" or "float32".
        Raises EngineError: BAD_REQUEST naming what differs from what the run was begun with, or when it cannot be read;
        DISK_FULL, and what `metrics` raises.
        """
        path = self._path("recipe.json")
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            content = {"recipe": recipe.as_json(), "origin": origin}
            self._replace_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
            return origin
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            earlier, stored = Recipe.from_json(content["recipe"]), content["origin"]
            if stored["machine"]["precision"] not in _PRECISIONS:
                raise ValueError(f"its precision is {stored['machine']['precision']!r}")
            differences = earlier.differences(recipe) + _differences(stored, origin)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, EngineError) as error:
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                f"{path} is not what a training of this version wrote ({error}); choose another folder with --run.",
            ) from error
        if differences:
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                f"The run in {self.folder} was begun otherwise: {'; '.join(differences)}. "
                "Give what it was begun with, delete that folder, or take another one with --run.",
            )
        self.metrics()
        return stored

    @property
    def epochs(self) -> int:
        """Whole epochs that are kept; 0 also where a state cannot be read."""
        try:
            with safe_open(self._path("state.safetensors"), framework="pt") as file:
                return int((file.metadata() or {})["epoch"])
        except (OSError, SafetensorError, ValueError, KeyError):
            return 0

    def load_state(self) -> State | None:
        """The state after the last whole epoch, None when there is none yet.

        Raises EngineError(ENCODER_DAMAGED) when the file cannot be read.
        """
        path = self._path("state.safetensors")
        if not path.exists():
            return None
        try:
            with safe_open(path, framework="pt") as file:
                metadata = file.metadata() or {}
                state = State(int(metadata["epoch"]), {name: file.get_tensor(name) for name in file.keys()})
            if metadata["digest"] != _digest(state):
                raise ValueError("its tensors are not those that were saved: the sha-256 differs")
            return state
        except (OSError, SafetensorError, ValueError, KeyError) as error:
            raise EngineError(
                ErrorCode.ENCODER_DAMAGED,
                f"{path} cannot be used ({error}); delete it to train from the beginning.",
            ) from error

    def save_state(self, state: State) -> None:
        """Replaces the state. Raises EngineError(DISK_FULL) when it cannot be written; the earlier one stays."""
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.tensors.items()}
        metadata = {"epoch": str(state.epoch), "digest": _digest(State(state.epoch, tensors))}
        self._replace(self._path("state.safetensors"), lambda waiting: save_file(tensors, waiting, metadata=metadata))

    def metrics(self) -> list[dict[str, Any]]:
        """What was recorded of each epoch, in their order. Raises EngineError(BAD_REQUEST) naming a damaged line."""
        path = self._path("metrics.jsonl")
        try:
            lines = path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        return [_parse_record(line, number, path) for number, line in enumerate(lines, 1)]

    def record(self, metrics: dict[str, Any], title: str) -> None:
        """Adds the record of an epoch (`epoch`, counted from 1, `loss` and more) in place of any of it or later ones.

        Draws the curve anew under this title. Raises EngineError: DISK_FULL, ENGINE_MISSING where there is no
        matplotlib, and what `metrics` raises.
        """
        records = [line for line in self.metrics() if line["epoch"] < metrics["epoch"]] + [metrics]
        text = "".join(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n" for line in records)
        self._replace_text(self._path("metrics.jsonl"), text)
        self._replace(self._path("curve.png"), lambda waiting: draw_curve(waiting, records, title))

    def record_checkpoint(self, sha256: str) -> None:
        """Notes that the run writes a checkpoint of this digest. Raises EngineError(DISK_FULL)."""
        digests = dict.fromkeys([*self._checkpoints(), sha256])
        self._replace_text(self._path("checkpoints.txt"), "".join(f"{digest}\n" for digest in digests))

    def wrote(self, checkpoint: Path) -> bool:
        """Whether a file is, byte for byte, a checkpoint of this run. Raises OSError where it cannot be read."""
        return file_digest(checkpoint).hex() in self._checkpoints()

    def _checkpoints(self) -> list[str]:
        """Digests of all checkpoints of this run; one for each name that it was given."""
        path = self._path("checkpoints.txt")
        return path.read_text(encoding="utf-8", errors="replace").split() if path.exists() else []

    def _path(self, name: str) -> Path:
        return self.folder / name

    def _replace_text(self, path: Path, text: str) -> None:
        self._replace(path, lambda waiting: waiting.write_text(text, encoding="utf-8"))

    @staticmethod
    def _replace(path: Path, write: Callable[[Path], object]) -> None:
        replace_file(path, path.with_suffix(".part"), write)


def nothing_taught(records: Iterable[dict[str, Any]]) -> str | None:
    """A sentence for a training whose loss was 0 in every epoch, by the records of `RunFolder.metrics`; else None."""
    losses = [record["loss"] for record in records]
    if not losses or any(losses):
        return None
    return (
        "The loss was 0 in every epoch: its classes were told apart from the start, so training changed nothing. Take "
        "more or finer classes, or a larger margin."
    )


def _digest(state: State) -> str:
    return tensors_digest({"epoch": state.epoch}, dict(state.tensors))


def _parse_record(line: bytes, number: int, path: Path) -> dict[str, Any]:
    try:
        record = json.loads(line)
        whole = isinstance(record["epoch"], int) and math.isfinite(record["loss"])
        if not whole or not isinstance(record.get("validation", {}), dict):
            raise ValueError("it is not the record of an epoch")
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"{path}, line {number}, is damaged ({error}); delete that line, then give the same command again.",
        ) from error
    return record


def describe_images(images: Iterable[LabelledImage]) -> dict[str, dict[str, Any]]:
    """Each class's number of images and a digest of their names and sizes: the same wherever the dataset lies."""
    entries: defaultdict[str, list[str]] = defaultdict(list)
    for image in images:
        name = os.fsencode(image.path.name).decode("utf-8", "backslashreplace")
        entries[image.label].append(f"{name} {image.path.stat().st_size}")
    return {
        label: {"images": len(files), "sha256": hashlib.sha256("\n".join(files).encode()).hexdigest()}
        for label, files in sorted(entries.items())
    }


def _differences(stored: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """What of an origin is not as stored, a few words for each."""
    found = []
    for name in sorted((stored.keys() | given.keys()) - {"machine"}):
        before, now = stored.get(name), given.get(name)
        if before == now:
            continue
        if not isinstance(before, dict) or not isinstance(now, dict):
            found.append(f"other {name}")
            continue
        changed = [part for part in sorted(before.keys() | now.keys()) if before.get(part) != now.get(part)]
        listed = ", ".join(changed[:_MOST_NAMES]) + (", ..." if len(changed) > _MOST_NAMES else "")
        found.append(f"other {name} ({listed})")
    return found
