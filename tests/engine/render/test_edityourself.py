"""The paper's renderer on random weights: what it makes is noise, and everything else is exact."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
import tiny_checkpoint
import torch
from filmed import drifting, film, footage
from safetensors.torch import load_file, save_file
from studio import (
    BRIDGE,
    FACE,
    FRAMES,
    HEAD,
    LEFT_HALF,
    LIPS,
    PLANS,
    RATE,
    Studio,
    check_exact,
)
from watched import watched

from bridge.grid import snapped
from bridge.quiet import ClipWindow
from bridge.shots import shots_of
from engine.errors import JobCancelled, MissingModel, OutOfMemory, RenderFailed
from engine.face.models import FaceModels
from engine.media.encode import read_content
from engine.media.picture import same_picture
from engine.model.checkpoint import open_checkpoint
from engine.protocol import (
    Add,
    Box,
    Diffusion,
    Keep,
    Progress,
    Ratio,
    Region,
    Retime,
    Span,
)
from engine.render.edityourself import EditYourselfRenderer
from engine.render.renderer import render
from engine.render.workspace import Workspace

# --------------------------------------------------------------------------------------- lengths


@pytest.mark.parametrize("name", PLANS)
def test_a_take_has_the_planned_frames_and_what_is_kept_is_the_sources(
    studio: Studio, tmp_path: Path, name: str
) -> None:
    job = studio.job(*PLANS[name])
    check_exact(job, watched(job, tmp_path))


@pytest.mark.parametrize("frames", [1, 2, 7, 8, 9, 15, 16, 17, 23])
def test_a_re_render_of_any_length_is_exact(studio: Studio, tmp_path: Path, frames: int) -> None:
    job = studio.job(Keep(start=3, end=3 + frames, resync=True))
    check_exact(job, watched(job, tmp_path))


@pytest.mark.parametrize("name", ["removal", "addition", "slower"])
def test_handles_are_the_sources_own(studio: Studio, tmp_path: Path, name: str) -> None:
    """Though the bridge would reach into them."""
    job = studio.job(*PLANS[name], handles=(6, 6), bridge=9)
    seen = watched(job, tmp_path)
    check_exact(job, seen)
    assert seen.take is not None
    assert seen.take.source_range == (6, job.plan.frames - 12)


CLIP = ClipWindow(rate=RATE, offset=Fraction(0), frames=FRAMES, first=0, last=FRAMES)


@pytest.mark.parametrize(
    "spans",
    [
        pytest.param((Keep(start=0, end=14), Keep(start=22, end=60)), id="removal"),
        pytest.param((Keep(start=0, end=13), Keep(start=14, end=60)), id="removal of a frame"),
        pytest.param(
            (Keep(start=0, end=20), Add(frames=11, speech=0), Keep(start=20, end=60)), id="addition"
        ),
        pytest.param((Add(frames=5, speech=0), Keep(start=0, end=60)), id="addition at the start"),
        pytest.param((Keep(start=0, end=60), Add(frames=5, speech=0)), id="addition at the end"),
        pytest.param(
            (Keep(start=0, end=20), Add(frames=9, speech=0), Keep(start=31, end=60)), id="replacement"
        ),
        pytest.param(
            (Keep(start=0, end=17), Retime(start=17, end=30, frames=30), Keep(start=30, end=60)), id="slower"
        ),
        pytest.param(
            (Keep(start=0, end=17), Retime(start=17, end=40, frames=12), Keep(start=40, end=60)), id="faster"
        ),
        pytest.param(
            (Keep(start=0, end=17), Keep(start=17, end=30, resync=True), Keep(start=30, end=60)),
            id="re-render",
        ),
    ],
)
def test_the_grid_of_latents_is_exact_too(studio: Studio, tmp_path: Path, spans: tuple[Span, ...]) -> None:
    """Plans as `pickup edit` makes them: snapped to the grid, then cut into shots with handles."""
    shots = [shot for shot in shots_of(CLIP, snapped(CLIP, spans), bridge=BRIDGE) if shot.plan]
    assert shots
    for number, shot in enumerate(shots):
        assert shot.plan is not None
        job = studio.job(*shot.plan.spans, handles=shot.plan.handles, grid="latent")
        check_exact(job, watched(job, tmp_path / str(number)))


# ------------------------------------------------------------------------------- what may change


@pytest.mark.parametrize("frames", [(), (3, 4)])
def test_where_nothing_is_made_anew_the_take_is_the_drafts(
    studio: Studio, tmp_path: Path, frames: tuple[int, ...]
) -> None:
    """A kept clip, and a cut that nothing may be rewritten around."""
    spans = (Keep(start=3, end=20), Keep(start=30, end=44)) if frames else (Keep(start=3, end=20),)
    job = studio.job(*spans, bridge=0, model=studio.silent)
    ours = watched(job, tmp_path / "ours").take
    draft = render(msgspec.structs.replace(job, renderer="draft"), tmp_path / "draft", lambda _: None)
    assert ours is not None
    assert ours.content_sha256 == draft.content_sha256


def test_the_same_job_gives_the_same_content_and_another_seed_another(studio: Studio, tmp_path: Path) -> None:
    job = studio.job(*PLANS["everything"])
    jobs = [job, job, msgspec.structs.replace(job, seed=1)]
    takes = [watched(wanted, tmp_path / str(number)).take for number, wanted in enumerate(jobs)]
    first, again, other = (take.content_sha256 for take in takes if take is not None)
    assert first == again
    assert first != other


@pytest.mark.parametrize("grid", ["frame", "latent"])
def test_other_words_change_the_new_frames_alone(studio: Studio, tmp_path: Path, grid: str) -> None:
    spans = Keep(start=0, end=17), Add(frames=16, speech=0), Keep(start=17, end=33)
    jobs = [studio.job(*spans, speech=number, grid=grid) for number in (0, 1)]
    low, high = (watched(job, tmp_path / str(job.speech[0].path[-7:-4])) for job in jobs)
    changed = [
        frame
        for frame, (one, other) in enumerate(zip(low.pictures, high.pictures, strict=True))
        if not same_picture(one, other)
    ]
    assert set(range(17, 33)) <= set(changed) <= set(range(17 - BRIDGE, 33 + BRIDGE))


# ------------------------------------------------------------------- with and without trained audio


def no_work(*_: object, **__: object) -> None:
    raise AssertionError("work has begun")


@pytest.mark.parametrize(
    ("spans", "region"),
    [
        (PLANS["addition"], LEFT_HALF),
        (PLANS["re-render"], LIPS),
        (PLANS["re-render"], FACE),
        (PLANS["re-render"], HEAD),
    ],
)
def test_what_would_need_trained_audio_is_refused_before_any_work(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spans: tuple[Span, ...], region: Region
) -> None:
    for work in ("diffusion.open_reel", "diffusion.take_audio", "edityourself.load"):
        monkeypatch.setattr(f"engine.render.{work}", no_work)
    job = studio.job(*spans, region=region, model=studio.silent)
    with pytest.raises(MissingModel, match=r"silent has no trained audio weights.*--renderer ltx2 or draft"):
        watched(job, tmp_path, FaceModels(detector=tmp_path, mesh=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "audible", "lip_sync"),
    [
        ("removal", False, "source"),
        ("removal", True, "source"),
        ("slower", False, "source"),
        ("re-render", False, "none"),
        ("re-render", True, "rendered"),
        ("addition", True, "rendered"),
    ],
)
def test_a_take_tells_whose_lips_it_shows(
    studio: Studio, tmp_path: Path, name: str, audible: bool, lip_sync: str
) -> None:
    job = studio.job(*PLANS[name], model=studio.audible if audible else studio.silent)
    take = watched(job, tmp_path).take
    assert take is not None
    assert take.lip_sync == lip_sync


def test_a_re_render_of_film_without_sound_is_no_lip_sync(studio: Studio, tmp_path: Path) -> None:
    mute = film(tmp_path / "mute.mkv", drifting(12))
    job = studio.job(Keep(start=0, end=9, resync=True), footage=footage(mute, 12))
    take = watched(job, tmp_path / "out").take
    assert take is not None
    assert (take.lip_sync, take.channels) == ("none", 0)


# ---------------------------------------------------------------------------------- media of all kinds


@pytest.mark.parametrize("size", [(65, 97), (33, 63), (130, 66), (31, 30)])
def test_odd_sizes_are_padded_and_cropped_back(studio: Studio, tmp_path: Path, size: tuple[int, int]) -> None:
    height, width = size
    media = film(tmp_path / "odd.mkv", drifting(20, size))
    box = Box(x=4, y=4, width=width - 10, height=height - 10)
    job = studio.job(
        Keep(start=0, end=5),
        Keep(start=9, end=14),
        Keep(start=14, end=19, resync=True),
        footage=footage(media, 20),
        region=box,
        model=studio.silent,
    )
    seen = watched(job, tmp_path / "out")
    check_exact(job, seen)
    assert seen.take is not None
    assert (seen.take.height, seen.take.width) == (height, width + width % 2)


@pytest.mark.slow
def test_a_portrait_of_1080_by_1920_is_rendered(studio: Studio, tmp_path: Path) -> None:
    media = film(tmp_path / "portrait.mkv", drifting(12, (1920, 1080)))
    spans = Keep(start=0, end=4), Keep(start=5, end=12)
    job = studio.job(*spans, footage=footage(media, 12), model=studio.silent)
    seen = watched(job, tmp_path / "out")
    check_exact(job, seen)
    assert seen.finish is not None
    assert seen.finish.stage.grid == (60, 34)


def test_media_of_a_variable_rate_is_sampled_by_the_timelines(studio: Studio, tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    times = [Fraction(0), *np.cumsum(draw.integers(20, 70, 39)).tolist()]
    media = film(tmp_path / "vfr.mkv", drifting(40), times=[Fraction(time) / 1000 for time in times])
    job = studio.job(*PLANS["removal"], footage=footage(media, 36), model=studio.silent)
    check_exact(job, watched(job, tmp_path / "out"))


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(50)])
def test_media_of_another_rate_is_sampled_by_the_timelines(
    studio: Studio, tmp_path: Path, rate: Fraction
) -> None:
    shown = dataclasses.replace(
        studio, footage=msgspec.structs.replace(studio.footage, offset=Ratio(num=1, den=50))
    )
    spans = Keep(start=1, end=10), Add(frames=7, speech=0), Keep(start=12, end=20), Keep(start=30, end=40)
    job = shown.job(*spans, rate=rate)
    check_exact(job, watched(job, tmp_path))


# --------------------------------------------------------------------------------------------- errors


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("transformer", "proj_out.bias"),
        ("vae", "encoder.conv_in.conv.bias"),
        ("vae", "decoder.conv_out.conv.bias"),
        ("latent_upsampler", "final_conv.bias"),
    ],
)
def test_weights_that_are_no_numbers_stop_the_render_and_leave_no_file(
    studio: Studio, tmp_path: Path, part: str, name: str
) -> None:
    broken = tiny_checkpoint.make(tmp_path / "broken", upsampler=True)
    (path,) = (broken / part).glob("*.safetensors")
    weights = load_file(path)
    weights[name] = weights[name] * float("nan")
    save_file(weights, path)
    job = studio.job(*PLANS["removal"], model=broken, footage=studio.large)
    with pytest.raises(RenderFailed, match="no numbers"):
        watched(job, tmp_path / "out")
    assert left(tmp_path / "out") == []


ON_CUDA = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
ON_CPU = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99999999999 bytes.")


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("engine.render.edityourself.load", ON_CUDA),
        ("engine.model.autoencoder.LtxAutoencoder._encode", ON_CUDA),
        ("engine.diffusion.velocity.TransformerVelocity.__call__", ON_CUDA),
        ("engine.diffusion.velocity.TransformerVelocity.__call__", ON_CPU),
        ("engine.model.autoencoder.LtxAutoencoder._decode", ON_CUDA),
    ],
)
def test_too_little_memory_is_named_with_what_to_change(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception
) -> None:
    def full(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(place, full)
    with pytest.raises(OutOfMemory, match="precision=fp8 or offload=true"):
        watched(studio.job(*PLANS["removal"]), tmp_path)
    assert left(tmp_path) == []


@pytest.mark.parametrize("phase", ["encode", "denoise", "decode"])
def test_a_render_that_is_taken_back_leaves_no_file(studio: Studio, tmp_path: Path, phase: str) -> None:
    def taken_back(told: Progress) -> None:
        if told.phase == phase:
            raise JobCancelled("taken back")

    workspace = Workspace(folder=tmp_path, face_models=None)
    with pytest.raises(JobCancelled):
        EditYourselfRenderer().render(studio.job(*PLANS["removal"]), workspace, taken_back)
    assert left(tmp_path) == []


def test_a_renderer_without_its_weights_says_how_to_get_them(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    job = msgspec.structs.replace(studio.job(*PLANS["removal"]), diffusion=Diffusion())
    with pytest.raises(MissingModel, match="pickup models pull edityourself-13b"):
        watched(job, tmp_path / "out")


def test_a_take_names_the_weights_and_the_seed_that_made_it(studio: Studio, tmp_path: Path) -> None:
    take = watched(studio.job(*PLANS["removal"], seed=5), tmp_path).take
    assert take is not None
    made_by = take.renderer, take.seed, take.checkpoint
    assert made_by == ("edityourself", 5, open_checkpoint(studio.audible).sha256)


@pytest.mark.parametrize("model", ["nobody-has-this", "/nowhere/at/all"])
def test_a_checkpoint_that_is_not_there_is_named(studio: Studio, tmp_path: Path, model: str) -> None:
    with pytest.raises(MissingModel, match=model.rsplit("/", 1)[-1]):
        watched(studio.job(*PLANS["removal"], model=Path(model)), tmp_path)


# --------------------------------------------------------------------------------------------- animate


@pytest.mark.parametrize("size", [(64, 96), (75, 53)])
def test_a_still_picture_is_made_to_speak(studio: Studio, tmp_path: Path, size: tuple[int, int]) -> None:
    """The job that `pickup animate` sends."""
    (picture,) = drifting(1, size)
    image = tmp_path / "portrait.png"
    cv2.imwrite(str(image), picture)
    job = studio.job(
        Keep(start=0, end=1), Add(frames=17, speech=0, delay=1000), footage=footage(image, 1), bridge=0
    )
    seen = watched(job, tmp_path / "out")
    check_exact(job, seen)
    assert seen.take is not None
    assert (seen.take.frames, seen.take.channels, seen.take.lip_sync) == (18, 2, "rendered")
    content = read_content(Path(seen.take.path))
    assert content.samples == round(18 * 48000 / 25)
    assert not any(same_picture(seen.pictures[0], other) for other in seen.pictures[1:])
