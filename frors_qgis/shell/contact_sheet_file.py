"""Makes the file of a contact sheet in a worker thread: a PDF document of A4 pages, or one PNG image.

An image is one page whatever its number of matches: the user has named one file, so one file is written and no other
is replaced. The more matches, the more columns, and the fewer pixels for each, so that any viewer can open it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QIODevice, QMarginsF, QSaveFile
from qgis.PyQt.QtGui import QColor, QImage, QImageWriter, QPageSize, QPaintDevice, QPainter, QPdfWriter

from frors_qgis.client.tasks import Call, Work
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.contact_sheet import A4_LAYOUT, PICTURE, ContactSheet, SheetPainter, one_page_layout
from frors_qgis.shell.translation import tr

SUFFIXES = (".pdf", ".png")
_MM_PER_INCH = 25.4
_PDF_DPI = 300
_PNG_UNIT = 8.0  # pixels for a millimetre: a chip of 256 pixels is about as large as its picture
_MOST_PNG_PIXELS = 40e6
_FATAL = {
    ErrorCode.CANCELLED,
    ErrorCode.ENGINE_STOPPED,
    ErrorCode.ENGINE_MISSING,
    ErrorCode.ARCHIVE_MISSING,
    ErrorCode.DISK_FULL,
}
"""What would keep every other picture away, too."""

_Picture = Callable[[int], tuple[QImage, str]]  # chip -> its image, or a null one and the reason


def contact_sheet_work(sheet: ContactSheet, archive: str, path: str) -> Work:
    """Makes a sheet of an archive's chips; the ending of `path`, one of `SUFFIXES`, says which kind of file.

    The file appears when it is complete, or not at all. Delivers after each match how many are painted. The work's
    result is {}. Raises EngineError: DISK_FULL where the file cannot be written, what the engine says of no one match.
    """

    def work(call: Call) -> dict[str, Any]:
        with _complete_file(path, call.check) as file:
            if path.lower().endswith(".png"):
                _write_png(sheet, file, call, archive)
            else:
                _write_pdf(sheet, file, call, archive)
        return {}

    return work


def _write_pdf(sheet: ContactSheet, file: QSaveFile, call: Call, archive: str) -> None:
    writer = QPdfWriter(file)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(_PDF_DPI)
    writer.setTitle(sheet.title)
    writer.setCreator("FRORS")
    unit = _PDF_DPI / _MM_PER_INCH
    pages = A4_LAYOUT.page(len(sheet.matches) - 1) + 1
    picture = _pictures(call, archive, unit)
    with _painting(writer) as painter:
        canvas = SheetPainter(painter, unit, A4_LAYOUT)
        canvas.paint_header(sheet)
        page = -1
        for number, (match, verdict) in enumerate(sheet.matches):
            if A4_LAYOUT.page(number) != page:
                page = A4_LAYOUT.page(number)
                if page:
                    writer.newPage()
                canvas.paint_footer(sheet.title, tr("Page {page} of {pages}").format(page=page + 1, pages=pages))
            canvas.paint_match(number, match, verdict, *picture(match.chip))
            call.deliver(number + 1)


def _write_png(sheet: ContactSheet, file: QSaveFile, call: Call, archive: str) -> None:
    layout = one_page_layout(len(sheet.matches))
    unit = min(_PNG_UNIT, math.sqrt(_MOST_PNG_PIXELS / (layout.width * layout.first_height)))
    image = QImage(round(layout.width * unit), round(layout.first_height * unit), QImage.Format.Format_RGB32)
    if image.isNull():
        raise EngineError(
            ErrorCode.OUT_OF_MEMORY, tr("There is no memory for an image of the matches; print them as a PDF document.")
        )
    image.fill(QColor(255, 255, 255))
    image.setDotsPerMeterX(round(1000 * unit))
    image.setDotsPerMeterY(round(1000 * unit))
    picture = _pictures(call, archive, unit)
    with _painting(image) as painter:
        canvas = SheetPainter(painter, unit, layout)
        canvas.paint_header(sheet)
        for number, (match, verdict) in enumerate(sheet.matches):
            canvas.paint_match(number, match, verdict, *picture(match.chip))
            call.deliver(number + 1)
    writer = QImageWriter(file, b"png")
    if not writer.write(image):
        call.check()
        raise _unwritable(file)


def _pictures(call: Call, archive: str, unit: float) -> _Picture:
    """Asks the engine for chips' pictures that fill their place on a sheet of `unit` pixels for a millimetre."""
    size = math.ceil(PICTURE * unit)

    def picture(chip: int) -> tuple[QImage, str]:
        try:
            answer = call("thumbnail", {"archive": archive, "chip": chip, "size": size})
        except EngineError as error:
            if error.code in _FATAL:
                raise
            return QImage(), _reason(error.code)
        image = QImage(str(answer.get("path")))
        return image, _reason(None) if image.isNull() else ""

    return picture


def _reason(code: ErrorCode | None) -> str:
    if code is ErrorCode.RASTER_MISSING:
        return tr("The raster is missing")
    if code is ErrorCode.RASTER_UNREADABLE:
        return tr("The raster cannot be read")
    if code is ErrorCode.CHIP_UNKNOWN:
        return tr("No longer in the archive")
    return tr("No picture")


@contextmanager
def _complete_file(path: str, check: Callable[[], None]) -> Iterator[QSaveFile]:
    """A file that is put in its place when it has been written as a whole, and removed when anything goes wrong."""
    file = _CheckedFile(path, check)
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise _unwritable(file)
    try:
        yield file
        check()
    except BaseException:
        file.cancelWriting()
        file.commit()
        raise
    if not file.commit():
        raise _unwritable(file)


class _CheckedFile(QSaveFile):
    """Refuses to be written when `check` raises, so that the encoding of a large image ends, too."""

    def __init__(self, path: str, check: Callable[[], None]) -> None:
        super().__init__(path)
        self._check = check

    def writeData(self, data: bytes) -> int:  # noqa: N802
        try:
            self._check()
        except EngineError:
            return -1
        return super().writeData(data)


@contextmanager
def _painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter that has let go of its device afterwards, whatever happens."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()


def _unwritable(file: QSaveFile) -> EngineError:
    return EngineError(
        ErrorCode.DISK_FULL,
        tr("{file} cannot be written: {reason}. Choose another folder, or make room there.").format(
            file=Path(file.fileName()), reason=file.errorString()
        ),
    )
