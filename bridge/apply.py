"""Writing an edit where the editor works: in the project's own file, or in a new version beside it; and back.

A file that another program changed meanwhile is never overwritten, neither by the edit nor by its undo.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from bridge import conform, project
from bridge.clip import OpenClip
from bridge.conform import Paths
from bridge.errors import TimelineChanged, UnwritableOutput
from bridge.files import copy_whole
from bridge.project import EditRequest, Planned
from bridge.rendering import OnProgress
from bridge.report import EditReport
from bridge.versions import TakeRecord
from engine.paths import EnginePaths


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was written, and what undoes it. `before`: a copy of the file as it was; None where none was."""

    report: EditReport
    written: str  # content_of the timeline after the edit
    before: Path | None

    @property
    def timeline(self) -> Path:
        return Path(self.report.timeline)


def content_of(timeline: Path) -> str:
    """The sha256 of the file. Raises UnwritableOutput where it is no file that can be read."""
    try:
        with timeline.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnwritableOutput(f"{timeline}: cannot be read: {error.strerror or error}") from error


def check_unchanged(timeline: Path, opened: str) -> None:
    """Raises TimelineChanged where the file's content is not `opened`, and what `content_of` raises."""
    if content_of(timeline) != opened:
        raise TimelineChanged(
            f"{timeline.name} was changed by another program since it was opened: open it again; the edits"
            " and the takes are kept"
        )


def next_version(timeline: Path) -> Path:
    """The first free `cut_pickup001.otio` beside `cut.otio`."""
    stem = timeline.stem.rpartition("_pickup")[0] or timeline.stem
    number = 1
    while (path := timeline.with_name(f"{stem}_pickup{number:03d}{timeline.suffix}")).exists():
        number += 1
    return path


def apply(
    request: EditRequest,
    clip: OpenClip,
    plan: Planned,
    rendered: Sequence[TakeRecord],
    on_progress: OnProgress,
    *,
    opened: str,
) -> Applied:
    """As `project.place`; `request.out` may be the timeline itself, which is then replaced whole.

    `opened`: `content_of` the timeline when `clip` was opened. Raises TimelineChanged where it is another
    one now, and what `project.place` raises; nothing has changed then.
    """
    check_unchanged(request.timeline, opened)
    if request.out != request.timeline:
        report = project.place(request, clip, plan, rendered, on_progress)
        return Applied(report=report, written=content_of(request.out), before=None)
    before = _kept(request.timeline, opened)
    report = _in_place(request, lambda beside: project.place(beside, clip, plan, rendered, on_progress))
    return Applied(report=report, written=content_of(request.out), before=before)


def undo(applied: Applied) -> None:
    """Bring the old timeline back; takes stay where they are. Raises TimelineChanged, UnwritableOutput."""
    if not applied.timeline.exists() or content_of(applied.timeline) != applied.written:
        raise TimelineChanged(
            f"{applied.timeline.name} was changed by another program since the takes were placed, so it stays"
            " as it is" + (f"; as it was before, it is kept in {applied.before}" if applied.before else "")
        )
    if applied.before:
        copy_whole(applied.before, applied.timeline)
    else:
        applied.timeline.unlink()
    with contextlib.suppress(OSError):
        _sidecar(applied.timeline).unlink()


def _in_place(request: EditRequest, place: Callable[[EditRequest], EditReport]) -> EditReport:
    """Written beside it first, under a name that names the same media, and then put in its place."""
    beside = request.timeline.with_name(f"{request.timeline.stem}.pickup-new{request.timeline.suffix}")
    try:
        report = place(replace(request, out=beside))
        report = msgspec.structs.replace(report, timeline=str(request.timeline))
        beside.replace(request.timeline)
        conform.note(report, Paths(timeline=request.timeline, out=request.timeline))
    except OSError as error:
        raise UnwritableOutput(f"{request.timeline}: cannot be written: {error.strerror or error}") from error
    finally:
        for left in (beside, _sidecar(beside)):
            with contextlib.suppress(OSError):
                left.unlink()
    return report


def _kept(timeline: Path, content: str) -> Path:
    """A copy among the user's state, named by its content: the same is kept once."""
    folder = EnginePaths.default().state / "backups"
    path = folder / f"{timeline.stem}-{content[:16]}{timeline.suffix}"
    if not path.exists():
        copy_whole(timeline, path)
    return path


def _sidecar(timeline: Path) -> Path:
    return Paths(timeline=timeline, out=timeline).sidecar
