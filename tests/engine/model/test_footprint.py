"""How much memory weights take, and what is refused before they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import tiny_checkpoint
import torch
from diffusers import AutoencoderKLLTX2Video, AutoencoderKLLTXVideo, LTX2VideoTransformer3DModel
from fake_memory import Peak
from tiny_diffusion import tiny_transformer
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from engine.errors import OutOfGpuMemory, OutOfMemory
from engine.evaluation.gpu_models import LTX_2_3_VAE, LTX_VIDEO_VAE
from engine.model import loaded
from engine.model.acceleration import Acceleration, is_quantised
from engine.model.autoencoder import TILES, LtxAutoencoder
from engine.model.checkpoint import open_checkpoint
from engine.model.config import EDITYOURSELF_13B, TINY
from engine.model.footprint import (
    GIB,
    Memory,
    decoding_bytes,
    footprint,
    picture_bytes,
    refuse_what_does_not_fit,
    working_bytes,
)
from engine.model.ltx2.config import LTX_2_0, LTX_2_3, LTX_2_5, Ltx2Config
from engine.model.parameters import Parameters, Sizes, parameters_of
from engine.model.transformer import EditYourselfTransformer
from engine.protocol import Diffusion

BF16 = Acceleration(precision="bfloat16")
ROOMY = 1000 * GIB


def gib(size: int) -> float:
    return size / GIB


def made(config: Sizes) -> nn.Module:
    """The model itself. On the meta device it is made of nothing."""
    if isinstance(config, Ltx2Config):
        return LTX2VideoTransformer3DModel(**config.diffusers(), rope_type="split")
    return EditYourselfTransformer.of(config)


def count(module: nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())


@pytest.mark.parametrize(
    "config",
    [EDITYOURSELF_13B, TINY, LTX_2_0, LTX_2_3, LTX_2_5],
    ids=["edityourself", "tiny", "ltx2.0", "ltx2.3", "ltx2.5"],
)
def test_parameters_are_counted_as_the_model_has_them(config: Sizes) -> None:
    with torch.device("meta"):
        model = made(config)
    block = model.transformer_blocks[0]
    prefix = "transformer_blocks.0."
    assert parameters_of(config) == Parameters(
        outside=count(model) - len(model.transformer_blocks) * count(block),
        blocks=len(model.transformer_blocks),
        block=count(block),
        quantised=sum(
            layer.weight.numel()
            for name, layer in block.named_modules()
            if is_quantised(prefix + name, layer)
        ),
    )


def busiest(config: Sizes, tokens: tuple[int, int, int], prompt: int = 4) -> int:
    """Bytes that a forward pass keeps beside the weights, at most. Blocks are alike: two are enough."""
    frames, height, width = tokens
    # Under our own dtype from the start: fake weights cannot be converted.
    torch.set_default_dtype(torch.bfloat16)
    try:
        with FakeTensorMode(allow_non_fake_inputs=True):
            model = made(_of_two_blocks(config)).eval()
            inputs = {
                "hidden_states": torch.empty(1, frames * height * width, 128),
                "timestep": torch.empty(1, frames * height * width, dtype=torch.float32),
                "num_frames": frames,
                "height": height,
                "width": width,
                "return_dict": False,
            }
            inputs |= _ltx2_inputs(config, prompt) if isinstance(config, Ltx2Config) else _ltx_inputs(prompt)
            with torch.no_grad(), Peak([*model.parameters(), *model.buffers()]) as peak:
                model(**inputs)
    finally:
        torch.set_default_dtype(torch.float32)
    return peak.bytes


def _of_two_blocks(config: Sizes) -> Sizes:
    if isinstance(config, Ltx2Config):
        return msgspec.structs.replace(config, num_layers=2)
    return replace(config, transformer=replace(config.transformer, layers=2))


def _ltx_inputs(prompt: int) -> dict[str, object]:
    return {
        "encoder_hidden_states": torch.empty(1, prompt, 4096),
        "rope_interpolation_scale": (8 / 24, 32, 32),
    }


def _ltx2_inputs(config: Ltx2Config, prompt: int) -> dict[str, object]:
    heard = 8
    caption = config.caption_channels if config.use_prompt_embeddings else 0
    return {
        "encoder_hidden_states": torch.empty(1, prompt, caption or config.width),
        "audio_encoder_hidden_states": torch.empty(1, prompt, caption or config.audio_width),
        "audio_hidden_states": torch.empty(1, heard, 128),
        "audio_timestep": torch.zeros(1, heard, dtype=torch.float32),
        "sigma": torch.zeros(1, dtype=torch.float32),
        "audio_sigma": torch.zeros(1, dtype=torch.float32),
        "audio_num_frames": heard,
        "use_cross_timestep": config.version != "2.0",
    }


@pytest.mark.slow  # torch takes half a minute to get ready to compute nothing
@pytest.mark.parametrize(
    "config",
    [EDITYOURSELF_13B, LTX_2_0, LTX_2_3, LTX_2_5],
    ids=["edityourself", "ltx2.0", "ltx2.3", "ltx2.5"],
)
def test_what_a_forward_pass_keeps_is_counted_to_a_twentieth(config: Sizes) -> None:
    """Ten latents of a head, 640 x 640."""
    tokens = (10, 20, 20)
    assert busiest(config, tokens) == pytest.approx(working_bytes(config, BF16, 10 * 20 * 20), rel=0.05)


LTX_2_0_VAE = {  # else as diffusers has it by itself
    "decoder_causal": False,
    "spatial_compression_ratio": 32,
    "temporal_compression_ratio": 8,
}
SMALL = 256  # lines and columns; what is kept grows with the pixels
DECODERS = {
    "edityourself": (EDITYOURSELF_13B, AutoencoderKLLTXVideo, LTX_VIDEO_VAE),
    "ltx2.0": (LTX_2_0, AutoencoderKLLTX2Video, LTX_2_0_VAE),
    "ltx2.3": (LTX_2_3, AutoencoderKLLTX2Video, LTX_2_3_VAE),
}


def with_its_autoencoder(kind: Any, settings: dict[str, Any], work: Callable[[Any], object]) -> int:
    """Bytes that the work keeps beside the weights, at most."""
    torch.set_default_dtype(torch.bfloat16)
    try:
        with FakeTensorMode(allow_non_fake_inputs=True):
            vae = kind(**settings).eval()
            with torch.no_grad(), Peak([*vae.parameters(), *vae.buffers()]) as peak:
                work(vae)
    finally:
        torch.set_default_dtype(torch.float32)
    return peak.bytes


@pytest.mark.parametrize("name", DECODERS)
def test_what_decoding_keeps_is_counted_to_a_thirtieth(name: str) -> None:
    config, kind, settings = DECODERS[name]

    def decode(vae: Any) -> None:
        latents = torch.empty(1, 128, TILES.latents, SMALL // 32, SMALL // 32)
        vae.decode(latents, torch.empty(1) if settings.get("timestep_conditioning") else None)

    made = with_its_autoencoder(kind, settings, decode)
    assert made == pytest.approx(decoding_bytes(config, BF16, SMALL * SMALL), rel=1 / 30)


def test_what_decoding_takes_is_what_a_card_was_seen_to_lend() -> None:
    """An H200's 14.0 GiB, weights aside, for a tile of whole 1080p frames with LTX-2.3."""
    assert picture_bytes(LTX_2_3, BF16, 1088 * 1920) / GIB == pytest.approx(14.0, rel=1 / 30)


