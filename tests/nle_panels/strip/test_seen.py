"""The part of the strip that is seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nle_panels.strip.seen import Seen

FIT = Seen(frames=1000, width=500).fitted()


def test_all_of_it_is_seen_at_first() -> None:
    assert (FIT.left, FIT.right, FIT.scale) == (0, 1000, 0.5)


@given(st.floats(0.3, 5), st.floats(0, 500))
def test_zooming_keeps_what_is_under_the_pointer(factor: float, x: float) -> None:
    inside = FIT.zoomed(6, 250)
    zoomed = inside.zoomed(factor, x)
    if 0 < zoomed.left < 1000 - 500 / zoomed.scale:
        assert zoomed.frame_at(x) == pytest.approx(inside.frame_at(x))


@given(st.lists(st.tuples(st.sampled_from("zp"), st.floats(-3000, 3000)), max_size=12))
def test_nothing_beside_the_strip_is_ever_seen(moves: list[tuple[str, float]]) -> None:
    seen = FIT
    for move, by in moves:
        seen = seen.zoomed(2 ** (by / 1000), 100) if move == "z" else seen.panned(by)
        assert seen.left >= 0
        assert seen.right <= 1000 + 1e-6


def test_while_it_plays_a_page_is_turned() -> None:
    seen = FIT.zoomed(10, 0)
    assert seen.right == 100
    assert seen.paged_to(50) is seen
    assert seen.paged_to(100).left == 90
    assert seen.paged_to(999).right == 1000


def test_another_length_is_fitted_where_all_was_seen() -> None:
    assert FIT.over(2000, 500).scale == 0.25
    close = FIT.zoomed(10, 0)
    assert close.over(2000, 500).scale == close.scale


def test_a_wider_panel_never_shows_more_than_there_is() -> None:
    assert FIT.zoomed(2, 0).over(1000, 5000).scale == 5.0
