"""What LTX-2's transformer is given while a job is rendered: sound and pictures of one time, noise levels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import tiny_ltx2
import torch
from drawn_faces import installed_models
from filmed import drifting, film, footage
from studio import FRAMES, LIPS, PLANS, Studio, filmed_job, presenter
from torch import Tensor
from watched import watched

from engine.diffusion.schedule import LTX2_DISTILLED, LTX2_DISTILLED_SECOND_PASS, late, shifted
from engine.face.models import FaceModels
from engine.media.audio import take_audio
from engine.model.ltx2.hearing import load_hearing
from engine.model.ltx2.transformer import Ltx2Transformer
from engine.protocol import SAMPLE_RATE, Add, Box, Keep, Render

CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The arguments of each evaluation of the transformer, in turn."""

    calls: tuple[dict[str, Any], ...]

    @property
    def sound(self) -> list[Tensor]:
        """The audio tokens, [T, C]."""
        return [call["audio_hidden_states"][0] for call in self.calls]

    @property
    def levels(self) -> list[float]:
        """The noise level of the noisiest token of each."""
        return [float(call["timestep"].max()) / 1000 for call in self.calls]

    @property
    def seconds(self) -> Tensor:
        """The middle of each video token's time, of the first evaluation, [S]."""
        first: Tensor = self.calls[0]["video_coords"][0, 0]
        return first


def given(job: Render, folder: Path, faces: FaceModels | None = None) -> Given:
    """What the transformer is given while the job is rendered."""
    calls, forward = [], Ltx2Transformer.forward

    def noted(self: Ltx2Transformer, **inputs: Any) -> tuple[Tensor, Tensor]:
        calls.append(inputs)
        return forward(self, **inputs)

    with patch.object(Ltx2Transformer, "forward", noted):
        watched(job, folder, faces)
    return Given(calls=tuple(calls))


def edit(studio: Studio, name: str, **settings: object) -> Render:
    return studio.job(*PLANS[name], **{"renderer": "ltx2", **settings})


# ------------------------------------------------------------------------------------- sound and time


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(50)], ids=str)
def test_it_hears_the_takes_own_sound_from_the_takes_first_frame_on(
    joint: Studio, tmp_path: Path, rate: Fraction
) -> None:
    job = edit(joint, "addition", rate=rate)
    heard = given(job, tmp_path)
    latents = 1 + -(-(job.plan.frames - 1) // 8)
    expected = load_hearing(joint.audible / "audio_vae", CPU).tokens(take_audio(job), rate, 0, latents)
    assert expected is not None
    assert len(expected) == round((8 * latents - 7) / rate * 25)
    assert all(torch.equal(tokens, expected) for tokens in heard.sound)


def test_on_the_grid_of_latents_the_take_is_heard_when_its_lead_in_is_over(
    joint: Studio, tmp_path: Path
) -> None:
    spans = Keep(start=0, end=20), Add(frames=16, speech=0), Keep(start=20, end=40)
    job = joint.job(*spans, renderer="ltx2", grid="latent")
    heard = given(job, tmp_path)
    take = take_audio(job)
    silence = np.zeros(
        (5 * SAMPLE_RATE // 25, take.shape[1]), np.float32
    )  # five frames lead to the first cut
    hearing = load_hearing(joint.audible / "audio_vae", CPU)
    expected = hearing.tokens(np.concatenate([silence, take]), Fraction(25), 0, 9)
    assert expected is not None
    clear = 5 + 1 + hearing.reach  # of the edge between the two, which the resampler rounds
    torch.testing.assert_close(heard.sound[0][clear:], expected[clear:], atol=1e-4, rtol=1e-4)
    assert not torch.allclose(heard.sound[0][clear:-5], expected[clear + 5 :], atol=1e-2)


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(50)], ids=str)
def test_pictures_and_sound_are_of_the_same_seconds(joint: Studio, tmp_path: Path, rate: Fraction) -> None:
    heard = given(edit(joint, "addition", rate=rate), tmp_path)
    latents = 5  # of 31 frames
    middles = torch.tensor([0.5, *(8 * latent - 3 for latent in range(1, latents))]) / float(rate)
    torch.testing.assert_close(heard.seconds.unique(), middles)
    sound = heard.calls[0]["audio_coords"][0, 0]
    assert float(sound[0, 0]) == 0
    lasts = (8 * latents - 7) / float(rate)
    assert float(sound[-1, 1]) == pytest.approx(lasts, abs=0.05)  # a token is .04 s


