"""What a worker of a cluster does. Dask calls these functions by their names, in the worker's own process.

Names and paths go in and out; pixels and vectors lie in files.
"""

from __future__ import annotations

import errno
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frors_qgis.engine.cluster_versions import Versions, own_versions, refused
from frors_qgis.engine.encoders.installed import encoder_path, file_sha256
from frors_qgis.engine.encoders.interface import WindowEncoder
from frors_qgis.engine.indexing.parts import PartTask, encode_part
from frors_qgis.engine.torch_settings import before_torch
from frors_qgis.protocol import EngineError, ErrorCode

if TYPE_CHECKING:
    from frors_qgis.engine.encoders.device import Device

_ONE_AT_A_TIME = threading.Lock()


def worker_facts(encoder: str, sha256: str, file: str, device: str, folder: str, mark: str) -> dict[str, Any]:
    """What a client wants to know before it gives out tasks.

    encoder, sha256, file: id, digest, and the file's path at the client; device: the name of one; folder: for the
    parts, in which the client has made a file by the name of `mark`.
    "versions", see `own_versions`, with the digest of the encoder; "precision": the number type that is best here, None
    without torch; "folder": whether it is the client's and can be written to; "problem": a sentence, or None.
    """
    there = _encoder_file(encoder, sha256, file) is not None
    versions = own_versions() | {f"encoder {encoder}": sha256[:8] if there else None}
    precision, problem = None, None
    try:
        precision = _precision(device)
    except EngineError as error:
        problem = error.message
    except ImportError:
        pass  # as the versions tell
    there = _is_writable(Path(folder), mark)
    return {"versions": versions, "precision": precision, "problem": problem, "folder": there}


def make_part(
    task: PartTask, file: str, device: str, precision: str, folder: str, versions: Versions
) -> dict[str, Any]:
    """Makes a part in the folder, if it is not there: its "name"; or "error" and "message"; or "versions" that do not
    fit.

    file, device, folder as for `worker_facts`; precision: "float32" or "bfloat16"; versions: of the client.
    """
    own = own_versions()
    if refused(versions, {"": own}):
        return {"versions": own}
    part = Path(folder) / task.name
    try:
        with _ONE_AT_A_TIME:
            if not part.exists():
                make = partial(pinned_encoder, task.encoder, task.encoder_sha256, file, device, precision)
                _encode_part(task, make, part.parent)
    except EngineError as error:
        return {"error": error.code.value, "message": error.message}
    return {"name": part.name}


def _encode_part(task: PartTask, encoder: Callable[[], WindowEncoder], folder: Path) -> None:
    try:
        encode_part(task, encoder, folder)
    except OSError as error:
        raise EngineError(
            ErrorCode.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else ErrorCode.CLUSTER_UNUSABLE,
            f"A worker of the cluster cannot write into {folder}: {error.strerror}. Free space there, or choose "
            "another folder.",
        ) from error


@lru_cache(maxsize=1)
def pinned_encoder(identifier: str, sha256: str, file: str, device: str, precision: str) -> WindowEncoder:
    """The encoder of this digest, kept for the next task, computing in one thread and in the precision given.

    Raises EngineError: ENCODER_UNKNOWN where it is neither installed here nor at the client's path, and what
    `build_encoder` and `choose_device` raise.
    """
    path = _encoder_file(identifier, sha256, file)
    if path is None:
        raise EngineError(
            ErrorCode.ENCODER_UNKNOWN,
            f"A worker of the cluster has no encoder {identifier} like the archive's: name a folder that it shares in "
            "FRORS_ENCODERS.",
        )
    chosen = _device(device)
    import torch

    from frors_qgis.engine.encoders.checkpoint import load_checkpoint
    from frors_qgis.engine.encoders.device import Device
    from frors_qgis.engine.encoders.registry import build_encoder

    pinned = Device(chosen.name, getattr(torch, precision), "as all workers")
    return build_encoder(load_checkpoint(path), path, pinned)


def _precision(device: str) -> str:
    """The number type that is best on a device; raises what `choose_device` raises, and ImportError."""
    return str(_device(device).dtype).removeprefix("torch.")


@cache
def _device(name: str) -> Device:
    before_torch()
    import torch

    torch.set_num_threads(1)  # the cluster's other workers have the other cores
    from frors_qgis.engine.encoders.device import choose_device

    return choose_device(name)


def _encoder_file(identifier: str, sha256: str, file: str) -> Path | None:
    """Where the encoder of this digest lies here: among those installed, or at the client's path."""
    candidates = [Path(file)]
    with suppress(EngineError):
        candidates.insert(0, encoder_path(identifier))
    for path in candidates:
        with suppress(OSError):
            if file_sha256(path) == sha256:
                return path
    return None


def _is_writable(folder: Path, mark: str) -> bool:
    trial = folder / f"{mark}.{uuid.uuid4().hex}"
    try:
        trial.touch()
        trial.unlink()
    except OSError:
        return False
    return (folder / mark).exists()
