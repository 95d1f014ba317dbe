from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from tiny import RATE, SECONDS

from bridge.clip import OpenClip, open_clip
from engine.protocol import Analysis, Job, MediaInfo, Ratio, Result, VideoInfo
from otio_adapters import media_linker
from otio_adapters.errors import UnsupportedEdit

FPS = Fraction(RATE)
HOUR = 3600 * RATE
RANGE, TIME = otio.opentime.TimeRange, otio.opentime.RationalTime


class Stamped:
    """An engine whose every file is 4 s long and begins at 01:00:00:00."""

    def run(self, job: Job) -> Result:
        video = VideoInfo(
            width=96,
            height=64,
            rate=Ratio.of(FPS),
            variable_rate=False,
            start_timecode="01:00:00:00",
            codec="prores",
        )
        path = str(getattr(job, "media", ""))
        duration = Ratio.of(Fraction(SECONDS))
        info = MediaInfo(path=path, fingerprint="f", duration=duration, video=video, audio=None)
        return Analysis(info=info)


def opened(folder: Path, *, start: int, speed: float = 1) -> OpenClip:
    """A clip of which nothing is said but the frames it shows, as OTIO files made by hand have them."""
    (folder / "a.mov").touch()
    reference = otio.schema.ExternalReference(target_url=str(folder / "a.mov"))
    shown = RANGE(TIME(start, RATE), TIME(50, RATE))
    track = otio.schema.Track(kind="Video")
    track.append(otio.schema.Clip(name="A", media_reference=reference, source_range=shown))
    if speed != 1:
        track[0].effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    timeline = otio.schema.Timeline(name="hand made")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    return open_clip(folder / "cut.otio", "A", Stamped(), media_root=None)


def offset_afterwards(clip: OpenClip) -> Fraction:
    """Where the clip begins in its media, to whoever reads the timeline next."""
    return media_linker.media_offset(clip.timeline.tracks[0][0], FPS, "01:00:00:00")


def test_frames_counted_from_the_medias_first_stay_where_they_are(tmp_path: Path) -> None:
    clip = opened(tmp_path, start=10)
    assert (clip.window.offset, offset_afterwards(clip)) == (Fraction(10, RATE), Fraction(10, RATE))


def test_frames_counted_by_the_medias_timecode_stay_where_they_are(tmp_path: Path) -> None:
    clip = opened(tmp_path, start=HOUR + 10)
    assert (clip.window.offset, offset_afterwards(clip)) == (Fraction(10, RATE), Fraction(10, RATE))


def test_a_clip_at_another_speed_is_refused_as_takes_are_rendered_at_the_medias_own(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedEdit, match=r"'A' at 00:00:00:00 plays at 1\.5 times its speed"):
        opened(tmp_path, start=10, speed=1.5)
