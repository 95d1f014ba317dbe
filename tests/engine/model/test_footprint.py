"""How much memory weights take, and what is refused before they are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import tiny_checkpoint
import torch
from tiny_diffusion import tiny_transformer

from engine.errors import OutOfGpuMemory, OutOfMemory
from engine.model import loaded
from engine.model.acceleration import Acceleration
from engine.model.checkpoint import open_checkpoint
from engine.model.config import EDITYOURSELF_13B, TINY
from engine.model.footprint import GIB, Memory, footprint, refuse_what_does_not_fit
from engine.protocol import Diffusion

BF16 = Acceleration(precision="bfloat16")
ROOMY = 1000 * GIB


def gib(size: int) -> float:
    return size / GIB


def test_weights_take_what_a_model_that_is_made_takes() -> None:
    model = tiny_transformer(audible=True)
    made = sum(weight.numel() * weight.element_size() for weight in model.parameters())
    assert footprint(TINY, Acceleration()).device == made


def test_half_the_precision_is_half_the_memory() -> None:
    assert footprint(TINY, BF16).device * 2 == footprint(TINY, Acceleration()).device


def test_the_13b_model_takes_28_gib_and_a_little_over_half_in_fp8() -> None:
    whole = footprint(EDITYOURSELF_13B, BF16)
    fp8 = footprint(EDITYOURSELF_13B, replace(BF16, fp8=True))
    assert (round(gib(whole.device)), whole.main) == (28, 0)
    assert 0.5 < fp8.device / whole.device < 0.65
    assert fp8.main == whole.device


def test_offload_leaves_two_blocks_on_the_gpu() -> None:
    offloaded = footprint(EDITYOURSELF_13B, replace(BF16, offload=True))
    assert gib(offloaded.device) < 3
    assert gib(offloaded.main) > 20


def test_a_gpu_that_is_too_small_is_told_of_the_setting_that_fits() -> None:
    with pytest.raises(OutOfGpuMemory, match=r"the GPU has 24\.0 GiB free: set precision=fp8 \(1\d"):
        refuse_what_does_not_fit(EDITYOURSELF_13B, BF16, Memory(main=ROOMY, device=24 * GIB))


def test_a_smaller_one_is_told_of_offload() -> None:
    with pytest.raises(OutOfGpuMemory, match="set offload=true"):
        refuse_what_does_not_fit(EDITYOURSELF_13B, BF16, Memory(main=ROOMY, device=12 * GIB))


def test_a_gpu_that_holds_nothing_of_it_is_told_so() -> None:
    with pytest.raises(OutOfGpuMemory, match="use a smaller model"):
        refuse_what_does_not_fit(EDITYOURSELF_13B, BF16, Memory(main=ROOMY, device=GIB))


def test_what_is_offloaded_must_fit_into_main_memory() -> None:
    offload = replace(BF16, offload=True)
    with pytest.raises(OutOfMemory, match=r"of main memory and 16\.0 GiB are free") as refused:
        refuse_what_does_not_fit(EDITYOURSELF_13B, offload, Memory(main=16 * GIB, device=12 * GIB))
    assert not isinstance(refused.value, OutOfGpuMemory)


def test_what_fits_is_let_through() -> None:
    refuse_what_does_not_fit(EDITYOURSELF_13B, BF16, Memory(main=GIB, device=80 * GIB))
    refuse_what_does_not_fit(TINY, Acceleration(), Memory(main=GIB))


def test_what_is_free_is_what_the_system_says() -> None:
    free = Memory.of(torch.device("cpu"))
    assert free.device is None
    assert 0 < free.main < 2**50


def test_a_model_too_large_for_this_machine_is_refused_before_its_weights_are_read(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(str(tiny_checkpoint.make(tmp_path / "weights")))
    sizes = replace(EDITYOURSELF_13B.transformer, head_dim=4096)
    huge = replace(checkpoint, config=replace(EDITYOURSELF_13B, transformer=sizes))
    with pytest.raises(OutOfMemory, match="of main memory"):
        loaded.load(huge, Diffusion())
