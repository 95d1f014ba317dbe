"""Speech features: Whisper's own numbers, no seams, and Eq 3's windows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadMedia, MissingModel
from engine.speech.features import (
    Features,
    LogMelFeatures,
    WhisperFeatures,
    load_whisper,
    windows,
)

RATE = 16_000
TINY_WHISPER = {
    "vocab_size": 8,
    "d_model": 16,
    "encoder_layers": 3,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 1,
}


def whisper_model(**changes: int):
    """Random weights; strong ones, so that what is heard counts for more than where, as in a trained one."""
    import torch
    from transformers import WhisperConfig, WhisperModel

    torch.manual_seed(0)
    model = WhisperModel(WhisperConfig(**TINY_WHISPER | changes)).eval()
    with torch.no_grad():
        for name, weight in model.encoder.named_parameters():
            if "proj" in name or "fc" in name or "conv" in name:
                weight.mul_(10)
        model.encoder.embed_positions.weight.mul_(0.2)
    return model


@pytest.fixture(scope="module")
def whisper():
    return whisper_model()


def babble(seconds: float, seed: int = 0) -> np.ndarray:
    """Tones that come and go: something with a shape in time and in pitch."""
    chance = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    sound = 0.003 * chance.standard_normal(len(time))
    for pitch in (130, 410, 1700, 3100):
        loud = np.interp(
            time, np.arange(0, seconds + 1, 0.15), chance.random(len(np.arange(0, seconds + 1, 0.15)))
        )
        sound += 0.2 * loud**3 * np.sin(2 * np.pi * pitch * time)
    return sound.astype(np.float32)


def ramp(count: int, layers: int = 2, channels: int = 3) -> Features:
    values = np.random.default_rng(3).standard_normal((count, layers, channels)).astype(np.float32)
    return Features(values=values, rate=Fraction(50))


# ------------------------------------------------------------------------------------------------ Eq 3


def eq3(values: np.ndarray, f_a: Fraction, f_v: Fraction, first: int, frames: int, length: int) -> np.ndarray:
    """Written from the paper, a number at a time."""
    out = np.zeros((frames, length, *values.shape[1:]))
    for row in range(frames):
        for n in range(length):
            u = (first + row) * f_a / f_v + (n - Fraction(length - 1, 2))
            k = u.numerator // u.denominator
            a = float(u - k)
            low, high = (min(max(index, 0), len(values) - 1) for index in (k, k + 1))
            out[row, n] = (1 - a) * values[low].astype(np.float64) + a * values[high].astype(np.float64)
    return out


@pytest.mark.parametrize("f_v", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])
@pytest.mark.parametrize(("f_a", "length"), [(50, 10), (100, 20), (50, 9)])
def test_windows_are_the_papers_third_equation(f_v: Fraction, f_a: int, length: int) -> None:
    values = ramp(300).values
    features = Features(values=values, rate=Fraction(f_a))
    assert windows(features, f_v, 0, 160, length) == pytest.approx(
        eq3(values, Fraction(f_a), f_v, 0, 160, length), abs=1e-6
    )


def test_a_whole_number_picks_the_feature_itself() -> None:
    features = ramp(200)
    picked = windows(features, Fraction(25), 10, 40, 9)  # 2 features a frame, an odd window: no fractions
    for row in range(40):
        first = 2 * (10 + row) - 4
        assert picked[row].tobytes() == features.values[first : first + 9].tobytes()


def test_ntsc_time_stays_exact_after_hours() -> None:
    features = ramp(50 * 1001)
    rate = Fraction(30000, 1001)
    picked = windows(features, rate, 30000 - 3, 7, 1)  # frame 30000 lies at 1001 s to the digit
    assert picked[3, 0].tobytes() == features.values[-1].tobytes()
    far = Features(values=features.values, rate=Fraction(50))
    assert windows(far, rate, 29970, 1, 1)[0, 0] == pytest.approx(
        eq3(far.values, Fraction(50), rate, 29970, 1, 1)[0, 0], abs=1e-6
    )


@pytest.mark.parametrize(("first", "index"), [(-500, 0), (5000, -1)])
def test_outside_the_sound_its_end_is_repeated(first: int, index: int) -> None:
    features = ramp(40)
    outside = windows(features, Fraction(24), first, 3, 10)
    assert (outside == features.values[index]).all()


def test_windows_of_part_of_a_clip_are_part_of_the_clips_windows() -> None:
    features = ramp(300)
    whole = windows(features, Fraction(30000, 1001), -8, 120, 10)
    assert windows(features, Fraction(30000, 1001), 40, 17, 10).tobytes() == whole[48:65].tobytes()


# ------------------------------------------------------------------------------------------------ log-mel


def whispers_own(sound: np.ndarray) -> np.ndarray:
    """transformers' log-mel of one 30 s window, [3000, 80]."""
    from transformers import WhisperFeatureExtractor

    extract = WhisperFeatureExtractor()
    return extract(sound, sampling_rate=RATE, return_tensors="np")["input_features"][0].T


def test_log_mel_is_whispers_but_for_floor_and_scale() -> None:
    sound = babble(7)
    ours = LogMelFeatures().features(sound).values[:, 0]
    theirs = whispers_own(sound)[:700] * 4 - 4  # decades of power again
    decades = ours * 4 - 2
    both = (decades > -6) & (theirs > theirs.min() + 1e-3)  # above both floors
    assert both.mean() > 0.5
    assert np.abs(decades - theirs)[both].max() < 2e-3


