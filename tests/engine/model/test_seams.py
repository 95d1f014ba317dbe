"""Tokens that were made anew meet their neighbours, and what is beside them stays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.model.seams import levelled

SIDE = 16
SHAPE = (5, 6)


def smooth() -> NDArray[np.float32]:
    """A picture without edges, [80, 96, 3]."""
    down, across = np.meshgrid(*(np.linspace(0, 1, side * SIDE) for side in SHAPE), indexing="ij")
    grey = 0.3 + 0.2 * down + 0.15 * across + 0.05 * np.sin(3 * down + 2 * across)
    return np.stack([grey, grey * 0.8, grey * 0.6], axis=-1).astype(np.float32)


def middle() -> NDArray[np.bool_]:
    mask = np.zeros(SHAPE, np.bool_)
    mask[1:4, 1:5] = True
    return mask


def by_token(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.kron(values, np.ones((SIDE, SIDE), np.float32))[..., None]


def one(frame: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    (made,) = levelled([frame], [mask])
    return np.asarray(made)


def test_tokens_that_are_too_dark_or_too_light_become_what_the_picture_asks_for() -> None:
    chance = np.random.default_rng(0)
    wrong = chance.uniform(-0.1, 0.1, SHAPE).astype(np.float32) * middle()
    made = one(smooth() + by_token(wrong), middle())
    assert np.abs(by_token(wrong)).max() > 0.08
    assert np.abs(made - smooth()).max() < 0.01


def test_tokens_that_lean_are_set_upright() -> None:
    lean = np.tile(np.linspace(-0.05, 0.05, SIDE, dtype=np.float32), (SHAPE[0] * SIDE, SHAPE[1]))[..., None]
    made = one(smooth() + lean * by_token(middle().astype(np.float32)), middle())
    assert np.abs(made - smooth()).mean() < 0.3 * np.abs(lean).mean()


def test_what_is_not_made_anew_stays_to_the_bit() -> None:
    chance = np.random.default_rng(1)
    frame = chance.uniform(0, 1, (SHAPE[0] * SIDE, SHAPE[1] * SIDE, 3)).astype(np.float32)
    outside = by_token((~middle()).astype(np.float32))[..., 0] > 0
    assert np.array_equal(one(frame, middle())[outside], frame[outside])


def test_a_picture_without_jumps_is_hardly_touched() -> None:
    assert np.abs(one(smooth(), middle()) - smooth()).max() < 0.003


def test_an_edge_inside_a_token_stays() -> None:
    """A mouth's corner is no seam."""
    frame = smooth()
    frame[40:44, 40:44] = 0.05
    made = one(frame, middle())
    assert np.abs(made - frame).max() < 0.01


@pytest.mark.parametrize("all_of_it", [True, False])
def test_where_nothing_or_everything_is_made_anew_nothing_is_levelled(all_of_it: bool) -> None:
    frame = smooth() + by_token(np.eye(*SHAPE, dtype=np.float32) * 0.1)
    assert one(frame, np.full(SHAPE, all_of_it)) is frame
