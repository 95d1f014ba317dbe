"""Muon for matrices, AdamW for all else, as one (paper 4.1).

Matrices are the two-dimensional weights inside the blocks. What leads into them and out of them (patches,
time, captions, velocities) is embeddings and heads, whatever its shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer

from engine.errors import BadCheckpoint

_BLOCKS, _TABLE = "transformer_blocks.", "scale_shift_table"  # a table of vectors is not a matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimiserSettings:
    """Learning rates of stage 1. `matrices`: who trains them; `adamw` with `adamw_lr`, to compare.

    ours: no weight decay, which would pull what was pre-trained, or added to it, towards nothing; and AdamW's
    own betas. `warmup` steps lead up to the rates, `cooldown` steps down from them to 0 at the end. ours: 0.
    """

    adamw_lr: float = 1e-5
    muon_lr: float = 1e-3
    matrices: Literal["muon", "adamw"] = "muon"
    momentum: float = 0.95
    newton_schulz: int = 5
    weight_decay: float = 0.0
    warmup: int = 0
    cooldown: int = 0

    def share(self, step: int, steps: int) -> float:
        """Of the learning rates, at step `step` (from 0) of `steps`."""
        up = (step + 1) / (self.warmup + 1) if step < self.warmup else 1.0
        left = steps - step
        down = left / (self.cooldown + 1) if left <= self.cooldown else 1.0
        return min(up, down)


STAGE_1 = OptimiserSettings()
STAGE_2 = OptimiserSettings(adamw_lr=1e-4, muon_lr=1e-2)


def is_matrix(name: str, parameter: Tensor) -> bool:
    """Of a parameter, by its name in the transformer."""
    return parameter.ndim == 2 and name.startswith(_BLOCKS) and not name.endswith(_TABLE)


class Optimisers:
    """Steps all parameters. Its state is tensors by the parameters' names, as safetensors files hold them."""

    def __init__(self, parameters: Mapping[str, nn.Parameter], settings: OptimiserSettings) -> None:
        self._parameters = dict(parameters)
        self._owners: dict[str, Optimizer] = {}
        matrices = {name: at for name, at in parameters.items() if is_matrix(name, at)}
        if settings.matrices == "adamw":
            matrices = {}
        rest = {name: at for name, at in parameters.items() if name not in matrices}
        if matrices:
            # "original" is the paper's scale, max(1, rows / columns)^.5.
            muon = Muon(
                list(matrices.values()),
                lr=settings.muon_lr,
                momentum=settings.momentum,
                ns_steps=settings.newton_schulz,
                weight_decay=settings.weight_decay,
                adjust_lr_fn="original",
            )
            self._owners |= dict.fromkeys(matrices, muon)
        if rest:
            adamw = AdamW(list(rest.values()), lr=settings.adamw_lr, weight_decay=settings.weight_decay)
            self._owners |= dict.fromkeys(rest, adamw)
        self._all = list(dict.fromkeys(self._owners.values()))
        self._rates = [float(one.param_groups[0]["lr"]) for one in self._all]

    def owner(self, name: str) -> type[Optimizer]:
        """What trains a parameter."""
        return type(self._owners[name])

    def scale(self, share: float) -> None:
        """All learning rates are this share of the settings' from here on."""
        for one, rate in zip(self._all, self._rates, strict=True):
            one.param_groups[0]["lr"] = rate * share

    def step(self) -> None:
        for one in self._all:
            one.step()

    def zero_grad(self) -> None:
        for one in self._all:
            one.zero_grad()

    def state_dict(self) -> dict[str, Tensor]:
        """`<parameter>/<what>`: nothing yet of parameters that never had a gradient."""
        return {
            f"{name}/{what}": value
            for name, owner in self._owners.items()
            for what, value in owner.state.get(self._parameters[name], {}).items()
        }

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Raises BadCheckpoint for names that are not of these parameters."""
        for owner in self._all:
            owner.state.clear()
        for key, value in state.items():
            name, _, what = key.rpartition("/")
            if name not in self._owners:
                raise BadCheckpoint(f"there is an optimiser's state of {name}, which is not trained here")
            parameter = self._parameters[name]
            device = torch.device("cpu") if what == "step" else parameter.device
            self._owners[name].state[parameter][what] = value.to(device, copy=True)
