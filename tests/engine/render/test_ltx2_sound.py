"""LTX-2 and the user's own sound: it is what is heard in the take, and what the model hears."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import tiny_ltx2
from filmed import drifting, film, footage
from studio import FRAMES, PLANS, RATE, Studio, check_exact
from watched import Watched, watched

from engine.media.audio import take_audio
from engine.media.audio_decode import sound_file, whole_sound
from engine.media.fingerprint import fingerprint
from engine.media.picture import same_picture
from engine.media.sound import Samples, write_wav
from engine.protocol import Add, Dub, Keep, Render, Speech

ADDITION = PLANS["addition"]  # 11 frames, 0.44 s, between frames 10 and 21
NEW = set(range(10, 21))


@pytest.fixture(scope="module")
def joint(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    weights = tiny_ltx2.make(tmp_path_factory.mktemp("ltx2"), distilled=False)
    return dataclasses.replace(studio, audible=weights, silent=weights)


def edit(studio: Studio, **given: object) -> Render:
    return studio.job(*ADDITION, **{"renderer": "ltx2", **given})


def said(job: Render, path: Path, sound: Samples, rate: int = 48_000) -> Render:
    """The job with this for its line."""
    write_wav(path, sound, rate)
    ticks = len(sound) * 100 // rate
    line = Speech(path=str(path), fingerprint=fingerprint(path), start=0, end=ticks)
    return msgspec.structs.replace(job, speech=(line,))


def voice(seconds: float, rate: int = 48_000, channels: int = 1) -> Samples:
    at = np.arange(round(seconds * rate)) / rate
    wave = 0.3 * np.sin(2 * np.pi * 180 * at) * (1 + np.sin(2 * np.pi * 5 * at))
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def sound_of(seen: Watched) -> Samples:
    assert seen.take is not None
    return np.concatenate(list(whole_sound(sound_file(Path(seen.take.path)))))


def unlike(one: Watched, other: Watched) -> set[int]:
    """The frames that differ."""
    pairs = enumerate(zip(one.pictures, other.pictures, strict=True))
    return {frame for frame, (a, b) in pairs if not same_picture(a, b)}


LINES: dict[str, Callable[[], tuple[Samples, int]]] = {
    "mono": lambda: (voice(0.4), 48_000),
    "stereo": lambda: (voice(0.4, channels=2), 48_000),
    "8 kHz": lambda: (voice(0.4, 8_000), 8_000),
    "44.1 kHz": lambda: (voice(0.4, 44_100), 44_100),
    "silent": lambda: (np.zeros((19_200, 1), np.float32), 48_000),
    "clipped": lambda: (np.sign(voice(0.4)), 48_000),
    "shorter than its place": lambda: (voice(0.1), 48_000),
    "longer than its place": lambda: (voice(2.0), 48_000),
}


@pytest.mark.parametrize("kind", LINES)
def test_a_line_of_any_kind_is_rendered_to_and_is_heard_in_the_take(
    joint: Studio, tmp_path: Path, kind: str
) -> None:
    job = said(edit(joint), tmp_path / "line.wav", *LINES[kind]())
    seen = watched(job, tmp_path / "take")
    check_exact(job, seen)
    assert seen.take is not None
    assert seen.take.lip_sync == "rendered"
    assert sound_of(seen) == pytest.approx(take_audio(job), abs=2**-23)


def test_a_dub_is_what_is_heard_and_rendered_to(joint: Studio, tmp_path: Path) -> None:
    whole = joint.job(Keep(start=0, end=FRAMES, resync=True), renderer="ltx2")
    job = said(msgspec.structs.replace(whole, dub=Dub()), tmp_path / "line.wav", voice(1.2))
    seen = watched(job, tmp_path / "take")
    check_exact(job, seen)
    assert sound_of(seen) == pytest.approx(take_audio(job), abs=2**-23)


def test_film_without_sound_is_rendered_and_told_to_be_no_lip_sync(joint: Studio, tmp_path: Path) -> None:
    mute = footage(film(tmp_path / "mute.mkv", drifting(FRAMES)), FRAMES)
    job = joint.job(*PLANS["re-render"], renderer="ltx2", footage=mute)
    seen = watched(job, tmp_path / "take")
    check_exact(job, seen)
    assert seen.take is not None
    assert seen.take.lip_sync == "none"


def test_new_words_in_film_without_sound_are_rendered_to_and_heard(joint: Studio, tmp_path: Path) -> None:
    mute = footage(film(tmp_path / "mute.mkv", drifting(FRAMES)), FRAMES)
    job = said(edit(joint, footage=mute), tmp_path / "line.wav", voice(0.4))
    seen = watched(job, tmp_path / "take")
    check_exact(job, seen)
    assert seen.take is not None
    assert (seen.take.lip_sync, seen.take.channels) == ("rendered", 2)
    sound = sound_of(seen)
    assert sound == pytest.approx(take_audio(job), abs=2**-23)
    first, end = (round(frame * 48_000 / RATE) for frame in (10, 21))
    assert np.abs(sound[first:end]).max() > 10 * np.abs(np.delete(sound, range(first, end), axis=0)).max()


def test_faint_noise_is_for_the_models_ears_alone(joint: Studio, tmp_path: Path) -> None:
    clean, noisy = (watched(edit(joint, audio_noise=level), tmp_path / str(level)) for level in (0.0, 0.003))
    assert np.array_equal(sound_of(clean), sound_of(noisy))
    changed = unlike(clean, noisy)
    assert NEW <= changed <= {frame + step for frame in NEW for step in range(-3, 4)}


def test_faint_noise_is_the_same_each_time(joint: Studio, tmp_path: Path) -> None:
    once, again = (watched(edit(joint, audio_noise=0.003), tmp_path / name) for name in ("once", "again"))
    assert unlike(once, again) == set()


def test_on_the_grid_of_latents_frames_lead_in_and_the_take_is_as_long_as_planned(
    joint: Studio, tmp_path: Path
) -> None:
    spans = Keep(start=0, end=20), Add(frames=16, speech=0), Keep(start=20, end=40)
    job = joint.job(*spans, renderer="ltx2", grid="latent")
    seen = watched(job, tmp_path)
    check_exact(job, seen)
    assert seen.finish is not None
    assert seen.finish.shown.start == 5
    assert len(sound_of(seen)) == round(56 * 48_000 / RATE)
