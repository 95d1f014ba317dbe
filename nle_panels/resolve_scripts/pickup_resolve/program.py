"""Resolve as it is now: the open timeline, what is under its playhead, and its OTIO.

Its objects say yes to every `hasattr` and give None for a method that they lack, and its methods return None
where they fail: what they give is looked at, never trusted.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import cut

if TYPE_CHECKING:
    from fusionscript import MediaPool, Project, Resolve, Timeline


class Refusal(Exception):
    """A question that cannot be answered; `name` is one of the protocol's."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def find_resolve(given: Any) -> Resolve:
    """The program: as the menu gave it, or over its scripting port (which the free edition keeps shut)."""
    if given is not None:
        return given  # type: ignore[no-any-return]
    try:
        found = importlib.import_module("DaVinciResolveScript").scriptapp("Resolve")
    except ImportError:
        found = None
    if found is None:
        raise SystemExit("Pickup: run this inside Resolve: Workspace > Scripts > Utility > pickup_panel")
    return found  # type: ignore[no-any-return]


class Program:
    """Asks Resolve, and says `Refusal` where it has no answer."""

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve

    def version(self) -> str:
        return str(self.resolve.GetVersionString() or "")

    def project(self) -> Project:
        manager = self.resolve.GetProjectManager()
        project = manager.GetCurrentProject() if manager else None
        if not project:
            raise Refusal("no_sequence", "no project is open in Resolve")
        return project

    def pool(self) -> MediaPool:
        return self.project().GetMediaPool()

    def timeline(self) -> Timeline:
        timeline = self.project().GetCurrentTimeline()
        if not timeline:
            raise Refusal("no_sequence", "no timeline is open in Resolve: open one on the Edit page")
        return timeline

    def timelines(self) -> list[Timeline]:
        project = self.project()
        found = [project.GetTimelineByIndex(number + 1) for number in range(project.GetTimelineCount() or 0)]
        return [timeline for timeline in found if timeline]

    def export(self, timeline: Timeline, path: Path) -> tuple[cut.Entry, ...]:
        """Writes its OTIO, and says what plays on it."""
        kind, plain = self.resolve.EXPORT_OTIO, self.resolve.EXPORT_NONE
        if kind is None:
            raise Refusal("failed", "this Resolve exports no OTIO: Pickup needs version 18.5 or a later one")
        done = timeline.Export(str(path), kind, plain)
        if not done or not path.is_file():
            raise Refusal("failed", "Resolve did not export {}".format(timeline.GetName()))
        try:
            return cut.entries(path)
        except ValueError as error:
            raise Refusal("failed", "Resolve exported what cannot be read: {}".format(error)) from error

    def look(self, timeline: Timeline) -> tuple[cut.Entry, ...]:
        """What plays on it, by a file that goes away again."""
        handle, name = tempfile.mkstemp(suffix=".otio", prefix="pickup_")
        os.close(handle)
        path = Path(name)
        path.unlink()
        try:
            return self.export(timeline, path)
        finally:
            with contextlib.suppress(OSError):
                path.unlink()

    def state(self) -> dict[str, Any]:
        """What is active, without its version: that takes an export. Frames from the timeline's first."""
        timeline = self.timeline()
        first = int(timeline.GetStartFrame() or 0)
        found: dict[str, Any] = {"sequence": timeline.GetUniqueId() or "", "name": timeline.GetName() or ""}
        playhead = self._playhead(timeline, first)
        if playhead is not None:
            found["playhead"] = playhead
        item = timeline.GetCurrentVideoItem()
        if item:
            found["clip"] = item.GetName() or ""
            found["clip_start"] = int(item.GetStart(False)) - first
        marked: dict[str, Any] = dict(timeline.GetMarkInOut() or {})
        marks = marked.get("video") or {}
        if marks.get("in") is not None and marks.get("out") is not None:
            # Told by their timecode, or from the timeline's first frame; the out point is the last frame in.
            begin, end = (int(marks[key]) for key in ("in", "out"))
            shift = first if begin >= first else 0
            found["range"] = [begin - shift, end - shift + 1]
        return found

    def _playhead(self, timeline: Timeline, first: int) -> int | None:
        code = str(timeline.GetCurrentTimecode() or "")
        parts = code.replace(";", ":").split(":")
        if len(parts) != 4 or not all(part.isdigit() for part in parts):
            return None
        try:
            rate = round(float(str(timeline.GetSetting("timelineFrameRate")).split()[0]))
        except (ValueError, IndexError):
            return None
        hours, minutes, seconds, frames = map(int, parts)
        frame = ((hours * 60 + minutes) * 60 + seconds) * rate + frames
        if ";" in code:  # drop frame: two numbers a minute of 30, but for each tenth, are left out
            total = hours * 60 + minutes
            frame -= rate // 15 * (total - total // 10)
        return max(0, frame - first)
