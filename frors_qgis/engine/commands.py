"""The commands of the command line: options -> the engine's methods -> what a person reads."""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.template import to_sentence
from frors_qgis.engine.acquisition_command import acquisition
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.connection import absolute
from frors_qgis.engine.archive_access import known_raster
from frors_qgis.engine.call import Call
from frors_qgis.engine.embedding_process import embed_apart
from frors_qgis.engine.encoders.installed import installed_encoders
from frors_qgis.engine.feature_commands import evaluate_features, train_features
from frors_qgis.engine.georeferences import crs_name
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.match_files import driver_for, write_matches
from frors_qgis.engine.method_call import call_method
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.progress_bar import ProgressBar
from frors_qgis.engine.service import Service
from frors_qgis.engine.torch_settings import before_torch
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.version import VERSION

if TYPE_CHECKING:
    from frors_qgis.engine.encoders.encoder import Encoder
    from frors_qgis.engine.learning.provenance import Provenance

Result = dict[str, Any]

__all__ = [
    "acquisition",
    "add_shard",
    "copy",
    "evaluate",
    "evaluate_features",
    "exit_status",
    "export_parquet",
    "grant",
    "import_parquet",
    "index",
    "info",
    "relink",
    "remove",
    "search",
    "train",
    "train_features",
    "verify",
]


def index(options: argparse.Namespace) -> Result:
    """Indexes rasters."""
    names = ("archive", "rasters", "encoder", "gsd", "windows", "overlap", "device", "cluster", "parts")
    result = call_method("index", {name: getattr(options, name) for name in names}, options.codes)
    for raster in result["rasters"]:
        if raster["error"] is None:
            print(f"{raster['state']}: {raster['path']} ({raster['chips']:,} chips)")
            if raster["note"]:
                print(raster["note"], file=sys.stderr)
        else:
            print(raster["error"]["message"], file=sys.stderr)
    if result["note"]:
        print(result["note"], file=sys.stderr)
    device = result["device"] or "no device: nothing had to be encoded"
    failed = sum(raster["error"] is not None for raster in result["rasters"])
    failures = f"; {failed} of {len(result['rasters'])} rasters failed" if failed else ""
    print(f"{result['chips']:,} chips in {options.archive} after {result['seconds']:.1f} s on {device}{failures}")
    return result


def search(options: argparse.Namespace) -> Result:
    """Searches by a box or by a chip, with words or by them alone."""
    is_bare = options.box is None and options.chip is None
    is_double = options.box is not None and options.chip is not None
    if is_double or (options.raster and options.box is None) or (is_bare and not options.words_line):
        raise EngineError(ErrorCode.BAD_REQUEST, "Give --box with --raster or without, or --chip, or --words.")
    if options.output:
        driver_for(absolute(options.output))
    values: dict[str, Any] = {"archive": options.archive, "k": options.k, "any_size": options.any_size}
    with tempfile.TemporaryDirectory(prefix="frors-") as folder, ProgressBar() as bar:
        service = Service(Path(folder), code_bits=options.codes)
        note = None
        if options.raster is None:
            if options.box is not None:
                place = {"archive": options.archive, "box": options.box} | ({"crs": options.crs} if options.crs else {})
                options.chip = service.methods["locate"](Parameters(place), Call())["match"]["chip"]
                print(f"Chip {options.chip} lies there.", file=sys.stderr)
            values |= {"chip": options.chip, "crs": options.crs}
        else:
            box = {"archive": options.archive, "raster": options.raster, "box": options.box, "device": options.device}
            box |= {"crs": options.crs} if options.crs else {}
            bar.show(0.0, "Encoding the box", None)
            embed = service.methods["embed"] if sys.platform == "linux" else embed_apart
            embedding = embed(Parameters(box), Call())
            values |= {"embedding": embedding["embedding"], "ground_size": embedding["chip_size"]}
            values["place"] = embedding["place"]
            note = embedding["note"]
            values["crs"] = options.crs or _crs_of(options.raster)
        values |= {"words": options.words_line, "words_weight": options.words_weight}
        values |= {"since": options.since, "until": options.until, "months": options.months}
        values |= {"within": options.within, "least_score": options.least_score, "apart": options.apart}
        values |= {"rasters": _raster_ids(options.archive, options.rasters or [])}
        bar.show(0.9, "Searching", None)
        result = service.methods["search"](Parameters(values), Call())
        compared = _size_compared(values, result) if options.raster and not options.any_size else None
        result["note"] = result["note"] or (None if options.any_size else note)
    if options.output:
        write_matches(result["matches"], Path(options.output))
    if result["note"]:
        print(result["note"], file=sys.stderr)
    if compared is not None:
        print(f"Compared with chips of about {compared:,.1f} m; --any-size compares with all.", file=sys.stderr)
    for match in result["matches"]:
        bounds = " ".join(f"{value:.9g}" for value in match["bounds"])
        unknown = "".join(f"  {one['words']}: not known, {one['odds']:.0%} likely" for one in match["unknown"])
        print(
            f"{match['rank']:5d}  {match['score']:.4f}  chip {match['chip']:<8d} {bounds}  {match['raster']}" + unknown
        )
    if options.output:
        print(f"{len(result['matches']):,} matches in {options.output}")
    return result


