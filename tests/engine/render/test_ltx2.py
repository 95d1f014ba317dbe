"""LTX-2 on tiny random weights: what it makes is noise, and everything else is exact."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest
import tiny_checkpoint
import tiny_ltx2
from drawn_faces import installed_models
from filmed import SIZE, drifting, film, footage
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_take import NOW
from studio import (
    BRIDGE,
    LIPS,
    PLANS,
    Studio,
    check_exact,
    content,
    decoded,
    drafted,
    filmed_job,
    presenter,
    same_where,
)
from torch import Tensor
from watched import watched

from engine.daemon.scales import has_weights, weigh
from engine.diffusion.denoise import Step
from engine.errors import BadCheckpoint, BadMedia, JobCancelled, MissingModel
from engine.media.picture import same_picture
from engine.model.ltx2.checkpoint import open_ltx2
from engine.model.ltx2.transformer import Ltx2Transformer
from engine.protocol import Add, Box, Keep, Progress, Render, Retime, Span
from engine.provenance.credentials import signed
from engine.provenance.manifest import Trust
from engine.render import kept_latents
from engine.render.generation import Generation
from engine.render.renderer import find_renderer
from engine.render.workspace import Workspace


def edit(studio: Studio, *spans: Span, **given: object) -> Render:
    return studio.job(*spans, **{"renderer": "ltx2", **given})


# ------------------------------------------------------------------------- lengths and what is kept


@pytest.mark.parametrize("name", PLANS)
def test_every_plan_has_its_frames_and_what_is_kept_is_the_sources(
    joint: Studio, tmp_path: Path, name: str
) -> None:
    job = edit(joint, *PLANS[name])
    check_exact(job, watched(job, tmp_path))


@st.composite
def any_plan(draw: st.DrawFn) -> tuple[Span, ...]:
    """Of a clip of 60 frames: kept, left out, made anew, slower or faster; and new words."""
    spans: list[Span] = []
    at = draw(st.integers(0, 10))
    for kind in draw(
        st.lists(st.sampled_from(["keep", "anew", "cut", "add", "pace"]), min_size=1, max_size=5)
    ):
        frames, others = draw(st.integers(1, 10)), draw(st.integers(1, 12))
        match kind:
            case "add":
                spans.append(Add(frames=others, speech=0))
                continue
            case "pace":
                spans.append(Retime(start=at, end=at + frames, frames=others))
            case "keep" | "anew":
                spans.append(Keep(start=at, end=at + frames, resync=kind == "anew"))
        at += frames
    return tuple(spans) or (Keep(start=0, end=1),)


@settings(max_examples=8)
@given(spans=any_plan())
def test_any_plan_is_exact(
    joint: Studio, tmp_path_factory: pytest.TempPathFactory, spans: tuple[Span, ...]
) -> None:
    job = edit(joint, *spans)
    check_exact(job, watched(job, tmp_path_factory.mktemp("plan")))


@pytest.mark.parametrize("frames", [1, 8, 9, 10, 17])
def test_a_re_render_of_any_length_is_exact(joint: Studio, tmp_path: Path, frames: int) -> None:
    """Of which LTX-2 sees 8 n + 1 frames."""
    job = edit(joint, Keep(start=3, end=3 + frames, resync=True))
    seen = watched(job, tmp_path)
    check_exact(job, seen)
    assert seen.latents is not None
    assert seen.latents.shape[1] == 1 + -(-(frames - 1) // 8)


def test_handles_are_the_sources_own(joint: Studio, tmp_path: Path) -> None:
    job = edit(joint, *PLANS["addition"], handles=(6, 6), bridge=9)
    check_exact(job, watched(job, tmp_path))


def test_pixels_outside_the_region_are_the_sources_and_those_inside_are_new(
    joint: Studio, tmp_path: Path
) -> None:
    job = edit(joint, *PLANS["re-render"])
    seen = watched(job, tmp_path)
    inside = np.zeros(SIZE, bool)
    inside[4:28, 4:30] = True
    sources = decoded(job)[4:26]
    for frame, (source, made) in enumerate(zip(sources, seen.pictures, strict=True)):
        assert same_where(source, made, ~inside), frame
        assert same_picture(source, made) == (not 6 <= frame < 15)


def test_whole_frames_are_new_to_their_corners_where_a_region_is_too(joint: Studio, tmp_path: Path) -> None:
    """The head alone is not enough then."""
    spans = (
        *(Keep(start=0, end=9), Keep(start=9, end=14, resync=True)),
        *(Add(frames=9, speech=0), Keep(start=14, end=24)),
    )
    job = edit(joint, *spans, footage=joint.large, region=Box(x=2, y=2, width=20, height=20))
    seen = watched(job, tmp_path)
    check_exact(job, seen)
    corner = np.zeros((64, 96), bool)
    corner[56:, 88:] = True
    drafts = drafted(job)
    assert not any(same_where(drafts[frame], seen.pictures[frame], corner) for frame in range(14, 23))


@pytest.mark.parametrize("size", [(65, 97), (31, 30), (31, 130)])
def test_odd_sizes_are_padded_and_cropped_back(joint: Studio, tmp_path: Path, size: tuple[int, int]) -> None:
    height, width = size
    media = film(tmp_path / "odd.mkv", drifting(20, size))
    job = edit(
        joint,
        Keep(start=0, end=5),
        Keep(start=9, end=14),
        Keep(start=14, end=19, resync=True),
        footage=footage(media, 20),
        region=Box(x=4, y=4, width=width - 10, height=height - 10),
    )
    check_exact(job, watched(job, tmp_path / "out"))


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(50)])
def test_timelines_of_other_rates_are_exact(joint: Studio, tmp_path: Path, rate: Fraction) -> None:
    job = edit(joint, *PLANS["addition"], rate=rate)
    check_exact(job, watched(job, tmp_path))


def test_a_clip_of_several_blocks_is_exact(joint: Studio, tmp_path: Path) -> None:
    media = film(tmp_path / "long.mkv", drifting(150, (32, 32)), seconds=6)
    job = edit(
        joint,
        Keep(start=0, end=150, resync=True),
        footage=footage(media, 150),
        region=Box(x=0, y=0, width=32, height=32),
    )
    seen = watched(job, tmp_path)
    check_exact(job, seen)
    assert not any(same_picture(one, made) for one, made in zip(decoded(job), seen.pictures, strict=True))


def test_a_still_picture_is_made_to_speak(joint: Studio, tmp_path: Path) -> None:
    """The job that `pickup animate` sends."""
    (picture,) = drifting(1, (75, 53))
    image = tmp_path / "portrait.png"
    cv2.imwrite(str(image), picture)
    spans = Keep(start=0, end=1), Add(frames=17, speech=0, delay=1000)
    job = edit(joint, *spans, footage=footage(image, 1), bridge=0)
    seen = watched(job, tmp_path / "out")
    check_exact(job, seen)
    assert seen.take is not None
    assert (seen.take.frames, seen.take.channels, seen.take.lip_sync) == (18, 2, "rendered")


# ------------------------------------------------------------------------------- what decides it


def test_the_same_job_gives_the_same_content(joint: Studio, tmp_path: Path) -> None:
    job = edit(joint, *PLANS["everything"])
    assert content(job, tmp_path / "once") == content(job, tmp_path / "again")


def test_another_seed_gives_other_pictures(joint: Studio, tmp_path: Path) -> None:
    """Of a re-render, whose sound is the source's own: room tone has a seed too, and is heard."""
    one, other = (
        watched(edit(joint, *PLANS["re-render"], seed=seed), tmp_path / str(seed)).pictures for seed in (0, 1)
    )
    changed = [frame for frame, pair in enumerate(zip(one, other, strict=True)) if not same_picture(*pair)]
    assert changed == list(range(6, 15))


