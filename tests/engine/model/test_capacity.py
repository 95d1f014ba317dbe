"""What cards can do with the large models, told without one."""

from __future__ import annotations

import pytest
import torch
from diffusers import AutoencoderKLLTX2Audio, AutoencoderKLLTX2Video, AutoencoderKLLTXVideo
from diffusers.pipelines.ltx.modeling_latent_upsampler import LTXLatentUpsamplerModel
from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel
from torch import nn

from engine.evaluation.gpu_models import LTX_2_3_VAE, LTX_VIDEO_VAE
from engine.model.acceleration import Acceleration
from engine.model.capacity import MODELS, PICTURES, Fit, busiest, fits, in_words
from engine.model.footprint import GIB, footprint, picture_bytes, working_bytes

WHOLE, HEAD = PICTURES


def settings(name: str, gib: int, *, fp8: bool = True) -> list[str]:
    return [fit.setting for fit in fits(MODELS[name], gib * GIB, fp8=fp8)]


def count(*models: nn.Module) -> int:
    return sum(at.numel() for model in models for at in model.state_dict().values())


@pytest.mark.parametrize("name", MODELS)
def test_what_lies_beside_the_transformer_is_what_the_published_parts_have(name: str) -> None:
    with torch.device("meta"):
        beside = {
            "edityourself": lambda: count(
                AutoencoderKLLTXVideo(**LTX_VIDEO_VAE),
                LTXLatentUpsamplerModel(in_channels=128, mid_channels=512, num_blocks_per_stage=4),
            ),
            "ltx2": lambda: count(
                AutoencoderKLLTX2Video(**LTX_2_3_VAE),
                AutoencoderKLLTX2Audio(),
                LTX2LatentUpsamplerModel(in_channels=128, mid_channels=1024, num_blocks_per_stage=4),
            ),
        }[name]()
    assert MODELS[name].beside == pytest.approx(beside, rel=0.001)


@pytest.mark.parametrize("name", MODELS)
def test_a_card_of_80_gib_needs_neither_fp8_nor_offload(name: str) -> None:
    assert settings(name, 80) == ["precision=bf16", "precision=bf16"]


@pytest.mark.parametrize(("name", "head"), [("edityourself", "precision=fp8"), ("ltx2", "offload=true")])
def test_on_24_gib_whole_frames_are_rendered_offloaded(name: str, head: str) -> None:
    assert settings(name, 24) == ["offload=true", head]


@pytest.mark.parametrize("name", MODELS)
def test_a_card_without_fp8_arithmetic_stores_weights_in_it(name: str) -> None:
    assert settings(name, 32, fp8=False) == ["offload=true", "precision=fp8-stored"]


@pytest.mark.parametrize("name", MODELS)
def test_more_memory_never_asks_for_a_slower_setting(name: str) -> None:
    slowest_first = ["", "offload=true", "precision=fp8", "precision=bf16"]
    for pictures in range(len(PICTURES)):
        told = [slowest_first.index(settings(name, gib)[pictures]) for gib in range(1, 100)]
        assert told == sorted(told)
        assert (told[0], told[-1]) == (0, 3)


def test_what_is_told_to_fit_is_weights_and_pictures_together() -> None:
    model, how = MODELS["ltx2"], Acceleration(precision="bfloat16")
    whole, _ = fits(model, 80 * GIB)
    weights = footprint(model.sizes, how, model.beside)
    assert whole.device == weights.device + busiest(model.sizes, how, PICTURES[WHOLE])
    assert whole.main == 0


@pytest.mark.parametrize("name", MODELS)
def test_denoising_and_decoding_take_turns(name: str) -> None:
    sizes, how, cells = MODELS[name].sizes, Acceleration(precision="bfloat16"), PICTURES[WHOLE]
    denoising, decoding = working_bytes(sizes, how, 17 * cells), picture_bytes(sizes, how, 1088 * 1920)
    assert busiest(sizes, how, cells) == max(denoising, decoding) < denoising + decoding


def test_what_is_kept_in_main_memory_must_fit_there() -> None:
    """Both of the settings that a card of 32 GiB needs keep 35 GiB there."""
    model = MODELS["ltx2"]
    assert [fit.setting for fit in fits(model, 32 * GIB, main=64 * GIB)] == ["offload=true", "precision=fp8"]
    assert [fit.setting for fit in fits(model, 32 * GIB, main=32 * GIB)] == ["", ""]
    assert [fit.setting for fit in fits(model, 80 * GIB, main=32 * GIB)] == ["precision=bf16"] * 2


def test_a_card_is_told_of_in_a_line() -> None:
    told = (Fit(pictures=WHOLE), Fit(pictures=HEAD, setting="offload=true", device=7 * GIB, main=35 * GIB))
    assert in_words(told) == (
        "whole frames of 1080p not at all,"
        " a head of 640 x 640 with offload=true (7 GiB, and 35 of main memory)"
    )