def remove(options: argparse.Namespace) -> Result:
    """Removes rasters."""
    result = call_method("remove", {"archive": options.archive, "rasters": options.rasters})
    for raster in result["rasters"]:
        print(f"removed: {raster['path']} ({raster['chips']:,} chips)")
    return result


def relink(options: argparse.Namespace) -> Result:
    """Finds rasters that have moved."""
    result = call_method("relink", {"archive": options.archive, "folder": options.folder})
    for raster in result["rasters"]:
        print(f"found: {raster['path']} is {raster['now']}" if raster["now"] else f"not found: {raster['path']}")
    if not result["rasters"]:
        print("No raster is missing.")
    return result


def info(options: argparse.Namespace) -> Result:
    """Shows what an archive holds, or what this engine runs on."""
    if options.archive is None:
        result = call_method("runtime", {"device": options.device})
        result["encoders"] = installed_encoders()
        print(f"FRORS {VERSION}, torch {result['torch']}, {result['threads']} threads")
        print(f"device {result['device']}")
        print(f"encoders {', '.join(result['encoders'])}")
        return result
    result = call_method("info", {"archive": options.archive})
    encoder = result["encoder"] if result["encoder_available"] else f"{result['encoder']} (not installed here)"
    print(f"{result['path']}: {result['chips']:,} chips, {result['bytes'] / 1e6:.1f} MB, encoder {encoder}")
    for level in result["levels"]:
        print(f"  level {level['gsd']:.3g} m x {level['cells']} cells: chips of {level['ground_size']:.4g} m")
    for raster in result["rasters"]:
        print(f"  {raster['state']:9s} {raster['chips']:8,d} chips  {raster['path']}")
        if told := to_sentence(Acquisition.from_json(raster["acquisition"])):
            print(f"    {told}")
        for sentence in raster["conflicts"]:
            print(f"    Sources disagree on {sentence}.")
    return result


def verify(options: argparse.Namespace) -> Result:
    """Checks an archive."""
    result = call_method("verify", {"archive": options.archive})
    for problem in result["problems"]:
        print(problem, file=sys.stderr)
    if not result["problems"]:
        print(f"{options.archive} is sound.")
    return result


def add_shard(options: argparse.Namespace) -> Result:
    """Spreads an archive over one more server."""
    result = call_method("add_shard", {name: getattr(options, name) for name in ("archive", "server", "shard")})
    print(f"{options.archive} has a shard on {result['server']} now; blocks to come are spread over its shards.")
    return result


def copy(options: argparse.Namespace) -> Result:
    """Copies an archive."""
    result = call_method("copy", {"archive": options.archive, "target": options.target})
    print(f"{result['chips']:,} chips in {options.target}, {result['copied']:,} of them copied now.")
    return result


def export_parquet(options: argparse.Namespace) -> Result:
    """Exports an archive."""
    values = {name: getattr(options, name) for name in ("archive", "file", "float32")}
    values |= {"licence": options.licence} if options.licence else {}
    result = call_method("export_parquet", values)
    print(f"{result['chips']:,} chips in {result['file']}, described by {result['collection']}")
    return result


def import_parquet(options: argparse.Namespace) -> Result:
    """Makes an archive of GeoParquet files."""
    values = {name: getattr(options, name) for name in ("archive", "files", "point_size", "vectors")}
    result = call_method("import_parquet", values)
    counts = f"{result['chips']:,} chips of {result['raster_count']:,} rasters"
    print(f"{counts} in {options.archive}, {result['imported']:,} of them imported now.")
    if result["foreign"]:
        print("Their embeddings were made elsewhere: search by --chip, or by --box without --raster.", file=sys.stderr)
    return result


