"""A render that two processes share is the render of one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
import tiny_checkpoint
import torch
from tiny_diffusion import CHANNELS
from torch import Tensor

from engine.diffusion.cache import TeaCache
from engine.diffusion.denoise import Sampling, denoise
from engine.diffusion.schedule import linear_quadratic
from engine.diffusion.tokens import Scene
from engine.diffusion.velocity import TransformerVelocity
from engine.errors import NotOnThisMachine, RenderFailed
from engine.model import warm
from engine.model.checkpoint import open_checkpoint
from engine.model.loaded import LoadedModel, load
from engine.protocol import Diffusion

pytestmark = pytest.mark.filterwarnings("ignore:`torch.distributed._functional:FutureWarning")  # of diffusers

LATENTS = 20
SHARED, ALONE = Diffusion(ulysses=2), Diffusion()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_checkpoint.make(tmp_path_factory.mktemp("tiny"), audio=True)


@pytest.fixture(autouse=True)
def alone_again() -> Iterator[None]:
    yield
    warm.unload()


def made(model: LoadedModel, cache: TeaCache) -> Tensor:
    """20 latents, so several blocks, half of their tokens, with sound."""
    draw = torch.Generator().manual_seed(3)
    mask_FHW = torch.rand(LATENTS, 2, 2, generator=draw) < 0.5
    scene = Scene(
        clean_CFHW=torch.randn(CHANNELS, LATENTS, 2, 2, generator=draw),
        mask_FHW=mask_FHW,
        strength_F=torch.ones(LATENTS),
        rate=Fraction(25),
    )
    sound = torch.randn(48_000 * 7, 1, generator=draw).numpy() / 10
    velocity = TransformerVelocity(
        model=model.transformer,
        text=model.prompt(""),
        audio_FTD=model.hear(sound, scene.rate, 0, LATENTS),
        cache=cache,
    )
    return denoise(scene, velocity, Sampling(sigmas=linear_quadratic(8), seed=1))


@pytest.mark.parametrize("threshold", [0.0, 0.3])
def test_two_processes_render_what_one_does(folder: Path, threshold: float) -> None:
    checkpoint, caches = open_checkpoint(folder), [TeaCache(threshold), TeaCache(threshold)]
    alone = made(load(checkpoint, ALONE), caches[0])
    shared = made(load(checkpoint, SHARED), caches[1])
    torch.testing.assert_close(shared, alone, atol=1e-4, rtol=0)
    assert (caches[0].calls, caches[0].skips) == (caches[1].calls, caches[1].skips)
    assert (caches[1].skips > 0) == (threshold > 0)


def test_a_crew_is_kept_for_the_next_render(folder: Path) -> None:
    checkpoint = open_checkpoint(folder)
    model = load(checkpoint, SHARED)
    made(model, TeaCache(0.0))
    assert load(checkpoint, SHARED) is model


def test_after_a_forward_that_failed_here_the_next_render_has_a_new_crew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = open_checkpoint(folder)
    model = load(checkpoint, SHARED)

    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with monkeypatch.context() as patched:
        patched.setattr(model.transformer, "_blocks", full)
        with pytest.raises(torch.OutOfMemoryError):
            made(model, TeaCache(0.0))
    again = load(checkpoint, SHARED)
    assert again is not model
    assert made(again, TeaCache(0.0)).isfinite().all()


def test_a_process_that_has_ended_is_said(folder: Path) -> None:
    model = load(open_checkpoint(folder), SHARED)
    assert model.crew is not None
    (other,) = model.crew._processes
    other.kill()
    other.join()
    with pytest.raises(RenderFailed, match="set ulysses=1"):
        made(model, TeaCache(0.0))


def test_weights_that_the_others_cannot_read_are_said(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(tiny_checkpoint.make(tmp_path / "tiny"))
    (checkpoint.folder / "vae" / "config.json").unlink()
    with pytest.raises(RenderFailed, match="has ended"):
        load(checkpoint, SHARED)


def test_heads_that_cannot_be_shared_out_are_refused(folder: Path) -> None:
    with pytest.raises(NotOnThisMachine, match=r"2 heads of tiny.* do not divide by ulysses=3"):
        load(open_checkpoint(folder), Diffusion(ulysses=3))
