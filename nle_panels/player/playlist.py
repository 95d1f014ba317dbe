"""The edited clip as what is played: consecutive stretches of the clip's frames and of takes'. Pure.

    clip    0        40  52          100
            |---------|xx|------------|        xx taken out, ++ new words
    edited  |--------[##|##]---[#++#]-|        [ ] shown from a take, the rest from the clip
            0        40       70     102

Where a shot has no take yet the edit is played rough: a straight cut, retimed picture without its sound, a
held frame and silence where new words will be. Frames and samples are those of the plan (`engine.protocol`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, islice, pairwise
from operator import itemgetter

from engine.protocol import SAMPLE_RATE
from nle_panels.steps import filled

CLIP = ""  # the source that is the clip's own media; takes go by their `sha256`


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A frame of a source: a clip frame, or a frame of a take's file, handles counted."""

    source: str
    frame: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`frames` frames of the edited clip.

    `clip`: the clip frames [start, end) that it stands for; None for new words. From a take, `first` is the
    take's frame that is shown first; in the clip it is `clip`'s start, or the frame that is held under
    new words. `anew`: the mouth is rendered anew. `speech`: which of the edit's new lines is said. `lead`: as
    in a plan's spans.
    """

    source: str
    first: int
    frames: int
    clip: tuple[int, int] | None
    anew: bool = False
    speech: int | None = None
    lead: int = 0

    @property
    def retimed(self) -> bool:
        return self.clip is not None and self.clip[1] - self.clip[0] != self.frames

    @property
    def silent(self) -> bool:
        """Rough: nobody has said the new words yet, nor stretched the sound."""
        return self.source == CLIP and (self.clip is None or self.retimed)

    def goes_on_from(self, last: Segment) -> bool:
        """Whether it shows the source's next frames after `last`."""
        same = self.source == last.source and not self.silent and not last.silent
        return same and last.first + last.frames == self.first

    def frame_at(self, number: int) -> int:
        """The source's frame that is shown `number` frames into the segment."""
        if self.source != CLIP:
            return self.first + number
        return self.first if self.clip is None else self.clip_frame_at(number)

    def clip_frame_at(self, number: int) -> int:
        """The clip frame that frame `number` stands for: a retimed one's midpoint decides."""
        assert self.clip is not None
        start, end = self.clip
        return start + (2 * number + 1) * (end - start) // (2 * self.frames)

    def number_of(self, clip_frame: int) -> int:
        """How far into the segment a clip frame is played."""
        assert self.clip is not None
        start, end = self.clip
        return (2 * (clip_frame - start) + 1) * self.frames // (2 * (end - start))


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundPiece:
    """Edited samples [start, stop) are the source's from `first` on; silence where there is no source.

    `clip`: the clip's sample that they begin with; None in new words and where the clip is retimed.
    """

    start: int
    stop: int
    source: str | None
    first: int
    clip: int | None

    def cut(self, start: int, stop: int) -> SoundPiece:
        """The part [start, stop) of it."""
        moved = start - self.start
        return SoundPiece(
            start=start,
            stop=stop,
            source=self.source,
            first=self.first + moved,
            clip=None if self.clip is None else self.clip + moved,
        )


