"""What of the picture the model works on: cut, resized, padded, and put back."""

from __future__ import annotations

import numpy as np
import pytest

from engine.media.crop import Crop
from engine.media.picture import Picture
from engine.media.rgb import ColourMatrix
from engine.render.stage import Stage

MATRIX = ColourMatrix(red=0.2126, blue=0.0722)


def noise(height: int, width: int) -> Picture:
    draw = np.random.default_rng(1)
    smooth = [
        draw.integers(300, 700, (height, columns), np.uint16) for columns in (width, width // 2, width // 2)
    ]
    return Picture(y=smooth[0], u=smooth[1] // 8 + 450, v=smooth[2] // 8 + 450)


def stage(height: int, width: int, **given: int) -> Stage:
    return Stage.of(Crop(left=0, top=0, width=width, height=height), MATRIX, 32, **given)


@pytest.mark.parametrize(
    ("height", "width", "grid"), [(96, 128, (3, 4)), (97, 130, (4, 5)), (1920, 1080, (60, 34))]
)
def test_a_picture_is_padded_to_whole_cells(height: int, width: int, grid: tuple[int, int]) -> None:
    there = stage(height, width)
    assert there.grid == grid
    assert there.frame(noise(height, width)).shape == (32 * grid[0], 32 * grid[1], 3)


def test_what_goes_there_and_back_unchanged_is_the_picture_within_a_code() -> None:
    there, picture = stage(97, 130), noise(97, 130)
    back = there.picture(there.frame(picture), picture)
    assert np.abs(back.y.astype(int) - picture.y).max() <= 1


def test_a_crop_leaves_what_surrounds_it_as_it_was() -> None:
    crop = Crop(left=32, top=16, width=64, height=64)
    there, picture = Stage.of(crop, MATRIX, 32), noise(128, 160)
    back = there.picture(np.zeros((64, 64, 3), np.float32), picture)
    outside = np.ones((128, 160), bool)
    outside[16:80, 32:96] = False
    assert np.array_equal(back.y[outside], picture.y[outside])
    assert np.all(back.y[16:80, 32:96] == 64)


def test_more_pixels_than_the_model_was_made_for_are_done_smaller_in_the_same_shape() -> None:
    there = stage(2160, 3840)
    rows, columns = there.grid
    assert rows * columns * 32 * 32 <= 2_100_000
    assert there.width / there.height == pytest.approx(3840 / 2160, rel=0.01)


def test_1080p_is_done_at_its_own_size() -> None:
    assert (stage(1080, 1920).height, stage(1080, 1920).width) == (1080, 1920)


@pytest.mark.parametrize(("height", "width"), [(96, 128), (97, 130), (33, 65), (1080, 1920)])
def test_latents_of_the_first_pass_made_twice_as_large_cover_the_second(height: int, width: int) -> None:
    full = stage(height, width)
    (rows, columns), (half_rows, half_columns) = full.grid, full.halved().grid
    assert rows <= 2 * half_rows <= rows + 1
    assert columns <= 2 * half_columns <= columns + 1


def test_a_mask_is_set_wherever_any_pixel_of_it_is() -> None:
    mask = np.zeros((2160, 3840), bool)
    mask[1001, 2001] = True
    assert stage(2160, 3840).mask(mask).sum() >= 1
