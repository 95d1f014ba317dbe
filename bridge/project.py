"""The main job on one page: a timeline and changed words in, a timeline with rendered takes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec

from bridge import conform, consent, grid, premiere_transcript, revision, speech_source, transcript, versions
from bridge.clip import OpenClip, open_clip
from bridge.conform import Paths
from bridge.edit_plan import ShortenPause, plan_clip
from bridge.edits import Edit, Rerender, RetimeTo, changes_of, frame_edit_of
from bridge.errors import UsageError
from bridge.quiet import Spoken
from bridge.rendering import AS_USUAL, OnProgress, Rendering, rendered
from bridge.report import EditLine, EditReport, describe, describe_pause
from bridge.revision import Change
from bridge.shots import Shot, bridge_frames, shots_of
from bridge.speakers import speakers_of
from bridge.versions import TakeRecord, Version
from bridge.voices.booth import Booth
from engine.client import EngineClient
from engine.protocol import (
    AlignedWords,
    Analyse,
    Analysis,
    Render,
    Speech,
    Transcribe,
    Transcript,
    span_frames,
)
from otio_adapters.placement import Lay, RippleMode


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRequest:
    """An edit of one clip of a timeline, as `pickup edit` takes it.

    `speech`: recordings of the new lines in the order they are asked for; None, and what comes after the
    last, is said in the `booth`, or by the scratch voice without one. `speakers`: who says them, else those
    whom the transcript names there; consent is needed of each. `project`: as records of consent name it.
    """

    timeline: Path
    clip: str
    edits: tuple[Edit, ...]
    out: Path
    transcript: Path | Transcript | None = None
    speech: tuple[Path | None, ...] = ()
    booth: Booth | None = None
    speakers: tuple[str, ...] = ()
    project: str = ""
    rendering: Rendering = AS_USUAL
    ripple: RippleMode = "all"
    place: Lay = "replace"
    media_root: Path | None = None
    sequence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What an edit comes to: the shots to render, and the new lines they say.

    `speakers`: of each line those whom the transcript names, in whose `language` it is said. `snapped`:
    frames that the clip gains by its cuts' being moved onto the grid of latents.
    """

    shots: tuple[Shot, ...]
    lines: tuple[Speech, ...]
    speakers: tuple[tuple[str, ...], ...]
    language: str
    edits: tuple[EditLine, ...]
    snapped: int

    @property
    def change(self) -> int:
        """Frames that the clip gains, or loses where it is below 0."""
        return sum(shift.added - shift.removed for shot in self.shots for shift in shot.shifts)


def edit(request: EditRequest, engine: EngineClient, on_progress: OnProgress) -> EditReport:
    """Read, plan, render, place, write, read back. Leaves every file as it was where anything fails."""
    if not request.edits:
        raise UsageError(
            "nothing to do: give --revised, --remove, --insert, --replace, --retime or --rerender"
        )
    conform.check_output(_paths(request))
    on_progress("reading the timeline", None)
    clip = open_clip(
        request.timeline,
        request.clip,
        engine,
        media_root=request.media_root,
        sequence=request.sequence,
    )
    conform.check_place(clip, _paths(request), request.place)
    plan = plan_edits(request, clip, engine, on_progress)
    return place(request, clip, plan, render(request, clip, plan, engine, on_progress), on_progress)


def check(request: EditRequest, clip: OpenClip) -> None:
    """Refuse what could not be written. Raises UsageError, UnwritableOutput, UnsupportedEdit."""
    conform.check_output(_paths(request))
    conform.check_place(clip, _paths(request), request.place)


def place(
    request: EditRequest,
    clip: OpenClip,
    plan: Planned,
    taken: Sequence[TakeRecord],
    on_progress: OnProgress,
) -> EditReport:
    """Lay the takes of `jobs_of`, in their order, beside the timeline and on it, and write it."""
    paths = _paths(request)
    kept: list[Version] = []
    try:
        for record in taken:
            kept.append(versions.keep(record, paths.takes, clip.name, reuse=not request.rendering.fresh))
        on_progress("writing the timeline", None)
        placed = conform.place(clip, plan.shots, kept, request.ripple, request.place)
        report = msgspec.structs.replace(
            conform.report(clip, placed, kept, plan.edits, paths), snapped=plan.snapped
        )
        conform.write(placed, paths, report)
    except BaseException:
        for version in kept:
            versions.discard(version)
        raise
    return report


def _paths(request: EditRequest) -> Paths:
    return Paths(timeline=request.timeline, out=request.out)


def words_of(
    clip: OpenClip, given: Path | Transcript | None, engine: EngineClient, on_progress: OnProgress
) -> Transcript:
    """The transcript given, else the one that `pickup transcribe` left for this media, else a new one."""
    if given is not None:
        given = transcript.load(given) if isinstance(given, Path) else given
        if not given.fingerprint:
            analysis = engine.run(Analyse(media=clip.media.path, envelope=True))
            assert isinstance(analysis, Analysis)
            given = premiere_transcript.measured(given, analysis)
        transcript.check_belongs(given, clip.media)
        return given
    if known := transcript.recall(clip.media):
        return known
    on_progress("transcribing the media", None)
    answer = engine.run(
        Transcribe(media=clip.media.path), on_progress=lambda p: on_progress("transcribing", p)
    )
    assert isinstance(answer, AlignedWords)
    transcript.remember(answer.transcript)
    return answer.transcript


