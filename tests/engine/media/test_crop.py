"""Parts of a picture: cut, padded, pasted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.media.crop import Crop, cropped, padded
from engine.media.picture import Picture, same_picture
from engine.protocol import Box


def noise(height: int, width: int, seed: int = 3) -> Picture:
    rng = np.random.default_rng(seed)
    y, u, v = (rng.integers(64, 941, (height, columns), np.uint16) for columns in (width, *[width // 2] * 2))
    return Picture(y=y, u=u, v=v)


@given(height=st.integers(1, 70), width=st.integers(1, 70), multiple=st.integers(1, 32))
def test_padding_repeats_the_edge_and_is_cropped_away(height: int, width: int, multiple: int) -> None:
    rgb = np.random.default_rng(1).random((height, width, 3), np.float32)
    wide = padded(rgb, multiple)
    assert wide.shape[0] % multiple == wide.shape[1] % multiple == 0
    assert (wide[-1, -1] == rgb[-1, -1]).all()
    assert np.array_equal(cropped(wide, height, width), rgb)


def test_a_mask_is_padded_too() -> None:
    assert padded(np.eye(3, dtype=np.bool_), 4).tolist()[3] == [False, False, True, True]


@given(data=st.data(), height=st.integers(20, 400), half=st.integers(10, 400))
def test_the_crop_holds_the_region_and_lies_in_the_picture(
    data: st.DataObject, height: int, half: int
) -> None:
    width = 2 * half
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    extent = Box(
        x=x, y=y, width=data.draw(st.integers(1, width - x)), height=data.draw(st.integers(1, height - y))
    )

    crop = Crop.around(extent, (height, width))

    assert 0 <= crop.left <= x
    assert 0 <= crop.top <= y
    assert x + extent.width <= crop.left + crop.width <= width
    assert y + extent.height <= crop.top + crop.height <= height
    assert crop.left % 2 == crop.width % 2 == 0
    assert crop.width % 32 == 0 or crop.width == width
    assert crop.height % 32 == 0 or crop.height == height


def test_a_head_in_a_large_picture_is_cut_with_what_surrounds_it() -> None:
    crop = Crop.around(Box(x=800, y=200, width=320, height=400), (1080, 1920))
    assert crop == Crop(left=736, top=144, width=448, height=512)


def test_of_a_small_picture_the_crop_is_all() -> None:
    crop = Crop.around(Box(x=20, y=10, width=60, height=80), (99, 130))
    assert crop == Crop(left=0, top=0, width=130, height=99)


def test_what_is_cut_and_pasted_leaves_the_picture_as_it_was() -> None:
    picture = noise(99, 130)
    crop = Crop(left=34, top=3, width=64, height=32)
    assert same_picture(crop.paste(picture, crop.cut(picture)), picture)


def test_what_is_pasted_changes_its_own_part_alone() -> None:
    picture, other = noise(99, 130), noise(99, 130, seed=4)
    crop = Crop(left=34, top=3, width=64, height=32)
    pasted = crop.paste(picture, crop.cut(other))
    assert same_picture(crop.cut(pasted), crop.cut(other))
    assert same_picture(
        Crop(left=98, top=0, width=32, height=99).cut(pasted),
        Crop(left=98, top=0, width=32, height=99).cut(picture),
    )


BEYOND = [
    Crop(left=-14, top=-9, width=64, height=64),
    Crop(left=100, top=60, width=64, height=64),
    Crop(left=-20, top=-30, width=180, height=180),
]


@pytest.mark.parametrize("crop", BEYOND)
def test_a_crop_beyond_the_picture_repeats_its_edge(crop: Crop) -> None:
    picture = noise(99, 130)
    part = crop.cut(picture)
    rows = np.clip(np.arange(crop.top, crop.top + crop.height), 0, 98)[:, None]
    columns = np.clip(np.arange(crop.left, crop.left + crop.width), 0, 129)
    halves = np.clip(np.arange(crop.left // 2, (crop.left + crop.width) // 2), 0, 64)
    assert np.array_equal(part.y, picture.y[rows, columns])
    assert np.array_equal(part.u, picture.u[rows, halves])
    assert np.array_equal(part.v, picture.v[rows, halves])


@pytest.mark.parametrize("crop", BEYOND)
def test_what_lies_beyond_the_picture_is_not_put_back(crop: Crop) -> None:
    picture, other = noise(99, 130), noise(99, 130, seed=4)
    assert same_picture(crop.paste(picture, crop.cut(picture)), picture)
    pasted = crop.paste(picture, crop.cut(other))
    inside = np.zeros((99, 130), bool)
    inside[max(crop.top, 0) : crop.top + crop.height, max(crop.left, 0) : crop.left + crop.width] = True
    assert np.array_equal(pasted.y, np.where(inside, other.y, picture.y))


def test_nothing_beyond_the_picture_is_in_a_cut_mask() -> None:
    part = Crop(left=-14, top=-9, width=64, height=64).cut_mask(np.ones((99, 130), bool))
    assert part[9:, 14:].all()
    assert part.sum() == (64 - 9) * (64 - 14)


def test_a_crop_beside_the_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="beside a picture of 130x99"):
        Crop(left=130, top=0, width=32, height=32).cut(noise(99, 130))


@pytest.mark.parametrize("centre", [(40.0, 50.0), (41.3, -3.2), (-7.5, 60.1)])
@pytest.mark.parametrize("side", [31.0, 64.0, 99.7])
def test_a_square_is_around_its_centre_within_two_pixels(centre: tuple[float, float], side: float) -> None:
    crop = Crop.square(centre, side)
    assert (crop.width, crop.left % 2, crop.width % 2) == (crop.height, 0, 0)
    assert abs(crop.width - side) <= 1
    assert abs(crop.left + crop.width / 2 - centre[0]) <= 2
    assert abs(crop.top + crop.height / 2 - centre[1]) <= 1
