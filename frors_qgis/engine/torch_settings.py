"""What torch reads from the environment when it is loaded, and how memory is managed beside it."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


def before_torch() -> None:
    """Sets what the user has not; call it before torch is imported."""
    # Threads that wait sleep instead of spinning: else two busy programs on the same cores slow each other down many
    # times over.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Large maps come in pages of 2 MB: a block then has 4,000 page faults instead of 110,000, and takes 8 % less time.
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    _return_memory()


def _return_memory() -> None:
    """Has glibc give large arrays back to the system at once.

    By itself it keeps what is smaller than the largest array so far, up to 32 MB: the peak of an index differed by a
    third from run to run. From 4 MB on would save another fifth, but take a tenth more time.
    """
    if sys.platform == "linux" and not any(name.startswith("MALLOC_") for name in os.environ):
        with suppress(OSError, AttributeError):  # another C library
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_MMAP_THRESHOLD, 16 << 20)
            mallopt(_M_TRIM_THRESHOLD, 64 << 20)
