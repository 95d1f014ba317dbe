"""A marked picture: its own but for grain inside the mask, which nobody sees."""

from __future__ import annotations

import numpy as np
import pytest
from moving_portrait import swaying

from engine.media.composite import Mask
from engine.media.picture import BLACK, WHITE, Picture
from engine.watermark.marking import Watermark

MARK = Watermark("1a2b3c4d")
PICTURE = next(iter(swaying(1)))


def mouth(shape: tuple[int, int] = PICTURE.y.shape) -> Mask:
    """An oval of 100 by 60 pixels."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return ((rows - 150) / 30) ** 2 + ((columns - 160) / 50) ** 2 < 1


def plain(code: int) -> Picture:
    grey = np.full((240, 160), 512, np.uint16)
    return Picture(y=np.full((240, 320), code, np.uint16), u=grey, v=grey)


def grain(picture: Picture, mask: Mask | None = None, frame: int = 0) -> np.ndarray:
    return MARK.on(picture, frame, mask).y.astype(int) - picture.y


def test_outside_the_mask_every_bit_is_the_pictures_own() -> None:
    assert not grain(PICTURE, mouth())[~mouth()].any()


def test_colours_are_left_alone() -> None:
    marked = MARK.on(PICTURE, 0, mouth())
    assert marked.u is PICTURE.u
    assert marked.v is PICTURE.v


def test_it_is_grain_of_one_to_three_codes_of_eight_bits() -> None:
    """And of less between its cells, where one sign becomes the other."""
    inside = np.abs(grain(PICTURE, mouth()))[mouth()]
    assert inside.max() <= 12
    assert 20 * np.log10(1023 / np.sqrt((inside**2).mean())) > 42  # dB


def test_a_plain_picture_gets_the_faintest() -> None:
    assert np.abs(grain(plain(500))).max() == 4


@pytest.mark.parametrize("code", [BLACK, WHITE, 4, 1019])
def test_nothing_is_made_blacker_than_black_or_whiter_than_white(code: int) -> None:
    marked = MARK.on(plain(code), 0, None).y
    assert min(code, BLACK) <= marked.min()
    assert marked.max() <= max(code, WHITE)


def test_without_a_mask_all_of_the_picture_is_marked() -> None:
    assert (grain(PICTURE) != 0).mean() > 0.8


def test_an_empty_mask_changes_nothing() -> None:
    assert MARK.on(PICTURE, 0, np.zeros(PICTURE.y.shape, np.bool_)) is PICTURE


def test_a_pattern_stays_for_two_frames_and_comes_again_after_sixteen() -> None:
    first, second, third, again = (grain(PICTURE, frame=frame) for frame in (0, 1, 2, 16))
    assert np.array_equal(first, second)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, third)


def test_it_lies_where_it_lies_whatever_the_mask() -> None:
    """A mouth that moves uncovers another part of the same pattern."""
    signs = np.sign(grain(plain(500)))
    assert np.array_equal(np.sign(grain(plain(500), mouth()))[mouth()], signs[mouth()])


def test_another_take_has_another_pattern() -> None:
    other = Watermark("1a2b3c4e").on(PICTURE, 0, None).y.astype(int) - PICTURE.y
    assert not np.array_equal(other, grain(PICTURE))


@pytest.mark.parametrize("shape", [(2, 2), (7, 10), (257, 4)])
def test_pictures_of_any_size_are_marked(shape: tuple[int, int]) -> None:
    chroma = np.full((shape[0], shape[1] // 2), 512, np.uint16)
    picture = Picture(y=np.full(shape, 500, np.uint16), u=chroma, v=chroma)
    assert MARK.on(picture, 3, None).y.shape == shape
