"""The sound of a take: in step to the sample, and joined so that nobody hears where."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.filter import Graph
from shared_media import shared

from engine import errors
from engine.media.audio import take_audio
from engine.media.audio_decode import sound_file
from engine.media.sound import Samples, frame_of, layout_of, write_wav
from engine.protocol import Add, EditPlan, Footage, Keep, Ratio, Render, Retime, Span, Speech

RATES = (Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001))
FADE = 240


def job(
    media: Path,
    spans: tuple[Span, ...],
    *,
    rate: Fraction = Fraction(25),
    offset: Fraction = Fraction(0),
    speech: tuple[Speech, ...] = (),
) -> Render:
    return Render(
        footage=Footage(media=str(media), fingerprint="", offset=Ratio.of(offset), first=0, last=10_000),
        plan=EditPlan(rate=Ratio.of(rate), spans=spans),
        bridge=4,
        speech=speech,
    )


def line(path: Path, ticks: int) -> Speech:
    return Speech(path=str(path), fingerprint="", start=0, end=ticks)


def noise(seconds: float, level: float = 0.1, channels: int = 1, seed: int = 0) -> Samples:
    chance = np.random.default_rng(seed)
    return (chance.standard_normal((round(seconds * 48_000), channels)) * level).astype(np.float32)


def talk(seconds: float, level: float, *, seed: int = 0, floor: float = 0.001, channels: int = 1) -> Samples:
    """Something with the rhythm of speech: bursts of 160 ms, a pause of half a second in every two."""
    chance = np.random.default_rng(seed)
    count = round(seconds * 48_000)
    time = np.arange(count) / 48_000
    voiced = (np.sin(2 * np.pi * 3.1 * time) > -0.6) & (time % 2 < 1.5)
    tone = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 20))
    sound = np.where(voiced, tone * level, 0)[:, None] + chance.standard_normal((count, channels)) * floor
    return sound.astype(np.float32)


def wav(path: Path, samples: Samples) -> Path:
    write_wav(path, samples, 48_000)
    return path


def pcm(samples: Samples) -> Samples:
    """What 24 bits keep of the samples."""
    return (np.rint(samples.astype(np.float64) * 2**23) / 2**23).astype(np.float32)


def rms_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2)))


def integrated_loudness(samples: Samples) -> float:
    """By FFmpeg's ebur128."""
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=48_000, format="flt", layout=layout_of(samples.shape[1]), time_base=Fraction(1, 48_000)
    )
    graph.link_nodes(source, graph.add("ebur128", "metadata=1"), graph.add("abuffersink")).configure()
    graph.push(frame_of(samples, 48_000))
    graph.push(None)
    told = -70.0
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return told
        told = float(frame.metadata.get("lavfi.r128.I", told))


def test_length_is_exact_at_every_rate(tmp_path: Path) -> None:
    media = wav(tmp_path / "a.wav", noise(4))
    speech = line(wav(tmp_path / "b.wav", talk(1, 0.1)), 100)

    for rate in RATES:
        for frames in (1, 7, 24, 50):
            spans = (Keep(start=0, end=frames), Add(frames=13, speech=0), Retime(start=60, end=70, frames=7))
            sound = take_audio(job(media, spans, rate=rate, speech=(speech,)))
            assert sound.shape == (round((frames + 20) * 48_000 / rate), 1)
            assert sound.dtype == np.float32


@pytest.mark.parametrize("rate", RATES)
def test_a_kept_span_is_the_source_bit_for_bit(tmp_path: Path, rate: Fraction) -> None:
    source = noise(4, channels=2)
    media = wav(tmp_path / "a.wav", source)

    sound = take_audio(job(media, (Keep(start=10, end=60),), rate=rate, offset=Fraction(1, 3)))

    first = round((Fraction(1, 3) + 10 / rate) * 48_000)
    assert np.array_equal(sound, pcm(source)[first : first + len(sound)])


