"""Small heads with random weights and random maps, for tests."""

import torch
import torch.nn.functional as F

from frors_qgis.engine.encoders.frors_head import FrorsHead
from frors_qgis.engine.encoders.trunk_maps import STAGE3_CHANNELS, STAGE4_CHANNELS, TrunkMaps

PARTS = {"image": (6, 1.0), "gram": (5, 1.0), "prototypes": (3, 0.8)}


def random_frors_head(parts=None, classes=3, match=True) -> FrorsHead:
    torch.manual_seed(0)
    head = FrorsHead(classes, parts or PARTS, match, width=8, prototypes=4, temperature=0.1)
    with torch.no_grad():
        for projection in (head.local, *head.projections.values()):
            projection.weight.normal_()
        head.memory.memory.copy_(F.normalize(torch.randn_like(head.memory.memory), dim=2))
    return head.eval()


def random_maps(batch=2, rows=4, columns=6, shared_edges=False) -> TrunkMaps:
    generator = torch.Generator().manual_seed(1)
    size = (2 * rows + shared_edges, 2 * columns + shared_edges)
    stage3 = torch.rand(batch, STAGE3_CHANNELS, *size, generator=generator)
    return TrunkMaps(stage3, torch.rand(batch, STAGE4_CHANNELS, rows, columns, generator=generator))
