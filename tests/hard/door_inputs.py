"""Hostile lines at the door of a running engine."""

from __future__ import annotations

import json
import queue
import random
import time
from pathlib import Path
from typing import Any

from tests.hard.mutation import NUMBERS, TEXTS, dumps, mutated_bytes, mutated_json, random_json
from tests.hard.tally import Part
from tests.hard.workshop import QuickDoor, box_of, write_raster

_BATCH = 50
_ANSWER_SECONDS = 180.0
_ROOM_BYTES = 8 << 30
_GROWTH_MIB = 256.0
"""By how much the engine's memory may grow from the first batches to the last."""
_RARE = {"train": 0.01, "evaluate": 0.05, "index": 0.3}
"""How often the slow methods are taken that were drawn."""
_HERE = "127.0.0.1"
_CLUSTER = f"tcp://{_HERE}:9"
_DATABASE = f"postgresql:host={_HERE} port=9 dbname=a schema=a"
"""Where nobody listens. No other address is made: lines with these in them are not damaged byte by byte."""
_MADE = ("c.gpkg", "i.gpkg", "e.parquet", "e.collection.json")
"""What requests make that are fulfilled only where it is not there yet."""


def read_door_inputs(seed: int, count: int, folder: Path, part: Part, deadline: float) -> None:
    """Sends `count` lines in batches, and after each batch asks for a sign of life."""
    visit = _Visit(folder, part)
    sent = 0
    try:
        while sent < count and time.monotonic() < deadline:
            batch = min(_BATCH, count - sent)
            visit.batch(random.Random(f"{seed} door {sent}"), batch)
            sent += batch
            part.add(inputs=batch)
    finally:
        visit.end()


