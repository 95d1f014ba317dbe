"""What a render by diffusion looks like so far, for those who wait: a small picture now and then.

Of the latents as they would be if denoising went straight to its end (one Euler step to noise level 0) the
middle one of those made anew is decoded, alone, as if a clip began with it. At 1080p that takes LTX-Video's
decoder 6 TFLOP: 1 part in 32 of a tile of ten latents, and less than a hundredth of a step of the 13B
transformer. It draws from no random state that the render draws from.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from engine.diffusion.denoise import Step
from engine.media.crop import cropped
from engine.media.jpeg import jpeg
from engine.model.autoencoder import Frame, VideoAutoencoder
from engine.model.warm import lacks_memory
from engine.whole_file import write_whole

EVERY = 2.0  # seconds from one picture to the next, and before the first: a short render has none
_SHARE = 20  # ours: and as many times as long as the last one took, so that they cost a twentieth at most
_TALLEST = 320


class Previews:
    """The pictures of one render. Their files lie in its folder until the end of the `with`."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._due = clock() + EVERY
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for path in self._made:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    @property
    def latest(self) -> str:
        """The latest picture's path; empty where there is none."""
        return str(self._made[-1]) if self._made else ""

    def look(self, step: Step, autoencoder: VideoAutoencoder, size: tuple[int, int]) -> None:
        """Make a picture, if it is time. `size`: (height, width) of a frame without what pads it.

        Where none can be made, for want of memory or disk, the render goes on without.
        """
        begun = self._clock()
        if begun < self._due:
            return
        try:
            self._make(step, autoencoder, size)
        except (OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not lacks_memory(error):
                raise
            self._due = math.inf
            return
        ended = self._clock()
        self._due = ended + max(EVERY, _SHARE * (ended - begun))

    def _make(self, step: Step, autoencoder: VideoAutoencoder, size: tuple[int, int]) -> None:
        frame = next(iter(autoencoder.decode(step.clean_C1HW(step.middle), seed=0)))
        if not np.isfinite(frame).all():
            return
        path = self._folder / f"preview_{len(self._made) + 1:04}.jpg"
        write_whole(path, _file(cropped(frame, *size)))
        self._made.append(path)


def _file(frame: Frame) -> bytes:
    height, width = frame.shape[:2]
    if height > _TALLEST:
        width = max(1, round(width * _TALLEST / height))
        frame = np.asarray(cv2.resize(frame, (width, _TALLEST), interpolation=cv2.INTER_AREA), np.float32)
    return jpeg(np.ascontiguousarray(np.rint(frame[..., ::-1] * 255), np.uint8))
