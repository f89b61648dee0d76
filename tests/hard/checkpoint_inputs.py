"""Encoder files that were damaged or made by somebody who means harm."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any

import torch

from frors_qgis.engine.encoders.checkpoint import load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.description import read_description
from frors_qgis.engine.encoders.registry import load_checkpoint_file, new_head
from frors_qgis.protocol import EngineError
from tests.hard.mutation import NUMBERS, TEXTS, dumps, mutated_bytes, mutated_json

_DESCRIPTION: dict[str, Any] = {
    "id": "small", "trunk": "resnet50-keras", "head": "frors", "dimension": 8, "classes": ["a", "b"], "match": True,
    "parts": {"image": [4, 1.0], "gram": [2, 0.5], "prototype": [2, 0.5]}, "width": 16, "prototypes": 2,
    "temperature": 0.1,
}  # fmt: skip
_WHOLE_ENCODER = 40
"""One file in so many is built into an encoder as well, which takes long."""


class Inputs:
    """See `hostile_worker.Surface`."""

    def __init__(self, folder: Path) -> None:
        path = folder / "valid.safetensors"
        generator = torch.Generator().manual_seed(0)
        self._tensors = {
            "trunk.conv1.weight": torch.randn(4, 3, 3, 3, generator=generator),
            "head.projection.weight": torch.randn(8, 16, generator=generator),
            "head.projection.bias": torch.zeros(8),
        }
        save_checkpoint(path, _DESCRIPTION, self._tensors)
        self._valid = path.read_bytes()

    def read_valid(self, folder: Path) -> None:
        path = folder / "small.safetensors"
        path.write_bytes(self._valid)
        load_checkpoint(path)
        read_description(path)
        try:
            load_checkpoint_file(path, "cpu")
        except EngineError:  # its trunk is too small for an encoder
            return
        raise ValueError("a file with a part of a trunk became an encoder")

    def read(self, chance: random.Random, folder: Path) -> str:
        path = folder / "small.safetensors"
        kind = chance.randrange(8)
        if kind == 0:
            path.write_bytes(mutated_bytes(self._valid, chance))
        elif kind <= 3:
            path.write_bytes(self._with_other_header(chance))
        elif kind == 4:
            path.write_bytes(chance.randbytes(chance.choice((0, 7, 8, 9, 200, 5000))))
        else:
            self._save_sound_file_of_nonsense(path, chance)
        answers = []
        for use in (read_description, load_checkpoint, self._build):
            if use == self._build and chance.randrange(_WHOLE_ENCODER):
                continue
            try:
                found = use(path)
                if use == load_checkpoint:
                    self._make_head(found.description)
                answers.append("read")
            except EngineError as error:
                answers.append(error.code.value)
        return next((answer for answer in answers if answer != "read"), "read")

    def _build(self, path: Path) -> None:
        load_checkpoint_file(path, "cpu")

    def _make_head(self, description: dict[str, Any]) -> None:
        """As the engine does for a sound file: without memory, and refused by the errors that it expects."""
        try:
            with torch.device("meta"):
                new_head(description)
        except (KeyError, TypeError, ValueError, RuntimeError):
            return

    def _with_other_header(self, chance: random.Random) -> bytes:
        (length,) = struct.unpack("<Q", self._valid[:8])
        header = json.loads(self._valid[8 : 8 + length])
        body = self._valid[8 + length :]
        for _ in range(chance.choice((1, 1, 2, 5))):
            changed = mutated_json(header, chance)
            header = changed if isinstance(changed, dict) else header
        if chance.randrange(3) == 0 and header:
            entry = header.get(chance.choice(sorted(header)))
            if isinstance(entry, dict) and "data_offsets" in entry:
                entry["data_offsets"] = [chance.choice(NUMBERS[:22]), chance.choice(NUMBERS[:22])]
                entry["shape"] = [chance.choice(NUMBERS[:22]) for _ in range(chance.choice((0, 1, 2, 8, 200)))]
                entry["dtype"] = chance.choice(("F32", "I8", "F64", "BF16", "U8", "BOOL", "F8_E4M3", "X", ""))
        encoded = dumps(header, chance).encode("utf-8", "replace")
        size = len(encoded) if chance.randrange(4) else chance.choice((0, 1, 2**31, 2**40, 2**63, 2**64 - 1))
        if chance.randrange(3) == 0:
            body = mutated_bytes(body, chance)
        return struct.pack("<Q", size) + encoded + body

    def _save_sound_file_of_nonsense(self, path: Path, chance: random.Random) -> None:
        """A file whose digest is right, of a description or tensors that are wrong."""
        description = dict(_DESCRIPTION)
        for _ in range(chance.choice((1, 1, 2, 4))):
            changed = mutated_json(description, chance)
            description = changed if isinstance(changed, dict) else description
        tensors = dict(self._tensors)
        name = chance.choice(sorted(tensors))
        kind = chance.randrange(5)
        if kind == 0:
            tensors[name] = torch.full_like(tensors[name], chance.choice((float("nan"), float("inf"), 1e38)))
        elif kind == 1:
            tensors[name] = torch.zeros([chance.choice((0, 1, 3, 7)) for _ in range(chance.choice((0, 1, 2, 5)))])
        elif kind == 2:
            tensors[(chance.choice(TEXTS) or "x").encode("ascii", "replace").decode()] = tensors.pop(name)
        elif kind == 3:
            tensors[f"{name}.scale"] = torch.ones(2)
        try:
            save_checkpoint(path, description, tensors)
        except (ValueError, RuntimeError, IndexError, UnicodeError):  # what cannot even be written
            path.write_bytes(mutated_bytes(self._valid, chance))
