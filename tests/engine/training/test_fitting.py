"""Sizes and lengths of clips with equal token counts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.training.errors import BadSamples
from engine.training.fitting import Fit, Sizes, fitted

SHORT_SIDES = st.integers(240, 2160)
ASPECTS = st.fractions(Fraction(1, 2), 2, max_denominator=50)
DRAWS = st.floats(0, 1)
TOKENS = st.integers(2000, 40_000)


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    """(height, width) of an aspect between 1:2 and 2:1."""
    short, aspect = draw(SHORT_SIDES), draw(ASPECTS)
    long = round(short * max(aspect, 1 / aspect))
    return (short, long) if aspect >= 1 else (long, short)


@settings(deadline=None)
@given(sizes(), st.integers(1, 400), TOKENS, DRAWS)
def test_every_fit_keeps_to_cells_frames_pixels_and_budget(
    size: tuple[int, int], frames: int, tokens: int, draw: float
) -> None:
    fit = fitted(size, frames, tokens, draw)
    assert fit.frames % 8 == 1
    assert fit.frames <= frames
    assert fit.tokens <= tokens
    assert 250_000 <= fit.rows * fit.columns * 32**2 <= 2_000_000


@settings(deadline=None)
@given(sizes(), st.integers(1, 400), TOKENS, DRAWS)
def test_the_picture_is_not_stretched_and_loses_less_than_a_cell(
    size: tuple[int, int], frames: int, tokens: int, draw: float
) -> None:
    fit = fitted(size, frames, tokens, draw)
    scale = max(Fraction(fit.rows * 32, size[0]), Fraction(fit.columns * 32, size[1]))
    assert abs(fit.height - size[0] * scale) <= 1
    assert abs(fit.width - size[1] * scale) <= 1
    assert 0 <= fit.height - fit.rows * 32 < 32
    assert 0 <= fit.width - fit.columns * 32 < 32


@settings(deadline=None)
@given(sizes(), TOKENS, DRAWS)
def test_a_clip_that_is_long_enough_fills_the_budget_to_less_than_a_latent(
    size: tuple[int, int], tokens: int, draw: float
) -> None:
    fit = fitted(size, 8 * 200 + 1, tokens, draw)
    assert tokens - fit.rows * fit.columns < fit.tokens <= tokens


@settings(deadline=None)
@given(sizes(), TOKENS, DRAWS)
def test_a_clip_of_121_frames_is_trimmed_or_made_large_enough_where_it_can_be(
    size: tuple[int, int], tokens: int, draw: float
) -> None:
    fit = fitted(size, 121, tokens, draw)
    if fit.tokens <= tokens - fit.rows * fit.columns:  # all its frames, at the largest size there is
        assert fit.frames == 121
        assert fit == fitted(size, 121, tokens, 1.0)


@settings(deadline=None)
@given(sizes(), DRAWS)
def test_no_clip_is_enlarged_beyond_what_the_smallest_size_needs(size: tuple[int, int], draw: float) -> None:
    fit = fitted(size, 121, 6000, draw)
    smallest = fitted(size, 8 * 200 + 1, 6000, 0.0)
    assert fit.height <= max(size[0], smallest.height)
    assert fit.width <= max(size[1], smallest.width)


def test_the_draw_ranges_from_the_smallest_size_to_the_source() -> None:
    small, large = (fitted((1080, 1920), 121, 4096, draw) for draw in (0.0, 1.0))
    assert (small.rows * small.columns, small.frames) == (252, 121)
    assert (large.rows, large.columns) == (33, 59)
    assert large.frames == 9
    assert len({fitted((1080, 1920), 121, 4096, draw / 100).rows for draw in range(100)}) > 15


def test_another_model_has_other_cells() -> None:
    own = Sizes(fewest=128 * 128, most=128 * 128, cell=16)
    assert fitted((458, 458), 375, 320, 0.3, own) == Fit(
        height=128, width=128, rows=8, columns=8, frames=33, cell=16
    )


@pytest.mark.parametrize(
    ("size", "frames", "tokens"), [((720, 1280), 0, 4096), ((720, 1280), 121, 100), ((64, 4000), 121, 100)]
)
def test_what_cannot_be_fitted_is_a_named_error(size: tuple[int, int], frames: int, tokens: int) -> None:
    with pytest.raises(BadSamples, match="cannot be brought"):
        fitted(size, frames, tokens, 0.5)
