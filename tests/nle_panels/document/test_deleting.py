"""Backspace and Delete."""

from __future__ import annotations

import pytest
from document_text import caret, document_of, over, written

from nle_panels.document.deleting import delete_backward, delete_forward
from nle_panels.document.document import Document
from nle_panels.document.striking import protect, strike
from nle_panels.document.writing import insert_text
from nle_panels.errors import Refused

SPEECH = "the cat sat, on [40] the mat"


@pytest.fixture
def document() -> Document:
    return document_of(SPEECH)


def test_backspace_behind_a_spoken_word_strikes_it(document: Document) -> None:
    edited = delete_backward(document, caret(1, 3), caret(1, 2))
    assert written(edited.document) == "the ~cat~ sat, on [40] the mat"
    assert edited.caret == caret(1, 0)


def test_backspace_behind_the_space_strikes_the_word_before_it(document: Document) -> None:
    edited = delete_backward(document, caret(2, 0), caret(1, 3))
    assert written(edited.document) == "the ~cat~ sat, on [40] the mat"


def test_backspace_again_strikes_the_next_word_back(document: Document) -> None:
    edited = delete_backward(document, caret(1, 3), caret(1, 2))
    edited = delete_backward(edited.document, edited.caret, caret(0, 3))
    assert written(edited.document) == "~the~ ~cat~ sat, on [40] the mat"


def test_backspace_behind_a_struck_word_moves_over_it(document: Document) -> None:
    struck = strike(document, over(document, 1)).document
    edited = delete_backward(struck, caret(1, 3), caret(1, 2))
    assert (edited.document is struck, edited.caret) == (True, caret(1, 0))


def test_delete_before_a_spoken_word_strikes_it_and_goes_on_behind_it(document: Document) -> None:
    edited = delete_forward(document, caret(1, 0), caret(1, 1))
    assert written(edited.document) == "the ~cat~ sat, on [40] the mat"
    edited = delete_forward(edited.document, edited.caret, caret(2, 0))
    assert written(edited.document) == "the ~cat~ ~sat,~ on [40] the mat"
    assert edited.caret == caret(2, 4)


def test_inside_a_word_a_letter_is_deleted(document: Document) -> None:
    edited = delete_backward(document, caret(1, 2), caret(1, 1))
    assert written(edited.document) == "the ~cat~ +ct+ sat, on [40] the mat"
    assert edited.caret == caret(2, 1)
    assert written(delete_forward(document, caret(1, 2), caret(1, 3)).document).startswith("the ~cat~ +ca+")


def test_punctuation_is_deleted_from_the_text_alone(document: Document) -> None:
    edited = delete_backward(document, caret(2, 4), caret(2, 3))
    assert written(edited.document) == "the cat sat on [40] the mat"


def test_backspace_behind_a_pause_takes_it_out(document: Document) -> None:
    edited = delete_backward(document, caret(4, 1), caret(4, 0))
    assert written(edited.document) == "the cat sat, on [0] the mat"
    assert edited.caret == caret(4, 0)


def test_the_letters_of_a_new_word_are_deleted_as_far_as_the_view_reaches(document: Document) -> None:
    """One press takes what is one to the eye: here a letter and its accent, and a family."""
    letter = insert_text(document, caret(1, 3), " x\u0323\u0307")
    family = insert_text(letter.document, letter.caret, "👩‍👩‍👧")
    edited = delete_backward(family.document, family.caret, letter.caret)
    assert (edited.document, edited.caret) == (letter.document, letter.caret)
    edited = delete_backward(edited.document, edited.caret, caret(2, 0))
    assert written(edited.document).startswith("the cat ++ sat,")


def test_backspace_in_an_empty_word_takes_its_space(document: Document) -> None:
    edited = insert_text(document, caret(1, 3), "big ")
    edited = delete_backward(edited.document, edited.caret, caret(2, 3))
    assert written(edited.document).startswith("the cat +big+ sat,")
    assert edited.caret == caret(2, 3)


def test_backspace_between_new_words_joins_them(document: Document) -> None:
    edited = insert_text(document, caret(1, 3), "black board")
    edited = delete_backward(edited.document, caret(3, 0), caret(2, 5))
    assert written(edited.document).startswith("the cat +blackboard+ sat,")
    assert edited.caret == caret(2, 5)


def test_backspace_from_a_spoken_word_to_a_new_one_only_moves(document: Document) -> None:
    new = insert_text(document, caret(1, 3), "big").document
    edited = delete_backward(new, caret(3, 0), caret(2, 3))
    assert (edited.document is new, edited.caret) == (True, caret(2, 3))


def test_a_word_at_once_is_struck(document: Document) -> None:
    edited = delete_backward(document, caret(2, 0), caret(1, 0))
    assert written(edited.document) == "the ~cat~ sat, on [40] the mat"
    assert edited.caret == caret(1, 0)


def test_backspace_at_the_start_of_a_paragraph_joins_it_to_the_one_before() -> None:
    document = document_of("A: the cat B: sat")
    edited = delete_backward(document, caret(0, 0, 1), caret(1, 3))
    assert written(edited.document) == "the cat sat"
    assert edited.caret == caret(1, 3)


def test_at_the_ends_of_the_document_there_is_nothing_to_delete(document: Document) -> None:
    assert delete_backward(document, caret(0), caret(0)).document is document
    assert delete_forward(document, caret(6, 3), caret(6, 3)).document is document


def test_protected_words_are_not_struck(document: Document) -> None:
    guarded = protect(document, over(document, 1)).document
    for place, target in ((caret(1, 3), caret(1, 2)), (caret(1, 2), caret(1, 1)), (caret(2, 0), caret(1, 3))):
        with pytest.raises(Refused, match='"cat" is protected: take the protection off first'):
            delete_backward(guarded, place, target)