@pytest.mark.parametrize("rate", RATES)
def test_a_click_after_a_removal_is_at_the_sample_that_its_picture_is_at(
    tmp_path: Path, rate: Fraction
) -> None:
    clicks = np.zeros((48_000 * 6, 1), np.float32)
    media_times = [Fraction(frame) / rate for frame in (20, 100, 125)]
    for time in media_times:
        clicks[round(time * 48_000)] = 0.5
    media = wav(tmp_path / "a.wav", clicks)

    sound = take_audio(job(media, (Keep(start=0, end=50), Keep(start=80, end=140)), rate=rate))

    heard = np.flatnonzero(sound[:, 0])
    wanted = [Fraction(20) / rate, Fraction(70) / rate, Fraction(95) / rate]
    assert np.abs(heard - np.array([float(time * 48_000) for time in wanted])).max() <= 1


def test_outside_the_crossfade_both_sides_of_a_removal_are_the_source(tmp_path: Path) -> None:
    source = noise(6, channels=2)
    media = wav(tmp_path / "a.wav", source)
    lead = -500

    sound = take_audio(job(media, (Keep(start=0, end=50), Keep(start=80, end=140, lead=lead))))

    cut, gone = 50 * 1920 + lead, 30 * 1920
    kept = pcm(source)
    assert np.array_equal(sound[: cut - FADE], kept[: cut - FADE])
    assert np.array_equal(sound[cut + FADE :], kept[cut + FADE + gone : 140 * 1920])
    joined = sound[cut - FADE : cut + FADE]
    assert not np.array_equal(joined, kept[cut - FADE : cut + FADE])
    assert abs(rms_db(joined) - rms_db(source)) < 1.5


def test_spans_that_play_on_are_not_crossfaded(tmp_path: Path) -> None:
    media = wav(tmp_path / "a.wav", noise(4))
    whole = take_audio(job(media, (Keep(start=0, end=60),)))

    spans = (Keep(start=0, end=20), Keep(start=20, end=40, resync=True), Keep(start=40, end=60))

    assert np.array_equal(take_audio(job(media, spans)), whole)


def test_no_join_clicks(tmp_path: Path) -> None:
    time = np.arange(48_000 * 6) / 48_000
    source = (0.4 * np.sin(2 * np.pi * 180 * time) + 0.2 * np.sin(2 * np.pi * 333 * time)).astype(np.float32)
    media = wav(tmp_path / "a.wav", source[:, None])
    speech = line(wav(tmp_path / "b.wav", source[1000:49_000, None]), 100)

    spans = (
        Keep(start=0, end=31),
        Keep(start=44, end=70, lead=311),
        Add(frames=40, speech=0, delay=9000),
        Retime(start=70, end=90, frames=33),
        Keep(start=90, end=110),
    )
    sound = take_audio(job(media, spans, speech=(speech,)))

    # This clip's room tone is a tone, and the line lies on top of it; a click would be a step of 0.3.
    assert np.abs(np.diff(sound[:, 0])).max() < 2 * np.abs(np.diff(source)).max()


def test_before_and_after_the_stream_there_is_silence(tmp_path: Path) -> None:
    source = noise(2)
    media = wav(tmp_path / "a.wav", source)

    sound = take_audio(job(media, (Keep(start=-25, end=75),)))

    assert not sound[:48_000].any()
    assert np.array_equal(sound[48_000 : 3 * 48_000], pcm(source))
    assert not sound[3 * 48_000 :].any()


def test_media_without_sound_gives_no_channels_and_a_line_two(tmp_path: Path) -> None:
    media = tmp_path / "silent.mov"
    with av.open(str(media), "w") as out:
        stream = out.add_stream("mpeg4", rate=25, options={"threads": "1"})
        stream.width, stream.height = 64, 64
        for _ in range(5):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        out.mux(stream.encode())
    recorded = talk(1, 0.05)
    speech = line(wav(tmp_path / "b.wav", recorded), 100)

    silent = take_audio(job(media, (Keep(start=0, end=5),)))
    spoken = take_audio(job(media, (Keep(start=0, end=5), Add(frames=50, speech=0)), speech=(speech,)))

    assert silent.shape == (9600, 0)
    assert spoken.shape == (55 * 1920, 2)
    assert np.array_equal(spoken[:, 0], spoken[:, 1])
    assert np.array_equal(spoken[9600 + FADE : 9600 + 47_000, 0], pcm(recorded)[FADE:47_000, 0])


