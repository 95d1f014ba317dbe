"""The paper's renderer: LTX-Video with audio (sections 3.2 to 3.4), on what every diffusion renderer does."""

from __future__ import annotations

from engine.diffusion.cache import TeaCache
from engine.diffusion.schedule import (
    DISTILLED,
    DISTILLED_SECOND_PASS,
    STEPS,
    Schedule,
    late,
    linear_quadratic,
)
from engine.diffusion.velocity import Guided, TransformerVelocity
from engine.errors import BadMedia, MissingModel
from engine.media.sound import Samples
from engine.model.checkpoint import Checkpoint, open_checkpoint
from engine.model.loaded import LoadedModel, load
from engine.protocol import Diffusion, Render
from engine.render.diffusion import DiffusionRenderer
from engine.render.work import Work, renders_speech
from engine.render.workspace import Workspace

# ours: where the second pass starts. LTX-Video's own two-pass example denoises the last 0.4 of the way.
SECOND_PASS = 0.4


class EditYourselfRenderer(DiffusionRenderer[Checkpoint, LoadedModel]):
    """See `DiffusionRenderer`."""

    steps = STEPS  # where the job asks for no number

    def open(self, name: str) -> Checkpoint:
        return open_checkpoint(name)

    def load(self, checkpoint: Checkpoint, settings: Diffusion) -> LoadedModel:
        return load(checkpoint, settings)

    def refuse(self, job: Render, checkpoint: Checkpoint, workspace: Workspace) -> None:
        if job.diffusion.audio_noise:
            raise BadMedia(f"{job.renderer} takes no --set audio_noise: that is for what ltx2 hears")
        _refuse_lip_sync(job, checkpoint)
        super().refuse(job, checkpoint, workspace)

    def refers(self, job: Render, checkpoint: Checkpoint) -> bool:
        return job.diffusion.references is not False and checkpoint.knows_references

    def schedule(self, settings: Diffusion, checkpoint: Checkpoint) -> Schedule:
        del checkpoint
        if settings.distilled:
            return Schedule(first=DISTILLED, second=DISTILLED_SECOND_PASS)
        sigmas = linear_quadratic(settings.steps or self.steps)
        return Schedule(first=sigmas, second=late(sigmas, SECOND_PASS))

    def velocity(
        self, work: Work, model: LoadedModel, sound: Samples, cache: TeaCache | None
    ) -> TransformerVelocity:
        settings, sequence = work.job.diffusion, work.sequence
        text = model.prompt(settings.prompt)
        audio_FTD = model.hear(sound, work.film.rate, -sequence.shown.start, len(sequence.levels))
        # What is led away from: no words, and no speech.
        guided = []
        if settings.guidance != 1:
            guided.append(Guided(text=model.unprompted(), audio_FTD=audio_FTD, scale=settings.guidance))
        heard = settings.audio_guidance or model.checkpoint.audio_guidance
        if audio_FTD is not None and heard != 1:
            guided.append(Guided(text=text, audio_FTD=None, scale=heard))
        return TransformerVelocity(
            model=model.transformer, text=text, audio_FTD=audio_FTD, guided=tuple(guided), cache=cache
        )


def _refuse_lip_sync(job: Render, checkpoint: Checkpoint) -> None:
    """An audio path that was never trained moves mouths at random, and must never pass for lip-sync."""
    if renders_speech(job) and not checkpoint.audio_trained:
        raise MissingModel(
            f"{checkpoint.name} has no trained audio weights, so mouths would not say the words: it renders"
            " removals, retimes, and boxes or mattes anew. For new words use --renderer ltx2 or draft, or a"
            " checkpoint with audio.safetensors"
        )
