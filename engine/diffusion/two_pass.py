"""The two passes of LTX-Video (section 3.1): small first, then upsampled latents finished at full size.

The mask and the clean latents of the second pass are of its own size: upsampled latents stand only where
something is made anew. Steps are counted over both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from engine.diffusion.denoise import Begun, OnStep, References, Sampling, Velocity, denoise
from engine.diffusion.tokens import Scene

Upsample = Callable[[Tensor], Tensor]
"""Latents [C, F, H, W] to [C, F, 2 H, 2 W]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pass:
    scene: Scene
    velocity: Velocity
    references: References
    sampling: Sampling

    def latents(
        self, on_step: OnStep, start_CFHW: Tensor | None = None, begun: Begun | None = None
    ) -> Tensor:
        """See `denoise`."""
        return denoise(
            self.scene,
            self.velocity,
            self.sampling,
            references=self.references,
            start_CFHW=start_CFHW,
            begun=begun,
            on_step=on_step,
        )


Shape = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Planned:
    """A pass before its clip is encoded, which `begin` does. `shape`: [C, F, H, W] of its latents."""

    steps: int
    shape: Shape
    begin: Callable[[], Pass]


def in_passes(
    passes: Sequence[Planned], upsample: Upsample | None, on_step: OnStep, begun: Begun | None = None
) -> Tensor:
    """The last pass's latents; a second one starts late, from the first one's, upsampled.

    `begun`: goes on from there, without beginning a pass that was over. Raises RenderFailed.
    """
    total = total_steps(passes)
    first, x_CFHW = 0, None
    for planned in passes:
        within = None if begun is None or begun.done <= first else replace(begun, done=begun.done - first)
        if within is None or within.done < planned.steps:
            start_CFHW = None
            if upsample is not None and x_CFHW is not None:
                rows, columns = planned.shape[2:]
                start_CFHW = upsample(x_CFHW)[:, :, :rows, :columns]
            x_CFHW = planned.begin().latents(_counted(on_step, first, total), start_CFHW, within)
        elif within.done == planned.steps:
            x_CFHW = within.x_CFHW
        first += planned.steps
    assert x_CFHW is not None
    return x_CFHW


def total_steps(passes: Sequence[Planned]) -> int:
    return sum(planned.steps for planned in passes)


def shape_after(passes: Sequence[Planned], done: int) -> Shape | None:
    """Of the latents that `done` steps lead to, 1 at least; None where there are not so many."""
    last = 0
    for planned in passes:
        first, last = last, last + planned.steps
        if first < done <= last:
            return planned.shape
    return None


def _counted(on_step: OnStep, first: int, total: int) -> OnStep:
    return lambda step: on_step(replace(step, done=first + step.done, total=total))
