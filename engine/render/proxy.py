"""A stretch of a clip made ready to be scrubbed: small JPEGs one after another, and the sound beside them.

decode, in a thread of its own  ->  shrink, turn  ->  look for the face, where asked  ->  JPEG  ->  file
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from av.video.frame import VideoFrame

from engine.errors import MissingModel, NoSuchStream, TruncatedMedia
from engine.face.models import INSTALL_HINT, FaceModels
from engine.face.track import FaceTracker, enlarged, face_box
from engine.face.view import seen_size
from engine.media import decode
from engine.media.audio_decode import sound_file
from engine.media.jpeg import Bgr, jpeg
from engine.media.miniature import Miniatures, Size
from engine.media.picture import PictureFormat
from engine.media.pipeline import ahead
from engine.media.sound import stereo, write_wav
from engine.protocol import SAMPLE_RATE, FaceBox, Progress, Proxy, Reel
from engine.whole_file import not_written, written_beside

OnProgress = Callable[[Progress], None]

_DEPTH = 4  # pictures decoded ahead: 100 MB at 4K
_NO_PICTURE = PictureFormat(width=1920, height=1080)  # the shape of black, where there is sound alone


def make_reel(job: Proxy, folder: Path, models: FaceModels | None, on_progress: OnProgress) -> Reel:
    """The reel, its files in `folder`. The same job gives the same bytes.

    Media of sound alone have black pictures. Raises BadMedia and its leaves (NoSuchStream for neither picture
    nor sound, MissingModel where faces are to be looked for without `models`), DiskFull, RenderFailed.
    """
    if job.faces and models is None:
        raise MissingModel(f"faces cannot be looked for: the models are missing; {INSTALL_HINT}")
    folder.mkdir(parents=True, exist_ok=True)
    path, sound = folder / "pictures.mjpeg", _write_sound(job, folder / "sound.wav")
    lengths: list[int] = []
    faces: list[FaceBox | None] = []
    with _opened(job, or_none=bool(sound)) as film, _file(path) as out:
        form = _NO_PICTURE if film is None else film.format
        size = Size.of(form, job.height)
        camera = _Camera(form, size, models if job.faces else None)
        with closing(ahead(_frames(job, film), _DEPTH)) as frames:
            for shot in camera.shots(frames):
                out.write(shot.picture)
                lengths.append(len(shot.picture))
                faces.append(shot.face)
                on_progress(Progress(phase="frames", done=len(lengths), total=job.end - job.start))
    return Reel(
        path=str(path),
        offsets=struct.pack(f"<{len(lengths) + 1}Q", *accumulate(lengths, initial=0)),
        frames=len(lengths),
        width=size.width,
        height=size.height,
        sound=sound,
        faces=tuple(faces) if job.faces else (),
    )


def is_there(reel: Reel) -> bool:
    """Whether the reel's files still lie where they were written."""
    (length,) = struct.unpack("<Q", reel.offsets[-8:])
    pictures = Path(reel.path)
    whole = pictures.is_file() and pictures.stat().st_size == length
    return whole and (not reel.sound or Path(reel.sound).is_file())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shot:
    """What a frame of the reel shows: a JPEG, and where the face is."""

    picture: bytes
    face: FaceBox | None = None


class _Camera:
    """Shows decoded frames small. A picture that several frames show is made once."""

    def __init__(self, form: PictureFormat, size: Size, models: FaceModels | None) -> None:
        self._whole = form.height, form.width - form.padded
        self._black = _Shot(picture=jpeg(np.zeros((size.height, size.width, 3), np.uint8)))
        self._miniatures = Miniatures(form, size)
        self._tracker = None if models is None else FaceTracker(models)

    def shots(self, frames: Iterable[VideoFrame | None]) -> Iterator[_Shot]:
        """None is black."""
        last, shot = None, self._black
        for frame in frames:
            if frame is not last:
                last, shot = frame, self._black if frame is None else self._shot(frame)
            yield shot

    def _shot(self, frame: VideoFrame) -> _Shot:
        picture = self._miniatures.of(frame)
        face = None if self._tracker is None else self._face(self._tracker, picture)
        return _Shot(picture=jpeg(picture), face=face)

    def _face(self, tracker: FaceTracker, picture: Bgr) -> FaceBox | None:
        rows, columns = seen_size(*picture.shape[:2])
        small = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
        rgb = np.ascontiguousarray(small[..., ::-1], np.uint8)
        found = face_box(tracker.landmarks(rgb), rgb)
        return None if found is None else enlarged(found, (rows, columns), self._whole)


@contextmanager
def _opened(job: Proxy, *, or_none: bool) -> Iterator[decode.Reel | None]:
    """The clip's pictures; None, where that will do, for media that have none."""
    sampling = decode.Sampling(offset=job.footage.offset.exact, rate=job.rate.exact)
    with ExitStack() as stack:
        film: decode.Reel | None = None
        try:
            film = stack.enter_context(decode.open_reel(Path(job.footage.media), sampling))
        except NoSuchStream:
            if not or_none:
                raise
        yield film


def _frames(job: Proxy, film: decode.Reel | None) -> Iterator[VideoFrame | None]:
    """What each frame shows; None where the clip has no picture, or the media has ended."""
    for frame in range(job.start, job.end):
        shown = None
        if film is not None and job.footage.first <= frame < job.footage.last:
            try:
                shown = film.shown(frame)
            except TruncatedMedia:
                film = None  # it will not go on: looking again would cost a seek for each frame
        yield shown


def _write_sound(job: Proxy, path: Path) -> str:
    """The wav's path; empty where the media has no sound."""
    try:
        heard = sound_file(Path(job.footage.media))
    except NoSuchStream:
        return ""
    per_frame = SAMPLE_RATE / job.rate.exact
    zero = round(job.footage.offset.exact * SAMPLE_RATE)
    first, last = (zero + round(frame * per_frame) for frame in (job.start, job.end))
    write_wav(path, stereo(heard.read(first, last)), SAMPLE_RATE, bits=16)
    return str(path)


@contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    """The file, which is there whole or not at all. Raises DiskFull, RenderFailed."""
    try:
        with written_beside(path) as beside, beside.open("wb") as out:
            yield out
    except OSError as error:
        raise not_written(path, error) from error
