"""Which latents are denoised together, at every step."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.blocks import Block, Ends, partition, shift_of, still_steps

CLIPS = st.integers(1, 400)
ENDS = st.sampled_from(["clamped", "circular"])
WIDTHS = st.integers(1, 40)


@st.composite
def moments(draw: st.DrawFn) -> tuple[int, int]:
    """A step, and how many there are."""
    steps = draw(st.integers(1, 60))
    return draw(st.integers(0, steps - 1)), steps


def visits(blocks: tuple[Block, ...]) -> tuple[int, ...]:
    """For each latent of the clip, how many of the blocks evaluate it."""
    count = Counter(latent for block in blocks for latent in block.latents)
    return tuple(count[latent] for latent in range(blocks[0].clip))


def spans(blocks: tuple[Block, ...]) -> list[tuple[int, int]]:
    return [(block.start, block.start + block.width) for block in blocks]


@given(CLIPS, moments(), ENDS, WIDTHS)
def test_every_latent_is_visited_at_every_step_and_none_more_than_twice(
    latents: int, moment: tuple[int, int], ends: Ends, width: int
) -> None:
    assert set(visits(partition(latents, *moment, ends, width))) <= {1, 2}


@given(CLIPS, moments(), ENDS, WIDTHS)
def test_a_block_is_at_most_as_wide_as_it_may_be_and_has_each_latent_once(
    latents: int, moment: tuple[int, int], ends: Ends, width: int
) -> None:
    for block in partition(latents, *moment, ends, width):
        assert len(set(block.latents)) == block.width <= width
        assert all(0 <= latent < latents for latent in block.latents)


@given(CLIPS, moments(), ENDS, WIDTHS)
def test_the_blocks_of_a_step_have_names_of_their_own(
    latents: int, moment: tuple[int, int], ends: Ends, width: int
) -> None:
    blocks = partition(latents, *moment, ends, width)
    assert len({block.name for block in blocks}) == len(blocks)


@given(CLIPS, moments(), ENDS, WIDTHS)
def test_in_clips_of_two_blocks_and_more_every_block_is_of_full_width(
    latents: int, moment: tuple[int, int], ends: Ends, width: int
) -> None:
    long = latents + 2 * width
    assert {block.width for block in partition(long, *moment, ends, width)} == {width}


@given(CLIPS, moments(), WIDTHS)
def test_clamped_blocks_do_not_wrap(latents: int, moment: tuple[int, int], width: int) -> None:
    for block in partition(latents, *moment, width=width):
        assert block.latents == tuple(range(block.start, block.start + block.width))


@given(CLIPS, st.integers(1, 60), ENDS, WIDTHS)
def test_the_middle_steps_share_the_partition_with_the_fewest_blocks(
    latents: int, steps: int, ends: Ends, width: int
) -> None:
    made = {partition(latents, step, steps, ends, width) for step in still_steps(steps)}
    assert len(made) == min(1, len(still_steps(steps)))
    for blocks in made:
        assert len(blocks) == -(-latents // width)


@given(WIDTHS, moments(), ENDS, st.data())
def test_a_clip_of_one_block_is_not_shifted(
    width: int, moment: tuple[int, int], ends: Ends, data: st.DataObject
) -> None:
    latents = data.draw(st.integers(1, width))
    assert spans(partition(latents, *moment, ends, width)) == [(0, latents)]


def test_a_block_is_17_wide_unless_another_width_is_asked_for() -> None:
    assert spans(partition(34, 20, 40)) == [(0, 17), (17, 34)]
    assert spans(partition(12, 20, 40, width=5)) == [(0, 5), (5, 10), (7, 12)]


@pytest.mark.parametrize(("width", "shift"), [(17, 5), (10, 3), (5, 2), (2, 1), (1, 1)])
def test_narrower_blocks_shift_by_less(width: int, shift: int) -> None:
    assert shift_of(width) == shift


@given(st.integers(0, 40), st.integers(8, 60), st.integers(2, 40))
def test_early_and_late_steps_shift_by_the_same_each(latents: int, steps: int, width: int) -> None:
    long = latents + 3 * width

    def offset(step: int) -> int:
        return partition(long, step, steps, "circular", width)[0].start % long

    for step in range(1, steps):
        moved = (offset(step) - offset(step - 1)) % width
        expected = 0 if {step, step - 1} <= set(still_steps(steps)) else shift_of(width) % width
        assert moved == expected


@pytest.mark.parametrize(
    ("steps", "early", "middle", "late"),
    [(40, 5, 30, 5), (8, 1, 6, 1), (7, 1, 5, 1), (4, 1, 3, 0), (3, 1, 2, 0), (2, 1, 1, 0), (1, 1, 0, 0)],
)
def test_the_middle_three_quarters_stand_still(steps: int, early: int, middle: int, late: int) -> None:
    assert still_steps(steps) == range(early, early + middle)
    assert steps == early + middle + late


def test_what_is_left_at_the_ends_is_widened_inwards() -> None:
    assert spans(partition(51, 4, 40)) == [(0, 17), (12, 29), (29, 46), (34, 51)]
    assert visits(partition(51, 4, 40)) == (1,) * 12 + (2,) * 5 + (1,) * 17 + (2,) * 12 + (1,) * 5


def test_ends_that_would_meet_stop_at_the_middle_under_the_block_that_bridges_them() -> None:
    assert spans(partition(31, 4, 40)) == [(0, 15), (12, 29), (15, 31)]


def test_circular_blocks_run_on_from_the_last_latent_to_the_first() -> None:
    blocks = partition(34, 4, 40, "circular")
    assert blocks[1].latents == (*range(29, 34), *range(12))
