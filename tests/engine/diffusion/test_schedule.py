"""The noise levels, against diffusers' own."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.diffusion.schedule import DISTILLED, DISTILLED_SECOND_PASS, late, linear_quadratic


@pytest.fixture(scope="module")
def reference() -> dict[int, torch.Tensor]:
    """What the scheduler of LTX's pipeline holds after it was set to so many steps."""
    from diffusers import FlowMatchEulerDiscreteScheduler
    from diffusers.pipelines.ltx.pipeline_ltx_condition import linear_quadratic_schedule

    sigmas = {}
    for steps in (1, 2, 3, 7, 8, 25, 40, 50):
        scheduler = FlowMatchEulerDiscreteScheduler()
        scheduler.set_timesteps(timesteps=(linear_quadratic_schedule(steps) * 1000).tolist(), device="cpu")
        sigmas[steps] = scheduler.sigmas
    return sigmas


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 8, 25, 40, 50])
def test_the_schedule_is_ltxs_own(steps: int, reference: dict[int, torch.Tensor]) -> None:
    ours = torch.tensor(linear_quadratic(steps))
    torch.testing.assert_close(ours, reference[steps], rtol=0, atol=6e-8)  # it multiplies by 1000 and back


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 8, 25, 40, 50])
def test_before_the_scheduler_rounds_it_is_equal_to_the_bit(steps: int) -> None:
    from diffusers.pipelines.ltx.pipeline_ltx_condition import linear_quadratic_schedule

    assert torch.equal(torch.tensor(linear_quadratic(steps)[:-1]), linear_quadratic_schedule(steps))


@given(st.integers(1, 200))
def test_it_falls_from_1_to_0_in_as_many_steps_as_asked(steps: int) -> None:
    sigmas = linear_quadratic(steps)
    assert len(sigmas) == steps + 1
    assert (sigmas[0], sigmas[-1]) == (1.0, 0.0)
    assert all(one > other for one, other in pairwise(sigmas))


def test_distilled_models_take_7_and_3_steps() -> None:
    assert [len(list(pairwise(sigmas))) for sigmas in (DISTILLED, DISTILLED_SECOND_PASS)] == [7, 3]


@given(st.integers(1, 60), st.floats(0.01, 1))
def test_a_late_start_is_the_first_level_that_is_not_above_it(steps: int, start: float) -> None:
    whole = linear_quadratic(steps)
    assume(whole[-2] <= start)
    part = late(whole, start)
    assert part == whole[len(whole) - len(part) :]
    assert part[0] <= start
    assert part == whole or whole[len(whole) - len(part) - 1] > start


@pytest.mark.parametrize("steps", [1, 2, 4, 8])
def test_a_late_pass_of_few_steps_is_one_step_all_the_same(steps: int) -> None:
    assert late(linear_quadratic(steps), 0.4) == (0.4, 0.0)


def test_a_late_start_at_1_is_the_whole_schedule() -> None:
    assert late(linear_quadratic(40), 1.0) == linear_quadratic(40)
