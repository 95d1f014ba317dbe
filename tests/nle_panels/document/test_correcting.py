"""Correct mode: the text mended, the times kept."""

from __future__ import annotations

import pytest
from document_text import caret, document_of, over, spoken_words, written

from nle_panels.document.correcting import correct
from nle_panels.document.document import Document, Edited, Selection
from nle_panels.document.striking import strike
from nle_panels.document.tokens import Spoken
from nle_panels.document.writing import insert_text, settle
from nle_panels.errors import Refused

SPEECH = "the cad sat on [40] them at so it"


@pytest.fixture
def document() -> Document:
    return document_of(SPEECH)


def token(edited: Edited, index: int) -> object:
    return edited.document.paragraphs[0].tokens[index]


def test_letters_of_a_word_are_mended_in_its_place(document: Document) -> None:
    edited = correct(document, Selection(anchor=caret(1, 2), caret=caret(1, 3)), "t")
    assert token(edited, 1) == Spoken(first=1, stop=2, text="cat")
    assert edited.caret == caret(1, 3)


def test_letters_are_typed_at_a_word_s_edges(document: Document) -> None:
    assert written(correct(document, Selection(anchor=caret(1, 3), caret=caret(1, 3)), "e").document) == (
        "the cade sat on [40] them at so it"
    )
    assert written(correct(document, Selection(anchor=caret(1, 0), caret=caret(1, 0)), "s").document) == (
        "the scad sat on [40] them at so it"
    )


def test_as_many_words_as_before_keep_each_its_time(document: Document) -> None:
    edited = correct(document, over(document, 1, 2), "dog ran")
    assert [token(edited, i) for i in (1, 2)] == [
        Spoken(first=1, stop=2, text="dog"),
        Spoken(first=2, stop=3, text="ran"),
    ]
    assert edited.caret == caret(2, 3)


def test_words_that_fell_together_are_one_token(document: Document) -> None:
    edited = correct(document, over(document, 5, 6), "theme")
    assert token(edited, 5) == Spoken(first=4, stop=6, text="theme")
    assert edited.caret == caret(5, 5)


def test_the_space_between_two_words_deleted_joins_them(document: Document) -> None:
    edited = correct(document, Selection(anchor=caret(6, 2), caret=caret(7, 0)), "")
    assert token(edited, 6) == Spoken(first=5, stop=7, text="atso")
    assert edited.caret == caret(6, 2)


def test_only_the_words_that_differ_are_touched(document: Document) -> None:
    edited = correct(document, over(document, 0, 3), "the black cat sat on")
    assert [token(edited, i) for i in (0, 1, 2, 3)] == [
        Spoken(first=0, stop=1, text="the"),
        Spoken(first=1, stop=2, text="black cat"),
        Spoken(first=2, stop=3, text="sat"),
        Spoken(first=3, stop=4, text="on"),
    ]


def test_a_pause_between_corrected_words_stays_where_it_is(document: Document) -> None:
    edited = correct(document, over(document, 3, 5), "upon him")
    assert written(edited.document) == "the cad sat upon [40] him at so it"


def test_a_deleted_word_was_never_said_and_keeps_its_place(document: Document) -> None:
    edited = correct(document, over(document, 1), "")
    assert token(edited, 1) == Spoken(first=1, stop=2, text="")
    assert spoken_words(edited.document) == list(range(8))


def test_of_several_words_one_that_is_left_out_was_never_said(document: Document) -> None:
    edited = correct(document, over(document, 0, 2), "the sat")
    assert [token(edited, i) for i in (0, 1, 2)] == [
        Spoken(first=0, stop=1, text="the"),
        Spoken(first=1, stop=2, text=""),
        Spoken(first=2, stop=3, text="sat"),
    ]


def test_a_space_typed_behind_a_word_goes_when_the_caret_does(document: Document) -> None:
    edited = correct(document, Selection(anchor=caret(1, 3), caret=caret(1, 3)), " ")
    assert token(edited, 1) == Spoken(first=1, stop=2, text="cad ")
    assert settle(edited.document, edited.caret, caret(0)).document == document


def test_what_is_struck_stays_struck(document: Document) -> None:
    struck = strike(document, over(document, 1)).document
    assert written(correct(struck, over(struck, 1), "cat").document).startswith("the ~cat~ sat")


def test_a_new_word_is_mended_too(document: Document) -> None:
    new = insert_text(document, caret(1, 3), "bag").document
    edited = correct(new, Selection(anchor=caret(2, 1), caret=caret(2, 2)), "i")
    assert written(edited.document).startswith("the cad +big+ sat")


def test_refusals_say_why(document: Document) -> None:
    new = insert_text(document, caret(1, 3), "big").document
    with pytest.raises(Refused, match="new words are not the recogniser's"):
        correct(new, over(new, 1, 3), "x")
    with pytest.raises(Refused, match="a pause has no text to correct"):
        correct(document, over(document, 4), "x")
    struck = strike(document, over(document, 1)).document
    with pytest.raises(Refused, match='"x" would be one word of which a part is struck or protected'):
        correct(struck, over(struck, 1, 2), "x")
    two = document_of("A: the cat B: sat")
    with pytest.raises(Refused, match="paragraph by paragraph"):
        correct(two, Selection(anchor=caret(0), caret=caret(0, 1, 1)), "x")
