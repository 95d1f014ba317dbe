"""Undo and redo without end. A step back gives the very document that was there: nothing is computed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nle_panels.document.document import Caret, Document, Edited, changed

START = Caret(paragraph=0, token=0, offset=0)
# ours: keystrokes further apart than this, in seconds, are steps of their own.
TYPING_PAUSE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A document, and the step that led to it: what it was called, and where the caret was before and after.

    `typed`: seconds at which the last keystroke of a stretch of typing came, if that is what the step was.
    """

    document: Document
    label: str = ""
    before: Caret = START
    after: Caret = START
    typed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """`past`: the oldest moment first. `future`: the next one to redo last."""

    present: Moment
    past: tuple[Moment, ...] = ()
    future: tuple[Moment, ...] = ()

    @property
    def document(self) -> Document:
        return self.present.document

    @property
    def undo_label(self) -> str | None:
        """What undo takes back."""
        return self.present.label if self.past else None

    @property
    def redo_label(self) -> str | None:
        return self.future[-1].label if self.future else None


def begun(document: Document) -> History:
    return History(present=Moment(document=document))


def push(history: History, edited: Edited, label: str, before: Caret, typed: float | None = None) -> History:
    """The history with one more step; with none where nothing changed.

    `before`: the caret before the step. `typed`: the time of the keystroke, in seconds of any clock that
    runs evenly. A keystroke that comes soon after the one before, at the caret where that ended and under
    the same label, is one step with it.
    """
    if edited.document is history.document:
        return history
    last = history.present
    step = Moment(document=edited.document, label=label, before=before, after=edited.caret, typed=typed)
    goes_on = (
        typed is not None
        and last.typed is not None
        and 0 <= typed - last.typed <= TYPING_PAUSE
        and (last.label, last.after) == (label, before)
        and not history.future
    )
    if goes_on:
        return replace(history, present=replace(step, before=last.before))
    return History(present=step, past=(*history.past, last))


def undo(history: History) -> tuple[History, Edited]:
    """One step back; the same history where there is none. The caret is where it was before the step."""
    if not history.past:
        return history, Edited(document=history.document, caret=history.present.after)
    back = History(
        present=history.past[-1], past=history.past[:-1], future=(*history.future, history.present)
    )
    return back, _edited(history.document, back.document, history.present.before)


def redo(history: History) -> tuple[History, Edited]:
    """One step forth again."""
    if not history.future:
        return history, Edited(document=history.document, caret=history.present.after)
    forth = History(
        present=history.future[-1], past=(*history.past, history.present), future=history.future[:-1]
    )
    return forth, _edited(history.document, forth.document, forth.present.after)


def _edited(before: Document, after: Document, caret: Caret) -> Edited:
    old, new = changed(before, after)
    return Edited(document=after, caret=caret, paragraphs=new, paragraphs_before=old)
