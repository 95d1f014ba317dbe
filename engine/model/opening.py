"""A checkpoint opened as the renderer that takes it knows it. No torch here."""

from __future__ import annotations

from pathlib import Path

from engine.model.checkpoint import Checkpoint, open_checkpoint
from engine.model.installed import checkpoint_folder
from engine.model.ltx2.checkpoint import Ltx2Checkpoint, open_ltx2
from engine.model.ltx2.config import KIND
from engine.model.weights_folder import MODELS, kind_of, refuse_another_model
from engine.protocol import Render


def checkpoint_of(job: Render) -> Checkpoint | Ltx2Checkpoint:
    """What renders the job: the model that it names, or its renderer's own.

    Raises MissingModel, BadCheckpoint, PickledCheckpoint.
    """
    name = job.diffusion.model or job.renderer
    return open_ltx2(name) if job.renderer == "ltx2" else open_checkpoint(name)


def open_any(name: str | Path) -> Checkpoint | Ltx2Checkpoint:
    """Of whichever model it says that it is. Raises MissingModel, BadCheckpoint, PickledCheckpoint."""
    folder = checkpoint_folder(str(name))
    if kind := kind_of(folder):
        refuse_another_model(folder, "LTX-Video or LTX-2", MODELS)
    return open_ltx2(name) if kind == KIND else open_checkpoint(name)
