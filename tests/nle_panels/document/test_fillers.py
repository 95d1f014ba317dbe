"""Fillers and repeated takes, as proposals."""

from __future__ import annotations

import pytest
from document_text import caret, document_of, over, written

from nle_panels.document.fillers import (
    LANGUAGES,
    Find,
    fillers,
    proposals,
    repeated_takes,
    strike_found,
)
from nle_panels.document.striking import protect, strike
from nle_panels.document.writing import insert_text


def texts(finds: tuple[Find, ...], *, sure: bool) -> list[str]:
    return [find.text for find in finds if find.sure is sure]


def takes(text: str) -> list[tuple[str, bool]]:
    return [(find.text, find.sure) for find in repeated_takes(document_of(text))]


def test_sounds_of_hesitation_are_found_however_they_are_written() -> None:
    document = document_of("Um, so uh the uhm cat er erm sat hmm Ummm. on umbrella her uhuh")
    assert texts(fillers(document, "en"), sure=True) == ["Um,", "uh", "uhm", "er", "erm", "hmm", "Ummm."]


def test_words_that_may_mean_something_are_for_the_editor_to_tell() -> None:
    document = document_of("I mean, it was, you know, like a cat and you knew")
    assert texts(fillers(document, "en"), sure=False) == ["I mean,", "you know,", "like"]


@pytest.mark.parametrize(
    ("language", "text", "sure", "unsure"),
    [
        ("de", "ähm ich bin äh halt er um sechs öhm hm", ["ähm", "äh", "öhm", "hm"], ["halt"]),
        ("fr", "euh du coup on heu va tu vois", ["euh", "heu"], ["du coup", "tu vois"]),
        ("es", "eh yo e ehm pues ella mmm o sea", ["eh", "ehm", "mmm"], ["pues", "o sea"]),
    ],
)
def test_every_language_has_its_own(language: str, text: str, sure: list[str], unsure: list[str]) -> None:
    found = fillers(document_of(text), language)
    assert (texts(found, sure=True), texts(found, sure=False)) == (sure, unsure)


def test_an_unknown_language_has_none_and_a_region_changes_nothing() -> None:
    document = document_of("um the cat")
    assert fillers(document, "ja") == ()
    assert "ja" not in LANGUAGES
    assert texts(fillers(document, "en-GB"), sure=True) == ["um"]


def test_what_is_struck_protected_or_new_is_not_proposed() -> None:
    document = document_of("um the uh cat")
    document = protect(strike(document, over(document, 0)).document, over(document, 2)).document
    document = insert_text(document, caret(3, 3), "um").document
    assert fillers(document, "en") == ()


def test_both_are_found_at_once_in_short_steps() -> None:
    document = document_of("A: um the the cat B: uh so I went to so I went to the cat A: um")
    *steps, found = proposals(document, "en")
    assert found == (fillers(document, "en"), repeated_takes(document))
    assert all(found)
    assert steps == [None] * len(steps)
    assert len(steps) > 20


def test_fillers_are_struck_in_one_step_and_the_pauses_beside_them_stay() -> None:
    document = document_of("A: the [40] um [50] cat B: uh sat")
    edited = strike_found(document, fillers(document, "en"), caret(0))
    assert written(edited.document) == "the [40] ~um~ [50] cat / ~uh~ sat"
    assert (edited.paragraphs, edited.paragraphs_before) == (range(2), range(2))


def test_a_filler_that_was_protected_in_the_meantime_stays() -> None:
    document = document_of("um the cat")
    found = fillers(document, "en")
    assert strike_found(protect(document, over(document, 0)).document, found, caret(0)).paragraphs == range(0)


def test_a_phrase_begun_again_is_found_up_to_its_last_take() -> None:
    text = "so what we want is a [50] what we want to [60] What we want to say is this"
    assert takes(text) == [("what we want is a", True), ("what we want to", True)]


def test_without_a_pause_before_it_a_repetition_is_not_sure() -> None:
    assert takes("I went to the store and to the store again") == [("to the store and", False)]


def test_a_stutter_is_found() -> None:
    assert takes("I I think that the the cat is in the in the house") == [
        ("I", False),
        ("the", False),
        ("in the", False),
    ]


def test_a_phrase_said_again_much_later_is_no_take() -> None:
    assert takes("what we want is " + " ".join(f"word{i}" for i in range(50)) + " what we want is") == []


def test_what_another_speaker_says_again_is_no_take() -> None:
    assert takes("A: what we want is B: what we want is") == []


def test_struck_takes_are_not_found_again() -> None:
    document = document_of("what we want is [50] what we want to say")
    edited = strike_found(document, repeated_takes(document), caret(0))
    assert written(edited.document) == "~what~ ~we~ ~want~ ~is~ [50] what we want to say"
    assert repeated_takes(edited.document) == ()
