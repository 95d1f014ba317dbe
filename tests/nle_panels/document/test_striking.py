"""Struck, restored, protected; pauses shortened."""

from __future__ import annotations

import pytest
from document_text import caret, document_of, over, written

from nle_panels.document.document import Document, Edited, Selection
from nle_panels.document.striking import (
    leave_as_filmed,
    protect,
    render_anew,
    restore,
    set_pause,
    shortening,
    strike,
    unprotect,
    whole_pauses,
)
from nle_panels.document.tokens import Pause
from nle_panels.document.writing import insert_text
from nle_panels.errors import Refused

SPEECH = "A: the cat sat on [40] the mat [90] B: so it"


@pytest.fixture
def document() -> Document:
    return document_of(SPEECH)


def test_a_selection_is_struck_with_its_pauses(document: Document) -> None:
    edited = strike(document, over(document, 2, 5))
    assert written(edited.document) == "the cat ~sat~ ~on~ [0] ~the~ mat [90] / so it"
    assert edited.caret == caret(2, 0)


def test_what_is_struck_is_restored_whole(document: Document) -> None:
    struck = strike(document, over(document, 2, 5)).document
    assert restore(struck, over(struck, 2, 5)).document == document


def test_new_words_of_a_selection_are_deleted(document: Document) -> None:
    new = insert_text(document, caret(1, 3), "big red").document
    assert written(strike(new, over(new, 1, 2)).document).startswith("the ~cat~ +red+ sat")


def test_a_new_word_deleted_among_others_leaves_its_place_for_the_next(document: Document) -> None:
    new = insert_text(document, caret(1, 3), "black white board").document
    edited = strike(new, over(new, 3))
    edited = insert_text(edited.document, edited.caret, "grey")
    assert written(edited.document).startswith("the cat +black+ +grey+ +board+ sat")


def test_parts_of_new_words_are_deleted_and_the_rest_is_one_word(document: Document) -> None:
    new = insert_text(document, caret(1, 3), "black board").document
    edited = strike(new, Selection(anchor=caret(3, 1), caret=caret(2, 2)))
    assert written(edited.document).startswith("the cat +bloard+ sat")
    assert edited.caret == caret(2, 2)


def test_without_a_selection_it_is_the_word_at_the_caret(document: Document) -> None:
    here = Selection(anchor=caret(1, 2), caret=caret(1, 2))
    struck = strike(document, here)
    assert written(struck.document).startswith("the ~cat~ sat")
    assert restore(struck.document, here).document == document


def test_what_was_struck_together_is_restored_at_once_from_any_of_its_words(document: Document) -> None:
    struck = strike(document, over(document, 2, 5)).document
    struck = insert_text(struck, caret(5, 3), "x").document
    edited = restore(struck, Selection(anchor=caret(3, 1), caret=caret(3, 1)))
    assert written(edited.document) == "the cat sat on [40] the +x+ mat [90] / so it"
    assert edited.caret == caret(3, 1)


def test_only_the_paragraphs_of_the_selection_change(document: Document) -> None:
    edited = strike(document, over(document, 0, 1, 1))
    assert written(edited.document).endswith("/ ~so~ ~it~")
    assert edited.document.paragraphs[0] is document.paragraphs[0]
    assert (edited.paragraphs, edited.paragraphs_before) == (range(1, 2), range(1, 2))


def test_a_selection_goes_over_paragraphs(document: Document) -> None:
    edited = strike(document, Selection(anchor=caret(0, 1, 1), caret=caret(6, 0)))
    assert written(edited.document) == "the cat sat on [40] the ~mat~ [0] / ~so~ it"


def test_striking_again_changes_nothing(document: Document) -> None:
    struck = strike(document, over(document, 1)).document
    assert strike(struck, over(struck, 1)).document is struck


def test_a_document_of_new_words_alone_can_be_emptied() -> None:
    new = insert_text(document_of(""), caret(0), "one\ntwo").document
    edited = strike(new, Selection(anchor=caret(0), caret=caret(0, 3, 1)))
    assert (written(edited.document), edited.caret) == ("", caret(0))


