"""ResNet-50 trunk: pixels -> feature maps, with the strides of the original network.

Source: He et al. 2016 (arXiv 1512.03385), the Keras ImageNet weights. There BatchNorm uses eps 1e-3 and the stride of
a stage stands on the first 1x1 convolution of its first block, not on the 3x3 convolution as in torchvision's variant.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import nn

from frors_qgis.engine.encoders.interface import Pause, no_pause
from frors_qgis.engine.encoders.torchvision_models import import_resnet
from frors_qgis.engine.encoders.trunk_maps import TrunkMaps

_BGR_MEAN = (103.939, 116.779, 123.68)


def normalise(rgb: torch.Tensor, valid: torch.Tensor) -> torch.Tensor:
    """RGB 0..255 [B, 3, H, W] and valid [B, 1, H, W] -> differences from the mean in BGR order; 0 where not valid.

    Float32, channels last in memory. Rows of pixels are taken whole: their three values alone are too few for the
    processor's vectors.
    """
    rows = rgb.flip(1).movedim(1, -1).float().flatten(2)
    rows -= torch.tensor(_BGR_MEAN, device=rgb.device).repeat(rgb.shape[3])
    pixels = rows.unflatten(2, (-1, 3))
    if not bool(valid.all()):
        pixels *= valid.movedim(1, -1)
    return pixels.movedim(-1, 1)


class ResNet50Trunk(nn.Module):
    """The convolutions of ResNet-50; `normalise` prepares its input."""

    def __init__(self) -> None:
        super().__init__()
        resnet = import_resnet()
        network = resnet.ResNet(resnet.Bottleneck, [3, 4, 6, 3], norm_layer=partial(nn.BatchNorm2d, eps=1e-3))
        for stage in (network.layer2, network.layer3, network.layer4):
            stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
        for name in ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"):
            self.add_module(name, getattr(network, name))

    def early(self, normalised: torch.Tensor, pause: Pause = no_pause) -> torch.Tensor:
        """Pixels [B, 3, H, W] -> the map of stage 3 [B, 1024, H / 16, W / 16] (rounded up), all >= 0.

        The receptive field of position (i, j) is centred on pixel (16 i, 16 j). `pause` is called between the stages.
        """
        x = self.maxpool(self.relu(self.bn1(self.conv1(normalised))))
        x = self.layer1(x)
        pause()
        x = self.layer2(x)
        pause()
        return self.layer3(x)

    def late(self, stage3: torch.Tensor) -> torch.Tensor:
        """The map of stage 3 -> that of stage 4 [B, 2048, H / 32, W / 32] (rounded up), all >= 0.

        The receptive field of position (i, j) is centred on pixel (32 i, 32 j).
        """
        return self.layer4(stage3)

    def forward(self, normalised: torch.Tensor, pause: Pause = no_pause) -> TrunkMaps:
        """Pixels [B, 3, H, W] -> the maps of stages 3 and 4; `pause` is called between the stages."""
        stage3 = self.early(normalised, pause)
        pause()
        return TrunkMaps(stage3, self.late(stage3))
