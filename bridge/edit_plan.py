"""From changed words to exact frames: pure.

A cut in the sound falls in the quietest 10 ms near a word's edge, never in a word's middle. The cut in the
picture is the frame boundary nearest to it; where nothing is added at a cut, what is taken out is a whole
number of frames, so that sound and picture stay in step to the sample on both sides of it (the sound merely
changes over up to half a frame before or after the picture: `lead`).

Ticks are 10 ms of media time; frames are clip frames (see `engine.protocol`).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter

import msgspec

from bridge.errors import ImpossibleEdit
from bridge.quiet import ClipWindow, Cut, Quiet, Spoken
from bridge.revision import Change
from engine.protocol import SAMPLE_RATE, TICKS_PER_SECOND, Add, Keep, Retime, Span, Speech, span_frames

# ours: breath before and after an inserted line, each.
BREATH_TICKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameEdit:
    """An edit of the picture by frames: render [start, end) anew, or play it over `frames` frames.

    `yields`: what other edits cut of it is theirs.
    """

    start: int
    end: int
    frames: int | None = None
    yields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortenPause:
    """Leave `kept` ticks of the pause after word `after` of the clip's words; -1: before the first."""

    after: int
    kept: int


def plan_clip(
    window: ClipWindow,
    spoken: Spoken,
    changes: Sequence[Change],
    speeches: Sequence[Speech],
    edits: Sequence[FrameEdit | ShortenPause] = (),
) -> tuple[Span, ...]:
    """The whole clip as spans in the order they are played.

    `changes` are settled and count the words of `spoken`; `speeches` belong, in order, to those that say
    something. Of a pause beside changed words only what they leave of it is shortened. Raises ImpossibleEdit
    where edits overlap, leave nothing or reach outside the clip.
    """
    lines = iter(enumerate(speeches))
    cuts = [
        _cut_of(window, spoken, group, [next(lines) for change in group if change.words])
        for group in _touching(changes)
    ]
    by_frame = [edit for edit in edits if isinstance(edit, FrameEdit)]
    cuts += [_frame_cut(window, edit) for edit in by_frame if not edit.yields]
    cuts = _in_order(cuts)
    pauses = [edit for edit in edits if isinstance(edit, ShortenPause)]
    cuts = _in_order([*cuts, *(cut for one in pauses if (cut := _pause_cut(window, spoken, one, cuts)))])
    yielding = [part for edit in by_frame if edit.yields for part in _left_of(edit, cuts)]
    cuts = _in_order([*cuts, *(_frame_cut(window, part) for part in yielding)])
    spans = tuple(_spans(window, cuts))
    if not spans or not any(isinstance(span, Keep | Retime) for span in spans):
        raise ImpossibleEdit(
            "the edit takes out everything the clip shows; remove the clip in the NLE instead"
        )
    return spans


def _spans(window: ClipWindow, cuts: Sequence[Cut]) -> Iterator[Span]:
    at, lead = 0, 0
    for cut in cuts:
        if cut.left < at:
            raise ImpossibleEdit(f"two edits overlap at frame {cut.left} of the clip: make one edit of them")
        if cut.left > at:
            yield Keep(start=at, end=cut.left, lead=lead)
        lead = _lead(window, cut.left, cut.sound_left)
        if cut.said:
            yield from _adds(window, cut)
            lead = _lead(window, cut.right, cut.sound_right)
        else:
            yield from cut.spans
        at = cut.right
    if at < window.frames:
        yield Keep(start=at, end=window.frames, lead=lead)


