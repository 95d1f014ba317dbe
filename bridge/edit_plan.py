"""From changed words to exact frames: pure.

A cut in the sound falls in the quietest 10 ms near a word's edge, never in a word's middle. The cut in the
picture is the frame boundary nearest to it; where nothing is added at a cut, what is taken out is a whole
number of frames, so that sound and picture stay in step to the sample on both sides of it (the sound merely
changes over up to half a frame before or after the picture: `lead`).

Ticks are 10 ms of media time; frames are clip frames (see `engine.protocol`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import msgspec

from bridge.errors import ImpossibleEdit
from bridge.revision import Change
from engine.protocol import (
    SAMPLE_RATE,
    TICKS_PER_SECOND,
    Add,
    Keep,
    Retime,
    Span,
    Speech,
    Word,
    span_frames,
)

# ours: how far from a word's edge a cut may fall. A recogniser's edges are late by up to a syllable, an
# aligner's right to 10 or 20 ms; 80 ms reaches the quiet between two words without reaching the next vowel.
REACH_TICKS = 8
# ours: a cut may shave at most this part of a word that stays.
SHAVE = Fraction(1, 4)
# ours: breath before and after an inserted line, each.
BREATH_TICKS = 4
_SILENT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipWindow:
    """The clip on its media. `offset`: media seconds of clip frame 0; [first, last): frames with picture."""

    rate: Fraction
    offset: Fraction
    frames: int
    first: int
    last: int

    def frame_at(self, seconds: Fraction) -> int:
        """The frame boundary nearest to a media time."""
        return round((seconds - self.offset) * self.rate)

    def seconds_at(self, frame: int) -> Fraction:
        return self.offset + Fraction(frame) / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What is said in the clip's window, with the media's loudness over time (as in `Transcript`)."""

    words: tuple[Word, ...]
    energy: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameEdit:
    """An edit of the picture by frames: render [start, end) anew, or play it over `frames` frames."""

    start: int
    end: int
    frames: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """Source frames [left, right) give way to `spans`; the sound cuts at these media seconds.

    `spans`: several `Add`s, one other span, or nothing. `said`: the ticks that each `Add`'s line takes.
    """

    left: int
    right: int
    sound_left: Fraction
    sound_right: Fraction
    spans: tuple[Span, ...] = ()
    said: tuple[int, ...] = ()


def plan_clip(
    window: ClipWindow,
    spoken: Spoken,
    changes: Sequence[Change],
    speeches: Sequence[Speech],
    frame_edits: Sequence[FrameEdit] = (),
) -> tuple[Span, ...]:
    """The whole clip as spans in the order they are played.

    `changes` are settled and count the words of `spoken`; `speeches` belong, in order, to those that say
    something. Raises ImpossibleEdit where edits overlap, leave nothing or reach outside the clip.
    """
    lines = iter(enumerate(speeches))
    cuts = [
        _cut_of(window, spoken, group, [next(lines) for change in group if change.words])
        for group in _touching(changes)
    ]
    cuts += [_frame_cut(window, edit) for edit in frame_edits]
    cuts.sort(key=lambda cut: (cut.left, cut.right))
    spans = tuple(_spans(window, cuts))
    if not spans or not any(isinstance(span, Keep | Retime) for span in spans):
        raise ImpossibleEdit(
            "the edit takes out everything the clip shows; remove the clip in the NLE instead"
        )
    return spans


def _spans(window: ClipWindow, cuts: Sequence[_Cut]) -> Iterator[Span]:
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


