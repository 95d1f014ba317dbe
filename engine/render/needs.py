"""What a take or a reel needs of this machine, by arithmetic, and whether it is there before it is begun."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import psutil

from engine import disk
from engine.errors import DiskFull, NoSuchStream, OutOfMemory
from engine.media.container import open_media, picture_stream
from engine.protocol import SAMPLE_RATE, Proxy, Render

# ours, from takes and renders measured at 360, 1080 and 2160 lines: ProRes 422 HQ of a busy test pattern is
# .12 to .35 bytes a pixel, a JPEG of the player .2 at most, and the pictures that a draft has in memory at
# one time 340 to 750 bytes for each pixel of one.
_TAKE_BYTES = Fraction(1, 2)
_REEL_BYTES = Fraction(1, 4)
_WORKING_BYTES = 300
_TAKE_SAMPLE_BYTES = 3
_REEL_SAMPLE_BYTES = 2 * 2  # stereo
_WORKING_SAMPLE_BYTES = 2 * 4  # float32, and the copy that is packed
_SIGNING_COPIES = (
    2  # measured: the library's draft of the signed take, and that take, beside the one rendered
)

SPARE_DISK = 256 * 2**20  # ours: what is left for the list of jobs, logs and previews


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Bytes on the cache's disk, and of main memory. Weights come on top: `engine.model.footprint`."""

    disk: int
    memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """What of a media file decides how much room its take needs."""

    width: int
    height: int
    channels: int


def needs_of(job: Render | Proxy, streams: Streams, *, signed: bool = False) -> Needs:
    """Of the finished file, and of the pictures and the sound that are in memory while it is made.

    `signed`: the take is to be signed, for which copies of it lie beside it for a while.
    """
    pixels = streams.width * streams.height
    if isinstance(job, Proxy):
        height = min(job.height, streams.height)
        small = height * height * streams.width // streams.height
        frames, samples = job.end - job.start, _samples(job.end - job.start, job.rate.exact)
        return Needs(
            disk=int(frames * small * _REEL_BYTES) + samples * _REEL_SAMPLE_BYTES,
            memory=pixels * _WORKING_BYTES // 10,  # a few pictures, none of them in floats
        )
    frames, samples = job.plan.frames, _samples(job.plan.frames, job.plan.rate.exact)
    take = int(frames * pixels * _TAKE_BYTES) + samples * streams.channels * _TAKE_SAMPLE_BYTES
    return Needs(
        disk=take * (1 + _SIGNING_COPIES * signed),
        memory=pixels * _WORKING_BYTES + samples * streams.channels * _WORKING_SAMPLE_BYTES,
    )


def refuse_without_room(job: Render | Proxy, folder: Path, *, signed: bool = False) -> None:
    """Raises DiskFull, OutOfMemory where the machine cannot hold what the job makes in `folder`.

    Raises what is wrong with its media too: MissingMedia, BadMedia.
    """
    needs = needs_of(job, _streams(Path(job.footage.media)), signed=signed)
    refuse_what_does_not_fit(needs, Needs(disk=disk.free(folder), memory=psutil.virtual_memory().available))


def refuse_what_does_not_fit(needs: Needs, free: Needs) -> None:
    """Raises DiskFull, OutOfMemory."""
    if needs.disk + SPARE_DISK > free.disk:
        raise DiskFull(
            f"the job will write some {_size(needs.disk)}, and the disk of the engine's cache has"
            f" {_size(free.disk)} free: make room, or set PICKUP_HOME to a folder on another disk"
        )
    if needs.memory > free.memory:
        raise OutOfMemory(
            f"the job's pictures and sound take {_size(needs.memory)} of memory, and {_size(free.memory)} are"
            " free: close programs, or work on less at a time"
        )


def _samples(frames: int, rate: Fraction) -> int:
    return round(frames * SAMPLE_RATE / rate)


def _streams(path: Path) -> Streams:
    with open_media(path) as container:
        channels = container.streams.audio[0].channels if container.streams.audio else 0
        try:
            codec = picture_stream(container, path).codec_context
        except NoSuchStream:  # sound alone has black pictures, of the player's own size
            return Streams(width=16, height=9, channels=channels)
        return Streams(width=codec.width or 16, height=codec.height or 9, channels=channels)


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
