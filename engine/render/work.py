"""What a diffusion render knows of its film before the model is needed, and what its job asks for."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.diffusion.latent_grid import latent_course
from engine.errors import MissingModel
from engine.face.mesh import Landmarks
from engine.face.models import INSTALL_HINT, FaceModels
from engine.face.view import find_landmarks
from engine.media.rgb import ColourMatrix
from engine.protocol import Add, FaceRegion, Keep, Render
from engine.render.film import Film
from engine.render.finish import Finish
from engine.render.phases import Phases
from engine.render.regions import Regions, lips_of, regions_of
from engine.render.sequence import FrameSequence, LatentSequence, Sequence
from engine.render.stage import Stage
from engine.render.storyboard import Storyboard
from engine.render.workspace import Workspace
from engine.watermark.marking import Watermark


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """`landmarks`: of the face in each frame of the take, None where there is none, or none was needed."""

    job: Render
    film: Film
    board: Storyboard
    sequence: Sequence
    regions: Regions
    landmarks: tuple[Landmarks | None, ...]

    @classmethod
    def of(cls, job: Render, film: Film, board: Storyboard, landmarks: tuple[Landmarks | None, ...]) -> Work:
        sequence: Sequence = FrameSequence(film=film, board=board)
        if job.diffusion.grid == "latent":
            sequence = LatentSequence(film=film, course=latent_course(job.plan))
        regions = regions_of(job, film, board, landmarks, sequence.shown.start)
        return cls(job=job, film=film, board=board, sequence=sequence, regions=regions, landmarks=landmarks)

    @property
    def matrix(self) -> ColourMatrix:
        return ColourMatrix.of(self.film.reel.format)

    @property
    def faces(self) -> Regions | None:
        """Where the lower face is; None where none was found."""
        if all(points is None for points in self.landmarks):
            return None
        return lips_of(self.film, self.landmarks, self.sequence.shown.start)

    def finish(
        self, stage: Stage, regions: Regions, levelled_FHW: Tensor | None, watermark: str = ""
    ) -> Finish:
        """`watermark`: what it says; empty for none."""
        return Finish(
            film=self.film,
            board=self.board,
            regions=regions,
            stage=stage,
            shown=self.sequence.shown,
            seed=self.job.seed,
            levelled_FHW=levelled_FHW,
            watermark=Watermark(watermark) if watermark else None,
        )


def landmarks_of(
    job: Render, film: Film, eyes: FaceModels | None, told: Phases
) -> tuple[Landmarks | None, ...]:
    """The face in each frame; None without eyes."""
    if eyes is None:
        return (None,) * film.frames
    within = job.region.within if isinstance(job.region, FaceRegion) else None
    found: list[Landmarks | None] = []
    for points in find_landmarks(film.pictures(), eyes, within):
        found.append(points)
        told.phase("look", len(found), film.frames)
    return tuple(found)


def rerenders(job: Render) -> bool:
    """Whether the region of frames that the source has is made anew."""
    return any(isinstance(span, Keep) and span.resync for span in job.plan.spans)


def renders_mouths(job: Render) -> bool:
    """Whether a mouth is made anew, by a model of mouths."""
    return rerenders(job) or any(isinstance(span, Add) for span in job.plan.spans)


def renders_speech(job: Render) -> bool:
    """Whether mouths are to say something that they did not, or to say it anew."""
    says = any(isinstance(span, Add) for span in job.plan.spans)
    return says or (rerenders(job) and isinstance(job.region, FaceRegion))


def refuse_faceless(region: FaceRegion, workspace: Workspace) -> None:
    """Raises MissingModel where faces are to be followed, and cannot be."""
    if workspace.face_models is None:
        raise MissingModel(f"the region {region.name} needs the face models; {INSTALL_HINT}")
