"""LTX-2 in memory: its weights whole and in their places, one model at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny_checkpoint
import tiny_ltx2
import torch
from diffusers import AutoencoderKLLTX2Audio, AutoencoderKLLTX2Video
from safetensors.torch import load_file, save_file

from engine.errors import BadCheckpoint
from engine.model import warm
from engine.model.checkpoint import open_checkpoint
from engine.model.loaded import load
from engine.model.ltx2.checkpoint import open_ltx2
from engine.model.ltx2.loaded import load_ltx2
from engine.model.warm import lacks_memory
from engine.protocol import Diffusion

WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tiny_ltx2.make(tmp_path / "model", upsampler=True)


@pytest.mark.parametrize("version", ["2.0", "2.3", "2.5"])
def test_every_weight_is_the_files(tmp_path: Path, version: str) -> None:
    folder = tiny_ltx2.make(tmp_path / version, version=version)
    exact = Diffusion(precision="float32")
    found = load_ltx2(open_ltx2(folder), exact).transformer.state_dict()
    wanted = load_file(folder / "transformer" / WEIGHTS)
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name].cpu(), wanted[name]) for name in wanted)


def test_the_last_model_is_kept_whichever_it_is(made: Path, tmp_path: Path) -> None:
    checkpoint, other = open_ltx2(made), open_checkpoint(tiny_checkpoint.make(tmp_path / "other"))
    first = load_ltx2(checkpoint, Diffusion())
    assert load_ltx2(checkpoint, Diffusion(prompt="a person talks")) is first
    load(other, Diffusion())
    assert load_ltx2(checkpoint, Diffusion()) is not first
    warm.unload()


def test_there_is_a_second_pass_where_there_is_an_upsampler(made: Path, tmp_path: Path) -> None:
    model = load_ltx2(open_ltx2(made), Diffusion())
    assert model.upsample is not None
    assert model.upsample(torch.randn(tiny_ltx2.CHANNELS, 2, 2, 3)).shape == (tiny_ltx2.CHANNELS, 2, 4, 6)
    assert load_ltx2(open_ltx2(tiny_ltx2.make(tmp_path / "one")), Diffusion()).upsample is None


def damaged(folder: Path, change: str) -> None:
    path = folder / "transformer" / WEIGHTS
    weights = load_file(path)
    if change == "missing":
        del weights["proj_in.bias"]
    elif change == "too many":
        weights["strange"] = torch.zeros(2)
    else:
        weights["proj_in.bias"] = torch.zeros(3)
    save_file(weights, path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("missing", "no weights for: proj_in.bias"),
        ("too many", "weights that this model does not: strange"),
        ("of another size", r"proj_in.bias is \[3\] instead of \[32\]"),
    ],
)
def test_weights_that_are_not_this_models_are_named(made: Path, change: str, named: str) -> None:
    damaged(made, change)
    with pytest.raises(BadCheckpoint, match=named):
        load_ltx2(open_ltx2(made), Diffusion())


def test_an_autoencoder_of_other_latents_is_refused(made: Path) -> None:
    other = {**tiny_ltx2.tiny_autoencoder().config, "latent_channels": 4}
    AutoencoderKLLTX2Video.from_config(other).save_pretrained(made / "vae")
    with pytest.raises(BadCheckpoint, match="4 channels"):
        load_ltx2(open_ltx2(made), Diffusion())


@pytest.mark.parametrize(
    ("part", "settings"),
    [
        ("transformer", {"qk_norm": "strange"}),
        ("transformer", {"rope_type": "strange"}),
        ("vae", {"block_out_channels": 5}),
        ("audio_vae", {"ch_mult": "x"}),
    ],
)
def test_a_description_that_no_model_can_be_made_of_is_named(
    made: Path, part: str, settings: dict[str, object]
) -> None:
    path = made / part / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    with pytest.raises(
        BadCheckpoint, match=rf"{part}(/config\.json describes no model| cannot be loaded): \S"
    ):
        load_ltx2(open_ltx2(made), Diffusion())


def test_memory_that_is_too_small_is_no_fault_of_the_files(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr(AutoencoderKLLTX2Video, "from_pretrained", no_room)
    with pytest.raises(RuntimeError, match="allocate memory") as told:
        load_ltx2(open_ltx2(made), Diffusion())
    assert lacks_memory(told.value)


def test_an_audio_autoencoder_of_other_tokens_is_refused(made: Path) -> None:
    other = {**tiny_ltx2.tiny_audio_autoencoder().config, "latent_channels": 4, "base_channels": 64}
    AutoencoderKLLTX2Audio.from_config(other).save_pretrained(made / "audio_vae")
    with pytest.raises(
        BadCheckpoint, match="gives tokens of 64 channels, and the transformer beside it reads 32"
    ):
        load_ltx2(open_ltx2(made), Diffusion())


def test_an_autoencoder_that_tells_of_other_latents_than_ltxs_is_refused(made: Path) -> None:
    path = made / "vae" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"spatial_compression_ratio": 16}))
    with pytest.raises(
        BadCheckpoint, match="a latent is 16 pixels wide and 8 frames long; LTX's are 32 and 8"
    ):
        load_ltx2(open_ltx2(made), Diffusion())
