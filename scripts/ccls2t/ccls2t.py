"""CCLS2T: an embedding that knows where, when and by what its picture was taken.

A re-implementation after the abstract of Zhu et al. (TGRS 2024, doi 10.1109/TGRS.2024.3417421), whose encoders, sizes
and losses are not public.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from ccls2t.text_encoder import WAVES, TextEncoder
from ccls2t.vision_encoder import VisionEncoder

MIDDLE, LAST = "middle", "last"


class Ccls2t(nn.Module):
    """The two encoders, what they are contrasted by, and the metadata vectors.

    The embedding of a picture stays what its encoder says. Metadata come beside it, as a vector of what a chip tells
    (`tell`) or of what a query asks (`ask`): the inner product of the first `metadata` numbers of an asked and a told
    one, plus `prior`, is the log-odds that the one fulfils what the other asks for; what these were made of follows. A
    query that asks nothing has the zero vector, so its ranking is that of the embeddings, exactly.
    """

    def __init__(self, dimension: int, width: int, layers: int, metadata: int) -> None:
        """dimension: of embeddings; width, layers: of the encoders; metadata: of the log-odds."""
        super().__init__()
        self.sizes = {"dimension": dimension, "width": width, "layers": layers, "metadata": metadata}
        self.vision = VisionEncoder(dimension, width)
        self.text = TextEncoder(width, layers)
        self.contrasts = nn.ModuleDict(
            {
                f"{side} {depth}": nn.Linear(width, width, bias=False)
                for side in ("vision", "text")
                for depth in (MIDDLE, LAST)
            }
        )
        self.scales = nn.ParameterDict({depth: nn.Parameter(torch.tensor(1 / 0.07).log()) for depth in (MIDDLE, LAST)})
        read = 2 * width + WAVES
        self.asking = nn.Linear(read, metadata)
        self.telling = nn.Linear(read, metadata)
        self.prior = nn.Parameter(torch.zeros(()))

    def ask(self, tokens: torch.Tensor, quantities: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        """Records that hold what queries ask for -> [n, M]; exactly 0 where they ask for nothing."""
        gate = (known.any(dim=1) | (tokens != 0).any(dim=1)).unsqueeze(1)
        read = self._read(tokens, quantities, known)
        return torch.cat([self.asking(read), read], dim=1) * gate

    def tell(self, tokens: torch.Tensor, quantities: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        """Records of chips -> [n, M]; a learned vector where nothing is known."""
        read = self._read(tokens, quantities, known)
        return torch.cat([self.telling(read), read], dim=1)

    def log_odds(self, asked: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        """Log-odds [n, m] that chips, by what they tell [m, M], fulfil what queries ask [n, M]."""
        used = self.sizes["metadata"]
        return asked[:, :used] @ told[:, :used].T + self.prior

    def picture(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Unit embeddings at three scales [n, 3, D] -> what hash layers take of a picture [n, D + width].

        The window's own embedding, brought to the scale of the multiscale vector that follows it.
        """
        return torch.cat([embeddings[:, 0] * self.sizes["dimension"] ** 0.5, self.vision(embeddings)[1]], dim=1)

    def contrast(self, side: str, depth: str, vectors: torch.Tensor) -> torch.Tensor:
        """Vectors of an encoder ("vision" or "text") at a depth -> unit vectors [n, width] to be compared."""
        return F.normalize(self.contrasts[f"{side} {depth}"](vectors), dim=1)

    def read(
        self, text: torch.Tensor, tokens: torch.Tensor, quantities: torch.Tensor, known: torch.Tensor
    ) -> torch.Tensor:
        """What `asking` and `telling` take: the text encoder's vector [n, width], and beside it the plain record.

        Straight from there come the finest differences of place and time, and what two words say together is what each
        says: a short training does not bring that through the transformer.
        """
        return torch.cat([text, self.text.plain(tokens, quantities, known)], dim=1)

    def _read(self, tokens: torch.Tensor, quantities: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        return self.read(self.text(tokens, quantities, known)[1], tokens, quantities, known)
