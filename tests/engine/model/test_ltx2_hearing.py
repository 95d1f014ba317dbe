"""What LTX-2 hears: its log-mel as librosa has it, its tokens as diffusers packs them, on the edit's time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKLLTX2Audio
from diffusers.pipelines.ltx2 import LTX2Pipeline
from tiny_ltx2 import TOKEN, tiny_audio_autoencoder

from engine.errors import BadCheckpoint, MissingModel
from engine.media.sound import Samples, resampled
from engine.model.ltx2.hearing import Hearing, load_hearing, log_mel, with_faint_noise

HEARD = 16_000
RATE = 48_000
FILM = Fraction(25)


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    return Hearing.of(tiny_audio_autoencoder())


def babble(seconds: float, rate: int = RATE, channels: int = 2) -> Samples:
    """Noise that comes and goes four times a second, over a gliding tone."""
    draw = np.random.default_rng(1)
    time = np.arange(round(seconds * rate)) / rate
    glide = 0.2 * np.sin(2 * np.pi * (200 + 40 * time) * time)
    noise = draw.standard_normal((len(time), channels)) * (0.1 + 0.1 * np.sin(8 * np.pi * time))[:, None]
    return (glide[:, None] + noise).astype(np.float32)


def click(at: Fraction, seconds: int = 6) -> Samples:
    """Stereo babble with a loud sample."""
    sound = babble(seconds)
    sound[round(at * RATE)] += 0.9
    return sound


def changed(one: torch.Tensor, other: torch.Tensor) -> list[int]:
    return torch.nonzero((one != other).any(dim=1)).flatten().tolist()


# ------------------------------------------------------------------------------------------------ log-mel


@pytest.mark.parametrize("samples", [16_000, 16_159, 16_160, 5_001, 1_024])
def test_log_mel_is_librosas(samples: int) -> None:
    import librosa

    sound = babble(1.1, HEARD, 1)[:samples, 0]
    theirs = librosa.feature.melspectrogram(
        y=sound.astype(np.float64),
        sr=HEARD,
        n_fft=1024,
        hop_length=160,
        win_length=1024,
        window="hann",
        center=True,
        pad_mode="reflect",
        power=1.0,
        n_mels=64,
        fmin=0.0,
        fmax=8000.0,
        htk=False,
        norm="slaney",
    ).T
    ours = log_mel(sound, samples // 160 + 1)
    assert ours == pytest.approx(np.log(np.maximum(theirs, 1e-5)), abs=1e-5)


def test_silence_is_the_logarithm_of_the_least_magnitude() -> None:
    assert log_mel(np.zeros(HEARD, np.float32), 101) == pytest.approx(np.log(1e-5), abs=1e-6)


def test_a_sound_shorter_than_half_a_window_is_heard_too() -> None:
    assert log_mel(np.full(200, 0.5, np.float32), 2).max() > np.log(1e-5)


def test_log_mel_of_a_long_sound_is_that_of_its_parts() -> None:
    sound = babble(50, HEARD, 1)[:, 0]
    whole, part = log_mel(sound, 5000), log_mel(sound[40 * HEARD :], 1000)
    assert part[4:] == pytest.approx(whole[4004:], abs=1e-5)


# ------------------------------------------------------------------------------------------------ tokens


def test_tokens_are_packed_and_normalised_as_diffusers_does(hearing: Hearing) -> None:
    sound = babble(1.32)  # 33 frames at 25: 5 latents
    vae = hearing.autoencoder
    heard = resampled(sound, RATE, HEARD)
    mel = torch.from_numpy(np.stack([log_mel(side, 133) for side in heard.T]))
    with torch.inference_mode():
        raw = vae.encode(mel[None]).latent_dist.mode()
        theirs = LTX2Pipeline._normalize_audio_latents(
            LTX2Pipeline._pack_audio_latents(raw), vae.latents_mean, vae.latents_std
        )
    assert raw.shape == (1, 2, 34, 16)
    ours = hearing.tokens(sound, FILM, 0, 5)
    assert ours is not None
    assert ours.shape == (33, TOKEN)
    assert torch.allclose(ours, theirs[0, :33], atol=1e-5)


@pytest.mark.parametrize("rate", ["24", "24000/1001", "25", "30000/1001", "50", "60000/1001", "120"])
@pytest.mark.parametrize("latents", [1, 2, 17, 40])
def test_there_are_as_many_tokens_as_the_model_takes_for_the_pictures(
    hearing: Hearing, rate: str, latents: int
) -> None:
    seconds = (8 * latents - 7) / Fraction(rate)
    tokens = hearing.tokens(babble(0.5), Fraction(rate), 0, latents)
    assert tokens is not None
    assert len(tokens) == max(1, round(seconds * 25))  # diffusers: round(frames / rate * 25)


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(60000, 1001)])
def test_a_token_hears_up_to_its_own_time_and_half_a_window(hearing: Hearing, rate: Fraction) -> None:
    at = Fraction(2)
    latents = int(6 * rate) // 8
    quiet, clicked = (hearing.tokens(sound, rate, 0, latents) for sound in (babble(6), click(at)))
    assert quiet is not None
    assert clicked is not None
    first, last = min(changed(quiet, clicked)), max(changed(quiet, clicked))
    assert first == 50  # 40 ms x 50 is 2 s; the window of token 49 ends 8 ms before
    assert last <= 50 + hearing.reach + 1


def test_frames_before_the_take_hear_silence_and_the_take_comes_when_they_are_over(hearing: Hearing) -> None:
    sound = babble(3)
    sound[:4800] = 0  # else the resampler rings before its beginning
    led = hearing.tokens(sound, FILM, 7, 10)
    shifted = hearing.tokens(np.concatenate([np.zeros((7 * 1920, 2), np.float32), sound]), FILM, 0, 10)
    assert led is not None
    assert shifted is not None
    assert torch.allclose(led, shifted, atol=1e-5)


def test_a_film_s_odd_rate_decides_when_the_take_is_heard(hearing: Hearing) -> None:
    rate, at = Fraction(24000, 1001), Fraction(1)
    frames = 24 * 60  # a minute and 0.06 s: with a rounded rate the click would come to token 1525
    latents = (frames + 48) // 8
    quiet, clicked = (hearing.tokens(sound, rate, frames, latents) for sound in (babble(2), click(at, 2)))
    assert quiet is not None
    assert clicked is not None
    assert frames / rate + at == Fraction("61.06")  # the window of token 1526 is from 61.008 to 61.072 s
    assert min(changed(quiet, clicked)) == 1526


def test_mono_is_heard_on_both_sides(hearing: Hearing) -> None:
    mono = babble(1, channels=1)
    once, twice = (hearing.tokens(sound, FILM, 0, 4) for sound in (mono, np.repeat(mono, 2, axis=1)))
    assert once is not None
    assert twice is not None
    assert torch.equal(once, twice)


def test_the_two_sides_are_told_apart(hearing: Hearing) -> None:
    sound = babble(1)
    straight, crossed = (hearing.tokens(heard, FILM, 0, 4) for heard in (sound, sound[:, ::-1]))
    assert straight is not None
    assert crossed is not None
    assert not torch.allclose(straight, crossed)


def test_speech_longer_than_the_pictures_is_heard_as_far_as_they_go(hearing: Hearing) -> None:
    sound = babble(4)
    cut = hearing.tokens(sound[: 25 * 1920], FILM, 0, 4)
    whole = hearing.tokens(sound, FILM, 0, 4)
    assert cut is not None
    assert whole is not None
    assert torch.allclose(cut[:-1], whole[:-1], atol=1e-2)


def test_behind_a_shorter_sound_there_is_silence(hearing: Hearing) -> None:
    silence = hearing.tokens(np.zeros((RATE, 2), np.float32), FILM, 0, 20)
    short = hearing.tokens(babble(1), FILM, 0, 20)
    assert silence is not None
    assert short is not None
    assert len(short) == 153
    settled = 27 + hearing.reach
    assert torch.allclose(short[settled:], silence[settled:], atol=1e-5)
    assert not torch.allclose(short[:25], silence[:25], atol=1e-2)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros((RATE, 2), np.float32),
        np.sign(babble(1)) * np.float32(1.0),
        babble(1) * np.float32(40.0),
        babble(1, channels=6),
        resampled(babble(1, 8000), 8000, RATE),
    ],
    ids=["silent", "clipped", "beyond full scale", "surround", "8 kHz"],
)
def test_awkward_sound_is_heard(hearing: Hearing, sound: Samples) -> None:
    tokens = hearing.tokens(sound, FILM, 0, 4)
    assert tokens is not None
    assert tokens.isfinite().all()


def test_without_sound_nothing_is_heard(hearing: Hearing) -> None:
    assert hearing.tokens(np.zeros((RATE, 0), np.float32), FILM, 0, 4) is None


# ------------------------------------------------------------------------------------------------ long sound


def test_a_long_sound_in_pieces_gives_the_tokens_of_the_whole(
    hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = babble(12)
    whole = hearing.tokens(sound, FILM, 0, 38)
    monkeypatch.setattr("engine.model.ltx2.hearing._AT_ONCE", 70)
    pieces = hearing.tokens(sound, FILM, 0, 38)
    assert pieces is not None
    assert whole is not None
    assert len(pieces) == 297
    assert torch.allclose(pieces, whole, atol=1e-5)


@pytest.mark.parametrize(("levels", "blocks"), [((1, 1, 1), 1), ((1, 1, 1), 2)])
def test_a_token_hears_no_further_back_than_is_said(levels: tuple[int, ...], blocks: int) -> None:
    torch.manual_seed(0)
    vae = AutoencoderKLLTX2Audio(base_channels=32, ch_mult=levels, num_res_blocks=blocks, latent_channels=2)
    mel = torch.randn(1, 2, 241, 64)
    other = mel.clone()
    other[:, :, 40] += 10
    with torch.inference_mode():
        one, two = (vae.encode(each).latent_dist.mode()[0] for each in (mel, other))
    heard = torch.nonzero((one - two).abs().amax(dim=(0, 2)) > 1e-6).flatten()
    assert heard.min() == 10
    assert heard.max() <= 10 + Hearing.of(vae).reach


def test_the_real_encoder_hears_1_04_seconds_back() -> None:
    with torch.device("meta"):
        assert Hearing.of(AutoencoderKLLTX2Audio()).reach == 26


def test_it_is_loaded_in_full_precision_whatever_the_files_are_in(tmp_path: Path) -> None:
    kept = tiny_audio_autoencoder().bfloat16()
    kept.save_pretrained(tmp_path)
    sound = babble(1)
    loaded = load_hearing(tmp_path, torch.device("cpu")).tokens(sound, FILM, 0, 4)
    known = Hearing.of(kept.float()).tokens(sound, FILM, 0, 4)
    assert loaded is not None
    assert known is not None
    assert loaded.dtype == torch.float32
    assert torch.equal(loaded, known)


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match=r"audio_vae has no .safetensors weights"):
        load_hearing(tmp_path / "audio_vae", torch.device("cpu"))


OTHERWISE = [
    ("sample_rate", 24_000, "16000"),
    ("mel_hop_length", 256, "160"),
    ("mel_bins", 80, "64"),
    ("in_channels", 1, "2"),
    ("causality_axis", "width", "height"),
    ("norm_type", "group", "pixel"),
    ("mid_block_add_attention", True, "False"),
    ("attn_resolutions", (16,), "None"),
]


@pytest.mark.parametrize(("name", "value", "known"), OTHERWISE, ids=[name for name, *_ in OTHERWISE])
def test_an_encoder_that_hears_otherwise_is_refused(name: str, value: object, known: str) -> None:
    vae = tiny_audio_autoencoder()
    vae.register_to_config(**{name: value})
    with pytest.raises(BadCheckpoint, match=rf"{name} .*, and LTX-2.0 to 2.5 have {known}"):
        Hearing.of(vae)


# ------------------------------------------------------------------------------------------------ faint noise


def test_without_a_level_the_sound_is_heard_as_it_is() -> None:
    sound = babble(0.1)
    assert with_faint_noise(sound, 0.0, seed=3) is sound


def test_faint_noise_has_its_level_and_comes_from_the_seed() -> None:
    silence = np.zeros((RATE, 2), np.float32)
    noise = with_faint_noise(silence, 0.003, seed=3)
    assert float(np.sqrt((noise**2).mean())) == pytest.approx(0.003, rel=0.01)
    assert np.array_equal(noise, with_faint_noise(silence, 0.003, seed=3))
    assert not np.array_equal(noise, with_faint_noise(silence, 0.003, seed=4))
    assert not silence.any()
