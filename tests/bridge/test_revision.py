"""What an editor did to the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import revision
from bridge.errors import ImpossibleEdit, PhraseError
from bridge.revision import Change

SPEECH = "parents and teachers are working extra hard to give the students the education they deserve".split()
some_words = st.lists(st.sampled_from(["the", "a", "cat", "Cat,", "sat", "on", "mat."]), max_size=12)


def bare(words: tuple[str, ...]) -> list[str]:
    return [revision.bare(word) for word in words]


@given(some_words, some_words)
def test_applying_the_diff_gives_the_revised_words(original: list[str], revised: list[str]) -> None:
    assert bare(revision.apply(original, revision.diff(original, revised))) == bare(tuple(revised))


@given(some_words)
def test_text_that_did_not_change_has_no_changes(words: list[str]) -> None:
    assert revision.diff(words, words) == ()


def test_punctuation_and_case_change_no_picture() -> None:
    assert revision.diff(["Well", "don’t", "go"], ["well,", "Don't", "GO!"]) == ()


def test_one_of_two_equal_words_is_removed_once() -> None:
    (change,) = revision.diff("very very good".split(), "very good".split())
    assert (change.stop - change.start, change.words) == (1, ())


def test_a_repeated_word_is_told_apart_by_its_place() -> None:
    assert revision.diff("the cat and the dog".split(), "the cat and dog".split()) == (
        Change(start=3, stop=4),
    )


def test_dashes_and_dots_that_stand_alone_are_no_words() -> None:
    assert revision.tokens("well — I … think") == ("well", "I", "think")


def test_three_edits_of_the_presenter() -> None:
    revised = "parents and teachers are really working to give the students every chance they deserve".split()
    assert revision.diff(SPEECH, revised) == (
        Change(start=4, stop=4, words=("really",)),
        Change(start=5, stop=7),
        Change(start=11, stop=13, words=("every", "chance")),
    )


def test_a_phrase_is_found_whatever_its_case() -> None:
    assert revision.find(SPEECH, "Extra hard,") == (5, 7)


def test_a_phrase_said_twice_is_refused_without_its_number() -> None:
    with pytest.raises(PhraseError, match='"the" is said 2 times: write "the#1" to "the#2"'):
        revision.find(SPEECH, "the")


def test_a_numbered_phrase_is_that_place() -> None:
    assert revision.find(SPEECH, "the#2") == (11, 12)


def test_a_number_past_the_last_place_is_refused() -> None:
    with pytest.raises(PhraseError, match='there is no "the#3": "the" is said 2 times'):
        revision.find(SPEECH, "the#3")


def test_a_phrase_that_is_not_said_suggests_the_nearest() -> None:
    with pytest.raises(PhraseError, match='the nearest is "extra hard"'):
        revision.find(SPEECH, "extra harp")


def test_a_phrase_without_words_is_refused() -> None:
    with pytest.raises(PhraseError, match="no words to look for"):
        revision.find(SPEECH, "...")


def test_an_insertion_stands_after_its_phrase() -> None:
    assert revision.insert(SPEECH, "really", "are") == Change(start=4, stop=4, words=("really",))


def test_an_insertion_after_nothing_stands_first() -> None:
    assert revision.insert(SPEECH, "dear", "") == Change(start=0, stop=0, words=("dear",))


def test_a_replacement_by_nothing_is_refused_with_the_way_to_do_it() -> None:
    with pytest.raises(PhraseError, match="use --remove"):
        revision.replace(SPEECH, "extra hard", "")


def test_edits_are_put_in_the_order_of_the_words() -> None:
    late, early = Change(start=5, stop=7), Change(start=1, stop=2)
    assert revision.settle([late, early]) == (early, late)


@pytest.mark.parametrize("other", [Change(start=6, stop=8), Change(start=5, stop=7), Change(start=4, stop=9)])
def test_edits_of_the_same_words_are_refused(other: Change) -> None:
    with pytest.raises(ImpossibleEdit, match="same words"):
        revision.settle([Change(start=5, stop=7), other])
