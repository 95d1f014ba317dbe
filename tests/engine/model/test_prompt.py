"""What the empty prompt is, to the default one and to guidance."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_checkpoint
import torch

from engine.errors import MissingModel
from engine.model.checkpoint import open_checkpoint
from engine.model.prompt import load_empty_prompt, load_prompt, save_prompt

CPU = torch.device("cpu")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tiny_checkpoint.make(tmp_path / "tiny")


def test_without_a_text_the_stored_prompt_is_taken_though_a_text_encoder_is_there(made: Path) -> None:
    (made / "text_encoder").mkdir()
    prompt = load_prompt(open_checkpoint(made), "", CPU)
    assert torch.equal(prompt.embeddings_BXE, tiny_checkpoint.a_prompt().embeddings_BXE)


def test_the_default_prompt_does_not_pass_for_the_empty_one(made: Path) -> None:
    with pytest.raises(MissingModel, match="guidance=1"):
        load_empty_prompt(open_checkpoint(made), CPU)


def test_a_stored_empty_prompt_is_one(made: Path) -> None:
    save_prompt(tiny_checkpoint.a_prompt(), "", made / "prompt.safetensors")
    prompt = load_empty_prompt(open_checkpoint(made), CPU)
    assert torch.equal(prompt.embeddings_BXE, tiny_checkpoint.a_prompt().embeddings_BXE)
