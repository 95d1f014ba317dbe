"""Previews of a render by diffusion: what it looks like so far, now and then, and at no cost to the take."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from studio import PLANS, Studio
from tiny_diffusion import CHANNELS, tiny_autoencoder
from torch import Tensor

from engine.diffusion.denoise import Step
from engine.diffusion.tokens import Scene
from engine.model.autoencoder import Frame, LtxAutoencoder, VideoAutoencoder
from engine.model.small_autoencoder import SmallAutoencoder, SmallConfig
from engine.protocol import Progress
from engine.render import preview
from engine.render.preview import Previews
from engine.render.renderer import render

CELL = 8


class FlatAutoencoder:
    """Each latent's first channel is the grey of its frames."""

    spatial, temporal, channels, seams = CELL, 8, 2, False

    def encode(self, frames: object) -> Tensor:
        raise NotImplementedError

    def decode(self, latents_CFHW: Tensor, seed: int) -> Iterator[Frame]:
        grey_HW = latents_CFHW[0, 0].numpy().repeat(CELL, axis=0).repeat(CELL, axis=1)
        yield np.repeat(grey_HW[..., None], 3, axis=2).astype(np.float32)


class BrokenAutoencoder(FlatAutoencoder):
    def decode(self, latents_CFHW: Tensor, seed: int) -> Iterator[Frame]:
        raise torch.OutOfMemoryError("no room")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def step(
    grey: float = 0.5, *, anew: range = range(2, 5), rows: int = 4, columns: int = 6, channels: int = 2
) -> Step:
    """Half way, in a scene of six latents; the clean ones are of one grey."""
    mask_FHW = torch.zeros(6, rows, columns, dtype=torch.bool)
    mask_FHW[anew.start : anew.stop] = True
    x_CFHW = torch.full((channels, 6, rows, columns), grey)
    v_CFHW = torch.randn(x_CFHW.shape, generator=torch.Generator().manual_seed(1))
    return Step(
        done=1,
        total=2,
        scene=Scene(clean_CFHW=x_CFHW, mask_FHW=mask_FHW, strength_F=torch.ones(6), rate=Fraction(25)),
        x_CFHW=torch.where(mask_FHW, x_CFHW + 0.5 * v_CFHW, x_CFHW),
        v_CFHW=v_CFHW,
        sigma=0.5,
    )


def read(path: str) -> NDArray[np.uint8]:
    picture = cv2.imread(path)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def looked(previews: Previews, clock: Clock, seconds: float, **given: int) -> str:
    clock.now += seconds
    previews.look(step(**given), FlatAutoencoder(), (30, 45))
    return previews.latest


# ---------------------------------------------------------------------------------------- the estimate


def test_the_estimate_goes_straight_to_the_end() -> None:
    found = step(grey=0.25)
    assert torch.allclose(found.clean_C1HW(3), torch.tensor(0.25), atol=1e-6)


def test_what_is_not_made_anew_is_what_it_is() -> None:
    found = step()
    assert torch.equal(found.clean_C1HW(0), found.x_CFHW[:, :1])


def test_a_latent_that_still_rests_goes_from_where_it_rests() -> None:
    """One that begins at a lower noise level than the step's has that level's noise in it."""
    found = step(grey=0.25)
    late = Scene(
        clean_CFHW=found.scene.clean_CFHW,
        mask_FHW=found.scene.mask_FHW,
        strength_F=torch.full((6,), 0.2),
        rate=Fraction(25),
    )
    x_CFHW = torch.where(late.mask_FHW, late.clean_CFHW + 0.2 * found.v_CFHW, late.clean_CFHW)
    resting = Step(done=1, total=2, scene=late, x_CFHW=x_CFHW, v_CFHW=found.v_CFHW, sigma=0.5)
    assert torch.allclose(resting.clean_C1HW(3), torch.tensor(0.25), atol=1e-6)


@pytest.mark.parametrize(
    ("anew", "middle"), [(range(6), 3), (range(2, 5), 3), (range(5, 6), 5), (range(0, 2), 1)]
)
def test_it_is_the_middle_of_what_is_made_anew(anew: range, middle: int) -> None:
    assert step(anew=anew).middle == middle


# ---------------------------------------------------------------------------------------- the pictures


def test_a_preview_is_a_small_jpeg_without_what_pads_the_frame(tmp_path: Path) -> None:
    clock = Clock()
    with Previews(tmp_path, clock) as previews:
        picture = read(looked(previews, clock, 2))
        assert picture.shape == (30, 45, 3)
        assert np.abs(picture.astype(int) - 128).max() <= 2


def test_a_large_frame_is_shown_320_lines_high(tmp_path: Path) -> None:
    clock = Clock()
    with Previews(tmp_path, clock) as previews:
        clock.now += 2
        previews.look(step(rows=135, columns=240), FlatAutoencoder(), (1080, 1920))
        assert read(previews.latest).shape == (320, 569, 3)


