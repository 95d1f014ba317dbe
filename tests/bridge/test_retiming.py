"""A clip retimed all over: to the frame, evenly, between words, clear of changes of shot."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import ImpossibleEdit
from bridge.retiming import EVENNESS, NewSpeech, Piece, Segment, cut_words, pieces_of, retime
from engine.protocol import Add, Keep, span_frames

RATE = Fraction(25)
SILENCE = NewSpeech(words=())


def segment(frames: int = 250, **more: int | tuple[int, ...]) -> Segment:
    return Segment(frames=frames, rate=RATE, **more)  # type: ignore[arg-type]


def words(*lengths: int, start: int = 40, pause: int = 0) -> NewSpeech:
    """Words of so many ticks, one after the other."""
    told, at = [], start
    for length in lengths:
        told.append((at, at + length))
        at += length + pause
    return NewSpeech(words=tuple(told))


def cuts(pieces: tuple[Piece, ...]) -> list[int]:
    """Where the picture is cut, on the output's axis."""
    found, gained = [], 0
    for piece in pieces:
        found += [piece.at + gained, piece.at + gained + piece.added] if piece.added else [piece.at + gained]
        gained += piece.added - piece.removed
    return found


def stays(frames: int, pieces: tuple[Piece, ...]) -> list[int]:
    edges = [(0, 0), *((piece.at, piece.at + piece.removed) for piece in pieces), (frames, frames)]
    return [after[0] - before[1] for before, after in pairwise(edges)]


def inside_a_word(frame: int, speech: NewSpeech) -> bool:
    return any(round(a * RATE / 100) < frame < round(b * RATE / 100) for a, b in speech.words)


def test_a_second_is_added_in_pieces_of_a_latent() -> None:
    pieces = pieces_of(segment(), 25, SILENCE)
    assert (len(pieces), sum(piece.added for piece in pieces)) == (4, 25)
    assert {piece.added for piece in pieces} <= {6, 7}


def test_what_stays_between_the_pieces_is_even() -> None:
    kept = stays(250, pieces_of(segment(), 32, SILENCE))
    assert max(kept) - min(kept) <= 2


def test_removals_are_spread_as_evenly() -> None:
    pieces = pieces_of(segment(), -32, SILENCE)
    kept = stays(250, pieces)
    assert sum(piece.removed for piece in pieces) == 32
    assert max(kept) - min(kept) <= 2


def test_spans_play_the_whole_clip_and_its_mouth_is_rendered_anew() -> None:
    spans = retime(segment(), 25, SILENCE)
    assert sum(map(span_frames, spans)) == 275
    assert all(span.resync if isinstance(span, Keep) else span.speech is None for span in spans)


def test_no_change_is_one_span() -> None:
    assert retime(segment(), 0, SILENCE) == (Keep(start=0, end=250, resync=True),)


def test_frames_come_in_where_the_new_speech_pauses() -> None:
    speech = words(150, 150, 150, 150, 150, start=40, pause=30)
    for frame in cuts(pieces_of(segment(), 25, speech)):
        assert not inside_a_word(frame, speech)


def test_a_word_that_is_half_of_the_line_is_not_cut() -> None:
    speech = words(18, 20, 15, 45, 60, 130, 70, start=40)  # "... Allgemeinen Geschäftsbedingungen festgelegt"
    pieces = pieces_of(segment(85), 28, speech)
    assert sum(piece.added for piece in pieces) == 28
    assert not any(inside_a_word(frame, speech) for frame in cuts(pieces))


@pytest.mark.parametrize("change", [25, -25])
def test_the_picture_is_not_cut_at_a_change_of_shot(change: int) -> None:
    shots = 62, 125, 188
    for piece in pieces_of(segment(shots=shots, margin=5), change, SILENCE):
        assert all(not piece.at - 5 <= shot <= piece.at + piece.removed + 5 for shot in shots)


@pytest.mark.parametrize(("change", "told"), [(151, r"\+6.04 s is too much"), (-101, r"-4.04 s is too much")])
def test_past_the_largest_stretch_it_is_refused(change: int, told: str) -> None:
    with pytest.raises(ImpossibleEdit, match=told):
        retime(segment(), change, SILENCE)


def test_a_clip_that_changes_shot_all_the_time_has_no_place() -> None:
    with pytest.raises(ImpossibleEdit, match="changes shot so often"):
        retime(segment(shots=tuple(range(0, 250, 8)), margin=5), 20, SILENCE)


LENGTHS = st.lists(st.integers(8, 120), max_size=12)


@given(frames=st.integers(40, 400), share=st.integers(-40, 60), lengths=LENGTHS, pause=st.integers(0, 30))
def test_the_sum_is_exact_and_what_stays_is_even(
    frames: int, share: int, lengths: list[int], pause: int
) -> None:
    change = frames * share // 100
    change = max(change, -int(frames * Fraction(2, 5)))
    pieces = pieces_of(segment(frames), change, words(*lengths, pause=pause))
    assert sum(piece.added - piece.removed for piece in pieces) == change
    if pieces:
        kept = stays(frames, pieces)
        between = kept[1:-1]
        assert min(kept) >= 1
        assert max(between, default=0) * len(between) <= EVENNESS * sum(between)


def test_spans_of_additions_are_not_retimes() -> None:
    kinds = {type(span) for span in retime(segment(), 30, SILENCE)}
    assert kinds == {Keep, Add}


def test_a_line_that_is_one_word_is_cut_within_it_and_that_is_counted() -> None:
    whole = words(1000, start=0)
    assert cut_words(segment(), retime(segment(), 32, whole), whole) > 0
    assert cut_words(segment(), retime(segment(), 32, SILENCE), SILENCE) == 0
