"""Weights fetched from a hub, of one commit.

The hub's library is an extra, and is imported only when something is fetched. A connection that breaks it
takes up again in the middle of a file, five times; a later pull goes on behind the last whole file.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine import disk
from engine.errors import BadCheckpoint, DiskFull, MissingModel
from engine.model.pulled import Pulled
from engine.model.weights_folder import (
    GB,
    MODELS,
    TRANSFORMER,
    index_of,
    kind_of,
    refuse_another_model,
)

_PATIENCE = 10.0  # seconds for the hub to answer
# Configs, and tokenizers: T5's, Gemma's. No pickles, and no programs.
_READ_FIRST = ("*.json", "spiece.model", "tokenizer.model")
_WEIGHTS = "*.safetensors"
_BEGUN = Path(".cache", "huggingface", "download")  # where the hub's library has files that are not whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A hub's repository, and the folders of it that are wanted; its own files where none is named.

    `revision`: a commit, branch or tag of it, its main branch where empty. `optional`: that there is no such
    repository any more is no error.
    """

    repository: str
    folders: tuple[str, ...] = ()
    revision: str = ""
    optional: bool = False

    @property
    def read_first(self) -> list[str]:
        """Patterns of small files, which say what the large ones are."""
        if not self.folders:
            return ["config.json", "preprocessor_config.json"]
        return [f"{folder}/{pattern}" for folder in self.folders for pattern in _READ_FIRST]

    def weights(self, folder: Path) -> list[str]:
        """Patterns of weights, once what is read first is in the folder: a part may be there twice, in one
        file and in several, and its index says which are meant. Raises BadCheckpoint.
        """
        if not self.folders:
            return ["model.safetensors"]
        found: list[str] = []
        for part in self.folders:
            index = index_of(folder / part)
            found += [f"{part}/{_WEIGHTS}"] if index is None else [f"{part}/{at.name}" for at in index.files]
        return found

    @property
    def contents(self) -> str:
        return ", ".join([f"{folder}/" for folder in self.folders] or [*self.read_first, "model.safetensors"])


def fetch(sources: tuple[Source, ...], folder: Path) -> Pulled:
    """What is not in the folder yet.

    Raises MissingModel (no way to it), DiskFull, BadCheckpoint (damaged, or a model that no renderer takes).
    """
    if find_spec("huggingface_hub") is None:
        raise MissingModel("fetching models needs huggingface_hub: pip install 'pickup-editor[diffusion]'")
    try:
        notes = [note for source in sources for note in _fetched(source, folder)]
    except (DiskFull, BadCheckpoint):
        raise
    except Exception as error:  # the hub's, its HTTP library's, the disk's: all of them end here
        raise _not_fetched(sources, folder, error) from error
    return Pulled(
        revisions={name: at for note in notes for name, at in note.revisions.items()},
        sha256={name: at for note in notes for name, at in note.sha256.items()},
        licence=next((note.licence for note in notes if note.licence), ""),
    )


def _fetched(source: Source, folder: Path) -> tuple[Pulled, ...]:
    """Nothing of an optional one that is gone."""
    from huggingface_hub.errors import RepositoryNotFoundError  # noqa: PLC0415  an extra

    try:
        return (_fetch(source, folder),)
    except RepositoryNotFoundError:
        if not source.optional:
            raise
        return ()


def _fetch(source: Source, folder: Path) -> Pulled:
    from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415  an extra

    # Asked first: a download to a folder that holds something calls itself done without the network.
    told = HfApi().model_info(
        source.repository, revision=source.revision or None, files_metadata=True, timeout=_PATIENCE
    )

    def get(patterns: list[str]) -> None:
        _refuse_without_room(told, patterns, folder)
        snapshot_download(
            source.repository,
            revision=told.sha,
            local_dir=folder,
            allow_patterns=patterns,
            etag_timeout=_PATIENCE,
        )

    get(source.read_first)
    if TRANSFORMER in source.folders:
        _refuse_no_model(source, folder)
    get(source.weights(folder))
    for orphan in (folder / _BEGUN).rglob("*.incomplete"):  # of a pull that was killed: nothing takes it up
        orphan.unlink(missing_ok=True)
    return Pulled(
        revisions={source.repository: str(told.sha)},
        sha256=dict(_sha256_told(told, folder)),
        licence=_licence(told),
    )


def _refuse_no_model(source: Source, folder: Path) -> None:
    """Raises BadCheckpoint for what no renderer takes, before the large files are fetched."""
    if not kind_of(folder):
        raise BadCheckpoint(
            f"{source.repository} has no {TRANSFORMER}/ as diffusers saves it, which is how models are read."
            " Name a repository that has: those of LTX-2 often end in -Diffusers"
        )
    refuse_another_model(folder, "LTX-Video or LTX-2", MODELS)


def _refuse_without_room(told: Any, patterns: list[str], folder: Path) -> None:
    """Raises DiskFull, before anything of it is fetched."""
    left = sum(
        file.size or 0
        for file in told.siblings or ()
        if any(fnmatch(file.rfilename, pattern) for pattern in patterns)
        and not (folder / file.rfilename).is_file()
    )
    free = disk.free(folder)
    if left > free:
        raise DiskFull(
            f"{left / GB:.1f} GB are to be fetched into {folder}, and {free / GB:.1f} GB are free there: make"
            " room, or set PICKUP_HOME to a folder on another disk"
        )


def _licence(told: Any) -> str:
    """As the model's card names it: "other" stands for a name that is given beside it."""
    card = told.card_data
    if card is None:
        return ""
    return str(card.get("license_name") or card.get("license") or "")


def _sha256_told(told: Any, folder: Path) -> Mapping[str, str]:
    """Of the files that were fetched and that the hub knows the sha256 of."""
    return {
        file.rfilename: file.lfs.sha256
        for file in told.siblings or ()
        if file.lfs is not None and (folder / file.rfilename).is_file()
    }


def _not_fetched(sources: tuple[Source, ...], folder: Path, error: Exception) -> DiskFull | MissingModel:
    from huggingface_hub.errors import GatedRepoError  # noqa: PLC0415  an extra

    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return DiskFull(f"no room for {folder.name} in {folder}: make room, or set PICKUP_HOME")
    if isinstance(error, GatedRepoError):
        names = ", ".join(source.repository for source in sources)
        return MissingModel(
            f"{folder.name} is given to those who agree to its licence: do so at its page of the hub"
            f" ({names}), `hf auth login`, and run it again"
        )
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    parts = "; ".join(f"{source.contents} of {source.repository}" for source in sources)
    return MissingModel(
        f"{folder.name} was not fetched ({reason}). Connect to the hub and run it again: it goes on where it"
        f" stopped. Or put by hand into {folder}: {parts}"
    )
