"""The cost of an edit by its size runs, and says what it holds against what."""

from __future__ import annotations

import pytest
import torch

from engine.diffusion.denoise import Sampling, denoise
from engine.diffusion.schedule import linear_quadratic
from engine.diffusion.velocity import TransformerVelocity
from engine.evaluation import render_bench
from engine.evaluation.render_bench import EDITED, LENGTHS, SMALL, STEPS


def test_lips_and_lengths_are_ratios_with_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_bench, "SIZE", (192, 320))
    monkeypatch.setattr(render_bench, "LIPS", render_bench.Box(x=140, y=100, width=38, height=30))
    monkeypatch.setattr(render_bench, "STEPS", 2)
    seconds, lips, *lengths = render_bench.measure(rounds=1)
    assert (seconds.unit, seconds.goal) == ("s", "")
    assert (lips.unit, lips.at_most) == ("x", 0.375)
    assert [length.name.split(", ")[1] for length in lengths] == ["34 latents over 17", "68 latents over 17"]
    assert {length.at_most for length in lengths} == {1.3}


def test_a_longer_clip_asks_the_model_little_more_often_for_the_same_edit() -> None:
    assert [_asked(latents) for latents in LENGTHS] == [8, 9, 9]


def _asked(latents: int) -> int:
    """How often the model is asked when two latents of so many are made anew."""
    scene = render_bench.scene_of(latents, torch.ones(SMALL, dtype=torch.bool), EDITED)
    asked = []

    class Counting(TransformerVelocity):
        def __call__(self, tokens, block, at):  # type: ignore[no-untyped-def]
            asked.append(block)
            return torch.zeros_like(tokens.values_SC)

    counting = Counting(model=None, text=None)  # type: ignore[arg-type]  # neither is asked
    denoise(scene, counting, Sampling(sigmas=linear_quadratic(STEPS), seed=0))
    return len(asked)
