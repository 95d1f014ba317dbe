"""A prompt as LTX-2 reads it: what its connectors make of the text encoder's (Gemma's) layers.

It is kept, since the encoder is of 12 billion parameters: prompt.safetensors beside the weights, or a file in
the engine's cache, of each text that was ever read. B batch (1), X text tokens, E channels of a stream.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.errors import BadCheckpoint, MissingModel
from engine.model.assembly import first_line, of_diffusers
from engine.model.footprint import Memory, refuse_without_main_memory
from engine.model.ltx2.checkpoint import Ltx2Checkpoint
from engine.model.ltx2.config import Ltx2Config
from engine.model.warm import lacks_memory
from engine.model.weights import SUFFIX, read_header
from engine.model.weights_folder import combined_sha256, parameters_in, weights_of
from engine.paths import EnginePaths
from engine.whole_file import written_beside

# ours: what most footage that is edited by its words shows. LTX-2 was trained on long captions of pictures
# and sound.
DEFAULT = "A person is talking to the camera, in a steady shot. The speech is clear and natural."

# As Gemma is published, and as LTX-2's authors run it. The hub's copies for 2.0 and 2.3 are in float32:
# twice as large, and nothing more in them.
_PRECISION = torch.bfloat16
_LONGEST = 1024  # tokens; the connectors put registers into the place of the padding
_TEXT, _PARTS = "prompt", ("video", "audio", "mask")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ltx2Prompt:
    """For each of the two streams, and in `mask_BX` which of the tokens are not padding (bool)."""

    video_BXE: Tensor
    audio_BXE: Tensor
    mask_BX: Tensor

    def to(self, device: torch.device, dtype: torch.dtype) -> Ltx2Prompt:
        return Ltx2Prompt(
            video_BXE=self.video_BXE.to(device, dtype),
            audio_BXE=self.audio_BXE.to(device, dtype),
            mask_BX=self.mask_BX.to(device),
        )


def load_prompt(checkpoint: Ltx2Checkpoint, text: str, device: torch.device) -> Ltx2Prompt:
    """The text as it was read once, or is now; with no text the default prompt. On the CPU.

    Raises MissingModel (neither it nor a text encoder is there), BadCheckpoint.
    """
    if checkpoint.prompt is not None and text in ("", _stored_text(checkpoint.prompt)):
        return _stored(checkpoint.prompt, checkpoint.config)
    return _read_once(checkpoint, text or DEFAULT, device)


def load_empty_prompt(checkpoint: Ltx2Checkpoint, device: torch.device) -> Ltx2Prompt:
    """What guidance leads away from: no words. On the CPU. Raises MissingModel, BadCheckpoint."""
    if checkpoint.prompt is not None and _stored_text(checkpoint.prompt) == "":
        return _stored(checkpoint.prompt, checkpoint.config)
    return _read_once(checkpoint, "", device)


def save_prompt(prompt: Ltx2Prompt, text: str, path: Path) -> None:
    """For checkpoints that are to do without a text encoder."""
    tensors = {
        "video": prompt.video_BXE[0].contiguous(),
        "audio": prompt.audio_BXE[0].contiguous(),
        "mask": prompt.mask_BX[0].contiguous(),
    }
    save_file(tensors, path, metadata={_TEXT: text})


def _stored_text(path: Path) -> str | None:
    return read_header(path).metadata.get(_TEXT)


def _stored(path: Path, config: Ltx2Config) -> Ltx2Prompt:
    shapes = {name: at.shape for name, at in read_header(path).tensors.items()}
    length = next(iter(shapes.get("mask", ())), 0)
    video_width, audio_width = config.prompt_widths
    wanted = {"video": (length, video_width), "audio": (length, audio_width), "mask": (length,)}
    if shapes != wanted or not length:
        raise BadCheckpoint(
            f"{path} holds no prompt of LTX-{config.version}: it should have {', '.join(_PARTS)} of one"
            f" length, {video_width} and {audio_width} wide"
        )
    tensors = load_file(path)
    video, audio, mask = (tensors[part][None] for part in _PARTS)
    return Ltx2Prompt(video_BXE=video, audio_BXE=audio, mask_BX=mask.bool())


def _read_once(checkpoint: Ltx2Checkpoint, text: str, device: torch.device) -> Ltx2Prompt:
    if checkpoint.text_encoder is None:
        raise MissingModel(
            f"{checkpoint.folder} has no text_encoder/ to read the prompt {text!r} with: copy text_encoder/"
            " and tokenizer/ there, or leave prompt and guidance as they are"
        )
    path = _place(checkpoint, text)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        prompt = _read(checkpoint, text, device)
        with written_beside(path) as beside:
            save_prompt(prompt, text, beside)
    return _stored(path, checkpoint.config)


def _place(checkpoint: Ltx2Checkpoint, text: str) -> Path:
    """By the text and by the weights that read it."""
    assert checkpoint.text_encoder is not None
    readers = (checkpoint.text_encoder, checkpoint.connectors)
    files = {f"{part.name}/{path.name}": path for part in readers for path in weights_of(part)}
    name = hashlib.sha256(f"{combined_sha256(files)}\0{text}".encode()).hexdigest()
    return EnginePaths.default().cache / "prompts" / f"{name}{SUFFIX}"


def _read(checkpoint: Ltx2Checkpoint, text: str, device: torch.device) -> Ltx2Prompt:
    """The encoder and the connectors are in memory until they have read."""
    from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415  # seconds that stored prompts save

    encoder_folder, folder = checkpoint.text_encoder, checkpoint.folder
    assert encoder_folder is not None
    size = parameters_in(weights_of(encoder_folder)) * _PRECISION.itemsize
    refuse_without_main_memory(
        f"the weights of {encoder_folder}, which reads the prompt,", size, Memory.of(torch.device("cpu")).main
    )
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
        # Without the head that would write.
        encoder = cast(
            Any,
            AutoModel.from_pretrained(
                encoder_folder, dtype=_PRECISION, use_safetensors=True, local_files_only=True
            ),
        )
    except Exception as error:  # whatever a description that is amiss makes transformers stumble over
        if lacks_memory(error):
            raise
        raise BadCheckpoint(
            f"text_encoder/ and tokenizer/ in {folder} cannot be loaded: {first_line(error)}"
        ) from error
    place = _roomy(device, size)
    connectors = cast(Any, of_diffusers(LTX2TextConnectors, checkpoint.connectors, _PRECISION))
    return _through(tokenizer, encoder.to(place).eval(), connectors.to(place).eval(), text)


@torch.inference_mode()
def _through(tokenizer: Any, encoder: Any, connectors: Any, text: str) -> Ltx2Prompt:
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    words = tokenizer(
        [text.strip()], padding="max_length", max_length=_LONGEST, truncation=True, return_tensors="pt"
    ).to(encoder.device)
    layers = encoder(
        input_ids=words.input_ids, attention_mask=words.attention_mask, output_hidden_states=True
    ).hidden_states
    packed_BXE = torch.stack(layers, dim=-1).flatten(2)
    video, audio, mask = connectors(packed_BXE, words.attention_mask, padding_side="left")
    return Ltx2Prompt(video_BXE=video.cpu(), audio_BXE=audio.cpu(), mask_BX=mask.bool().cpu())


def _roomy(device: torch.device, size: int) -> torch.device:
    """The device where it has so much free beside the model, else the CPU: slower, and once."""
    if (
        device.type == "cuda" and torch.cuda.mem_get_info(device)[0] < size * 5 // 4
    ):  # ours: and what it makes
        return torch.device("cpu")
    return device
