"""What is a scene cut, and what only looks like one."""

from __future__ import annotations

from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_media import shared

from engine.media.scene_cuts import Changes, cuts

STILL = [0.1] * 20


def test_a_change_that_stands_out_is_a_cut_at_the_frame_it_brings() -> None:
    assert cuts([*STILL, 6.0, *STILL]) == (21,)


@pytest.mark.parametrize(
    "changes",
    [
        [],
        STILL,
        [*STILL, 0.9, *STILL],  # nobody sees it
        [*STILL, 6.0, 6.0, *STILL],  # a flash: there and back
        [*STILL, 2.0, 4.0, 6.0, 4.0, 2.0, *STILL],  # a quick pan
        [5.0] * 20,  # steady motion
        [4.0, 0.0] * 20,  # each picture shown twice
    ],
)
def test_what_changes_otherwise_is_none(changes: list[float]) -> None:
    assert cuts(changes) == ()


@given(st.lists(st.floats(0, 100), max_size=60))
def test_cuts_are_frames_of_the_clip_in_order_and_apart(changes: list[float]) -> None:
    found = cuts(changes)
    assert list(found) == sorted(found)
    assert all(1 <= frame <= len(changes) for frame in found)
    assert all(after - before > 2 for before, after in pairwise(found))


def _changes(pictures: list[np.ndarray]) -> list[float]:
    seen = Changes()
    for picture in pictures:
        seen.see(av.VideoFrame.from_ndarray(picture, format="rgb24"))
    return seen.found


def test_the_measure_is_the_mean_change_in_per_cent_of_white() -> None:
    black, white = (np.full((48, 64, 3), shade, np.uint8) for shade in (0, 255))
    assert _changes([black, black, white]) == pytest.approx([0.0, 100.0], abs=0.5)


def test_jump_cuts_of_a_real_speaker_are_found_and_nothing_else_is() -> None:
    found = _frames_of("media/speaker_458_15s.mp4")
    assert cuts(_changes(found)) == ()
    assert cuts(_changes([*found[:100], *found[160:220], *found[290:]])) == (100, 160)


def _frames_of(name: str) -> list[np.ndarray]:
    with av.open(str(shared(name))) as media:
        return [frame.to_ndarray(format="rgb24") for frame in media.decode(video=0)]
