"""What a search needs of an archive's index, whatever the archive is kept in."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import ChipFilter


class ChipIndex(Protocol):
    """Searches the embeddings of one archive by inner product. For one thread at a time.

    `note` is a sentence on what could not be looked at when it was last refreshed.
    """

    note: str | None

    def __len__(self) -> int:
        """How many chips there were at the last `refresh`."""

    @property
    def wants_sealing(self) -> bool:
        """Whether `Archive.seal_index` would make searches faster."""

    def close(self) -> None:
        """Ends what the index holds."""

    def refresh(self, check: Check = go_on) -> None:
        """Follows the archive. check: called now and then, may raise. Raises the archive's errors."""

    def has_any(self, chosen: ChipFilter) -> bool:
        """Whether any chip passes a filter."""

    def ground_sizes(self, chosen: ChipFilter) -> list[float]:
        """The ground sizes in metres that the chips of a filter have, each once, ascending."""

    def chips(
        self, chosen: ChipFilter, most: int, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Ids, rasters and ground sizes in metres of the chips of a filter [m].

        Of more than `most` an archive may leave out others: of each raster it tells as many, where that has as many,
        those of its largest ground size first, from all over it. check: called now and then, may raise.
        """

    def search(
        self, vector: npt.NDArray[np.float32], k: int, chosen: ChipFilter, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Ids and scores of the k chips of a filter with the largest inner product with `vector` [d], best first.

        Ties are in the order of their ids; fewer than k come back where there are fewer. check: called now and then,
        may raise. Raises EngineError: BAD_REQUEST for a vector of the wrong length, or not finite, or k < 1.
        """
