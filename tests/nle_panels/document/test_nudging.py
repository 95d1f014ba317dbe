"""A word's edges moved by frames."""

from __future__ import annotations

from fractions import Fraction

import pytest
from document_text import all_of, caret, document_of, said
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import Transcript
from nle_panels.document.document import Document
from nle_panels.document.nudging import edges, nudge
from nle_panels.document.opening import opened
from nle_panels.document.tokens import Spoken
from nle_panels.errors import Refused

FILM = Fraction(24000, 1001)
SPEECH = said("one two three")


def nudged(document: Document, index: int = 1) -> tuple[int, int]:
    token = document.paragraphs[0].tokens[index]
    assert isinstance(token, Spoken)
    return token.nudge


def with_room() -> tuple[Document, Transcript]:
    speech = said("one [190] two [190] three")
    return opened(speech, all_of(speech)), speech


def test_a_frame_is_the_nearest_ticks() -> None:
    document, speech = with_room()
    edited = nudge(document, caret(2), speech.words, Fraction(25), start_frames=-1, end_frames=2)
    assert nudged(edited.document, 2) == (-4, 8)


@given(
    st.integers(1, 40),
    st.sampled_from([FILM, Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(100)]),
)
def test_steps_of_one_frame_end_where_one_long_step_does(frames: int, rate: Fraction) -> None:
    document, speech = with_room()
    stepped = document
    for _ in range(frames):
        stepped = nudge(stepped, caret(2), speech.words, rate, start_frames=-1).document
    assert stepped == nudge(document, caret(2), speech.words, rate, start_frames=-frames).document


@given(st.integers(1, 40), st.sampled_from([FILM, Fraction(25), Fraction(60000, 1001), Fraction(120)]))
def test_moved_back_it_is_where_it_was(frames: int, rate: Fraction) -> None:
    document, speech = with_room()
    there = nudge(document, caret(2), speech.words, rate, end_frames=frames).document
    assert nudged(there, 2) != (0, 0)
    assert nudge(there, caret(2), speech.words, rate, end_frames=-frames).document == document


def test_a_frame_shorter_than_a_tick_moves_one_tick() -> None:
    document, speech = with_room()
    assert nudged(nudge(document, caret(2), speech.words, Fraction(240), start_frames=-3).document, 2) == (
        -3,
        0,
    )


def test_edges_are_seconds_of_the_media() -> None:
    assert edges(Spoken(first=0, stop=2, text="one two", nudge=(10, -10)), SPEECH.words) == (0.1, 1.7)


def test_a_word_does_not_run_into_another() -> None:
    document = document_of("one two three")
    with pytest.raises(Refused, match='"two" cannot start before "one" ends: move its end first'):
        nudge(document, caret(1), SPEECH.words, Fraction(10), start_frames=-3)
    with pytest.raises(Refused, match='"two" cannot end after "three" starts: move its start first'):
        nudge(document, caret(1), SPEECH.words, Fraction(10), end_frames=3)
    with pytest.raises(Refused, match='"one" cannot start before the media begins'):
        nudge(document, caret(0), SPEECH.words, Fraction(10), start_frames=-1)


def test_a_neighbour_that_moved_away_makes_room() -> None:
    document = nudge(
        document_of("one two three"), caret(0), SPEECH.words, Fraction(10), end_frames=-2
    ).document
    assert nudged(nudge(document, caret(1), SPEECH.words, Fraction(10), start_frames=-3).document) == (-30, 0)


def test_a_word_keeps_some_length() -> None:
    with pytest.raises(Refused, match='"two" cannot be shorter'):
        nudge(document_of("one two three"), caret(1), SPEECH.words, Fraction(10), start_frames=8)


def test_only_spoken_words_have_edges() -> None:
    document, speech = with_room()
    with pytest.raises(Refused, match="only a spoken word has edges to move"):
        nudge(document, caret(1), speech.words, FILM, start_frames=1)