def test_what_a_pass_takes_is_what_a_card_was_seen_to_lend() -> None:
    """An H200's 45.4 GiB with LTX-2.3, and 36.3 with the paper's model: a block of whole 1080p frames."""
    for config, seen in ((LTX_2_3, 45.4), (EDITYOURSELF_13B, 36.3)):
        taken = footprint(config, BF16).device + working_bytes(config, BF16, 17 * 34 * 60)
        assert taken / GIB == pytest.approx(seen, rel=1 / 30)


@pytest.mark.parametrize("name", DECODERS)
def test_encoding_keeps_less_than_decoding(name: str) -> None:
    config, kind, settings = DECODERS[name]
    frame = np.zeros((SMALL, SMALL, 3), np.float32)
    made = with_its_autoencoder(kind, settings, lambda vae: LtxAutoencoder(vae).encode([frame] * 105))
    assert 0 < made < decoding_bytes(config, BF16, SMALL * SMALL)


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


def test_ltx2_takes_35_gib_and_half_of_it_in_fp8() -> None:
    whole = footprint(LTX_2_3, BF16)
    assert gib(whole.device) == pytest.approx(35.4, abs=0.1)
    for how in (replace(BF16, fp8=True), replace(BF16, fp8_stored=True)):
        assert gib(footprint(LTX_2_3, how).device) == pytest.approx(18.1, abs=0.1)