def test_other_words_change_the_new_frames_alone(joint: Studio, tmp_path: Path) -> None:
    spans = Keep(start=0, end=17), Add(frames=16, speech=0), Keep(start=17, end=33)
    low, high = (
        watched(edit(joint, *spans, speech=number), tmp_path / str(number)).pictures for number in (0, 1)
    )
    changed = {frame for frame, pair in enumerate(zip(low, high, strict=True)) if not same_picture(*pair)}
    assert set(range(17, 33)) <= changed <= set(range(17 - BRIDGE, 33 + BRIDGE))


@pytest.mark.parametrize("settings", [{"audio_gate": True}, {"audio_guidance": 3.0}, {"steps": 3}], ids=str)
def test_settings_decide_what_is_made(joint: Studio, tmp_path: Path, settings: dict[str, object]) -> None:
    job = edit(joint, *PLANS["addition"], **settings)
    seen = watched(job, tmp_path / "set")
    check_exact(job, seen)
    assert seen.take is not None
    assert seen.take.content_sha256 != content(edit(joint, *PLANS["addition"]), tmp_path / "usual")


# ---------------------------------------------------------------------------------- passes and steps


@pytest.mark.parametrize("version", ["2.0", "2.3", "2.5"])
def test_distilled_weights_of_each_version_take_eight_steps(
    joint: Studio, tmp_path: Path, version: str
) -> None:
    model = tiny_ltx2.make(tmp_path / version, version=version)
    job = edit(joint, *PLANS["removal"], model=model, steps=None)
    seen = watched(job, tmp_path / "out")
    check_exact(job, seen)
    assert sum(told.phase == "denoise" for told in seen.told) == 8


