"""Validation: what is measured of held-out clips, and how they are shown."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch
from tiny_clips import tiny_clip
from tiny_diffusion import tiny_autoencoder, tiny_transformer, tiny_windows

from engine.errors import RenderFailed
from engine.evaluation.opening import Openings
from engine.model.autoencoder import LtxAutoencoder
from engine.model.config import TINY
from engine.model.small_autoencoder import SmallAutoencoder, SmallConfig
from engine.model.transformer import EditYourselfTransformer
from engine.training.clips import ClipPlan, draw
from engine.training.config import Recipe
from engine.training.precision import widen_for_autocast
from engine.training.validation import (
    HeldOut,
    Pictures,
    Seen,
    Truth,
    Validation,
    dubbed,
    held_out_flow,
    mean_of,
    measured,
    note_metrics,
    psnr,
    read_metrics,
)
from engine.training.validation_drawn import held_out_drawn
from engine.training.validation_pictures import film_of, sheet_of

RECIPE = Recipe(stage="audio", steps=1)
FRAMES = 17
SAID = np.linspace(0, 1, FRAMES)
OTHER = np.sin(np.arange(FRAMES))


def clip(seed: int = 0, *, rate: Fraction = Fraction(25), truth: Truth | None = None) -> HeldOut:
    other = tiny_windows(FRAMES, seed=seed + 50)[0]
    sound = np.full((48_000, 2), 0.5, np.float32)
    return HeldOut(
        name=f"clip {seed}",
        sample=tiny_clip(seed, rate=rate),
        other_NKLA=other,
        other_sound=sound,
        truth=truth,
    )


def grey(levels: Openings, size: tuple[int, int] = (32, 32)) -> Pictures:
    """Pictures as bright as the mouth is open."""
    scaled = (levels - levels.min()) / (levels.max() - levels.min()) * 200
    return np.broadcast_to(scaled[:, None, None, None], (len(levels), *size, 3)).astype(np.uint8)


def brightness(pictures: Pictures) -> Openings:
    return np.asarray(pictures.mean(axis=(1, 2, 3)))


def seen(of: HeldOut | None = None) -> Seen:
    truth = Truth(frames=grey(SAID), own_opening=SAID, other_opening=OTHER, measure=brightness)
    return Seen(
        clip=of or clip(truth=truth),
        reconstruction=grey(SAID),
        own=grey(SAID),
        other=grey(OTHER),
    )


# ------------------------------------------------------------------------------------ rendered


def test_a_dub_changes_what_is_masked_alone_and_by_what_is_heard() -> None:
    model, sample = tiny_transformer(audible=True), tiny_clip()
    own = dubbed(model, sample, sample.windows_NKLA, steps=3)
    other = dubbed(model, sample, tiny_windows(FRAMES, seed=9)[0], steps=3)
    kept = ~sample.mask_FHW
    assert torch.equal(own[:, kept], sample.clean_CFHW[:, kept])
    assert torch.equal(other[:, kept], sample.clean_CFHW[:, kept])
    assert not torch.equal(own[:, sample.mask_FHW], other[:, sample.mask_FHW])


def test_references_are_looked_at_where_they_are_asked_for() -> None:
    model, sample = tiny_transformer(audible=True), tiny_clip()
    without, beside = (
        dubbed(model, sample, sample.windows_NKLA, steps=2, references=given) for given in (False, True)
    )
    assert not torch.equal(without, beside)


def test_the_held_out_loss_is_the_same_each_time() -> None:
    model = tiny_transformer(audible=True)
    assert held_out_flow(model, [clip()], RECIPE) == held_out_flow(model, [clip()], RECIPE) > 0


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_validation_renders_measures_and_shows_every_clip(precision: str) -> None:
    told: list[dict[str, float]] = []
    shown: list[Seen] = []
    validation = Validation(
        [clip(0), clip(1)],
        LtxAutoencoder(tiny_autoencoder()),
        replace(RECIPE, precision=precision),  # type: ignore[arg-type]
        show=lambda made, _: shown.extend(made),
        note=lambda noted, _: told.append(dict(noted)),
        steps=2,
    )
    model = tiny_transformer(audible=True)
    if precision == "bfloat16":
        widen_for_autocast(model)  # as the trainer does while it runs
    validation(model, 7)
    assert [one.clip.name for one in shown] == ["clip 0", "clip 1"]
    assert {one.own.shape for one in shown} == {(FRAMES, 64, 64, 3)}
    assert [set(one) for one in told] == [{"held_out_flow"}]


def test_the_decoder_is_no_business_of_the_models_gradients() -> None:
    model: EditYourselfTransformer = tiny_transformer(audible=True).requires_grad_(True)
    validation = Validation(
        [clip()],
        LtxAutoencoder(tiny_autoencoder()),
        RECIPE,
        show=lambda *_: None,
        note=lambda *_: None,
        steps=2,
    )
    validation(model, 1)
    assert all(at.grad is None for at in model.parameters())


# ------------------------------------------------------------------------------------ measured


def test_what_is_measured_tells_a_dub_from_the_source() -> None:
    told = measured(seen())
    assert told["r_own"] == pytest.approx(1, abs=1e-3)
    assert told["r_dub"] == pytest.approx(1, abs=1e-3)
    assert abs(told["r_source_in_dub"]) < 0.3
    assert told["psnr_own"] > 100


def test_without_truth_nothing_is_measured() -> None:
    assert measured(seen(clip())) == {}


def test_psnr_is_of_the_boxes_alone() -> None:
    one = np.zeros((2, 8, 8, 3), np.uint8)
    other = one.copy()
    other[:, :, 4:] = 255
    left = np.array([[0, 0, 4, 8], [0, 0, 4, 8]], np.int32)
    right = np.array([[4, 0, 4, 8], [0, 0, 0, 0]], np.int32)  # not there in the second
    assert psnr(one, other, left) > 100
    assert psnr(one, other, right) == pytest.approx(0)
    assert psnr(one, other, None) == pytest.approx(10 * math.log10(2))
    assert math.isnan(psnr(one, other, np.zeros((2, 4), np.int32)))


def test_means_are_of_the_clips_that_have_the_figure() -> None:
    told = mean_of([{"r": 1.0, "p": 3.0}, {"r": math.nan}, {"r": 0.5}])
    assert told == {"r": 0.75, "p": 3.0}


# ------------------------------------------------------------------------------------ kept


def test_steps_that_are_done_again_replace_their_lines(tmp_path: Path) -> None:
    for step in (2, 4, 6):
        note_metrics(tmp_path, {"r": float(step)}, step)
    note_metrics(tmp_path, {"r": math.nan}, 4)  # a run that went on from step 3
    assert read_metrics(tmp_path) == [{"step": 2, "r": 2.0}, {"step": 4, "r": None}]


def test_a_line_cut_short_is_passed_over(tmp_path: Path) -> None:
    note_metrics(tmp_path, {"r": 1.0}, 2)
    path = tmp_path / "metrics.jsonl"
    path.write_text(path.read_text() + '{"step": 4, "r"')
    note_metrics(tmp_path, {"r": 3.0}, 6)
    assert [one["step"] for one in map(json.loads, path.read_text().splitlines())] == [2, 6]


# ------------------------------------------------------------------------------------ shown


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def test_the_film_has_truth_reconstruction_and_dub_side_by_side(tmp_path: Path) -> None:
    film_of([seen()], tmp_path / "a.mp4")
    frames = frames_of(tmp_path / "a.mp4")
    assert len(frames) == FRAMES
    assert frames[0].shape == (28 + 256, 3 * 256, 3)
    panels = [[float(frame[100:200, at : at + 100].mean()) for frame in frames] for at in (60, 316, 572)]
    assert np.corrcoef(panels[0], SAID)[0, 1] > 0.99
    assert np.corrcoef(panels[1], SAID)[0, 1] > 0.99
    assert np.corrcoef(panels[2], OTHER)[0, 1] > 0.99


def test_a_clip_of_another_rate_lasts_as_long_as_it_should(tmp_path: Path) -> None:
    slow, fast = seen(clip()), seen(clip(1, rate=Fraction(50)))
    film_of([slow, fast], tmp_path / "a.mp4")
    frames = frames_of(tmp_path / "a.mp4")
    assert len(frames) == FRAMES + round(FRAMES / 2)
    assert frames[0].shape[1] == 2 * 256  # no truth


def test_a_tall_clip_keeps_its_shape_beside_a_square_one(tmp_path: Path) -> None:
    tall = replace(seen(clip(1)), reconstruction=grey(SAID * 0 + np.arange(FRAMES), (64, 32)))
    film_of([seen(clip()), tall], tmp_path / "a.mp4")
    last = frames_of(tmp_path / "a.mp4")[-1]
    assert last[150, 20].mean() < 20  # beside it is nothing
    assert last[150, 128].mean() > 150


def test_the_sheet_has_a_row_for_each_way(tmp_path: Path) -> None:
    sheet_of([seen()], tmp_path / "a.png")
    sheet_of([seen(clip())], tmp_path / "b.png")
    four, three = (cv2.imread(str(tmp_path / name)).shape[0] for name in ("a.png", "b.png"))
    assert four * 3 == three * 4


def test_a_film_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderFailed, match="cannot write"):
        film_of([seen()], tmp_path / "file" / "a.mp4")


# ------------------------------------------------------------------------------------ drawn clips


@pytest.fixture(scope="module")
def drawn() -> tuple[HeldOut, ...]:
    plan = ClipPlan(seed=3, frames=33, size=128)
    text = torch.zeros(1, TINY.transformer.caption_channels)
    return held_out_drawn(plan, SmallAutoencoder(SmallConfig(channels=8)), TINY.audio, text, count=3)


def test_drawn_clips_are_measured_truly(drawn: tuple[HeldOut, ...]) -> None:
    for one in drawn:
        assert one.truth is not None
        assert one.truth.measure is not None
        found = one.truth.measure(one.truth.frames)
        assert np.corrcoef(found, one.truth.own_opening)[0, 1] > 0.95


def test_each_drawn_clip_is_dubbed_with_the_next_ones_speech(drawn: tuple[HeldOut, ...]) -> None:
    for one, other in zip(drawn, drawn[1:] + drawn[:1], strict=True):
        assert one.truth is not None
        assert other.truth is not None
        assert torch.equal(one.other_NKLA, other.sample.windows_NKLA)
        assert one.truth.other_opening is not None
        assert np.array_equal(one.truth.other_opening, other.truth.own_opening)
        assert one.other_sound is not None
        assert one.other_sound.shape == (round(33 * 48_000 / 25), 2)


def test_drawn_clips_are_of_people_that_nobody_trains_on(drawn: tuple[HeldOut, ...]) -> None:
    held_out = draw(ClipPlan(seed=3, frames=33, split="held_out"), 0)
    assert held_out.person % 2 == 1
    assert drawn[0].truth is not None
    assert np.array_equal(drawn[0].truth.frames, held_out.frames)
