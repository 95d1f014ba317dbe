"""Only what differs between two anchors is morphed."""

from __future__ import annotations

import numpy as np

from engine.media.picture import Picture
from engine.render.changed import changed_part, dissolved


def picture(seed: int = 0, *, box: tuple[slice, slice] | None = None) -> Picture:
    """Grain around mid grey; in `box` something much brighter."""
    grain = np.random.default_rng(seed).integers(-12, 13, (240, 320))
    luma = np.full((240, 320), 400) + grain
    if box:
        luma[box] += 300
    chroma = np.full((240, 160), 512, np.uint16)
    return Picture(y=luma.astype(np.uint16), u=chroma, v=chroma.copy())


def test_grain_is_no_difference() -> None:
    assert changed_part(picture(1), picture(2)) is None


def test_the_part_holds_what_changed_with_room_around_it() -> None:
    part = changed_part(picture(1), picture(2, box=np.s_[100:140, 150:200]))
    assert part is not None
    assert part.top < 100 - 24
    assert part.top + part.height > 140 + 24
    assert (part.left < 150 - 24, part.left + part.width > 200 + 24) == (True, True)


def test_an_edge_that_moved_a_little_has_changed() -> None:
    """A sleeve's, beside the shirt: long, and two pixels wide."""
    part = changed_part(picture(1), picture(2, box=np.s_[40:200, 210:212]))
    assert part is not None
    assert (part.top < 40, part.top + part.height > 200) == (True, True)
    assert (part.left < 210, part.left + part.width > 212) == (True, True)


def test_a_speck_is_a_codecs_doing() -> None:
    assert changed_part(picture(1), picture(2, box=np.s_[40:48, 208:216])) is None


def test_a_dissolve_leads_from_one_picture_to_the_other() -> None:
    one, other = picture(1), picture(2)
    assert dissolved(one, other, 0) is one
    assert dissolved(one, other, 1) is other
    expected = (3 * one.y.astype(float) + other.y) / 4
    assert np.abs(dissolved(one, other, 0.25).y - expected).max() <= 0.5


def test_chroma_keeps_its_pairs() -> None:
    part = changed_part(picture(1), picture(2, box=np.s_[100:140, 151:201]))
    assert part is not None
    assert (part.left % 2, part.width % 2) == (0, 0)


def test_a_change_nearly_everywhere_is_no_part() -> None:
    assert changed_part(picture(1), picture(2, box=np.s_[:, :])) is None
