"""Files of weights: safetensors and nothing else, whole, and known by their sha256. No torch here."""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.errors import BadCheckpoint, MissingModel, PickledCheckpoint
from engine.paths import EnginePaths
from engine.whole_file import write_whole

PICKLES = frozenset({".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle"})
SUFFIX = ".safetensors"

# ours: ten times the longest that is known, of 8,871 tensors. safetensors' own limit, 100 MB, takes half a
# minute to read.
_LONGEST_HEADER = 16_000_000
_BITS = {
    **dict.fromkeys(("C64", "F64", "I64", "U64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("BF16", "F16", "I16", "U16"), 16),
    **dict.fromkeys(("BOOL", "I8", "U8", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
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
    if _LONGEST_HEADER < length <= size:
        raise BadCheckpoint(
            f"{path} begins with {length} bytes of names, and no known weights need more than"
            f" {_LONGEST_HEADER}: fetch it again"
        )
    try:
        content = msgspec.json.decode(told, type=dict[str, msgspec.Raw])
        metadata = msgspec.json.decode(content.pop("__metadata__", b"{}"), type=dict[str, str])
        tensors = {name: _stored(entry, 8 + length) for name, entry in content.items()}
        end = _end(tensors.values(), 8 + length)
    except (ValueError, RecursionError) as error:
        raise BadCheckpoint(f"{path} is not a whole safetensors file: fetch it again") from error
    if size != end:
        raise BadCheckpoint(f"{path} has {size} bytes and should have {end}: fetch it again")
    return Header(path=path, tensors=tensors, metadata=metadata)


class _Entry(msgspec.Struct, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def _stored(entry: msgspec.Raw, offset: int) -> StoredTensor:
    told = msgspec.json.decode(entry, type=_Entry)
    begin, end = (offset + at for at in told.data_offsets)
    if end - begin != math.prod(told.shape) * _BITS.get(told.dtype, 0) // 8 or min(told.shape, default=0) < 0:
        raise ValueError(told.dtype)
    return StoredTensor(dtype=told.dtype, shape=told.shape, begin=begin, end=end)


def _end(tensors: Iterable[StoredTensor], begin: int) -> int:
    """Where the last one ends. Raises ValueError where they do not follow one another: none is hidden."""
    for tensor in sorted(tensors, key=lambda at: (at.begin, at.end)):
        if tensor.begin != begin:
            raise ValueError(tensor)
        begin = tensor.end
    return begin


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
    except (OSError, ValueError):
        return {}


def _write_notes(path: Path, notes: _Notes) -> None:
    """What cannot be noted is measured again next time."""
    with contextlib.suppress(OSError):
        write_whole(path, msgspec.json.encode(notes))
