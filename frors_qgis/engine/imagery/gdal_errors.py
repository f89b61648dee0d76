"""GDAL's failures as EngineError, whatever the process has chosen for GDAL's exceptions.

GDAL reports a failure by a null result or by RuntimeError, and the choice is global to the process. Code here works
under both and never changes it: calls run inside `gdal_errors`, and results that may be null go through `checked`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from osgeo import gdal, osr

from frors_qgis.protocol import EngineError, ErrorCode

_Result = TypeVar("_Result")


@contextmanager
def gdal_errors(code: ErrorCode, sentence: str) -> Iterator[None]:
    """Keeps GDAL from printing, and makes a RuntimeError in its body an EngineError: the sentence and GDAL's reason."""
    with ExitStack() as stack:
        for module in (gdal, osr):
            if hasattr(module, "ExceptionMgr"):  # GDAL 3.7: exceptions for this thread and this block only
                stack.enter_context(module.ExceptionMgr(useExceptions=True))
        gdal.ErrorReset()
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        stack.callback(gdal.PopErrorHandler)
        try:
            yield
        except RuntimeError as error:
            reason = " ".join(str(error).split())[:300]
            message = f"{sentence} ({reason})" if reason else sentence
            raise EngineError(code, message.encode("utf-8", "replace").decode("utf-8")) from error


def checked(result: _Result | None) -> _Result:
    """The result of a GDAL call. Raises RuntimeError with GDAL's last message when it is None."""
    if result is None:
        raise RuntimeError(gdal.GetLastErrorMsg())
    return result
