"""`pickup dub`: a clip's speech given way to another, whole; the picture is retimed to it (section 3.3).

open the clip -> hear the old speech and the new -> as long as the new one needs -> retime -> render -> place
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec
from opentimelineio.schema import Timeline

from bridge import captions, conform, transcript, versions
from bridge.clip import OpenClip, clip_of
from bridge.conform import Paths
from bridge.edit_plan import BREATH_TICKS
from bridge.errors import ImpossibleEdit, UsageError
from bridge.new_speech import Line, line_of, scene_lines
from bridge.project import OnProgress, Rendering, record_of
from bridge.report import EditLine, EditReport
from bridge.retiming import NewSpeech, Segment, cut_words, retime
from bridge.shots import Shift, Shot, bridge_frames, shots_of
from bridge.speakers import named, shared_out
from bridge.speech_source import Engine, spoken_ticks
from bridge.versions import TakeRecord, Version
from bridge.voices.booth import Booth
from bridge.voices.voice import VoiceLine
from engine.client import EngineClient
from engine.protocol import (
    SAMPLE_RATE,
    TICKS_PER_SECOND,
    Analyse,
    Analysis,
    Dub,
    FindShots,
    Progress,
    Ratio,
    Render,
    Shots,
)
from otio_adapters.read import read
from otio_adapters.takes import Lay, PlaceReport, RippleMode

_TICK = SAMPLE_RATE // TICKS_PER_SECOND  # samples

Retiming = Literal["auto", "none"] | Fraction
"""`auto`: as long as the new speech needs; `none`: as long as before; else seconds to add, or to take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DubRequest:
    """A dub as `pickup dub` takes it. `speech`: a file for each clip, or one for the scene that they are;
    without one the `script`, of all clips, is said in the `booth`, or by the scratch voice. `speakers`: who
    says it, one for each clip, or one for all; else those whom a transcript names. `project`: as records of
    consent name it.
    """

    timeline: Path
    clips: tuple[str, ...]
    out: Path
    speech: tuple[Path, ...] = ()
    booth: Booth | None = None
    script: str = ""
    language: str = "en"
    speakers: tuple[str, ...] = ()
    project: str = ""
    retiming: Retiming = "auto"
    captions: Path | None = None
    rendering: Rendering = field(default_factory=Rendering)
    ripple: RippleMode = "all"
    place: Lay = "replace"
    media_root: Path | None = None
    sequence: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DubPlan:
    """The dubs of all clips, and the timeline that they are of."""

    timeline: Timeline
    dubs: tuple[PlannedDub, ...]


def dub(
    request: DubRequest, engine: EngineClient, on_progress: OnProgress, *, known: Engine | None = None
) -> EditReport:
    """Read, plan, render, place, write, read back. Leaves every file as it was where anything fails.

    `known`: an engine that remembers what it was asked of files, where there is one.
    """
    check(request)
    on_progress("reading the timeline", None)
    timeline = read(request.timeline, request.sequence)
    on_progress("hearing the new speech", None)
    planned = plan(request, timeline, known or engine)
    conform.check_place(planned.dubs[0].clip, _paths(request), request.place)
    records = render(request, planned, engine, on_progress)
    return place(request, planned, records, known or engine, on_progress)


def render(
    request: DubRequest, planned: DubPlan, engine: EngineClient, on_progress: OnProgress
) -> tuple[TakeRecord, ...]:
    """A take for each clip."""

    def take_of(one: PlannedDub) -> TakeRecord:
        def told(progress: Progress) -> None:
            on_progress(f"rendering {one.clip.name}", progress)

        job = job_of(request, one)
        return record_of(one.clip, job, engine.complete(job, fresh=request.rendering.fresh, on_progress=told))

    return tuple(map(take_of, planned.dubs))


def place(
    request: DubRequest,
    planned: DubPlan,
    records: Sequence[TakeRecord],
    engine: Engine,
    on_progress: OnProgress,
) -> EditReport:
    """Lay the takes beside the timeline and on it, one clip after the other, and write it."""
    paths, timeline, dubs = _paths(request), planned.timeline, planned.dubs
    cues = captions.load(request.captions) if request.captions else None
    kept: list[Version] = []
    placed: list[PlaceReport] = []
    try:
        for one, record in zip(dubs, records, strict=True):
            # The clip lies elsewhere where one before it has changed in length.
            clip = clip_of(timeline, request.timeline, one.clip.name, engine, media_root=request.media_root)
            kept.append(versions.keep(record, paths.takes, clip.name, reuse=not request.rendering.fresh))
            placed.append(conform.place(clip, [one.shot], kept[-1:], request.ripple, request.place))
            timeline = placed[-1].timeline
            if cues is not None:
                cues = captions.shifted(cues, clip.start, one.shot, clip.window.rate)
        on_progress("writing the timeline", None)
        whole = replace(placed[-1], duration_before=placed[0].duration_before)
        report = conform.report(dubs[-1].clip, whole, kept, [one.told for one in dubs], paths)
        told = (warning for one in dubs for warning in one.warnings)
        report = msgspec.structs.replace(report, warnings=(*report.warnings, *told))
        if len(dubs) > 1:  # which tells of one clip's places alone
            report = msgspec.structs.replace(report, splice=None)
        conform.write(whole, paths, report)
        if cues is not None and request.captions is not None:
            captions.save(cues, captions.beside(request.out, request.captions))
    except BaseException:
        for version in kept:
            versions.discard(version)
        raise
    return report


def _paths(request: DubRequest) -> Paths:
    return Paths(timeline=request.timeline, out=request.out)