def test_two_passes_are_exact_and_each_has_a_mask_of_its_own_size(
    joint: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stepped, masks = Generation._stepped, []

    def noted(self: Generation, step: Step) -> None:
        masks.append(step.scene.mask_FHW)
        stepped(self, step)

    monkeypatch.setattr(Generation, "_stepped", noted)
    box = Box(x=34, y=2, width=28, height=28)  # one cell of the picture's six, of the small one's two
    job = edit(
        joint,
        Keep(start=0, end=9, resync=True),
        model=joint.two_pass,
        footage=joint.large,
        passes=2,
        steps=4,
        region=box,
        crop=False,
    )
    check_exact(job, watched(job, tmp_path))
    first, last = masks[0], masks[-1]
    assert (first.shape[1:], last.shape[1:]) == ((1, 2), (2, 3))
    assert first[0].tolist() == [[True, False]]
    assert last[0].tolist() == [[False, True, False], [False, False, False]]


def test_two_passes_without_an_upsampler_are_refused(joint: Studio, tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="latent_upsampler"):
        watched(edit(joint, *PLANS["removal"], passes=2), tmp_path)


# -------------------------------------------------------------------------------------- references


def test_who_speaks_is_shown_to_it_only_where_the_job_asks_for_it(joint: Studio, tmp_path: Path) -> None:
    """It was not trained with it."""
    faces, pictures, made = installed_models(), presenter(12), {}
    for wanted in (None, False, True):
        job = filmed_job(joint, tmp_path, pictures, renderer="ltx2", references=wanted, region=LIPS)
        take = watched(job, tmp_path / str(wanted), faces).take
        assert take is not None
        made[wanted] = take.content_sha256
    assert made[None] == made[False] != made[True]


# ------------------------------------------------------------------------------------------ prompts


def test_a_prompt_is_read_once_and_decides_what_is_made(
    joint: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    model = tiny_ltx2.make(tmp_path / "model", distilled=False, text_encoder=True)

    def made(name: str, **settings: object) -> str:
        return content(edit(joint, *PLANS["removal"], model=model, **settings), tmp_path / name)

    usual, sung = made("usual"), made("sung", prompt="a woman sings")
    assert usual != sung
    (kept,) = (tmp_path / "home").rglob("prompts/*.safetensors")
    monkeypatch.setattr("engine.model.ltx2.prompt._read", None)  # it would fail
    assert made("again", prompt="a woman sings") == sung
    assert kept.is_file()


def test_guidance_leads_away_from_the_empty_prompt(
    joint: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    model = tiny_ltx2.make(tmp_path / "model", distilled=False, text_encoder=True)
    made = {
        guidance: content(
            edit(joint, *PLANS["removal"], model=model, guidance=guidance), tmp_path / str(guidance)
        )
        for guidance in (1.0, 3.0)
    }
    assert made[1.0] != made[3.0]


@pytest.mark.parametrize("settings", [{"prompt": "a woman sings"}, {"guidance": 3.0}], ids=str)
def test_a_prompt_without_a_text_encoder_is_refused(
    joint: Studio, tmp_path: Path, settings: dict[str, object]
) -> None:
    with pytest.raises(MissingModel, match="text_encoder/"):
        watched(edit(joint, *PLANS["removal"], **settings), tmp_path)


# ------------------------------------------------------------------------------------------ refused


REFUSED: dict[str, dict[str, object]] = {
    "ends": {"ends": "circular"},
    "cache": {"cache": 0.2},
    "ulysses": {"ulysses": 2},
    "distilled": {"distilled": True},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_do_is_refused_by_name(joint: Studio, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadMedia, match=name):
        watched(edit(joint, *PLANS["removal"], **REFUSED[name]), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("settings", [{"steps": 20}, {"guidance": 3.0}], ids=str)
def test_distilled_weights_have_their_steps_and_their_guidance(
    joint: Studio, tmp_path: Path, settings: dict[str, object]
) -> None:
    model = tiny_ltx2.make(tmp_path / "distilled")
    job = edit(joint, *PLANS["removal"], **{"model": model, "steps": None, **settings})
    with pytest.raises(BadMedia, match=f"{next(iter(settings))}.*distilled"):
        watched(job, tmp_path / "out")


def test_weights_of_ltx_video_are_refused_by_name(joint: Studio, tmp_path: Path) -> None:
    model = tiny_checkpoint.make(tmp_path / "ltx-video")
    with pytest.raises(BadCheckpoint, match="edityourself"):
        watched(edit(joint, *PLANS["removal"], model=model), tmp_path / "out")


def test_weights_that_are_not_here_are_named_with_how_to_get_them(
    joint: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    job = edit(joint, *PLANS["removal"])
    job = msgspec.structs.replace(job, diffusion=msgspec.structs.replace(job.diffusion, model=""))
    with pytest.raises(MissingModel, match=r"pickup models pull ltx2\.3-distilled"):
        watched(job, tmp_path / "out")


# ----------------------------------------------------------------------------- what a take says of itself


@pytest.mark.parametrize(
    ("name", "lip_sync", "warned"),
    [("removal", "source", False), ("re-render", "rendered", True), ("addition", "rendered", True)],
)
def test_a_take_tells_whose_lips_it_shows_and_that_nobody_verified_them(
    joint: Studio, tmp_path: Path, name: str, lip_sync: str, warned: bool
) -> None:
    take = watched(edit(joint, *PLANS[name]), tmp_path).take
    assert take is not None
    assert take.lip_sync == lip_sync
    assert any("unverified" in warning for warning in take.warnings) == warned


def test_a_take_names_the_weights_their_licence_and_their_revision(joint: Studio, tmp_path: Path) -> None:
    model = tiny_ltx2.make(tmp_path / "model", distilled=False)
    note = {
        "revisions": {"diffusers/LTX-2.3-Diffusers": "c" * 40},
        "sha256": {},
        "licence": "ltx-2-community",
    }
    (model / "pulled.json").write_bytes(msgspec.json.encode(note))
    job = edit(joint, *PLANS["removal"], model=model)
    take = watched(job, tmp_path / "out").take
    assert take is not None
    made_by = take.renderer, take.checkpoint, take.licence, take.revision
    revision = f"diffusers/LTX-2.3-Diffusers@{'c' * 40}"
    assert made_by == ("ltx2", open_ltx2(model).sha256, "ltx-2-community", revision)
    beside = Path(signed(take, job, tmp_path / "keys", NOW).provenance)
    told = Trust(b"").read_sidecar(beside)
    assert told is not None
    assert (told.made["checkpoint_licence"], told.made["checkpoint_revision"]) == (take.licence, revision)


def test_the_engine_weighs_the_folder_that_renders(joint: Studio) -> None:
    job = edit(joint, *PLANS["removal"])
    assert has_weights(job)
    assert weigh(job) == open_ltx2(joint.audible).sha256


# ---------------------------------------------------------------------------------------- going on


def rendered(job: Render, folder: Path, told: Callable[[Progress], None] = lambda _: None) -> str:
    workspace = Workspace(folder=folder / "take", face_models=None, unfinished=folder / "unfinished")
    return find_renderer(job.renderer).render(job, workspace, told).content_sha256


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_killed_after_any_step_it_goes_on_to_the_same_take(
    joint: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(kept_latents, "EVERY", 0.0)
    monkeypatch.setattr(kept_latents, "SHARE", 0)
    job = edit(joint, *PLANS["addition"], model=joint.two_pass, footage=joint.large, steps=4)
    whole, told = rendered(job, tmp_path / "whole"), []

    def kill(progress: Progress) -> None:
        told.append(progress.phase)
        if told.count("denoise") == steps:
            raise JobCancelled("killed")

    with pytest.raises(JobCancelled):
        rendered(job, tmp_path / "killed", kill)
    asked, phases, forward = [], [], Ltx2Transformer.forward

    def noted(self: Ltx2Transformer, **inputs: Any) -> tuple[Tensor, Tensor]:
        asked.append(inputs)
        return forward(self, **inputs)

    monkeypatch.setattr(Ltx2Transformer, "forward", noted)
    assert rendered(job, tmp_path / "killed", lambda progress: phases.append(progress.phase)) == whole
    assert phases[0] == f"resumed at step {steps} of 7"
    assert len(asked) == 7 - steps
