"""The sound of a take: the plan walked from span to span, at 48 kHz.

    picture  |   Keep    |    Add     |    Keep   |
    sound    |    own   ><tone + line><    own    |      >< a crossfade of 10 ms
             0         lead                     frames

Inside a `Keep` sound and picture are in step: the sample at output time T is the one that the media has at
the moment which the picture there shows, to the nearest sample. Outside the crossfades it is the decoded
source, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise, zip_longest
from pathlib import Path

import numpy as np

from engine.errors import BadMedia, NoSuchStream
from engine.media.audio_decode import SoundFile, sound_file
from engine.media.crossfade import lay
from engine.media.dialogue import line_beside, soft_ended
from engine.media.loudness import speech_level
from engine.media.room_tone import lay_tone
from engine.media.sound import Samples
from engine.media.stretch import margin, stretched
from engine.protocol import SAMPLE_RATE, Add, Dub, Keep, Render, Retime, Span, Speech, span_frames

_HALF_FADE = SAMPLE_RATE // 200  # of a crossfade, on either side of the cut
_TOLD = 60 * SAMPLE_RATE  # of the clip's sound tell how a dub of it should sound
_AROUND = 10 * SAMPLE_RATE  # how far from an addition the clip tells its room tone and its loudness


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A span as sound: output samples [first, last), its picture beginning at `picture`.

    `source`: the media sample that goes with the picture's beginning; of an Add, the place it is said at.
    `tempo`: how much faster than the media it plays. `fades`: how far its crossfades reach beyond it.
    """

    index: int
    span: Span
    picture: Fraction
    first: int
    last: int
    source: Fraction
    tempo: Fraction
    fades: tuple[int, int] = (0, 0)

    def media_at(self, sample: int) -> int:
        """The media sample that is heard at an output sample."""
        return round(self.source + (sample - self.picture) * self.tempo)

    @property
    def played(self) -> tuple[int, int]:
        """Output samples from the first to the last that it is heard in, crossfades included."""
        return self.first - self.fades[0], self.last + self.fades[1]

    @property
    def needed(self) -> tuple[int, int]:
        """Media samples that it is made of."""
        if isinstance(self.span, Add):
            return round(self.source) - _AROUND, round(self.source) + _AROUND
        first, last = (self.media_at(sample) for sample in self.played)
        context = 0 if self.tempo == 1 else margin(self.tempo)
        return first - context, last + 2 * context


def take_audio(job: Render) -> Samples:
    """The take's sound, float32 [samples, channels]: round(plan.frames * 48000 / rate) samples.

    As many channels as the media has; speech over silent media is stereo; no channels where there is
    neither. The same job gives the same samples.

    Raises MissingMedia, BadMedia, TruncatedMedia.
    """
    if job.dub is not None:
        return _dubbed(job, job.dub)
    parts = tuple(_faded(_parts(job)))
    clip = _clip_sound(job)
    says = any(isinstance(part.span, Add) for part in parts)
    channels = clip.channels if clip else 2 if says else 0
    sound = np.zeros((_samples(job, job.plan.frames), channels), np.float32)
    if channels:
        reel = _Reel(clip, parts, channels)
        lay(((part.played[0], _heard(job, reel, part)) for part in parts), sound)
    return sound


def _dubbed(job: Render, dub: Dub) -> Samples:
    """The line over the room tone of the clip's beginning, as loud as speech is there."""
    clip = _clip_sound(job)
    channels = clip.channels if clip else 2
    begins = job.footage.offset.exact + _source_frame(job.plan.spans, 0) / job.plan.rate.exact
    first = round(begins * SAMPLE_RATE)
    window = clip.read(first, first + _TOLD) if clip else np.zeros((_TOLD, channels), np.float32)
    sound = lay_tone(window, _samples(job, job.plan.frames), job.seed)
    begin = _samples(job, job.plan.handles[0]) + max(0, dub.delay)
    line = line_beside(_line(job, dub.speech), speech_level(window), channels)
    if (late := begin + len(line) - len(sound)) > 0:
        raise BadMedia(f"the dub ends {late / SAMPLE_RATE:.2f} s after the take: it would be cut off")
    sound[begin : begin + len(line)] += soft_ended(line)
    return sound


def _samples(job: Render, frames: int) -> int:
    return round(frames * SAMPLE_RATE / job.plan.rate.exact)


def _line(job: Render, number: int | None) -> Speech:
    if number is None or not 0 <= number < len(job.speech):
        raise BadMedia(f"the plan says line {number}, and the job has {len(job.speech)}")
    return job.speech[number]


