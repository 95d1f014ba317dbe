"""Where a checkpoint lies: by its name, its renderer's, a hub's, or a path. No torch here."""

from __future__ import annotations

import re
from pathlib import Path

from engine.errors import MissingModel
from engine.model.weights import refuse_pickle
from engine.paths import models_folder

OF_RENDERER = {  # what a renderer takes unasked
    "edityourself": "edityourself-13b",
    "demo": "demo",
    "ltx2": "ltx2.3-distilled",
}
PACKAGED = {"demo": Path(__file__).parent / "demo"}  # checkpoints that come with Pickup


def checkpoint_folder(name: str) -> Path:
    """Of a checkpoint's name, a renderer's name, a hub's OWNER/NAME that was pulled, or a path to one."""
    if name in PACKAGED:
        return PACKAGED[name]
    folder = Path(name).expanduser()
    if folder.is_absolute() or folder.exists():
        return folder
    if is_hub_name(name):
        return models_folder() / name.replace("/", "--")
    return folder if len(folder.parts) > 1 else models_folder() / OF_RENDERER.get(name, name)


def is_hub_name(name: str) -> bool:
    """Whether it is written as a hub's repository is."""
    return re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name) is not None


def existing_folder(name: str) -> Path:
    """As `checkpoint_folder`. Raises MissingModel (it is not here, or a file), PickledCheckpoint."""
    folder = checkpoint_folder(name)
    if folder.is_file():
        refuse_pickle(folder)
        raise MissingModel(f"{folder} is a file: name the folder that holds it and vae/")
    if folder.is_dir():
        return folder
    if folder in PACKAGED.values():
        raise MissingModel(f"{folder} is not there, and should be: it is a part of Pickup. Install it again")
    raise MissingModel(
        f"the checkpoint {name} is not on this machine: `pickup models pull"
        f" {name if is_hub_name(name) else folder.name}`, or put its files into {folder}"
    )


def how_to_complete(folder: Path) -> str:
    """What to do about a folder that is not whole."""
    if (pulled := _pulled_as(folder)) is not None:
        return f"`pickup models pull {pulled}` goes on where it stopped"
    return "copy it there whole"


def how_to_repair(folder: Path) -> str:
    """What to do beside fetching it again, about a file of the folder that is damaged."""
    if (pulled := _pulled_as(folder)) is not None:
        return f" (delete it, then `pickup models pull {pulled}`)"
    return ""


def _pulled_as(folder: Path) -> str | None:
    return folder.name.replace("--", "/", 1) if folder.parent == models_folder() else None
