"""What a video file is, as far as training asks: measured over the whole of it, and never by what it says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Protocol

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import BadMedia, EngineError, TruncatedMedia
from engine.face.models import FaceModels
from engine.face.view import find_landmarks
from engine.media.container import libav_errors, media_start, open_media, picture_stream
from engine.media.decode import Sampling, open_reel
from engine.media.probe import probe
from engine.media.scene_cuts import Changes, cuts
from engine.protocol import Ratio, Value

LOOKS = 5  # ours: a second, in which a face is looked for: a head turns away for longer than .2 s
GIVE_UP = 10  # ours: seconds without a face, after which nobody looks on: hours without one cost no more
_CUT_SHORT = Fraction(1, 2)  # seconds that a file may end before it says; sound frames and last pictures vary
_NOTHING = Ratio(num=0)
_TAGGED = re.compile(r"(\d{1,9}):(\d\d):(\d\d\.\d+)")


class FaceFigures(Value, frozen=True, kw_only=True):
    """Of `looked` pictures `found` show a face; `gap`: seconds of the longest stretch without one.

    After `GIVE_UP` seconds without one the rest is not looked at.
    """

    looked: int
    found: int
    gap: float

    @property
    def share(self) -> float:
        return self.found / self.looked if self.looked else 0.0


class SyncFigures(Value, frozen=True, kw_only=True):
    """SyncNet's confidence, and by how many seconds the sound is late (negative: early). `by`: whose word."""

    confidence: float
    offset: float
    by: str = ""


class SyncJudge(Protocol):
    """Says how well lips and sound agree, as SyncNet does."""

    def judge(self, path: Path) -> SyncFigures:
        """Of the clip's largest face. Raises EngineError where it cannot say."""
        ...


class Facts(Value, frozen=True, kw_only=True):
    """What was measured of a file.

    `problem`: why it cannot be decoded throughout; then the rest is what was known until there. `width` and
    `height`: as shown, upright and with square pixels. `unevenness`: how much the longest gap between two
    pictures exceeds the shortest, in usual gaps. `begins`: when the first picture does, in media time.
    `cuts`: the frames that begin a new shot. `faces` and `sync`: None where they were not measured.
    """

    problem: str = ""
    seconds: float = 0.0
    frames: int = 0
    width: int = 0
    height: int = 0
    rate: Ratio = _NOTHING
    unevenness: float = 0.0
    kilobits: float = 0.0
    sound: bool = False
    begins: Ratio = _NOTHING
    cuts: tuple[int, ...] = ()
    faces: FaceFigures | None = None
    sync: SyncFigures | None = None


def inspect_stream(path: Path, cache: Path | None = None) -> Facts:
    """All but faces and sync. Never raises for what the file is: that is its `problem`."""
    seen = _Seen()
    problem = ""
    try:
        info = probe(path, cache)
        if info.video is not None:
            seen.rate, seen.width, seen.height = info.video.rate, info.video.width, info.video.height
        seen.sound = info.audio is not None
        _read_through(path, seen)
    except EngineError as error:
        problem = str(error).removeprefix(f"{path} ").removeprefix(f"{path}: ")
    except RuntimeError as error:  # pathlib's, of links that lead to themselves
        problem = f"cannot be opened: {error}"
    return seen.facts(problem)


def inspect_faces(path: Path, facts: Facts, models: FaceModels) -> FaceFigures:
    """Whether there is a face, a few times a second. Raises as `open_reel`, MissingModel."""
    rate = facts.rate.exact
    step = max(1, round(rate / LOOKS))
    with open_reel(path, Sampling(offset=facts.begins.exact, rate=rate)) as reel:
        pictures = (reel.picture(frame) for frame in range(0, facts.frames, step))
        found = (face is not None for face in find_landmarks(pictures, models))
        return face_figures(_until_hopeless(found, math.ceil(GIVE_UP * rate / step)), step / rate)


def _until_hopeless(found: Iterable[bool], patience: int) -> Iterator[bool]:
    """The looks, until `patience` of them running found no face."""
    missed = 0
    for face in found:
        yield face
        missed = 0 if face else missed + 1
        if missed == patience:
            return


def face_figures(found: Iterable[bool], apart: Fraction) -> FaceFigures:
    """Of looks that lie `apart` seconds from each other."""
    looks = list(found)
    gaps = [len(list(run)) for face, run in groupby(looks) if not face]
    return FaceFigures(looked=len(looks), found=sum(looks), gap=round(float(max(gaps, default=0) * apart), 3))


