"""Motion between two pictures, of whatever size."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from engine.media.picture import Picture
from engine.render.flow import flow_between, opencv_in_one_thread


def moved(size: tuple[int, int], pixels: int) -> Picture:
    """A smooth texture, so many pixels to the right."""
    rows, columns = size
    texture = np.random.default_rng(0).uniform(64, 940, (rows // 4 + 2, columns // 4 + 10)).astype(np.float32)
    wide = cv2.resize(texture, (columns + 32, rows), interpolation=cv2.INTER_CUBIC)
    luma = wide[:, 16 - pixels : 16 - pixels + columns].clip(64, 940).astype(np.uint16)
    grey = np.full((rows, -(-columns // 2)), 512, np.uint16)
    return Picture(y=luma, u=grey, v=grey)


@pytest.mark.parametrize(
    "size", [(31, 130), (20, 96), (130, 16), (12, 900), (10, 10), (2, 300), (64, 96)], ids=str
)
def test_motion_is_found_in_pictures_of_any_size(size: tuple[int, int]) -> None:
    """OpenCV's search reads memory that is not its own where a picture is narrower than its patches."""
    with opencv_in_one_thread(), ThreadPoolExecutor(2) as pool:
        flow = flow_between(moved(size, 0), moved(size, 1), pool)
    assert flow.forward.shape == flow.backward.shape == (*size, 2)
    assert np.median(flow.forward[..., 0]) == pytest.approx(1, abs=0.4)
    assert np.median(flow.backward[..., 0]) == pytest.approx(-1, abs=0.4)
