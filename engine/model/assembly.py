"""Models made of a checkpoint's weights, on a device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec
import torch
from diffusers import AutoencoderKLLTXVideo
from diffusers.loaders.single_file_utils import convert_ltx_transformer_checkpoint_to_diffusers
from diffusers.pipelines.ltx.modeling_latent_upsampler import LTXLatentUpsamplerModel
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import BadCheckpoint
from engine.model.autoencoder import LtxAutoencoder, VideoAutoencoder
from engine.model.checkpoint import AUDIO, CARD, SMALL_VAE, AudioCard, Checkpoint
from engine.model.config import STRIDE, ModelConfig
from engine.model.lora import add_lora, alpha_of
from engine.model.small_autoencoder import load_small
from engine.model.transformer import EditYourselfTransformer
from engine.model.upsampler import LatentUpsampler
from engine.model.warm import lacks_memory
from engine.model.weights import fresh_sha256_of, read_header
from engine.model.weights_folder import in_short, weights_of
from engine.whole_file import write_whole, written_beside

_OF_LTX = (32, STRIDE)  # pixels along a latent, and frames


def load_transformer(
    checkpoint: Checkpoint, dtype: torch.dtype, device: torch.device
) -> EditYourselfTransformer:
    """The base with its audio weights, new and silent ones where there are none, and its LoRA beside it.

    No weight is made twice. Raises BadCheckpoint (shapes or layers that are not this model's), by name.
    """
    with torch.device("meta"):
        model = EditYourselfTransformer.of(checkpoint.config)
    of_audio = {name for name in model.state_dict() if "audio_" in name}
    names = _names(checkpoint.transformer)
    if checkpoint.audio is not None:
        names |= _places_of([checkpoint.audio])
    _refuse_others(checkpoint.folder, model, names, optional=of_audio if checkpoint.audio is None else set())
    model.load_state_dict(_read(names, dtype, device), strict=False, assign=True)
    if not of_audio <= names.keys():
        model.initialise_audio()
    if checkpoint.lora is not None:
        _add_lora(model, checkpoint.lora)
    return cast(EditYourselfTransformer, model.requires_grad_(False).eval())


def load_autoencoder(checkpoint: Checkpoint, dtype: torch.dtype, device: torch.device) -> VideoAutoencoder:
    """LTX-Video's, or a small one, which is of float32 always. Raises BadCheckpoint, MissingModel."""
    autoencoder = _autoencoder(checkpoint.vae, dtype, device)
    refuse_other_latents(autoencoder, checkpoint.vae, checkpoint.config.transformer.in_channels)
    return autoencoder


def refuse_other_latents(autoencoder: VideoAutoencoder, folder: Path, channels: int) -> None:
    """Raises BadCheckpoint where an autoencoder's latents are not what the transformer beside it reads."""
    if autoencoder.channels != channels:
        raise BadCheckpoint(
            f"{folder} gives latents of {autoencoder.channels} channels, and the transformer beside it reads"
            f" {channels}. Its files do not belong together"
        )
    if isinstance(autoencoder, LtxAutoencoder) and (autoencoder.spatial, autoencoder.temporal) != _OF_LTX:
        raise BadCheckpoint(
            f"{folder} says that a latent is {autoencoder.spatial} pixels wide and {autoencoder.temporal}"
            f" frames long; LTX's are {_OF_LTX[0]} and {_OF_LTX[1]}. Fetch its config.json again"
        )


def _autoencoder(folder: Path, dtype: torch.dtype, device: torch.device) -> VideoAutoencoder:
    if (folder / SMALL_VAE).is_file():
        return load_small(folder).requires_grad_(False).to(device)
    vae = cast(AutoencoderKLLTXVideo, of_diffusers(AutoencoderKLLTXVideo, folder, dtype))
    return LtxAutoencoder(cast(Any, vae).to(device).eval())


def load_upsampler(
    checkpoint: Checkpoint, autoencoder: VideoAutoencoder, dtype: torch.dtype, device: torch.device
) -> LatentUpsampler | None:
    """None where the checkpoint has none. Raises BadCheckpoint."""
    if checkpoint.upsampler is None:
        return None
    if not isinstance(autoencoder, LtxAutoencoder):
        raise BadCheckpoint(f"{checkpoint.upsampler} is of LTX-Video's latents, and {checkpoint.vae} is not")
    model = of_diffusers(LTXLatentUpsamplerModel, checkpoint.upsampler, dtype)
    return LatentUpsampler(cast(Any, model).to(device).eval(), autoencoder)


def save_audio(transformer: EditYourselfTransformer, folder: Path, card: AudioCard) -> None:
    """Write audio.safetensors, and audio.json with its sha256; the card last, so that half is never whole."""
    state = transformer.state_dict()
    audio = {name: at.detach().cpu().contiguous() for name, at in state.items() if "audio_" in name}
    with written_beside(folder / AUDIO) as beside:
        save_file(audio, beside)
    whole = msgspec.structs.replace(card, sha256=card.sha256 | {AUDIO: fresh_sha256_of(folder / AUDIO)})
    write_whole(folder / CARD, msgspec.json.format(msgspec.json.encode(whole)))


def new_card(
    config: ModelConfig, *, base: str, steps: int, licence: str, references: bool = False, latents: int = 17
) -> AudioCard:
    """For `save_audio`, which fills in the sha256."""
    return AudioCard(
        base=base,
        config=cast(dict[str, Any], config.diffusers()),
        steps=steps,
        sha256={},
        licence=licence,
        references=references,
        latents=latents,
    )


def read_into(
    model: nn.Module, folder: Path, files: Iterable[Path], dtype: torch.dtype, device: torch.device
) -> None:
    """Give a model without weights those of the files. No weight is made twice.

    Raises BadCheckpoint (shapes or layers that are not this model's), by name.
    """
    places = _places_of(files)
    _refuse_others(folder, model, places, optional=set())
    model.load_state_dict(_read(places, dtype, device), assign=True)


_Place = tuple[Path, str]
"""A file, and a tensor's name in it."""


def _places_of(files: Iterable[Path]) -> dict[str, _Place]:
    """Where each tensor of the files lies, by its own name."""
    return {name: (path, name) for path in files for name in read_header(path).tensors}


def _names(files: Iterable[Path]) -> dict[str, _Place]:
    """Where each of the model's tensors lies. Original LTX files have other names, which diffusers knows."""
    places: dict[str, _Place] = {}
    for path in files:
        stored = {name: name for name in read_header(path).tensors}
        renamed: Mapping[str, str] = convert_ltx_transformer_checkpoint_to_diffusers(stored)
        places |= {ours: (path, theirs) for ours, theirs in renamed.items()}
    return places


def _refuse_others(
    folder: Path, model: nn.Module, names: Mapping[str, _Place], *, optional: set[str]
) -> None:
    """Raises BadCheckpoint, which names tensors that are missing, too many, or of another shape."""
    wanted = {name: tuple(at.shape) for name, at in model.state_dict().items()}
    headers = {path: read_header(path) for path, _ in names.values()}
    shapes = {name: headers[path].tensors[stored].shape for name, (path, stored) in names.items()}
    found = {
        "has weights of other sizes": [
            f"{name} is {list(shape)} instead of {list(wanted[name])}"
            for name, shape in shapes.items()
            if wanted.get(name, shape) != shape
        ],
        "has no weights for": [name for name in wanted if name not in names and name not in optional],
        "has weights that this model does not": [name for name in names if name not in wanted],
    }
    for what, which in found.items():
        if which:
            raise BadCheckpoint(f"{folder} {what}: {in_short(which)}. Its files do not belong together")


def _read(names: Mapping[str, _Place], dtype: torch.dtype, device: torch.device) -> dict[str, Tensor]:
    by_file: dict[Path, dict[str, str]] = {}
    for ours, (path, stored) in names.items():
        by_file.setdefault(path, {})[ours] = stored
    state: dict[str, Tensor] = {}
    for path, wanted in by_file.items():
        with safe_open(path, framework="pt", device=str(device)) as file:
            state |= {ours: file.get_tensor(stored).to(dtype) for ours, stored in wanted.items()}
    return state


def _add_lora(model: nn.Module, path: Path) -> None:
    try:
        add_lora(model, load_file(path), alpha_of(read_header(path).metadata))
    except (KeyError, ValueError) as error:
        raise BadCheckpoint(f"{path} does not belong to this model: {error}") from error


def of_description(kind: Any, folder: Path) -> nn.Module:
    """A model of diffusers' as its config.json says, without weights. Raises BadCheckpoint."""
    try:
        with torch.device("meta"):
            return cast(nn.Module, kind.from_config(kind.load_config(folder)))
    except Exception as error:  # whatever a description that is amiss makes diffusers stumble over
        raise BadCheckpoint(f"{folder / 'config.json'} describes no model: {first_line(error)}") from error


def of_diffusers(kind: Any, folder: Path, dtype: torch.dtype) -> nn.Module:
    """A model of diffusers' from its folder. Raises MissingModel (no weights), BadCheckpoint."""
    weights_of(folder)
    try:
        model, told = kind.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, local_files_only=True, output_loading_info=True
        )
    except Exception as error:  # as above
        if lacks_memory(error):
            raise
        raise BadCheckpoint(f"{folder} cannot be loaded: {first_line(error)}") from error
    if wrong := [*told["missing_keys"], *told["unexpected_keys"]]:
        raise BadCheckpoint(f"{folder} does not belong to its config.json: {in_short(wrong)}")
    return cast(nn.Module, model)


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
