"""A part of a small model in a folder: NAME.safetensors, and NAME.json, which says of what sizes it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from engine.errors import BadCheckpoint, MissingModel
from engine.model.weights import read_header
from engine.whole_file import save_whole

Config = TypeVar("Config", bound=msgspec.Struct)
Part = TypeVar("Part", bound=nn.Module)


def save_part(part: nn.Module, config: msgspec.Struct, folder: Path, name: str) -> None:
    """The weights, then what they are, so that half is never whole. Raises DiskFull, RenderFailed."""
    tensors = {key: value.detach().cpu().contiguous() for key, value in part.state_dict().items()}
    save_whole(folder / f"{name}.safetensors", save(tensors))
    save_whole(folder / f"{name}.json", msgspec.json.format(msgspec.json.encode(config)) + b"\n")


def load_part(
    make: Callable[[Config], Part], kind: type[Config], folder: Path, name: str, *, what: str
) -> Part:
    """`what` it is, for errors. Raises MissingModel (no such files), BadCheckpoint (cut short, or not what
    they say).
    """
    told, weights = folder / f"{name}.json", folder / f"{name}.safetensors"
    try:
        config = msgspec.json.decode(told.read_bytes(), type=kind)
    except OSError as error:
        raise MissingModel(f"there is no {what} in {folder}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise BadCheckpoint(f"{told} does not describe a {what}: {error}") from error
    read_header(weights)  # tells a file that is not there, or not whole
    part = make(config)
    try:
        part.load_state_dict(load_file(weights))
    except (RuntimeError, SafetensorError) as error:
        raise BadCheckpoint(f"{weights} is not of the shape that {told.name} says") from error
    return part.eval()
