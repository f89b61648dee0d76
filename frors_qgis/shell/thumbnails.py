"""Fetches the thumbnails that the grid asks for, newest wish first."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QImage

from frors_qgis.client.tasks import Call, EngineTask, Work
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.translation import tr

_MOST_WAITING = 64
_BATCH = 6
_GONE = {ErrorCode.CANCELLED, ErrorCode.ENGINE_STOPPED, ErrorCode.ENGINE_MISSING}


class ThumbnailLoader(QObject):
    """One task at a time fetches up to six thumbnails, reads them in its worker thread and hands them over one by one.

    A wish beyond the newest 64 is dropped: its row has been scrolled away and will ask again when it is seen.
    Signal `arrived(int chip, QImage)`; the image is null where there is no picture.
    """

    arrived = pyqtSignal(object, QImage)

    def __init__(self, tasks: EngineTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._archive = ""
        self._side = 128
        self._waiting: dict[int, None] = {}
        self._asked: set[int] = set()
        self._running: EngineTask | None = None
        self._round = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._start_batch)

    def begin(self, archive: str, side: int) -> None:
        """Forgets all wishes; from now on chips are those of `archive` and thumbnails have `side` pixels."""
        self.stop()
        self._archive = archive
        self._side = side

    def stop(self) -> None:
        """Forgets all wishes; what is under way never arrives."""
        self._round += 1
        self._waiting.clear()
        self._asked.clear()
        task, self._running = self._running, None
        if task is not None:
            task.supersede()

    def want(self, chip: int) -> None:
        """Asks for the thumbnail of a chip; again is harmless."""
        if chip in self._asked:
            return
        self._waiting.pop(chip, None)
        self._waiting[chip] = None
        while len(self._waiting) > _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        if self._running is None and not self._timer.isActive():
            self._timer.start()

    def _start_batch(self) -> None:
        if not self._waiting or self._running is not None:
            return
        chips = [self._waiting.popitem()[0] for _ in range(min(_BATCH, len(self._waiting)))]
        self._asked.update(chips)
        number = self._round
        self._running = task = self._tasks.start(
            tr("Thumbnails"),
            self._work(chips),
            hidden=True,
            delivered=lambda part: self._on_fetched(number, *part),
            succeeded=lambda _: self._on_ended(task, chips),
            failed=lambda *_: self._on_ended(task, chips),
            cancelled=lambda: self._on_ended(task, chips),
        )

    def _work(self, chips: list[int]) -> Work:
        archive, side = self._archive, self._side

        def work(call: Call) -> dict[str, object]:
            for chip in chips:
                image = QImage()
                try:
                    answer = call("thumbnail", {"archive": archive, "chip": chip, "size": side})
                    image = QImage(str(answer.get("path")))
                except EngineError as error:
                    if error.code in _GONE:
                        raise
                call.deliver((chip, image))
            return {}

        return work

    def _on_fetched(self, number: int, chip: int, image: QImage) -> None:
        if number == self._round:
            self._asked.discard(chip)
            self.arrived.emit(chip, image)

    def _on_ended(self, task: EngineTask, chips: list[int]) -> None:
        if task is not self._running:
            return
        self._running = None
        self._asked.difference_update(chips)
        if self._waiting:
            self._timer.start()
