"""bfloat16 for the large products, float32 for weights, sums and what goes from block to block."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from engine.model.audio_attention import AudioAttention
from engine.model.transformer import EditYourselfTransformer


def quick_attention(device: torch.device) -> AbstractContextManager[None]:
    """On a CPU plain softmax attention: the fused one's way back took a fifth of a small model's step."""
    return sdpa_kernel(SDPBackend.MATH) if device.type == "cpu" else nullcontext()


def widen_for_autocast(model: EditYourselfTransformer) -> Callable[[], None]:
    """Make norms, and the audio attentions, which add by index, fit for autocast; a call undoes it.

    Both want one type on both sides, and under autocast linear layers give another than they are given.
    """
    handles: list[torch.utils.hooks.RemovableHandle] = []
    for module in model.modules():
        if isinstance(module, AudioAttention):
            handles.append(module.register_forward_pre_hook(_widened_input))
            handles.append(module.to_out.register_forward_hook(_widened_output))
        elif isinstance(module, nn.RMSNorm):
            handles.append(module.register_forward_pre_hook(_as_the_weight))

    def undo() -> None:
        for handle in handles:
            handle.remove()

    return undo


def _widened_input(_: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
    return given[0].float(), *given[1:]


def _as_the_weight(norm: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
    weight = norm.weight
    return given if weight is None else (given[0].to(weight.dtype), *given[1:])


def _widened_output(_: nn.Module, __: tuple[Any, ...], output: Tensor) -> Tensor:
    return output.float()
