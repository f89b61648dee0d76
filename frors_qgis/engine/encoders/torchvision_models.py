"""Imports torchvision's models even where its compiled operators do not fit the installed torch.

A torchvision of another build than torch (CUDA beside CPU, or another release) fails to load its C++ operators and
then at import, because the operators it describes do not exist. FRORS uses models only, which need none of them, so
the missing schemas are declared and the import is tried again.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from types import ModuleType

import torch

_MISSING_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_library: torch.library.Library | None = None


def import_resnet() -> ModuleType:
    """The module `torchvision.models.resnet`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module("torchvision.models.resnet")
        except RuntimeError:
            for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
                del sys.modules[name]
            _declare_missing_operators()
            return importlib.import_module("torchvision.models.resnet")


def _declare_missing_operators() -> None:
    global _library
    _library = torch.library.Library("torchvision", "FRAGMENT")
    for schema in _MISSING_OPERATORS:
        if not hasattr(torch.ops.torchvision, schema.partition("(")[0]):
            _library.define(schema)
