"""Paragraphs split, joined, and given to a speaker."""

from __future__ import annotations

from document_text import caret, document_of, written

from nle_panels.document.document import Document
from nle_panels.document.paragraphs import (
    join_paragraph,
    rename_speaker,
    set_speaker,
    speakers,
    split_paragraph,
)
from nle_panels.document.writing import insert_text

SPEECH = "A: the cat B: sat on A: the mat C: so"


def names(document: Document) -> list[str | None]:
    return [paragraph.speaker for paragraph in document.paragraphs]


def test_a_paragraph_is_parted_at_the_caret() -> None:
    document = document_of(SPEECH)
    edited = split_paragraph(document, caret(0, 3))
    assert written(edited.document) == "the / cat / sat on / the mat / so"
    assert (edited.caret, names(edited.document)[:2]) == (caret(0, 0, 1), ["A", "A"])
    assert split_paragraph(document, caret(1, 0)).document == edited.document


def test_a_new_word_is_parted_inside_and_a_spoken_one_is_not() -> None:
    new = insert_text(document_of("the cat"), caret(0, 3), "blackboard").document
    assert written(split_paragraph(new, caret(1, 5)).document) == "the +black+ / +board+ cat"
    assert written(split_paragraph(new, caret(0, 1)).document) == "the / +blackboard+ cat"


def test_at_its_ends_a_paragraph_is_not_parted() -> None:
    document = document_of(SPEECH)
    assert split_paragraph(document, caret(0)).document is document
    assert split_paragraph(document, caret(1, 3)).document is document


def test_a_paragraph_goes_on_in_the_one_before() -> None:
    edited = join_paragraph(document_of(SPEECH), 1)
    assert written(edited.document) == "the cat sat on / the mat / so"
    assert (names(edited.document), edited.caret) == (["A", "A", "C"], caret(1, 3))


def test_the_first_paragraph_stays() -> None:
    document = document_of(SPEECH)
    assert join_paragraph(document, 0).document is document


def test_parted_and_joined_it_is_as_before() -> None:
    document = document_of(SPEECH)
    assert join_paragraph(split_paragraph(document, caret(0, 3)).document, 1).document == document


def test_a_speaker_is_renamed_everywhere() -> None:
    edited = rename_speaker(document_of(SPEECH), "A", " Ann ")
    assert names(edited.document) == ["Ann", "B", "Ann", "C"]
    assert (edited.paragraphs, edited.paragraphs_before) == (range(3), range(3))


def test_a_paragraph_gets_another_speaker() -> None:
    document = document_of(SPEECH)
    assert names(set_speaker(document, 1, "A").document) == ["A", "A", "A", "C"]
    assert names(set_speaker(document, 1, "").document) == ["A", None, "A", "C"]
    assert set_speaker(document, 1, "B").document is document


def test_speakers_are_named_in_the_order_they_speak() -> None:
    assert speakers(document_of("B: the A: cat B: sat")) == ("B", "A")
