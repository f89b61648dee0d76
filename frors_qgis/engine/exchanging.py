"""Archives as GeoParquet files and back: the methods, and what they say where pyarrow is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.check import Check
from frors_qgis.engine.archive.connection import absolute
from frors_qgis.engine.archive.copying import copy_archive, open_copy
from frors_qgis.engine.archive.foreign import is_foreign
from frors_qgis.engine.archive_access import require_suffix
from frors_qgis.engine.call import Call
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode

if TYPE_CHECKING:
    from frors_qgis.engine.exchange.foreign_file import ForeignFiles
    from frors_qgis.engine.exchange.own_file import OwnFile

_CHECKING = 0.3
"""Of the progress of an import: everything is read once before an archive is made."""


def export_parquet(archive: Archive, parameters: Parameters, call: Call) -> dict[str, Any]:
    """Writes an archive to the new GeoParquet file "file", with a STAC collection beside it.

    "float32": its embeddings as such; "licence" is of the embeddings, as STAC names it.
    """
    require_pyarrow()
    from frors_qgis.engine.exchange.export import LICENCE, collection_beside, export_archive

    file = parameters.text("file")

    def progress(done: int, total: int) -> None:
        call.check()
        call.progress(done / max(1, total), f"Exporting to {file}", None)

    licence = parameters.text("licence", LICENCE)
    chips = export_archive(archive, file, progress, single=parameters.flag("float32"), licence=licence)
    return {"file": file, "collection": str(collection_beside(absolute(file))), "chips": chips}


def import_parquet(parameters: Parameters, call: Call, seal: Callable[[Archive, Check], None]) -> dict[str, Any]:
    """Makes an archive of the GeoParquet files "files": one that FRORS has exported, or foreign ones of one model.

    "point_size" (metres) is the side of the squares that points stand for; "vectors" the column of the embeddings.
    """
    require_pyarrow()
    target, files = parameters.text("archive"), parameters.texts("files")

    def checking(done: int, total: int) -> None:
        call.check()
        call.progress(_CHECKING * done / max(1, total), "Checking the files", None)

    def copying(done: int, total: int) -> None:
        call.check()
        fraction = _CHECKING + (1 - _CHECKING) * done / max(1, total)
        call.progress(fraction, f"Importing into {target}", None)

    with ExitStack() as stack:
        source = _source(stack, files, parameters)
        if Archive.exists(target):
            open_copy(source, target).close()  # or it says why nothing can be imported there
        else:
            require_suffix(target)
            Archive.require_room(target)
        source.check(checking)
        stack.enter_context(Archive.writer_lock(target))
        archive = stack.enter_context(open_copy(source, target))
        imported = copy_archive(source, archive, copying)
        seal(archive, call.check)
        return {
            "chips": archive.chip_count(),
            "imported": imported,
            "raster_count": len(archive.rasters()),
            "encoder": archive.encoder,
            "foreign": is_foreign(archive),
        }


def require_pyarrow() -> None:
    """Raises EngineError(ENGINE_MISSING) where pyarrow is missing, or does not fit this numpy."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise EngineError(
            ErrorCode.ENGINE_MISSING,
            f"GeoParquet files need the package pyarrow, which the Python at {sys.executable} cannot import "
            f'({error}): install it there with pip install "pyarrow>=16,<26".',
        ) from error


def _source(stack: ExitStack, files: list[str], parameters: Parameters) -> OwnFile | ForeignFiles:
    from frors_qgis.engine.exchange.columns import FOOTER
    from frors_qgis.engine.exchange.foreign_file import ForeignFiles
    from frors_qgis.engine.exchange.own_file import OwnFile
    from frors_qgis.engine.exchange.parquet_file import ParquetFile

    opened = [stack.enter_context(ParquetFile(file)) for file in files]
    own = [file for file in opened if file.metadata(FOOTER) is not None]
    if not own:
        return ForeignFiles(opened, parameters.optional_number("point_size"), parameters.optional_text("vectors"))
    if len(opened) > 1:
        raise own[0].unusable("FRORS has exported it, import it alone into an archive of its own")
    return OwnFile(own[0])
