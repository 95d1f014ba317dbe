"""How many frames bridge a cut."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from engine.media.picture import Picture
from engine.render.bridge import bridged
from engine.render.course import Cut
from engine.render.flow import opencv_in_one_thread

RNG = np.random.default_rng(2)
TEXTURE = cv2.GaussianBlur(RNG.uniform(200, 800, (96, 400)).astype(np.float32), (0, 0), 3)


def shifted(pixels: float) -> Picture:
    """A texture that has moved so far to the left."""
    matrix = np.array([[1, 0, -pixels], [0, 1, 0]], np.float32)
    luma = cv2.warpAffine(TEXTURE, matrix, (400, 96))[:, 100:228]
    chroma = np.full((96, 64), 512, np.uint16)
    return Picture(y=luma.astype(np.uint16), u=chroma, v=chroma)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with opencv_in_one_thread(), ThreadPoolExecutor(2) as made:
        yield made


def length(pool: ThreadPoolExecutor, jump: float, own: float, room: int = 6) -> int:
    """Frames of the bridge over a jump of so many pixels, in footage that moves `own` pixels a frame."""
    at = room + 1
    around = {frame: shifted(0 if frame < at else jump) for frame in range(at - room - 1, at + room + 1)}
    context = [[shifted(own * frame) for frame in range(12)]]
    return bridged(Cut(at=at, before=room, after=room), around, context, pool).frames


def test_a_small_jump_in_lively_footage_needs_one_frame_a_side(pool: ThreadPoolExecutor) -> None:
    assert length(pool, jump=3, own=3) == 2


def test_a_larger_jump_needs_more_frames(pool: ThreadPoolExecutor) -> None:
    assert 2 < length(pool, jump=12, own=4) < 12


def test_no_bridge_is_longer_than_its_room(pool: ThreadPoolExecutor) -> None:
    assert length(pool, jump=20, own=0.1, room=3) == 6


def test_a_cut_without_room_stays_a_cut(pool: ThreadPoolExecutor) -> None:
    around = {0: shifted(0), 1: shifted(10)}
    assert bridged(Cut(at=1, before=0, after=0), around, [[shifted(0), shifted(1)]], pool).frames == 0
