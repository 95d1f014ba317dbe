"""What trains in each stage and what must not change; additions merged, saved and read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from tiny_checkpoint import make
from tiny_clips import tiny_clip
from tiny_diffusion import TinyInputs, tiny_transformer
from torch import Tensor

from engine.model.assembly import load_transformer, new_card
from engine.model.checkpoint import open_checkpoint
from engine.model.config import TINY
from engine.model.transformer import EditYourselfTransformer
from engine.training import optimisers
from engine.training.objective import STAGE_2, Objective, loss, questions
from engine.training.optimisers import Optimisers
from engine.training.samples import NOISE, generator
from engine.training.stages import Stage, begin, lora_layers, merge_lora, save_trained

BATCH = [tiny_clip(seed, around=3) for seed in range(2)]


def draw() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def trained(stage: Stage, steps: int = 4, *, audible: bool = False) -> EditYourselfTransformer:
    """After some real steps."""
    model = tiny_transformer(audible=audible)
    optimiser = Optimisers(begin(model, stage, rank=3, generator=draw()), optimisers.STAGE_2)
    settings = Objective() if stage == "audio" else Objective(conditions=STAGE_2)
    for step in range(steps):
        asked = questions(BATCH, generator(0, step, NOISE), settings)
        loss(model, asked, settings.contrast).total.backward()
        optimiser.step()
        optimiser.zero_grad()
    return model


def plain(model: EditYourselfTransformer) -> dict[str, Tensor]:
    """Weights by the names that they have without a LoRA."""
    return {
        name.replace(".base_layer", ""): value
        for name, value in model.state_dict().items()
        if ".lora_" not in name
    }


def changed(model: EditYourselfTransformer, before: Mapping[str, Tensor]) -> set[str]:
    after = plain(model)
    assert after.keys() == before.keys()
    return {name for name in before if not torch.equal(after[name], before[name])}


@pytest.mark.parametrize("stage", ["audio", "lora"])
def test_every_base_weight_is_untouched_to_the_bit(stage: Stage) -> None:
    before = tiny_transformer().state_dict()
    moved = changed(trained(stage), before)
    assert moved
    assert all("audio_" in name for name in moved)


@pytest.mark.parametrize("stage", ["audio", "lora"])
def test_every_audio_layer_trains(stage: Stage) -> None:
    before = tiny_transformer(audible=True).state_dict()
    model = trained(stage, audible=True)
    kinds = {name.split(".", 2)[-1] for name in changed(model, before) if "blocks" in name}
    assert kinds == {name.split(".", 2)[-1] for name in before if "blocks" in name and "audio_" in name}
    assert "audio_projection.positions" in changed(model, before)


def test_the_additions_of_all_the_base_train() -> None:
    model = trained("lora")
    layers = dict(lora_layers(model))
    assert {name for name, layer in model.named_modules() if isinstance(layer, torch.nn.Linear)} == {
        *(f"{name}.{part}" for name in layers for part in ("base_layer", "lora_A", "lora_B")),
        *(
            name
            for name, layer in model.named_modules()
            if "audio_" in name and hasattr(layer, "in_features")
        ),
    }
    assert all(bool(layer.lora_B.weight.any()) for layer in layers.values())


def test_before_the_first_step_a_lora_adds_nothing() -> None:
    inputs, model = TinyInputs(batch=2), tiny_transformer(audible=True)
    with torch.no_grad():
        before = model(**inputs.base, **inputs.audio(model))
        begin(model, "lora", rank=3, generator=draw())
        assert torch.equal(model(**inputs.base, **inputs.audio(model)), before)


def test_the_base_from_nothing_leaves_the_audio_layers() -> None:
    before = tiny_transformer().state_dict()
    model = trained("base")
    assert changed(model, before) == {name for name in before if "audio_" not in name}


def outputs(model: EditYourselfTransformer) -> Tensor:
    inputs = TinyInputs(batch=2)
    with torch.no_grad():
        out: Tensor = model(**inputs.base, **inputs.audio(model))
        return out


def test_merging_gives_the_same_output() -> None:
    model = trained("lora", audible=True)
    beside = outputs(model)
    assert float((beside - outputs(tiny_transformer(audible=True))).abs().max()) > 0.01
    merge_lora(model)
    assert not dict(lora_layers(model))
    assert plain(model).keys() == model.state_dict().keys()
    torch.testing.assert_close(outputs(model), beside, atol=1e-4, rtol=0)


@pytest.mark.parametrize("stage", ["audio", "lora"])
def test_what_is_saved_is_read_back_with_the_same_outputs(stage: Stage, tmp_path: Path) -> None:
    folder = make(tmp_path / "tiny")
    model = trained(stage, audible=True)
    card = new_card(TINY, base="tiny", steps=4, licence="Apache-2.0", references=stage == "lora")
    save_trained(model, folder, card)
    opened = open_checkpoint(folder)
    assert opened.audio_trained
    assert (opened.lora is not None) == (stage == "lora")
    assert opened.knows_references == (stage == "lora")
    again = load_transformer(opened, torch.float32, torch.device("cpu"))
    assert torch.equal(outputs(again), outputs(model))
