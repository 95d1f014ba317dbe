"""What our transformer costs over diffusers' own: the same weights and tokens, by turns in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

import torch
from diffusers.models.transformers.transformer_ltx import LTXVideoTransformer3DModel
from torch import Tensor

from engine.evaluation.measure import Measure
from engine.model.config import TINY
from engine.model.transformer import EditYourselfTransformer

ROUNDS = 100
WARM_UP = 6
GRID = (17, 8, 8)  # a block of 17 latents, small in width and height
Call = Callable[[], Tensor]


@torch.inference_mode()
def measure(rounds: int = ROUNDS) -> Iterator[Measure]:
    """One call of the transformer, which is nearly all of a denoise step."""
    torch.manual_seed(0)
    theirs = LTXVideoTransformer3DModel(**TINY.transformer.diffusers()).eval()
    ours = EditYourselfTransformer.of(TINY).eval()
    ours.load_state_dict(theirs.state_dict(), strict=False)
    tokens, audio = _tokens(), _audio(ours)
    base: Call = lambda: theirs(**tokens, return_dict=False)[0]  # noqa: E731  # three in a row
    silent: Call = lambda: ours(**tokens)  # noqa: E731
    heard: Call = lambda: ours(**tokens, **audio)  # noqa: E731
    if not torch.equal(base(), silent()):
        raise RuntimeError("ours and diffusers' transformer do not compute the same: nothing to compare")
    step, ratio = _compared(base, silent, rounds)
    yield Measure(name="denoise step, diffusers", value=step * 1000, unit="ms")
    yield Measure(name="denoise step, ours over diffusers'", value=ratio, unit="x", at_most=1.05)
    _, ratio = _compared(silent, heard, rounds)
    yield Measure(name="denoise step, audio on every token over none", value=ratio, unit="x")


def _compared(one: Call, other: Call, rounds: int) -> tuple[float, float]:
    """Seconds of the one, and the other's over them: medians of pairs, each of which begins another way."""
    pairs = []
    for turn in range(WARM_UP + rounds):
        pair = (_spent(one), _spent(other)) if turn % 2 else (_spent(other), _spent(one))[::-1]
        pairs.append(pair)
    pairs = pairs[WARM_UP:]
    return median(pair[0] for pair in pairs), median(pair[1] / pair[0] for pair in pairs)


def _spent(call: Call) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _tokens() -> dict[str, Tensor | None]:
    sizes, count = TINY.transformer, GRID[0] * GRID[1] * GRID[2]
    f, y, x = (torch.arange(length, dtype=torch.float32) for length in GRID)
    coords = torch.meshgrid(f * 8 / 25, y * 32, x * 32, indexing="ij")
    return {
        "hidden_states": torch.randn(1, count, sizes.in_channels),
        "encoder_hidden_states": torch.randn(1, 128, sizes.caption_channels),
        "timestep": torch.rand(1, count) * 1000,
        "encoder_attention_mask": None,
        "video_coords": torch.stack([axis.flatten() for axis in coords])[None],
    }


def _audio(model: EditYourselfTransformer) -> dict[str, Tensor]:
    audio = TINY.audio
    windows = torch.randn(1, 8 * GRID[0] - 7, audio.window, audio.layers, audio.channels)
    latent = torch.arange(GRID[0]).repeat_interleave(GRID[1] * GRID[2])[None]
    return {"audio_tokens": model.hear(windows), "audio_latent": latent}