def _adds(window: ClipWindow, cut: Cut) -> Iterator[Span]:
    """New lines one after another, each in the middle of its room: only the outer edges have a lead."""
    leads = [_lead(window, cut.left, cut.sound_left), *(0 for _ in cut.said[1:])]
    leads.append(_lead(window, cut.right, cut.sound_right))
    for span, ticks, (lead, lead_after) in zip(cut.spans, cut.said, pairwise(leads), strict=True):
        room = round(span_frames(span) * SAMPLE_RATE / window.rate) + lead_after - lead
        said = ticks * SAMPLE_RATE // TICKS_PER_SECOND
        yield msgspec.structs.replace(span, lead=lead, delay=max(0, (room - said) // 2))


def _touching(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes, first to last, in groups between which a word of the source stays."""
    groups: list[list[Change]] = []
    for change in changes:
        if groups and groups[-1][-1].stop == change.start:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def _cut_of(
    window: ClipWindow, spoken: Spoken, group: Sequence[Change], lines: Sequence[tuple[int, Speech]]
) -> Cut:
    """One cut for changes that touch: all their words go together, and their lines follow one another."""
    quiet = Quiet(window, spoken, group[0].start, group[-1].stop)
    if not lines:
        return quiet.removal()
    left, right = quiet.room_for_words()
    said = tuple(speech.end - speech.start for _, speech in lines)
    seconds = [Fraction(ticks + 2 * BREATH_TICKS, TICKS_PER_SECOND) for ticks in said]
    return Cut(
        left=window.frame_at(left),
        right=window.frame_at(right),
        sound_left=left,
        sound_right=right,
        spans=tuple(
            Add(frames=math.ceil(length * window.rate), speech=index)
            for length, (index, _) in zip(seconds, lines, strict=True)
        ),
        said=said,
    )


def _frame_cut(window: ClipWindow, edit: FrameEdit) -> Cut:
    if not 0 <= edit.start < edit.end <= window.frames:
        raise ImpossibleEdit(
            f"frames {edit.start} to {edit.end} are not all in the clip, which has frames 0 to"
            f" {window.frames}"
        )
    if edit.frames is None:
        span: Span = Keep(start=edit.start, end=edit.end, resync=True)
    else:
        if edit.frames < 1:
            raise ImpossibleEdit(
                "a retime needs at least 1 frame to play; to take frames out, remove the words"
            )
        span = Retime(start=edit.start, end=edit.end, frames=edit.frames)
    left, right = window.seconds_at(edit.start), window.seconds_at(edit.end)
    return Cut(left=edit.start, right=edit.end, sound_left=left, sound_right=right, spans=(span,))


def _in_order(cuts: Sequence[Cut]) -> list[Cut]:
    return sorted(cuts, key=attrgetter("left", "right"))


def _inside(cuts: Sequence[Cut], left: int, right: int) -> Sequence[Cut]:
    """Those of cuts in order that take some of the frames [left, right), or put something in between them."""
    last = bisect_left(cuts, right, key=attrgetter("left"))
    return cuts[bisect_right(cuts, left, hi=last, key=attrgetter("right")) : last]


def _left_of(edit: FrameEdit, cuts: Sequence[Cut]) -> list[FrameEdit]:
    """The parts of an edit that no cut takes; where one puts something in, what is before and after it."""
    parts, at = [], edit.start
    for cut in _inside(cuts, edit.start, edit.end):
        if cut.left > at:
            parts.append(FrameEdit(start=at, end=cut.left))
        at = max(at, cut.right)
    if at < edit.end:
        parts.append(FrameEdit(start=at, end=edit.end))
    return parts


def _pause_cut(window: ClipWindow, spoken: Spoken, pause: ShortenPause, others: Sequence[Cut]) -> Cut | None:
    """None where nothing is to go, or others take it out already."""
    if not -1 <= pause.after < len(spoken.words) or pause.kept < 0:
        raise ImpossibleEdit(f"there is no pause after word {pause.after} of the clip's {len(spoken.words)}")
    cut = Quiet(window, spoken, pause.after + 1, pause.after + 1).shortened(pause.kept)
    for other in _inside(others, cut.left, cut.right) if cut else ():
        if cut and other.left < cut.right and cut.left < other.right:
            cut = _outside(window, cut, other)
    return cut


def _outside(window: ClipWindow, cut: Cut, other: Cut) -> Cut | None:
    """The part of a cut before or after another one that overlaps it."""
    left, right = (other.right, cut.right) if other.left <= cut.left else (cut.left, other.left)
    if left >= right:
        return None
    return Cut(
        left=left, right=right, sound_left=window.seconds_at(left), sound_right=window.seconds_at(right)
    )


def _lead(window: ClipWindow, frame: int, sound: Fraction) -> int:
    return round((sound - window.seconds_at(frame)) * SAMPLE_RATE)
