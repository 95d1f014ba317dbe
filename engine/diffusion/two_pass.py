"""The two passes of LTX-Video (section 3.1): small first, then upsampled latents finished at full size.

The mask and the clean latents of the second pass are of its own size: upsampled latents stand only where
something is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

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

    def latents(self, on_step: OnStep, start_CFHW: Tensor | None = None) -> Tensor:
        """See `denoise`."""
        return denoise(
            self.scene,
            self.velocity,
            self.sampling,
            references=self.references,
            start_CFHW=start_CFHW,
            on_step=on_step,
        )


def two_passes(small: Pass, full: Pass, upsample: Upsample, on_step: OnStep) -> Tensor:
    """The full scene's latents; `full.sampling` starts late. Raises RenderFailed."""
    total = small.sampling.steps + full.sampling.steps
    coarse_CFHW = small.latents(lambda step: on_step(replace(step, total=total)))
    rows, columns = full.scene.grid
    start_CFHW = upsample(coarse_CFHW)[:, :, :rows, :columns]
    first = small.sampling.steps
    return full.latents(lambda step: on_step(replace(step, done=first + step.done, total=total)), start_CFHW)
