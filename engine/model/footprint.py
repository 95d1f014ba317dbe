"""How much memory a model takes, counted without making any of it, and whether this machine has it.

What is refused is refused by its weights alone, before gigabytes are read: nothing that would fit is. What
the pictures take comes on top and grows with them; it is counted for `pickup doctor`: denoising and the
autoencoder, which take turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import psutil
import torch

from engine.errors import OutOfGpuMemory, OutOfMemory
from engine.model.acceleration import Acceleration, computes_in_fp8
from engine.model.autoencoder import TILES
from engine.model.config import STRIDE, ModelConfig
from engine.model.parameters import Sizes, parameters_of

GIB = 2**30
_FP8_BYTES = 1
# Group offload copies the next block while one computes.
_BLOCKS_LOADED = 2
# Bytes of a pixel that cuDNN borrows for its convolutions: measured on an H200 with LTX-2.3's decoder, a tile
# of 1088 x 1920, which took 14.0 GiB beside its weights where 10.6 are counted. Encoding took no more.
_BORROWED = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Bytes of the weights: in the memory of each device, and in the machine's own."""

    device: int
    main: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes that are free. `device` is None where the model computes in main memory. `fp8`: whether the
    device computes in FP8, or can only keep weights so.
    """

    main: int
    device: int | None = None
    fp8: bool = True

    @classmethod
    def of(cls, device: torch.device) -> Memory:
        """What is free now."""
        main = psutil.virtual_memory().available
        if device.type != "cuda":
            return cls(main=main)
        return cls(main=main, device=torch.cuda.mem_get_info(device)[0], fp8=computes_in_fp8(device))


def footprint(config: Sizes, how: Acceleration, beside: int = 0) -> Footprint:
    """Of a transformer as `acceleration.accelerate` lays it out on a GPU.

    `beside`: parameters of what lies on the device with it, neither made smaller nor moved: autoencoders.
    """
    counted, width = parameters_of(config), _width(how)
    saved = (width - _FP8_BYTES) * counted.quantised if how.in_fp8 else 0
    block = counted.block * width - saved
    whole = counted.total * width
    # FP8 is made of the whole model, which lies in main memory first.
    main = whole if how.in_fp8 else 0
    if how.offload:
        loaded = min(_BLOCKS_LOADED, counted.blocks) * block
        main = max(main, counted.blocks * block)
        return Footprint(device=(counted.outside + beside) * width + loaded, main=main)
    return Footprint(device=whole + beside * width - counted.blocks * saved, main=main)


def working_bytes(config: Sizes, how: Acceleration, tokens: int) -> int:
    """What a forward pass of so many tokens keeps at its busiest, uncompiled, beside the weights.

    Most of it are modulations: tokens have noise levels of their own, and so each has modulations of its own.
    """
    if isinstance(config, ModelConfig):
        widths, width = 30, config.transformer.width
    else:
        widths, width = 41 if config.version == "2.0" else 37, config.width
    return tokens * widths * width * _width(how)


def picture_bytes(config: Sizes, how: Acceleration, pixels: int) -> int:
    """What decoding frames of so many pixels takes at its busiest, a tile of the clip at a time, beside the
    weights. Encoding keeps less.
    """
    return decoding_bytes(config, how, pixels) + _frames_decoded() * pixels * _BORROWED


def decoding_bytes(config: Sizes, how: Acceleration, pixels: int) -> int:
    """What decoding keeps by itself, without what its kernels borrow."""
    return _frames_decoded() * pixels * _decoding(config) * _width(how)


def _frames_decoded() -> int:
    return (TILES.latents - 1) * STRIDE + 1


def _decoding(config: Sizes) -> int:
    """How many numbers the decoder has for each pixel that it makes."""
    if isinstance(config, ModelConfig):
        return 50
    return 43 if config.version == "2.0" else 37


def refuse_what_does_not_fit(config: Sizes, how: Acceleration, free: Memory, beside: int = 0) -> None:
    """Raises OutOfGpuMemory or OutOfMemory, which say what would fit. `beside`: see `footprint`."""
    needs = footprint(config, how, beside)
    if free.device is None:
        refuse_without_main_memory("the model's weights", needs.device + needs.main, free.main)
        return
    if needs.device > free.device:
        raise OutOfGpuMemory(
            f"the model's weights take {in_gib(needs.device)} and the GPU has {in_gib(free.device)} free:"
            f" {_what_fits(config, how, free, beside)}"
        )
    refuse_without_main_memory("the model's weights", needs.main, free.main)


def refuse_without_main_memory(what: str, needs: int, free: int) -> None:
    """Raises OutOfMemory."""
    if needs > free:
        raise OutOfMemory(
            f"{what} take {in_gib(needs)} of main memory and {in_gib(free)} are free:"
            " close programs, or use a smaller model"
        )


def memory_settings(*, fp8: bool) -> tuple[tuple[str, Acceleration], ...]:
    """By what each costs in speed. `fp8`: whether the card computes with that; what merely lies in it is no
    larger.
    """
    in_fp8 = Acceleration(precision="bfloat16", fp8=fp8, fp8_stored=not fp8)
    return (
        ("precision=bf16", Acceleration(precision="bfloat16")),
        (f"precision={'fp8' if fp8 else 'fp8-stored'}", in_fp8),
        ("offload=true", Acceleration(precision="bfloat16", offload=True)),
    )


def _what_fits(config: Sizes, how: Acceleration, free: Memory, beside: int) -> str:
    """The setting, of those that change nothing else, with which the weights would fit."""
    for setting, other in memory_settings(fp8=free.fp8):
        needs = footprint(config, other, beside)
        if free.device is not None and needs.device <= free.device and needs.main <= free.main:
            # Blocks that are computed with in FP8 stay on the device.
            before = "precision=bf16 and " if other.offload and how.fp8 else ""
            return f"set {before}{setting} ({in_gib(needs.device)}), or end what else uses it"
    return "end what else uses it, or use a smaller model"


def _width(how: Acceleration) -> int:
    """Bytes of a number."""
    return int(torch.finfo(getattr(torch, how.precision)).bits // 8)


def in_gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"
