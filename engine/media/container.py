"""A media file opened: local regular files of known containers only, and libav's errors made ours.

Media comes from strangers. A name such as `concat:a|b` or `http://...` never reaches libav as a protocol, and
playlist formats, which name further files, are not on the list of containers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from engine.errors import BadMedia, MissingMedia, NoSuchStream, TruncatedMedia
from engine.media_roots import open_file

# Demuxers by libav's own names. No hls, dash, concat, image2 or sdp: they open what the file tells them to.
# No mpeg, a DVD's program stream: it does not time every picture, and shows others after a seek.
_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mxf,mxf_opatom,avi,mpegts,asf,flv,dv,gxf,nut,"
    "wav,w64,aiff,caf,flac,mp3,aac,ogg,ac3,eac3"
)
# Still pictures by how their files begin, each a film of one picture. These demuxers read the one file that
# they are given; libav would rather guess image2 by a file's name.
_STILLS = (
    (b"\x89PNG\r\n\x1a\n", "png_pipe"),
    (b"\xff\xd8\xff", "jpeg_pipe"),
    (b"II*\0", "tiff_pipe"),
    (b"MM\0*", "tiff_pipe"),
    (b"BM", "bmp_pipe"),
)
_RIFF, _WEBP = b"RIFF", b"WEBP"  # AVI is RIFF too


@contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """The file, opened for reading.

    Libav is given the file that was opened and looked at, not its name: it opens none itself.

    Raises MissingMedia (not there, or not readable), BadMedia (not a regular file, not media).
    """
    with open_file(path) as file:
        still = still_format(file, path)
        options = {"protocol_whitelist": "none", "format_whitelist": still or _CONTAINERS}
        with libav_errors(path), av.open(file, "r", format=still, options=options) as container:
            yield container


def still_format(file: BinaryIO, path: Path) -> str | None:
    """Libav's name of what reads this file, if it is a still picture. Raises MissingMedia."""
    try:
        begin = file.read(12)
        file.seek(0)
    except OSError as error:
        raise MissingMedia(f"{path} cannot be read: {error.strerror}") from error
    if begin[:4] == _RIFF and begin[8:] == _WEBP:
        return "webp_pipe"
    return next((name for signature, name in _STILLS if begin.startswith(signature)), None)


@contextmanager
def libav_errors(path: Path) -> Iterator[None]:
    """Everything libav raises while it reads `path`, as errors of the engine."""
    try:
        yield
    except (av.FileNotFoundError, av.PermissionError) as error:
        raise MissingMedia(f"{path} cannot be opened: {error.strerror}") from error
    except av.EOFError as error:
        raise TruncatedMedia(f"{path} ends too early: copy it again from its origin") from error
    except av.DecoderNotFoundError as error:
        raise BadMedia(f"{path} is of a codec that cannot be decoded here. Transcode it first") from error
    except av.FFmpegError as error:
        raise BadMedia(
            f"{path} cannot be read as media ({error.strerror}): it is damaged, cut short, or no media"
        ) from error
    except OSError as error:  # of the disk, or of the network that it is on
        raise MissingMedia(f"{path} cannot be read: {error.strerror}") from error


def picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first video stream that is no cover picture. Raises NoSuchStream."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    raise NoSuchStream(f"{path} has no picture")


def media_start(container: InputContainer) -> Fraction:
    """When media time 0 is, in the container's own seconds: the start of its earliest stream, exactly.

    The container's own `start_time` is that time too, but rounded to the microsecond.
    """
    starts = [
        stream.start_time * Fraction(stream.time_base)
        for stream in (*container.streams.video, *container.streams.audio)
        if stream.start_time is not None and stream.time_base is not None
    ]
    return min(starts, default=Fraction(0))
