"""The edits a user asks for, and what they mean for one clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bridge import revision
from bridge.edit_plan import FrameEdit, ShortenPause
from bridge.errors import BridgeError, ImpossibleEdit
from bridge.files import read_bounded
from bridge.ranges import frame_range
from bridge.revision import Change
from bridge.transcript import Window
from engine.protocol import Word

_MAX_TEXT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    phrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    text: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    old: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise:
    """The whole text as it should be: of the clip, or of all its media."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerender:
    """Make the region anew between two frames: `IN:OUT`. `yields`: but not where other edits cut."""

    range: str
    yields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RetimeTo:
    """Play `IN:OUT` over another number of frames."""

    range: str
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reword:
    """Changes as a transcript editor has them: counted in the words that the clip shows."""

    changes: tuple[Change, ...]


WordEdit = Remove | Insert | Replace | Revise | Reword
Edit = WordEdit | ShortenPause | Rerender | RetimeTo


def changes_of(edit: WordEdit, words: Sequence[Word], shown: Window) -> tuple[Change, ...]:
    """The changes, counted in the words that the clip shows (`shown.of(words)`)."""
    said = [word.text for word in shown.of(words)]
    match edit:
        case Remove(phrase=phrase):
            return (revision.remove(said, phrase),)
        case Insert(text=text, after=after):
            return (revision.insert(said, text, after),)
        case Replace(old=old, text=text):
            return (revision.replace(said, old, text),)
        case Revise(path=path):
            return _revised(revision.tokens(read_text(path)), [word.text for word in words], shown)
        case Reword(changes=changes):
            return changes


def frame_edit_of(
    edit: Rerender | RetimeTo, rate: Fraction, frame_at_timecode: Callable[[str], int]
) -> FrameEdit:
    start, end = frame_range(edit.range, rate, frame_at_timecode)
    if isinstance(edit, RetimeTo):
        return FrameEdit(start=start, end=end, frames=edit.frames)
    return FrameEdit(start=start, end=end, yields=edit.yields)


def read_text(path: Path) -> str:
    """A text file's content. Raises BridgeError where it is no text."""
    try:
        return read_bounded(path, _MAX_TEXT).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BridgeError(f"{path}: not a text file in UTF-8") from error


def _revised(text: Sequence[str], said: Sequence[str], shown: Window) -> tuple[Change, ...]:
    """The text may be that of the clip or that of the whole media: the one it is more like."""
    if not text:
        raise ImpossibleEdit("the revised text is empty: an edit cannot take out every word")
    inside = said[shown.start : shown.stop]
    if len(inside) == len(said) or revision.likeness(inside, text) >= revision.likeness(said, text):
        return revision.diff(inside, text)
    changes = revision.diff(said, text)
    for change in changes:
        if change.start < shown.start or change.stop > shown.stop:
            words = " ".join(said[change.start : change.stop]) or change.text
            raise ImpossibleEdit(f'the revised text changes "{words}", which this clip does not show')
    return tuple(
        Change(start=change.start - shown.start, stop=change.stop - shown.start, words=change.words)
        for change in changes
    )
