"""A folder of weights: its parts whole, no pickles among them, known by one sha256. No torch here."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import BadCheckpoint, MissingModel
from engine.model.weights import SUFFIX, read_header, refuse_pickle, sha256_of
from engine.paths import models_folder

GB = 10**9  # as hubs count


def every_file(folder: Path, parts: Iterable[str]) -> Iterator[Path]:
    """All files of the folder and of its named parts; what a download tool keeps beside is no concern."""
    yield from (path for path in folder.iterdir() if path.is_file())
    for name in parts:
        yield from (path for path in (folder / name).rglob("*") if path.is_file())


def refuse_pickles(folder: Path, parts: Iterable[str]) -> None:
    """Raises PickledCheckpoint, which names the first."""
    for path in every_file(folder, parts):
        refuse_pickle(path)


def there(path: Path) -> Path | None:
    return path if path.exists() else None


def weights_of(part: Path) -> tuple[Path, ...]:
    """The files of a part's weights, whole as far as their headers tell: those that its index names, or all.

    Raises MissingModel (which files, how much there is to fetch), BadCheckpoint (cut short, no index).
    """
    named = index_of(part)
    if named is None:
        found = tuple(sorted(part.glob(f"*{SUFFIX}")))
        if not found:
            raise MissingModel(f"{part} has no {SUFFIX} weights: {how_to_complete(part.parent)}")
    else:
        found = named.files
        if missing := [path.name for path in found if not path.is_file()]:
            raise MissingModel(
                f"{part} lacks {', '.join(missing)} ({named.left()}): {how_to_complete(part.parent)}"
            )
    for path in found:
        read_header(path)
    return found


class Index(msgspec.Struct, frozen=True):
    """What diffusers writes beside weights in several files: which, and how many bytes of weights in all."""

    files: tuple[Path, ...]
    total: int

    def left(self) -> str:
        """How much is not here yet."""
        here = [path for path in self.files if path.is_file()]
        told = f"{len(self.files) - len(here)} of {len(self.files)} files"
        left = self.total - sum(path.stat().st_size for path in here)
        return f"{told}, {left / GB:.1f} of {self.total / GB:.1f} GB" if left > 0 else told


def index_of(part: Path) -> Index | None:
    """None where the part is one file, or not there. Raises BadCheckpoint."""
    for index in sorted(part.glob("*.index.json")):
        told = read_json(index)
        try:
            names = sorted(set(told["weight_map"].values()))
            total = int(told.get("metadata", {}).get("total_size", 0))
        except (KeyError, AttributeError, TypeError, ValueError) as error:
            raise BadCheckpoint(f"{index} is not an index of weights: fetch it again") from error
        return Index(files=tuple(part / name for name in names), total=total)
    return None


def how_to_complete(folder: Path) -> str:
    """What to do about a folder that is not whole."""
    if folder.parent == models_folder():
        name = folder.name.replace("--", "/", 1)
        return f"`pickup models pull {name}` goes on where it stopped"
    return "copy it there whole"


_MODELS = {  # diffusers' classes, and what renders with them
    "LTXVideoTransformer3DModel": "LTX-Video, which --renderer edityourself takes",
    "EditYourselfTransformer": "a model of --renderer edityourself or demo",
    "LTX2VideoTransformer3DModel": "LTX-2, which --renderer ltx2 takes",
}


def kind_of(folder: Path) -> str:
    """The class that transformer/config.json says the weights are of; empty where it says none."""
    path = folder / "transformer" / "config.json"
    return str(read_json(path).get("_class_name", "")) if path.is_file() else ""


def refuse_another_model(folder: Path, wanted: str, own: Iterable[str]) -> None:
    """Raises BadCheckpoint, which says whose weights these are, where they are not of the `own` classes."""
    if (kind := kind_of(folder)) not in own:
        told = _MODELS.get(kind, kind or "no model")
        raise BadCheckpoint(f"{folder} is not {wanted}: its transformer/ is of {told}. Name another folder")


def read_json(path: Path) -> dict[str, Any]:
    """Raises BadCheckpoint."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise BadCheckpoint(f"{path} is not a description in JSON: fetch it again") from error


def parameters_in(files: Iterable[Path]) -> int:
    """How many numbers the files hold, by their headers."""
    return sum(math.prod(at.shape) for path in files for at in read_header(path).tensors.values())


def combined_sha256(files: Mapping[str, Path]) -> str:
    """Of files by the names that they go by, wherever they lie. Each is measured once (see `weights`)."""
    body = "".join(f"{name}\0{sha256_of(files[name])}\n" for name in sorted(files))
    return hashlib.sha256(body.encode()).hexdigest()
