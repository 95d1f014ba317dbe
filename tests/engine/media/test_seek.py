"""The right picture after a seek, whatever the groups of pictures: held against decoding in order."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import BadMedia
from engine.media.decode import Sampling, every_picture, open_reel
from engine.media.picture import same_picture

RATE, FRAMES = 25, 150


def moving_media(path: Path, codec: str, options: dict[str, str]) -> Path:
    """A bright block that wanders over grain: no two pictures are equal."""
    grain = np.random.default_rng(3).integers(40, 90, (96, 128, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE, options=options)
        stream.width, stream.height = 128, 96
        stream.pix_fmt = "yuv422p10le" if codec.startswith("prores") else "yuv420p"
        for number in range(FRAMES):
            picture = grain.copy()
            left = 5 + 3 * number % 100
            picture[20 + number % 50 : 40 + number % 50, left : left + 20] = 230
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("closed.mp4", "libx264", {"g": "24", "bf": "3"}),
        ("open.mp4", "libx264", {"g": "24", "bf": "3", "x264-params": "open-gop=1:b-pyramid=normal"}),
        ("open.mkv", "libx264", {"g": "24", "bf": "3", "x264-params": "open-gop=1"}),
        ("refresh.mp4", "libx264", {"g": "24", "x264-params": "intra-refresh=1"}),
        ("stream.ts", "libx264", {"g": "24", "bf": "3", "x264-params": "open-gop=1"}),
        ("open_hevc.mp4", "libx265", {"x265-params": "keyint=24:bframes=4:open-gop=1:log-level=none"}),
        ("camera.mxf", "mpeg2video", {"g": "15", "bf": "2"}),
        ("camera.mts", "mpeg2video", {"g": "15", "bf": "2"}),
        ("old.avi", "mpeg4", {"g": "15"}),
        ("intra.mov", "prores_aw", {}),
    ],
)
def test_a_seek_shows_what_decoding_in_order_shows(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    path = moving_media(tmp_path / name, codec, options)
    in_order = list(every_picture(path))
    with open_reel(path, Sampling(offset=Fraction(0), rate=Fraction(RATE))) as reel:
        for frame in random.Random(11).sample(range(len(in_order)), 60):
            assert same_picture(reel.picture(frame), in_order[frame]), f"frame {frame}"


@pytest.mark.parametrize(("name", "codec"), [("old.mpg", "mpeg2video"), ("reordered.avi", "libx264")])
def test_media_that_does_not_time_its_pictures_is_refused(tmp_path: Path, name: str, codec: str) -> None:
    path = moving_media(tmp_path / name, codec, {"g": "24", "bf": "2"})
    with (
        pytest.raises(BadMedia, match=r"old\.mpg|make a \.mov"),
        open_reel(path, Sampling(offset=Fraction(0), rate=Fraction(RATE))) as reel,
    ):
        reel.picture(20)
