"""`pickup dub`: a clip's speech given way to another, whole; the picture is retimed to it (section 3.3).

open the clip -> hear the old speech and the new -> as long as the new one needs -> retime -> render -> place
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
from opentimelineio.schema import Timeline

from bridge import captions, conform, consent, transcript, versions
from bridge.clip import OpenClip, clip_of
from bridge.conform import Paths
from bridge.errors import UsageError
from bridge.fit import PlannedDub, Retiming, old_speech, plan_dub
from bridge.new_speech import Line, line_of, scene_lines
from bridge.rendering import OnProgress, Rendering, record_of
from bridge.report import EditReport
from bridge.shots import bridge_frames
from bridge.speakers import named, shared_out
from bridge.speech_source import Engine
from bridge.versions import TakeRecord, Version
from bridge.voices.booth import Booth
from bridge.voices.voice import VoiceLine
from engine.client import EngineClient
from engine.messages import Leave
from engine.protocol import (
    SAMPLE_RATE,
    TICKS_PER_SECOND,
    Dub,
    Progress,
    Render,
)
from otio_adapters.read import read
from otio_adapters.takes import Lay, PlaceReport, RippleMode

_TICK = SAMPLE_RATE // TICKS_PER_SECOND  # samples


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
class Part:
    """A clip of those that are dubbed, and who is to speak in it, as far as anybody is named."""

    clip: OpenClip
    speakers: tuple[str, ...]


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
    """A take for each clip. Raises ConsentMissing before the first is begun."""
    leaves = ask(request, planned.dubs, engine, note=True)

    def take_of(one: PlannedDub, leave: Leave) -> TakeRecord:
        def told(progress: Progress) -> None:
            on_progress(f"rendering {one.clip.name}", progress)

        job = job_of(request, one)
        outcome = engine.complete(job, fresh=request.rendering.fresh, on_progress=told)
        return consent.noted(record_of(one.clip, job, outcome), leave)

    return tuple(map(take_of, planned.dubs, leaves))


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


def parts_of(request: DubRequest, timeline: Timeline, engine: Engine) -> tuple[Part, ...]:
    """Raises UsageError, TimelineError, BadMedia."""
    clips = [
        clip_of(timeline, request.timeline, name, engine, media_root=request.media_root)
        for name in request.clips
    ]
    speakers = shared_out(request.speakers, len(clips))
    return tuple(
        Part(clip=clip, speakers=who or _known_speakers(clip))
        for clip, who in zip(clips, speakers, strict=True)
    )


def ask_before_it_is_said(
    request: DubRequest, parts: Sequence[Part], engine: Engine, *, note: bool
) -> tuple[Leave, ...]:
    """By whose leave each clip's line would go, before it is known how long it is. Raises ConsentMissing."""
    asked = []
    for part in parts:
        line = consent.unsaid(
            part.clip.footage,
            renderer=request.rendering.renderer,
            speakers=part.speakers,
            language=request.language,
            project=request.project,
        )
        asked.append((_named(part.clip), msgspec.structs.replace(line, dub=Dub())))
    return consent.ask(engine, asked, note=note)


def ask(request: DubRequest, dubs: Sequence[PlannedDub], engine: Engine, *, note: bool) -> tuple[Leave, ...]:
    """By whose leave each clip's take would go. Raises ConsentMissing, which names all that are refused.

    With `note` the ledger does too.
    """
    return consent.ask(engine, [(_named(one.clip), job_of(request, one)) for one in dubs], note=note)


def _named(clip: OpenClip) -> str:
    return f"clip {clip.name!r}"


def lines_of(request: DubRequest, parts: Sequence[Part], engine: Engine) -> tuple[Line, ...]:
    """What each clip is to say. Raises ConsentMissing before a voice says what may not be."""
    if len(request.speech) == len(request.clips):
        scripts = [request.script] if len(request.clips) == 1 else [""] * len(request.clips)
        return tuple(
            line_of(file, script, request.language, engine)
            for file, script in zip(request.speech, scripts, strict=True)
        )
    file = request.speech[0] if request.speech else None
    if request.booth is not None and (said := said_line(request)) is not None:
        if not request.booth.has_said([said]):
            ask_before_it_is_said(request, parts, engine, note=True)
        (file,) = request.booth.say([said])
    scene = line_of(file, request.script, request.language, engine)
    if len(request.clips) == 1:
        return (scene,)
    shares = [spoken.stop - spoken.start for part in parts for spoken in [old_speech(part.clip, engine)]]
    return scene_lines(scene, shares)


def said_line(request: DubRequest) -> VoiceLine | None:
    """What the booth is to say; None where there is a recording."""
    if request.speech:
        return None
    return VoiceLine(text=request.script.strip(), language=request.language)


def plan(request: DubRequest, timeline: Timeline, engine: Engine) -> DubPlan:
    """On the timeline as it is; nothing is rendered or written."""
    parts = parts_of(request, timeline, engine)
    dubs = [
        replace(plan_dub(part.clip, line, request.retiming, engine), speakers=part.speakers)
        for part, line in zip(parts, lines_of(request, parts, engine), strict=True)
    ]
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