def test_there_is_one_every_two_seconds_at_most_and_none_of_a_shorter_render(tmp_path: Path) -> None:
    clock = Clock()
    with Previews(tmp_path, clock) as previews:
        told = [looked(previews, clock, 0.9) for _ in range(7)]  # 0.9, 1.8, 2.7 ...
    names = [Path(path).name for path in told]
    first, second = "preview_0001.jpg", "preview_0002.jpg"
    assert names == ["", "", first, first, first, second, second]


def test_what_takes_long_to_make_is_made_less_often(tmp_path: Path) -> None:
    clock = Clock()

    class Slow(FlatAutoencoder):
        def decode(self, latents_CFHW: Tensor, seed: int) -> Iterator[Frame]:
            clock.now += 3
            return super().decode(latents_CFHW, seed)

    with Previews(tmp_path, clock) as previews:
        made = []
        for _ in range(50):
            clock.now += 2
            previews.look(step(), Slow(), (30, 45))
            made.append(previews.latest)
    assert len(set(made)) == 2  # one at 2 s, the next a minute after it


def test_each_is_another_file_and_all_are_gone_at_the_end(tmp_path: Path) -> None:
    clock = Clock()
    with Previews(tmp_path, clock) as previews:
        one, other = looked(previews, clock, 2), looked(previews, clock, 2)
        assert one != other
        assert {path.name for path in tmp_path.iterdir()} == {Path(one).name, Path(other).name}
    assert not list(tmp_path.iterdir())


def test_they_are_gone_too_when_the_render_fails(tmp_path: Path) -> None:
    def render_that_fails() -> None:
        clock = Clock()
        with Previews(tmp_path, clock) as previews:
            assert looked(previews, clock, 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        render_that_fails()
    assert not list(tmp_path.iterdir())


def test_where_memory_or_disk_are_short_there_is_none_and_the_render_goes_on(tmp_path: Path) -> None:
    clock = Clock()
    with Previews(tmp_path, clock) as previews:
        clock.now += 2
        previews.look(step(), BrokenAutoencoder(), (30, 45))
        assert looked(previews, clock, 2) == ""
    (tmp_path / "file").touch()
    with Previews(tmp_path / "file", clock) as previews:
        assert looked(previews, clock, 2) == ""


def test_a_frame_of_no_numbers_is_not_shown(tmp_path: Path) -> None:
    clock = Clock()
    with Previews(tmp_path, clock) as previews:
        assert looked(previews, clock, 2, grey=float("nan")) == ""


@pytest.mark.parametrize(
    "autoencoder",
    [
        LtxAutoencoder(tiny_autoencoder(timestep_conditioning=True)),
        SmallAutoencoder(SmallConfig(channels=CHANNELS)),
    ],
    ids=lambda autoencoder: type(autoencoder).__name__,
)
def test_a_latent_alone_is_decoded_and_no_chance_of_the_renders_is_used_up(
    tmp_path: Path, autoencoder: VideoAutoencoder
) -> None:
    clock, before = Clock(), torch.get_rng_state()
    with Previews(tmp_path, clock) as previews:
        clock.now += 2
        size = 4 * autoencoder.spatial, 6 * autoencoder.spatial
        previews.look(step(channels=autoencoder.channels), autoencoder, size)
        assert read(previews.latest).shape == (*size, 3)
    assert torch.equal(torch.get_rng_state(), before)


# ---------------------------------------------------------------------------------------- renders


@pytest.mark.parametrize("passes", [1, 2])
def test_a_render_that_is_watched_is_the_same_to_the_bit(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passes: int
) -> None:
    job = studio.job(
        *PLANS["everything"], model=studio.two_pass, footage=studio.large, steps=10, passes=passes
    )
    unwatched = render(job, tmp_path / "unwatched", lambda _: None)
    monkeypatch.setattr(preview, "EVERY", 0.0)
    monkeypatch.setattr(preview, "_SHARE", 0)
    told: list[Progress] = []
    sizes: set[tuple[int, ...]] = set()

    def look(progress: Progress) -> None:
        told.append(progress)
        if progress.preview:
            sizes.add(read(progress.preview).shape)

    watched = render(job, tmp_path / "watched", look)
    assert watched.content_sha256 == unwatched.content_sha256
    steps = {progress.preview for progress in told if progress.phase == "denoise"}
    assert len(steps) >= 4
    assert "" not in steps
    assert {shape[:2] for shape in sizes} == ({(64, 96), (32, 48)} if passes == 2 else {(64, 96)})
    assert all(progress.preview == told[-1].preview for progress in told if progress.phase == "decode")
    assert [path.name for path in (tmp_path / "watched").iterdir()] == ["take.mov"]


def test_the_draft_has_none(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "EVERY", 0.0)
    told: list[Progress] = []
    render(studio.job(*PLANS["removal"], renderer="draft"), tmp_path, told.append)
    assert {progress.preview for progress in told} == {""}
