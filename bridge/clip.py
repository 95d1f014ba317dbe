"""A clip of a timeline, opened: where it lies, what media it shows, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from opentimelineio.schema import Timeline
from otio_adapters.takes import ClipPlace

from bridge.edit_plan import ClipWindow
from bridge.errors import UsageError
from engine.protocol import Footage, MediaInfo
from otio_adapters import opentime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClip:
    """The clip `place` of `timeline`, and its media."""

    timeline: Timeline
    place: ClipPlace
    media: MediaInfo
    footage: Footage
    window: ClipWindow
    start_timecode: int  # frame number of the timeline's frame 0

    @property
    def name(self) -> str:
        return self.place.name or Path(self.media.path).stem

    def frame_at_timecode(self, timecode: str) -> int:
        """The clip frame at a timecode of the timeline."""
        try:
            frame = opentime.frames_from_timecode(timecode, self.window.rate)
        except ValueError as error:
            raise UsageError(str(error)) from error
        return frame - self.start_timecode - self.place.start
