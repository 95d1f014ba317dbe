"""A presenter whose head sways while the mouth opens and shuts, with the grain of a camera: luma of film."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from drawn_faces import film, portrait

from engine.media.conversion import frame_of
from engine.media.picture import GREY, Picture
from engine.training.presenter.mouth import Mouth

RATE = Fraction(25)
SIZE = (320, 240)  # width and height
_GRAIN = 4  # codes of 10 bits


def swaying(frames: int, seed: int = 7, size: tuple[int, int] = SIZE) -> Iterator[Picture]:
    """So many pictures of `size`."""
    shut, wide = (
        film(portrait(seed, size, mouth)).y.astype(np.float32) for mouth in (Mouth(), Mouth(jaw=1.0))
    )
    grain = np.random.default_rng(seed)
    for frame in range(frames):
        opening = np.float32(0.5 - 0.5 * np.cos(frame * 0.9) * np.cos(frame * 0.13))
        turn = np.array([[1, 0, 5 * np.sin(frame / 19)], [0, 1, 3 * np.sin(frame / 7)]], np.float32)
        face = cv2.warpAffine(shut + (wide - shut) * opening, turn, size, borderMode=cv2.BORDER_REFLECT)
        luma = face + _GRAIN * grain.standard_normal(face.shape, np.float32)
        chroma = np.full((size[1], size[0] // 2), GREY, np.uint16)
        yield Picture(y=np.clip(np.rint(luma), 4, 1019).astype(np.uint16), u=chroma, v=chroma)


def as_h264(pictures: Iterable[Picture], path: Path, quality: int = 23) -> Path:
    """What is put on the web: H.264 of 8 bits, 4:2:0."""
    with av.open(str(path), "w") as out:
        stream = None
        for number, picture in enumerate(pictures):
            if stream is None:
                height, width = picture.y.shape
                stream = out.add_stream(
                    "libx264", rate=RATE, width=width, height=height, options={"crf": str(quality)}
                )
                stream.pix_fmt = "yuv420p"
            frame = frame_of(picture).reformat(format="yuv420p")
            frame.pts, frame.time_base = number, 1 / RATE
            out.mux(stream.encode(frame))
        assert stream is not None
        out.mux(stream.encode(None))
    return path
