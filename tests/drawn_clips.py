"""Small drawn clips for the tests that train on them or measure them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.model.autoencoder import Frame
from engine.training.clips import ClipPlan, Split, TrainingClip, draw


@lru_cache
def small_clips(count: int, split: Split = "train", size: int = 64) -> tuple[TrainingClip, ...]:
    """The first clips of a plan, 17 frames each: three latents."""
    plan = ClipPlan(seed=4, split=split, size=size, frames=17, each=3)
    return tuple(draw(plan, index) for index in range(count))


def pixels(clip: TrainingClip) -> list[Frame]:
    """The clip's frames as an autoencoder takes them."""
    return [frame.astype(np.float32) / 255 for frame in clip.frames]
