"""Files of weights: safetensors and nothing else, whole, and known by their sha256. No torch here."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import BadCheckpoint, MissingModel, PickledCheckpoint
from engine.paths import EnginePaths
from engine.whole_file import write_whole

PICKLES = frozenset({".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle"})
SUFFIX = ".safetensors"

_LONGEST_HEADER = 100_000_000  # safetensors' own limit
_BITS = {"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32}
_BITS |= {"BF16": 16, "F16": 16, "I16": 16, "U16": 16}  # all others have 8
_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTensor:
    """`begin` and `end`: its bytes in the file."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a safetensors file says it holds; `metadata` is its writer's own words."""

    path: Path
    tensors: Mapping[str, StoredTensor]
    metadata: Mapping[str, str]


def refuse_pickle(path: Path) -> None:
    """Raises PickledCheckpoint by the file's name: opening it would be running it."""
    if path.suffix.lower() in PICKLES:
        raise PickledCheckpoint(
            f"{path} is a pickle, which can run any program when it is opened: only .safetensors weights are"
            " read. Delete it, and put the same weights as safetensors in its place"
        )


def read_header(path: Path) -> Header:
    """Raises PickledCheckpoint, MissingModel (cannot be read), BadCheckpoint (cut short, not safetensors)."""
    refuse_pickle(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            told = file.read(length) if length <= min(size, _LONGEST_HEADER) else b""
    except OSError as error:
        raise MissingModel(f"{path} cannot be read: {error.strerror}") from error
    try:
        content: dict[str, Any] = json.loads(told)
        metadata = content.pop("__metadata__", {})
        tensors = {name: _stored(entry, 8 + length) for name, entry in content.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadCheckpoint(f"{path} is not a whole safetensors file: fetch it again") from error
    end = max((tensor.end for tensor in tensors.values()), default=8 + length)
    if size != end:
        raise BadCheckpoint(f"{path} has {size} bytes and should have {end}: fetch it again")
    return Header(path=path, tensors=tensors, metadata=metadata)


def _stored(entry: Any, offset: int) -> StoredTensor:
    begin, end = (offset + int(at) for at in entry["data_offsets"])
    shape, dtype = tuple(map(int, entry["shape"])), str(entry["dtype"])
    bits = _BITS.get(dtype, 8)
    if begin < offset or end - begin != math.prod(shape) * bits // 8:
        raise ValueError
    return StoredTensor(dtype=dtype, shape=shape, begin=begin, end=end)


def is_zero(header: Header, name: str) -> bool:
    """Whether a tensor of the file is zero throughout."""
    tensor = header.tensors[name]
    with header.path.open("rb") as file:
        file.seek(tensor.begin)
        left = tensor.end - tensor.begin
        while left > 0:
            block = file.read(min(left, _BLOCK))
            if not block or block.count(0) != len(block):
                return False
            left -= len(block)
    return True


def sha256_of(path: Path, *, known: Path | None = None) -> str:
    """The file's sha256, from the engine's notes where it is as it was then (by size and time of change)."""
    notes_path = known or EnginePaths.default().cache / "weights.json"
    stat = path.stat()
    key, now = str(path.resolve()), (stat.st_size, stat.st_mtime_ns)
    notes = _read_notes(notes_path)
    if (note := notes.get(key)) is not None and note[:2] == now:
        return note[2]
    digest = fresh_sha256_of(path)
    _write_notes(notes_path, _read_notes(notes_path) | {key: (*now, digest)})
    return digest


def fresh_sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_Notes = dict[str, tuple[int, int, str]]


def _read_notes(path: Path) -> _Notes:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Notes)
    except (OSError, msgspec.MsgspecError):
        return {}


def _write_notes(path: Path, notes: _Notes) -> None:
    """What cannot be noted is measured again next time."""
    with contextlib.suppress(OSError):
        write_whole(path, msgspec.json.encode(notes))
