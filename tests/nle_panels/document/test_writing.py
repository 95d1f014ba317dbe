"""Typing, pasting and replacing."""

from __future__ import annotations

import pytest
from document_text import caret, document_of, over, written

from nle_panels.document.document import Caret, Document, Edited, Selection
from nle_panels.document.striking import protect, strike
from nle_panels.document.writing import insert_text, replace, settle
from nle_panels.errors import Refused

SPEECH = "the cat sat on [40] the mat."


@pytest.fixture
def document() -> Document:
    return document_of(SPEECH)


def typed(document: Document, place: Caret, text: str) -> Edited:
    """The text typed key by key."""
    edited = Edited(document=document, caret=place)
    for key in text:
        edited = insert_text(edited.document, edited.caret, key)
    return edited


def settled(edited: Edited) -> str:
    return written(settle(edited.document, edited.caret, caret(0)).document)


def test_letters_between_words_are_a_new_word(document: Document) -> None:
    edited = typed(document, caret(1, 3), "big")
    assert written(edited.document) == "the cat +big+ sat on [40] the mat."
    assert edited.caret == caret(2, 3)


def test_a_word_is_typed_before_the_first_one(document: Document) -> None:
    assert written(typed(document, caret(0), "now").document).startswith("+now+ the cat")


def test_a_space_begins_the_next_word(document: Document) -> None:
    edited = typed(document, caret(1, 3), "big red")
    assert written(edited.document) == "the cat +big+ +red+ sat on [40] the mat."


def test_behind_a_space_an_empty_word_waits_and_goes_with_the_caret(document: Document) -> None:
    edited = typed(document, caret(1, 3), "big ")
    assert written(edited.document) == "the cat +big+ ++ sat on [40] the mat."
    assert settled(edited) == "the cat +big+ sat on [40] the mat."


def test_many_spaces_are_one(document: Document) -> None:
    edited = typed(document, caret(1, 3), "  big   red")
    assert written(edited.document) == "the cat +big+ +red+ sat on [40] the mat."


def test_a_new_word_grows_at_its_edges(document: Document) -> None:
    edited = typed(document, caret(1, 3), "big")
    edited = typed(edited.document, caret(2, 3), "ger")
    edited = typed(edited.document, caret(2, 0), "a")
    assert written(edited.document) == "the cat +abigger+ sat on [40] the mat."


def test_beside_a_new_word_the_caret_of_the_spoken_one_begins_another(document: Document) -> None:
    edited = typed(document, caret(1, 3), "big")
    assert written(typed(edited.document, caret(3, 0), "x").document).startswith("the cat +big+ +x+ sat")


def test_a_space_in_a_new_word_parts_it(document: Document) -> None:
    edited = typed(document, caret(1, 3), "redbig")
    edited = insert_text(edited.document, caret(2, 3), " ")
    assert written(edited.document) == "the cat +red+ +big+ sat on [40] the mat."
    assert edited.caret == caret(3, 0)


def test_a_letter_inside_a_spoken_word_strikes_it_and_writes_the_changed_one(document: Document) -> None:
    edited = insert_text(document, caret(1, 1), "h")
    assert written(edited.document) == "the ~cat~ +chat+ sat on [40] the mat."
    assert edited.caret == caret(2, 2)


def test_punctuation_behind_a_spoken_word_changes_its_text_alone(document: Document) -> None:
    edited = insert_text(document, caret(1, 3), ",")
    assert written(edited.document) == "the cat, sat on [40] the mat."
    assert edited.caret == caret(1, 4)


def test_an_apostrophe_and_a_letter_go_on_with_the_word(document: Document) -> None:
    assert written(typed(document, caret(1, 3), "'s").document).startswith("the ~cat~ +cat's+ sat")


def test_typing_over_a_selection_strikes_it_and_writes(document: Document) -> None:
    edited = replace(document, over(document, 1, 2), "d")
    edited = typed(edited.document, edited.caret, "og ran")
    assert written(edited.document) == "the ~cat~ ~sat~ +dog+ +ran+ on [40] the mat."


def test_typing_over_part_of_a_word_changes_it_inside(document: Document) -> None:
    edited = replace(document, Selection(anchor=caret(1, 0), caret=caret(1, 1)), "b")
    assert written(edited.document) == "the ~cat~ +bat+ sat on [40] the mat."


def test_typing_over_new_words_deletes_them(document: Document) -> None:
    edited = typed(document, caret(1, 3), "big red")
    edited = replace(edited.document, over(edited.document, 2, 3), "old")
    assert written(edited.document) == "the cat +old+ sat on [40] the mat."


def test_replacing_across_paragraphs_writes_behind_what_was_struck() -> None:
    document = document_of("A: the cat B: sat on")
    edited = replace(document, Selection(anchor=caret(1), caret=caret(0, 3, 1)), "x")
    assert written(edited.document) == "the ~cat~ / ~sat~ +x+ on"
    assert (edited.paragraphs, edited.paragraphs_before) == (range(0, 2), range(0, 2))


