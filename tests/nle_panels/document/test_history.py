"""Undo and redo."""

from __future__ import annotations

from document_text import caret, document_of, over, written

from nle_panels.document.history import History, begun, push, redo, undo
from nle_panels.document.striking import strike
from nle_panels.document.writing import insert_text

WORDS = document_of("the cat sat")


def typing(text: str, pauses: float = 0.1, history: History | None = None) -> History:
    """Keys typed one after another behind "cat"."""
    history = history or begun(WORDS)
    here, now = caret(1, 3), 100.0
    for key in text:
        edited = insert_text(history.document, here, key)
        history = push(history, edited, "typing", here, typed=now)
        here, now = edited.caret, now + pauses
    return history


def test_a_step_is_undone_and_done_again() -> None:
    history = push(begun(WORDS), strike(WORDS, over(WORDS, 1)), "strike", caret(1, 3))
    assert (history.undo_label, history.redo_label) == ("strike", None)
    back, edited = undo(history)
    assert edited.document is back.document is WORDS
    assert (edited.caret, edited.paragraphs, edited.paragraphs_before) == (caret(1, 3), range(1), range(1))
    assert (back.undo_label, back.redo_label) == (None, "strike")
    forth, edited = redo(back)
    assert edited.document is history.document
    assert (edited.caret, forth) == (caret(1, 0), history)


def test_typing_without_rest_is_one_step() -> None:
    history = typing("big red ")
    assert len(history.past) == 1
    back, edited = undo(history)
    assert (back.document, edited.caret) == (WORDS, caret(1, 3))


def test_after_a_rest_typing_is_another_step() -> None:
    assert len(typing("big", pauses=1.5).past) == 3


def test_typing_at_another_place_is_another_step() -> None:
    history = typing("big")
    edited = insert_text(history.document, caret(0, 3), "x")
    assert len(push(history, edited, "typing", caret(0, 3), typed=100.3).past) == 2


def test_deleting_is_no_step_with_typing() -> None:
    history = typing("big")
    edited = strike(history.document, over(history.document, 2))
    assert len(push(history, edited, "deleting", caret(2, 3), typed=100.3).past) == 2


def test_typing_after_an_undo_is_a_step_of_its_own_and_nothing_can_be_redone() -> None:
    history, _ = undo(typing("ab", pauses=2.0))
    edited = insert_text(history.document, history.present.after, "c")
    again = push(history, edited, "typing", history.present.after, typed=100.1)
    assert written(again.document) == "the cat +ac+ sat"
    assert (len(again.past), again.redo_label) == (2, None)


def test_what_changed_nothing_is_no_step() -> None:
    history = typing("big")
    same = insert_text(history.document, caret(0), "")
    assert push(history, same, "typing", caret(0)) is history


def test_there_is_nothing_before_the_beginning_and_after_the_end() -> None:
    history = begun(WORDS)
    assert undo(history)[0] is history
    assert redo(history)[0] is history
    assert not undo(history)[1].paragraphs
