"""What a GPU of a given size can render with each of the large models, by arithmetic: for `pickup doctor`.

Weights are those that are published. The pictures' share is what an uncompiled pass of the denoiser keeps at
its busiest, or the decoder, whichever is more: they take turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.model.acceleration import Acceleration
from engine.model.config import EDITYOURSELF_13B
from engine.model.footprint import GIB, footprint, memory_settings, picture_bytes, working_bytes
from engine.model.ltx2.config import LTX_2_3
from engine.model.parameters import Sizes

# ours: what the driver, its libraries and the screen take of a card.
_TAKEN = GIB
_LATENTS = 17  # of a block of a clip, as in the paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A model as it is published. `beside`: parameters of its autoencoders and its upsampler."""

    sizes: Sizes
    beside: int


# Counted from the configurations of their parts: LTX-Video 0.9.7's and LTX-2.3's.
MODELS: Mapping[str, Published] = MappingProxyType(
    {
        "edityourself": Published(sizes=EDITYOURSELF_13B, beside=1_373_000_000),
        "ltx2": Published(sizes=LTX_2_3, beside=1_277_000_000),
    }
)

# What is worked on at a time: cells of 32 x 32 pixels, which are tokens for eight frames each.
PICTURES: Mapping[str, int] = MappingProxyType(
    {
        "whole frames of 1080p": 34 * 60,
        "a head of 640 x 640": 20 * 20,
    }
)
_CELL = 32 * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The fastest setting with which the pictures fit, and the bytes that it takes; empty where none does."""

    pictures: str
    setting: str = ""
    device: int = 0
    main: int = 0


def fits(model: Published, card: int, *, fp8: bool = True, main: int | None = None) -> tuple[Fit, ...]:
    """On a card of so many bytes, for each of `PICTURES`. `fp8`: whether it computes with that. `main`: bytes
    of main memory beside it, enough where that is None.
    """
    return tuple(_fit(model, card - _TAKEN, pictures, fp8, main) for pictures in PICTURES)


def in_words(found: tuple[Fit, ...]) -> str:
    """As "whole frames of 1080p with offload=true (14 GiB, and 35 of main memory), ..."."""
    able: dict[str, list[Fit]] = {}
    for fit in found:
        able.setdefault(fit.setting, []).append(fit)
    return ", ".join(
        " and ".join(fit.pictures for fit in those) + (_with(setting, those) if setting else " not at all")
        for setting, those in able.items()
    )


def _with(setting: str, those: list[Fit]) -> str:
    main = those[0].main
    beside = f", and {main / GIB:.0f} of main memory" if main else ""
    return f" with {setting} ({max(fit.device for fit in those) / GIB:.0f} GiB{beside})"


def _fit(model: Published, room: int, pictures: str, fp8: bool, main: int | None) -> Fit:
    for setting, how in memory_settings(fp8=fp8):
        weights = footprint(model.sizes, how, model.beside)
        device = weights.device + busiest(model.sizes, how, PICTURES[pictures])
        if device <= room and (main is None or weights.main <= main):
            return Fit(pictures=pictures, setting=setting, device=device, main=weights.main)
    return Fit(pictures=pictures)


def busiest(sizes: Sizes, how: Acceleration, cells: int) -> int:
    """Bytes beside the weights, of a block of frames of so many cells."""
    denoising = working_bytes(sizes, how, _LATENTS * cells)
    return max(denoising, picture_bytes(sizes, how, _CELL * cells))
