"""The commands of the command line: options -> the engine's methods -> what a person reads."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive_access import known_raster
from frors_qgis.engine.call import Call
from frors_qgis.engine.embedding_process import embed_apart
from frors_qgis.engine.georeferences import crs_name
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.match_files import driver_of, write_matches
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.progress_bar import ProgressBar
from frors_qgis.engine.service import Service
from frors_qgis.protocol import EngineError, ErrorCode

Result = dict[str, Any]


def index(options: argparse.Namespace) -> Result:
    """Indexes rasters."""
    values = {name: getattr(options, name) for name in ("archive", "rasters", "encoder", "gsd", "windows", "overlap")}
    result = _call("index", values | {"device": options.device})
    for raster in result["rasters"]:
        if raster["error"] is None:
            print(f"{raster['state']}: {raster['path']} ({raster['chips']:,} chips)")
            if raster["note"]:
                print(raster["note"], file=sys.stderr)
        else:
            print(raster["error"]["message"], file=sys.stderr)
    device = result["device"] or "no device: nothing had to be encoded"
    print(f"{result['chips']:,} chips in {options.archive} after {result['seconds']:.1f} s on {device}")
    return result


def search(options: argparse.Namespace) -> Result:
    """Searches by a box or by a chip."""
    if (options.box is None) == (options.chip is None) or (options.box is None) != (options.raster is None):
        raise EngineError(ErrorCode.BAD_REQUEST, "Give --raster and --box, or --chip.")
    if options.output:
        driver_of(Path(options.output))
    values: dict[str, Any] = {"archive": options.archive, "k": options.k, "any_size": options.any_size}
    with tempfile.TemporaryDirectory(prefix="frors-") as folder, ProgressBar() as bar:
        service = Service(Path(folder))
        note = None
        if options.chip is not None:
            values |= {"chip": options.chip, "crs": options.crs}
        else:
            box = {"archive": options.archive, "raster": options.raster, "box": options.box, "device": options.device}
            box |= {"crs": options.crs} if options.crs else {}
            bar.show(0.0, "Encoding the box", None)
            embed = service.methods["embed"] if sys.platform == "linux" else embed_apart
            embedding = embed(Parameters(box), Call())
            values |= {"embedding": embedding["embedding"], "ground_size": embedding["chip_size"]}
            note = embedding["note"]
            values["crs"] = options.crs or _crs_of(options.raster)
        values |= {"within": options.within, "rasters": _raster_ids(options.archive, options.rasters or [])}
        bar.show(0.9, "Searching", None)
        result = service.methods["search"](Parameters(values), Call())
        result["note"] = result["note"] or (None if options.any_size else note)
    if options.output:
        write_matches(result["matches"], Path(options.output))
    if result["note"]:
        print(result["note"], file=sys.stderr)
    for match in result["matches"]:
        bounds = " ".join(f"{value:.9g}" for value in match["bounds"])
        print(f"{match['rank']:5d}  {match['score']:.4f}  chip {match['chip']:<8d} {bounds}  {match['raster']}")
    return result


def remove(options: argparse.Namespace) -> Result:
    """Removes rasters."""
    result = _call("remove", {"archive": options.archive, "rasters": options.rasters})
    for raster in result["rasters"]:
        print(f"removed: {raster['path']} ({raster['chips']:,} chips)")
    return result


def info(options: argparse.Namespace) -> Result:
    """Shows what an archive holds."""
    result = _call("info", {"archive": options.archive})
    encoder = result["encoder"] if result["encoder_available"] else f"{result['encoder']} (not installed here)"
    print(f"{result['path']}: {result['chips']:,} chips, {result['bytes'] / 1e6:.1f} MB, encoder {encoder}")
    for level in result["levels"]:
        print(f"  level {level['gsd']:.3g} m x {level['cells']} cells: chips of {level['ground_size']:.4g} m")
    for raster in result["rasters"]:
        print(f"  {raster['state']:9s} {raster['chips']:8,d} chips  {raster['path']}")
    return result


def verify(options: argparse.Namespace) -> Result:
    """Checks an archive."""
    result = _call("verify", {"archive": options.archive})
    for problem in result["problems"]:
        print(problem, file=sys.stderr)
    if not result["problems"]:
        print(f"{options.archive} is sound.")
    return result


def evaluate(options: argparse.Namespace) -> Result:
    """Retrieval figures of an encoder on class folders."""
    from frors_qgis.engine.encoder_pool import EncoderPool
    from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER
    from frors_qgis.engine.learning.evaluation import evaluate as evaluate_dataset

    identifier = options.encoder or DEFAULT_ENCODER
    queries = None if options.queries is None else Path(options.queries)
    with ProgressBar() as bar:
        encoder = EncoderPool().get(identifier, options.device)
        result = evaluate_dataset(Path(options.dataset), queries, identifier, encoder, bar.show)
    for part in ("protocol", "metrics"):
        for name, value in result[part].items():
            print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    return result


def exit_status(result: Result) -> int:
    """1 when a raster failed or the archive has problems, else 0."""
    failed = any(raster.get("error") for raster in result.get("rasters", []))
    return 1 if failed or result.get("problems") else 0


def _call(method: str, values: Result) -> Result:
    with tempfile.TemporaryDirectory(prefix="frors-") as folder, ProgressBar() as bar:
        service = Service(Path(folder))
        bar.show(0.0, f"{method} {values['archive']}", None)
        try:
            return service.methods[method](Parameters(values), Call(bar.show))
        finally:
            service.release_archives()


def _raster_ids(archive: str, paths: Sequence[str]) -> list[int]:
    with Archive.open(archive) as opened:
        return [known_raster(opened, path).id or 0 for path in paths]


def _crs_of(path: str) -> str:
    with Raster(path) as raster:
        return crs_name(raster.crs)
