"""The mean of the weights over the last steps (EMA): what is validated and shipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """Of the trained parameters, by name.

    ours: while fewer steps than `decay` remembers are done, it remembers a tenth of them, so that the random
    beginning is soon forgotten.
    """

    def __init__(self, parameters: Mapping[str, nn.Parameter], decay: float) -> None:
        self._parameters = dict(parameters)
        self._decay = decay
        self._mean = {name: at.detach().clone() for name, at in parameters.items()}

    @torch.no_grad()
    def update(self, steps: int) -> None:
        """After `steps` steps."""
        decay = min(self._decay, (1 + steps) / (10 + steps))
        for name, parameter in self._parameters.items():
            self._mean[name].lerp_(parameter, 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model has the mean weights as long as this lasts."""
        kept = {name: at.data for name, at in self._parameters.items()}
        try:
            for name, parameter in self._parameters.items():
                parameter.data = self._mean[name]
            yield
        finally:
            for name, parameter in self._parameters.items():
                parameter.data = kept[name]

    def state_dict(self) -> dict[str, Tensor]:
        return dict(self._mean)

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        for name, mean in self._mean.items():
            mean.copy_(state[name])