class _Visit:
    """One engine after the other, in a folder of its own, and what to ask of it."""

    def __init__(self, folder: Path, part: Part) -> None:
        self._part = part
        self._folder = folder
        self._work, self._home = folder / "work", folder / "home"
        for place in (self._work, self._home):
            place.mkdir()
        self._raster = str(write_raster(self._work / "a.tif", 500, 420, 1))
        self._archive = str(self._work / "a.gpkg")
        self._next = 0
        self._first_memory: float | None = None
        self._requests = requests_of(self._archive, self._raster, str(self._work))
        self._start()

    def _start(self) -> None:
        variables = {"HOME": str(self._home), "TMPDIR": str(self._home), "FRORS_HARD_ROOM": str(_ROOM_BYTES)}
        self._door = QuickDoor(self._folder / "private", self._work, variables)
        self._first_memory = None
        self._mend()

    def _mend(self) -> None:
        """Has the archive there with its raster, which a request may have removed."""
        self._ask({"method": "index", "params": {"archive": self._archive, "rasters": [self._raster]}})
        query = {"archive": self._archive, "name": "roofs", "chip": 1, "replace": True}
        self._ask({"method": "save_query", "params": query})
        for name in _MADE:
            (self._work / name).unlink(missing_ok=True)
        if not (exported := self._work / "a.parquet").exists():
            self._ask({"method": "export_parquet", "params": {"archive": self._archive, "file": str(exported)}})

    def _ask(self, request: dict[str, Any]) -> None:
        number = self._number()
        self._door.write(json.dumps(request | {"id": number}).encode() + b"\n")
        self._wait({number})

    def _number(self) -> int:
        self._next += 1
        return self._next

    def batch(self, chance: random.Random, count: int) -> None:
        """Sends lines and reads all that comes back."""
        lines, expected = [], set()
        for _ in range(count):
            line, number = self._line(chance)
            lines.append(line)
            if number is not None:
                expected.add(number)
        try:
            data = b"".join(lines)
            while data:
                cut = chance.choice((len(data), 1, 1000))
                self._door.write(data[:cut])
                data = data[cut:]
            self._wait(expected)
            hello = self._number()
            self._door.write(json.dumps({"id": hello, "method": "hello"}).encode() + b"\n")
            self._wait({hello})
            if chance.randrange(4) == 0:
                self._mend()
            self._weigh()
        except (OSError, queue.Empty) as error:
            status = self._door.process.poll()
            what = "hung" if status is None else f"died with status {status}"
            said = b"".join(self._door.errors)[-1500:].decode("utf-8", "replace")
            last = [line[:300] for line in lines[-_BATCH:]]
            self._part.fault(f"door: the engine {what} ({error!r}): {said} after {last}", "crashes")
            self._door.kill()
            self._start()

    def _wait(self, expected: set[int]) -> None:
        """Reads events until all these requests have ended; raises queue.Empty."""
        expected = set(expected)
        deadline = time.monotonic() + _ANSWER_SECONDS
        while expected:
            event = self._door.events.get(timeout=max(0.01, deadline - time.monotonic()))
            if "result" in event:
                self._part.answer("result")
            elif "error" in event:
                code, message = event["error"]["code"], event["error"]["message"]
                self._part.answer(code)
                if code == "internal" or not message.strip():
                    self._part.fault(f"door: an error without sense: {message} {_tail(self._door)}")
            else:
                continue
            if isinstance(event["id"], int):
                expected.discard(event["id"])

    def _line(self, chance: random.Random) -> tuple[bytes, int | None]:
        """A line and the request that it is sure to be, if any."""
        kind = chance.randrange(40)
        if kind < 26:
            return self._request(chance)
        if kind < 29:
            number = chance.choice(
                (self._next, self._next - 1, max(1, self._next - 5), *NUMBERS[:12], *TEXTS[:5], None)
            )
            return json.dumps({"cancel": number}).encode() + b"\n", None
        if kind < 32:
            return dumps(random_json(chance), chance).encode("utf-8", "replace").replace(b"\n", b" ") + b"\n", None
        if kind < 36:
            line, number = self._request(chance)
            if _HERE.encode() in line:
                return line, number
            return mutated_bytes(line[:-1], chance).replace(b"\n", b" ") + b"\n", None
        if kind < 38:
            return chance.randbytes(chance.choice((0, 1, 10, 300))).replace(b"\n", b" ") + b"\n", None
        if kind == 38:
            number = self._number()
            method = chance.choice((*TEXTS, "Search", "__init__", "methods", None, 7, ["hello"], {"a": 1}))
            return json.dumps({"id": number, "method": method, "params": random_json(chance)}).encode() + b"\n", number
        if chance.randrange(20) == 0:
            return b'{"id": 5, "method": "' + b"x" * 9_000_000 + b'"}\n', None
        depth = chance.choice((100, 1000, 100_000))
        return b'{"id": 6, "method": "info", "params": ' + b"[" * depth + b"]" * depth + b"}\n", None

    def _request(self, chance: random.Random) -> tuple[bytes, int]:
        """A request that made sense before one of its parameters was exchanged."""
        method = chance.choice(sorted(self._requests))
        while chance.random() > _RARE.get(method, 1.0):
            method = chance.choice(sorted(self._requests))
        params = self._requests[method]
        if method == "index" and chance.randrange(8) == 0:
            params = params | {"cluster": _CLUSTER, "parts": str(self._work)}
        if "archive" in params and chance.randrange(20) == 0:
            params = params | {"archive": _DATABASE}
        for _ in range(chance.choice((0, 1, 1, 1, 2))):
            params = mutated_json(params, chance)
        number = self._number()
        return json.dumps({"id": number, "method": method, "params": params}).encode() + b"\n", number

    def _weigh(self) -> None:
        memory = _resident_mib(self._door.process.pid)
        self._part.measure(memory_in_MiB=memory)
        if self._first_memory is None and self._next > 2000:
            self._first_memory = memory
        if self._first_memory is not None and memory > self._first_memory + _GROWTH_MIB:
            self._part.fault(
                f"door: the engine's memory grew from {self._first_memory:.0f} to {memory:.0f} MiB", "growth"
            )
            self._first_memory = memory

    def end(self) -> None:
        """Ends the engine and looks whether anything was done that must not be."""
        if self._door.process.poll() is None and self._door.close() != 0:
            self._part.fault("door: the engine did not end well", "crashes")
        # An export goes where the request says: a damaged one may have said "work'e.parquet".
        beside = [path.name for path in self._folder.iterdir() if path.name not in ("home", "private")]
        strange = [name for name in beside if not name.startswith("work")]
        strange += [
            path.name for path in self._home.iterdir() if not path.name.startswith(("torch", ".cache", ".config"))
        ]
        strange += [str(path) for path in self._folder.rglob("executed")]
        if strange:
            self._part.fault(f"door: files that must not be: {strange[:10]}", "files outside")


