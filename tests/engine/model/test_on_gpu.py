"""On a CUDA GPU: both models say there what they say on a CPU, in every form that the settings give them.

Random weights of a size that the card's fast kernels take.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

import pytest
import tiny_ltx2
import torch
from torch import Tensor

from engine.diffusion.denoise import Sampling, Step, Velocity, denoise
from engine.diffusion.ltx2_velocity import Ltx2Velocity
from engine.diffusion.tokens import Scene
from engine.diffusion.velocity import TransformerVelocity
from engine.model.acceleration import Acceleration, accelerate
from engine.model.autoencoder import LtxAutoencoder
from engine.model.config import TINY
from engine.model.ltx2.prompt import Ltx2Prompt
from engine.model.ltx2.transformer import Ltx2Transformer
from engine.model.prompt import Prompt
from tests.tiny_diffusion import tiny_autoencoder, tiny_transformer, tiny_windows

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU here"),
    # What torch's compiler and torchao say of themselves is not ours to mend.
    pytest.mark.filterwarnings("default"),
]

CPU, GPU = torch.device("cpu"), torch.device("cuda")
RATE = Fraction(25)
FRAMES = 145  # 19 latents: two blocks
SCENE = (FRAMES // 8 + 1, 4, 6)
EXACT = Acceleration()
BF16 = Acceleration(precision="bfloat16")
Made = Callable[[Acceleration, torch.device], Velocity]


def edityourself(how: Acceleration, device: torch.device) -> TransformerVelocity:
    config = replace(TINY, transformer=replace(TINY.transformer, heads=4, head_dim=64, in_channels=16))
    model = tiny_transformer(audible=True, config=config)
    accelerate(model, how, device)
    with torch.inference_mode():
        audio_FTD = model.hear(tiny_windows(FRAMES, config=config))[0]
    embeddings = drawn(1, 5, config.transformer.caption_channels)
    text = Prompt(embeddings_BXE=embeddings, mask_BX=torch.ones(1, 5, dtype=torch.bool))
    return TransformerVelocity(model=model, text=text.to(device, model.dtype), audio_FTD=audio_FTD)


def ltx2(how: Acceleration, device: torch.device) -> Ltx2Velocity:
    torch.manual_seed(0)
    wide = {
        "in_channels": 16,
        "out_channels": 16,
        "attention_head_dim": 64,
        "cross_attention_dim": 128,
        "audio_attention_head_dim": 64,
        "audio_cross_attention_dim": 128,
    }
    model = Ltx2Transformer(**tiny_ltx2.transformer_settings("2.3") | wide).with_gates().eval()
    accelerate(model, how, device)
    text = Ltx2Prompt(
        video_BXE=drawn(1, 5, 128), audio_BXE=drawn(1, 5, 128), mask_BX=torch.ones(1, 5, dtype=torch.bool)
    )
    return Ltx2Velocity(
        model=model,
        text=text.to(device, model.dtype),
        audio_NC=drawn(round(FRAMES / RATE * 25), tiny_ltx2.TOKEN),
        rate=RATE,
        cross_timestep=True,
        gated=True,
    )


MODELS = pytest.mark.parametrize("made", [edityourself, ltx2])


def drawn(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def scene(device: torch.device) -> Scene:
    """Its left half is made anew."""
    mask_FHW = torch.zeros(SCENE, dtype=torch.bool)
    mask_FHW[:, :, : SCENE[2] // 2] = True
    return Scene(
        clean_CFHW=drawn(16, *SCENE).to(device),
        mask_FHW=mask_FHW.to(device),
        strength_F=torch.ones(SCENE[0], device=device),
        rate=RATE,
    )


def denoised(
    velocity: Velocity, device: torch.device, watch: Callable[[Step], None] = lambda _: None
) -> Tensor:
    sampling = Sampling(sigmas=(1.0, 0.9, 0.6, 0.0), seed=7)
    return denoise(scene(device), velocity, sampling, on_step=watch).cpu()


def distance(found: Tensor, wanted: Tensor) -> float:
    """Of what is made anew, relative."""
    mask_FHW = scene(CPU).mask_FHW
    difference = (found - wanted)[:, mask_FHW].norm() / wanted[:, mask_FHW].norm()
    return float(difference)


@MODELS
def test_it_says_what_the_cpu_says(made: Made) -> None:
    assert distance(denoised(made(EXACT, GPU), GPU), denoised(made(EXACT, CPU), CPU)) < 1e-3


@MODELS
def test_the_same_seed_gives_the_same_bits(made: Made) -> None:
    velocity = made(BF16, GPU)
    assert torch.equal(denoised(velocity, GPU), denoised(velocity, GPU))


@MODELS
def test_what_is_not_made_anew_keeps_its_bits_after_every_step(made: Made) -> None:
    given = scene(GPU)
    kept = ~given.mask_FHW

    def watch(step: Step) -> None:
        assert torch.equal(step.x_CFHW[:, kept], given.clean_CFHW[:, kept])

    denoised(made(BF16, GPU), GPU, watch)


FORMS = {
    "bf16": BF16,
    "cudnn": replace(BF16, attention="_native_cudnn"),
    "flash": replace(BF16, attention="_native_flash"),
    "offload": replace(BF16, offload=True),
    "fp8-stored": replace(BF16, fp8_stored=True),
    "fp8-stored, offload": replace(BF16, fp8_stored=True, offload=True),
    "fp8": replace(BF16, fp8=True),
    "compile": replace(BF16, compile=True),
    "fp8, compile": replace(BF16, fp8=True, compile=True),
}


@MODELS
@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_near_the_exact_one(made: Made, form: str) -> None:
    how = FORMS[form]
    if how.fp8 and not find_spec("torchao"):
        pytest.skip("torchao is not installed")
    far = 0.2 if how.in_fp8 else 0.03
    assert distance(denoised(made(how, GPU), GPU), denoised(made(EXACT, CPU), CPU)) < far


def test_offloaded_blocks_leave_the_card_free() -> None:
    def held(how: Acceleration) -> int:
        before = torch.cuda.memory_allocated()
        velocity = ltx2(how, GPU)
        denoised(velocity, GPU)
        torch.cuda.synchronize()
        return torch.cuda.memory_allocated() - before

    assert held(replace(BF16, offload=True)) < held(BF16) / 2


@pytest.mark.parametrize("vae", [tiny_autoencoder, tiny_ltx2.tiny_autoencoder])
def test_the_autoencoder_codes_as_on_the_cpu(vae: Callable[[], Any]) -> None:
    on_cpu = vae().eval()
    frames = [frame.numpy() for frame in drawn(25, 64, 96, 3).sigmoid()]
    one = LtxAutoencoder(on_cpu)
    other = LtxAutoencoder(copy.deepcopy(on_cpu).to(GPU))
    latents_CFHW = one.encode(frames)
    # A card convolves in TF32, of ten bits.
    torch.testing.assert_close(other.encode(frames).cpu(), latents_CFHW, atol=5e-3, rtol=5e-3)
    pictures = zip(one.decode(latents_CFHW, seed=1), other.decode(latents_CFHW.to(GPU), seed=1), strict=True)
    assert max(abs(here - there).max() for here, there in pictures) < 5e-3
