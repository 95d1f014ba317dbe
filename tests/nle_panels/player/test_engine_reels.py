"""Reels that the engine really made, played: the right picture and the right samples for every frame."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numbered_film import number_in, numbered_film
from PySide6.QtGui import QImage

from bridge.quiet import ClipWindow
from engine.protocol import Footage, Proxy, Ratio
from engine.render.proxy import make_reel
from nle_panels.player.cut import before
from nle_panels.player.playlist import CLIP, Place
from nle_panels.player.reels import PIECE, Reels
from nle_panels.player.sound import pcm

NTSC = Fraction(30000, 1001)
FRAMES = PIECE + 20


def number_seen(image: QImage | None) -> int:
    assert image is not None
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return number_in(rows[:, : grey.width()])


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """[samples, channels]: noise, so that no two stretches of it are alike."""
    samples = round((FRAMES + 1) * 48_000 / NTSC)
    return np.random.default_rng(7).integers(-9000, 9000, (samples, 2), dtype=np.int16)


@pytest.fixture
def reels(qapp: object, tmp_path: Path, sound: np.ndarray) -> Reels:
    """All pieces that were wanted, made by the engine as they would be for the panel."""
    media = numbered_film(tmp_path / "film.mov", FRAMES, rate=NTSC, sound=sound)
    footage = Footage(media=str(media), fingerprint="", offset=Ratio(num=0), first=0, last=FRAMES)
    made = Reels()
    made.set_source(CLIP, range(FRAMES))

    def make(source: str, start: int, end: int) -> None:
        folder = tmp_path / f"reel_{start}"
        folder.mkdir()
        job = Proxy(footage=footage, rate=Ratio.of(NTSC), start=start, end=end)
        made.add(source, start, make_reel(job, folder, None, lambda progress: None))

    made.wanted.connect(make)
    return made


def test_every_frame_is_the_films_own(reels: Reels) -> None:
    at = (0, 1, 100, PIECE - 1, PIECE, FRAMES - 1)
    for frame in at:
        reels.image(Place(source=CLIP, frame=frame))  # wanted, and made at once
    assert [number_seen(reels.image(Place(source=CLIP, frame=frame))) for frame in at] == [n + 1 for n in at]


def test_every_sample_is_the_films_own(reels: Reels, sound: np.ndarray) -> None:
    window = ClipWindow(rate=NTSC, offset=Fraction(0), frames=FRAMES, first=0, last=FRAMES)
    playlist = before(window)
    for frame in (0, PIECE):
        reels.image(Place(source=CLIP, frame=frame))
    heard = pcm(playlist, reels, 0, playlist.samples)
    assert heard == sound[: playlist.samples].tobytes()
