"""Captions beside a timeline: SRT and WebVTT read, moved with a retimed clip, and written again.

All but the times comes through as it was: text, styles, notes, settings, line ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bridge.errors import BadCaptions, UnwritableOutput
from bridge.files import read_bounded, write_whole
from bridge.shots import Shot
from engine.protocol import Add, span_frames

MAX_BYTES = 32 * 1024 * 1024
_TIME = rb"(?:(\d{1,4}):)?(\d{2}):(\d{2})([.,])(\d{3})"
_CUE = re.compile(rb"^[ \t]*" + _TIME + rb"[ \t]*-->[ \t]*" + _TIME, re.MULTILINE)
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """A file's bytes; times in it count from the timeline's first frame."""

    content: bytes
    suffix: str


def load(path: Path) -> Captions:
    """Raises BadCaptions: not .srt or .vtt, no cue in it, or one that ends before it begins."""
    if path.suffix.lower() not in (".srt", ".vtt"):
        raise BadCaptions(f"{path}: captions are .srt or .vtt")
    content = read_bounded(path, MAX_BYTES)
    cues = list(_CUE.finditer(content))
    if not cues:
        raise BadCaptions(f"{path}: there is no caption in it, such as 00:00:01,000 --> 00:00:02,500")
    for number, cue in enumerate(cues, start=1):
        if _milliseconds(cue, 6) < _milliseconds(cue, 1):
            raise BadCaptions(f"{path}: caption {number} ends before it begins")
    return Captions(content=content, suffix=path.suffix)


def shifted(captions: Captions, start: int, shot: Shot, rate: Fraction) -> Captions:
    """The captions after the clip's `shot` was placed. `start`: timeline frame where the clip begins."""
    moved = _mover(start, shot, rate)

    def rewritten(cue: re.Match[bytes]) -> bytes:
        begin, end = (moved(_milliseconds(cue, first)) for first in (1, 6))
        text = cue[0]
        for first, time in ((6, end), (1, begin)):  # the later one first: places before it stay
            low, high = cue.start(first if cue[first] is not None else first + 1), cue.end(first + 4)
            text = text[: low - cue.start()] + _text(cue, first, time) + text[high - cue.start() :]
        return text

    return Captions(content=_CUE.sub(rewritten, captions.content), suffix=captions.suffix)


def beside(out: Path, given: Path) -> Path:
    """Where the captions of a written timeline go: `cut.otio` gets `cut.srt`."""
    place = out.with_suffix(given.suffix)
    if place.exists() and place.samefile(given):
        raise UnwritableOutput(
            f"{given} would be overwritten by its own new version: write to another folder"
        )
    return place


def save(captions: Captions, path: Path) -> None:
    write_whole(path, captions.content)


def _mover(start: int, shot: Shot, rate: Fraction) -> Callable[[int], int]:
    """From milliseconds before to milliseconds after. What lay in a removed stretch lies where it was."""
    edges = _edges(start, shot)

    def moved(time: int) -> int:
        frame = Fraction(time, _MILLISECONDS) * rate
        for old, new, length in edges:
            if frame < old + length:
                return round((new + max(frame - old, Fraction(0))) / rate * _MILLISECONDS)
        change = shot.shown - (shot.end - shot.start)
        return round((frame + change) / rate * _MILLISECONDS)

    return moved


def _edges(start: int, shot: Shot) -> list[tuple[int, int, int]]:
    """Stretches that stay, as (old frame, new frame, length), the one before the clip included."""
    assert shot.plan is not None
    found = [(0, 0, start + shot.start)]
    at = start + shot.start - shot.plan.handles[0]
    for span in shot.plan.spans:
        if not isinstance(span, Add):
            found.append((start + span.start, at, span.end - span.start))
        at += span_frames(span)
    head, tail = shot.plan.handles
    return [found[0], *found[1 + bool(head) : len(found) - bool(tail)]]


def _milliseconds(cue: re.Match[bytes], first: int) -> int:
    hours, minutes, seconds, _, rest = (cue[first + index] for index in range(5))
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * _MILLISECONDS + int(rest)


def _text(cue: re.Match[bytes], first: int, time: int) -> bytes:
    """As the file writes times; hours where it has them, or needs them now."""
    seconds, rest = divmod(max(time, 0), _MILLISECONDS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    written = b"%02d:%02d" % (minutes, seconds) + cue[first + 3] + b"%03d" % rest
    return b"%02d:" % hours + written if cue[first] is not None or hours else written