def test_a_long_clip_is_given_in_blocks_of_17_latents_each_with_the_sound_of_its_own_time(
    joint: Studio, tmp_path: Path
) -> None:
    media = film(tmp_path / "long.mkv", drifting(150, (32, 32)), seconds=6)
    job = joint.job(
        Keep(start=0, end=150, resync=True),
        renderer="ltx2",
        steps=1,
        footage=footage(media, 150),
        region=Box(x=0, y=0, width=32, height=32),
    )
    heard = given(job, tmp_path / "out")
    expected = load_hearing(joint.audible / "audio_vae", CPU).tokens(take_audio(job), Fraction(25), 0, 20)
    assert expected is not None
    # Latents 0 to 16 are frames 0 to 128; those of the other block, 3 to 19, begin at frame 17.
    assert [call["hidden_states"].shape[1] for call in heard.calls] == [17, 17]
    first, last = heard.sound
    assert torch.equal(first, expected[:129])
    assert torch.equal(last, expected[17:])


def test_the_sound_is_clean_and_the_same_bits_in_every_step_of_both_passes(
    joint: Studio, tmp_path: Path
) -> None:
    job = edit(joint, "addition", model=joint.two_pass, footage=joint.large, passes=2, steps=4)
    heard = given(job, tmp_path)
    assert len({call["hidden_states"].shape for call in heard.calls}) == 2  # of two sizes
    assert all(torch.equal(tokens, heard.sound[0]) for tokens in heard.sound)
    assert {float(call[name]) for call in heard.calls for name in ("audio_timestep", "audio_sigma")} == {0.0}


@pytest.mark.parametrize(("version", "crossed"), [("2.0", False), ("2.3", True), ("2.5", True)], ids=str)
def test_from_2_3_on_each_stream_goes_by_the_others_noise_level(
    joint: Studio, tmp_path: Path, version: str, crossed: bool
) -> None:
    model = tiny_ltx2.make(tmp_path / "model", version=version)
    heard = given(edit(joint, "removal", model=model, steps=None), tmp_path / "out")
    assert {call["use_cross_timestep"] for call in heard.calls} == {crossed}


def test_another_seed_makes_another_faint_noise(joint: Studio, tmp_path: Path) -> None:
    """Of a re-render, whose sound is the source's own whatever the seed."""
    one, other = (
        given(edit(joint, "re-render", audio_noise=0.003, seed=seed), tmp_path / str(seed)) for seed in (0, 1)
    )
    assert not torch.equal(one.sound[0], other.sound[0])


def test_a_film_without_sound_is_never_listened_to(joint: Studio, tmp_path: Path) -> None:
    mute = footage(film(tmp_path / "mute.mkv", drifting(FRAMES)), FRAMES)
    heard = given(edit(joint, "re-render", footage=mute), tmp_path / "out")
    assert {call["isolate_modalities"] for call in heard.calls} == {True}


# ------------------------------------------------------------------------------------- noise levels


@pytest.mark.parametrize("distilled", [True, False], ids=["distilled", "dev"])
def test_each_pass_goes_through_its_own_noise_levels(joint: Studio, tmp_path: Path, distilled: bool) -> None:
    model = tiny_ltx2.make(tmp_path / "model", distilled=distilled, upsampler=True)
    steps = None if distilled else 6
    job = edit(joint, "addition", model=model, footage=joint.large, passes=2, steps=steps)
    first = LTX2_DISTILLED if distilled else shifted(6)
    second = LTX2_DISTILLED_SECOND_PASS if distilled else late(first, LTX2_DISTILLED_SECOND_PASS[0])
    levels = given(job, tmp_path / "out").levels
    assert levels == pytest.approx([*first[:-1], *second[:-1]])
    assert 0 < len(second) < len(first)


