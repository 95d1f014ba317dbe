"""LTX-2 on small cards: refused before it is read, or laid out so that it fits and says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_ltx2
import torch
from torch import Tensor

from engine.errors import OutOfGpuMemory, OutOfMemory
from engine.model import footprint, warm
from engine.model.acceleration import Acceleration, accelerate
from engine.model.footprint import Memory
from engine.model.ltx2 import loaded, prompt
from engine.model.ltx2.checkpoint import open_ltx2
from engine.model.ltx2.loaded import load_ltx2
from engine.model.ltx2.transformer import Ltx2Transformer
from engine.protocol import Diffusion

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tiny_ltx2.make(tmp_path / "model", text_encoder=True)
    (folder / "prompt.safetensors").unlink()
    return folder


def transformer(version: str = "2.3") -> Ltx2Transformer:
    torch.manual_seed(0)
    return Ltx2Transformer(**tiny_ltx2.transformer_settings(version)).with_gates().eval()


@torch.no_grad()
def velocity(model: Ltx2Transformer) -> Tensor:
    """Of a clip whose every other token hears."""
    draw, frames, height, width, sounds = torch.Generator().manual_seed(1), 2, 2, 3, 5
    tokens = frames * height * width
    video, audio = tiny_ltx2.caption_widths("2.3")
    return model(
        hidden_states=torch.randn(1, tokens, tiny_ltx2.CHANNELS, generator=draw),
        audio_hidden_states=torch.randn(1, sounds, tiny_ltx2.TOKEN, generator=draw),
        encoder_hidden_states=torch.randn(1, 4, video, generator=draw),
        audio_encoder_hidden_states=torch.randn(1, 4, audio, generator=draw),
        timestep=torch.full((1, tokens), 700.0),
        audio_timestep=torch.zeros(1, sounds),
        sigma=torch.full((1,), 700.0),
        audio_sigma=torch.zeros(1),
        num_frames=frames,
        height=height,
        width=width,
        audio_num_frames=sounds,
        use_cross_timestep=True,
        audio_gate=(torch.arange(tokens) % 2 == 0)[None],
    )[0]


# ---------------------------------------------------------------------------------------- laid out


def test_offloaded_blocks_give_the_same_velocity() -> None:
    model = transformer()
    accelerate(model, Acceleration(offload=True), CPU)
    assert torch.equal(velocity(model), velocity(transformer()))


@pytest.mark.parametrize("offload", [False, True])
def test_what_lies_in_fp8_gives_nearly_the_same_velocity(offload: bool) -> None:
    model, exact = transformer(), velocity(transformer())
    accelerate(model, Acceleration(fp8_stored=True, offload=offload), CPU)
    assert 0 < (velocity(model) - exact).abs().mean() < 0.1 * exact.abs().mean()


@pytest.mark.parametrize("settings", [Diffusion(offload=True), Diffusion(precision="fp8-stored")])
def test_a_loaded_model_is_laid_out_as_the_job_asks(made: Path, settings: Diffusion) -> None:
    model = load_ltx2(open_ltx2(made), settings)
    layer = model.transformer.transformer_blocks[0].audio_to_video_attn.to_q
    assert layer.weight.element_size() == (4 if settings.offload else 1)
    warm.unload()


# ---------------------------------------------------------------------------------------- refused


def test_a_card_that_is_too_small_is_told_so_before_anything_is_read(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = open_ltx2(made)
    bf16 = Acceleration(precision="bfloat16")
    fits = footprint.footprint(checkpoint.config, bf16, checkpoint.beside).device
    small = Memory(main=2**40, device=fits)
    monkeypatch.setattr(Memory, "of", lambda _: small)
    monkeypatch.setattr(loaded, "load_transformer", lambda *_: pytest.fail("weights were read"))
    monkeypatch.setattr(prompt, "_read", lambda *_: pytest.fail("a prompt was read"))
    with pytest.raises(OutOfGpuMemory, match=r"the GPU has .* free: set precision=bf16"):
        load_ltx2(checkpoint, Diffusion(precision="float32"))


def test_main_memory_that_cannot_hold_what_reads_a_prompt_is_told_so(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt.Memory, "of", lambda _: Memory(main=1000))
    with pytest.raises(OutOfMemory, match=r"text_encoder, which reads the prompt, take .* are free: close"):
        prompt.load_prompt(open_ltx2(made), "a person sings", CPU)


def test_prompts_are_read_before_the_weights_take_the_room(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    read, load = prompt._read, loaded.load_transformer

    def reading(*given: object) -> object:
        told.append(f"read {given[1]!r}")
        return read(*given)

    def loading(*given: object) -> object:
        told.append("load")
        return load(*given)

    monkeypatch.setattr(prompt, "_read", reading)
    monkeypatch.setattr(loaded, "load_transformer", loading)
    model = load_ltx2(open_ltx2(made), Diffusion(prompt="a person sings", guidance=3))
    model.prompt("a person sings")
    model.unprompted()
    assert told == ["read 'a person sings'", "read ''", "load"]
    warm.unload()
