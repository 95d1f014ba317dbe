"""A prompt as the transformer reads it: from the checkpoint's file, or by its text encoder (T5).

B batch, X text tokens, E their channels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.errors import BadCheckpoint, MissingModel
from engine.model.checkpoint import PROMPT, Checkpoint
from engine.model.weights import read_header

_LONGEST = 256  # tokens; the transformer was trained on prompts padded to so many
_TEXT, _VALUES, _MASK = "prompt", "embeddings", "mask"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prompt:
    """`embeddings_BXE`, and in `mask_BX` which of the tokens are not padding (bool)."""

    embeddings_BXE: Tensor
    mask_BX: Tensor

    def to(self, device: torch.device, dtype: torch.dtype) -> Prompt:
        return Prompt(embeddings_BXE=self.embeddings_BXE.to(device, dtype), mask_BX=self.mask_BX.to(device))

    def unpadded(self) -> Prompt:
        """Without the tokens that nobody attends to: they would need a mask, which flash and Sage attention
        and several devices do not take. Of a single text.
        """
        said_X = self.mask_BX[0]
        if not bool(said_X.any()):
            return self
        return Prompt(embeddings_BXE=self.embeddings_BXE[:, said_X], mask_BX=self.mask_BX[:, said_X])


def load_prompt(checkpoint: Checkpoint, text: str, device: torch.device) -> Prompt:
    """The text's embeddings, or with no text those of the default prompt; on the CPU.

    The encoder, 9 GB of it, is in memory only until it has read. Raises MissingModel (neither this prompt nor
    a text encoder is there), BadCheckpoint.
    """
    if checkpoint.prompt is not None and text in ("", _stored_text(checkpoint)):
        return _stored(checkpoint.prompt)
    if checkpoint.text_encoder is not None:
        return _encoded(checkpoint, text, device)
    if checkpoint.prompt is None:
        raise MissingModel(
            f"{checkpoint.folder} has neither {PROMPT} nor text_encoder/:"
            f" `pickup models pull {checkpoint.name}`"
        )
    raise MissingModel(
        f"{checkpoint.folder} has no text_encoder/ to read the prompt with: leave the prompt out, or copy"
        " text_encoder/ and tokenizer/ there"
    )


def load_empty_prompt(checkpoint: Checkpoint, device: torch.device) -> Prompt:
    """What guidance leads away from; on the CPU. Raises MissingModel (a text encoder), BadCheckpoint."""
    if checkpoint.prompt is not None and _stored_text(checkpoint) == "":
        return _stored(checkpoint.prompt)
    if checkpoint.text_encoder is None:
        raise MissingModel(
            f"{checkpoint.folder} has no text_encoder/ to read the empty prompt with, which guidance leads"
            " away from: set guidance=1, or copy text_encoder/ and tokenizer/ there"
        )
    return _encoded(checkpoint, "", device)


def _stored_text(checkpoint: Checkpoint) -> str | None:
    """What the stored prompt says; None where it does not tell."""
    return read_header(checkpoint.prompt).metadata.get(_TEXT) if checkpoint.prompt is not None else None


def save_prompt(prompt: Prompt, text: str, path: Path) -> None:
    """For checkpoints that are to do without a text encoder."""
    tensors = {_VALUES: prompt.embeddings_BXE[0].contiguous(), _MASK: prompt.mask_BX[0].contiguous()}
    save_file(tensors, path, metadata={_TEXT: text})


def _stored(path: Path) -> Prompt:
    tensors = load_file(path)
    if tensors.keys() != {_VALUES, _MASK} or len(tensors[_VALUES]) != len(tensors[_MASK]):
        raise BadCheckpoint(f"{path} holds no prompt: it should have {_VALUES} and {_MASK} of one length")
    return Prompt(embeddings_BXE=tensors[_VALUES][None], mask_BX=tensors[_MASK][None].bool())


def _encoded(checkpoint: Checkpoint, text: str, device: torch.device) -> Prompt:
    return prompt_reader(checkpoint, device)(text)


def prompt_reader(checkpoint: Checkpoint, device: torch.device) -> Callable[[str], Prompt]:
    """The text encoder, in memory as long as what is returned: for many texts. Raises BadCheckpoint."""
    from transformers import AutoTokenizer, T5EncoderModel  # noqa: PLC0415  # seconds that stored prompts save

    folder = checkpoint.folder
    dtype = torch.float32 if device.type == "cpu" else torch.bfloat16
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
        encoder = T5EncoderModel.from_pretrained(
            folder / "text_encoder", dtype=dtype, use_safetensors=True, local_files_only=True
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise BadCheckpoint(
            f"text_encoder/ and tokenizer/ in {folder} cannot be loaded: {str(error).splitlines()[0]}"
        ) from error
    model = cast(Any, encoder).to(device)

    def read(text: str) -> Prompt:
        words = tokenizer(
            text, padding="max_length", max_length=_LONGEST, truncation=True, return_tensors="pt"
        )
        mask_BX = words.attention_mask.bool()
        with torch.no_grad():
            said = model(words.input_ids.to(device), attention_mask=mask_BX.to(device))
        return Prompt(embeddings_BXE=said.last_hidden_state.cpu(), mask_BX=mask_BX)

    return read
