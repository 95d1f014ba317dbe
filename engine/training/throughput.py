"""How fast training goes: samples a second, waiting for data, and how much of the machine is used.

B batch, S tokens, X text tokens, G tokens that hear.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import torch
from torch import nn

from engine.model.transformer import EditYourselfTransformer
from engine.training.objective import Question

_FORWARD = 2  # operations of a weight and an input: a product and a sum
_SQUARE = {"cpu": 1024, "cuda": 8192}  # of the matrices whose product tells what a machine can do


class Meter:
    """Of the steps since it was started. `peak`: operations a second that the machine can do; 0: unknown."""

    def __init__(self, model: EditYourselfTransformer, peak: float) -> None:
        self._model = model
        self._peak = peak
        self.start()

    def start(self) -> None:
        self._began, self._waited, self._samples, self._operations = time.perf_counter(), 0.0, 0, 0.0

    def waited(self, batches: Iterator[tuple[Question, ...]]) -> Iterator[tuple[Question, ...]]:
        """The batches; how long each was waited for is remembered."""
        while True:
            before = time.perf_counter()
            batch = next(batches, None)
            self._waited += time.perf_counter() - before
            if batch is None:
                return
            yield batch

    def done(self, batch: Sequence[Question]) -> None:
        """A step, with this batch."""
        self._samples += len(batch)
        self._operations += sum(operations(self._model, one) for one in batch)

    @property
    def samples_per_second(self) -> float:
        return self._samples / self._seconds

    @property
    def waiting(self) -> float:
        """Share of the time."""
        return self._waited / self._seconds

    @property
    def utilisation(self) -> float:
        """The model's own operations over those that the machine could have done: what is recomputed to save
        memory does not count.
        """
        return self._operations / self._seconds / self._peak if self._peak else 0.0

    @property
    def _seconds(self) -> float:
        return max(time.perf_counter() - self._began, 1e-9)


def operations(model: EditYourselfTransformer, asked: Question) -> float:
    """Of a step on one sample: forward, backward to the inputs, and backward to the weights that train."""
    tokens, text = asked.tokens.count, len(asked.sample.text_XE)
    hear = int(asked.tokens.gate_S.sum())
    total = 0.0
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Linear):
            weights = layer.weight.numel()
            each = _FORWARD * weights * _rows(name, tokens, text, hear)
            total += each * (3 if layer.weight.requires_grad else 2)
    width = int(model.scale_shift_table.shape[1])
    attended = tokens * (tokens + text)  # products with keys, and with values
    return total + 3 * 2 * _FORWARD * attended * width * len(model.transformer_blocks)


def _rows(name: str, tokens: int, text: int, hear: int) -> int:
    """How many inputs a linear layer has. Audio's own few keys and values are left out."""
    if "audio_" in name:
        return hear if "to_q" in name or "to_out" in name else 0
    if "caption_projection" in name or ("attn2" in name and ("to_k" in name or "to_v" in name)):
        return text
    return tokens


def peak(device: torch.device, dtype: torch.dtype) -> float:
    """Operations a second of a large matrix product, measured: not a data sheet's, but what is to be had."""
    size = _SQUARE.get(device.type, _SQUARE["cpu"])
    matrix = torch.full((size, size), 0.5, device=device, dtype=dtype)
    fastest = min(_seconds(matrix) for _ in range(5))
    return _FORWARD * size**3 / fastest


def _seconds(matrix: torch.Tensor) -> float:
    before = time.perf_counter()
    _ = matrix @ matrix
    if matrix.is_cuda:
        torch.cuda.synchronize(matrix.device)
    return max(time.perf_counter() - before, 1e-9)