class Playlist:
    """What is played, by frames and by samples at 48 kHz. A value: made once, never changed."""

    def __init__(self, rate: Fraction, segments: Iterable[Segment]) -> None:
        for _ in self._assemble(rate, segments):
            pass

    @classmethod
    def in_steps(cls, rate: Fraction, segments: Iterable[Segment]) -> Iterator[Playlist | None]:
        """Some segments at a time, for an edit of hundreds of places; the playlist comes last."""
        made = cls.__new__(cls)
        yield from made._assemble(rate, segments)
        yield made

    def _assemble(self, rate: Fraction, segments: Iterable[Segment]) -> Iterator[None]:
        self.rate = rate
        joined: list[Segment] = []
        yield from filled(joined, _joined(segments))
        self.segments = tuple(joined)
        self.starts = (0, *accumulate(segment.frames for segment in self.segments))
        yield
        sound: list[SoundPiece] = []
        yield from filled(sound, self._sound())
        self.sound = tuple(sound)
        self._sound_starts = [piece.start for piece in self.sound]
        yield
        self._of_clip: list[tuple[tuple[int, int], int, Segment]] = []
        placed = zip(self.segments, self.starts, strict=False)
        yield from filled(self._of_clip, ((seg.clip, at, seg) for seg, at in placed if seg.clip))
        self._of_clip.sort(key=itemgetter(0, 1))
        self._clip_starts = [clip[0] for clip, _, _ in self._of_clip]

    @property
    def frames(self) -> int:
        return self.starts[-1]

    @property
    def samples(self) -> int:
        return self.sample_of(self.frames)

    def frame_at(self, edited: int) -> Place:
        """What is shown at a frame of the edited clip, 0 <= `edited` < `frames`."""
        segment, number = self.segment_at(edited)
        return Place(source=segment.source, frame=segment.frame_at(number))

    def segment_at(self, edited: int) -> tuple[Segment, int]:
        """The segment that plays at a frame, and how many frames into it."""
        if not 0 <= edited < self.frames:
            raise IndexError(f"frame {edited} of an edited clip of {self.frames} frames")
        at = bisect_right(self.starts, edited) - 1
        return self.segments[at], edited - self.starts[at]

    def clip_frame_at(self, edited: int) -> int | None:
        """The clip frame that is seen or stood for at a frame of the edited clip; None in new words."""
        segment, number = self.segment_at(edited)
        return segment.clip_frame_at(number) if segment.clip else None

    def clip_frame_near(self, edited: int) -> int:
        """As `clip_frame_at`; in new words the last clip frame before them, or the first after."""
        at = bisect_right(self.starts, edited) - 1
        if self.segments[at].clip:
            return self.segments[at].clip_frame_at(edited - self.starts[at])
        before = (segment.clip[1] - 1 for segment in reversed(self.segments[:at]) if segment.clip)
        after = (segment.clip[0] for segment in self.segments[at:] if segment.clip)
        return next(before, next(after, 0))

    def edited_of(self, clip_frame: int) -> int | None:
        """The first frame of the edited clip that stands for a clip frame; None where it is cut out."""
        at = bisect_right(self._clip_starts, clip_frame) - 1
        if at < 0 or clip_frame >= self._of_clip[at][0][1]:
            return None
        _, start, segment = self._of_clip[at]
        return start + segment.number_of(clip_frame)

    def edited_near(self, clip_frame: int) -> int:
        """As `edited_of`; for a frame that is cut out, the first that is played after it, or the last."""
        found = self.edited_of(clip_frame)
        if found is not None:
            return found
        at = bisect_right(self._clip_starts, clip_frame)
        return self._of_clip[at][1] if at < len(self._of_clip) else max(0, self.frames - 1)

    def sample_of(self, frame: int) -> int:
        """The sample with which a frame begins, in the edited clip and in every source alike.

        It is round(frame * 48000 / rate), worked out in whole numbers: ten times as fast.
        """
        sample, rest = divmod(frame * SAMPLE_RATE * self.rate.denominator, self.rate.numerator)
        twice = 2 * rest - self.rate.numerator
        return sample + (twice > 0 or (twice == 0 and sample % 2 == 1))

    def frame_of(self, sample: int) -> int:
        """The frame of the edited clip during which a sample is heard."""
        frame = sample * self.rate.numerator // (SAMPLE_RATE * self.rate.denominator)
        return frame + 1 if self.sample_of(frame + 1) <= sample else frame - (self.sample_of(frame) > sample)

    def sound_between(self, start: int, stop: int) -> Iterator[SoundPiece]:
        """The pieces of the edited clip's sound within samples [start, stop), cut to them."""
        start, stop = max(0, start), min(stop, self.samples)
        at = max(0, bisect_right(self._sound_starts, start) - 1)
        for piece in self.sound[at:]:
            first, last = max(start, piece.start), min(stop, piece.stop)
            if piece.start >= stop:
                return
            if first < last:
                yield piece.cut(first, last)

    def source_sample_at(self, sample: int) -> tuple[str, int] | None:
        """Which sample of which source is heard; None in silence and outside the clip."""
        piece = next(self.sound_between(sample, sample + 1), None)
        return None if piece is None or piece.source is None else (piece.source, piece.first)

    def edited_sample_of(self, clip_sample: int) -> int | None:
        """Where the edited clip plays a sample of the clip; None where it is cut out or retimed."""
        for piece in self.sound:
            if piece.clip is not None and 0 <= clip_sample - piece.clip < piece.stop - piece.start:
                return piece.start + clip_sample - piece.clip
        return None

    def _sound(self) -> Iterator[SoundPiece]:
        """A piece a segment: the sound changes over `lead` samples after the picture does."""
        last: tuple[Segment, SoundPiece] | None = None
        placed = zip(self.segments, self.starts, strict=False)
        for (segment, at), (start, stop) in zip(placed, pairwise(self._edges()), strict=True):
            moved = start - self.sample_of(at)
            first = self.sample_of(segment.first) + moved
            if last is not None and segment.goes_on_from(last[0]):
                # Frames that follow one another are one stretch of sound: rounding must not skip a sample.
                first = last[1].first + start - last[1].start
            piece = SoundPiece(
                start=start,
                stop=stop,
                source=None if segment.silent else segment.source,
                first=first,
                clip=self.sample_of(segment.clip[0]) + moved
                if segment.clip and not segment.retimed
                else None,
            )
            last = segment, piece
            yield piece

    def _edges(self) -> Iterator[int]:
        """The samples between which the segments are heard."""
        yield 0
        for segment, at in islice(zip(self.segments, self.starts, strict=False), 1, None):
            yield self.sample_of(at) + segment.lead
        yield self.samples


def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Footage of the clip that simply goes on is one segment, whatever shots it belongs to."""
    last: Segment | None = None
    for segment in segments:
        if last is not None and _goes_on(last, segment):
            assert last.clip is not None
            assert segment.clip is not None
            clip = last.clip[0], segment.clip[1]
            last = replace(last, frames=last.frames + segment.frames, clip=clip)
        else:
            if last is not None:
                yield last
            last = segment
    if last is not None:
        yield last


def _goes_on(last: Segment, segment: Segment) -> bool:
    plain = last.source == segment.source == CLIP and last.anew == segment.anew and not segment.lead
    return plain and segment.goes_on_from(last)
