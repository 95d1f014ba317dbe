"""Errors and other lines of Pickup as the editor reads them: in the language that the panel speaks.

A line is found again among the templates of `sentences` by its shape, so that nobody below the panel needs to
know of languages, and what another process said is told as well as what this one did.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from nle_panels.desk import Trouble
from nle_panels.look.sentences import SENTENCES

# What kind of trouble it is, by the error's class or the nearest one above it.
KINDS: dict[str, object] = {
    "AmbiguousClip": QT_TRANSLATE_NOOP("kinds", "several clips have this name"),
    "BadCheckpoint": QT_TRANSLATE_NOOP("kinds", "the model's weights cannot be used"),
    "BadMedia": QT_TRANSLATE_NOOP("kinds", "the media cannot be used"),
    "BridgeError": QT_TRANSLATE_NOOP("kinds", "this cannot be done"),
    "ConsentMissing": QT_TRANSLATE_NOOP("kinds", "no consent is on record"),
    "DiskFull": QT_TRANSLATE_NOOP("kinds", "the disk is full"),
    "EngineError": QT_TRANSLATE_NOOP("kinds", "the engine reports a fault"),
    "EngineUnavailable": QT_TRANSLATE_NOOP("kinds", "the engine cannot be reached"),
    "HostBroken": QT_TRANSLATE_NOOP("kinds", "the editing program did something else"),
    "HostError": QT_TRANSLATE_NOOP("kinds", "the editing program cannot do this"),
    "HostGone": QT_TRANSLATE_NOOP("kinds", "the editing program does not answer"),
    "ImpossibleEdit": QT_TRANSLATE_NOOP("kinds", "this edit is not possible"),
    "JobCancelled": QT_TRANSLATE_NOOP("kinds", "cancelled"),
    "MissingMedia": QT_TRANSLATE_NOOP("kinds", "media are missing"),
    "MissingModel": QT_TRANSLATE_NOOP("kinds", "a model is missing"),
    "NoSuchStream": QT_TRANSLATE_NOOP("kinds", "picture or sound is missing"),
    "NotOnThisMachine": QT_TRANSLATE_NOOP("kinds", "this machine cannot do it"),
    "OffTheGrid": QT_TRANSLATE_NOOP("kinds", "the cuts are not where the model needs them"),
    "OutOfMemory": QT_TRANSLATE_NOOP("kinds", "there is not enough memory"),
    "PhraseError": QT_TRANSLATE_NOOP("kinds", "these words are not found"),
    "ReadBackMismatch": QT_TRANSLATE_NOOP("kinds", "what was written reads back otherwise"),
    "RenderFailed": QT_TRANSLATE_NOOP("kinds", "rendering failed"),
    "RenderLied": QT_TRANSLATE_NOOP("kinds", "the renderer delivered something else"),
    "TimelineChanged": QT_TRANSLATE_NOOP("kinds", "the timeline was changed by another program"),
    "TimelineError": QT_TRANSLATE_NOOP("kinds", "the timeline cannot be used"),
    "TranscriptMismatch": QT_TRANSLATE_NOOP("kinds", "the transcript does not fit"),
    "TruncatedMedia": QT_TRANSLATE_NOOP("kinds", "the media end too early"),
    "UnknownClip": QT_TRANSLATE_NOOP("kinds", "there is no such clip"),
    "UnknownJob": QT_TRANSLATE_NOOP("kinds", "the engine does not know this job"),
    "UnreadableTimeline": QT_TRANSLATE_NOOP("kinds", "the timeline cannot be read"),
    "UnsupportedEdit": QT_TRANSLATE_NOOP("kinds", "this cannot be cut"),
    "UnsupportedFormat": QT_TRANSLATE_NOOP("kinds", "this format is not supported"),
    "UnwritableOutput": QT_TRANSLATE_NOOP("kinds", "it cannot be written"),
    "UsageError": QT_TRANSLATE_NOOP("kinds", "this cannot be asked for so"),
    "WireError": QT_TRANSLATE_NOOP("kinds", "panel and engine do not understand each other"),
    "WordsDoNotFit": QT_TRANSLATE_NOOP("kinds", "the script is not what is said"),
    "WorkerLost": QT_TRANSLATE_NOOP("kinds", "the render process died"),
}

# Holes that hold lines of Pickup's themselves. What stands in others is the editor's: names, words, numbers.
_LINES_INSIDE = {
    *("why", "what", "problem", "hint", "instead", "way", "length", "before", "after"),
    *("files", "amount", "made", "passes", "small"),
}
# What may stand in a hole, where that is not anything.
_SHAPES = {"way": "later|earlier", "length": r"[\d.]+ frames?", "count": r"[\d.]+"}
_HOLE = re.compile(r"\{(\w+)\}")


def told(error: Exception) -> str:
    """The error's line. What is no trouble that anybody foresaw is told as a fault of Pickup's own."""
    line = str(error)
    if not isinstance(error, Trouble):
        inside = QCoreApplication.translate(
            "told", "Something went wrong inside Pickup ({what}). Your work is kept; please report it."
        )
        return inside.format(what=f"{type(error).__name__}: {line}")
    if (known := _known(line)) is not None:
        return told_line(line) if _HOLE.match(known[0]) else _as_sentence(told_line(line))
    kind = kind_of(type(error))
    shown = QCoreApplication.translate("kinds", kind)
    return line if shown == kind else f"{_as_sentence(shown)}: {line}"


def told_line(line: str) -> str:
    """Any line that Pickup says; the same one where it is none that is known."""
    if (known := _known(line)) is None:
        return line
    at_the_panel, values = known
    shown = QCoreApplication.translate("sentences", at_the_panel)
    inside = {name: told_line(text) if name in _LINES_INSIDE else text for name, text in values.items()}
    return _HOLE.sub(lambda hole: inside[hole[1]], shown)


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def kind_of(error: type[BaseException]) -> str:
    """What kind of trouble errors of a class are, untranslated."""
    return next(str(KINDS[one.__name__]) for one in error.__mro__ if one.__name__ in KINDS)


def _known(line: str) -> tuple[str, dict[str, str]] | None:
    """How a line is put at the panel, as a template, and what stands in its holes."""
    for shape, at_the_panel in _shapes():
        if found := shape.fullmatch(line):
            return at_the_panel, found.groupdict()
    return None


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with the most of their own words first: of two that fit a line the one that says more of it."""
    pairs = [one if isinstance(one, tuple) else (str(one), str(one)) for one in SENTENCES]
    pairs.sort(key=lambda pair: -len(_HOLE.sub("", pair[0])))
    return tuple((re.compile(_shape(said), re.DOTALL), str(put)) for said, put in pairs)


def _shape(template: str) -> str:
    parts = _HOLE.split(template)
    holes = (f"(?P<{part}>{_SHAPES.get(part, '.+?')})" for part in parts[1::2])
    return "".join(next(holes) if n % 2 else re.escape(part) for n, part in enumerate(parts))
