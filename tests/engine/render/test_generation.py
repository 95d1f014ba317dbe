"""Settings of the diffusion renderers: passes, ends, references, guidance, the cache."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
import tiny_checkpoint
from drawn_faces import installed_models
from filmed import drifting, film, footage
from studio import (
    PLANS,
    Studio,
    check_exact,
    content,
    filmed_job,
    presenter,
)
from watched import watched

from engine.diffusion.denoise import Step
from engine.diffusion.tokens import Scene
from engine.errors import BadMedia, MissingModel
from engine.model.prompt import Prompt
from engine.protocol import Box, Keep, Render
from engine.render.generation import Generation


def scenes(job: Render, folder: Path) -> list[Scene]:
    """What was denoised, a step after the other."""
    seen: list[Scene] = []
    stepped = Generation._stepped

    def watch(self: Generation, step: Step) -> None:
        seen.append(step.scene)
        stepped(self, step)

    with patch.object(Generation, "_stepped", watch):
        watched(job, folder)
    return seen


# ------------------------------------------------------------------------------------------ settings


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(50)])
def test_what_is_denoised_counts_time_and_place_as_the_clip_and_the_autoencoder_do(
    studio: Studio, tmp_path: Path, rate: Fraction
) -> None:
    media = film(tmp_path / "clip.mkv", drifting(20, (32, 64)), rate=rate)
    job = studio.job(
        Keep(start=0, end=20, resync=True),
        footage=footage(media, 20),
        region=Box(x=0, y=0, width=64, height=32),
        model=studio.silent,
        rate=rate,
    )
    found = {(scene.rate, scene.spatial, scene.temporal) for scene in scenes(job, tmp_path)}
    assert found == {(rate, 32, 8)}


def test_a_picture_of_one_cell_has_one_pass(studio: Studio, tmp_path: Path) -> None:
    media = film(tmp_path / "small.mkv", drifting(20, (32, 32)))
    job = studio.job(
        Keep(start=0, end=20, resync=True),
        footage=footage(media, 20),
        region=Box(x=0, y=0, width=32, height=32),
        model=studio.two_pass,
        steps=10,
    )
    assert [scene.grid for scene in scenes(job, tmp_path)] == [(1, 1)] * 10


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("name", ["removal", "re-render", "everything"])
def test_one_pass_and_two_are_both_exact(studio: Studio, tmp_path: Path, name: str, passes: int) -> None:
    job = studio.job(*PLANS[name], model=studio.two_pass, footage=studio.large, passes=passes, steps=6)
    check_exact(job, watched(job, tmp_path))


def test_two_passes_are_what_a_checkpoint_with_an_upsampler_does_unasked(
    studio: Studio, tmp_path: Path
) -> None:
    made = [
        content(
            studio.job(
                *PLANS["removal"], model=studio.two_pass, footage=studio.large, passes=passes, steps=4
            ),
            tmp_path / str(passes),
        )
        for passes in (0, 1, 2)
    ]
    assert made[0] == made[2] != made[1]


def test_two_passes_of_a_checkpoint_without_an_upsampler_are_refused(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="latent_upsampler"):
        watched(studio.job(*PLANS["removal"], passes=2), tmp_path)


@pytest.mark.parametrize(
    "settings",
    [{"ends": "circular"}, {"distilled": True}, {"cache": 0.0}, {"steps": 1}],
    ids="-".join,
)
def test_settings_leave_the_length_and_the_source_as_they_are(
    studio: Studio, tmp_path: Path, settings: dict[str, object]
) -> None:
    job = studio.job(*PLANS["everything"], **settings)
    check_exact(job, watched(job, tmp_path))


def test_noise_for_other_ears_is_refused(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match="edityourself takes no --set audio_noise"):
        watched(studio.job(*PLANS["removal"], audio_noise=0.01), tmp_path)


def test_circular_ends_make_other_pictures_of_a_long_clip(studio: Studio, tmp_path: Path) -> None:
    media = film(tmp_path / "long.mkv", drifting(170, (32, 32)))
    jobs = {
        ends: studio.job(
            Keep(start=0, end=170, resync=True),
            footage=footage(media, 170),
            region=Box(x=0, y=0, width=32, height=32),
            model=studio.silent,
            ends=ends,
            steps=4,
        )
        for ends in ("clamped", "circular")
    }
    clamped, circular = (content(job, tmp_path / ends) for ends, job in jobs.items())
    assert clamped != circular


def test_identity_references_are_given_to_a_checkpoint_that_knows_them(
    studio: Studio, tmp_path: Path
) -> None:
    knowing = tiny_checkpoint.make(tmp_path / "knowing", audio=True)
    card = msgspec.json.decode((knowing / "audio.json").read_bytes())
    (knowing / "audio.json").write_bytes(msgspec.json.encode({**card, "references": True}))
    faces, pictures = installed_models(), presenter(18)
    made = {}
    for model in (knowing, studio.audible):
        for wanted in (True, False):
            job = filmed_job(studio, tmp_path, pictures, model=model, references=wanted)
            take = watched(job, tmp_path / f"{model.name}{wanted}", faces).take
            assert take is not None
            made[model, wanted] = take.content_sha256
    assert made[knowing, True] != made[knowing, False]
    assert made[studio.audible, True] == made[studio.audible, False]


def test_guidance_leads_away_from_the_empty_prompt(studio: Studio, tmp_path: Path) -> None:
    unprompted = tiny_checkpoint.a_prompt()
    empty = Prompt(embeddings_BXE=unprompted.embeddings_BXE * 0, mask_BX=unprompted.mask_BX)

    def made(guidance: float) -> str:
        job = studio.job(*PLANS["removal"], guidance=guidance)
        with patch("engine.model.loaded.load_empty_prompt", lambda *_: empty):
            return content(job, tmp_path / str(guidance))

    assert made(2.0) != made(1.0)


def test_guidance_without_an_empty_prompt_is_refused(studio: Studio, tmp_path: Path) -> None:
    """It would lead from the default prompt away from the default prompt: nowhere, at twice the cost."""
    with pytest.raises(MissingModel, match="guidance"):
        watched(studio.job(*PLANS["removal"], guidance=2.0), tmp_path)


def test_how_often_the_cache_had_the_answer_is_told(studio: Studio, tmp_path: Path) -> None:
    job = studio.job(*PLANS["removal"], steps=8, cache=1e6)
    told = watched(job, tmp_path / "cached").take
    assert told is not None
    assert 0 < told.metrics["cache_skips"] < told.metrics["cache_calls"]
    without = watched(studio.job(*PLANS["removal"], cache=0.0), tmp_path / "without").take
    assert without is not None
    assert without.metrics == {}


def test_progress_runs_through_all_phases_and_never_back(studio: Studio, tmp_path: Path) -> None:
    told = watched(studio.job(*PLANS["everything"]), tmp_path).told
    assert list(dict.fromkeys(step.phase for step in told)) == ["load", "encode", "denoise", "decode"]
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert (told[-1].done, told[-1].total) == (1000, 1000)
