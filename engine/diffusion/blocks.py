"""Which latents are denoised together: time-aware position shift fusion (TAPSF, section 3.4). Pure.

A long clip is denoised in blocks of 17 latents: the loop over steps lies outside, that over blocks inside.
Between steps the partition is offset by 5 latents, so that every latent meets both of its neighbours; in the
middle 75 % of the steps it stands still, so that a cache may compare a block with itself. A model that was
trained on shorter clips has narrower blocks, and shorter shifts.

The paper does not say where it stands: ours: at offset 0, which has the fewest blocks, and those steps are
three quarters of the work. So early steps run at -5 j, ..., -10, -5 and late ones at 5, 10, ...
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

WIDTH = 17  # latents in a block: 136 frames (section 4.3)
SHIFT = 5  # latents from a step's partition to the next one's, for blocks of that width
# Of the steps, three in four do not shift; rounded down, and an odd step that is left over is an early one:
# lip-sync, identity and large motion are decided early. 40 steps: 5 + 30 + 5; 7: 1 + 5 + 1; 2: 1 + 1 + 0.
_STILL_NUMERATOR, _STILL_DENOMINATOR = 3, 4

# What happens where the clip's ends cut a block short. Clamped (ours): it is widened inwards. Circular (the
# paper's, after Sonic): blocks run on from the last latent to the first.
Ends = Literal["clamped", "circular"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`width` latents of a clip of `clip` latents, from latent `start` on; circular ones wrap."""

    start: int
    width: int
    clip: int

    @property
    def latents(self) -> tuple[int, ...]:
        """Indices in the order of the block."""
        return tuple((self.start + index) % self.clip for index in range(self.width))

    @property
    def name(self) -> str:
        """Under which a cache keeps the block."""
        return f"{self.start}+{self.width}"


def still_steps(steps: int) -> range:
    """The middle steps, in which the partition does not move: a cache may rely on it."""
    still = steps * _STILL_NUMERATOR // _STILL_DENOMINATOR
    early = (steps - still + 1) // 2
    return range(early, early + still)


def shift_of(width: int) -> int:
    """ours: as large a part of a block as 5 latents are of 17, rounded up: a narrow block shifts too."""
    return -(-width * SHIFT // WIDTH)


def partition(
    latents: int, step: int, steps: int, ends: Ends = "clamped", width: int = WIDTH
) -> tuple[Block, ...]:
    """The blocks of a clip of `latents` at step `step` of `steps`, each of `width` latents at most.

    Each latent is in one of them or in two, whose velocities are to be averaged.
    """
    if latents <= width:
        return (Block(start=0, width=latents, clip=latents),)
    offset = _moves(step, still_steps(steps)) * shift_of(width) % width
    return tuple((_circular if ends == "circular" else _clamped)(latents, offset, width))


def _moves(step: int, middle: range) -> int:
    """How often the partition has been shifted, seen from where it stands still."""
    if step < middle.start:
        return step - middle.start
    return max(0, step - middle.stop + 1)


def _clamped(latents: int, offset: int, wide: int) -> Iterator[Block]:
    """Whole blocks at `offset`, and what is left at either end widened inwards to a whole block.

    Where the two would meet, with a whole block between them, each stops at the clip's middle: so no latent
    is evaluated three times, and the seam between them lies inside the block that bridges it.
    """
    whole = range(offset, latents - wide + 1, wide)
    tail = whole.stop + (wide - 1) - (whole[-1] + wide) if whole else 1
    meet = latents // 2 if offset and tail and whole else None
    if offset:
        width = wide if meet is None else min(wide, meet)
        yield Block(start=0, width=width, clip=latents)
    for start in whole:
        yield Block(start=start, width=wide, clip=latents)
    if tail:
        start = latents - wide if meet is None else max(latents - wide, meet)
        yield Block(start=start, width=latents - start, clip=latents)


def _circular(latents: int, offset: int, width: int) -> Iterator[Block]:
    """Whole blocks once around from `offset`; the last one is moved back onto the one before it."""
    for start in range(0, latents, width):
        inside = min(start, latents - width)
        yield Block(start=(offset + inside) % latents, width=width, clip=latents)
