"""Settings that make the model faster, and what is said where the machine cannot do them."""

from __future__ import annotations

import pytest
import tiny_ltx2
import torch

from engine.errors import NotOnThisMachine
from engine.model import acceleration
from engine.model.acceleration import (
    Acceleration,
    accelerate,
    acceleration_of,
    is_quantised,
    refuse_what_cannot_be,
    what_this_machine_can_do,
)
from engine.protocol import Diffusion
from tests.tiny_diffusion import TinyInputs, tiny_transformer

CPU = torch.device("cpu")
INPUTS = TinyInputs()


def test_fp8_takes_the_bases_attention_and_feed_forward_only() -> None:
    model = tiny_transformer()
    taken = {name for name, module in model.named_modules() if is_quantised(name, module)}
    block = {f"attn{n}.{part}" for n in (1, 2) for part in ("to_q", "to_k", "to_v", "to_out.0")}
    block |= {"ff.net.0.proj", "ff.net.2"}
    assert taken == {f"transformer_blocks.{n}.{part}" for n in (0, 1) for part in block}


def test_of_ltx2_fp8_takes_both_streams_and_what_goes_between_them() -> None:
    model = tiny_ltx2.tiny_transformer("2.3")
    taken = {name for name, module in model.named_modules() if is_quantised(name, module)}
    attentions = {
        "attn1",
        "attn2",
        "audio_attn1",
        "audio_attn2",
        "audio_to_video_attn",
        "video_to_audio_attn",
    }
    block = {f"{one}.{part}" for one in attentions for part in ("to_q", "to_k", "to_v", "to_out.0")}
    block |= {f"{one}.net.{part}" for one in ("ff", "audio_ff") for part in ("0.proj", "2")}
    assert taken == {f"transformer_blocks.{n}.{part}" for n in (0, 1) for part in block}


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("transformer_blocks.7.attn1.to_q.base_layer", True),
        ("transformer_blocks.7.attn1.to_q.lora_A.default", False),
        ("transformer_blocks.7.audio_attn.to_q", False),
        ("proj_in", False),
        ("time_embed.linear", False),
        ("caption_projection.linear_1", False),
    ],
)
def test_fp8_leaves_adapters_audio_projections_and_embeddings(name: str, taken: bool) -> None:
    assert is_quantised(name, torch.nn.Linear(1, 1)) is taken


@torch.no_grad()
def test_bfloat16_gives_nearly_the_same_velocity() -> None:
    model, expected = tiny_transformer(audible=True), tiny_transformer(audible=True)
    accelerate(model, Acceleration(precision="bfloat16"), CPU)
    base = dict(INPUTS.base)
    for name in ("hidden_states", "encoder_hidden_states"):
        base[name] = base[name].bfloat16()
    audio = {"audio_tokens": model.hear(INPUTS.windows()), "audio_latent": INPUTS.latent_BS}
    found, exact = model(**base, **audio), expected(**INPUTS.base, **INPUTS.audio(expected))
    assert found.dtype == torch.bfloat16
    assert (found - exact).abs().mean() < 0.03 * exact.abs().mean()


@torch.no_grad()
@pytest.mark.parametrize("offload", [False, True])
def test_what_lies_in_fp8_is_a_quarter_of_the_size_and_nearly_as_good(offload: bool) -> None:
    model, expected = tiny_transformer(audible=True), tiny_transformer(audible=True)
    accelerate(model, Acceleration(fp8_stored=True, offload=offload), CPU)
    audio = INPUTS.audio(expected)
    found, exact = model(**INPUTS.base, **audio), expected(**INPUTS.base, **audio)
    assert 0 < (found - exact).abs().mean() < 0.1 * exact.abs().mean()
    for name, layer in model.named_modules():
        if isinstance(layer, torch.nn.Linear):
            assert layer.weight.element_size() == (1 if is_quantised(name, layer) else 4)