def test_log_mel_lies_between_minus_one_and_about_one() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    assert LogMelFeatures().features(np.zeros(RATE, np.float32)).values.max() == -1.0
    assert 0.9 < LogMelFeatures().features(tone).values.max() < 1.2


def test_a_loud_place_changes_nothing_elsewhere() -> None:
    quiet = babble(6) * 0.05
    slammed = quiet.copy()
    slammed[3 * RATE : 3 * RATE + 800] = 1.0
    before, after = (LogMelFeatures().features(sound).values for sound in (quiet, slammed))
    assert before[:298].tobytes() == after[:298].tobytes()
    assert before[307:].tobytes() == after[307:].tobytes()
    assert not np.array_equal(before[300:305], after[300:305])


def test_log_mel_of_a_long_sound_is_that_of_its_parts() -> None:
    sound = babble(60)
    whole, part = (LogMelFeatures().features(piece).values for piece in (sound, sound[40 * RATE :]))
    assert part[2:] == pytest.approx(whole[4002:], abs=1e-6)


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (160, 1), (161, 2), (RATE, 100)])
def test_every_hop_begun_is_a_frame(samples: int, frames: int) -> None:
    features = LogMelFeatures().features(np.full(samples, 0.1, np.float32))
    assert features.values.shape == (frames, 1, 80)
    assert features.rate == 100


def test_no_sound_is_refused() -> None:
    with pytest.raises(BadMedia, match="no sound"):
        LogMelFeatures().features(np.zeros(0, np.float32))


# ------------------------------------------------------------------------------------------------ Whisper


def test_whisper_features_are_all_blocks_at_50_hz(whisper) -> None:
    extractor = WhisperFeatures(whisper.get_encoder())
    features = extractor.features(babble(3.21))
    assert features.values.shape == (161, 3, 16)
    assert features.values.dtype == np.float32
    assert (features.rate, extractor.rate, extractor.layers, extractor.channels) == (50, 50, 3, 16)


def test_up_to_30_s_whisper_features_are_whispers_own(whisper) -> None:
    import torch

    sound = babble(21)
    with torch.inference_mode():
        heard = torch.from_numpy(whispers_own(sound).T[None].copy())
        hidden = whisper.get_encoder()(heard, output_hidden_states=True).hidden_states
    theirs = torch.stack(hidden[1:], dim=2)[0].numpy()[:1050]
    assert WhisperFeatures(whisper.get_encoder()).features(sound).values == pytest.approx(theirs, abs=1e-3)


def steps(values: np.ndarray) -> np.ndarray:
    """How much each feature frame differs from the one before it."""
    return np.sqrt((np.diff(values, axis=0) ** 2).sum(axis=(1, 2)))


def test_a_long_sound_has_no_seam(whisper) -> None:
    values = WhisperFeatures(whisper.get_encoder()).features(babble(70)).values
    assert values.shape[0] == 3500
    change = steps(values)
    for border in (1000, 2000):  # the second and third window begin there, and take over within 350 frames
        around = change[border + 100 : border + 400]
        elsewhere = np.concatenate((change[200:900], change[2500:3300]))
        assert around.max() <= elsewhere.max() * 1.05
        assert around.mean() <= elsewhere.mean() * 1.1


def test_a_steady_sound_shows_no_window_at_all(whisper) -> None:
    """With the same sound everywhere, only the windows themselves could make a step; a hard cut makes 2.4."""
    hum = np.sin(2 * np.pi * 200 * np.arange(70 * RATE) / RATE).astype(np.float32)
    change = steps(WhisperFeatures(whisper.get_encoder()).features(hum).values)
    assert change[1100:1400].max() <= change[300:1000].max() * 1.1


def test_what_is_heard_hangs_little_on_where_the_sound_was_cut(whisper) -> None:
    sound = babble(90)
    extractor = WhisperFeatures(whisper.get_encoder())
    whole, cut = (extractor.features(piece).values for piece in (sound, sound[7 * RATE :]))
    there, here = whole[350 + 500 : 350 + 3500], cut[500:3500]  # windows lie elsewhere, sound is the same
    varies = there - there.mean(axis=0)
    assert np.abs(there - here).mean() < 0.6 * np.abs(varies).mean()
    assert np.corrcoef(varies.ravel(), (here - here.mean(axis=0)).ravel())[0, 1] > 0.8


def test_short_windows_cover_every_length() -> None:
    extractor = WhisperFeatures(whisper_model(max_source_positions=30).get_encoder())
    for samples in (1, 320 * 30, 320 * 30 + 1, 320 * 45, 320 * 95):
        values = extractor.features(babble(samples / RATE + 1)[:samples]).values
        assert len(values) == -(-samples // 320)
        assert np.isfinite(values).all()


def test_whisper_comes_from_a_folder_of_safetensors(whisper, tmp_path: Path) -> None:
    whisper.save_pretrained(tmp_path)
    sound = babble(2)
    ours = WhisperFeatures(whisper.get_encoder()).features(sound).values
    assert load_whisper(tmp_path).features(sound).values.tobytes() == ours.tobytes()


def test_pickled_whisper_weights_are_not_read(whisper, tmp_path: Path) -> None:
    import torch

    whisper.config.save_pretrained(tmp_path)
    torch.save(whisper.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(MissingModel, match=r"model\.safetensors"):
        load_whisper(tmp_path)


def test_weights_that_are_not_here_are_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="pickup models pull whisper-small"):
        load_whisper(tmp_path / "nothing")
