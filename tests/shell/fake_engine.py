"""Speaks the door's protocol with made-up answers: usage fake_engine.py FOLDER.

FOLDER/orders.json may hold {"method": {"delay": s, "error": {...}, "crash": true, "result": {...}}}; it is read
anew for every request. An order with a "chip" holds for that chip alone. FOLDER/requests.jsonl gets a line per request;
FOLDER/pictures holds what the engine hands over.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path

home = Path(sys.argv[1])
saved, noted, said = {}, set(), {}
out, lock, cancelled = sys.stdout.buffer, threading.Lock(), set()


def send(**event):
    with lock, suppress(BrokenPipeError):  # the shell may be gone
        out.write(json.dumps(event).encode() + b"\n")
        out.flush()


def png(side, colour):
    rows = b"".join(b"\x00" + bytes(colour) * side for _ in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(number, side, colour):
    folder = home / "pictures"
    folder.mkdir(exist_ok=True)
    path = folder / f"{number}.png"
    path.write_bytes(png(side, colour))
    return str(path)


def match(rank, count):
    row, column = divmod(rank - 1, 40)
    west, north = -122.680 + column * 0.0003, 47.560 - row * 0.0003
    east, south = west + 0.0003, north - 0.0003
    return {
        "rank": rank, "score": 0.98 - 0.4 * rank / count, "chip": 1000 + rank, "raster": "/data/town_2024.tif",
        "raster_id": 1, "bounds": [0, 0, 1, 1], "crs": "EPSG:26910", "acquired": "2024-06-01T10:00:00Z",
        "footprint": [[west, north], [east, north], [east, south], [west, south]],
        "gsd": 0.3, "cells": 4, "ground_size": 38.4,
    }  # fmt: skip


def ranked(params):
    """Chips that are right come first, those that are wrong not at all."""
    right, wrong = set(params.get("positive", ())), set(params.get("negative", ()))
    found = [match(rank, params["k"]) for rank in range(1, params["k"] + len(wrong) + 1)]
    found = [one for one in found if one["chip"] not in wrong]
    found.sort(key=lambda one: one["chip"] not in right)
    unknown = [{"words": params["words"], "odds": 0.25}] if "words_weight" in params else []
    return [one | {"rank": rank, "unknown": unknown} for rank, one in enumerate(found[: params["k"]], 1)]


def info(archive):
    return {
        "path": archive, "encoder": "fake", "encoder_available": True, "dimension": 256,
        "chips": 4321, "bytes": 3_400_000, "levels": [],
        "rasters": [
            {"id": 1, "path": "/data/town_2024.tif", "state": "indexed", "reason": None},
            {"id": 2, "path": "/gone.tif", "state": "missing", "reason": "The file /gone.tif is not there."},
        ],
        "queries": [
            {"name": name, "searched": "2026-11-02T10:00:00+00:00", "new": 0 if name in noted else 12}
            for name in sorted(saved)
        ],
    }  # fmt: skip


def outlined(chip):
    """The upper left quarter of a match."""
    (west, north), _, (east, south), _ = match(chip - 1000, 100)["footprint"]
    x, y = (west + east) / 2, (north + south) / 2
    footprint = [[west, north], [x, north], [x, y], [west, y]]
    return {"chip": chip, "error": None, "part": [0, 0, 2, 2], "score": 0.99, "footprint": footprint}


def saved_query(number, name):
    """What was saved; of its chips only those up to 1100 are still there."""
    params = saved[name]
    start = {"embedding": params.get("embedding", [0.5] * 4), "ground_size": params.get("ground_size")}
    found = {"name": name, "start": start, "searched": "2026-11-02T10:00:00+00:00", "newest": 1050, "last_chip": 1200}
    found |= {key: params.get(key) for key in ("title", "size")} | {"box": params.get("box", [])}
    filters = ("k", "any_size", "rasters", "since", "until", "months", "least_score", "apart", "within", "crs")
    filters += ("words", "words_weight", "place")
    found["filters"] = {key: params[key] for key in filters if key in params}
    for kind in ("positive", "negative"):
        chips = params.get(kind, [])
        found[kind] = [match(chip - 1000, 100) for chip in chips if chip <= 1100]
        found[f"{kind}_boxes"] = params.get(f"{kind}_boxes", []) + [[0.5] * 4 for chip in chips if chip > 1100]
    found["picture"] = picture(number, 64, (200, 120, 40)) if "picture" in params else None
    return found


def described(raster):
    """Tags and name disagree on the date; what the user says goes before both."""
    own = said.get(raster, {}).items()
    facts = [{"field": name, "value": value, "source": "user"} for name, value in own if value is not None]
    others = [("acquired", "2024-06-01", "tags"), ("gsd", 0.3, "raster"), ("place", [-122.68, 47.56], "raster")]
    facts += [{"field": name, "value": value, "source": source} for name, value, source in others]
    name = {"field": "acquired", "value": "2024-06-11", "source": "name"}
    conflicts = [] if dict(own).get("acquired") else [{"used": facts[0], "other": name, "sentence": ""}]
    return {"id": raster, "facts": [*facts, name], "conflicts": conflicts, "sentence": "resolution 0.3 m."}


def plan(params):
    rasters = [
        {
            "path": path,
            "error": None,
            "width": 100,
            "height": 100,
            "gsd": params.get("gsd", 0.3),
            "chips": 120,
            "new": 120,
        }
        | described(path)
        for path in params["rasters"]
    ]
    chips = 120 * len(rasters)
    return {"rasters": rasters, "chips": chips, "bytes": 90_000, "seconds": 75.0, "archive_error": None}


def index(params):
    if not params["archive"].startswith("postgresql:"):
        Path(params["archive"]).touch()
    rasters = [{"path": path, "state": "indexed", "chips": 120, "error": None} for path in params["rasters"]]
    return {"rasters": rasters, "chips": 120 * len(rasters), "seconds": 3.0, "device": "cpu"}


def result(number, method, params):
    if method == "hello":
        return {"version": "0", "protocol": 1, "python": sys.version, "role": "both"}
    if method == "runtime":
        return {"device": "cpu (float32): asked for", "torch": "2.13.0", "threads": 2, "packages": {"numpy": "1.26.4"}}
    if method in ("open", "info"):
        return info(params["archive"])
    if method == "embed":
        thumbnail = picture(number, params.get("thumbnail", 64), (40, 120, 200))
        return {
            "embedding": [0.0625] * 256, "ground_size": 38.4, "chip_size": 38.4, "note": None, "gsd": 0.3,
            "cells": [4, 3], "thumbnail": thumbnail, "place": [-122.679, 47.559], "acquired": "2024-06-01",
        }  # fmt: skip
    if method == "complete_words":
        wrong = "zzz" in params["words"]
        message = "'zzz' cannot be read; in its place could stand a number." if wrong else None
        words = [word for word in ("summer", "sentinel-2") if params["words"][-1:] == "s"]
        return {"completions": words, "start": len(params["words"]) - 1, "message": message}
    if method == "describe_raster":
        return described(params["raster"])
    if method == "set_acquisition":
        said.setdefault(params["raster"], {}).update(params["fields"])
        return described(params["raster"])
    if method == "check_acquisition":
        return {"acquisition": {name: value for name, value in params["fields"].items() if value is not None}}
    if method == "search":
        return {"matches": ranked(params), "note": None}
    if method == "save_query":
        saved[params["name"]] = params
        return {"name": params["name"]}
    if method == "saved_query":
        return saved_query(number, params["name"])
    if method == "note_searched":
        noted.add(params["name"])
        return {}
    if method == "delete_query":
        del saved[params["name"]]
        return {}
    if method == "thumbnail":
        return {"path": picture(number, params["size"], (params["chip"] % 255, 90, 60))}
    if method == "explain":
        west, north = -122.680, 47.560
        return {
            "cells": 4, "heat": [[0.1 * (x + y) for x in range(4)] for y in range(4)],
            "best": [1, 2, 2, 2], "score": 0.97,
            "footprint": [[west, north], [west + 1e-4, north], [west + 1e-4, north - 1e-4], [west, north - 1e-4]],
            "classes": [["harbor", 0.62], ["beach", 0.2]],
        }  # fmt: skip
    if method == "outline":
        return {"outlines": [outlined(chip) for chip in params["matches"]]}
    if method == "relink":
        return {
            "rasters": [
                {"path": "/gone.tif", "now": f"{params['folder']}/gone.tif"},
                {"path": "/lost.tif", "now": None},
            ]
        }
    if method == "archives":
        return {"archives": ["town", "village"]}
    if method == "plan":
        return plan(params)
    if method == "index":
        return index(params)
    return {}


def order_for(method, params):
    orders = home / "orders.json"
    order = json.loads(orders.read_text()).get(method, {}) if orders.exists() else {}
    return order if order.get("chip", params.get("chip")) == params.get("chip") else {}


def answer(number, method, params, order):
    until = time.monotonic() + order.get("delay", 0)
    while time.monotonic() < until:
        if number in cancelled:
            return send(id=number, error={"code": "cancelled", "message": "Cancelled."})
        send(id=number, progress={"fraction": 0.25, "message": "Working", "eta": 12.0})
        time.sleep(0.02)
    if order.get("crash"):
        os._exit(3)
    if "error" in order:
        return send(id=number, error=order["error"])
    try:
        found = result(number, method, params)
    except KeyError as error:  # a saved query that is not there
        return send(id=number, error={"code": "query_unknown", "message": f"There is no {error}."})
    return send(id=number, result=found | order.get("result", {}))


for line in sys.stdin.buffer:
    message = json.loads(line)
    if "cancel" in message:
        cancelled.add(message["cancel"])
        continue
    call = (message["method"], message["params"])
    order = order_for(*call)  # before the request can be seen: other orders may follow it
    with (home / "requests.jsonl").open("a") as requests:
        requests.write(json.dumps(message) + "\n")
    threading.Thread(target=answer, args=(message["id"], *call, order), daemon=True).start()
