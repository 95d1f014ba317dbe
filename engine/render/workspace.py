"""Where a renderer works: the folder of its take, and what is on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.face.models import FaceModels, find_models


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """`folder` is the job's own, and the take is written into it. `face_models`: None where not installed.

    `unfinished`: where to keep what a later attempt at the same job may go on from; None for nowhere.
    """

    folder: Path
    face_models: FaceModels | None
    unfinished: Path | None = None

    @classmethod
    def at(cls, folder: Path, unfinished: Path | None = None) -> Workspace:
        return cls(folder=folder, face_models=find_models(), unfinished=unfinished)

    @property
    def take(self) -> Path:
        return self.folder / "take.mov"
