"""A folder of weights, opened: what is there, of which sizes, trained or not. No torch here.

transformer/            the base, as diffusers saves it; or one other .safetensors file beside the rest
vae/                    the autoencoder: LTX-Video's as diffusers saves it, or `small_autoencoder`'s
latent_upsampler/       optional: two passes
text_encoder/ tokenizer/    optional: prompts of one's own
prompt.safetensors      optional: the default prompt, encoded
audio.safetensors       optional: trained audio weights, described by
audio.json              see `AudioCard`
whisper-small/          optional: what it hears with, instead of the installed one
hearing/                what a small model hears with, see `small_hearing`
lora.safetensors        optional: what stage 2 of training adds to the base
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import BadCheckpoint, MissingModel
from engine.model.config import ModelConfig
from engine.model.installed import existing_folder, how_to_complete
from engine.model.pulled import licence_of, revision_of
from engine.model.sizes import config_of
from engine.model.weights import SUFFIX, Header, is_zero, read_header, sha256_of
from engine.model.weights_folder import (
    TEXT_ENCODER,
    combined_sha256,
    every_file,
    kind_of,
    parameters_in,
    read_json,
    refuse_another_model,
    refuse_another_part,
    refuse_pickles,
    there,
    weights_of,
)
from engine.paths import models_folder

AUDIO, CARD, LORA, PROMPT = "audio.safetensors", "audio.json", "lora.safetensors", "prompt.safetensors"
WHISPER, HEARING = "whisper-small", "hearing"
FOLDERS = ("transformer", "vae", "latent_upsampler", TEXT_ENCODER, "tokenizer", WHISPER, HEARING)
SMALL_VAE = "autoencoder.json"  # what vae/ holds of a small autoencoder, where LTX-Video's has config.json

_CLASSES = ("LTXVideoTransformer3DModel", "EditYourselfTransformer")  # diffusers', and ours
_VAE, _UPSAMPLER = "AutoencoderKLLTXVideo", "LTXLatentUpsamplerModel"


class AudioCard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """audio.json: what the trained weights beside it are.

    `base`: what they were trained on. `config`: `ModelConfig.diffusers()`. `steps` of training. `sha256` of
    audio.safetensors and, where there is one, lora.safetensors, by name. `references`: trained with identity
    references (section 3.4), so that it knows what such tokens are. `latents` of a clip that it was trained
    on: longer ones are denoised in blocks of so many; the paper's are 17. `guidance`: how far speech leads
    away from silence where the job does not say, 1 is none, as in the paper.
    """

    base: str
    config: dict[str, Any]
    steps: int
    sha256: dict[str, str]
    licence: str
    references: bool = False
    latents: int = 17
    guidance: float = 1.0

    def __post_init__(self) -> None:
        if self.latents < 1:
            raise ValueError(f"latents is {self.latents}: clips to train on have 1 or more")
        if not 0 < self.guidance < math.inf:
            raise ValueError(f"guidance is {self.guidance}: above 0, and 1 is none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An opened folder: every path in it is there, and whole as far as its header tells."""

    name: str
    folder: Path
    config: ModelConfig
    transformer: tuple[Path, ...]
    vae: Path
    upsampler: Path | None
    text_encoder: Path | None
    prompt: Path | None
    audio: Path | None
    lora: Path | None
    card: AudioCard | None
    audio_trained: bool
    warnings: tuple[str, ...]

    @property
    def knows_references(self) -> bool:
        return self.card is not None and self.card.references

    @property
    def licence(self) -> str:
        """Of the audio weights, where they tell; else of the base. Empty where neither does."""
        return licence_of(self.folder, "") if self.card is None else self.card.licence

    @property
    def revision(self) -> str:
        return revision_of(self.folder)

    @property
    def audio_guidance(self) -> float:
        return 1.0 if self.card is None else self.card.guidance

    @property
    def block_width(self) -> int | None:
        """Latents that it denoises together; None where it does not tell."""
        return None if self.card is None else self.card.latents

    @property
    def sha256(self) -> str:
        """Of all files that decide what is rendered, by their names. Measured once a file (see `weights`)."""
        told = {path.relative_to(self.folder).as_posix(): path for path in self.files}
        if self.whisper is not None:  # by the same names wherever it lies
            told |= {path.relative_to(self.whisper.parent).as_posix(): path for path in _here(self.whisper)}
        return combined_sha256(told)

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(sorted(_files(self.folder)))

    @property
    def beside(self) -> int:
        """Parameters of what lies on the device with the transformer: the autoencoder, and the upsampler."""
        parts = (self.vae, self.upsampler)
        return sum(parameters_in(weights_of(part)) for part in parts if part is not None)

    @property
    def hearing(self) -> Path | None:
        """Where the small speech encoder lies, if it is what this model hears with."""
        return self.folder / HEARING if self.config.audio.representation == "small" else None

    @property
    def whisper(self) -> Path | None:
        """Where the weights lie that speech is heard with: in the folder, or among the installed models."""
        if not self.audio_trained or self.config.audio.representation != "whisper":
            return None
        return there(self.folder / WHISPER) or models_folder() / WHISPER


