"""The command line of the engine; `serve` speaks the door's protocol."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

from frors_qgis.engine.encoders.device_names import DEVICE_NAMES
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER
from frors_qgis.engine.packages import require_packages
from frors_qgis.engine.streams import take_standard_streams
from frors_qgis.protocol import EngineError, ErrorCode, decode_message, encode_message, error_event

_Number = TypeVar("_Number", int, float)

_INTERRUPTED = 130
_CODE_BITS, _LEAST_CODE_BITS, _MOST_CODE_BITS = 128, 16, 4096
_NICENESS = 10
"""An engine at the door gives way to QGIS, which must stay smooth while all cores are busy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0, 1 for bad input or failure, 2 for a wrong command line."""
    texts = [_without_exponent(text) for text in (sys.argv[1:] if arguments is None else arguments)]
    wants_json = "--json" in texts
    # Newer versions of GDAL warn of a choice that code here works without (imagery/gdal_errors.py).
    warnings.filterwarnings("ignore", r"Neither \w+\.UseExceptions", FutureWarning)
    try:
        return _run(texts, wants_json)
    except EngineError as error:
        return _fail(error, wants_json, _INTERRUPTED if error.code is ErrorCode.CANCELLED else 1)
    except _UsageError as error:
        return _fail(EngineError(ErrorCode.BAD_REQUEST, str(error)), wants_json, 2)
    except KeyboardInterrupt:
        sentence = "Interrupted; what was done by then is kept."
        return _fail(EngineError(ErrorCode.CANCELLED, sentence), wants_json, _INTERRUPTED)
    except OSError as error:  # most often: whoever read the output is gone, or the disk under it is full
        sentence = f"{error.filename or 'The output'} cannot be used: {error.strerror}."
        return _fail(EngineError(ErrorCode.INTERNAL, sentence), wants_json, 1)


def _run(texts: Sequence[str], wants_json: bool) -> int:
    options = _parser().parse_args(texts, argparse.Namespace(words=list(texts)))
    if options.command == "serve":
        return _serve(options)
    require_packages()
    from frors_qgis.engine import commands

    result: dict[str, Any] = getattr(commands, options.command.replace("-", "_"))(options)
    if wants_json:
        print(json.dumps(result))
    sys.stdout.flush()
    return commands.exit_status(result)


def _fail(error: EngineError, wants_json: bool, status: int) -> int:
    print(error.message, file=sys.stderr)
    try:
        if wants_json:
            print(json.dumps({"error": {"code": error.code.value, "message": error.message}}))
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python complains at its end
    return status


class _UsageError(Exception):
    """A command line that makes no sense; the message is one sentence."""


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise _UsageError(f"{message[0].upper()}{message[1:]}; {self.prog} --help lists what there is.")


def _without_exponent(text: str) -> str:
    """A negative number such as -8.4e6 in digits only: argparse would take it for an option."""
    return f"{Decimal(text):f}" if re.fullmatch(r"-([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]{1,3}", text) else text


def _serve(options: argparse.Namespace) -> int:
    requests, events = take_standard_streams()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        require_packages(options.role)
    except EngineError as error:
        return _refuse(requests, events, error)
    from frors_qgis.engine.server import Server
    from frors_qgis.engine.service import Service

    with ExitStack() as stack:
        folder = options.folder or stack.enter_context(tempfile.TemporaryDirectory(prefix="frors-"))
        service = Service(
            Path(folder),
            options.role,
            threads=options.threads,
            cache_bytes=options.cache_mib << 20,
            code_bits=options.codes,
        )
        Server(service, requests, events).run()
    sys.stderr.flush()
    os._exit(0)  # also where a library still computes


def _refuse(requests: BinaryIO, events: BinaryIO, error: EngineError) -> int:
    """Answers every request with the error: a client shows that, not how a process ended."""
    for line in requests:
        events.write(encode_message(error_event(decode_message(line).get("id"), error)))
        events.flush()
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m frors_qgis.engine",
        description="Search rasters by example. An ARCHIVE is a .gpkg file, or a schema of a database: "
        "'postgresql:service=NAME schema=NAME'.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    everywhere = _Parser(add_help=False)
    everywhere.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    everywhere.add_argument("--device", choices=DEVICE_NAMES, default="auto", help="default: %(default)s")

    coded = _Parser(add_help=False)
    coded.add_argument(
        "--codes",
        nargs="?",
        type=_code_bits,
        const=_CODE_BITS,
        metavar="BITS",
        help="little memory: searches hold hash codes of so many bits, or 'full' for as many as an embedding has "
        f"numbers; without BITS: {_CODE_BITS}; default: none, the whole index",
    )

    index = commands.add_parser("index", parents=[everywhere, coded], help="bring rasters into an archive")
    index.add_argument("archive", metavar="ARCHIVE")
    index.add_argument("rasters", nargs="+", metavar="RASTER")
    index.add_argument("--encoder", metavar="ID", help=f"default: the archive's, {DEFAULT_ENCODER} for a new one")
    index.add_argument(
        "--gsd", type=_numbers, metavar="M", help="ground GSD in metres; several with commas; default: each raster's"
    )
    index.add_argument(
        "--windows", type=_wholes, default=[8, 4], metavar="N,N", help="window sizes in cells of 32 px; default: 8,4"
    )
    index.add_argument(
        "--overlap", type=float, default=0.5, help="of neighbouring windows, 0 to 0.9; default: %(default)s"
    )
    index.add_argument(
        "--cluster", metavar="tcp://HOST:PORT", help="a Dask scheduler whose workers encode; default: none"
    )
    index.add_argument(
        "--parts", metavar="FOLDER", help="that they share with this computer; default: beside the archive"
    )

    search = commands.add_parser("search", parents=[everywhere, coded], help="find what looks like a box or a chip")
    search.add_argument("archive", metavar="ARCHIVE")
    search.add_argument(
        "--raster", help="the raster that the box lies on, in the archive or not; default: none, takes the chip there"
    )
    search.add_argument("--box", nargs=4, type=float, metavar=("XMIN", "YMIN", "XMAX", "YMAX"))
    search.add_argument("--chip", type=int, metavar="FID", help="a chip of the archive instead of a box")
    search.add_argument("--crs", metavar="EPSG:n", help="of the boxes and the bounds; default: the raster's")
    search.add_argument("-k", type=int, default=100, help="number of matches; default: %(default)s")
    search.add_argument("--any-size", action="store_true", help="compare with chips of any ground size")
    search.add_argument(
        "--within", nargs=4, type=float, metavar=("XMIN", "YMIN", "XMAX", "YMAX"), help="default: everywhere"
    )
    search.add_argument("--rasters", nargs="+", metavar="RASTER", help="search these rasters only; default: all")
    search.add_argument("--since", metavar="DATE", help="rasters acquired on this day or later; default: all")
    search.add_argument("--until", metavar="DATE", help="rasters acquired on this day or earlier; default: all")
    search.add_argument(
        "--months", type=_wholes, default=[], metavar="N,N", help="of acquisition, 1 to 12; default: all"
    )
    search.add_argument(
        "--words",
        dest="words_line",
        metavar="LINE",
        help='such as "sentinel-2, summer, within 50 km, cloud < 20"; alone, or with a box or a chip',
    )
    search.add_argument(
        "--words-weight",
        type=float,
        metavar="W",
        help="how much words make up of the score, 0 to 1; default: they hold",
    )
    search.add_argument("--least-score", type=float, metavar="S", help="leave out worse matches; default: none")
    search.add_argument(
        "--apart", type=float, default=0.0, metavar="M", help="metres between matches at least; default: no overlap"
    )
    search.add_argument(
        "-o", "--output", metavar="matches.gpkg|.geojson|.csv", help="a file for the matches; default: none"
    )

    remove = commands.add_parser("remove", parents=[everywhere], help="remove rasters and their chips")
    remove.add_argument("archive", metavar="ARCHIVE")
    remove.add_argument("rasters", nargs="+", metavar="RASTER")
    relink = commands.add_parser("relink", parents=[everywhere], help="find rasters that have moved")
    relink.add_argument("archive", metavar="ARCHIVE")
    relink.add_argument("folder", metavar="FOLDER", help="where they are now, they or folders that they are in")
    info = commands.add_parser("info", parents=[everywhere], help="what an archive holds, or what the engine runs on")
    info.add_argument("archive", nargs="?", metavar="ARCHIVE", help="default: none, tells of the engine")
    acquisition = commands.add_parser(
        "acquisition", parents=[everywhere], help="where, when and by what a raster was taken: tell it, or correct it"
    )
    acquisition.add_argument("archive", metavar="ARCHIVE")
    acquisition.add_argument("raster", metavar="RASTER")
    acquisition.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="FIELD=VALUE",
        help="platform, sensor, level, gsd, cloud, off_nadir, acquired, place=LON,LAT or place_name",
    )
    acquisition.add_argument(
        "--forget", nargs="+", action="extend", default=[], metavar="FIELD", help="take back what was set"
    )
    verify = commands.add_parser("verify", parents=[everywhere], help="check an archive for damage")
    verify.add_argument("archive", metavar="ARCHIVE")
    copy = commands.add_parser("copy", parents=[everywhere], help="an archive into another place, file or database")
    copy.add_argument("archive", metavar="ARCHIVE")
    copy.add_argument("target", metavar="TARGET", help="where no archive is yet, or a copy that was interrupted")
    export = commands.add_parser(
        "export-parquet", parents=[everywhere], help="an archive as a GeoParquet file for other tools"
    )
    export.add_argument("archive", metavar="ARCHIVE")
    export.add_argument("file", metavar="FILE.parquet", help="a new file; a STAC collection is written beside it")
    export.add_argument("--float32", action="store_true", help="for readers that know no float16; twice as large")
    export.add_argument("--licence", metavar="ID", help="of the embeddings, as STAC names it, such as CC-BY-4.0")
    import_ = commands.add_parser(
        "import-parquet", parents=[everywhere], help="an archive from GeoParquet files, FRORS's own or foreign ones"
    )
    import_.add_argument("archive", metavar="ARCHIVE", help="where none is yet, or an import that was interrupted")
    import_.add_argument("files", nargs="+", metavar="FILE.parquet", help="several only of foreign embeddings")
    import_.add_argument(
        "--point-size", type=float, metavar="M", help="metres along a side of a chip, where the file has points"
    )
    import_.add_argument("--vectors", metavar="COLUMN", help="of the embeddings; default: found by name and type")
    shard = commands.add_parser("add-shard", parents=[everywhere], help="spread an archive in a database over a server")
    shard.add_argument("archive", metavar="ARCHIVE")
    shard.add_argument("server", metavar="SERVER", help="the name of a foreign server of its database")
    shard.add_argument("shard", metavar="LOCATION", help="of the schema for the shard on that server")
    grant = commands.add_parser("grant", parents=[everywhere], help="let roles of a database use an archive in it")
    grant.add_argument("archive", metavar="ARCHIVE")
    grant.add_argument("--analysts", nargs="+", metavar="ROLE", help="who may read it")
    grant.add_argument("--indexers", nargs="+", metavar="ROLE", help="who may read and write it")

    evaluate = commands.add_parser("evaluate", parents=[everywhere], help="retrieval figures on class folders")
    evaluate.add_argument("dataset", metavar="DATASET_DIR")
    which = evaluate.add_mutually_exclusive_group()
    which.add_argument("--encoder", metavar="ID")
    which.add_argument("--checkpoint", metavar="FILE", help="an encoder by its file, installed or not")
    evaluate.add_argument("--queries", metavar="DIR", help="class folders of queries; default: every image once")
    evaluate.add_argument("--side", type=int, metavar="PX", help="resample images to squares; default: their own size")
    evaluate.add_argument("--classes", type=_names, metavar="A,B,...", help="only these classes take part")
    evaluate.add_argument("--fraction", type=float, metavar="F", help="leave out what `train --fraction F` learns from")
    evaluate.add_argument("--seed", type=int, default=0, help="of that training")
    evaluate.add_argument("--report", metavar="DIR", help="where to write report.json and pictures")

    train = commands.add_parser("train", parents=[everywhere], help="an encoder from class folders")
    train.add_argument("datasets", nargs="+", metavar="DATASET_DIR")
    train.add_argument("--encoder", default="frors", metavar="KIND", help="frors, triplet, softmax-triplet or softmax")
    train.add_argument(
        "-o", "--output", required=True, metavar="CHECKPOINT", help="a .safetensors file; its name is the id"
    )
    train.add_argument("--run", metavar="DIR", help="where to keep the run; default: CHECKPOINT with .run")
    train.add_argument(
        "--trunk", metavar="CHECKPOINT", help="file or id whose trunk to start from; default: the default encoder's"
    )
    train.add_argument(
        "--cache", metavar="DIR", help="keep views here for further runs; default: in the run, until it ends"
    )
    train.add_argument("--fraction", type=float, metavar="F", help="share of each class to train on; default: all")
    train.add_argument("--validate", type=float, metavar="F", help="share of these to take figures on after each epoch")
    train.add_argument("--without", type=_names, default=(), metavar="A,B,...", help="classes to leave out")
    train.add_argument("--seed", type=int, default=0)
    for name, text in (("epochs", "N"), ("dimension", "N"), ("views", "N"), ("side", "PX")):
        train.add_argument(f"--{name}", type=int, metavar=text, help="default: see docs/training.md")
    train.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="more of the recipe")
    train.add_argument(
        "--licence", action="append", default=[], metavar="TEXT", help="of a dataset, for the model card"
    )
    train.add_argument("--note", action="append", default=[], metavar="TEXT", help="what else the card is to say")

    labelled = _Parser(add_help=False)
    labelled.add_argument("labels", metavar="LABELS", help="a vector file with labelled features, such as a GeoPackage")
    labelled.add_argument("--layer", help="of the file; default: its first")
    labelled.add_argument("--field", required=True, help="that holds the labels")
    labelled.add_argument("--rasters", required=True, nargs="+", metavar="RASTER", help="that the features lie on")
    labelled.add_argument(
        "--point-size", type=float, metavar="M", help="of the boxes round points; default: 64 pixels of the raster"
    )
    on_features = commands.add_parser(
        "evaluate-features", parents=[everywhere, labelled], help="retrieval figures on labelled features"
    )
    on_features.add_argument("--archive", metavar="ARCHIVE", help="whose encoder and levels to use; default: none")
    on_features.add_argument("--encoder", metavar="ID", help=f"default: the archive's, else {DEFAULT_ENCODER}")
    from_features = commands.add_parser(
        "train-features", parents=[everywhere, labelled], help="an encoder of your own from labelled features"
    )
    from_features.add_argument("--id", required=True, help="of the new encoder")
    from_features.add_argument("--kind", default="frors", help="frors, triplet, softmax-triplet or softmax")
    from_features.add_argument("--start", metavar="ID", help=f"encoder to start from; default: {DEFAULT_ENCODER}")
    from_features.add_argument("--epochs", type=int, metavar="N", help="0 for a fit in closed form; default: 8")
    from_features.add_argument("--validate", type=float, metavar="F", help="share to keep apart; default: 0.2")
    from_features.add_argument(
        "--surroundings", type=float, metavar="F", help="beyond a feature, by its longer side; default: 0.15"
    )
    from_features.add_argument("--seed", type=int, default=0)
    from_features.add_argument("--set", nargs="+", action="extend", metavar="NAME=VALUE", help="more of the recipe")
    from_features.add_argument("--licence", action="append", metavar="TEXT", help="of the images, for the card")

    serve = commands.add_parser("serve", parents=[coded], help="speak JSON lines over stdin and stdout")
    serve.add_argument("--role", choices=("both", "encode", "search", "learn"), default="both")
    serve.add_argument("--folder", help="private folder for pictures")
    serve.add_argument("--threads", type=int, default=0, metavar="N", help="that compute; default: one for each core")
    serve.add_argument("--cache-mib", type=int, default=64, metavar="N", help="for pictures; default: %(default)s")
    return parser


def _numbers(text: str) -> list[float]:
    return _list(text, float, "numbers with commas between them")


def _wholes(text: str) -> list[int]:
    return _list(text, int, "whole numbers with commas between them")


def _code_bits(text: str) -> int:
    """Of hash codes, as of `Archive.chip_index`."""
    if text == "full":
        return 0
    if text.isdecimal() and len(text) <= 4 and int(text) % 8 == 0 and _LEAST_CODE_BITS <= int(text) <= _MOST_CODE_BITS:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text!r} is neither 'full' nor a multiple of 8 from {_LEAST_CODE_BITS} to {_MOST_CODE_BITS}"
    )


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise argparse.ArgumentTypeError(f"{text!r} is not names with commas between them")
    return names


def _list(text: str, kind: Callable[[str], _Number], expected: str) -> list[_Number]:
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not {expected}") from None


if __name__ == "__main__":
    sys.exit(main())
