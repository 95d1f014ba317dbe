"""What holds whatever an editor does to the words, in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from document_text import all_of, said, spoken_words
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import revision
from nle_panels.document import deleting, history, paragraphs, striking, writing
from nle_panels.document.correcting import correct
from nle_panels.document.document import Caret, Document, Edited, Selection
from nle_panels.document.meaning import meaning, untouched
from nle_panels.document.nudging import nudge
from nle_panels.document.opening import opened
from nle_panels.document.tokens import Pause, length
from nle_panels.errors import Refused

SPEECH = said("A: the cat, [40] sat on the [250] mat B: don't you [60] think so A: I I think so. [90] yes")
WINDOW = all_of(SPEECH)
Operation = Callable[[Document, st.DataObject], Edited]

typed = st.one_of(
    st.sampled_from(
        [
            " ",
            "a",
            ".",
            "'",
            "the",
            "cat ",
            " sat on",
            "x y\nz",
            "\n",
            "é",
            "e\u0301",
            "👩‍👩‍👧 ",
            "שלום",
            "你好",
            "\ud800",
        ]
    ),
    st.text(max_size=6),
)


def some_caret(document: Document, data: st.DataObject) -> Caret:
    p = data.draw(st.integers(0, len(document.paragraphs) - 1))
    tokens = document.paragraphs[p].tokens
    if not tokens:
        return Caret(paragraph=p, token=0, offset=0)
    t = data.draw(st.integers(0, len(tokens) - 1))
    return Caret(paragraph=p, token=t, offset=data.draw(st.integers(0, length(tokens[t]))))


def some_selection(document: Document, data: st.DataObject) -> Selection:
    return Selection(anchor=some_caret(document, data), caret=some_caret(document, data))


def beside(document: Document, caret: Caret, step: int) -> Caret:
    """The next place for a caret, as an arrow key finds it."""
    p, t, offset = caret.paragraph, caret.token, caret.offset + step
    tokens = document.paragraphs[p].tokens
    if tokens and 0 <= offset <= length(tokens[t]):
        return Caret(paragraph=p, token=t, offset=offset)
    if 0 <= t + step < len(tokens):
        return Caret(paragraph=p, token=t + step, offset=0 if step > 0 else length(tokens[t + step]))
    if not 0 <= p + step < len(document.paragraphs):
        return caret
    tokens = document.paragraphs[p + step].tokens
    if step > 0 or not tokens:
        return Caret(paragraph=p + step, token=0, offset=0)
    return Caret(paragraph=p + step, token=len(tokens) - 1, offset=length(tokens[-1]))


def _backspace(document: Document, data: st.DataObject) -> Edited:
    caret = some_caret(document, data)
    return deleting.delete_backward(document, caret, beside(document, caret, -1))


def _delete(document: Document, data: st.DataObject) -> Edited:
    caret = some_caret(document, data)
    return deleting.delete_forward(document, caret, beside(document, caret, 1))


def _delete_far(document: Document, data: st.DataObject) -> Edited:
    selection = some_selection(document, data)
    if data.draw(st.booleans()):
        return deleting.delete_backward(document, selection.stop, selection.start)
    return deleting.delete_forward(document, selection.start, selection.stop)


def _nudge(document: Document, data: st.DataObject) -> Edited:
    frames = st.integers(-5, 5)
    return nudge(
        document,
        some_caret(document, data),
        SPEECH.words,
        Fraction(24000, 1001),
        start_frames=data.draw(frames),
        end_frames=data.draw(frames),
    )


OPERATIONS: tuple[Operation, ...] = (
    lambda d, data: writing.insert_text(d, some_caret(d, data), data.draw(typed)),
    lambda d, data: writing.replace(d, some_selection(d, data), data.draw(typed)),
    lambda d, data: writing.settle(d, some_caret(d, data), some_caret(d, data)),
    _backspace,
    _delete,
    _delete_far,
    _nudge,
    lambda d, data: striking.strike(d, some_selection(d, data)),
    lambda d, data: striking.restore(d, some_selection(d, data)),
    lambda d, data: striking.protect(d, some_selection(d, data)),
    lambda d, data: striking.unprotect(d, some_selection(d, data)),
    lambda d, data: striking.render_anew(d, some_selection(d, data)),
    lambda d, data: striking.leave_as_filmed(d, some_selection(d, data)),
    lambda d, data: striking.set_pause(d, some_caret(d, data), data.draw(st.none() | st.integers(0, 300))),
    lambda d, data: correct(d, some_selection(d, data), data.draw(typed)),
    lambda d, data: paragraphs.split_paragraph(d, some_caret(d, data)),
    lambda d, data: paragraphs.join_paragraph(d, some_caret(d, data).paragraph),
    lambda d, data: paragraphs.set_speaker(
        d, some_caret(d, data).paragraph, data.draw(st.sampled_from("AB"))
    ),
    lambda d, data: paragraphs.rename_speaker(d, "A", data.draw(st.sampled_from(["B", "Ann", ""]))),
)


def edited_by(document: Document, data: st.DataObject) -> Edited | None:
    """The document after some operation; None where that was refused."""
    operation = data.draw(st.sampled_from(OPERATIONS))
    try:
        return operation(document, data)
    except Refused:
        return None


def check(before: Document, edited: Edited) -> None:
    document = edited.document
    assert spoken_words(document) == list(range(len(SPEECH.words)))
    assert document.paragraphs
    assert all(paragraph.tokens for paragraph in document.paragraphs) or len(document.paragraphs) == 1
    tokens = document.paragraphs[edited.caret.paragraph].tokens
    assert 0 <= edited.caret.offset <= (length(tokens[edited.caret.token]) if tokens else 0)
    old, new = edited.paragraphs_before, edited.paragraphs
    head, tail = (
        zip(before.paragraphs[: old.start], document.paragraphs[: new.start], strict=True),
        zip(before.paragraphs[old.stop :], document.paragraphs[new.stop :], strict=True),
    )
    assert all(a is b for part in (head, tail) for a, b in part)
    assert edited.document is before or old or new


@settings(max_examples=50)
@given(st.data())
def test_every_word_stays_once_and_in_order_and_only_what_is_told_changes(data: st.DataObject) -> None:
    document = opened(SPEECH, WINDOW)
    for _ in range(data.draw(st.integers(1, 12))):
        if edited := edited_by(document, data):
            check(document, edited)
            document = edited.document


@settings(max_examples=20)
@given(st.data())
def test_undo_gives_back_the_same_objects_and_redo_too(data: st.DataObject) -> None:
    steps = history.begun(opened(SPEECH, WINDOW))
    documents = [steps.document]
    for _ in range(data.draw(st.integers(1, 8))):
        edited = edited_by(steps.document, data)
        if edited and edited.document is not steps.document:
            steps = history.push(steps, edited, "some step", edited.caret)
            documents.append(steps.document)
    for document in reversed(documents[:-1]):
        steps, back = history.undo(steps)
        assert back.document is steps.document is document
    for document in documents[1:]:
        steps, forth = history.redo(steps)
        assert forth.document is steps.document is document


@settings(max_examples=40)
@given(st.data())
def test_the_meaning_can_always_be_planned_and_says_what_is_shown(data: st.DataObject) -> None:
    document = opened(SPEECH, WINDOW)
    for _ in range(data.draw(st.integers(1, 10))):
        if edited := edited_by(document, data):
            document = edited.document
    found = meaning(document, SPEECH, WINDOW)
    assert meaning(document, SPEECH, WINDOW, untouched(opened(SPEECH, WINDOW), SPEECH)) == found
    words = found.window.of(found.transcript.words)
    assert revision.settle(found.changes) == found.changes
    assert all(0 <= c.start <= c.stop <= len(words) for c in found.changes)
    assert all(-1 <= pause.after < len(words) for pause in found.pauses)
    assert all(a.start <= b.start and a.start <= a.end for a, b in pairwise(words))
    heard = revision.apply([word.text for word in words], found.changes)
    assert [revision.bare(word) for word in heard] == [revision.bare(word) for word in shown_words(document)]


def shown_words(document: Document) -> list[str]:
    """What is to be heard, read off the tokens: words without a letter are none, unless they were spoken."""
    words: list[str] = []
    for paragraph in document.paragraphs:
        for token in paragraph.tokens:
            if isinstance(token, Pause) or getattr(token, "struck", False):
                continue
            words += token.text.split() if hasattr(token, "first") else revision.tokens(token.text)
    return words
