"""Pictures in and out: what a file is, the right frame at the right time, exact takes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from shared_media import shared
from tiny import make_media

from engine.errors import BadMedia, MissingMedia, TruncatedMedia
from engine.media.decode import Sampling, open_reel
from engine.media.encode import TakeFormat, read_content, write_take
from engine.media.fingerprint import fingerprint
from engine.media.picture import Picture, PictureFormat, same_picture
from engine.media.probe import probe

NTSC = Fraction(30000, 1001)


def flat(luma: int, width: int = 64, height: int = 48) -> Picture:
    chroma = np.full((height, width // 2), 512, np.uint16)
    return Picture(y=np.full((height, width), luma, np.uint16), u=chroma, v=chroma)


def take(path: Path, rate: Fraction, frames: int, **settings: object) -> TakeFormat:
    """A silent take whose frame k has luma 100 + 8 k."""
    form = TakeFormat(
        picture=PictureFormat(width=64, height=48), rate=rate, frames=frames, channels=1, **settings
    )  # type: ignore[arg-type]
    pictures = (flat(100 + 8 * frame) for frame in range(frames))
    write_take(path, form, pictures, np.zeros((form.samples, 1), np.float32))
    return form


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), NTSC, Fraction(60)])
def test_a_take_has_exactly_its_frames_and_samples(tmp_path: Path, rate: Fraction) -> None:
    form = take(tmp_path / "t.mov", rate, 31)
    content = read_content(tmp_path / "t.mov")
    assert (content.frames, content.samples) == (31, form.samples)


def test_a_take_is_what_editors_expect(tmp_path: Path) -> None:
    take(tmp_path / "t.mov", NTSC, 10, timecode=1078920, drop_frame=True)
    with av.open(str(tmp_path / "t.mov")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.profile, video.format.name) == ("prores", "HQ", "yuv422p10le")
        assert (audio.codec_context.name, audio.rate, video.average_rate) == ("pcm_s24le", 48000, NTSC)
        assert container.streams[-1].metadata["timecode"] == video.metadata["timecode"] == "10:00:00;00"


def test_a_takes_probe_says_its_timecode(tmp_path: Path) -> None:
    take(tmp_path / "t.mov", Fraction(25), 10, timecode=90000)
    info = probe(tmp_path / "t.mov").video
    assert info is not None
    assert (info.start_timecode, info.rate.exact, info.variable_rate) == ("01:00:00:00", 25, False)


def test_the_content_hash_is_of_what_is_seen_and_heard(tmp_path: Path) -> None:
    take(tmp_path / "a.mov", Fraction(25), 5, timecode=0)
    take(tmp_path / "b.mov", Fraction(25), 5, timecode=500)
    assert read_content(tmp_path / "a.mov").sha256 == read_content(tmp_path / "b.mov").sha256


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), NTSC, Fraction(50)])
def test_a_frame_shows_what_the_media_has_at_its_midpoint(tmp_path: Path, rate: Fraction) -> None:
    take(tmp_path / "t.mov", Fraction(25), 60)
    with open_reel(tmp_path / "t.mov", Sampling(offset=Fraction(1, 5), rate=rate)) as reel:
        for frame in range(int(2 * rate)):
            expected = int((Fraction(1, 5) + (frame + Fraction(1, 2)) / rate) * 25)
            assert round((float(reel.picture(frame).y.mean()) - 100) / 8) == expected


def test_a_frame_past_the_end_is_refused_with_its_number(tmp_path: Path) -> None:
    take(tmp_path / "t.mov", Fraction(25), 10)
    with (
        open_reel(tmp_path / "t.mov", Sampling(offset=Fraction(0), rate=Fraction(25))) as reel,
        pytest.raises(TruncatedMedia, match="frame 30"),
    ):
        reel.picture(30)


def linear(path: Path, rate: Fraction) -> Iterator[Picture]:
    with open_reel(path, Sampling(offset=Fraction(0), rate=rate)) as reel:
        for frame in range(100):
            yield reel.picture(frame)


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("speaker_458_15s.mp4", Fraction(25)),
        ("interview_700_22fps_6s.mp4", Fraction(30)),
        ("kitchen_portrait_hevc_20s.mp4", Fraction(25)),
        ("gestures_700_30fps_6s.mp4", NTSC),
    ],
)
def test_no_frame_is_wrong_after_a_seek(name: str, rate: Fraction) -> None:
    path = shared(f"media/{name}")
    in_order = list(linear(path, rate))
    with open_reel(path, Sampling(offset=Fraction(0), rate=rate)) as reel:
        for frame in random.Random(7).sample(range(100), 25):
            assert same_picture(reel.picture(frame), in_order[frame])


def test_variable_rate_is_seen() -> None:
    info = probe(shared("media/interview_700_22fps_6s.mp4")).video
    assert info is not None
    assert info.variable_rate


def test_a_constant_rate_is_exact() -> None:
    info = probe(shared("media/speaker_458_15s.mp4"))
    assert info.video is not None
    assert info.audio is not None
    assert (info.video.rate.exact, info.video.variable_rate, info.video.width) == (25, False, 458)
    assert (info.audio.channels, info.audio.sample_rate) == (1, 44100) or info.audio.sample_rate == 44100


@pytest.mark.parametrize("name", ["http://example.org/a.mp4", "concat:a.mp4|b.mp4", "/dev/zero", "gone.mov"])
def test_only_local_files_are_read(name: str) -> None:
    with pytest.raises(BadMedia):
        probe(Path(name))


def test_missing_media_says_its_path(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match=r"gone\.mov"):
        probe(tmp_path / "gone.mov")


def test_the_fingerprint_is_of_the_content_not_of_the_path(tmp_path: Path) -> None:
    one = make_media(tmp_path / "one.mov", seconds=1)
    two = tmp_path / "two.mov"
    two.write_bytes(one.read_bytes())
    assert fingerprint(one) == fingerprint(two)


def test_one_changed_byte_is_another_fingerprint_even_from_the_cache(tmp_path: Path) -> None:
    path = make_media(tmp_path / "one.mov", seconds=1)
    before = fingerprint(path, tmp_path / "cache")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert fingerprint(path, tmp_path / "cache") != before