def grant(options: argparse.Namespace) -> Result:
    """Lets roles use an archive."""
    result = call_method("grant", {name: getattr(options, name) for name in ("archive", "analysts", "indexers")})
    for kind, rights in (("analysts", "read"), ("indexers", "read and write")):
        for role in result[kind]:
            print(f"{role} may {rights} {options.archive}.")
    return result


def evaluate(options: argparse.Namespace) -> Result:
    """Retrieval figures of an encoder on class folders."""
    from frors_qgis.engine.learning.evaluation import Task
    from frors_qgis.engine.learning.evaluation import evaluate as evaluate_task
    from frors_qgis.engine.learning.pictures import require_matplotlib
    from frors_qgis.engine.learning.report import write_report

    queries = None if options.queries is None else Path(options.queries)
    report = None if options.report is None else Path(options.report)
    if report is not None:
        require_matplotlib()
        report.mkdir(parents=True, exist_ok=True)
    with ProgressBar() as bar:
        encoder = _encoder(options)
        task = Task(Path(options.dataset), queries, options.side, options.classes, options.fraction, options.seed)
        evaluation = evaluate_task(task, encoder, bar.show)
    result = evaluation.as_json()
    for part in ("protocol", "metrics"):
        for name, value in result[part].items():
            print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    for warning in evaluation.warnings:
        print(warning, file=sys.stderr)
    if report is not None:
        for path in write_report(evaluation, report):
            print(path)
    return result


def train(options: argparse.Namespace) -> Result:
    """Trains an encoder on class folders, or goes on with a training that was interrupted."""
    before_torch()
    from frors_qgis.engine.encoders.installed import is_of_frors
    from frors_qgis.engine.encoders.registry import load_checkpoint_file, load_trunk
    from frors_qgis.engine.learning.evaluation import embed_images
    from frors_qgis.engine.learning.metrics import validation_figures
    from frors_qgis.engine.learning.model_card import ModelCard
    from frors_qgis.engine.learning.recipe import Recipe
    from frors_qgis.engine.learning.run_folder import RunFolder, nothing_taught
    from frors_qgis.engine.learning.trainer import train as train_encoder
    from frors_qgis.engine.learning.training_set import choose_images

    checkpoint = Path(options.output)
    if checkpoint.suffix != ".safetensors":
        raise EngineError(ErrorCode.BAD_REQUEST, f"{checkpoint} does not end in .safetensors; choose such a name.")
    run = RunFolder(checkpoint.with_suffix(".run") if options.run is None else Path(options.run))
    if checkpoint.exists() and not run.wrote(checkpoint):
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"{checkpoint} exists, and the run in {run.folder} did not write it; move it away, or choose another name.",
        )
    asked = {name: getattr(options, name) for name in ("epochs", "dimension", "views", "side", "seed")}
    given = {name: value for name, value in asked.items() if value is not None}
    recipe = Recipe.from_json({"encoder": options.encoder} | given).with_settings(options.set)
    trunk = _trunk_path(options.trunk)
    origin = _trunk_origin(trunk)
    chosen = choose_images(
        [Path(dataset) for dataset in options.datasets],
        fraction=options.fraction,
        validate=options.validate,
        without=options.without,
        seed=options.seed,
    )
    known = origin.known(chosen.datasets, (image.label for image in chosen.images))
    cautions = []
    if known and (options.fraction is not None or options.validate is not None or options.without):
        cautions.append(
            f"The trunk of {trunk.name} has learnt from {known} before: where these are the same images, figures on "
            "what --fraction, --validate or --without keeps apart flatter; start from --trunk resnet50-imagenet (made "
            "by `make encoders`) instead."
        )
    for caution in cautions:
        print(caution, file=sys.stderr)
    if is_of_frors(checkpoint.stem):
        sentence = f"An encoder {checkpoint.stem} comes with FRORS: rename this one before you put it among your own."
        print(sentence, file=sys.stderr)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    try:
        with ProgressBar() as bar:
            train_encoder(
                chosen.images,
                recipe,
                run,
                load_trunk(trunk),
                bar.show,
                chosen.validation,
                checkpoint=checkpoint,
                trunk_classes=origin.classes,
                cache=None if options.cache is None else Path(options.cache),
                device=options.device,
            )
            validation = {}
            if chosen.validation:
                encoder = load_checkpoint_file(checkpoint, options.device)
                vectors = embed_images(chosen.validation, encoder, recipe.side, bar.show)
                validation = validation_figures(vectors, np.array([image.label for image in chosen.validation]))
    except KeyboardInterrupt:
        if not run.begun:
            sentence = "Interrupted before anything was kept. Give the same command again to begin."
            raise EngineError(ErrorCode.CANCELLED, sentence) from None
        kept = f"{run.epochs} of {recipe.epochs} epochs are kept in {run.folder}"
        raise EngineError(ErrorCode.CANCELLED, f"Interrupted; {kept}. Give the same command again to go on.") from None
    records = run.metrics()
    if useless := nothing_taught(records):
        cautions.append(useless)
        print(useless, file=sys.stderr)
    card = ModelCard(
        name=checkpoint.stem,
        sha256=load_checkpoint_file(checkpoint, "cpu").sha256,
        recipe=recipe,
        trunk=origin,
        datasets=chosen.datasets,
        images=chosen.images,
        licences=options.licence,
        protocol=chosen.protocol | {"trunk learnt from": origin.learnt_from, "side": f"{recipe.side} px"},
        validation=validation,
        notes=[*options.note, *cautions],
        records=records,
        command=shlex.join(["python", "-m", "frors_qgis.engine", *options.words]),
    )
    beside = checkpoint.with_suffix(".md")
    beside.write_text(card.text(), encoding="utf-8")
    last = card.records[-1] if card.records else {}
    for name, value in validation.items():
        print(f"validation {name}: {value:.4f}")
    print(f"{checkpoint}: {len(chosen.images):,} images, {recipe.epochs} epochs, sha-256 {card.sha256}")
    return {
        "checkpoint": str(checkpoint),
        "sha256": card.sha256,
        "card": str(beside),
        "run": str(run.folder),
        "images": len(chosen.images),
        "recipe": recipe.as_json(),
        "validation": validation,
        "last epoch": last,
    }