def open_checkpoint(name: str | Path) -> Checkpoint:
    """The checkpoint of this name among the installed ones, or in this folder. Fast: weights are not read.

    Raises MissingModel (not here, or parts of it), BadCheckpoint (damaged, or audio.json tells of others),
    PickledCheckpoint (some of its files are pickles).
    """
    folder = existing_folder(str(name))
    refuse_pickles(folder, FOLDERS)
    if kind_of(folder):
        refuse_another_model(folder, "LTX-Video", _CLASSES)
    headers = {path: read_header(path) for path in _files(folder) if path.suffix == SUFFIX}
    card = _card(folder)
    transformer = _transformer_files(folder, headers)
    trained, warnings = _trained(folder, headers, card)
    return Checkpoint(
        name=folder.name,
        folder=folder,
        config=config_of(folder, [headers[path] for path in transformer], card),
        transformer=transformer,
        vae=_vae(folder),
        upsampler=_upsampler(folder),
        text_encoder=_text_encoder(folder),
        prompt=there(folder / PROMPT),
        audio=there(folder / AUDIO),
        lora=there(folder / LORA),
        card=card,
        audio_trained=trained,
        warnings=warnings,
    )


def _files(folder: Path) -> Iterator[Path]:
    """What decides how things look: weights and their descriptions, and no notes that lie beside them."""
    for path in every_file(folder, FOLDERS):
        if path.suffix == SUFFIX or (path.suffix == ".json" and (path.parent != folder or path.name == CARD)):
            yield path


def _here(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*") if path.suffix in {SUFFIX, ".json"})


def _vae(folder: Path) -> Path:
    vae = folder / "vae"
    if not (vae / SMALL_VAE).is_file():
        refuse_another_part(vae, _VAE)
        weights_of(vae)
    return vae


def _upsampler(folder: Path) -> Path | None:
    upsampler = there(folder / "latent_upsampler")
    if upsampler is not None:
        refuse_another_part(upsampler, _UPSAMPLER)
        weights_of(upsampler)
    return upsampler


def _text_encoder(folder: Path) -> Path | None:
    text_encoder = there(folder / TEXT_ENCODER)
    if text_encoder is not None:
        weights_of(text_encoder)
    return text_encoder


def _transformer_files(folder: Path, headers: Mapping[Path, Header]) -> tuple[Path, ...]:
    """The base's files: transformer/, or the one file that is nothing else."""
    inside = sorted(path for path in headers if path.parent == folder / "transformer")
    if inside:
        if not (folder / "transformer" / "config.json").is_file():
            raise MissingModel(f"{folder} has no transformer/ with config.json: {how_to_complete(folder)}")
        return weights_of(folder / "transformer")
    single = [path for path in headers if path.parent == folder and path.name not in {AUDIO, LORA, PROMPT}]
    if len(single) != 1:
        found = ", ".join(path.name for path in single) or "none"
        raise MissingModel(
            f"{folder} has neither transformer/ nor one file of base weights beside it (found: {found})"
        )
    return tuple(single)


def _card(folder: Path) -> AudioCard | None:
    path = folder / CARD
    if not path.exists():
        if (folder / AUDIO).exists():
            raise BadCheckpoint(f"{folder / AUDIO} has no {CARD} beside it, which tells what it is")
        return None
    try:
        card = msgspec.convert(read_json(path), AudioCard)
    except msgspec.ValidationError as error:
        raise BadCheckpoint(f"{path} does not describe audio weights: {error}") from error
    for name in (AUDIO, LORA):
        if not (folder / name).exists():
            continue
        measured = sha256_of(folder / name)
        if card.sha256.get(name) != measured:
            raise BadCheckpoint(
                f"{folder / name} is not the file that {CARD} describes: its sha256 is {measured}, and should"
                f" be {card.sha256.get(name, 'named there')}. Fetch both again"
            )
    return card


def _trained(
    folder: Path, headers: Mapping[Path, Header], card: AudioCard | None
) -> tuple[bool, tuple[str, ...]]:
    """Whether the audio says anything, and what to tell of it. An untrained path must never pass for one."""
    header = headers.get(folder / AUDIO)
    if header is None or card is None:
        return False, ()
    outputs = [name for name in header.tensors if name.endswith("audio_attn.to_out.weight")]
    if not outputs or all(is_zero(header, name) for name in outputs):
        return False, (f"{folder / AUDIO} is silent: its output projections are zero, as before training",)
    if card.steps < 1:
        return False, (f"{folder / AUDIO} was never trained: {CARD} gives {card.steps} steps",)
    return True, ()
