"""What is made anew, and from which noise level on."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.conditioning import Conditioning, EditNoise, token_mask
from engine.diffusion.latent_grid import latent_of, latents_for

GRID = (3, 4)
SIZE = 8  # pixels a cell, small for the tests


def masks(frames: int, pixels: list[tuple[int, int, int]]) -> list[np.ndarray]:
    """All black but for these (frame, row, column)."""
    made = [np.zeros((GRID[0] * SIZE, GRID[1] * SIZE), dtype=bool) for _ in range(frames)]
    for frame, row, column in pixels:
        made[frame][row, column] = True
    return made


@st.composite
def marked(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, int]]]:
    frames = draw(st.integers(1, 40))
    pixel = st.tuples(
        st.integers(0, frames - 1), st.integers(0, GRID[0] * SIZE - 1), st.integers(0, GRID[1] * SIZE - 1)
    )
    return frames, draw(st.lists(pixel, max_size=5))


@given(marked())
def test_a_token_is_made_anew_if_any_of_its_pixels_is_in_any_of_its_frames(
    case: tuple[int, list[tuple[int, int, int]]],
) -> None:
    frames, pixels = case
    made = token_mask(masks(frames, pixels), GRID, SIZE)
    assert made.shape == (latents_for(frames), *GRID)
    assert {tuple(place) for place in made.nonzero().tolist()} == {
        (latent_of(frame), row // SIZE, column // SIZE) for frame, row, column in pixels
    }


def test_frame_0_is_a_latent_alone() -> None:
    made = token_mask(masks(9, [(0, 0, 0), (1, 23, 31)]), GRID, SIZE)
    assert made.nonzero().tolist() == [[0, 0, 0], [1, 2, 3]]


def test_pixels_that_padding_added_are_no_region() -> None:
    made = token_mask([np.ones((20, 30), dtype=bool)], GRID, SIZE)
    assert bool(made.all())
    made = token_mask([np.ones((16, 24), dtype=bool)], GRID, SIZE)
    assert made[0].int().tolist() == [[1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0]]


def test_a_cut_between_latents_noises_two_either_side() -> None:
    assert EditNoise().around([17], 57) == (0, 0.8, 1, 1, 0.8, 0, 0, 0)


def test_a_cut_within_a_latent_noises_it_and_its_neighbours() -> None:
    assert EditNoise().around([20], 57) == (0, 0, 0.8, 1, 0.8, 0, 0, 0)


def test_cuts_that_are_near_take_the_greater_noise() -> None:
    assert EditNoise().around([17, 25], 57) == (0, 0.8, 1, 1, 1, 0.8, 0, 0)


@given(
    st.integers(2, 400).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(1, n - 1), max_size=4)))
)
def test_noise_is_where_cuts_are_and_nowhere_else(case: tuple[int, set[int]]) -> None:
    frames, cuts = case
    noise = EditNoise().around(cuts, frames)
    assert len(noise) == latents_for(frames)
    for latent, level in enumerate(noise):
        near = [min(abs(latent - latent_of(cut - 1)), abs(latent - latent_of(cut))) for cut in cuts]
        assert level == {0: 1.0, 1: 0.8}.get(min(near, default=9), 0.0)


def test_latents_near_a_removal_are_made_anew_whole_from_their_own_level() -> None:
    region = torch.zeros(4, 2, 2, dtype=torch.bool)
    made = Conditioning.of(region, [0, 0.8, 1, 0])
    assert made.mask_FHW.flatten(1).tolist() == [[False] * 4, [True] * 4, [True] * 4, [False] * 4]
    assert made.strength_F[1:3].tolist() == pytest.approx([0.8, 1.0])


def test_a_region_is_made_anew_from_pure_noise() -> None:
    region = torch.zeros(2, 2, 2, dtype=torch.bool)
    region[0, 1, 0] = region[1, 0, 0] = True
    made = Conditioning.of(region, [0, 0.8])
    assert made.mask_FHW.flatten(1).tolist() == [[False, False, True, False], [True] * 4]
    assert made.strength_F.tolist() == [1, 1]
