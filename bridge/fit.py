"""A clip fitted to a line: how long it becomes, where the line begins in it, how it is retimed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

from bridge.clip import OpenClip
from bridge.edit_plan import BREATH_TICKS
from bridge.errors import ImpossibleEdit
from bridge.new_speech import Line
from bridge.report import EditLine
from bridge.retiming import NewSpeech, Segment, cut_words, retime
from bridge.shots import Shift, Shot, bridge_frames, shots_of
from bridge.speech_source import Engine, spoken_ticks
from engine.protocol import TICKS_PER_SECOND, Analyse, Analysis, FindShots, Ratio, Shots

Retiming = Literal["auto", "none"] | Fraction
"""`auto`: as long as the new speech needs; `none`: as long as before; else seconds to add, or to take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDub:
    """A clip's dub to the frame. `change`: frames that it gains; the line begins `begins` ticks into it."""

    clip: OpenClip
    line: Line
    change: int
    begins: int
    shot: Shot
    speakers: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def told(self) -> EditLine:
        seconds = float(self.change / self.clip.window.rate)
        name = Path(self.line.speech.path).name
        return EditLine(kind="dub", text=f"{name} over {self.clip.name}, {seconds:+.2f} s")


def plan_dub(clip: OpenClip, line: Line, retiming: Retiming, engine: Engine) -> PlannedDub:
    """Raises ImpossibleEdit where the line does not fit, or the clip would be stretched too far."""
    window = clip.window
    old = old_speech(clip, engine)
    change = _change(clip, line, retiming, old)
    begins = _begins(clip, line, change, old)
    segment = Segment(
        frames=window.frames, rate=window.rate, shots=_shots(clip, engine), margin=bridge_frames(window.rate)
    )
    words = NewSpeech(words=tuple((start + begins, end + begins) for start, end in line.words))
    spans = retime(segment, change, words)
    (shot,) = shots_of(window, spans, bridge=bridge_frames(window.rate))
    # Other tracks move by the whole of it behind the clip: nothing on them belongs to a piece.
    moves = Shift(at=window.frames + min(change, 0), removed=max(-change, 0), added=max(change, 0))
    shot = replace(shot, shifts=(moves,) if change else (), moments=shot.shifts)
    warnings = _warned(clip, cut_words(segment, spans, words))
    return PlannedDub(clip=clip, line=line, change=change, begins=begins, shot=shot, warnings=warnings)


def _warned(clip: OpenClip, cuts: int) -> tuple[str, ...]:
    if not cuts:
        return ()
    return (
        f"clip {clip.name!r}: {cuts} cuts of the picture lie within words: the line leaves no other place",
    )


def old_speech(clip: OpenClip, engine: Engine) -> range:
    """The ticks of the clip, from its first frame on, within which it speaks now; all where it is silent."""
    window = clip.window
    first = math.floor(window.offset * TICKS_PER_SECOND)
    length = _ticks(clip)
    analysis = engine.run(Analyse(media=clip.media.path, envelope=True))
    assert isinstance(analysis, Analysis)
    start, end = spoken_ticks(analysis.energy[max(0, first) : max(0, first) + length])
    return range(start, end) if end > start else range(length)


def _change(clip: OpenClip, line: Line, retiming: Retiming, old: range) -> int:
    """Frames that the clip gains: what it says begins and ends as far from its ends as before, and at least a
    breath before it ends.
    """
    window = clip.window
    if retiming == "none":
        return 0
    if isinstance(retiming, Fraction):
        return round(retiming * window.rate)
    ticks = max(line.ticks - len(old), line.ticks + BREATH_TICKS - _ticks(clip))
    return math.ceil(Fraction(ticks, TICKS_PER_SECOND) * window.rate)


def _begins(clip: OpenClip, line: Line, change: int, old: range) -> int:
    """Ticks from the clip's first frame to the line: as before, or earlier where it would not end in time."""
    length = _ticks(clip, change)
    latest = length - line.ticks - BREATH_TICKS
    if latest < 0:
        over = (BREATH_TICKS + line.ticks - length) / TICKS_PER_SECOND
        raise ImpossibleEdit(
            f"{Path(line.speech.path).name} is {over:.2f} s too long for clip {clip.name!r}: say it faster,"
            " or let the clip grow with --retime auto"
        )
    return min(old.start, latest)


def _ticks(clip: OpenClip, change: int = 0) -> int:
    """Whole ticks that the clip lasts, so many frames longer."""
    return math.floor(Fraction(clip.window.frames + change) / clip.window.rate * TICKS_PER_SECOND)


def _shots(clip: OpenClip, engine: Engine) -> tuple[int, ...]:
    window = clip.window
    footage = msgspec.structs.replace(clip.footage, timecode=0, drop_frame=False)
    found = engine.run(FindShots(footage=footage, rate=Ratio.of(window.rate), start=0, end=window.frames))
    assert isinstance(found, Shots)
    return found.frames
