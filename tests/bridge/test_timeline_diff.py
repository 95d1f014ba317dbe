"""What an edit changes, told track by track."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from timelines import Cut, Source, timeline

from bridge.timeline_diff import difference
from bridge.timeline_show import view_of
from otio_adapters.clip_place import find_clip
from otio_adapters.media_linker import MediaFacts
from otio_adapters.placement import Lay, Placement, Ripple
from otio_adapters.takes import put_takes

RATE = Fraction(25)
FACTS = MediaFacts(rate=RATE, start=0, frames=54, width=64, height=64, channels=2)


def cut() -> otio.schema.Timeline:
    """A of 100 frames and B of 50, music under both, a marker in B."""
    cuts = [
        Cut(name=name, media=Path("clip.mov"), start=at, frames=n)
        for name, at, n in (("A", 0, 100), ("B", 100, 50))
    ]
    music = Cut(name="music", media=Path("music.wav"), start=0, frames=150), Source(frames=200)
    return timeline(cuts, Source(frames=200), RATE, bed=music, marker=120)


def told(*, ripple: int, lay: Lay = "replace") -> list[str]:
    """The lines of an edit in which 20 frames of A give way to a take that is `ripple` frames longer."""
    before, after = cut(), cut()
    at = Ripple(at=60, added=ripple) if ripple > 0 else Ripple(at=50, removed=-ripple)
    take = Placement(
        start=40,
        length=20,
        media=Path("A_v001.mov"),
        name="A_v001",
        facts=FACTS,
        source_range=(12, 20 + ripple),
        ripples=(at,) if ripple else (),
    )
    put_takes(after, find_clip(after, "A"), [take], lay=lay)
    path = Path("cut.otio")
    return difference(view_of(before, path), view_of(after, path)).as_text().splitlines()


def test_a_take_that_is_longer_moves_what_is_behind_it() -> None:
    assert told(ripple=10) == [
        'V1: "A" at 00:00:00:00: 100 frames become 40 frames + 40 frames',
        'V1: + "A_v001", 30 frames, at 00:00:01:15',
        "V1: 1 item behind it: 10 frames later",
        'A1: "A" at 00:00:00:00: 100 frames become 40 frames + 40 frames',
        'A1: + "A_v001", 30 frames, at 00:00:01:15',
        "A1: 1 item behind it: 10 frames later",
        'A2: "music" at 00:00:00:00: 150 frames become 60 frames + 90 frames',
        "1 marker: 10 frames later",
        "length: 150 -> 160 frames (+10)",
    ]


def test_a_take_of_the_same_length_leaves_other_tracks_untouched() -> None:
    lines = told(ripple=0)
    assert lines[-2:] == ["untouched: A2", "length: 150 -> 150 frames (+0)"]
    assert not [line for line in lines if "behind" in line]


def test_a_removal_moves_what_is_behind_it_earlier() -> None:
    assert "V1: 1 item behind it: 5 frames earlier" in told(ripple=-5)


def test_a_take_above_lies_on_a_new_track() -> None:
    lines = told(ripple=0, lay="above")
    assert [line for line in lines if "new track" in line]


@pytest.mark.parametrize("ripple", [0, 7])
def test_a_timeline_differs_from_itself_in_nothing(ripple: int) -> None:
    same = view_of(cut(), Path("cut.otio"))
    found = difference(same, same)
    assert (found.tracks, found.markers, found.untouched) == ((), (), ("V1", "A1", "A2"))
