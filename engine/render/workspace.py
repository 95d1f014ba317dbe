"""Where a renderer works: the folder of its take, and what is on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.face.models import FaceModels, find_models


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """`folder` is the job's own, and the take is written into it. `face_models`: None where not installed."""

    folder: Path
    face_models: FaceModels | None

    @classmethod
    def at(cls, folder: Path) -> Workspace:
        return cls(folder=folder, face_models=find_models())

    @property
    def take(self) -> Path:
        return self.folder / "take.mov"