def _adds(window: ClipWindow, cut: _Cut) -> Iterator[Span]:
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
) -> _Cut:
    """One cut for changes that touch: all their words go together, and their lines follow one another."""
    quiet = _Quiet(window, spoken, group[0].start, group[-1].stop)
    if not lines:
        return quiet.removal()
    left, right = quiet.room_for_words()
    said = tuple(speech.end - speech.start for _, speech in lines)
    seconds = [Fraction(ticks + 2 * BREATH_TICKS, TICKS_PER_SECOND) for ticks in said]
    return _Cut(
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


def _frame_cut(window: ClipWindow, edit: FrameEdit) -> _Cut:
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
    return _Cut(left=edit.start, right=edit.end, sound_left=left, sound_right=right, spans=(span,))


def _lead(window: ClipWindow, frame: int, sound: Fraction) -> int:
    return round((sound - window.seconds_at(frame)) * SAMPLE_RATE)


class _Quiet:
    """The quiet places around the words [i, j) that are taken out, or between which new ones are put."""

    def __init__(self, window: ClipWindow, spoken: Spoken, i: int, j: int) -> None:
        self.window, self.energy, words = window, spoken.energy, spoken.words
        self.opening, self.close = window.seconds_at(0), window.seconds_at(window.frames)
        self.before = words[i - 1] if i else _edge_of_clip(self.opening)
        self.after = words[j] if j < len(words) else _edge_of_clip(self.close)
        self.out = (words[i], words[j - 1]) if i < j else (self.after, self.before)
        self.at_head, self.at_tail = i == 0, j == len(words)

    def removal(self) -> _Cut:
        """A whole number of frames goes, between the two places that are quietest taken together.

        Of the pauses before and after the words the longer one stays, the other goes with them: the end
        of a sentence keeps its rest, the middle of one gets no hole.
        """
        pause_before = self.out[0].start - self.before.end
        pause_after = self.after.start - self.out[1].end
        keeps_before = pause_before >= pause_after
        lefts = self._near(self.out[0].start if keeps_before else self.before.end, self._left_bounds())
        rights = self._near(self.after.start if keeps_before else self.out[1].end, self._right_bounds())
        if self.at_head:
            lefts = [self.opening]
        if self.at_tail:
            return self._tail_removal(lefts)
        left, count = min(
            ((left, self._frames_between(left, right)) for left in lefts for right in rights),
            key=lambda cut: (self._loudness(cut[0]) + self._loudness(self._after(*cut)), cut),
        )
        frame = self.window.frame_at(left)
        if count < 1:
            raise ImpossibleEdit(
                f'"{self.out[0].text}" is shorter than half a frame: there is nothing to take out'
            )
        return _Cut(left=frame, right=frame + count, sound_left=left, sound_right=self._after(left, count))

    def room_for_words(self) -> tuple[Fraction, Fraction]:
        """Where the sound leaves the source for new words, and where it comes back."""
        if self.out[0] is self.after:  # an insertion: one place, in the middle of the pause if there is one
            if self.at_head or self.at_tail:
                edge = self.opening if self.at_head else self.close
                return edge, edge
            middle = (self.before.end + self.after.start) / 2
            place = min(
                self._near(middle, (self._left_bounds()[0], self._right_bounds()[1])), key=self._loudness
            )
            return place, place
        left = min(self._near(self.out[0].start, self._left_bounds()), key=self._loudness)
        right = min(self._near(self.out[1].end, self._right_bounds()), key=self._loudness)
        if self.at_head:
            left = max(left, self.opening)
        if self.at_tail:
            right = min(right, self.close)
        return left, max(left, right)

    def _tail_removal(self, lefts: Sequence[Fraction]) -> _Cut:
        left = min(lefts, key=self._loudness)
        frame, end = self.window.frame_at(left), self.window.frames
        return _Cut(left=frame, right=end, sound_left=self.window.seconds_at(frame), sound_right=left)

    def _left_bounds(self) -> tuple[float, float]:
        """A cut at the left may shave the end of the word that stays, and reach into the one that goes."""
        return self.before.end - _shave(self.before), max(
            self.out[0].start + _shave(self.out[0]), self.before.end
        )

    def _right_bounds(self) -> tuple[float, float]:
        out = self.out[1]
        return min(out.end - _shave(out), self.after.start), self.after.start + _shave(self.after)

    def _near(self, edge: float, bounds: tuple[float, float]) -> list[Fraction]:
        """Middles of the ticks within reach of a word's edge, inside the clip."""
        low = max(edge - REACH_TICKS / TICKS_PER_SECOND, bounds[0], float(self.opening))
        high = min(edge + REACH_TICKS / TICKS_PER_SECOND, bounds[1], float(self.close))
        first, last = math.floor(low * TICKS_PER_SECOND), math.ceil(high * TICKS_PER_SECOND)
        return [Fraction(2 * tick + 1, 2 * TICKS_PER_SECOND) for tick in range(first, max(last, first + 1))]

    def _frames_between(self, left: Fraction, right: Fraction) -> int:
        return round((right - left) * self.window.rate)

    def _after(self, left: Fraction, count: int) -> Fraction:
        return left + Fraction(count) / self.window.rate

    def _loudness(self, seconds: Fraction) -> int:
        tick = math.floor(seconds * TICKS_PER_SECOND)
        return _SILENT - self.energy[tick] if 0 <= tick < len(self.energy) else 0


def _edge_of_clip(seconds: Fraction) -> Word:
    return Word(text="", start=float(seconds), end=float(seconds))


def _shave(word: Word) -> float:
    return (word.end - word.start) * float(SHAVE)
