"""Where a training stood: one file, whole or not at all, so that weights and optimisers are of the same step.

`step-00000500.safetensors` holds tensors by `<part>/<name>`; its metadata says of which recipe and how far.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.errors import BadCheckpoint, DiskFull, RenderFailed
from engine.model.weights import read_header
from engine.whole_file import written_beside

_NAME = re.compile(r"step-(\d{8,})\.safetensors")
_NO_ROOM = {28, 122}  # ENOSPC, EDQUOT
_NUMBER = re.compile(r"os error (\d+)")  # how safetensors tells them


class Standing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`step`: steps done. So many of them were `skipped` for they gave no numbers, the last `in_a_row`."""

    step: int = 0
    skipped: int = 0
    in_a_row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """`recipe`: in words of its own, to be compared, as is `data`, which names the clips (empty: not known).
    `parts`: tensors by name, by what they are.
    """

    standing: Standing
    recipe: str
    data: str = ""
    parts: Mapping[str, Mapping[str, Tensor]]


def snapshots(folder: Path) -> tuple[Path, ...]:
    """From the oldest to the newest."""
    found = {path: match for path in folder.glob("*") if (match := _NAME.fullmatch(path.name))}
    return tuple(sorted(found, key=lambda path: int(found[path][1])))


def write_snapshot(folder: Path, snapshot: Snapshot, keep: int) -> Path:
    """Beside the earlier ones, of which the newest `keep` stay, this one counted.

    Raises DiskFull, RenderFailed: then the earlier ones are as they were.
    """
    path = folder / f"step-{snapshot.standing.step:08}.safetensors"
    tensors = {
        f"{part}/{name}": value.detach().cpu().contiguous()
        for part, values in snapshot.parts.items()
        for name, value in values.items()
    }
    told = {"standing": msgspec.json.encode(snapshot.standing).decode(), "recipe": snapshot.recipe}
    told["data"] = snapshot.data
    try:
        with written_beside(path) as beside:
            save_file(tensors, beside, metadata=told)
    except (OSError, SafetensorError) as error:
        raise unwritten(path, error) from error
    for old in snapshots(folder)[:-keep]:
        old.unlink(missing_ok=True)
    return path


def read_snapshot(path: Path) -> Snapshot:
    """Raises BadCheckpoint (cut short, or no snapshot), MissingModel."""
    told = read_header(path).metadata
    try:
        standing = msgspec.json.decode(told["standing"], type=Standing)
        recipe = told["recipe"]
    except (KeyError, msgspec.MsgspecError) as error:
        raise BadCheckpoint(f"{path} does not say where a training stood: delete it") from error
    parts: dict[str, dict[str, Tensor]] = {}
    for name, value in load_file(path).items():
        part, _, own = name.partition("/")
        parts.setdefault(part, {})[own] = value
    return Snapshot(standing=standing, recipe=recipe, data=told.get("data", ""), parts=parts)


def unwritten(path: Path, error: Exception) -> RenderFailed:
    """What to raise where weights could not be written: DiskFull, or RenderFailed."""
    earlier = snapshots(path.parent)
    left = f"; {earlier[-1].name} is whole" if earlier else ""
    found = _NUMBER.search(str(error))
    number = error.errno if isinstance(error, OSError) else int(found[1]) if found else None
    if number in _NO_ROOM:
        return DiskFull(f"no room for {path}: make room, and start the training again to go on{left}")
    return RenderFailed(f"cannot write {path}: {error}{left}")
