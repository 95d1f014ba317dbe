"""What denoising costs by how much of the picture is made anew, and by how long the clip around an edit is.

Tiny random weights: attention, which grows with the square of the tokens, counts for more of the work than in
the 13B model, so that a crop saves more here than it does there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from statistics import median

import torch

from engine.diffusion.denoise import Sampling, denoise
from engine.diffusion.schedule import linear_quadratic
from engine.diffusion.tokens import Scene
from engine.diffusion.velocity import TransformerVelocity
from engine.evaluation.measure import Measure
from engine.media.crop import Crop
from engine.model.config import TINY
from engine.model.prompt import Prompt
from engine.model.transformer import EditYourselfTransformer
from engine.protocol import Box

ROUNDS = 3
CELL = 32  # pixels a token, across and down
SIZE = (720, 1280)
LIPS = Box(x=560, y=380, width=150, height=120)  # of a presenter who fills half the picture's height
BLOCK = 17
LENGTHS = (17, 34, 68)  # latents: 5, 11 and 22 s at 25 frames a second
EDITED = range(8, 10)
SMALL = (6, 10)
STEPS, FEW_STEPS = 8, 2

# Our goals on a GPU for 10 s of 1080p: 22.5 s with the head's crop, 60 s for the full frame.
LIPS_GOAL = 0.375
# As for the whole command, whose goal for 60 minutes over 1 it is.
LENGTH_GOAL = 1.3


def measure(rounds: int = ROUNDS) -> Iterator[Measure]:
    """Ratios of renders by turns in the same run."""
    torch.manual_seed(0)
    velocity = _velocity()
    yield from _lips_over_whole(velocity, rounds)
    yield from _length(velocity, rounds)


def _lips_over_whole(velocity: TransformerVelocity, rounds: int) -> Iterator[Measure]:
    """The same frames, with the head alone before the model, and with all of the picture."""
    crop = Crop.around(LIPS, SIZE)
    whole, head = _grid(*SIZE), _grid(crop.height, crop.width)
    mask_HW = torch.zeros(head, dtype=torch.bool)
    top, left = (LIPS.y - crop.top) // CELL, (LIPS.x - crop.left) // CELL
    mask_HW[top : top + -(-LIPS.height // CELL), left : left + -(-LIPS.width // CELL)] = True
    everything = scene_of(BLOCK, torch.ones(whole, dtype=torch.bool), range(BLOCK))
    lips = scene_of(BLOCK, mask_HW, range(BLOCK))
    seconds, ratio = _compared((everything, lips), velocity, FEW_STEPS, rounds)
    share = head[0] * head[1] / (whole[0] * whole[1])
    yield Measure(name="denoising a whole 720p frame, 17 latents, 2 steps", value=seconds, unit="s")
    name = f"lips over the whole frame, {share:.1%} of its tokens"
    yield Measure(name=name, value=ratio, unit="x", at_most=LIPS_GOAL)


def _length(velocity: TransformerVelocity, rounds: int) -> Iterator[Measure]:
    """The same two latents made anew, in longer and longer clips: blocks without an edit are left out."""
    mask_HW = torch.ones(SMALL, dtype=torch.bool)
    short, *longer = (scene_of(latents, mask_HW, EDITED) for latents in LENGTHS)
    for scene in longer:
        _, ratio = _compared((short, scene), velocity, STEPS, rounds)
        name = f"the same edit, {scene.latents} latents over {short.latents}"
        yield Measure(name=name, value=ratio, unit="x", at_most=LENGTH_GOAL)


def _compared(
    scenes: tuple[Scene, Scene], velocity: TransformerVelocity, steps: int, rounds: int
) -> tuple[float, float]:
    """Seconds of the one, and the other's over them: medians of pairs, after a first one that warms up."""
    one, other = scenes
    pairs = [(_spent(one, velocity, steps), _spent(other, velocity, steps)) for _ in range(1 + rounds)][1:]
    return median(a for a, _ in pairs), median(b / a for a, b in pairs)


def _spent(scene: Scene, velocity: TransformerVelocity, steps: int) -> float:
    begun = time.perf_counter()
    denoise(scene, velocity, Sampling(sigmas=linear_quadratic(steps), seed=0))
    return time.perf_counter() - begun


def _grid(height: int, width: int) -> tuple[int, int]:
    return -(-height // CELL), -(-width // CELL)


def scene_of(latents: int, mask_HW: torch.Tensor, edited: range) -> Scene:
    """A clip of noise in which `mask_HW` of the `edited` latents is made anew."""
    mask_FHW = torch.zeros(latents, *mask_HW.shape, dtype=torch.bool)
    mask_FHW[edited.start : edited.stop] = mask_HW
    return Scene(
        clean_CFHW=torch.randn(TINY.transformer.in_channels, *mask_FHW.shape),
        mask_FHW=mask_FHW,
        strength_F=torch.ones(latents),
        rate=Fraction(25),
    )


def _velocity() -> TransformerVelocity:
    model = EditYourselfTransformer.of(TINY).eval()
    words = 128
    text = Prompt(
        embeddings_BXE=torch.randn(1, words, TINY.transformer.caption_channels),
        mask_BX=torch.ones(1, words, dtype=torch.bool),
    )
    return TransformerVelocity(model=model, text=text)
