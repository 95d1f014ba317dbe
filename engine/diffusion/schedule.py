"""The noise levels that denoising passes through, from the first down to 0: pure, plain floats.

x_t = (1 - t) x0 + t x1 (Eq 1): a sigma is that t. There is one step from each sigma to the next.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import dropwhile

Sigmas = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Of the only pass, or the first of two, and of the second."""

    first: Sigmas
    second: Sigmas


STEPS = 40  # section 4.3

# LTX-Video's schedule: half of the steps lead linearly from 1 to 1 - 0.025, the others quadratically to 0.
_LINEAR_PART = 0.025

# Of the distilled checkpoints; the paper has none. ours: as LTX-Video 0.9.8 publishes them in the settings of
# its distilled 13B model, the second list for the pass at full size.
DISTILLED: Sigmas = (1.0, 0.9937, 0.9875, 0.9812, 0.975, 0.9094, 0.725, 0.0)
DISTILLED_SECOND_PASS: Sigmas = (0.9094, 0.725, 0.4219, 0.0)

# Of LTX-2, as its authors publish them (diffusers' pipelines/ltx2/utils.py): distilled models from 2.3 on.
LTX2_DISTILLED: Sigmas = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0)
LTX2_DISTILLED_SECOND_PASS: Sigmas = (0.909375, 0.725, 0.421875, 0.0)


def linear_quadratic(steps: int = STEPS) -> Sigmas:
    """LTX-Video's `steps` + 1 noise levels, from 1 to 0."""
    if steps < 2:
        return (1.0, 0.0)
    linear = steps // 2
    curved = steps - linear
    # 1 - sigma at step i >= linear is square i^2 + slope i + constant: it goes on where the line ends, with
    # the line's slope, and reaches 1 at the last step. Same sums in the same order as the pipeline's, so that
    # they agree to the bit.
    rest = linear - _LINEAR_PART * steps
    square = rest / (linear * curved**2)
    slope = _LINEAR_PART / linear - 2 * rest / curved**2
    constant = square * linear**2
    straight = [step * _LINEAR_PART / linear for step in range(linear)]
    bent = [square * step**2 + slope * step + constant for step in range(linear, steps)]
    return (*(1.0 - done for done in (*straight, *bent)), 0.0)


def shifted(steps: int = STEPS, shift: float = 2.05, terminal: float = 0.1) -> Sigmas:
    """LTX-2's `steps` + 1 noise levels where it is not distilled, from 1 to 0, the last but one `terminal`.

    `shift` is what its authors' own code has for every size: that of 4,096 tokens. diffusers has it grow with
    the tokens, so that a minute of a large picture would be denoised in the last step.
    """
    if steps < 2:
        return (1.0, 0.0)
    even = [1 - step / steps for step in range(steps)]
    curved = [math.exp(shift) / (math.exp(shift) + 1 / sigma - 1) for sigma in even]
    stretch = (1 - terminal) / (1 - curved[-1])
    return (*(1 - (1 - sigma) * stretch for sigma in curved), 0.0)


def late(sigmas: Sigmas, start: float) -> Sigmas:
    """The part of a schedule that a pass goes through which begins at noise level `start` or just below.

    Where that is 0, in a schedule of few steps, there is one step from `start`: the pass is never left out.
    """
    below = tuple(dropwhile(lambda sigma: sigma > start, sigmas))
    return below if len(below) > 1 else (start, 0.0)
