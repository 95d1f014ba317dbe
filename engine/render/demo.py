"""The renderer of the small model that comes with Pickup: mouths of drawn faces, made anew on a CPU.

What is otherwise than with the paper's model:

what it sees     a square of the face, resized to 96 pixels, framed as the clips that it was trained on
what it makes    the mouth alone, in re-renders and in new words; cuts and other paces are the draft's
what is shown    of the box that it makes, an oval: at its size a collar or a backdrop is but roughly itself;
                 tokens are patches beside each other, so that their seams are levelled
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from engine.errors import BadMedia
from engine.face.mesh import EYE_OUTER_LEFT, EYE_OUTER_RIGHT
from engine.media.container import open_media, picture_stream
from engine.media.crop import Crop
from engine.model.checkpoint import Checkpoint
from engine.protocol import Box, Diffusion, FaceRegion, Render
from engine.render.course import Course
from engine.render.diffusion import LipSync
from engine.render.edityourself import EditYourselfRenderer
from engine.render.regions import Regions, within_face
from engine.render.stage import Stage
from engine.render.storyboard import Storyboard, mouths_of
from engine.render.work import Work, refuse_faceless, renders_mouths
from engine.render.workspace import Workspace
from engine.training.synthetic import ClipTruth

HEAD = 128  # pixels along the edge of the clips that the model was trained on
SIDE = 96  # and of the part of them that it saw: the face from the brows down

# Where the head lies in the clips of `engine.training.clips`: the face mesh's outer corners of the eyes in 20
# of them, ClipPlan(seed=1) drawn at 256 pixels, one of each recording. The clip is 2.83 times as wide as the
# eyes are apart (deviation .04), and its middle lies .081 of its width below the eyes' (.007). The part that
# is trained on is three quarters of it, at its bottom: its middle lies an eighth of the clip lower.
_EYES_ACROSS = 2.83 * SIDE / HEAD
_BELOW_EYES = (0.081 + 1 / 8) * HEAD / SIDE

STEPS = 10  # ours: a trial of such a model found no difference from 4 to 40

_REAL_FOOTAGE = (
    "rendered by the small demo model, which was trained on drawn faces only: on real footage the mouth will"
    " look wrong; use --renderer edityourself there"
)


class DemoRenderer(EditYourselfRenderer):
    """See `EditYourselfRenderer`, and above."""

    steps = STEPS

    def refuse(self, job: Render, checkpoint: Checkpoint, workspace: Workspace) -> None:
        _refuse_settings(job.diffusion)
        super().refuse(job, checkpoint, workspace)
        if not renders_mouths(job):
            return
        if not isinstance(job.region, FaceRegion):
            raise BadMedia(
                "the demo model makes mouths anew and nothing else: use --region lips, or --renderer"
                " edityourself for boxes and mattes"
            )
        refuse_faceless(job.region, workspace)

    def storyboard(self, job: Render, course: Course) -> Storyboard:
        del course  # its cuts are the draft's
        return mouths_of(job.plan)

    def looks_for_faces(self, job: Render, checkpoint: Checkpoint) -> bool:
        del checkpoint
        return renders_mouths(job)

    def stage(self, work: Work, cell: int) -> Stage:
        return Stage.scaled(head_crop(work), work.matrix, cell, SIDE)

    def shown(self, work: Work) -> Regions:
        return within_face(work.regions, work.landmarks)

    def lip_sync(self, work: Work, *, heard: bool) -> LipSync:
        if renders_mouths(work.job) and work.regions.extent is None:
            return "none"  # no face was found
        return super().lip_sync(work, heard=heard)

    def warnings(self, work: Work, lip_sync: LipSync) -> tuple[str, ...]:
        drawn = work.regions.extent is None or is_drawn(Path(work.job.footage.media))
        return (*super().warnings(work, lip_sync), *(() if drawn else (_REAL_FOOTAGE,)))


def head_crop(work: Work) -> Crop:
    """The same square in all frames: the head as in training, and all of what is made anew within."""
    rows, columns = work.film.size
    found = [points for points in work.landmarks if points is not None]
    extent = work.regions.extent
    if not found or extent is None:  # nothing is made anew
        return Crop.square((columns / 2, rows / 2), min(rows, columns))
    right, left = (np.stack([points[at] for points in found]) for at in (EYE_OUTER_RIGHT, EYE_OUTER_LEFT))
    side = _EYES_ACROSS * float(np.median(np.linalg.norm(left - right, axis=1)))
    side = max(side, extent.width, extent.height)
    x, y = np.median((left + right) / 2, axis=0)
    return Crop.square(_around(extent, (float(x), float(y) + _BELOW_EYES * side), side), side)


def _around(extent: Box, centre: tuple[float, float], side: float) -> tuple[float, float]:
    """The centre, moved no further than it must for a square of this side to hold the extent."""
    x, y = centre
    return (
        min(max(x, extent.x + extent.width - side / 2), extent.x + side / 2),
        min(max(y, extent.y + extent.height - side / 2), extent.y + side / 2),
    )


def is_drawn(media: Path) -> bool:
    """Whether it is a clip that Pickup drew: its truth lies beside it, and tells of this very picture."""
    try:
        truth = msgspec.json.decode(media.with_suffix(".json").read_bytes(), type=ClipTruth)
    except (OSError, msgspec.MsgspecError):
        return False
    with open_media(media) as container:
        stream = picture_stream(container, media)
        told = (truth.width, truth.height, truth.frames, truth.rate.exact)
        return told == (stream.width, stream.height, stream.frames, stream.average_rate)


def _refuse_settings(settings: Diffusion) -> None:
    """What would change nothing, or ask for what the model never learned."""
    refused = {
        "prompt": (settings.prompt, "it was trained with one caption, which it brings"),
        "guidance": (
            settings.guidance != 1,
            "it was trained with one caption: there is no other to lead from",
        ),
        "grid": (settings.grid != "frame", "it makes no whole frames to put in"),
        "crop": (not settings.crop, "it knows heads alone"),
    }
    for name, (asked, reason) in refused.items():
        if asked:
            raise BadMedia(f"the demo model takes no --set {name}: {reason}")
