"""A take by a diffusion model, whichever it is: edits inpainted in latent space (sections 3.2 to 3.4).

draft the edit        film of kept, morphed and stand-in frames: engine.render.film
look                  faces, the region's masks, what is made anew: storyboard, regions
encode, denoise       sequence, generation
decode, composite     finish: pixels outside the mask are the source's own
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar

from engine.diffusion.cache import TeaCache
from engine.diffusion.denoise import Velocity
from engine.diffusion.schedule import Schedule
from engine.errors import MissingModel, OutOfMemory
from engine.job_name import job_hash
from engine.media.audio import take_audio
from engine.media.crop import Crop
from engine.media.decode import Sampling, open_reel
from engine.media.encode import write_take
from engine.media.sound import Samples
from engine.model.warm import lacks_memory, too_large
from engine.protocol import Diffusion, FaceRegion, Render, Take
from engine.render.course import Course, course_of
from engine.render.faces import FaceWatch
from engine.render.film import Film
from engine.render.flow import opencv_in_one_thread
from engine.render.generation import Generation, Model
from engine.render.kept_latents import KeptLatents, Origin
from engine.render.phases import Phases
from engine.render.preview import Previews
from engine.render.regions import Regions
from engine.render.renderer import OnProgress
from engine.render.stage import Stage
from engine.render.storyboard import Storyboard, storyboard_of
from engine.render.take import Account, take_format, take_of
from engine.render.work import Work, landmarks_of, refuse_faceless, renders_speech, rerenders
from engine.render.workspace import Workspace
from engine.version import engine_version
from engine.watermark.code import IDENTITY_DIGITS

LipSync = Literal["source", "none", "rendered"]  # see `Take`


class Weights(Protocol):
    """What a checkpoint tells of itself, whichever model it is of."""

    @property
    def folder(self) -> Path: ...

    @property
    def upsampler(self) -> Path | None: ...

    @property
    def sha256(self) -> str: ...

    @property
    def licence(self) -> str: ...

    @property
    def revision(self) -> str: ...

    @property
    def warnings(self) -> tuple[str, ...]: ...

    @property
    def block_width(self) -> int | None:
        """Latents that it denoises together; None where it does not tell."""
        ...


class SpokenVelocity(Velocity, Protocol):
    """A velocity that may follow speech."""

    @property
    def hears(self) -> bool: ...


C = TypeVar("C", bound=Weights)
M = TypeVar("M", bound=Model)


class DiffusionRenderer(ABC, Generic[C, M]):
    """See `renderer.Renderer`. The same job and seed give the same frames on the same kind of machine.

    A renderer of a model says what is its own: the methods without underscore. `C` is what its weights are
    opened as, `M` what they are in memory.
    """

    @abstractmethod
    def open(self, name: str) -> C:
        """The checkpoint of this name, path, or renderer. Raises MissingModel, BadCheckpoint."""

    @abstractmethod
    def load(self, checkpoint: C, settings: Diffusion) -> M: ...

    @abstractmethod
    def velocity(self, work: Work, model: M, sound: Samples, cache: TeaCache | None) -> SpokenVelocity:
        """`sound`: the take's, from its first frame on."""

    @abstractmethod
    def schedule(self, settings: Diffusion, checkpoint: C) -> Schedule: ...

    @abstractmethod
    def refers(self, job: Render, checkpoint: C) -> bool:
        """Whether the model is shown who speaks."""

    def new_cache(self, settings: Diffusion) -> TeaCache | None:
        """None where nothing is kept between steps."""
        return TeaCache(settings.cache) if settings.cache else None

    def refuse(self, job: Render, checkpoint: C, workspace: Workspace) -> None:
        """Raises BadMedia and its leaves for what this renderer cannot do."""
        if rerenders(job) and isinstance(job.region, FaceRegion):
            refuse_faceless(job.region, workspace)
        if job.diffusion.passes == 2 and checkpoint.upsampler is None:
            raise MissingModel(
                f"{checkpoint.folder} has no latent_upsampler/ for a second pass: set passes=1, or copy it"
                " there"
            )

    def storyboard(self, job: Render, course: Course) -> Storyboard:
        """What is made anew."""
        return storyboard_of(job.plan, course, job.bridge)

    def looks_for_faces(self, job: Render, checkpoint: C) -> bool:
        """Whether they are needed: it takes a decoding of the film."""
        return (isinstance(job.region, FaceRegion) and rerenders(job)) or self.refers(job, checkpoint)

    def stage(self, work: Work, cell: int) -> Stage:
        """The head alone where no whole frame is new; the whole picture otherwise."""
        height, width = work.film.size
        crop = Crop(left=0, top=0, width=width, height=height)
        extent = work.regions.extent
        if work.job.diffusion.crop and extent is not None and not any(work.board.whole):
            crop = Crop.around(extent, work.film.size)
        return Stage.of(crop, work.matrix, cell)

    def shown(self, work: Work) -> Regions:
        """Where of a region the source gives way to what was made."""
        return work.regions

    def lip_sync(self, work: Work, *, heard: bool) -> LipSync:
        """`heard`: whether the model, its audio trained, was given sound."""
        job = work.job
        if not rerenders(job) and not renders_speech(job):
            return "source"
        # A box or a matte may hold the mouth, which then moves as it likes unless the model hears.
        return "rendered" if heard else "none"

    def warnings(self, work: Work, lip_sync: LipSync) -> tuple[str, ...]:
        """What the take should say of itself beside its `lip_sync`."""
        del lip_sync
        missing = work.regions.missing
        if not missing:
            return ()
        return (
            f"no face was found in {len(missing)} of the frames to re-render, the first of them frame"
            f" {missing[0]} of the take: they keep their pixels",
        )

    def render(self, job: Render, workspace: Workspace, on_progress: OnProgress) -> Take:
        try:
            with Previews(workspace.folder) as previews:
                return self._render(job, workspace, Phases(on_progress, previews))
        except RuntimeError as error:
            if lacks_memory(error):
                raise OutOfMemory(too_large("the work")) from error
            raise

    def _render(self, job: Render, workspace: Workspace, told: Phases) -> Take:
        checkpoint = self.open(job.diffusion.model or job.renderer)
        self.refuse(job, checkpoint, workspace)
        kept = KeptLatents(workspace.unfinished, Origin.of(job, checkpoint.sha256))
        if kept.standing is not None:
            told.resumed(kept.standing.done, kept.standing.total)
        footage = job.footage
        course = course_of(job.plan, footage.first, footage.last, job.bridge)
        board = self.storyboard(job, course)
        sound = take_audio(job)
        sampling = Sampling(offset=footage.offset.exact, rate=job.plan.rate.exact)
        with open_reel(Path(footage.media), sampling) as reel, opencv_in_one_thread():
            form = take_format(job, reel.format, course.positions[0], sound.shape[1])
            film = Film(
                course=course, reel=reel, footage=(footage.first, footage.last), rate=job.plan.rate.exact
            )
            eyes = workspace.face_models if self.looks_for_faces(job, checkpoint) else None
            work = Work.of(job, film, board, landmarks_of(job, film, eyes, told))
            told.phase("load", 0, 1)
            model = self.load(checkpoint, job.diffusion)
            stage = self.stage(work, model.autoencoder.spatial)
            cache = self.new_cache(job.diffusion)
            velocity = self.velocity(work, model, sound, cache)
            generation = Generation(
                model=model,
                velocity=velocity,
                schedule=self.schedule(job.diffusion, checkpoint),
                settings=job.diffusion,
                width=checkpoint.block_width,
                seed=job.seed,
                rate=film.rate,
                sequence=work.sequence,
                stage=stage,
                regions=work.regions,
                faces=work.faces if self.refers(job, checkpoint) else None,
                cache=cache,
                on_phase=told.phase,
                previews=told.previews,
                kept=kept,
            )
            levelled_FHW = generation.conditioning(stage).mask_FHW if model.autoencoder.seams else None
            identity = _identity(job, checkpoint) if job.diffusion.watermark and board.makes_anew else ""
            finish = work.finish(stage, self.shown(work), levelled_FHW, identity)
            pictures = finish.pictures(generation.latents(), model.autoencoder)
            watch = FaceWatch(workspace.face_models)
            written = write_take(
                workspace.take,
                form,
                watch.watching(pictures),
                sound if form.channels else None,
                lambda done: told.phase("decode", done, form.frames),
            )
        lip_sync = self.lip_sync(work, heard=velocity.hears)
        account = Account(
            lip_sync=lip_sync,
            checkpoint=checkpoint.sha256,
            licence=checkpoint.licence,
            revision=checkpoint.revision,
            watermark=identity,
            metrics=_metrics(cache),
            warnings=(*self.warnings(work, lip_sync), *checkpoint.warnings),
        )
        return take_of(job, workspace, form, written, watch=watch, account=account)


def _identity(job: Render, checkpoint: Weights) -> str:
    """What a watermark can say of the take: the beginning of its job's name."""
    return job_hash(job, engine_version(), checkpoint.sha256)[:IDENTITY_DIGITS]


def _metrics(cache: TeaCache | None) -> dict[str, float]:
    """How often the model's layers were asked for, and how often the cache had their answer."""
    return {} if cache is None else {"cache_calls": cache.calls, "cache_skips": cache.skips}
