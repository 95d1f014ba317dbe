"""Sound decoded from the middle of a file is the sound decoded from its beginning."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from engine import errors
from engine.media.audio_decode import sound_file, whole_sound
from engine.media.sound import Samples, frame_of, write_wav

SECONDS = 40
CODECS = (
    ("pcm.mov", "pcm_s24le", 48_000),
    ("pcm.mkv", "pcm_s16le", 48_000),
    ("aac.mp4", "aac", 48_000),
    ("aac.mkv", "aac", 48_000),
    ("aac.ts", "aac", 48_000),
    ("aac44.mp4", "aac", 44_100),
    ("flac44.flac", "flac", 44_100),
    ("mp3.mp3", "libmp3lame", 48_000),
    ("pcm32.wav", "pcm_s16le", 32_000),
)


def song(seconds: int, rate: int) -> Samples:
    """Tones that never repeat, and no hiss: AAC would make up its own."""
    time = np.arange(seconds * rate) / rate
    left = 0.3 * np.sin(2 * np.pi * (200 * time + 8 * time**2))
    right = 0.3 * np.sin(2 * np.pi * (900 * time - 7 * time**2))
    return np.stack([left, right], axis=1).astype(np.float32)


def encode(path: Path, codec: str, rate: int, samples: Samples, start: int = 0) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo")
        if codec == "aac":
            stream.options = {"aac_pns": "0"}
        resampler = av.AudioResampler(format=stream.format, layout="stereo", rate=rate)
        for first in range(0, len(samples), 1024):
            for frame in resampler.resample(frame_of(samples[first : first + 1024], rate, start + first)):
                out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("codecs")


@pytest.mark.parametrize(("name", "codec", "rate"), CODECS)
def test_a_read_from_the_middle_equals_the_linear_decode(
    folder: Path, name: str, codec: str, rate: int
) -> None:
    sound = sound_file(encode(folder / name, codec, rate, song(SECONDS, rate)))
    linear = sound.read(0, SECONDS * 48_000)

    for first, count in ((21 * 48_000 + 1, 5000), (30 * 48_000 + 777, 48_000), (38 * 48_000, 3)):
        assert np.array_equal(sound.read(first, first + count), linear[first : first + count])
    tail = sound.read((SECONDS - 1) * 48_000, (SECONDS + 1) * 48_000)
    assert np.array_equal(tail[:40_000], linear[(SECONDS - 1) * 48_000 :][:40_000])
    assert np.abs(tail[52_000:]).max() < 1e-4


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [codec for codec in CODECS if codec[0] != "aac.ts"],  # MPEG-TS says nothing of the encoder's delay
)
def test_no_codecs_priming_shifts_the_sound(folder: Path, name: str, codec: str, rate: int) -> None:
    sound = sound_file(encode(folder / f"placed_{name}", codec, rate, song(3, rate)))
    original = song(3, 48_000)[48_000:52_800]

    misses = {
        shift: float(np.abs(sound.read(48_000 + shift, 52_800 + shift) - original).mean())
        for shift in range(-3, 4)
    }

    assert min(misses, key=misses.__getitem__) == 0


def test_reading_in_pieces_equals_reading_at_once(folder: Path) -> None:
    sound = sound_file(encode(folder / "pieces.mp4", "aac", 44_100, song(4, 44_100)))
    whole = sound.read(-100, 120_000)

    pieces = np.concatenate([sound.read(at, at + 10_010) for at in range(-100, 119_000, 10_010)])

    assert np.array_equal(pieces[: len(whole)], whole)


def test_a_stream_that_starts_late_is_preceded_by_silence(folder: Path) -> None:
    """Media time 0 is where the picture begins."""
    path = folder / "late.mov"
    with av.open(str(path), "w") as out:
        picture = out.add_stream("mpeg4", rate=25, options={"threads": "1"})
        picture.width, picture.height = 64, 64
        voice = out.add_stream("pcm_s16le", rate=48_000, layout="mono")
        for _ in range(75):
            out.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        out.mux(picture.encode())
        ones = np.full((48_000, 1), 0.5, np.float32)
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        for frame in resampler.resample(frame_of(ones, 48_000, 24_000)):
            out.mux(voice.encode(frame))

    sound = sound_file(path)

    assert np.flatnonzero(sound.read(0, 96_000)[:, 0])[0] == 24_000
    assert np.flatnonzero(np.concatenate(list(whole_sound(sound)))[:, 0])[0] == 24_000


def test_the_whole_in_pieces_equals_one_read(folder: Path) -> None:
    sound = sound_file(encode(folder / "whole.mp4", "aac", 48_000, song(3, 48_000)))

    whole = np.concatenate(list(whole_sound(sound)))

    assert np.array_equal(whole, sound.read(0, len(whole)))


def test_a_file_cut_short_is_silent_from_there_on(folder: Path) -> None:
    path = folder / "short.wav"
    write_wav(path, song(2, 48_000), 48_000)
    path.write_bytes(path.read_bytes()[: 48_000 * 6])

    sound = sound_file(path).read(0, 96_000)

    assert sound[40_000:47_000].any()
    assert not sound[49_000:].any()


def test_media_without_sound_is_said_so(folder: Path) -> None:
    path = folder / "mute.mp4"
    with av.open(str(path), "w") as out:
        picture = out.add_stream("mpeg4", rate=25, options={"threads": "1"})
        picture.width, picture.height = 64, 64
        out.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        out.mux(picture.encode())

    with pytest.raises(errors.NoSuchStream, match="mute"):
        sound_file(path)


def test_the_rate_may_be_odd(folder: Path) -> None:
    path = folder / "odd.wav"
    write_wav(path, song(3, 44_056), 44_056)

    sound = sound_file(path).read(48_000, 96_000)

    assert np.abs(sound - song(3, 48_000)[48_000:96_000]).max() < 1e-3


def test_a_leap_of_the_timestamps_is_no_hour_of_silence(folder: Path) -> None:
    path = folder / "leap.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=48_000, layout="mono")
        ones = np.full((4800, 1), 0.5, np.float32)
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        for first in (0, 2 * 3600 * 48_000):
            for frame in resampler.resample(frame_of(ones, 48_000, first)):
                out.mux(stream.encode(frame))
        out.mux(stream.encode())

    with pytest.raises(errors.BadMedia, match="timestamps"):
        list(whole_sound(sound_file(path)))
