"""A folder of weights: its parts whole, no pickles among them, known by one sha256. No torch here."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any

import msgspec

from engine.errors import BadCheckpoint, MissingModel
from engine.model.installed import how_to_complete, how_to_repair
from engine.model.weights import SUFFIX, read_header, refuse_pickle, sha256_of

GB = 10**9  # as hubs count
TRANSFORMER, TEXT_ENCODER = "transformer", "text_encoder"

_LONGEST_NAME = 255  # of a file, in most file systems
_NAMED = 3  # of what is wrong; a wrong folder may have hundreds


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
    """The files of a part's weights, whole as far as their headers tell: those that its library reads.

    Raises MissingModel (which files, how much there is to fetch), BadCheckpoint (cut short, no index),
    PickledCheckpoint.
    """
    named = index_of(part)
    if named is None:
        own = part / _own(part)
        found = (own,) if own.is_file() else tuple(sorted(part.glob(f"*{SUFFIX}")))
        if not found:
            raise MissingModel(f"{part} has no {SUFFIX} weights: {how_to_complete(part.parent)}")
    else:
        found = named.files
    if missing := [path.name for path in found if not path.is_file()]:
        left = "" if named is None else f" ({named.left()})"
        raise MissingModel(f"{part} lacks {in_short(missing)}{left}: {how_to_complete(part.parent)}")
    for path in found:
        try:
            read_header(path)
        except BadCheckpoint as error:
            raise BadCheckpoint(f"{error}{how_to_repair(part.parent)}") from error
    return found


def _own(part: Path) -> str:
    """The name that a part's weights have where they are one file: text encoders are transformers' models."""
    return f"{'model' if part.name == TEXT_ENCODER else 'diffusion_pytorch_model'}{SUFFIX}"


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


class _Metadata(msgspec.Struct, frozen=True):
    total_size: float = 0


class _Told(msgspec.Struct, frozen=True):
    weight_map: dict[str, str]
    metadata: _Metadata = _Metadata()


def index_of(part: Path) -> Index | None:
    """None where the part is one file, or not there. Raises BadCheckpoint, PickledCheckpoint."""
    path = _index_in(part)
    if path is None:
        return None
    try:
        told = msgspec.convert(read_json(path), _Told)
    except msgspec.ValidationError as error:
        raise BadCheckpoint(f"{path} is not an index of weights: fetch it again") from error
    names = sorted(set(told.weight_map.values()))
    for name in names:
        refuse_pickle(part / name)
        if PureWindowsPath(name).name != name or not name.endswith(SUFFIX) or len(name) > _LONGEST_NAME:
            raise BadCheckpoint(
                f"{path} names {name[:_LONGEST_NAME]!r}, which is no {SUFFIX} file beside it: fetch it again"
            )
    if not names:
        raise BadCheckpoint(f"{path} names no file: fetch it again")
    return Index(files=tuple(part / name for name in names), total=int(told.metadata.total_size))


def _index_in(part: Path) -> Path | None:
    """A hub's folder may hold the same weights several times: the text encoder of Lightricks/LTX-2 does, and
    what has diffusers' name there is of no use. transformers takes one file before several, diffusers not.
    """
    own = part / f"{_own(part)}.index.json"
    alone = (part / _own(part)).is_file()
    if own.is_file() and not (alone and part.name == TEXT_ENCODER):
        return own
    return None if alone else next(iter(sorted(part.glob("*.index.json"))), None)


def in_short(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def refuse_another_part(part: Path, wanted: str) -> None:
    """`wanted`: diffusers' class. Raises MissingModel (it is not here), BadCheckpoint (of another class)."""
    path = part / "config.json"
    if not path.is_file():
        raise MissingModel(
            f"{part.parent} has no {part.name}/ with config.json and weights: {how_to_complete(part.parent)}"
        )
    if (kind := read_json(path).get("_class_name", wanted)) != wanted:
        raise BadCheckpoint(
            f"{part} is of {kind}, and should be of {wanted}. The folder's files do not belong together"
        )


MODELS = {  # diffusers' classes, and what renders with them
    "LTXVideoTransformer3DModel": "LTX-Video, which --renderer edityourself takes",
    "EditYourselfTransformer": "a model of --renderer edityourself or demo",
    "LTX2VideoTransformer3DModel": "LTX-2, which --renderer ltx2 takes",
}


def kind_of(folder: Path) -> str:
    """The class that transformer/config.json says the weights are of; empty where it says none."""
    path = folder / TRANSFORMER / "config.json"
    return str(read_json(path).get("_class_name", "")) if path.is_file() else ""


def refuse_another_model(folder: Path, wanted: str, own: Iterable[str]) -> None:
    """Raises BadCheckpoint, which says whose weights these are, where they are not of the `own` classes."""
    if (kind := kind_of(folder)) not in own:
        told = MODELS.get(kind, kind or "no model")
        raise BadCheckpoint(f"{folder} is not {wanted}: its transformer/ is of {told}. Name another folder")


def read_json(path: Path) -> dict[str, Any]:
    """Raises BadCheckpoint."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (ValueError, RecursionError) as error:
        raise BadCheckpoint(f"{path} is not a description in JSON: fetch it again") from error


def parameters_in(files: Iterable[Path]) -> int:
    """How many numbers the files hold, by their headers."""
    return sum(math.prod(at.shape) for path in files for at in read_header(path).tensors.values())


def combined_sha256(files: Mapping[str, Path]) -> str:
    """Of files by the names that they go by, wherever they lie. Each is measured once (see `weights`)."""
    body = "".join(f"{name}\0{sha256_of(files[name])}\n" for name in sorted(files))
    return hashlib.sha256(body.encode()).hexdigest()
