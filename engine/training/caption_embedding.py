"""Captions as the transformer reads them, [X, E]: X text tokens, E their channels."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from engine.model.checkpoint import Checkpoint
from engine.model.prompt import Prompt, load_prompt, prompt_reader


def captions(base: Checkpoint, device: torch.device) -> Callable[[str], Tensor]:
    """Embeds them; the text encoder is read with the first, and stays.

    A checkpoint without one says its default prompt of every clip.
    """
    readers: list[Callable[[str], Prompt]] = []

    @cache  # few captions differ
    def embed(caption: str) -> Tensor:
        if not readers:
            if base.text_encoder is not None:
                readers.append(prompt_reader(base, device))
            else:
                readers.append(lambda _: load_prompt(base, "", device))
        embeddings_XE: Tensor = readers[0](caption).unpadded().embeddings_BXE[0].float()
        return embeddings_XE

    return embed
