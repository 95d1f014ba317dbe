"""Whom new words are put onto, as far as the transcript has names and not a recogniser's labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bridge.errors import UsageError
from bridge.revision import Change
from engine.protocol import Word

# ours: "Speaker 1", "SPEAKER_00" and "Sprecher 2" tell voices apart, and name nobody.
_LABEL = re.compile(r".*\d|unknown|unbekannt|inconnu|desconocido", re.IGNORECASE | re.DOTALL)


def speakers_of(change: Change, words: Sequence[Word]) -> tuple[str, ...]:
    """Whose words give way to the change's; where none do, who speaks before it and who after it."""
    start, stop = change.start, change.stop
    return named(words[start:stop] if start < stop else words[max(0, start - 1) : start + 1])


def named(words: Iterable[Word]) -> tuple[str, ...]:
    """All who are named, in the order in which they first speak; who is not named among them is "".

    Nobody where nobody is.
    """
    found = tuple(dict.fromkeys(_name(word) for word in words))
    return found if any(found) else ()


def _name(word: Word) -> str:
    name = (word.speaker or "").strip()
    return "" if _LABEL.fullmatch(name) else name


def shared_out(speakers: Sequence[str], clips: int) -> tuple[tuple[str, ...], ...]:
    """Who speaks in each of a scene's clips: all who are named in one alone, one in each, or one in all.

    Raises UsageError.
    """
    if clips == 1 or len(speakers) <= 1:
        return (tuple(speakers),) * clips
    if len(speakers) != clips:
        raise UsageError(f"{len(speakers)} speakers for {clips} clips: name one for each, or one for all")
    return tuple((speaker,) for speaker in speakers)