@torch.no_grad()
def test_offloaded_blocks_give_the_same_velocity() -> None:
    model, expected = tiny_transformer(audible=True), tiny_transformer(audible=True)
    accelerate(model, Acceleration(offload=True), CPU)
    audio = INPUTS.audio(expected)
    assert torch.equal(model(**INPUTS.base, **audio), expected(**INPUTS.base, **audio))


@torch.no_grad()
def test_nothing_asked_for_changes_nothing() -> None:
    model = tiny_transformer()
    accelerate(model, Acceleration(), CPU)
    assert torch.equal(model(**INPUTS.base), tiny_transformer()(**INPUTS.base))


@pytest.mark.parametrize(
    ("asked", "need"),
    [
        (Acceleration(fp8=True), "fp8 needs a CUDA GPU with FP8 arithmetic"),
        (Acceleration(attention="sage"), "attention=sage needs a CUDA GPU"),
        (Acceleration(attention="magic"), "attention=magic needs to be one of: native"),
        (Acceleration(ring=2), "ring=2 needs CUDA GPUs and, for attention, one of: _native_cudnn"),
    ],
)
def test_what_a_cpu_cannot_do_is_refused_by_name(asked: Acceleration, need: str) -> None:
    with pytest.raises(NotOnThisMachine, match=need):
        accelerate(tiny_transformer(), asked, CPU)


def test_more_gpus_than_there_are_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration.torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(acceleration, "_described", lambda _: "one card")
    for lack in ("_no_bfloat16", "_no_fp8", "_no_compiler"):
        monkeypatch.setattr(acceleration, lack, lambda _: "")
    with pytest.raises(NotOnThisMachine, match="ulysses=2, ring=1 needs 2 CUDA GPUs; here: one card"):
        refuse_what_cannot_be(Acceleration(ulysses=2), torch.device("cuda"))


def test_compiling_without_a_compiler_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration.shutil, "which", lambda _: None)
    with pytest.raises(NotOnThisMachine, match=r"compile needs a C\+\+ compiler; here: cpu"):
        accelerate(tiny_transformer(), Acceleration(compile=True), CPU)


def test_the_doctor_hears_about_every_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "best_device", lambda: CPU)
    found = {ability.setting: ability for ability in what_this_machine_can_do()}
    assert found["device"].found == "cpu"
    assert found["precision=bf16"].able
    assert found["attention=native"].able
    assert not found["precision=fp8"].able
    assert found["precision=fp8-stored"].able
    assert "Ada, Hopper" in found["precision=fp8"].fix
    assert {"compile", "offload", "ulysses, ring"} < found.keys()


def test_the_settings_of_a_job_are_the_machines_to_grant() -> None:
    wanted, cpu = Diffusion(precision="bf16", attention="sage", ulysses=2, ring=4), torch.device("cpu")
    granted = Acceleration(precision="bfloat16", attention="sage", ulysses=2, ring=4)
    assert acceleration_of(wanted, cpu) == granted


def test_fp8_that_is_only_stored_is_computed_with_in_bfloat16() -> None:
    how = acceleration_of(Diffusion(precision="fp8-stored"), CPU)
    assert how == Acceleration(precision="bfloat16", fp8_stored=True)


@pytest.mark.parametrize(("device", "precision"), [("cpu", "float32"), ("cuda", "bfloat16")])
def test_left_to_itself_precision_is_exact_on_a_cpu_and_fast_on_a_gpu(device: str, precision: str) -> None:
    assert acceleration_of(Diffusion(), torch.device(device)).precision == precision


def test_kernels_chosen_for_one_model_are_not_those_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "refuse_what_cannot_be", lambda *_: None)
    accelerate(tiny_transformer(), Acceleration(attention="_native_flash"), CPU)
    masked = INPUTS.base | {"encoder_attention_mask": torch.tensor([[1] * 5 + [0]]).expand(INPUTS.batch, -1)}
    tiny_transformer()(**masked)  # for a mask those kernels would not do
