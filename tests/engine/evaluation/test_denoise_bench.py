"""The comparison with diffusers' transformer runs, and holds its goal against the ratio alone."""

from __future__ import annotations

from engine.evaluation.denoise_bench import measure


def test_the_denoise_step_is_compared_on_equal_results() -> None:
    step, ours, audible = measure(rounds=1)
    assert step.unit == "ms"
    assert (ours.at_most, ours.unit) == (1.05, "x")
    assert audible.goal == ""
