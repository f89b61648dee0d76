"""The engine's private ends of the door. Imports nothing that prints."""

from __future__ import annotations

import os
from typing import BinaryIO


def take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Private streams on what were stdin and stdout; from then on whatever prints to stdout lands in stderr.

    To be called before libraries that print are imported.
    """
    requests = os.fdopen(os.dup(0), "rb")
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return requests, events
