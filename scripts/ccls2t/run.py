"""The folder of a training of CCLS2T: what it was begun with, a line per epoch, and the state that it goes on from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from frors_qgis.engine.learning.replacement import replace_file
from frors_qgis.engine.learning.state import State
from frors_qgis.protocol import EngineError, ErrorCode


class Run:
    """begun.json, metrics.jsonl and state.safetensors in one folder. Every file is replaced as a whole, the state last.

    The state is that of a module and its optimizer after whole epochs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, origin: dict[str, Any]) -> None:
        """Begins a run, or goes on with the one that is here; origin: JSON that decides the result.

        Raises EngineError(BAD_REQUEST) where the run was begun otherwise or cannot be read, DISK_FULL.
        """
        path = self.folder / "begun.json"
        text = json.dumps(origin, indent=1, sort_keys=True) + "\n"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._replace(path, text)
        elif path.read_bytes() != text.encode():
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                f"The run in {self.folder} was begun otherwise; delete it, or take another folder.",
            )

    def restore(self, module: nn.Module, optimizer: torch.optim.Optimizer) -> int:
        """Puts the state into a module and its optimizer; returns how many epochs are done, 0 where there is none.

        Raises EngineError(ENCODER_DAMAGED) for a state that does not fit.
        """
        path = self.folder / "state.safetensors"
        if not path.exists():
            return 0
        try:
            with safe_open(path, framework="pt") as file:
                epoch = int((file.metadata() or {})["epoch"])
                state = State(epoch, {name: file.get_tensor(name) for name in file.keys()})
            state.restore(module.state_dict(), optimizer)
        except (OSError, SafetensorError, ValueError, KeyError) as error:
            raise EngineError(
                ErrorCode.ENCODER_DAMAGED, f"{path} cannot be used ({error}); delete it to train from the beginning."
            ) from error
        return epoch

    def save(self, epoch: int, module: nn.Module, optimizer: torch.optim.Optimizer, record: dict[str, Any]) -> None:
        """Keeps the state after an epoch, and its record in place of any of it or later ones. Raises DISK_FULL."""
        path = self.folder / "metrics.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._replace(path, "".join(f"{line}\n" for line in [*lines[: epoch - 1], json.dumps(record)]))
        tensors = State.of(epoch, module.state_dict(), optimizer).tensors
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        state = self.folder / "state.safetensors"
        metadata = {"epoch": str(epoch)}
        replace_file(state, state.with_suffix(".part"), lambda to: save_file(tensors, to, metadata=metadata))

    @staticmethod
    def _replace(path: Path, text: str) -> None:
        replace_file(path, path.with_suffix(".part"), lambda waiting: waiting.write_text(text, encoding="utf-8"))
