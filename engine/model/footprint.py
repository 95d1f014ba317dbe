"""How much memory a model's weights take, counted without making any, and whether this machine has it.

A lower bound: what attention takes comes on top, and grows with the clip. So nothing that would fit is
refused, and what is refused is so before gigabytes are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import psutil
import torch
from torch import nn

from engine.errors import OutOfGpuMemory, OutOfMemory
from engine.model.acceleration import Acceleration, is_quantised
from engine.model.config import ModelConfig
from engine.model.transformer import EditYourselfTransformer

GIB = 2**30
_FP8_BYTES = 1
# Group offload copies the next block while one computes.
_BLOCKS_LOADED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Bytes of the transformer's weights: in the memory of each device, and in the machine's own."""

    device: int
    main: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes that are free. `device` is None where the model computes in main memory."""

    main: int
    device: int | None = None

    @classmethod
    def of(cls, device: torch.device) -> Memory:
        """What is free now."""
        main = psutil.virtual_memory().available
        if device.type != "cuda":
            return cls(main=main)
        return cls(main=main, device=torch.cuda.mem_get_info(device)[0])


@cache
def footprint(config: ModelConfig, how: Acceleration) -> Footprint:
    """Of the model with its audio layers, as `acceleration.accelerate` lays it out on a GPU."""
    with torch.device("meta"):
        model = EditYourselfTransformer.of(config)
    whole = _bytes(model, how)
    if not how.offload:
        # FP8 is made of the whole model, which lies in main memory first.
        return Footprint(device=whole, main=_bytes(model, how, quantised=False) if how.fp8 else 0)
    blocks = [_bytes(block, how) for block in model.transformer_blocks]
    return Footprint(device=whole - sum(blocks) + _BLOCKS_LOADED * max(blocks), main=sum(blocks))


def refuse_what_does_not_fit(config: ModelConfig, how: Acceleration, free: Memory) -> None:
    """Raises OutOfGpuMemory or OutOfMemory, which say what would fit."""
    needs = footprint(config, how)
    if free.device is None:
        _refuse_main(needs.device + needs.main, free.main)
        return
    if needs.device > free.device:
        raise OutOfGpuMemory(
            f"the model's weights take {_gib(needs.device)} and the GPU has {_gib(free.device)} free:"
            f" {_what_fits(config, how, free)}"
        )
    _refuse_main(needs.main, free.main)


def _refuse_main(needs: int, free: int) -> None:
    if needs > free:
        raise OutOfMemory(
            f"the model's weights take {_gib(needs)} of main memory and {_gib(free)} are free:"
            " close programs, or use a smaller model"
        )


def _what_fits(config: ModelConfig, how: Acceleration, free: Memory) -> str:
    """The setting, of those that change nothing else, with which the weights would fit."""
    for setting, other in (
        ("precision=bf16", Acceleration(precision="bfloat16")),
        ("precision=fp8", Acceleration(precision="bfloat16", fp8=True)),
        ("offload=true", Acceleration(precision="bfloat16", offload=True)),
    ):
        needs = footprint(config, other)
        if other != how and free.device is not None and needs.device <= free.device:
            return f"set {setting} ({_gib(needs.device)}), or end what else uses it"
    return "end what else uses it, or use a smaller model"


def _bytes(module: nn.Module, how: Acceleration, *, quantised: bool = True) -> int:
    width = torch.finfo(getattr(torch, how.precision)).bits // 8
    total = sum(weight.numel() for weight in module.parameters()) * width
    if not (how.fp8 and quantised):
        return total
    eighth = sum(
        layer.weight.numel()
        for name, layer in module.named_modules()
        if isinstance(layer, nn.Linear) and is_quantised(name, layer)
    )
    return total - eighth * (width - _FP8_BYTES)


def _gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"
