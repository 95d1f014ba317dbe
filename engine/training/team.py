"""Processes that train one model together, each on its share of every batch: one GPU to many, by accelerate.

`accelerate launch --num_processes 8 ...` starts them, on CUDA with NCCL, with `--cpu` on gloo. Every process
draws the whole batch and answers its share of it. Losses are parts of the whole batch's means, so that they
and their gradients are added up and not averaged. With these alike in all processes, so stay the weights,
their means and the optimisers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import timedelta

import torch
from accelerate import Accelerator, InitProcessGroupKwargs
from accelerate.utils import broadcast
from torch import Tensor, nn

from engine.errors import BadCheckpoint
from engine.training.errors import BadRecipe

_PATIENCE = timedelta(hours=6)  # ours: the others wait so long while the first validates


class Team:
    """A process alone. `device`: where its model is to lie; None where that is nobody's business."""

    rank = 0
    size = 1
    device: torch.device | None = None

    def share(self, batch: int) -> slice:
        """Which of a batch's clips are this process's. Raises BadRecipe where shares are not equal."""
        if batch % self.size:
            raise BadRecipe(f"`batch` is {batch}, and does not divide among {self.size} processes")
        each = batch // self.size
        return slice(self.rank * each, (self.rank + 1) * each)

    def summed(self, values: Tensor) -> Tensor:
        """Over all processes: all call it, and get the same to the bit."""
        return values

    def follow_first(self, parameters: Iterable[nn.Parameter]) -> None:
        """Give them the first process's values: all call it."""

    def wait(self) -> None:
        """Until all have come here."""

    def anyone(self, says: bool) -> bool:
        """Whether one of them does: all call it."""
        told = torch.tensor(float(says), device=self.device)
        return bool(self.summed(told))

    def agree(self, step: int) -> None:
        """Raises BadCheckpoint, in all processes, where not all go on from the same step."""
        told = torch.zeros(self.size, dtype=torch.int64, device=self.device)
        told[self.rank] = step
        steps = self.summed(told).tolist()
        if len(set(steps)) > 1:
            raise BadCheckpoint(
                f"the processes would go on from steps {', '.join(map(str, steps))}:"
                " give all of them the same folder, on a disk that they share"
            )


class _Launched(Team):
    """One of those that `accelerate launch` started."""

    def __init__(self) -> None:
        self._accelerator = Accelerator(kwargs_handlers=[InitProcessGroupKwargs(timeout=_PATIENCE)])
        self.rank, self.size = self._accelerator.process_index, self._accelerator.num_processes
        self.device = self._accelerator.device

    def summed(self, values: Tensor) -> Tensor:
        total: Tensor = self._accelerator.reduce(values, reduction="sum")
        return total

    def follow_first(self, parameters: Iterable[nn.Parameter]) -> None:
        for parameter in parameters:
            parameter.data = broadcast(parameter.data)

    def wait(self) -> None:
        self._accelerator.wait_for_everyone()


def launched() -> Team:
    """Who trains with this process, by the environment that it was started in; call it once, first of all."""
    return _Launched() if int(os.environ.get("WORLD_SIZE", "1")) > 1 else Team()


def sum_gradients(team: Team, parameters: Sequence[nn.Parameter]) -> None:
    """Over all processes. What nobody has a gradient for stays without one: optimisers leave it alone."""
    if team.size == 1:
        return
    here = torch.tensor([float(one.grad is not None) for one in parameters], device=team.device)
    for one, anybody in zip(parameters, team.summed(here).tolist(), strict=True):
        if anybody:
            one.grad = team.summed(torch.zeros_like(one) if one.grad is None else one.grad)
