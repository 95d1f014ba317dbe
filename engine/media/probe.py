"""What a media file is: its streams, exactly, at a bounded cost."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import BadMedia, NoSuchStream
from engine.media.container import open_media, picture_stream
from engine.media.fingerprint import fingerprint
from engine.protocol import AudioInfo, MediaInfo, Ratio, VideoInfo

_LOOKED_AT = 240  # packets of picture, to tell a variable rate from a constant one
_MICROSECOND = Fraction(1, 1_000_000)


def probe(path: Path, cache: Path | None = None) -> MediaInfo:
    """Look at a media file. `cache`: the folder where fingerprints are kept.

    Raises MissingMedia, BadMedia, NoSuchStream (neither picture nor sound), TruncatedMedia.
    """
    with open_media(path) as container:
        video = _video(container, path)
        audio = _audio(container)
        duration = _duration(container)
    if video is None and audio is None:
        raise NoSuchStream(f"{path} has neither picture nor sound")
    return MediaInfo(
        path=str(path),
        fingerprint=fingerprint(path, cache),
        duration=Ratio.of(duration),
        video=video,
        audio=audio,
    )


def _video(container: InputContainer, path: Path) -> VideoInfo | None:
    try:
        stream = picture_stream(container, path)
    except NoSuchStream:
        return None
    timecode = _start_timecode(container, stream)
    codec = stream.codec_context.name
    first, times = _first_picture(container, stream, path)
    gaps = sorted(after - before for before, after in pairwise(times))
    variable = _varies(stream, gaps)
    turned = first.rotation % 180 == 90
    return VideoInfo(
        width=first.height if turned else first.width,
        height=first.width if turned else first.height,
        rate=Ratio.of(_rate(stream, variable, path)),
        variable_rate=variable,
        start_timecode=timecode,
        codec=codec,
    )


def _first_picture(
    container: InputContainer, stream: VideoStream, path: Path
) -> tuple[VideoFrame, tuple[int, ...]]:
    """The first decoded picture, which alone tells the rotation, and the first packets' times in order."""
    first: VideoFrame | None = None
    times: list[int] = []
    for packet in container.demux(stream):
        if packet.pts is not None:
            times.append(packet.pts)
        if first is None:
            first = next(iter(packet.decode()), None)
        if first is not None and len(times) >= _LOOKED_AT:
            break
    if first is None:
        raise BadMedia(f"{path} has a picture stream without a picture in it: it is damaged or cut short")
    # The packets come in decoding order: the last of them may leave holes that later ones would fill.
    return first, tuple(sorted(times)[: max(2, len(times) - 16)])


def _varies(stream: VideoStream, gaps: list[int]) -> bool:
    """Whether the pictures are unevenly spaced, beyond what a coarse clock (Matroska's) does to even ones."""
    if not gaps:
        return False
    usual = gaps[len(gaps) // 2]
    if gaps[-1] - gaps[0] > max(2, usual // 10):
        return True
    average, clock = stream.average_rate, stream.time_base
    return bool(average and clock and abs(usual * Fraction(average) * Fraction(clock) - 1) > Fraction(1, 20))


def _rate(stream: VideoStream, variable: bool, path: Path) -> Fraction:
    """The average rate; of constant media the nominal one, since a long last picture bends the average."""
    average, base = stream.average_rate, stream.base_rate
    rate = average or base
    if average and base and not variable and abs(Fraction(base) / Fraction(average) - 1) < Fraction(1, 100):
        rate = base
    if not rate or not 1 <= rate <= 1000:
        raise BadMedia(f"{path} does not say how many pictures it has a second")
    return Fraction(rate)


def _start_timecode(container: InputContainer, stream: VideoStream) -> str | None:
    """The timecode of the first picture: the stream says it, or a tmcd track of its own, or the container."""
    data = (other.metadata for other in container.streams.data)
    for metadata in (stream.metadata, *data, container.metadata):
        if "timecode" in metadata:
            return metadata["timecode"]
    return None


def _audio(container: InputContainer) -> AudioInfo | None:
    for stream in container.streams.audio:
        context = stream.codec_context
        return AudioInfo(channels=context.channels, sample_rate=context.sample_rate, codec=context.name)
    return None


def _duration(container: InputContainer) -> Fraction:
    """Of the longest stream, in seconds; Matroska tells only the container's."""
    streams = (*container.streams.video, *container.streams.audio)
    told = [
        stream.duration * Fraction(stream.time_base)
        for stream in streams
        if stream.duration is not None and stream.time_base is not None
    ]
    if len(told) == len(streams) and told:
        return max(told)
    return (container.duration or 0) * _MICROSECOND
