"""`pickup animate`: a still picture that says a line (the paper's I2V)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bridge.clip import look_at
from bridge.edit_plan import BREATH_TICKS
from bridge.errors import RenderLied, UnwritableOutput
from bridge.files import copy_whole
from bridge.rendering import OnProgress, Rendering
from bridge.report import TakeReport, take_report
from bridge.speech_source import recorded_line
from engine.client import EngineClient
from engine.errors import NoSuchStream
from engine.protocol import (
    SAMPLE_RATE,
    TICKS_PER_SECOND,
    Add,
    EditPlan,
    Footage,
    Keep,
    Ratio,
    Render,
    Speech,
    Take,
)

_SUFFIX = ".mov"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    image: Path
    speech: Path
    out: Path
    rate: Fraction
    rendering: Rendering
    speakers: tuple[str, ...] = ()
    project: str = ""


def as_text(film: TakeReport) -> str:
    """For a person."""
    return f"{film.path}: {film.frames} frames, {film.renderer}, lip-sync: {film.lip_sync}"


def animate(request: Request, engine: EngineClient, on_progress: OnProgress) -> TakeReport:
    """Render, and put the take where it is asked for, which must be a new file."""
    _check_output(request.out)
    on_progress("listening to the line", None)
    line = recorded_line(request.speech, engine)
    job = _job(request, _footage(request.image, engine), line)
    rendering = request.rendering
    outcome = engine.complete(
        job, fresh=rendering.fresh, on_progress=lambda progress: on_progress("rendering", progress)
    )
    take = outcome.result
    assert isinstance(take, Take)
    if (take.frames, take.rate) != (job.plan.frames, job.plan.rate):
        raise RenderLied(
            f"{job.plan.frames} frames were asked for and {take.frames} came: nothing was written"
        )
    if take.provenance:
        copy_whole(Path(take.provenance), request.out.with_suffix(".c2pa"))
    copy_whole(Path(take.path), request.out)
    return take_report(take, request.out, scratch_voice=False, reused=outcome.job.cached)


def _footage(image: Path, engine: EngineClient) -> Footage:
    """The picture as footage of one frame."""
    media = look_at(image, engine)
    if media.video is None:
        raise NoSuchStream(f"{image.name} is no picture")
    return Footage(media=media.path, fingerprint=media.fingerprint, offset=Ratio(num=0), first=0, last=1)


def _job(request: Request, footage: Footage, line: Speech) -> Render:
    """Frame 0 is the picture itself; what follows is new, and says the line after a breath."""
    said = line.end - line.start
    seconds = Fraction(said + 2 * BREATH_TICKS, TICKS_PER_SECOND)
    frames = math.ceil(seconds * request.rate)
    room = round(frames * SAMPLE_RATE / request.rate)
    delay = (room - said * SAMPLE_RATE // TICKS_PER_SECOND) // 2
    return Render(
        footage=footage,
        plan=EditPlan(
            rate=Ratio.of(request.rate),
            spans=(Keep(start=0, end=1), Add(frames=frames, speech=0, delay=delay)),
        ),
        bridge=0,
        speech=(line,),
        renderer=request.rendering.renderer,
        seed=request.rendering.seed,
        diffusion=request.rendering.diffusion,
        speakers=request.speakers,
        project=request.project,
    )


def _check_output(out: Path) -> None:
    if out.suffix.lower() != _SUFFIX:
        raise UnwritableOutput(f"{out}: the result is a ProRes film: name it {out.with_suffix(_SUFFIX).name}")
    if out.exists():
        raise UnwritableOutput(
            f"{out} is there already, and no take is ever overwritten: choose another name"
        )
