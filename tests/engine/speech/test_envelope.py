"""The loudness of a media file over time."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from engine import errors
from engine.media.sound import Samples, frame_of, write_wav
from engine.speech.envelope import energy_of


def steps(levels: list[float], rate: int, channels: int = 1) -> Samples:
    """A second of square wave at each of some levels in dB."""
    wave = np.where(np.arange(rate) % 20 < 10, 1.0, -1.0)
    sound = np.concatenate([wave * (0 if level <= -255 else 10 ** (level / 20)) for level in levels])
    return np.repeat(sound[:, None], channels, axis=1).astype(np.float32)


@pytest.mark.parametrize("rate", [48_000, 44_100, 22_050, 11_025, 16_000])
def test_each_tick_has_its_level_in_db_below_full_scale(tmp_path: Path, rate: int) -> None:
    write_wav(tmp_path / "a.wav", steps([-6, -30, -255, -60], rate, channels=2), rate)

    energy = energy_of(tmp_path / "a.wav")

    assert len(energy) == 400
    assert list(energy[1:99]) == [6] * 98
    assert list(energy[101:199]) == [30] * 98
    assert list(energy[201:299]) == [255] * 98
    assert list(energy[301:399]) == [60] * 98


def test_the_last_tick_may_be_a_part_of_one(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", steps([-20], 48_000)[:1000], 48_000)

    assert list(energy_of(tmp_path / "a.wav")) == [20, 20, 20]


def test_full_scale_is_zero(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", steps([0], 48_000), 48_000)

    assert set(energy_of(tmp_path / "a.wav")) == {0}


def test_a_stream_that_starts_late_has_its_sound_at_its_own_time(tmp_path: Path) -> None:
    path = tmp_path / "late.mov"
    with av.open(str(path), "w") as out:
        picture = out.add_stream("mpeg4", rate=25, options={"threads": "1"})
        picture.width, picture.height = 64, 64
        voice = out.add_stream("pcm_s16le", rate=48_000, layout="mono")
        for _ in range(50):
            out.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        out.mux(picture.encode())
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        for frame in resampler.resample(frame_of(steps([-20], 48_000), 48_000, 12_000)):
            out.mux(voice.encode(frame))

    energy = energy_of(path)

    assert set(energy[:25]) == {255}
    assert set(energy[25:]) == {20}


def test_media_without_sound_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "mute.mov"
    with av.open(str(path), "w") as out:
        picture = out.add_stream("mpeg4", rate=25, options={"threads": "1"})
        picture.width, picture.height = 64, 64
        out.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        out.mux(picture.encode())

    with pytest.raises(errors.NoSuchStream):
        energy_of(path)