def plan_edits(
    request: EditRequest, clip: OpenClip, engine: EngineClient, on_progress: OnProgress
) -> Planned:
    """From the edits to exact frames, the new lines spoken; nothing is rendered or written.

    Raises ImpossibleEdit, PhraseError, UsageError; ConsentMissing before a voice says what may not be.
    """
    frame_edits = [
        frame_edit_of(edit, clip.window.rate, clip.frame_at_timecode)
        for edit in request.edits
        if isinstance(edit, Rerender | RetimeTo)
    ]
    pauses = [edit for edit in request.edits if isinstance(edit, ShortenPause)]
    asked, spoken = _changes(request, clip, engine, on_progress)
    if any(change.words for change in asked):
        on_progress("preparing the new words", None)
    if request.booth is not None:
        consent.ask(engine, tuple(_unsaid(request, clip, asked, spoken)), note=True)
    lines = speech_source.lines_for(
        asked, request.speech, engine, Fraction(clip.window.frames) / clip.window.rate, request.booth
    )
    voice = dict(zip((change for change in asked if change.words), lines, strict=True))
    changes = revision.settle(asked)
    ordered = tuple(voice[change] for change in changes if change.words)
    spans = plan_clip(clip.window, spoken, changes, ordered, [*frame_edits, *pauses])
    asked_for = spans
    if request.rendering.diffusion.grid == "latent":
        spans = grid.snapped(clip.window, spans)
    told = [describe(change, spoken.words) for change in changes]
    told += [describe_pause(pause, spoken.words) for pause in pauses]
    told += [
        EditLine(kind="rerender" if e.frames is None else "retime", frames=(e.start, e.end))
        for e in frame_edits
    ]
    return Planned(
        shots=shots_of(clip.window, spans, bridge=bridge_frames(clip.window.rate)),
        lines=ordered,
        speakers=tuple(speakers_of(change, spoken.words) for change in changes if change.words),
        language=spoken.language,
        edits=tuple(told),
        snapped=sum(map(span_frames, spans)) - sum(map(span_frames, asked_for)),
    )


def _changes(
    request: EditRequest, clip: OpenClip, engine: EngineClient, on_progress: OnProgress
) -> tuple[tuple[Change, ...], Spoken]:
    """The changes of words, in the order they were asked for, and the words they count."""
    edits = [edit for edit in request.edits if not isinstance(edit, Rerender | RetimeTo)]
    if not edits:
        return (), Spoken(words=(), energy=b"")
    words = words_of(clip, request.transcript, engine, on_progress)
    shown = transcript.window(
        words.words, clip.window.seconds_at(0), clip.window.seconds_at(clip.window.frames)
    )
    asked = tuple(
        change
        for edit in edits
        if not isinstance(edit, ShortenPause)
        for change in changes_of(edit, words.words, shown)
    )
    return asked, Spoken(words=shown.of(words.words), energy=words.energy, language=words.language)


def jobs_of(request: EditRequest, clip: OpenClip, plan: Planned) -> tuple[Render, ...]:
    """What is to be rendered, first to last."""
    return tuple(_job(request, clip, shot, plan) for shot in plan.shots if shot.plan)


def render(
    request: EditRequest, clip: OpenClip, plan: Planned, engine: EngineClient, on_progress: OnProgress
) -> Sequence[TakeRecord]:
    """A take for each of `jobs_of`, in their order. Raises ConsentMissing before the first is begun."""
    names = [f"frames {shot.start} to {shot.end}" for shot in plan.shots if shot.plan]
    named = tuple(zip(names, jobs_of(request, clip, plan), strict=True))
    return rendered(clip, named, engine, on_progress, fresh=request.rendering.fresh)


def _job(request: EditRequest, clip: OpenClip, shot: Shot, plan: Planned) -> Render:
    assert shot.plan is not None
    rendering = request.rendering
    job = Render(
        footage=clip.footage,
        plan=shot.plan,
        bridge=bridge_frames(clip.window.rate),
        speech=tuple(plan.lines[i] for i in shot.speeches),
        region=rendering.region,
        renderer=rendering.renderer,
        seed=rendering.seed,
        diffusion=rendering.diffusion,
    )
    if not shot.speeches:
        return job
    named = dict.fromkeys(name for i in shot.speeches for name in plan.speakers[i])
    return msgspec.structs.replace(
        job, speakers=request.speakers or tuple(named), language=plan.language, project=request.project
    )


def _unsaid(
    request: EditRequest, clip: OpenClip, asked: Sequence[Change], spoken: Spoken
) -> Iterator[tuple[str, Render]]:
    """The new lines, as far as their consent goes."""
    for change in asked:
        if change.words:
            line = consent.unsaid(
                clip.footage,
                renderer=request.rendering.renderer,
                speakers=request.speakers or speakers_of(change, spoken.words),
                language=spoken.language,
                project=request.project,
            )
            yield f'"{change.text}"', line