def test_words_typed_as_the_struck_ones_were_are_those_again(document: Document) -> None:
    edited = replace(document, over(document, 0, 2), "t")
    edited = typed(edited.document, edited.caret, "he dog sat")
    assert settled(edited) == "the ~cat~ +dog+ sat on [40] the mat."


def test_a_word_is_not_taken_for_the_struck_one_while_it_is_typed(document: Document) -> None:
    """Who types "there" over "the" comes past it."""
    edited = replace(document, over(document, 0), "t")
    edited = typed(edited.document, edited.caret, "he")
    assert written(edited.document).startswith("~the~ +the+ cat")
    assert settled(typed(edited.document, edited.caret, "re")).startswith("~the~ +there+ cat")
    assert settled(edited).startswith("the cat")


def test_a_word_typed_again_keeps_the_punctuation_it_was_typed_with(document: Document) -> None:
    edited = replace(document, over(document, 1), "Cat,")
    assert settled(edited).startswith("the Cat, sat")


def test_a_pause_inside_a_replaced_phrase_stays_in_its_place(document: Document) -> None:
    edited = replace(document, over(document, 3, 5), "upon the")
    assert settled(edited) == "the cat sat ~on~ [0] +upon+ the mat."


def test_the_caret_follows_its_word_when_another_word_settles(document: Document) -> None:
    edited = replace(document, over(document, 0, 1), "the ")
    after = settle(edited.document, edited.caret, caret(4, 1))
    assert written(after.document) == "the ~cat~ sat on [40] the mat."
    assert after.caret == caret(3, 1)


def test_each_line_of_a_paste_is_a_paragraph(document: Document) -> None:
    edited = insert_text(document, caret(1, 3), "one two\nthree\n\nfour")
    assert written(edited.document) == "the cat +one+ +two+ / +three+ / +four+ sat on [40] the mat."
    assert edited.caret == caret(0, 4, 2)
    assert (edited.paragraphs, edited.paragraphs_before) == (range(3), range(1))


def test_return_parts_a_paragraph(document: Document) -> None:
    assert written(insert_text(document, caret(1, 3), "\n").document) == "the cat / sat on [40] the mat."


def test_a_very_long_paste_is_broken_where_sentences_end(document: Document) -> None:
    edited = insert_text(document, caret(1, 3), "five words are a sentence. " * 100)
    sizes = [len(paragraph.tokens) for paragraph in edited.document.paragraphs]
    assert len(sizes) > 5
    assert max(sizes) < 100


def test_text_without_spaces_is_one_word(document: Document) -> None:
    assert written(typed(document, caret(1, 3), "你好世界").document).startswith("the cat +你好世界+ sat")


def test_right_to_left_words_are_typed_in_the_order_they_are_said(document: Document) -> None:
    assert written(typed(document, caret(1, 3), "שלום עולם").document).startswith("the cat +שלום+ +עולם+ sat")


def test_an_accent_typed_behind_its_letter_is_one_character_with_it(document: Document) -> None:
    edited = typed(document, caret(1, 3), "e\u0301")
    assert written(edited.document).startswith("the cat +é+ sat")
    assert edited.caret == caret(2, 1)


def test_emoji_of_several_parts_stay_whole(document: Document) -> None:
    edited = insert_text(document, caret(1, 3), "👩‍👩‍👧")
    assert written(edited.document).startswith("the cat +👩‍👩‍👧+ sat")


def test_what_is_no_character_is_left_out(document: Document) -> None:
    assert written(insert_text(document, caret(1, 3), "a\0b\ud800c").document).startswith("the cat +abc+ sat")


def test_nothing_is_written_in_a_protected_word(document: Document) -> None:
    guarded = protect(document, over(document, 1)).document
    with pytest.raises(Refused, match='"cat" is protected: take the protection off first'):
        insert_text(guarded, caret(1, 1), "h")
    with pytest.raises(Refused, match='"cat" is protected'):
        replace(guarded, over(guarded, 0, 2), "x")


def test_nothing_is_written_between_protected_words_and_anything_beside_them(document: Document) -> None:
    guarded = protect(document, over(document, 1, 2)).document
    with pytest.raises(Refused, match='"cat" is protected'):
        insert_text(guarded, caret(1, 3), "x")
    assert written(insert_text(guarded, caret(2, 3), "x").document).startswith("the =cat= =sat= +x+ on")


def test_letters_inside_a_struck_word_are_a_new_word_behind_it(document: Document) -> None:
    struck = strike(document, over(document, 1)).document
    assert written(insert_text(struck, caret(1, 1), "dog").document).startswith("the ~cat~ +dog+ sat")


def test_typing_nothing_changes_nothing(document: Document) -> None:
    edited = insert_text(document, caret(1, 3), "")
    assert edited.document is document
    assert not edited.paragraphs


def test_the_first_word_is_typed_in_a_document_without_words() -> None:
    edited = typed(document_of(""), caret(0), "hello you")
    assert written(edited.document) == "+hello+ +you+"
