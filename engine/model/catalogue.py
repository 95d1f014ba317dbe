"""Models that can be fetched: what they are, where they come from, whether they are here and whole.

No torch here, and the hub's library only where something is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from engine.errors import BadCheckpoint, BadMedia, MissingModel
from engine.face.models import find_models, install_models
from engine.face.models import models_folder as face_folder
from engine.model.checkpoint import open_checkpoint
from engine.model.hub import Source, fetch
from engine.model.installed import PACKAGED, checkpoint_folder, is_hub_name
from engine.model.ltx2.checkpoint import NEEDED, Ltx2Checkpoint
from engine.model.opening import open_any
from engine.model.pulled import NOTE, read_note, write_note
from engine.model.weights import SUFFIX, fresh_sha256_of, read_header
from engine.model.weights_folder import TRANSFORMER
from engine.paths import models_folder

State = Literal["installed", "absent", "partial", "damaged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    name: str
    what: str
    licence: str
    gigabytes: float
    sources: tuple[Source, ...] = ()

    @property
    def folder(self) -> Path:
        return face_folder() if self.name == "face" else checkpoint_folder(self.name)


_LTX_LICENCE = "LTX-Video Open Weights License: read it on the hub"
_LTX_PARTS = ("transformer", "vae", "text_encoder", "tokenizer")
# Of 5 January 2026; 2.5 is under one of 11 August 2026, which also lets nobody take out watermarks.
_LTX2_LICENCE = "LTX-2 Community License: free below 10 M USD of revenue; read it on the hub"
_LTX2_5_LICENCE = "LTX-2.x Community License: free below 10 M USD of revenue; read it on the hub"
# Of a part that a repository has not nothing is fetched.
_LTX2_PARTS = (*NEEDED, "scheduler", "latent_upsampler", "connectors", "text_encoder", "tokenizer")
# What LTX-2.3 needs for two passes its authors publish as one file alone. This is that of version 1.1, as
# diffusers saves it, by somebody else.
_LTX2_3_UPSCALER = Source(
    repository="rootonchair/LTX-2.3-spatial-upscaler-x2-v1.1-Diffusers",
    folders=("latent_upsampler",),
    optional=True,
)
_UPSCALER = Source(repository="Lightricks/ltxv-spatial-upscaler-0.9.7", folders=("latent_upsampler",))


def _ltx2(
    name: str, what: str, gigabytes: float, repository: str, *more: Source, licence: str = _LTX2_LICENCE
) -> Entry:
    return Entry(
        name=f"ltx2.{name}",
        what=f"LTX-2.{name.partition('-')[0]}, {what}: lip-sync with public weights",
        licence=licence,
        gigabytes=gigabytes,
        sources=(Source(repository=repository, folders=_LTX2_PARTS), *more),
    )


CATALOGUE = (
    Entry(name="face", what="face mesh", licence="Apache-2.0", gigabytes=0.0015),
    Entry(
        name="demo",
        what="small model of the package, nothing to fetch: lip-sync on drawn faces, on a CPU",
        licence="Apache-2.0",
        gigabytes=0.04,
    ),
    Entry(
        name="edityourself-13b",
        what="LTX-Video 0.9.7 13B: removals and re-renders; lip-sync needs audio weights too",
        licence=_LTX_LICENCE,
        gigabytes=48,
        sources=(Source(repository="Lightricks/LTX-Video-0.9.7-dev", folders=_LTX_PARTS), _UPSCALER),
    ),
    Entry(
        name="edityourself-13b-distilled",
        what="the same in few steps",
        licence=_LTX_LICENCE,
        gigabytes=48,
        sources=(Source(repository="Lightricks/LTX-Video-0.9.7-distilled", folders=_LTX_PARTS), _UPSCALER),
    ),
    # 49 GB of 2.0 and 2.3 are Gemma in float32; 2.5 has it in half of that.
    _ltx2("3-distilled", "in few steps", 96, "diffusers/LTX-2.3-Distilled-Diffusers", _LTX2_3_UPSCALER),
    _ltx2("3-dev", "with guidance, slower", 96, "diffusers/LTX-2.3-Diffusers", _LTX2_3_UPSCALER),
    _ltx2("0", "with guidance, slower", 93, "Lightricks/LTX-2"),
    _ltx2("5", "in few steps", 71, "Lightricks/LTX-2.5-Diffusers", licence=_LTX2_5_LICENCE),
    Entry(
        name="whisper-small",
        what="speech features for trained audio weights",
        licence="Apache-2.0",
        gigabytes=1,
        sources=(Source(repository="openai/whisper-small"),),
    ),
)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One model, known or put here by hand."""

    name: str
    what: str
    licence: str
    gigabytes: float
    state: State
    folder: str
    found: str


def listed() -> tuple[Listed, ...]:
    """The catalogue, and other checkpoints among the installed models."""
    known = tuple(_listed(entry) for entry in CATALOGUE)
    folders = sorted(models_folder().iterdir()) if models_folder().is_dir() else []
    names = {entry.name for entry in CATALOGUE}
    own = (
        Entry(name=folder.name, what="put here by hand", licence="", gigabytes=_gigabytes(folder))
        for folder in folders
        if folder.is_dir() and folder.name not in names and not folder.name.startswith(".")
    )
    return known + tuple(_listed(entry) for entry in own)