def by_latent(heard: Given) -> list[float]:
    """The noise level of each latent in the first step."""
    rows, columns = 1, 2
    levels: list[float] = (
        (heard.calls[0]["timestep"][0] / 1000).unflatten(0, (-1, rows * columns)).amax(dim=1).tolist()
    )
    return levels


def test_added_frames_begin_as_noise(joint: Studio, tmp_path: Path) -> None:
    """Frames 10 to 20 of the take, of latents 2 and 3; beside them what fades into them."""
    levels = by_latent(given(edit(joint, "addition"), tmp_path))
    assert levels == pytest.approx([0, 0.5, 1, 1, 0])


def test_the_latent_of_a_cut_is_noised_and_those_beside_it_less(joint: Studio, tmp_path: Path) -> None:
    """The cut lies before frame 28, in latent 4, which stands for frames 25 to 32."""
    spans = Keep(start=0, end=28), Keep(start=30, end=60)
    levels = by_latent(given(joint.job(*spans, renderer="ltx2"), tmp_path))
    assert levels == pytest.approx([0, 0, 0, 0.8, 1, 0.8, 0, 0, 0])


# ----------------------------------------------------------------------------- guidance and references


def test_guided_it_is_asked_without_words_and_without_sound(
    joint: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    model = tiny_ltx2.make(tmp_path / "model", distilled=False, text_encoder=True)
    job = edit(joint, "addition", model=model, guidance=3.0, audio_guidance=2.0, steps=1)
    usual, wordless, soundless = given(job, tmp_path / "out").calls
    words = [call["encoder_hidden_states"] for call in (usual, wordless, soundless)]
    assert torch.equal(words[0], words[2])
    assert words[0].shape != words[1].shape or not torch.equal(words[0], words[1])
    assert [call["isolate_modalities"] for call in (usual, wordless, soundless)] == [False, False, True]


def test_who_speaks_lies_before_the_block_where_it_is_asked_for(joint: Studio, tmp_path: Path) -> None:
    faces, pictures = installed_models(), presenter(12)
    earliest = {}
    for wanted in (False, True):
        job = filmed_job(joint, tmp_path, pictures, renderer="ltx2", references=wanted, region=LIPS)
        earliest[wanted] = float(given(job, tmp_path / str(wanted), faces).seconds.min())
    assert earliest[False] > 0 > earliest[True]


def test_on_the_grid_of_latents_the_region_is_that_of_the_frames_that_are_shown(
    joint: Studio, tmp_path: Path
) -> None:
    """Frames 36 to 40 of the take, behind a lead-in of five: 41 to 45, which are of latent 6."""
    spans = (
        *(Keep(start=0, end=12), Keep(start=20, end=44)),
        *(Keep(start=44, end=49, resync=True), Keep(start=49, end=60)),
    )
    job = joint.job(*spans, renderer="ltx2", grid="latent", region=Box(x=2, y=2, width=20, height=20))
    levels = given(job, tmp_path).calls[0]["timestep"][0].unflatten(0, (-1, 2)) / 1000
    cut = [0, 0.8, 1, 1, 0.8, 0]  # latent 3 follows latent 2 over the cut
    assert levels[:, 0].tolist() == pytest.approx([*cut, 1, 0])
    assert levels[:, 1].tolist() == pytest.approx([*cut, 0, 0])


@pytest.mark.parametrize("gated", [False, True])
def test_gated_it_hears_in_the_region_alone(joint: Studio, tmp_path: Path, gated: bool) -> None:
    job = edit(joint, "re-render", audio_gate=gated, region=Box(x=2, y=2, width=20, height=20), crop=False)
    (gate, *_) = [call["audio_gate"] for call in given(job, tmp_path).calls]
    if not gated:
        assert gate is None
        return
    anew = gate[0].unflatten(0, (-1, 2))
    assert anew.any(dim=0).tolist() == [True, False]
