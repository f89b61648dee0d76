"""Chooses where and in which precision the trunk runs, by running a kernel there first."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from frors_qgis.engine.encoders.device_names import DEVICE_NAMES
from frors_qgis.protocol import EngineError, ErrorCode

_TOLERANCE = 0.05
_BFLOAT16_GAIN = 1.3
_PROBE_ROUNDS = 8


@dataclass(frozen=True)
class Device:
    """A device that has run a convolution correctly, its number type, and why it was chosen."""

    name: str
    dtype: torch.dtype
    reason: str

    def __str__(self) -> str:
        return f"{self.name} ({str(self.dtype).removeprefix('torch.')}): {self.reason}"


def choose_device(name: str = "auto") -> Device:
    """The device to run on; "auto" prefers CUDA, then MPS, then the CPU, and says why it fell back.

    Raises EngineError(BAD_REQUEST) for an unknown name and DEVICE_UNAVAILABLE where a device asked for by name does
    not compute.
    """
    if name not in DEVICE_NAMES:
        raise EngineError(ErrorCode.BAD_REQUEST, f"There is no device {name!r}; use one of {', '.join(DEVICE_NAMES)}.")
    if name == "cpu":
        return _cpu("asked for")
    failures = []
    for candidate in ("cuda", "mps") if name == "auto" else (name,):
        failure = probe(candidate)
        if failure is None:
            quick = candidate == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
            dtype = torch.bfloat16 if quick else torch.float32
            return Device(candidate, dtype, "asked for" if name == candidate else "a test convolution ran on it")
        failures.append(f"{candidate}: {failure}")
    if name != "auto":
        raise EngineError(
            ErrorCode.DEVICE_UNAVAILABLE,
            f"The device {name} cannot be used: {failure}. Choose another device, or auto for the CPU.",
        )
    return _cpu("; ".join(failures))


def lacks_memory(error: Exception) -> bool:
    """Whether an error says that a device has no memory left: torch's allocator, the driver or one of its libraries."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and re.search("out of memory|ALLOC_FAILED", str(error)) is not None


def probe(name: str) -> str | None:
    """Runs a convolution on a device and compares it with the CPU's; None when it agrees, else what went wrong."""
    backend = torch.cuda if name == "cuda" else torch.backends.mps
    if not backend.is_available():
        return "it is not available"
    try:
        generator = torch.Generator().manual_seed(0)
        image = torch.randn(1, 3, 64, 64, generator=generator)
        kernel = torch.randn(8, 3, 3, 3, generator=generator)
        computed = F.conv2d(image.to(name), kernel.to(name)).cpu()
    except (RuntimeError, AssertionError) as error:  # also where a kernel or the driver is missing
        return f"a test convolution failed: {str(error).splitlines()[0]}"
    difference = float((computed - F.conv2d(image, kernel)).abs().max())
    return None if difference < _TOLERANCE else f"a test convolution was wrong by {difference:.2g}"


def _cpu(reason: str) -> Device:
    fp32, bf16 = _seconds_of_convolution()
    dtype = torch.bfloat16 if bf16 * _BFLOAT16_GAIN < fp32 else torch.float32
    return Device("cpu", dtype, f"{reason}; bfloat16 runs at {fp32 / bf16:.1f} times the speed of float32 here")


def _seconds_of_convolution() -> tuple[float, float]:
    """Seconds of one convolution in float32 and in bfloat16, taken in turn on one thread so that load tells least."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    best = {torch.float32: float("inf"), torch.bfloat16: float("inf")}
    try:
        with torch.inference_mode():
            for _ in range(_PROBE_ROUNDS):
                for dtype in best:
                    image = torch.ones(1, 256, 16, 16, dtype=dtype).to(memory_format=torch.channels_last)
                    kernel = torch.ones(256, 256, 3, 3, dtype=dtype).to(memory_format=torch.channels_last)
                    start = time.perf_counter()
                    F.conv2d(image, kernel, padding=1)
                    best[dtype] = min(best[dtype], time.perf_counter() - start)
    finally:
        torch.set_num_threads(threads)
    return best[torch.float32], best[torch.bfloat16]