def test_protected_words_are_not_struck(document: Document) -> None:
    guarded = protect(document, over(document, 1, 2)).document
    assert written(guarded).startswith("the =cat= =sat= on")
    with pytest.raises(Refused, match='"cat" is protected: take the protection off first'):
        strike(guarded, over(guarded, 0, 3))
    assert unprotect(guarded, over(guarded, 0, 3)).document == document


def test_struck_and_new_words_are_not_protected(document: Document) -> None:
    with pytest.raises(Refused, match='"cat" is struck: restore it before protecting it'):
        protect(strike(document, over(document, 1)).document, over(document, 0, 2))
    with pytest.raises(Refused, match='"big" is new'):
        protect(insert_text(document, caret(1, 3), "big").document, over(document, 1, 2))


def test_a_pause_keeps_so_many_ticks_and_all_again(document: Document) -> None:
    edited = set_pause(document, caret(4), 15)
    assert edited.document.paragraphs[0].tokens[4] == Pause(after=3, ticks=40, kept=15)
    assert set_pause(edited.document, caret(4), None).document == document


def test_a_pause_does_not_grow(document: Document) -> None:
    assert set_pause(document, caret(4), 400).document is document


def test_there_is_no_pause_in_a_word_and_none_shorter_than_nothing(document: Document) -> None:
    with pytest.raises(Refused, match="there is no pause here"):
        set_pause(document, caret(1), 0)
    with pytest.raises(Refused, match="cannot be shorter than nothing"):
        set_pause(document, caret(4), -1)


def test_a_pause_between_protected_words_stays(document: Document) -> None:
    guarded = protect(document, over(document, 3, 5)).document
    with pytest.raises(Refused, match='"on" is protected'):
        set_pause(guarded, caret(4), 0)
    with pytest.raises(Refused, match='"on" is protected'):
        strike(guarded, over(guarded, 4))


def test_long_pauses_are_shortened_in_one_step_of_which_the_caret_stays() -> None:
    document = document_of("A: so [150] the cat [40] sat [250] B: on the [200] mat")
    *_, edited = shortening(document, 100, 30, caret(2))
    assert written(edited.document) == "so [30] the cat [40] sat [30] / on the [30] / mat"
    assert edited.caret == caret(2)
    assert (edited.paragraphs, edited.paragraphs_before) == (range(2), range(2))


def test_a_pause_that_was_shortened_before_or_is_protected_keeps_its_length() -> None:
    document = set_pause(document_of("so [150] the cat [150] sat [250] on"), caret(1), 80).document
    guarded = protect(document, over(document, 3, 5)).document
    *_, edited = shortening(guarded, 100, 30, caret(0))
    assert written(edited.document) == "so [80] the =cat= [150] =sat= [30] / on"
    assert [ticks for _, ticks in whole_pauses(edited.document)] == [150]


def test_where_no_pause_is_long_nothing_changes(document: Document) -> None:
    *_, edited = shortening(document, 100, 30, caret(0))
    assert edited == Edited(document=document, caret=caret(0))
    assert edited.document is document


def test_the_mouth_of_words_is_rendered_anew_but_not_of_protected_ones(document: Document) -> None:
    guarded = protect(document, over(document, 1)).document
    marked = render_anew(guarded, over(guarded, 0, 2)).document
    assert [token.anew for token in marked.paragraphs[0].tokens[:3]] == [True, False, True]
    assert leave_as_filmed(marked, over(marked, 0, 2)).document == guarded
    with pytest.raises(Refused, match="is protected"):
        render_anew(guarded, over(guarded, 1))


def test_protection_takes_the_wish_for_a_new_mouth_away(document: Document) -> None:
    marked = render_anew(document, over(document, 1)).document
    guarded = protect(marked, over(marked, 1)).document
    assert not guarded.paragraphs[0].tokens[1].anew
