"""A diffusion render with all that it showed, as it was before ProRes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.face.models import FaceModels
from engine.media.picture import Picture
from engine.model.autoencoder import VideoAutoencoder
from engine.protocol import Progress, Render, Take
from engine.render.finish import Finish
from engine.render.renderer import find_renderer
from engine.render.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Watched:
    """`finish` and `latents` are the renderer's own; `told` is its progress."""

    take: Take | None = None
    pictures: list[Picture] = field(default_factory=list)
    finish: Finish | None = None
    latents: Tensor | None = None
    told: list[Progress] = field(default_factory=list)

    def mask(self, frame: int) -> NDArray[np.bool_] | None:
        """Where a frame of the take may differ from the source by its region."""
        assert self.finish is not None
        return self.finish.regions.at(frame)


def watched(job: Render, folder: Path, faces: FaceModels | None = None) -> Watched:
    """Render the job, and note what went by."""
    seen = Watched()
    pictures = Finish.pictures

    def noted(self: Finish, latents: Tensor, autoencoder: VideoAutoencoder) -> Iterator[Picture]:
        seen.finish, seen.latents = self, latents
        for picture in pictures(self, latents, autoencoder):
            seen.pictures.append(picture)
            yield picture

    with patch.object(Finish, "pictures", noted):
        workspace = Workspace(folder=folder, face_models=faces)
        seen.take = find_renderer(job.renderer).render(job, workspace, seen.told.append)
    return seen