def test_what_lies_beside_the_transformer_is_counted_in_its_precision() -> None:
    for how in (BF16, replace(BF16, fp8=True), replace(BF16, offload=True)):
        more = footprint(LTX_2_3, how, beside=1000).device - footprint(LTX_2_3, how).device
        assert more == 2000


def test_offload_leaves_two_blocks_on_the_gpu() -> None:
    offloaded = footprint(EDITYOURSELF_13B, replace(BF16, offload=True))
    assert gib(offloaded.device) < 3
    assert gib(offloaded.main) > 20


def test_a_gpu_that_is_too_small_is_told_of_the_setting_that_fits() -> None:
    with pytest.raises(OutOfGpuMemory, match=r"the GPU has 24\.0 GiB free: set precision=fp8 \(1\d"):
        refuse_what_does_not_fit(EDITYOURSELF_13B, BF16, Memory(main=ROOMY, device=24 * GIB))


@pytest.mark.parametrize(
    ("card", "words"),
    [(24, r"set precision=fp8 \(20\.0 GiB\)"), (16, r"set offload=true \(4\.1 GiB\)")],
)
def test_for_ltx2_with_its_autoencoders_a_card_is_told_of_what_fits(card: int, words: str) -> None:
    with pytest.raises(OutOfGpuMemory, match=rf"take 37\.2 GiB and the GPU has {card}\.0 GiB free: {words}"):
        refuse_what_does_not_fit(LTX_2_3, BF16, Memory(main=ROOMY, device=card * GIB), beside=10**9)


def test_a_card_without_fp8_arithmetic_is_told_to_keep_weights_in_it() -> None:
    card = Memory(main=ROOMY, device=24 * GIB, fp8=False)
    with pytest.raises(OutOfGpuMemory, match=r"set precision=fp8-stored \(20\.0 GiB\)"):
        refuse_what_does_not_fit(LTX_2_3, BF16, card, beside=10**9)


def test_what_main_memory_does_not_hold_is_not_advised() -> None:
    """FP8 is made of the whole model, and offloaded blocks stay there: 35 GiB of LTX-2."""
    with pytest.raises(
        OutOfGpuMemory, match=r"24\.0 GiB free: end what else uses it, or use a smaller model"
    ):
        refuse_what_does_not_fit(LTX_2_3, BF16, Memory(main=30 * GIB, device=24 * GIB), beside=10**9)


def test_where_fp8_does_not_fit_offload_is_advised_without_it() -> None:
    fp8 = replace(BF16, fp8=True)
    with pytest.raises(OutOfGpuMemory, match=r"set precision=bf16 and offload=true \(4\.1 GiB\)"):
        refuse_what_does_not_fit(LTX_2_3, fp8, Memory(main=ROOMY, device=16 * GIB), beside=10**9)


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
