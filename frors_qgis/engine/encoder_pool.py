"""The encoders that are loaded, shared by the threads of one engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.encoders.installed import encoder_sha256
from frors_qgis.engine.encoders.interface import Pause, no_pause
from frors_qgis.engine.torch_settings import before_torch

if TYPE_CHECKING:
    from frors_qgis.engine.encoders.encoder import Encoder


Log = Callable[[str, str], None]
"""Told a level and a sentence."""


def no_log(level: str, message: str) -> None:
    """Tells nobody."""


class SharedEncoder:
    """An encoder that several threads may use: one encodes at a time, and another while it pauses."""

    def __init__(self, encoder: Encoder, log: Log = no_log) -> None:
        """log: told, with a level and a sentence, how many blocks go together on a graphics card."""
        self._encoder = encoder
        self._log = log
        self._lock = threading.Lock()
        self.halo = encoder.halo
        self.dimension = encoder.dimension
        self.joins = encoder.joins
        self.classes = encoder.classes if encoder.suggests else ()
        self.device = str(encoder.device)

    def batch(self, height: int, width: int) -> int:
        """See `Encoder.batch`."""
        with self._lock:
            tried = len(self._encoder.batches)
            blocks = self._encoder.batch(height, width)
            new = len(self._encoder.batches) > tried
        if new:
            fastest = f"{blocks} blocks of {width} x {height} pixels go together, the fastest of what was tried out."
            self._log("info", f"On {self.device}: {fastest}")
        return blocks

    def batches(self) -> dict[str, int]:
        """How many blocks of so many pixels ("WIDTHxHEIGHT") go together, as tried out so far; on a CPU none are."""
        return {f"{width}x{height}": blocks for (height, width), blocks in self._encoder.batches.items()}

    def encode(
        self,
        rgb: NDArray[np.uint8],
        valid: NDArray[np.bool_],
        windows: NDArray[np.float64],
        pause: Pause = no_pause,
    ) -> NDArray[np.float32]:
        """See `Encoder.encode`."""

        def pause_unlocked() -> None:
            self._lock.release()
            try:
                pause()
            finally:
                self._lock.acquire()

        with self._lock:
            return self._encoder.encode(rgb, valid, windows, pause_unlocked)

    def suggest(
        self, rgb: NDArray[np.uint8], valid: NDArray[np.bool_], windows: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """See `Encoder.suggest`."""
        with self._lock:
            return self._encoder.suggest(rgb, valid, windows)

    def encode_images(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Encoder.encode_images`."""
        with self._lock:
            return self._encoder.encode_images(rgb)


class EncoderPool:
    """Loads each encoder once per device."""

    def __init__(self, log: Log = no_log, threads: int = 0) -> None:
        """log: told which device was chosen and why; threads: 0 for one on each core."""
        self._log = log
        self._threads = threads
        self._lock = threading.Lock()
        self._encoders: dict[tuple[str, str], tuple[str, SharedEncoder]] = {}

    def runtime(self, device: str = "auto") -> dict[str, Any]:
        """What an encoder would run on here, as JSON values; raises what `choose_device` raises."""
        torch = self._torch()
        from frors_qgis.engine.encoders.device import choose_device

        with self._lock:
            running = [encoder for (_, name), (_, encoder) in self._encoders.items() if name == device]
        return {
            "device": running[0].device if running else str(choose_device(device)),
            "batches": running[0].batches() if running else {},
            "torch": torch.__version__,
            "threads": torch.get_num_threads(),
        }

    def get(self, identifier: str, device: str = "auto") -> SharedEncoder:
        """The encoder of this id on the device of this name; raises what `load_encoder` raises."""
        sha256 = encoder_sha256(identifier)
        with self._lock:
            key = (identifier, device)
            loaded_sha256, encoder = self._encoders.get(key, ("", None))
            if encoder is None or loaded_sha256 != sha256:  # a file of the user's own may be replaced at any time
                self._torch()
                from frors_qgis.engine.encoders.registry import load_encoder

                encoder = SharedEncoder(load_encoder(identifier, device), self._log)
                self._encoders[key] = sha256, encoder
                self._log("info", f"The encoder {identifier} runs on {encoder.device}.")
            return encoder

    def _torch(self) -> Any:
        """Torch, loaded and set up; it takes seconds the first time."""
        before_torch()
        import torch

        if self._threads > 0:
            torch.set_num_threads(self._threads)
        return torch