@dataclass(slots=True)
class _Seen:
    """What is known so far of a file that is being read."""

    width: int = 0
    height: int = 0
    rate: Ratio = _NOTHING
    sound: bool = False
    start: Fraction = Fraction(0)
    clock: Fraction = Fraction(1)
    stream: int = 0
    told: Fraction = Fraction(0)
    whole: bool = False  # `told` is the file's length, not the picture's
    reached: Fraction = Fraction(0)
    size: int = 0
    times: list[int] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    shape: tuple[int, int, str] | None = None

    def packet(self, packet: Packet[Any], path: Path) -> None:
        """A packet of any stream."""
        if packet.is_corrupt:
            raise TruncatedMedia(f"{path} has damaged packets, or is cut short")
        if packet.pts is not None and packet.time_base is not None:
            end = (packet.pts + (packet.duration or 0)) * Fraction(packet.time_base)
            if self.whole or packet.stream_index == self.stream:
                self.reached = max(self.reached, end - self.start)

    def frame(self, frame: VideoFrame, path: Path) -> None:
        """A decoded picture."""
        if frame.is_corrupt:
            raise BadMedia(f"{path} has a damaged picture, number {len(self.times)}")
        if frame.interlaced_frame:
            raise BadMedia(f"{path} is interlaced: make a progressive copy of it")
        shape = frame.width, frame.height, frame.format.name
        if self.shape not in {None, shape}:
            raise BadMedia(f"{path} changes its picture's size or format on the way")
        self.shape = shape
        time = frame.dts if frame.pts is None else frame.pts  # AVI tells decoding times alone
        if time is None or (self.times and time <= self.times[-1]):
            raise BadMedia(f"{path} does not say when its picture {len(self.times)} is shown")
        self.times.append(time)
        self.changes.see(frame)

    def finish(self, path: Path) -> None:
        if not self.times:
            raise TruncatedMedia(f"{path} has no picture that can be decoded")
        if self.told - self.reached > _CUT_SHORT:
            raise TruncatedMedia(
                f"{path} ends after {float(self.reached):.2f} s of the {float(self.told):.2f} s that it says"
            )

    def facts(self, problem: str) -> Facts:
        gaps = sorted(after - before for before, after in pairwise(self.times))
        usual = gaps[len(gaps) // 2] if gaps else 0
        begin, shown = (self.times[0], self.times[-1] + usual - self.times[0]) if self.times else (0, 0)
        seconds = shown * self.clock
        # Two ticks are what a coarse clock, such as Matroska's, makes of even gaps.
        uneven = max(0, gaps[-1] - gaps[0] - 2) / usual if usual else 0.0
        return Facts(
            problem=problem,
            seconds=round(float(seconds or self.told), 3),
            frames=len(self.times),
            width=self.width,
            height=self.height,
            rate=self.rate,
            unevenness=round(uneven, 3),
            kilobits=round(float(self.size * 8 / seconds / 1000), 1) if seconds else 0.0,
            sound=self.sound,
            begins=Ratio.of(begin * self.clock - self.start if self.times else Fraction(0)),
            cuts=cuts(self.changes.found),
        )


def _read_through(path: Path, seen: _Seen) -> None:
    with open_media(path) as container, libav_errors(path):
        stream = picture_stream(container, path)
        stream.thread_type = "AUTO"
        # Else a decoder hides what is damaged: HEVC with 20 bytes of noise in it decodes without a word.
        stream.codec_context.options = {"err_detect": "explode"}
        _note_stream(container, stream, seen)
        for packet in container.demux((stream, *container.streams.audio)):
            seen.packet(packet, path)
            if packet.stream_index != stream.index:
                continue
            seen.size += packet.size
            for frame in packet.decode():
                seen.frame(frame, path)  # type: ignore[arg-type]  # a packet of the picture gives pictures
        seen.finish(path)


def _note_stream(container: InputContainer, stream: VideoStream, seen: _Seen) -> None:
    seen.start, seen.clock, seen.stream = (
        media_start(container),
        Fraction(stream.time_base or 1),
        stream.index,
    )
    told = _told_length(stream)
    seen.whole = told is None
    seen.told = Fraction(container.duration or 0, 1_000_000) if told is None else told
    aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    turned = seen.width != stream.width and seen.width == stream.height
    seen.width = round(seen.width * (1 / aspect if turned else aspect))


def _told_length(stream: VideoStream) -> Fraction | None:
    """What the picture's own track says that it lasts until, in seconds."""
    if stream.duration is not None and stream.time_base is not None:
        return stream.duration * Fraction(stream.time_base)
    if tagged := _TAGGED.fullmatch(stream.metadata.get("DURATION", "")):  # Matroska's way
        return int(tagged[1]) * 3600 + int(tagged[2]) * 60 + Fraction(tagged[3])
    return None
