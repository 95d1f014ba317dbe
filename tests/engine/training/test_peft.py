"""A LoRA of ours is one for peft and diffusers, and theirs is one for us: the same outputs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_checkpoint
import torch
from diffusers.loaders.lora_pipeline import LTXVideoLoraLoaderMixin
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file
from tiny_diffusion import TinyInputs, tiny_transformer
from torch import Tensor, nn

from engine.errors import BadCheckpoint
from engine.model.assembly import load_transformer
from engine.model.checkpoint import LORA, open_checkpoint
from engine.model.transformer import EditYourselfTransformer
from engine.training.stages import begin, lora_layers, save_lora


def outputs(model: EditYourselfTransformer) -> Tensor:
    with torch.no_grad():
        out: Tensor = model(**TinyInputs(batch=2).base)
        return out


def filled(model: nn.Module) -> None:
    """As after training: what began at zero is not."""
    draw = torch.Generator().manual_seed(1)
    for name, parameter in model.named_parameters():
        if ".lora_B" in name:
            parameter.data = torch.randn(parameter.shape, generator=draw) / 10


def ours(scale: float = 1.0) -> EditYourselfTransformer:
    model = tiny_transformer()
    begin(model, "lora", rank=3, generator=torch.Generator().manual_seed(0))
    filled(model)
    for _, layer in lora_layers(model):
        layer.scale = scale
    return model


def theirs(**settings: Any) -> EditYourselfTransformer:
    """As `add_adapter` of diffusers makes it: on all that ours is on."""
    model = tiny_transformer()
    torch.manual_seed(0)
    layers = [
        name for name, at in model.named_modules() if isinstance(at, nn.Linear) and "audio_" not in name
    ]
    model.add_adapter(LoraConfig(target_modules=layers, **{"r": 3, "lora_alpha": 6, **settings}))
    filled(model)
    return model


def read(folder: Path) -> EditYourselfTransformer:
    return load_transformer(open_checkpoint(folder), torch.float32, torch.device("cpu"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint of `tiny_transformer`, without a LoRA."""
    return tiny_checkpoint.make(tmp_path / "tiny")


@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_ours_loads_in_diffusers_with_the_same_outputs(scale: float, tmp_path: Path) -> None:
    model, other = ours(scale), tiny_transformer()
    before = outputs(other)
    save_lora(model, tmp_path / LORA)
    other.load_lora_adapter(tmp_path, weight_name=LORA, use_safetensors=True)
    assert float((outputs(other) - before).abs().max()) > 0.1
    torch.testing.assert_close(outputs(other), outputs(model), atol=1e-5, rtol=0)


def test_ours_has_peft_s_names_for_all_that_peft_would_train(tmp_path: Path) -> None:
    save_lora(ours(), tmp_path / LORA)
    own = {name.removeprefix("transformer."): at.shape for name, at in load_file(tmp_path / LORA).items()}
    assert own == {name: at.shape for name, at in get_peft_model_state_dict(theirs()).items()}


@pytest.mark.parametrize("alpha", [3, 6])
def test_one_that_diffusers_saved_loads_in_ours_with_the_same_outputs(alpha: int, folder: Path) -> None:
    model = theirs(lora_alpha=alpha)
    model.save_lora_adapter(folder, weight_name=LORA)
    assert float((outputs(model) - outputs(tiny_transformer())).abs().max()) > 0.1
    torch.testing.assert_close(outputs(read(folder)), outputs(model), atol=1e-5, rtol=0)


def test_one_that_a_pipeline_of_diffusers_saved_loads_in_ours_with_the_same_outputs(folder: Path) -> None:
    """Its names, and those of its settings, begin with the transformer's."""
    model = theirs()
    LTXVideoLoraLoaderMixin.save_lora_weights(
        folder,
        transformer_lora_layers=get_peft_model_state_dict(model),
        weight_name=LORA,
        transformer_lora_adapter_metadata=model.peft_config["default"].to_dict(),
    )
    torch.testing.assert_close(outputs(read(folder)), outputs(model), atol=1e-5, rtol=0)


def test_one_of_peft_s_own_loads_in_ours_with_the_same_outputs(tmp_path: Path, folder: Path) -> None:
    """Whose alpha lies beside the weights, in another file: here it is the rank."""
    model = tiny_transformer()
    wrapped = get_peft_model(model, LoraConfig(r=3, lora_alpha=3, target_modules=["to_q", "proj_in"]))
    filled(wrapped)
    wrapped.save_pretrained(tmp_path / "own")
    shutil.copy(tmp_path / "own" / "adapter_model.safetensors", folder / LORA)
    torch.testing.assert_close(outputs(read(folder)), outputs(model), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"use_rslora": True}, "use_rslora"), ({"use_dora": True}, "pairs|use_dora")],
    ids=["rsLoRA", "DoRA"],
)
def test_what_is_scaled_or_made_otherwise_is_refused(
    settings: dict[str, bool], words: str, folder: Path
) -> None:
    theirs(**settings).save_lora_adapter(folder, weight_name=LORA)
    with pytest.raises(BadCheckpoint, match=rf"lora\.safetensors does not belong .*({words})"):
        read(folder)
