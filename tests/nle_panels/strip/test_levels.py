"""Loudness at any zoom."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nle_panels.strip.levels import SILENT, STEP, levels_of

ENERGY = bytes((tick * 37) % 200 for tick in range(5000))


def test_a_tick_for_a_column_is_that_tick() -> None:
    assert levels_of(ENERGY).columns(10, 1, 3) == [(ENERGY[at], ENERGY[at]) for at in (10, 11, 12)]


def test_less_than_a_tick_for_a_column_says_it_again() -> None:
    assert levels_of(ENERGY).columns(10, 0.5, 4) == [(ENERGY[at], ENERGY[at]) for at in (10, 10, 11, 11)]


@given(st.integers(0, 4000), st.integers(1, 900))
def test_no_peak_is_lost_however_many_ticks_a_column_has(first: int, step: int) -> None:
    """A column has at least the ticks that are its own, and at most a step of a layer more on either side."""
    ((loudest, quietest),) = levels_of(ENERGY).columns(first, step, 1)
    own = ENERGY[first : first + step - step % STEP or first + 1]
    wide = ENERGY[max(0, first - 256) : first + step + 256]
    assert min(wide) <= loudest
    assert quietest <= max(wide)
    assert step < 2 * STEP or loudest <= sorted(own)[len(own) // 2]


def test_past_the_media_there_is_silence() -> None:
    assert levels_of(ENERGY).columns(6000, 1, 1) == [(SILENT, SILENT)]
    assert levels_of(b"").columns(0, 100, 1) == [(SILENT, SILENT)]


def test_the_layers_hold_each_the_loudest_of_the_one_below() -> None:
    levels = levels_of(ENERGY)
    loudest, quietest = levels.layers[1]
    assert loudest[3] == min(ENERGY[3 * STEP : 4 * STEP])
    assert quietest[-1] == max(ENERGY[(len(quietest) - 1) * STEP :])
