"""A clip before and after its edit, as what is played. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bridge.quiet import ClipWindow
from bridge.shots import Shot
from engine.protocol import Add, Keep, Span, Take, span_frames
from nle_panels.player.playlist import CLIP, Playlist, Segment


def before(window: ClipWindow) -> Playlist:
    """The clip as it is on the timeline."""
    return Playlist(window.rate, tuple(_kept(0, window.frames)))


def after(window: ClipWindow, shots: Sequence[Shot], takes: Mapping[int, Take]) -> Playlist:
    """The clip as edited. `takes`: the chosen take of a shot, by the shot's number; others play rough."""
    return Playlist(window.rate, _edited(window, shots, takes))


def after_in_steps(
    window: ClipWindow, shots: Sequence[Shot], takes: Mapping[int, Take]
) -> Iterator[Playlist | None]:
    """As `after`; the playlist comes last."""
    return Playlist.in_steps(window.rate, _edited(window, shots, takes))


def _edited(window: ClipWindow, shots: Sequence[Shot], takes: Mapping[int, Take]) -> Iterator[Segment]:
    at = 0
    for number, shot in enumerate(shots):
        yield from _kept(at, shot.start)
        yield from _shown(shot, takes.get(number))
        at = shot.end
    yield from _kept(at, window.frames)


def _kept(start: int, end: int) -> Iterator[Segment]:
    if start < end:
        yield Segment(source=CLIP, first=start, frames=end - start, clip=(start, end))


def _shown(shot: Shot, take: Take | None) -> Iterator[Segment]:
    """The shot's plan without its handles, from its take or rough."""
    if shot.plan is None:
        return
    head, tail = shot.plan.handles
    spans = shot.plan.spans[bool(head) : len(shot.plan.spans) - bool(tail)]
    at, held = head, max(0, shot.start - 1)
    for span in spans:
        rough = _rough(shot, span, held)
        yield replace(rough, source=take.sha256, first=at) if take else rough
        at += rough.frames
        held = rough.clip[1] - 1 if rough.clip else held


def _rough(shot: Shot, span: Span, held: int) -> Segment:
    if isinstance(span, Add):
        speech = None if span.speech is None else shot.speeches[span.speech]
        return Segment(source=CLIP, first=held, frames=span.frames, clip=None, speech=speech, lead=span.lead)
    anew = isinstance(span, Keep) and span.resync
    clip = span.start, span.end
    frames = span_frames(span)
    return Segment(source=CLIP, first=span.start, frames=frames, clip=clip, anew=anew, lead=span.lead)