def requests_of(archive: str, raster: str, folder: str) -> dict[str, dict[str, Any]]:
    """A request of each method that the engine fulfils, but for evaluate, train and databases, which it refuses."""
    at = {"archive": archive}
    box = {"box": box_of(64, 64, 256, 256), "crs": "EPSG:32632"}
    query = at | {"chip": 1, "k": 5, "positive": [2], "negative": [3], "months": [5], "since": "2020-01-01"}
    words = {"words": "cloud < 30 %, within 9000 km", "words_weight": 0.5, "place": [9.0, 45.1], "newer_than": 0}
    said = {"acquired": "2024-05", "platform": "sentinel-2a", "cloud": 20.0, "place": [9.0, 45.1], "sensor": None}
    features = {"labels": f"{folder}/labels.gpkg", "field": "kind", "rasters": [raster], "layer": "a", "point_size": 9}
    return {
        "login": {"archive": _DATABASE, "user": "ann", "password": "a"}, "archives": {"archive": _DATABASE},
        "grant": at | {"analysts": ["ann"], "indexers": ["carl"]},
        "add_shard": at | {"server": "shard_one", "shard": _DATABASE},
        "copy": at | {"target": f"{folder}/c.gpkg"},
        "export_parquet": at | {"file": f"{folder}/e.parquet", "float32": True, "licence": "CC-BY-4.0"},
        "import_parquet": {
            "archive": f"{folder}/i.gpkg", "files": [f"{folder}/a.parquet"], "point_size": 9.0, "vectors": "embedding",
        },
        "describe_raster": at | {"raster": 1},
        "set_acquisition": at | {"raster": 1, "fields": said},
        "check_acquisition": {"fields": said},
        "complete_words": at | {"words": "cloud < 3", "cursor": 5},
        "hello": {}, "runtime": {"device": "cpu"}, "open": at, "close": at, "info": at, "verify": at,
        "plan": {"rasters": [raster], "gsd": [10.0, 20.0], "windows": [8, 4], "overlap": 0.5},
        "index": {"archive": f"{folder}/b.gpkg", "rasters": [raster], "windows": [8], "encoder": "frors",
                  "acquisitions": {raster: said}},
        "embed": at | box | {"raster": raster, "thumbnail": 64},
        "locate": at | box,
        "search": query | words | {"within": box["box"], "crs": "EPSG:32632", "apart": 10.0, "least_score": 0.1},
        "explain": at | {"match": 2, "chip": 1},
        "outline": at | {"matches": [1, 2], "chip": 1},
        "save_query": query | {"name": "roofs", "title": "R", "size": [9.0, 9.0], "replace": True, "picture": raster},
        "saved_query": at | {"name": "roofs"},
        "note_searched": at | {"name": "roofs", "last_chip": 4},
        "delete_query": at | {"name": "roofs"},
        "evaluate": at | features,
        "train": features | {"id": "own", "kind": "frors", "epochs": 1, "validate": 0.2},
        "thumbnail": at | {"chip": 1, "size": 64},
        "remove": at | {"rasters": [f"{raster}f"]},
        "relink": at | {"folder": folder},
    }  # fmt: skip


def _resident_mib(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _tail(door: QuickDoor) -> str:
    return b"".join(door.errors)[-1200:].decode("utf-8", "replace")