def looked_at(name: str) -> Listed:
    """One of the catalogue, or another by the name that a hub has for it, or its folder."""
    known = next((entry for entry in CATALOGUE if entry.name == name), None)
    return _listed(known or Entry(name=name, what="not of the catalogue", licence="", gigabytes=0))


def entry_of(name: str) -> Entry:
    """Of the catalogue, or any LTX-Video or LTX-2 that a hub has as OWNER/NAME, or OWNER/NAME@REVISION.

    Raises MissingModel, which names those that there are.
    """
    repository, _, revision = name.partition("@")
    if is_hub_name(repository):
        parts = Source(
            repository=repository, folders=_LTX2_PARTS, revision=revision
        )  # LTX-Video's among them
        return Entry(
            name=repository, what="of the hub", licence="read it on the hub", gigabytes=0, sources=(parts,)
        )
    for entry in CATALOGUE:
        if entry.name == name:
            return entry
    names = ", ".join(f'"{entry.name}"' for entry in CATALOGUE)
    raise MissingModel(
        f'there is no model called "{name}" to fetch: there are {names}, and OWNER/NAME of the hub'
    )


def pull(name: str) -> Path:
    """Fetch what is not here yet; what was begun is gone on with. The folder. Of what the package holds
    nothing is fetched.

    Raises MissingModel (no such model, no way to it: with where to put its files by hand), DiskFull,
    BadCheckpoint (what the hub has is damaged).
    """
    entry = entry_of(name)
    if name == "face":
        return install_models().mesh.parent
    if name in PACKAGED:
        return open_checkpoint(name).folder
    # It told of files that are about to be others.
    (entry.folder / NOTE).unlink(missing_ok=True)
    write_note(entry.folder, fetch(entry.sources, entry.folder))
    if TRANSFORMER in entry.sources[0].folders:
        _refuse_half_a_model(entry)
    return entry.folder


def _refuse_half_a_model(entry: Entry) -> None:
    """Raises BadCheckpoint where the hub has not all that a render needs: to pull again is no help."""
    try:
        open_any(entry.folder)
    except MissingModel as error:
        lack, _, _ = str(error).rpartition(": ")
        raise BadCheckpoint(
            f"all that the hub has of {entry.name} is here, and is not enough: {lack}"
        ) from error


def verify(name: str) -> str:
    """What was found to be right. Raises BadCheckpoint (what is wrong), MissingModel (what is missing)."""
    if name == "face":
        if find_models() is None:
            raise MissingModel("the face mesh is not here, or is damaged: pickup models pull face")
        return "2 files, each with the sha256 that it must have"
    folder = checkpoint_folder(name)
    files = _opened(folder)
    note = read_note(folder)
    for path, wanted in note.sha256.items():
        if not (folder / path).is_file():
            raise MissingModel(f"{folder / path} is missing: pickup models pull {name}")
        if fresh_sha256_of(folder / path) != wanted:
            raise BadCheckpoint(
                f"{folder / path} is damaged (its sha256 differs): delete it and pull {name} again"
            )
    if note.sha256:
        return f"{len(note.sha256)} files of weights, each with the sha256 that the hub gives"
    return f"{files} files of weights, whole by their headers; there is no sha256 to compare them with"


def _opened(folder: Path) -> int:
    """How many files of weights; each is opened as far as its header."""
    if (folder / "vae").is_dir() or not (folder / "config.json").is_file():
        return sum(path.suffix == SUFFIX for path in open_any(folder).files)
    return len([read_header(path) for path in folder.glob(f"*{SUFFIX}")])


def _listed(entry: Entry) -> Listed:
    state, found = _state(entry)
    return Listed(
        name=entry.name,
        what=entry.what,
        licence=entry.licence,
        gigabytes=entry.gigabytes,
        state=state,
        folder=str(entry.folder),
        found=found,
    )


def _state(entry: Entry) -> tuple[State, str]:
    if not entry.folder.is_dir():
        return "absent", ""
    if entry.name == "face":
        return ("installed", "") if find_models() else ("damaged", "not the known files")
    try:
        return "installed", _found(entry)
    except MissingModel as error:
        return "partial", str(error)
    except BadMedia as error:
        return "damaged", str(error)


def _found(entry: Entry) -> str:
    """What its folder holds. Raises MissingModel, BadCheckpoint."""
    if entry.name == "whisper-small":
        read_header(entry.folder / "model.safetensors")
        return ""
    checkpoint = open_any(entry.folder)
    if isinstance(checkpoint, Ltx2Checkpoint):
        kind = "distilled" if checkpoint.distilled else "for guidance"
        passes = "one pass" if checkpoint.upsampler is None else "two passes"
        return f"LTX-{checkpoint.version}, {kind}, {passes}"
    return "audio trained" if checkpoint.audio_trained else "no audio weights"


def _gigabytes(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9, 3)
