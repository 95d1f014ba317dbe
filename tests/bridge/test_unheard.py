"""Words for media that nothing can be heard in."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bridge.errors import UsageError
from bridge.transcript import window
from bridge.unheard import heard_beside, written_in
from engine.protocol import MediaInfo, Ratio, Transcript, Word

MEDIA = MediaInfo(path="/a.mov", fingerprint="abc", duration=Ratio(num=10), video=None, audio=None)
SHOWN = (Fraction(2), Fraction(4))


def test_words_that_are_written_in_share_the_clip_by_their_length() -> None:
    said = written_in("I  am\nfine.", MEDIA, SHOWN)
    assert [(word.text, round(word.start, 9), round(word.end, 9)) for word in said.words] == [
        ("I", 2.0, 2.2),
        ("am", 2.4, 2.8),
        ("fine.", 3.0, 4.0),
    ]


def test_they_are_the_medias_own_and_silent() -> None:
    said = written_in("hello", MEDIA, SHOWN)
    assert (said.fingerprint, said.duration, said.energy) == ("abc", Ratio(num=10), b"\xff" * 1000)


def test_they_take_the_place_of_what_the_clip_said_and_leave_other_clips_alone() -> None:
    known = written_in("elsewhere", MEDIA, (Fraction(0), Fraction(2)))
    known = written_in("later", MEDIA, (Fraction(6), Fraction(8)), known)
    first = written_in("not this", MEDIA, SHOWN, known)
    said = written_in("but that", MEDIA, SHOWN, first)
    assert [word.text for word in said.words] == ["elsewhere", "but", "that", "later"]
    shown = window(said.words, *SHOWN).of(said.words)
    assert [word.text for word in shown] == ["but", "that"]


def test_no_words_are_refused() -> None:
    with pytest.raises(UsageError, match="no words"):
        written_in(" \n", MEDIA, SHOWN)


@pytest.mark.parametrize("seconds", [3, 30])
def test_what_a_recording_beside_says_becomes_the_medias_own(seconds: int) -> None:
    words = (Word(text="in", start=1, end=2), Word(text="out", start=9.8, end=10.1))
    recording = Transcript(
        fingerprint="xyz",
        duration=Ratio(num=seconds),
        words=words,
        energy=bytes(100 * seconds),
        source="recognised",
    )
    said = heard_beside(recording, MEDIA)
    assert (said.fingerprint, said.duration) == ("abc", Ratio(num=10))
    assert said.words == words[:1]
    assert said.energy == bytes(min(100 * seconds, 1000)).ljust(1000, b"\xff")
