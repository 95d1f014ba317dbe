"""The two passes of LTX-Video (section 3.1): small first, then upsampled latents finished at full size.

The mask and the clean latents of the second pass are of its own size: upsampled latents stand only where
something is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from engine.diffusion.denoise import OnStep, References, Sampling, Velocity, denoise
from engine.diffusion.tokens import Scene

Upsample = Callable[[Tensor], Tensor]
"""Latents [C, F, H, W] to [C, F, 2 H, 2 W]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pass:
    scene: Scene
    velocity: Velocity
    references: References
    sampling: Sampling


def two_passes(small: Pass, full: Pass, upsample: Upsample, on_step: OnStep) -> Tensor:
    """The full scene's latents; `full.sampling` starts late. Raises RenderFailed."""
    total = small.sampling.steps + full.sampling.steps
    coarse = denoise(
        small.scene,
        small.velocity,
        small.sampling,
        references=small.references,
        on_step=lambda done, _: on_step(done, total),
    )
    rows, columns = full.scene.grid
    start = upsample(coarse)[:, :, :rows, :columns]
    return denoise(
        full.scene,
        full.velocity,
        full.sampling,
        references=full.references,
        start_CFHW=start,
        on_step=lambda done, _: on_step(small.sampling.steps + done, total),
    )
