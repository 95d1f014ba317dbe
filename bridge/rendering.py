"""How takes are made: what is asked of the engine, and whether it is what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge import consent
from bridge.clip import OpenClip
from bridge.errors import RenderLied
from bridge.versions import TakeRecord
from engine.client import EngineClient, Outcome
from engine.protocol import Diffusion, FaceRegion, Progress, Region, Render, Take

LIPS = FaceRegion(name="lips")
USUAL = Diffusion()

OnProgress = Callable[[str, Progress | None], None]
"""Called with what is being done, and how far it is where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How takes are made. `fresh`: render even what was rendered before."""

    renderer: str = "draft"
    seed: int = 0
    region: Region = LIPS
    diffusion: Diffusion = USUAL
    fresh: bool = False


AS_USUAL = Rendering()


def rendered(
    clip: OpenClip,
    named: Sequence[tuple[str, Render]],
    engine: EngineClient,
    on_progress: OnProgress,
    *,
    fresh: bool,
) -> Sequence[TakeRecord]:
    """A take for each job, in their order. Raises ConsentMissing before the first is begun; it names them."""
    leaves = consent.ask(engine, named, note=True)
    total = sum(job.plan.frames for _, job in named)
    records: list[TakeRecord] = []
    done = 0
    for number, ((_, job), leave) in enumerate(zip(named, leaves, strict=True), start=1):
        name = f"rendering take {number} of {len(named)}"

        def told(
            progress: Progress, name: str = name, done: int = done, frames: int = job.plan.frames
        ) -> None:
            now = done + (progress.done * frames // progress.total if progress.total else 0)
            on_progress(name, Progress(phase=progress.phase, done=now, total=total))

        outcome = engine.complete(job, fresh=fresh, on_progress=told)
        records.append(consent.noted(record_of(clip, job, outcome), leave))
        done += job.plan.frames
    return records


def record_of(clip: OpenClip, job: Render, outcome: Outcome) -> TakeRecord:
    """A take that is what was asked for. Raises RenderLied, whatever the renderer says of it."""
    take = outcome.result
    assert isinstance(take, Take)
    _check(job, take)
    return TakeRecord(job_hash=outcome.job.hash, media=Path(clip.media.path).name, job=job, take=take)


def _check(job: Render, take: Take) -> None:
    """A take that is not what was asked for is refused, whatever the renderer says of it."""
    head, tail = job.plan.handles
    asked = (job.plan.frames, job.plan.rate, (head, job.plan.frames - head - tail))
    got = (take.frames, take.rate, take.source_range)
    if asked != got:
        raise RenderLied(
            f"the {take.renderer} renderer was asked for {asked} and delivered {got}: nothing was placed"
        )
