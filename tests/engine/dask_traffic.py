"""What goes through a Dask scheduler, counted where its sockets are read and written.

The system's own count of what a process reads and writes leaves sockets out.
"""

from __future__ import annotations

from typing import Any

from tornado.iostream import IOStream

_counted: list[int] = []


def traffic() -> int:
    """Bytes that this process has read from its sockets and written to them since it was first asked.

    For `Client.run_on_scheduler`.
    """
    if not _counted:
        _counted.append(0)
        for name in ("read_from_fd", "write_to_fd"):
            setattr(IOStream, name, _counting(getattr(IOStream, name)))
    return _counted[0]


def _counting(method: Any) -> Any:
    def counting(stream: IOStream, buffer: Any) -> int | None:
        moved: int | None = method(stream, buffer)
        _counted[0] += moved or 0
        return moved

    return counting
