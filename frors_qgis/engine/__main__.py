"""The command line of the engine; `serve` speaks the door's protocol."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from frors_qgis.engine.streams import take_standard_streams
from frors_qgis.protocol import EngineError

_NICENESS = 10
"""An engine at the door gives way to QGIS, which must stay smooth while all cores are busy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0, 1 for bad input or failure, 2 for a wrong command line."""
    options = _parser().parse_args(arguments)
    if options.command == "serve":
        return _serve(options)
    from frors_qgis.engine import commands

    try:
        result: dict[str, Any] = getattr(commands, options.command)(options)
    except EngineError as error:
        print(error.message, file=sys.stderr)
        if options.json:
            print(json.dumps({"error": {"code": error.code.value, "message": error.message}}))
        return 1
    except KeyboardInterrupt:
        print("Interrupted; what was indexed so far is kept.", file=sys.stderr)
        return 130
    if options.json:
        print(json.dumps(result))
    return commands.exit_status(result)


def _serve(options: argparse.Namespace) -> int:
    requests, events = take_standard_streams()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    from frors_qgis.engine.server import Server
    from frors_qgis.engine.service import Service

    with tempfile.TemporaryDirectory(prefix="frors-") as scratch:
        Server(Service(Path(options.folder or scratch), options.role), requests, events).run()
    sys.stderr.flush()
    os._exit(0)  # also where a library still computes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m frors_qgis.engine", description="Search rasters by example.")
    commands = parser.add_subparsers(dest="command", required=True)
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    everywhere.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")

    index = commands.add_parser("index", parents=[everywhere], help="bring rasters into an archive")
    index.add_argument("archive", metavar="ARCHIVE.gpkg")
    index.add_argument("rasters", nargs="+", metavar="RASTER")
    index.add_argument("--encoder", metavar="ID")
    index.add_argument("--gsd", type=_numbers, metavar="M", help="ground GSD in metres; several with commas")
    index.add_argument("--windows", type=_wholes, default=[8, 4], metavar="8,4", help="window sizes in cells of 32 px")
    index.add_argument("--overlap", type=float, default=0.5, help="of neighbouring windows, 0 to 0.9")

    search = commands.add_parser("search", parents=[everywhere], help="find what looks like a box or a chip")
    search.add_argument("archive", metavar="ARCHIVE.gpkg")
    search.add_argument("--raster", help="the raster that the box lies on, in the archive or not")
    search.add_argument("--box", nargs=4, type=float, metavar=("XMIN", "YMIN", "XMAX", "YMAX"))
    search.add_argument("--chip", type=int, metavar="FID", help="a chip of the archive instead of a box")
    search.add_argument("--crs", metavar="EPSG:n", help="of the boxes and the bounds; default: the raster's")
    search.add_argument("-k", type=int, default=100, help="number of matches")
    search.add_argument("--any-size", action="store_true", help="compare with chips of any ground size")
    search.add_argument("--within", nargs=4, type=float, metavar=("XMIN", "YMIN", "XMAX", "YMAX"))
    search.add_argument("-o", "--output", metavar="matches.gpkg|.geojson|.csv")

    remove = commands.add_parser("remove", parents=[everywhere], help="remove rasters and their chips")
    remove.add_argument("archive", metavar="ARCHIVE.gpkg")
    remove.add_argument("rasters", nargs="+", metavar="RASTER")
    for name, text in (("info", "what an archive holds"), ("verify", "check an archive for damage")):
        command = commands.add_parser(name, parents=[everywhere], help=text)
        command.add_argument("archive", metavar="ARCHIVE.gpkg")

    evaluate = commands.add_parser("evaluate", parents=[everywhere], help="retrieval figures on class folders")
    evaluate.add_argument("dataset", metavar="DATASET_DIR")
    evaluate.add_argument("--encoder", metavar="ID")
    evaluate.add_argument("--queries", metavar="DIR", help="class folders of queries; default: every image once")

    serve = commands.add_parser("serve", help="speak JSON lines over stdin and stdout")
    serve.add_argument("--role", choices=("both", "encode", "search"), default="both")
    serve.add_argument("--folder", help="private folder for pictures")
    return parser


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _wholes(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
