"""What applying does at the desk: what it would do, the writing of it, and its being taken back. No Qt.

The clip is opened anew for each call that changes its timeline: placing takes uses an opened one up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bridge import apply as writing
from bridge import conform
from bridge.apply import Applied
from bridge.conform import Paths
from bridge.rendering import OnProgress
from bridge.timeline_diff import Difference, difference
from bridge.timeline_show import view_of
from bridge.versions import TakeRecord, Version, file_stem
from engine.client import EngineClient
from nle_panels import work
from nle_panels.errors import HostGone, HostRefused
from nle_panels.hosts.host import Host, PlacedInHost
from nle_panels.work import Opened, Ready
from otio_adapters.placement import Lay, RippleMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where takes go. `out` None: into the timeline's own file."""

    out: Path | None
    ripple: RippleMode = "all"
    lay: Lay = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What goes on the timeline, a take for each of a plan's jobs, and where; into `host` too."""

    takes: tuple[TakeRecord, ...]
    placing: Placing
    host: Host | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was applied: files, and what came of them in the program, where there is one."""

    applied: Applied
    host: Host | None = None
    in_host: PlacedInHost | None = None

    @property
    def outdates(self) -> bool:
        """Whether the timeline that was opened is another one now, with the takes in it."""
        there = self.in_host is not None and self.in_host.way != "file"
        return there or self.applied.before is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What applying would do."""

    difference: Difference
    holes: tuple[str, ...]
    losses: tuple[str, ...]
    warnings: tuple[str, ...]


def prospect(opened: Opened, ready: Ready, decided: Decided, engine: EngineClient, _: OnProgress) -> Prospect:
    """What `applied` would do, without writing anything. Raises what that raises."""
    writing.check_unchanged(opened.chosen.timeline, opened.content)
    placing = decided.placing
    paths = Paths(timeline=opened.chosen.timeline, out=placing.out or opened.chosen.timeline)
    clip = work.reopened(opened, engine)
    conform.check_place(clip, paths, placing.lay)
    kept = [
        Version(path=paths.takes / f"{file_stem(clip.name)}_take{number}.mov", record=record, new=True)
        for number, record in enumerate(decided.takes, start=1)
    ]
    placed = conform.place(clip, ready.plan.shots, kept, placing.ripple, placing.lay)
    report = conform.report(clip, placed, kept, ready.plan.edits, paths)
    after = view_of(placed.timeline, opened.chosen.timeline)
    return Prospect(
        difference=difference(opened.view, after),
        holes=report.holes,
        losses=report.losses,
        warnings=report.warnings,
    )


def applied(
    opened: Opened,
    ready: Ready,
    decided: Decided,
    engine: EngineClient,
    on_progress: OnProgress,
) -> Done:
    """Written, and brought into the editing program. Raises what `bridge.apply.apply` raises, and
    `HostError`s; nothing has changed then, but after HostBroken.
    """
    host = decided.host
    if host is not None:
        host.check()
    written = _written(opened, ready, decided, engine, on_progress)
    if host is None:
        return Done(applied=written)
    try:
        on_progress(f"bringing it into {host.name}", None)
        in_host = host.place(written.report, opened.chosen.timeline)
    except (HostRefused, HostGone):
        writing.undo(written)
        raise
    return Done(applied=written, host=host, in_host=in_host)


def taken_back(done: Done) -> None:
    """The program's timeline, and the files, are as they were. Raises `HostError`s, TimelineChanged."""
    if done.host is not None and done.in_host is not None:
        done.host.undo(done.in_host)
    writing.undo(done.applied)


def _written(
    opened: Opened, ready: Ready, decided: Decided, engine: EngineClient, on_progress: OnProgress
) -> Applied:
    writing.check_unchanged(opened.chosen.timeline, opened.content)  # before the clip is looked for in it
    placing = decided.placing
    out = placing.out or opened.chosen.timeline
    request = replace(
        work.request_of(opened, ready.wish, ready.meaning, out=out), ripple=placing.ripple, place=placing.lay
    )
    conform.check_place(opened.clip, Paths(timeline=opened.chosen.timeline, out=out), placing.lay)
    clip = work.reopened(opened, engine)
    return writing.apply(request, clip, ready.plan, decided.takes, on_progress, opened=opened.content)
