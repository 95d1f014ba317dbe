"""A LoRA beside a layer or added to it: the same answer, the same gradients, whichever is cheaper."""

from __future__ import annotations

from unittest.mock import PropertyMock, patch

import pytest
import torch
from torch import Tensor, nn

from engine.model.lora import LoraLinear


def layer(wide: int, tall: int, rank: int, scale: float = 0.5) -> LoraLinear:
    torch.manual_seed(1)
    made = LoraLinear(nn.Linear(wide, tall), rank, scale)
    nn.init.normal_(made.lora_B.weight)
    return made


def answer(made: LoraLinear, x: Tensor, *, low: bool) -> list[Tensor]:
    """What comes out, and the gradients of A and B."""
    made.zero_grad()
    with patch.object(LoraLinear, "is_low", PropertyMock(return_value=low)):
        y = made(x)
    y.square().sum().backward()
    assert made.lora_A.weight.grad is not None
    assert made.lora_B.weight.grad is not None
    return [y.detach(), made.lora_A.weight.grad.clone(), made.lora_B.weight.grad.clone()]


@pytest.mark.parametrize(("wide", "tall"), [(12, 20), (20, 12)])
def test_beside_the_layer_and_added_to_it_are_the_same(wide: int, tall: int) -> None:
    made, x = layer(wide, tall, rank=3), torch.randn(2, 7, wide)
    for one, other in zip(answer(made, x, low=True), answer(made, x, low=False), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_a_layer_without_bias_has_none() -> None:
    made = LoraLinear(nn.Linear(8, 8, bias=False), 8, 1.0)
    assert not made.is_low
    assert torch.equal(made(torch.zeros(1, 8)), torch.zeros(1, 8))


@pytest.mark.parametrize(
    ("wide", "tall", "rank", "low"),
    [(4096, 4096, 128, True), (4096, 16384, 128, True), (192, 192, 64, False), (192, 768, 64, False)],
)
def test_the_papers_rank_is_low_and_a_small_models_is_not(wide: int, tall: int, rank: int, low: bool) -> None:
    with torch.device("meta"):
        assert LoraLinear(nn.Linear(wide, tall), rank, 1.0).is_low == low
