"""What the empty prompt is, to the default one and to guidance."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_checkpoint
import torch
from safetensors.torch import save_file
from tiny_diffusion import TinyInputs, tiny_transformer

from engine.errors import MissingModel
from engine.model.checkpoint import open_checkpoint
from engine.model.loaded import load
from engine.model.prompt import Prompt, load_empty_prompt, load_prompt, save_prompt
from engine.protocol import Diffusion

CPU = torch.device("cpu")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tiny_checkpoint.make(tmp_path / "tiny")


def test_without_a_text_the_stored_prompt_is_taken_though_a_text_encoder_is_there(made: Path) -> None:
    (made / "text_encoder").mkdir()
    save_file({"of no use": torch.zeros(1)}, made / "text_encoder" / "model.safetensors")
    prompt = load_prompt(open_checkpoint(made), "", CPU)
    assert torch.equal(prompt.embeddings_BXE, tiny_checkpoint.a_prompt().embeddings_BXE)


def test_the_default_prompt_does_not_pass_for_the_empty_one(made: Path) -> None:
    with pytest.raises(MissingModel, match="guidance=1"):
        load_empty_prompt(open_checkpoint(made), CPU)


def test_a_stored_empty_prompt_is_one(made: Path) -> None:
    save_prompt(tiny_checkpoint.a_prompt(), "", made / "prompt.safetensors")
    prompt = load_empty_prompt(open_checkpoint(made), CPU)
    assert torch.equal(prompt.embeddings_BXE, tiny_checkpoint.a_prompt().embeddings_BXE)


@torch.no_grad()
def test_padding_left_out_changes_nothing_but_the_rounding() -> None:
    padded, inputs = tiny_checkpoint.a_prompt(), TinyInputs().base
    said = padded.unpadded()
    assert said.embeddings_BXE.shape[1] == 4
    masked = {"encoder_hidden_states": padded.embeddings_BXE, "encoder_attention_mask": padded.mask_BX}
    model = tiny_transformer()
    expected = model(**{**inputs, **masked})
    found = model(**{**inputs, "encoder_hidden_states": said.embeddings_BXE})
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_a_prompt_of_padding_alone_stays_as_it_is() -> None:
    nothing = Prompt(embeddings_BXE=torch.ones(1, 3, 2), mask_BX=torch.zeros(1, 3, dtype=torch.bool))
    assert nothing.unpadded() is nothing


@pytest.mark.parametrize("text", ["", "a person talks"])
def test_what_a_model_reads_needs_no_mask_which_flash_and_sage_would_refuse(made: Path, text: str) -> None:
    save_prompt(tiny_checkpoint.a_prompt(), text, made / "prompt.safetensors")
    model = load(open_checkpoint(made), Diffusion())
    assert bool(model.prompt(text).mask_BX.all())
    if not text:
        assert bool(model.unprompted().mask_BX.all())
