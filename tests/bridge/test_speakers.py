"""Whom new words are put onto: by name, as far as the transcript has names."""

from __future__ import annotations

import pytest

from bridge.errors import UsageError
from bridge.revision import Change
from bridge.speakers import named, shared_out, speakers_of
from engine.protocol import Word


def said(*speakers: str | None) -> list[Word]:
    return [
        Word(text="word", start=float(number), end=number + 0.5, speaker=speaker)
        for number, speaker in enumerate(speakers)
    ]


INTERVIEW = said("Anna", "Anna", "Ben", "Ben", None)


@pytest.mark.parametrize(
    ("change", "speakers"),
    [
        (Change(start=0, stop=1, words=("new",)), ("Anna",)),
        (Change(start=1, stop=3, words=("new",)), ("Anna", "Ben")),
        (Change(start=1, stop=1, words=("new",)), ("Anna",)),
        (Change(start=2, stop=2, words=("new",)), ("Anna", "Ben")),
        (Change(start=0, stop=0, words=("new",)), ("Anna",)),
        (Change(start=5, stop=5, words=("new",)), ()),
        (Change(start=3, stop=5, words=("new",)), ("Ben", "")),
        (Change(start=4, stop=4, words=("new",)), ("Ben", "")),
    ],
)
def test_new_words_are_of_whose_words_they_replace_or_of_both_whom_they_part(
    change: Change, speakers: tuple[str, ...]
) -> None:
    assert speakers_of(change, INTERVIEW) == speakers


@pytest.mark.parametrize("label", ["Speaker 1", "SPEAKER_00", "Sprecher 2", "unknown", "Unbekannt", " ", "7"])
def test_the_label_of_a_recogniser_names_nobody(label: str) -> None:
    assert named(said(label, "Anna Lee", label)) == ("", "Anna Lee")
    assert named(said(label, None)) == ()


def test_a_scene_has_a_speaker_for_each_clip_or_one_for_all() -> None:
    assert shared_out(["Anna", "Ben"], 2) == (("Anna",), ("Ben",))
    assert shared_out(["Anna"], 2) == (("Anna",), ("Anna",))
    assert shared_out([], 2) == ((), ())


def test_one_clip_may_have_several_speakers() -> None:
    assert shared_out(["Anna", "Ben"], 1) == (("Anna", "Ben"),)


def test_speakers_that_cannot_be_shared_out_are_refused() -> None:
    with pytest.raises(UsageError, match="2 speakers for 3 clips"):
        shared_out(["Anna", "Ben"], 3)
