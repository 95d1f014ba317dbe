"""A render that was killed and goes on comes to the same take as one that was never stopped, to the bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
import tiny_checkpoint
from drawn_faces import installed_models
from filmed import drifting, film, footage
from studio import PLANS, Studio, filmed_job, presenter
from torch import Tensor

from engine.diffusion.blocks import Block
from engine.diffusion.tokens import Tokens
from engine.diffusion.velocity import TransformerVelocity
from engine.errors import JobCancelled
from engine.model.prompt import Prompt
from engine.protocol import Box, Keep, Progress, Render, Take
from engine.render import kept_latents
from engine.render.renderer import find_renderer
from engine.render.workspace import Workspace

WHOLE = Box(x=0, y=0, width=32, height=32)


@pytest.fixture(autouse=True)
def each_step_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_latents, "EVERY", 0.0)
    monkeypatch.setattr(kept_latents, "_SHARE", 0)


def rendered(job: Render, folder: Path, told: Callable[[Progress], None] = lambda _: None) -> Take:
    workspace = Workspace(
        folder=folder / "take", face_models=installed_models(), unfinished=folder / "unfinished"
    )
    return find_renderer(job.renderer).render(job, workspace, told)


class Killer:
    """Ends a render as it tells of the `count`th time of a phase."""

    def __init__(self, phase: str, count: int = 1) -> None:
        self.phase, self.left = phase, count

    def __call__(self, progress: Progress) -> None:
        self.left -= progress.phase == self.phase
        if not self.left:
            raise JobCancelled("killed")


def killed(job: Render, folder: Path, phase: str = "denoise", count: int = 1) -> None:
    with pytest.raises(JobCancelled):
        rendered(job, folder, Killer(phase, count))


def plain(take: Take) -> Take:
    """Without what is another's for each file: its place, and the date in the container."""
    return msgspec.structs.replace(take, path="", sha256="")


@contextmanager
def steps_taken() -> Iterator[list[tuple[int, int]]]:
    """At which steps, of how many, the model was asked."""
    run, seen = TransformerVelocity.__call__, []

    def noted(self: TransformerVelocity, tokens: Tokens, block: Block, at: tuple[int, int]) -> Tensor:
        seen.append(at)
        return run(self, tokens, block, at)

    with patch.object(TransformerVelocity, "__call__", noted):
        yield seen


# ------------------------------------------------------------------------------ every path

JOBS: dict[str, Callable[[Studio, Path], Render]] = {
    "a pass": lambda studio, _: studio.job(*PLANS["removal"], steps=8, cache=0.0),
    "cached": lambda studio, _: studio.job(*PLANS["removal"], steps=8, cache=0.2),
    "mostly cached": lambda studio, _: studio.job(*PLANS["everything"], steps=8, cache=1e6),
    "several ranges": lambda studio, _: studio.job(*PLANS["everything"], steps=6),
    "the whole picture": lambda studio, _: studio.job(*PLANS["re-render"], steps=4, crop=False),
    "the head": lambda studio, _: studio.job(*PLANS["re-render"], steps=4, footage=studio.large),
    "latents' grid": lambda studio, _: studio.job(
        Keep(start=0, end=17), Keep(start=25, end=49), steps=4, grid="latent"
    ),
    "a step": lambda studio, _: studio.job(*PLANS["addition"], steps=1),
    "two passes": lambda studio, _: two_passes(studio, steps=6, cache=0.0),
    "two cached passes": lambda studio, _: two_passes(studio, steps=6, cache=0.3),
    "two distilled passes": lambda studio, _: two_passes(studio, distilled=True),
    "a second pass of no steps": lambda studio, _: two_passes(studio, steps=1),
    "speech led away from silence": lambda studio, _: studio.job(
        *PLANS["addition"], steps=8, cache=0.2, audio_guidance=3.0
    ),
    "rolling blocks": lambda studio, folder: long_clip(studio, folder, cache=0.2),
    "rolling blocks around the ends": lambda studio, folder: long_clip(
        studio, folder, cache=0.2, ends="circular"
    ),
    "references": lambda studio, folder: filmed_job(
        studio, folder, presenter(18), model=knowing(folder), steps=8, cache=0.2
    ),
}


def two_passes(studio: Studio, **settings: object) -> Render:
    return studio.job(*PLANS["removal"], model=studio.two_pass, footage=studio.large, passes=2, **settings)


def long_clip(studio: Studio, folder: Path, **settings: object) -> Render:
    media = film(folder / "long.mkv", drifting(170, (32, 32)))
    return studio.job(
        Keep(start=0, end=170, resync=True),
        footage=footage(media, 170),
        region=WHOLE,
        model=studio.silent,
        steps=8,
        **settings,
    )


def knowing(folder: Path) -> Path:
    """A checkpoint that was trained with identity references."""
    made = tiny_checkpoint.make(folder / "knowing", audio=True)
    card = msgspec.json.decode((made / "audio.json").read_bytes())
    (made / "audio.json").write_bytes(msgspec.json.encode({**card, "references": True}))
    return made


@pytest.mark.parametrize("name", JOBS)
def test_killed_after_each_step_it_comes_to_the_same_take(studio: Studio, tmp_path: Path, name: str) -> None:
    job = JOBS[name](studio, tmp_path)
    with steps_taken() as wanted:
        whole = rendered(job, tmp_path / "whole")
    steps = len(dict.fromkeys(wanted))
    with steps_taken() as taken:
        for _ in range(steps):
            killed(job, tmp_path / "killed")
        again = rendered(job, tmp_path / "killed")
    assert plain(again) == plain(whole)
    assert taken == wanted  # no step twice, none left out
