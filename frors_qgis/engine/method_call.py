"""One call of one of the engine's methods from the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from frors_qgis.engine.call import Call
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.progress_bar import ProgressBar
from frors_qgis.engine.service import Service


def call_method(method: str, values: dict[str, Any], code_bits: int | None = None) -> dict[str, Any]:
    """The result of a method, its progress on the terminal; raises what the method raises.

    code_bits: see `Archive.chip_index`.
    """
    with tempfile.TemporaryDirectory(prefix="frors-") as folder, ProgressBar() as bar:
        service = Service(Path(folder), code_bits=code_bits)
        bar.show(0.0, f"{method} {values.get('archive', '')}", None)
        try:
            return service.methods[method](Parameters(values), Call(bar.show))
        finally:
            service.release_archives()