def test_an_addition_is_room_tone_around_the_line(tmp_path: Path) -> None:
    source = talk(12, 0.1, channels=2)
    media = wav(tmp_path / "a.wav", source)
    speech = line(wav(tmp_path / "b.wav", talk(1, 0.1, seed=2)), 100)

    sound = take_audio(
        job(
            media,
            (Keep(start=0, end=100), Add(frames=75, speech=0, delay=48_000), Keep(start=100, end=120)),
            speech=(speech,),
        )
    )

    added = sound[100 * 1920 : 175 * 1920]
    before, said = added[FADE:47_500], added[48_000:96_000]
    pause = source[round(1.6 * 48_000) : round(1.9 * 48_000)]
    assert abs(rms_db(before) - rms_db(pause)) < 1
    assert rms_db(said) > rms_db(before) + 20
    assert not np.array_equal(before[:, 0], before[:, 1])  # as wide as the room


def test_room_tone_has_no_pattern_that_comes_again(tmp_path: Path) -> None:
    media = wav(tmp_path / "a.wav", talk(8, 0.1))
    quiet = line(wav(tmp_path / "b.wav", np.zeros((4800, 1), np.float32)), 10)

    tone = take_audio(job(media, (Add(frames=100, speech=0),), speech=(quiet,)))[9600:, 0]

    spectrum = np.abs(np.fft.rfft(tone, 1 << 19)) ** 2
    likeness = np.fft.irfft(spectrum)
    assert np.abs(likeness[480 : len(tone) // 2]).max() < 0.35 * likeness[0]


@pytest.mark.parametrize("recorded_level", [0.004, 0.1, 0.3])
def test_the_line_is_as_loud_as_the_speech_around_it(tmp_path: Path, recorded_level: float) -> None:
    media = wav(tmp_path / "a.wav", talk(12, 0.1))
    speech = line(wav(tmp_path / "b.wav", talk(4, recorded_level, floor=1e-5)), 400)

    sound = take_audio(
        job(
            media,
            (Keep(start=0, end=100), Add(frames=100, speech=0), Keep(start=100, end=200)),
            speech=(speech,),
        )
    )

    own, added = sound[: 100 * 1920], sound[100 * 1920 : 200 * 1920]
    assert abs(integrated_loudness(added) - integrated_loudness(own)) < 1.5


def test_a_peaky_line_is_held_under_full_scale_and_keeps_its_loudness(tmp_path: Path) -> None:
    media = wav(tmp_path / "a.wav", talk(12, 0.3))
    peaky = talk(3, 0.02)
    peaky[::7001] = 0.5
    speech = line(wav(tmp_path / "b.wav", peaky), 300)

    sound = take_audio(job(media, (Keep(start=0, end=100), Add(frames=80, speech=0)), speech=(speech,)))

    own, added = sound[: 100 * 1920], sound[100 * 1920 + FADE :]
    assert np.abs(added).max() < 1
    assert abs(integrated_loudness(added) - integrated_loudness(own)) < 1.5


def test_the_line_goes_where_the_dialogue_is(tmp_path: Path) -> None:
    source = noise(8, 0.0005, channels=2)
    source[:, :1] += talk(8, 0.1)
    media = wav(tmp_path / "a.wav", source)
    speech = line(wav(tmp_path / "b.wav", talk(2, 0.1)), 200)

    added = take_audio(job(media, (Add(frames=50, speech=0), Keep(start=0, end=1)), speech=(speech,)))

    assert rms_db(added[:95_000, 0]) > rms_db(added[:95_000, 1]) + 30


def test_a_line_longer_than_its_span_ends_softly_with_it(tmp_path: Path) -> None:
    media = wav(tmp_path / "a.wav", talk(8, 0.1))
    speech = line(wav(tmp_path / "b.wav", noise(4, 0.1)), 400)

    sound = take_audio(
        job(media, (Add(frames=25, speech=0), Keep(start=38, end=47)), speech=(speech,))  # keeps a pause
    )

    assert rms_db(sound[40_000:47_000]) > -40
    assert rms_db(sound[48_300:60_000]) < -50


@pytest.mark.parametrize("frames", [20, 36, 60, 90])
def test_a_retime_keeps_pitch_and_sync(tmp_path: Path, frames: int) -> None:
    time = np.arange(48_000 * 4) / 48_000
    tone = 0.3 * np.sin(2 * np.pi * 440 * time) * ((time > 1.5) & (time < 2.5))
    media = wav(tmp_path / "a.wav", tone.astype(np.float32)[:, None])

    sound = take_audio(job(media, (Retime(start=25, end=75, frames=frames),)))[:, 0]

    slower = frames / 50
    loud = np.flatnonzero(np.convolve(np.abs(sound), np.ones(480) / 480, "same") > 0.05)
    assert abs(loud[0] / 48_000 - 0.5 * slower) < 0.02
    assert abs(loud[-1] / 48_000 - 1.5 * slower) < 0.036  # under a frame
    middle = sound[loud[0] + 2400 : loud[-1] - 2400]
    crossings = np.count_nonzero(np.diff(np.signbit(middle))) / 2
    assert abs(crossings / (len(middle) / 48_000) - 440) < 6


def test_six_channels_stay_six(tmp_path: Path) -> None:
    source = noise(4, 0.0005, channels=6)
    source[:, 2:3] += talk(4, 0.1)
    media = wav(tmp_path / "a.wav", source)
    speech = line(wav(tmp_path / "b.wav", talk(1, 0.1)), 100)

    sound = take_audio(job(media, (Keep(start=0, end=20), Add(frames=30, speech=0)), speech=(speech,)))

    levels = [rms_db(sound[20 * 1920 + FADE :, channel : channel + 1]) for channel in range(6)]
    assert sound.shape == (50 * 1920, 6)
    assert levels.index(max(levels)) == 2
    assert max(levels[:2] + levels[3:]) < levels[2] - 30


def test_the_same_job_gives_the_same_samples(tmp_path: Path) -> None:
    media = wav(tmp_path / "a.wav", talk(8, 0.1))
    speech = line(wav(tmp_path / "b.wav", talk(1, 0.1)), 100)
    spans = (Keep(start=0, end=50), Add(frames=50, speech=0), Retime(start=50, end=90, frames=33))

    one = take_audio(job(media, spans, speech=(speech,)))

    assert np.array_equal(one, take_audio(job(media, spans, speech=(speech,))))


def test_a_line_that_the_job_does_not_have_is_refused(tmp_path: Path) -> None:
    media = wav(tmp_path / "a.wav", noise(1))

    with pytest.raises(errors.BadMedia, match="line 3"):
        take_audio(job(media, (Add(frames=5, speech=3),)))


def test_real_speech_survives_a_removal_without_a_click() -> None:
    media = shared("media/speaker_458_15s.mp4")
    spans = (Keep(start=0, end=50), Keep(start=71, end=120, lead=120))

    sound = take_audio(job(media, spans))

    source = sound_file(media).read(0, 48_000 * 6)
    cut = 50 * 1920 + 120
    assert np.array_equal(sound[: cut - FADE], source[: cut - FADE])
    assert np.array_equal(sound[cut + FADE :], source[cut + FADE + 21 * 1920 : 120 * 1920])
    steps = np.abs(np.diff(sound[cut - 2 * FADE : cut + 2 * FADE], axis=0)).max()
    nearby = np.abs(np.diff(source[cut - 9600 : cut + 21 * 1920 + 9600], axis=0)).max()
    assert steps <= nearby
