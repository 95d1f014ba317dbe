"""Pictures between two others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import cv2
import numpy as np
import pytest

from engine.evaluation.fidelity import luma_of, psnr, sharpness, steps
from engine.media.picture import Picture, same_picture
from engine.render.flow import opencv_in_one_thread
from engine.render.morph import FAITHFUL, SEAMLESS, Manner, Morph

SIZE = 160


def ball(left: float, *, shade: int = 800) -> Picture:
    """A textured ball before a textured wall, `left` pixels from the left."""
    rng = np.random.default_rng(4)
    wall = cv2.GaussianBlur(rng.uniform(100, 500, (SIZE, SIZE)).astype(np.float32), (0, 0), 2)
    skin = cv2.GaussianBlur(rng.uniform(shade - 500, shade, (SIZE, SIZE)).astype(np.float32), (0, 0), 2)
    move = np.array([[1, 0, left - 40], [0, 1, 0]], np.float32)
    rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    inside = np.clip(40 - np.hypot(columns - left - 20, rows - 80) + 0.5, 0, 1).astype(np.float32)
    luma = wall + inside * (cv2.warpAffine(skin, move, (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT) - wall)
    half = np.full((SIZE, SIZE // 2), 512, np.uint16)
    return Picture(y=luma.astype(np.uint16), u=half, v=half)


def between(
    before: Picture, after: Picture, count: int, manner: Manner = SEAMLESS, threads: int = 2
) -> list[Picture]:
    with opencv_in_one_thread(), ThreadPoolExecutor(threads) as pool:
        return list(Morph(before, after, pool, manner).pictures(count))


@pytest.mark.parametrize("manner", [FAITHFUL, SEAMLESS])
def test_a_moving_thing_is_where_it_was_on_its_way(manner: Manner) -> None:
    made = between(ball(50), ball(62), 3, manner)
    for number, picture in enumerate(made, start=1):
        truth = luma_of(ball(50 + 3 * number))
        dissolve = ((4 - number) * luma_of(ball(50)) + number * luma_of(ball(62))) / 4
        assert psnr(luma_of(picture), truth) > psnr(dissolve, truth) + 2


@pytest.mark.parametrize("manner", [FAITHFUL, SEAMLESS])
def test_two_equal_pictures_have_themselves_between_them(manner: Manner) -> None:
    for picture in between(ball(50), ball(50), 3, manner):
        assert np.abs(picture.y.astype(int) - ball(50).y).max() <= 5  # of 1023


def test_a_morph_over_a_cut_is_as_sharp_as_its_ends() -> None:
    ends = [sharpness(luma_of(picture)) for picture in (ball(50), ball(66))]
    for picture in between(ball(50), ball(66), 5):
        assert 0.9 * min(ends) < sharpness(luma_of(picture)) < 1.1 * max(ends)


def test_a_morph_takes_even_steps() -> None:
    path = [luma_of(p) for p in (ball(50), *between(ball(50), ball(66), 5), ball(66))]
    assert max(steps(path)) < 0.5 * steps([path[0], path[-1]])[0]


def test_the_same_pictures_give_the_same_morph_whatever_the_threads() -> None:
    before = cv2.getNumThreads()
    try:
        made = []
        for own, opencvs in ((1, 1), (2, 4), (4, 2)):
            cv2.setNumThreads(opencvs)
            made.append(between(ball(50), ball(66), 3, threads=own))
    finally:
        cv2.setNumThreads(before)
    assert all(same_picture(a, b) for other in made[1:] for a, b in zip(made[0], other, strict=True))


def test_a_picture_alone_lies_at_its_time() -> None:
    with opencv_in_one_thread(), ThreadPoolExecutor(2) as pool:
        made = Morph(ball(50), ball(54), pool, FAITHFUL).picture(Fraction(1, 4))
    at = {left: psnr(luma_of(made), luma_of(ball(left))) for left in (50, 51, 52, 53)}
    assert max(at, key=at.__getitem__) == 51