def exit_status(result: Result) -> int:
    """1 when a raster failed or the archive has problems, else 0."""
    failed = any(raster.get("error") for raster in result.get("rasters", []))
    return 1 if failed or result.get("problems") else 0


def _encoder(options: argparse.Namespace) -> Encoder:
    """The encoder of --checkpoint, else of --encoder, else the default one."""
    before_torch()
    from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER
    from frors_qgis.engine.encoders.registry import load_checkpoint_file, load_encoder

    if options.checkpoint is not None:
        return load_checkpoint_file(Path(options.checkpoint), options.device)
    return load_encoder(options.encoder or DEFAULT_ENCODER, options.device)


def _trunk_path(chosen: str | None) -> Path:
    """The checkpoint file of --trunk, a file or the id of an installed encoder; raises EngineError(ENCODER_UNKNOWN)."""
    from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path

    if chosen is None:
        return encoder_path(DEFAULT_ENCODER)
    path = Path(chosen)
    return path if path.suffix == ".safetensors" or path.is_file() else encoder_path(chosen)


def _trunk_origin(path: Path) -> Provenance:
    """What a training on the trunk of this checkpoint starts from; raises EngineError(ENCODER_DAMAGED)."""
    from frors_qgis.engine.encoders.checkpoint import load_checkpoint
    from frors_qgis.engine.encoders.description import learnt_classes
    from frors_qgis.engine.learning.provenance import Provenance

    checkpoint = load_checkpoint(path)
    return Provenance(path.name, checkpoint.sha256, learnt_classes(checkpoint.description))


def _size_compared(values: Result, result: Result) -> float | None:
    """Ground size in metres of the chips that a box was compared with, None where there were none."""
    if not result["matches"]:
        return None
    size: float = result["matches"][0]["ground_size"] if result["note"] else values["ground_size"]
    return size


def _raster_ids(archive: str, paths: Sequence[str]) -> list[int]:
    with Archive.open(archive) as opened:
        return [known_raster(opened, path).id or 0 for path in paths]


def _crs_of(path: str) -> str:
    with Raster(path) as raster:
        return crs_name(raster.crs)
