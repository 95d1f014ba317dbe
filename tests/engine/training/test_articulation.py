"""The mouth follows the sounds: shut where lips must meet, open where the jaw falls, never a leap."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from drawn_faces import RATE, sounds
from hypothesis import given
from hypothesis import strategies as st

from engine.training.presenter.articulation import PARTS, articulate, targets
from engine.training.presenter.mouth import Mouth, opening

NAMES = [
    "p",
    "m",
    "f",
    "w",
    "ð",
    "t",
    "l",
    "s",
    "ʃ",
    "ɹ",
    "k",
    "j",
    "h",
    "iː",
    "eɪ",
    "æ",
    "ɑː",
    "oʊ",
    "uː",
    "ə",
    ".",
]


def at_middle(names: str, index: int) -> Mouth:
    """The mouth in the middle of the index-th sound, each 120 ms long."""
    spoken = sounds(names, each=0.12)
    mouths = articulate(spoken, 200, Fraction(100))
    return mouths[int((spoken[index].start + spoken[index].end) / 2 * 100)]


@pytest.mark.parametrize("ipa", ["p", "b", "m"])
def test_the_lips_meet_between_open_vowels(ipa: str) -> None:
    assert opening(at_middle(f"ɑː {ipa} ɑː", 1)) < 0.006
    assert opening(at_middle(f"ɑː {ipa} ɑː", 0)) > 0.04


def test_a_rounded_vowel_narrows_the_mouth_and_a_spread_one_widens_it() -> None:
    assert at_middle("t uː t", 1).spread < -0.4
    assert at_middle("t iː t", 1).spread > 0.3


def test_a_consonant_takes_its_jaw_from_its_neighbours() -> None:
    assert at_middle("ɑː k ɑː", 1).jaw > at_middle("iː k iː", 1).jaw + 0.1


def test_stress_and_length_marks_do_not_change_the_shape() -> None:
    assert targets("ˈɑː") == targets("ɑː") == targets("ɑ")


def test_a_diphthong_goes_through_two_shapes() -> None:
    assert len(targets("aɪ")) == 2
    assert len(targets("ɑː")) == 1


def test_silence_lets_the_mouth_rest() -> None:
    mouths = articulate(sounds("ɑː . . . . . . . . ɑː"), 50, RATE)
    assert opening(mouths[16]) < 0.01


def test_an_unknown_phoneme_moves_nothing_and_breaks_nothing() -> None:
    assert opening(articulate(sounds("☃"), 20, RATE)[7]) < 0.01


@given(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=12), each=st.floats(0.03, 0.4))
def test_every_part_of_the_mouth_stays_within_its_range(names: list[str], each: float) -> None:
    for mouth in articulate(sounds(" ".join(names), each=each), 60, RATE):
        values = [getattr(mouth, part) for part in PARTS]
        assert all(-1.001 <= value <= 1.001 for value in values)
        assert 0 <= opening(mouth) < 0.2


@given(names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=12))
def test_the_mouth_never_leaps(names: list[str]) -> None:
    mouths = articulate(sounds(" ".join(names)), 150, Fraction(100))
    steps = np.abs(np.diff([opening(mouth) for mouth in mouths]))
    assert steps.max(initial=0) < 0.03


@given(more=st.floats(0.01, 0.5), jaw=st.floats(0, 0.5))
def test_the_further_the_jaw_falls_the_wider_the_mouth_opens(jaw: float, more: float) -> None:
    assert opening(Mouth(jaw=jaw + more)) > opening(Mouth(jaw=jaw))
