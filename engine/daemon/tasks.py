"""What each kind of job does. Everything heavy is imported here, inside the worker, when first needed."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine import media_roots
from engine.daemon import findings, shelf
from engine.daemon.own_folders import require_own
from engine.daemon.worker_wire import Assignment
from engine.protocol import (
    Align,
    AlignedWords,
    Analyse,
    Analysis,
    FindShots,
    Progress,
    Proxy,
    Reel,
    Render,
    Result,
    Sleep,
    Slept,
    Speak,
    SpokenLine,
    Take,
    Transcribe,
    Transcript,
)

OnProgress = Callable[[Progress], None]
TICK = 0.01  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """A job's result; `cached` where it was known already."""

    result: Result
    cached: bool = False


def perform(assignment: Assignment, on_progress: OnProgress) -> Performed:
    """Does the job. Raises the engine's errors, and whatever a library below raises."""
    media_roots.check_job(assignment.job)
    cache = Path(assignment.cache)
    match assignment.job:
        case Analyse() | Align() | Transcribe() as job:
            return _found(job, cache, on_progress)
        case FindShots() as job:
            return _looked_through(job, cache, on_progress)
        case Speak() as job:
            return Performed(result=_speak(job, cache))
        case Render() as job:
            return Performed(result=_render(job, assignment, on_progress))
        case Proxy() as job:
            return _scrubbed(job, assignment, on_progress)
        case Sleep() as job:
            return Performed(result=_sleep(job, on_progress))


def _found(job: Analyse | Align | Transcribe, cache: Path, on_progress: OnProgress) -> Performed:
    """What was found in the same media before, or is found now."""
    from engine.media.fingerprint import fingerprint  # noqa: PLC0415

    media = Path(job.media)
    place = findings.place(cache, job, fingerprint(media, cache / "fingerprints"))
    known = findings.recall(place)
    if isinstance(known, Analysis):  # the same content may lie elsewhere now
        known = Analysis(info=msgspec.structs.replace(known.info, path=job.media), energy=known.energy)
    if known is not None:
        return Performed(result=known, cached=True)
    result = _find(job, media, cache, on_progress)
    findings.remember(place, result)
    return Performed(result=result)


def _find(job: Analyse | Align | Transcribe, media: Path, cache: Path, on_progress: OnProgress) -> Result:
    match job:
        case Analyse():
            return _analyse(job, media, cache)
        case Align() | Transcribe():
            return AlignedWords(transcript=_listen(job, media, cache, on_progress))


def _listen(job: Align | Transcribe, media: Path, cache: Path, on_progress: OnProgress) -> Transcript:
    from engine.media.probe import probe  # noqa: PLC0415

    info = probe(media, cache / "fingerprints")
    if isinstance(job, Align):
        from engine.speech.alignment import align  # noqa: PLC0415

        return align(
            media,
            job.script,
            language=job.language,
            fingerprint=info.fingerprint,
            duration=info.duration.exact,
            on_progress=on_progress,
        )
    from engine.speech.recognition import transcribe  # noqa: PLC0415

    return transcribe(
        media,
        language=job.language,
        model=job.model,
        fingerprint=info.fingerprint,
        duration=info.duration.exact,
        on_progress=on_progress,
    )


def _analyse(job: Analyse, media: Path, cache: Path) -> Analysis:
    from engine.media.probe import probe  # noqa: PLC0415

    info = probe(media, cache / "fingerprints")
    if not job.envelope or info.audio is None:
        return Analysis(info=info)
    from engine.speech.envelope import energy_of  # noqa: PLC0415

    return Analysis(info=info, energy=energy_of(media))


def _looked_through(job: FindShots, cache: Path, on_progress: OnProgress) -> Performed:
    from engine.media.fingerprint import require  # noqa: PLC0415
    from engine.media.shots import find_shots  # noqa: PLC0415

    require(Path(job.footage.media), job.footage.fingerprint, cache / "fingerprints")
    place = findings.place(cache, job, job.footage.fingerprint)
    if (known := findings.recall(place)) is not None:
        return Performed(result=known, cached=True)
    found = find_shots(job, on_progress)
    findings.remember(place, found)
    return Performed(result=found)


def _speak(job: Speak, cache: Path) -> SpokenLine:
    from engine.speech.scratch import speak  # noqa: PLC0415

    folder = cache / "speech"
    folder.mkdir(parents=True, exist_ok=True)
    return speak(job.text, language=job.language, folder=folder)


def _render(job: Render, assignment: Assignment, on_progress: OnProgress) -> Take:
    from engine.media.fingerprint import require  # noqa: PLC0415
    from engine.provenance.pem import lacking  # noqa: PLC0415
    from engine.render.needs import refuse_without_room  # noqa: PLC0415
    from engine.render.renderer import render  # noqa: PLC0415

    unfinished = Path(assignment.unfinished)
    for folder in (assignment.workspace, unfinished):
        require_own(folder, Path(assignment.cache))
    refuse_without_room(job, assignment.workspace, signed=bool(assignment.keys) and not lacking())
    if job.consent:  # it was given for this media: no other may lie there
        require(Path(job.footage.media), job.footage.fingerprint, Path(assignment.cache) / "fingerprints")
    recognised = _is_recognised(job, assignment)
    assignment.workspace.mkdir(parents=True, exist_ok=True)
    take = render(job, assignment.workspace, on_progress, unfinished)
    if recognised:
        take = msgspec.structs.replace(take, identity="matches")
    if not assignment.keys:
        return take
    from engine.provenance.credentials import signed  # noqa: PLC0415

    return signed(take, job, Path(assignment.keys), datetime.datetime.now(datetime.UTC))


def _is_recognised(job: Render, assignment: Assignment) -> bool:
    """Whether the face was found to be that of the records' stills, where there is a model to compare them.

    Raises ConsentMissing where it is another one, or somebody's who is denied.
    """
    from engine.consent.uses import needs_consent  # noqa: PLC0415
    from engine.face.recognition import model_file  # noqa: PLC0415

    if not (assignment.keys and needs_consent(job) and model_file().is_file()):
        return False
    from engine.consent.identity import check  # noqa: PLC0415

    consents, job_hash = Path(assignment.keys).with_name("consents"), assignment.workspace.parent.name
    return check(job, consents, model_file(), job_hash, datetime.datetime.now(datetime.UTC))


def _scrubbed(job: Proxy, assignment: Assignment, on_progress: OnProgress) -> Performed:
    """The reel made before, while its files are there, or a new one."""
    from engine.face.models import find_models  # noqa: PLC0415
    from engine.media.fingerprint import require  # noqa: PLC0415
    from engine.render.needs import refuse_without_room  # noqa: PLC0415
    from engine.render.proxy import is_there, make_reel  # noqa: PLC0415

    cache = Path(assignment.cache)
    require(Path(job.footage.media), job.footage.fingerprint, cache / "fingerprints")
    place = findings.place(cache, job, job.footage.fingerprint)
    known = findings.recall(place)
    if isinstance(known, Reel) and is_there(known):
        shelf.use(Path(known.path).parent)
        return Performed(result=known, cached=True)
    require_own(assignment.workspace, cache)
    refuse_without_room(job, assignment.workspace)
    made = make_reel(job, assignment.workspace, find_models() if job.faces else None, on_progress)
    findings.remember(place, made)
    return Performed(result=made)


def _sleep(job: Sleep, on_progress: OnProgress) -> Slept:
    for tick in range(job.ticks):
        time.sleep(TICK)
        on_progress(Progress(phase="sleep", done=tick + 1, total=job.ticks))
    return Slept()
