"""What a device may be called. Does not import torch."""

from __future__ import annotations

DEVICE_NAMES = ("auto", "cpu", "cuda", "mps")
