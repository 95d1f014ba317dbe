"""A clip of a timeline, opened: where it lies, what media it shows, and from where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from opentimelineio.schema import Clip, Timeline

from bridge.errors import UsageError
from bridge.quiet import ClipWindow
from bridge.speech_source import Engine
from engine.errors import BadMedia, NoSuchStream
from engine.protocol import SAMPLE_RATE, Analyse, Analysis, Footage, MediaInfo, Ratio, VideoInfo
from otio_adapters import media_linker, opentime
from otio_adapters.clip_place import clip_at, timecode
from otio_adapters.errors import TimelineError, UnsupportedEdit
from otio_adapters.media_linker import MediaFacts
from otio_adapters.read import read
from otio_adapters.ripple import steady_speed
from otio_adapters.takes import ClipPlace, find_clip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClip:
    """The clip `place` of `timeline`, and its media. `start`: the clip's first frame on the timeline."""

    timeline: Timeline
    place: ClipPlace
    start: int
    media: MediaInfo
    footage: Footage
    window: ClipWindow

    @property
    def name(self) -> str:
        return self.place.name

    def frame_at_timecode(self, timecode: str) -> int:
        """The clip frame at a timecode of the timeline."""
        rate = self.window.rate
        begins = self.timeline.global_start_time
        first = opentime.whole_frames(begins, rate) if begins is not None else 0
        try:
            return opentime.from_timecode(timecode, rate) - first - self.start
        except TimelineError as error:
            raise UsageError(str(error)) from error


def open_clip(
    path: Path, name: str, engine: Engine, *, media_root: Path | None, sequence: str = ""
) -> OpenClip:
    """Read the timeline, find the clip and look at its media. `sequence`: which one of the file's."""
    return clip_of(read(path, sequence), path, name, engine, media_root=media_root)


def clip_of(
    timeline: Timeline, path: Path, name: str, engine: Engine, *, media_root: Path | None
) -> OpenClip:
    """The clip of a timeline that was read from `path`, changed since or not."""
    place = find_clip(timeline, name)
    clip = clip_at(timeline, place)
    _check_speed(timeline, place)
    found = media_linker.find(timeline, clip, path, media_root, lambda rival: _lasts(rival, engine))
    media = look_at(found, engine)
    if media.video is None:
        raise NoSuchStream(f"{Path(media.path).name} has no picture, so clip {name!r} cannot be rendered")
    offset = media_linker.media_offset(clip, media.video.rate.exact, media.video.start_timecode)
    window = _window(place, media, offset)
    begins = opentime.seconds(clip.trimmed_range().start_time) - offset
    media_linker.note_facts(clip.media_reference, _facts(media, media.video, begins))
    return OpenClip(
        timeline=timeline,
        place=place,
        start=place.start,
        media=media,
        footage=_footage(clip, media, window),
        window=window,
    )


def _check_speed(timeline: Timeline, place: ClipPlace) -> None:
    """Footage is rendered frame by frame at the timeline's rate, and words are heard at the media's speed."""
    speed = steady_speed(clip_at(timeline, place))
    if speed != 1:
        raise UnsupportedEdit(
            f"clip {place.name!r} at {timecode(timeline, place)} plays at {float(speed):g} times its speed, "
            "and takes are rendered at the media's own; render it in place in the editing program first"
        )


def media_of(path: Path, name: str, media_root: Path | None, sequence: str = "") -> Path:
    """The media file that a timeline's clip plays."""
    timeline = read(path, sequence)
    return media_linker.find(timeline, clip_at(timeline, find_clip(timeline, name)), path, media_root)


def look_at(media: Path, engine: Engine) -> MediaInfo:
    """What the file is."""
    analysis = engine.run(Analyse(media=str(media.absolute())))
    assert isinstance(analysis, Analysis)
    return analysis.info


def _lasts(media: Path, engine: Engine) -> Fraction | None:
    """The length in seconds of a file that may be the clip's media; None for one that is no media."""
    try:
        return look_at(media, engine).duration.exact
    except BadMedia:
        return None


def _window(place: ClipPlace, media: MediaInfo, offset: Fraction) -> ClipWindow:
    """Frame k has picture where its midpoint, offset + (k + 1/2) / rate, lies in the media.

    The duration is the longest stream's, often a little more than the picture's: two frames are left off
    the spare footage at the end, never off the clip itself.
    """
    rate, frames = place.rate, place.frames
    return ClipWindow(
        rate=rate,
        offset=offset,
        frames=frames,
        first=min(0, math.ceil(-offset * rate - Fraction(1, 2))),
        last=max(frames, math.floor((media.duration.exact - offset) * rate) - 2),
    )


def _facts(media: MediaInfo, video: VideoInfo, begins: Fraction) -> MediaFacts:
    """For the writers, which never open media: how long and how large it is, and at which second it begins.

    That is its timecode where the timeline counts by it; others count from its first frame all the same.
    """
    rate = video.rate.exact
    return MediaFacts(
        rate=rate,
        start=round(begins * rate),
        frames=math.floor(media.duration.exact * rate),
        width=video.width,
        height=video.height,
        channels=media.audio.channels if media.audio else 0,
        sample_rate=media.audio.sample_rate if media.audio else SAMPLE_RATE,
        size=Path(media.path).stat().st_size,
    )


def _footage(clip: Clip, media: MediaInfo, window: ClipWindow) -> Footage:
    assert media.video is not None
    stamp = media.video.start_timecode
    if stamp is None:
        timecode = math.floor(opentime.exact_frames(clip.trimmed_range().start_time, window.rate))
    else:
        own = media.video.rate.exact
        first = opentime.from_timecode(stamp, own) * window.rate / own
        timecode = math.floor(first + window.offset * window.rate)
    return Footage(
        media=media.path,
        fingerprint=media.fingerprint,
        offset=Ratio.of(window.offset),
        first=window.first,
        last=window.last,
        timecode=timecode,
        drop_frame=stamp is not None and (";" in stamp) and bool(opentime.drops(window.rate)),
    )
