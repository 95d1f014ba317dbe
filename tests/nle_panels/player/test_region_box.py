"""A box drawn on the picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import Box
from nle_panels.player.region_box import MOVE, SMALLEST, dragged, grip_at, spanned

SIZE = (1920, 1080)
BOX = Box(x=100, y=200, width=300, height=150)
PLACES = st.tuples(st.floats(-500, 2500), st.floats(-500, 2500))


@given(PLACES, PLACES)
def test_a_drawn_box_lies_in_the_picture_and_is_no_crumb(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    box = spanned(one, other, SIZE)
    assert box.x >= 0
    assert box.y >= 0
    assert box.x + box.width <= SIZE[0]
    assert box.y + box.height <= SIZE[1]
    assert min(box.width, box.height) >= SMALLEST


@given(st.sampled_from([MOVE, "n", "s", "e", "w", "nw", "se", "ne", "sw"]), PLACES)
def test_a_dragged_box_lies_in_the_picture_and_is_no_crumb(grip: str, by: tuple[float, float]) -> None:
    box = dragged(BOX, grip, *by, SIZE)
    assert box.x >= 0
    assert box.y >= 0
    assert box.x + box.width <= SIZE[0]
    assert box.y + box.height <= SIZE[1]
    assert min(box.width, box.height) >= SMALLEST


def test_a_box_is_drawn_from_any_corner() -> None:
    assert spanned((400, 350), (100, 200), SIZE) == BOX


@pytest.mark.parametrize(
    ("at", "grip"),
    [
        ((250, 275), MOVE),
        ((100, 275), "w"),
        ((405, 275), "e"),
        ((250, 196), "n"),
        ((398, 352), "se"),
        ((250, 400), None),
    ],
)
def test_edges_are_taken_hold_of_from_either_side(at: tuple[int, int], grip: str | None) -> None:
    assert grip_at(BOX, at, 6) == grip


def test_an_edge_moves_alone() -> None:
    assert dragged(BOX, "e", 20, 99, SIZE) == Box(x=100, y=200, width=320, height=150)
    assert dragged(BOX, "nw", 10, -10, SIZE) == Box(x=110, y=190, width=290, height=160)


def test_moved_against_the_picture_s_edge_it_keeps_its_size() -> None:
    assert dragged(BOX, MOVE, -500, 5000, SIZE) == Box(x=0, y=930, width=300, height=150)
