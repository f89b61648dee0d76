"""What a training goes on from: the weights and the optimizer's moments after a whole epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

_MOMENTS = {torch.optim.AdamW: ("step", "exp_avg", "exp_avg_sq"), torch.optim.SGD: ("momentum_buffer",)}
_MOST_FAULTS = 3


@dataclass(frozen=True)
class State:
    """Tensors by name after `epoch` epochs: weights, and `optimizer.<number of parameter>.<moment>` if it is not 0."""

    epoch: int
    tensors: Mapping[str, Tensor]

    @classmethod
    def of(cls, epoch: int, weights: Mapping[str, Tensor], optimizer: torch.optim.Optimizer) -> State:
        """The state of a training; its tensors are those that are trained, not copies."""
        moments = {
            f"optimizer.{i}.{name}": value
            for i, parameter in enumerate(_parameters(optimizer))
            for name, value in optimizer.state[parameter].items()
        }
        return cls(epoch, {**weights, **moments})

    def restore(self, weights: Mapping[str, Tensor], optimizer: torch.optim.Optimizer) -> None:
        """Copies the state into weights and optimizer, to the devices of these.

        Raises ValueError naming tensors that are missing, too many or of another shape; nothing is changed then.
        """
        parameters = _parameters(optimizer)
        names = _MOMENTS[type(optimizer)]
        shapes = {name: tensor.shape for name, tensor in weights.items()}
        for i, parameter in enumerate(parameters if self.epoch else ()):
            shapes |= {f"optimizer.{i}.{name}": torch.Size() if name == "step" else parameter.shape for name in names}
        faults = [f"{name} is missing" for name in sorted(shapes.keys() - self.tensors.keys())]
        faults += [f"{name} is not part of it" for name in sorted(self.tensors.keys() - shapes.keys())]
        faults += [
            f"{name} has the shape {list(tensor.shape)}, not {list(shapes[name])}"
            for name, tensor in self.tensors.items()
            if name in shapes and tensor.shape != shapes[name]
        ]
        if faults:
            raise ValueError("; ".join(faults[:_MOST_FAULTS]))
        with torch.no_grad():
            for name, tensor in weights.items():
                tensor.copy_(self.tensors[name])
            for i, parameter in enumerate(parameters if self.epoch else ()):
                # A fused optimizer wants its count of steps on the parameter's device, too.
                step = torch.zeros((), device=parameter.device)
                moments = {name: step if name == "step" else torch.empty_like(parameter) for name in names}
                for name, tensor in moments.items():
                    tensor.copy_(self.tensors[f"optimizer.{i}.{name}"])
                optimizer.state[parameter] = moments


def _parameters(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]