class _Reel:
    """The stretches of the clip's sound that the parts need, each decoded once and in one go."""

    def __init__(self, clip: SoundFile | None, parts: tuple[_Part, ...], channels: int) -> None:
        self.channels = channels
        self._windows: list[tuple[int, Samples]] = []
        if clip is None:
            return
        for first, last in _merged(sorted(part.needed for part in parts)):
            self._windows.append((first, clip.read(first, last)))

    def read(self, first: int, last: int) -> Samples:
        """Media samples [first, last), of a range that some part has named; silence where there is none."""
        for begin, samples in self._windows:
            if begin <= first and last <= begin + len(samples):
                return samples[first - begin : last - begin]
        return np.zeros((last - first, self.channels), np.float32)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges; such as overlap, or lie so near that a seek is no gain, are made one."""
    merged: list[tuple[int, int]] = []
    for first, last in ranges:
        if merged and first <= merged[-1][1] + _AROUND:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return merged


def _clip_sound(job: Render) -> SoundFile | None:
    try:
        return sound_file(Path(job.footage.media))
    except NoSuchStream:
        return None


def _parts(job: Render) -> Iterator[_Part]:
    """The plan in samples; a span too short to be heard is left out."""
    per_frame = SAMPLE_RATE / job.plan.rate.exact
    offset = job.footage.offset.exact * SAMPLE_RATE
    spans = job.plan.spans
    starts = list(accumulate((span_frames(span) for span in spans), initial=0))
    end = round(starts[-1] * per_frame)
    cuts = [round(at * per_frame) + span.lead for at, span in zip(starts[1:-1], spans[1:], strict=True)]
    edges = list(accumulate([0, *(min(cut, end) for cut in cuts), end], max))
    for index, (span, (first, last)) in enumerate(zip(spans, pairwise(edges), strict=True)):
        if first < last:
            yield _Part(
                index=index,
                span=span,
                picture=starts[index] * per_frame,
                first=first,
                last=last,
                source=offset + _source_frame(spans, index) * per_frame,
                tempo=_tempo(span),
            )


def _tempo(span: Span) -> Fraction:
    if not isinstance(span, Retime):
        return Fraction(1)
    if span.end <= span.start or span.frames <= 0:
        raise BadMedia(f"frames {span.start} to {span.end} cannot be played over {span.frames} frames")
    return Fraction(span.end - span.start, span.frames)


def _source_frame(spans: tuple[Span, ...], index: int) -> int:
    """The clip frame that the span begins with; an Add is said where the footage before it ends."""
    here = spans[index]
    if isinstance(here, Keep | Retime):
        return here.start
    for span in reversed(spans[:index]):
        if isinstance(span, Keep | Retime):
            return span.end
    return next((span.start for span in spans[index:] if isinstance(span, Keep | Retime)), 0)


def _faded(parts: Iterable[_Part]) -> Iterator[_Part]:
    """The parts with their crossfades: none where the source simply plays on."""
    before = 0
    for part, after in zip_longest(parts := tuple(parts), parts[1:]):
        half = 0 if after is None or _plays_on(part, after) else _half_fade(part, after)
        yield replace(part, fades=(before, half))
        before = half


def _half_fade(one: _Part, other: _Part) -> int:
    return min(_HALF_FADE, (one.last - one.first) // 2, (other.last - other.first) // 2)


def _plays_on(one: _Part, other: _Part) -> bool:
    both_kept = not isinstance(one.span, Add) and not isinstance(other.span, Add)
    return both_kept and one.tempo == other.tempo == 1 and one.media_at(0) == other.media_at(0)


def _heard(job: Render, reel: _Reel, part: _Part) -> Samples:
    """All of the part's sound, crossfades included."""
    if isinstance(part.span, Add):
        return _added(job, reel, part, part.span)
    sound = reel.read(*part.needed)
    first, last = part.played
    return sound if part.tempo == 1 else stretched(sound, part.tempo, last - first)


def _added(job: Render, reel: _Reel, part: _Part, span: Add) -> Samples:
    """Room tone, and the line in it."""
    said = _line(job, span.speech)
    window = reel.read(*part.needed)
    first, last = part.played
    sound = lay_tone(window, last - first, job.seed + part.index)
    begin = part.first + max(0, span.delay) - first
    room = max(0, part.last - first - begin)
    line = line_beside(said, speech_level(window), reel.channels)[:room]
    sound[begin : begin + len(line)] += soft_ended(line)
    return sound
