"""Colours that come back as they went."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RenderFailed
from engine.media.picture import Picture, PictureFormat
from engine.media.rgb import ColourMatrix, picture_of, rgb_of

BT709 = ColourMatrix.of(PictureFormat(width=64, height=48, matrix=1))
MATRICES = st.sampled_from([1, 2, 4, 5, 6, 7, 9]).map(
    lambda code: ColourMatrix.of(PictureFormat(width=64, height=48, matrix=code))
)


def flat(y: int, u: int, v: int, height: int = 6, width: int = 10) -> Picture:
    half = (height, width // 2)
    return Picture(
        y=np.full((height, width), y, np.uint16),
        u=np.full(half, u, np.uint16),
        v=np.full(half, v, np.uint16),
    )


def noise(height: int, width: int, seed: int = 3) -> Picture:
    rng = np.random.default_rng(seed)
    y, u, v = (rng.integers(64, 941, (height, columns), np.uint16) for columns in (width, *[width // 2] * 2))
    return Picture(y=y, u=u, v=v)


def codes(picture: Picture) -> tuple[int, ...]:
    assert all((plane == plane[0, 0]).all() for plane in picture.planes)
    return tuple(int(plane[0, 0]) for plane in picture.planes)


@given(luma=st.integers(64, 940), matrix=MATRICES)
def test_grey_is_grey_and_comes_back_exactly(luma: int, matrix: ColourMatrix) -> None:
    rgb = rgb_of(flat(luma, 512, 512), matrix)
    assert rgb == pytest.approx((luma - 64) / 876, abs=1e-5)
    assert codes(picture_of(rgb, matrix)) == (luma, 512, 512)


@given(colour=st.tuples(*[st.floats(0, 1)] * 3), matrix=MATRICES)
def test_a_flat_colour_comes_back_to_the_code(
    colour: tuple[float, float, float], matrix: ColourMatrix
) -> None:
    there = codes(picture_of(np.full((6, 10, 3), colour, np.float32), matrix))
    back = codes(picture_of(rgb_of(flat(*there), matrix), matrix))
    assert back == pytest.approx(there, abs=1)


@pytest.mark.parametrize(
    ("code", "height", "red"),
    [
        (1, 1080, (250, 409, 960)),
        (6, 1080, (326, 361, 960)),
        (5, 480, (326, 361, 960)),
        (2, 576, (326, 361, 960)),
        (2, 577, (250, 409, 960)),
        (9, 2160, (294, 387, 960)),
        (14, 576, (250, 409, 960)),
    ],
)
def test_red_has_the_codes_of_its_matrix(code: int, height: int, red: tuple[int, ...]) -> None:
    matrix = ColourMatrix.of(PictureFormat(width=64, height=height, matrix=code))
    pure = np.tile(np.float32([1, 0, 0]), (6, 10, 1))
    assert codes(picture_of(pure, matrix)) == red


def test_what_rgb_cannot_say_is_clipped() -> None:
    assert np.array_equal(rgb_of(flat(1019, 512, 512), BT709), np.ones((6, 10, 3), np.float32))
    assert rgb_of(flat(64, 900, 100), BT709).min() == 0


def test_luma_of_any_detail_comes_back_within_a_code() -> None:
    grey = Picture(y=noise(9, 32).y, u=flat(0, 512, 512, 9, 32).u, v=flat(0, 512, 512, 9, 32).v)
    back = picture_of(rgb_of(grey, BT709), BT709)
    assert np.abs(back.y.astype(int) - grey.y).max() <= 1


def test_a_ramp_of_chroma_stays_where_it_is() -> None:
    ramp = np.tile(np.arange(480, 544, 4, dtype=np.uint16), (6, 1))
    sloping = Picture(y=np.full((6, 32), 500, np.uint16), u=ramp, v=ramp)
    back = picture_of(rgb_of(sloping, BT709), BT709)
    assert np.abs(back.u.astype(int) - ramp).max() <= 1


def test_pixels_that_are_no_numbers_never_become_a_picture() -> None:
    rgb = np.full((6, 10, 3), 0.5, np.float32)
    rgb[3, 4, 1] = np.nan
    with pytest.raises(RenderFailed, match="no numbers"):
        picture_of(rgb, BT709)
