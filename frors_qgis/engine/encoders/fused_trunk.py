"""A trunk for inference alone: BatchNorm inside the convolutions, on the CPU ReLU and the sum of a block, too.

Every step that is not a pass of its own saves reading and writing a whole map. The convolutions that take ReLU and sum
along are oneDNN's, which torch offers to its own compiler only; where a torch lacks them, or they compute something
else, the blocks stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from frors_qgis.engine.encoders.resnet import ResNet50Trunk

_TOLERANCE = 0.02


def fused(trunk: ResNet50Trunk, device: str, dtype: torch.dtype) -> ResNet50Trunk:
    """The same function as a trunk in eval mode, which is used up, on a device in a number type."""
    trunk.conv1, trunk.bn1 = fuse_conv_bn_eval(trunk.conv1, trunk.bn1), nn.Identity()
    for block in _blocks(trunk):
        for i in ("1", "2", "3"):
            setattr(block, f"conv{i}", fuse_conv_bn_eval(getattr(block, f"conv{i}"), getattr(block, f"bn{i}")))
            setattr(block, f"bn{i}", nn.Identity())
        if block.downsample is not None:
            block.downsample = nn.Sequential(fuse_conv_bn_eval(*block.downsample))
    trunk = trunk.to(device, dtype, memory_format=torch.channels_last)
    if device == "cpu" and _takes_along(next(_blocks(trunk))):
        trunk.conv1, trunk.relu = _Convolution(trunk.conv1, relu=True), nn.Identity()
        for name in ("layer1", "layer2", "layer3", "layer4"):
            setattr(trunk, name, nn.Sequential(*map(_Bottleneck, getattr(trunk, name))))
    return trunk


class _Convolution(nn.Module):
    """A convolution that may take along the ReLU after it, or the sum with another map and the ReLU after that."""

    def __init__(self, convolution: nn.Conv2d, *, relu: bool) -> None:
        super().__init__()
        self.weight, self.bias = convolution.weight, convolution.bias
        self._sizes = [list(size) for size in (convolution.padding, convolution.stride, convolution.dilation)]
        self._after = "relu" if relu else "none"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.mkldnn._convolution_pointwise(x, self.weight, self.bias, *self._sizes, 1, self._after, [], "")

    def add_to(self, other: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """The ReLU of `other`, which is overwritten, and the convolution of x."""
        return torch.ops.mkldnn._convolution_pointwise_.binary(
            other, x, self.weight, self.bias, *self._sizes, 1, "add", 1.0, "relu", [], ""
        )


class _Bottleneck(nn.Module):
    """A block of ResNet-50 that has its BatchNorm folded. Its input may be overwritten."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.conv1, self.conv2 = _Convolution(block.conv1, relu=True), _Convolution(block.conv2, relu=True)
        self.conv3 = _Convolution(block.conv3, relu=False)
        self.downsample = None if block.downsample is None else _Convolution(block.downsample[0], relu=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        beside = x if self.downsample is None else self.downsample(x)
        return self.conv3.add_to(beside, self.conv2(self.conv1(x)))


def _blocks(trunk: ResNet50Trunk) -> Iterator[nn.Module]:
    return (block for stage in (trunk.layer1, trunk.layer2, trunk.layer3, trunk.layer4) for block in stage)


def _takes_along(block: nn.Module) -> bool:
    """Whether a block gives the same by such convolutions."""
    weight = block.conv1.weight
    x = torch.rand(1, weight.shape[1], 12, 12, generator=torch.Generator().manual_seed(0)).to(weight.dtype)
    x = x.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        expected = block(x)
        try:
            given = _Bottleneck(block)(x.clone())
        except (AttributeError, RuntimeError, TypeError):  # no such operator, or it takes other arguments
            return False
    return bool((given - expected).abs().max() <= _TOLERANCE * expected.abs().max())
