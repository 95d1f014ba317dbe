"""Models that can be fetched: what they are, where they come from, whether they are here and whole.

No torch here, and the hub's library only where something is fetched.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from engine.errors import BadCheckpoint, BadMedia, DiskFull, MissingModel
from engine.face.models import find_models, install_models
from engine.face.models import models_folder as face_folder
from engine.model.checkpoint import PACKAGED, checkpoint_folder, is_hub_name, open_checkpoint
from engine.model.pulled import Pulled, read_note, write_note
from engine.model.weights import SUFFIX, fresh_sha256_of, read_header
from engine.paths import models_folder

State = Literal["installed", "absent", "damaged"]

_PATIENCE = 10.0  # seconds for the hub to answer
_ENOUGH = ("*.safetensors", "*.json", "spiece.model")  # weights, configs, T5's tokenizer; no pickles


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A hub's repository, and the folders of it that are wanted; its own files where none is named."""

    repository: str
    folders: tuple[str, ...] = ()

    @property
    def patterns(self) -> list[str]:
        if not self.folders:
            return ["config.json", "model.safetensors", "preprocessor_config.json"]
        return [f"{folder}/{pattern}" for folder in self.folders for pattern in _ENOUGH]

    @property
    def contents(self) -> str:
        return ", ".join([f"{folder}/" for folder in self.folders] or self.patterns)


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
_UPSCALER = Source(repository="Lightricks/ltxv-spatial-upscaler-0.9.7", folders=("latent_upsampler",))

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


def entry_of(name: str) -> Entry:
    """Of the catalogue, or any LTX-Video that a hub has as OWNER/NAME.

    Raises MissingModel, which names those that there are.
    """
    if is_hub_name(name):
        parts = Source(repository=name, folders=(*_LTX_PARTS, "latent_upsampler"))
        return Entry(
            name=name, what="of the hub", licence="read it on the hub", gigabytes=0, sources=(parts,)
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

    Raises MissingModel (no such model, no way to it: with where to put its files by hand), DiskFull.
    """
    entry = entry_of(name)
    if name == "face":
        return install_models().mesh.parent
    if name in PACKAGED:
        return open_checkpoint(name).folder
    try:
        from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415  an extra
    except ImportError as error:
        raise MissingModel(
            "fetching models needs huggingface_hub: pip install 'pickup-editor[diffusion]'"
        ) from error
    note = Pulled(revisions={}, sha256={})
    try:
        for source in entry.sources:
            # Asked first: a download to a folder that holds something calls itself done without the network.
            told = HfApi().model_info(source.repository, files_metadata=True, timeout=_PATIENCE)
            snapshot_download(
                source.repository,
                revision=told.sha,
                local_dir=entry.folder,
                allow_patterns=source.patterns,
                etag_timeout=_PATIENCE,
            )
            note.revisions[source.repository] = str(told.sha)
            note.sha256.update(_sha256_told(told, entry.folder))
    except Exception as error:  # the hub's, its HTTP library's, the disk's: all of them end here
        raise _not_fetched(entry, error) from error
    write_note(entry.folder, note)
    return entry.folder


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
        return sum(path.suffix == SUFFIX for path in open_checkpoint(folder).files)
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
        if entry.name == "whisper-small":
            read_header(entry.folder / "model.safetensors")
            return "installed", ""
        checkpoint = open_checkpoint(entry.folder)
    except BadMedia as error:
        return "damaged", str(error)
    return "installed", "audio trained" if checkpoint.audio_trained else "no audio weights"


def _sha256_told(told: Any, folder: Path) -> Mapping[str, str]:
    """Of the files that were fetched and that the hub knows the sha256 of."""
    return {
        file.rfilename: file.lfs.sha256
        for file in told.siblings or ()
        if file.lfs is not None and (folder / file.rfilename).is_file()
    }


def _not_fetched(entry: Entry, error: Exception) -> DiskFull | MissingModel:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return DiskFull(f"no room for {entry.name} in {entry.folder}: make room, or set PICKUP_HOME")
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    parts = "; ".join(f"{source.contents} of {source.repository}" for source in entry.sources)
    return MissingModel(
        f"{entry.name} was not fetched ({reason}). Connect to the hub and run it again, or put by hand into"
        f" {entry.folder}: {parts}"
    )


def _gigabytes(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9, 3)
