"""A checkpoint opened as the renderer that takes it knows it. No torch here."""

from __future__ import annotations

from engine.model.checkpoint import Checkpoint, open_checkpoint
from engine.model.ltx2.checkpoint import Ltx2Checkpoint, open_ltx2
from engine.protocol import Render


def checkpoint_of(job: Render) -> Checkpoint | Ltx2Checkpoint:
    """What renders the job: the model that it names, or its renderer's own.

    Raises MissingModel, BadCheckpoint, PickledCheckpoint.
    """
    name = job.diffusion.model or job.renderer
    return open_ltx2(name) if job.renderer == "ltx2" else open_checkpoint(name)