def check(request: DubRequest) -> None:
    """Refuse before any work what cannot come to anything.

    Raises UsageError, BadCaptions, UnwritableOutput.
    """
    conform.check_output(_paths(request))
    if not request.clips:
        raise UsageError("no clip to dub: give --clip")
    if not request.speech and not request.script.strip():
        raise UsageError("nothing to say: give --speech, or --script for the scratch voice to say")
    if len(request.speech) not in (0, 1, len(request.clips)):
        raise UsageError(
            f"{len(request.speech)} --speech files for {len(request.clips)} clips: give one for each, or one"
            " for all of the scene"
        )
    if request.captions is not None:
        captions.load(request.captions)
        captions.beside(request.out, request.captions)


def lines_of(request: DubRequest, timeline: Timeline, engine: Engine) -> tuple[Line, ...]:
    """What each clip is to say."""
    if len(request.speech) == len(request.clips):
        scripts = [request.script] if len(request.clips) == 1 else [""] * len(request.clips)
        return tuple(
            line_of(file, script, request.language, engine)
            for file, script in zip(request.speech, scripts, strict=True)
        )
    file = request.speech[0] if request.speech else None
    if request.booth is not None and (said := said_line(request)) is not None:
        (file,) = request.booth.say([said])
    scene = line_of(file, request.script, request.language, engine)
    if len(request.clips) == 1:
        return (scene,)
    clips = [
        clip_of(timeline, request.timeline, name, engine, media_root=request.media_root)
        for name in request.clips
    ]
    shares = [spoken.stop - spoken.start for clip in clips for spoken in [_old_speech(clip, engine)]]
    return scene_lines(scene, shares)


def said_line(request: DubRequest) -> VoiceLine | None:
    """What the booth is to say; None where there is a recording."""
    if request.speech:
        return None
    return VoiceLine(text=request.script.strip(), language=request.language)


def plan_dub(clip: OpenClip, line: Line, retiming: Retiming, engine: Engine) -> PlannedDub:
    """Raises ImpossibleEdit where the line does not fit, or the clip would be stretched too far."""
    window = clip.window
    old = _old_speech(clip, engine)
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


def plan(request: DubRequest, timeline: Timeline, engine: Engine) -> DubPlan:
    """On the timeline as it is; nothing is rendered or written."""
    speakers = shared_out(request.speakers, len(request.clips))
    lines = lines_of(request, timeline, engine)
    dubs = []
    for name, line, who in zip(request.clips, lines, speakers, strict=True):
        clip = clip_of(timeline, request.timeline, name, engine, media_root=request.media_root)
        one = plan_dub(clip, line, request.retiming, engine)
        dubs.append(replace(one, speakers=who or _known_speakers(clip)))
    return DubPlan(timeline=timeline, dubs=tuple(dubs))


def job_of(request: DubRequest, planned: PlannedDub) -> Render:
    assert planned.shot.plan is not None
    rendering, window = request.rendering, planned.clip.window
    return Render(
        footage=planned.clip.footage,
        plan=planned.shot.plan,
        bridge=bridge_frames(window.rate),
        speech=(planned.line.speech,),
        dub=Dub(speech=0, delay=planned.begins * _TICK),
        region=rendering.region,
        renderer=rendering.renderer,
        seed=rendering.seed,
        diffusion=rendering.diffusion,
        speakers=planned.speakers,
        language=request.language,
        project=request.project,
    )


def _known_speakers(clip: OpenClip) -> tuple[str, ...]:
    """Whom the transcript that was last made of the clip's media names in the clip."""
    known = transcript.recall(clip.media)
    if known is None:
        return ()
    shown = transcript.window(
        known.words, clip.window.seconds_at(0), clip.window.seconds_at(clip.window.frames)
    )
    return named(shown.of(known.words))


def _old_speech(clip: OpenClip, engine: Engine) -> range:
    """The ticks of the clip, from its first frame on, within which it speaks now; all where it is silent."""
    window = clip.window
    first = math.floor(window.offset * TICKS_PER_SECOND)
    length = math.floor(Fraction(window.frames) / window.rate * TICKS_PER_SECOND)
    analysis = engine.run(Analyse(media=clip.media.path, envelope=True))
    assert isinstance(analysis, Analysis)
    start, end = spoken_ticks(analysis.energy[max(0, first) : max(0, first) + length])
    return range(start, end) if end > start else range(length)


def _change(clip: OpenClip, line: Line, retiming: Retiming, old: range) -> int:
    """Frames that the clip gains: what it says begins and ends as far from its ends as before."""
    window = clip.window
    if retiming == "none":
        return 0
    if isinstance(retiming, Fraction):
        return round(retiming * window.rate)
    wanted = Fraction(line.ticks - len(old), TICKS_PER_SECOND) * window.rate
    return math.ceil(wanted)


def _begins(clip: OpenClip, line: Line, change: int, old: range) -> int:
    """Ticks from the clip's first frame to the line: as before, or earlier where it would not end in time."""
    window = clip.window
    length = math.floor(Fraction(window.frames + change) / window.rate * TICKS_PER_SECOND)
    latest = length - line.ticks - BREATH_TICKS
    if latest < 0:
        over = (BREATH_TICKS + line.ticks - length) / TICKS_PER_SECOND
        raise ImpossibleEdit(
            f"{Path(line.speech.path).name} is {over:.2f} s too long for clip {clip.name!r}: say it faster,"
            " or let the clip grow with --retime auto"
        )
    return min(old.start, latest)


def _shots(clip: OpenClip, engine: Engine) -> tuple[int, ...]:
    window = clip.window
    footage = msgspec.structs.replace(clip.footage, timecode=0, drop_frame=False)
    found = engine.run(FindShots(footage=footage, rate=Ratio.of(window.rate), start=0, end=window.frames))
    assert isinstance(found, Shots)
    return found.frames
