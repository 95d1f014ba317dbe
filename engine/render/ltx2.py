"""The renderer of LTX-2.x: public weights for pictures and sound together, which speech drives untrained.

What is otherwise than with the paper's model:

what it hears    its own audio tokens of the take's sound, clean from the first step to the last
steps            8 of a distilled model; else more, with guidance away from no words and from no sound
what it is shown its own block; who speaks only where the job asks for it, since it was not trained with it
what is kept     nothing between steps: of 8, none is like the one before
"""

from __future__ import annotations

from engine.diffusion.cache import TeaCache
from engine.diffusion.ltx2_velocity import Ltx2Guided, Ltx2Velocity
from engine.diffusion.schedule import (
    LTX2_DISTILLED,
    LTX2_DISTILLED_SECOND_PASS,
    STEPS,
    Schedule,
    late,
    shifted,
)
from engine.errors import BadMedia
from engine.media.sound import Samples
from engine.model.ltx2.checkpoint import Ltx2Checkpoint, open_ltx2
from engine.model.ltx2.hearing import with_faint_noise
from engine.model.ltx2.loaded import Ltx2Model, load_ltx2
from engine.protocol import Diffusion, Render
from engine.render.diffusion import DiffusionRenderer, LipSync
from engine.render.work import Work
from engine.render.workspace import Workspace

# ours: where the second pass starts in a schedule that its authors give no second one for; as the distilled.
SECOND_PASS = LTX2_DISTILLED_SECOND_PASS[0]

_UNVERIFIED = (
    "rendered by LTX-2, which was not trained to fill in a part of a picture: how well the mouth keeps to the"
    " speech is unverified; look at the take before you use it"
)


class Ltx2Renderer(DiffusionRenderer[Ltx2Checkpoint, Ltx2Model]):
    """See `DiffusionRenderer`, and above."""

    def open(self, name: str) -> Ltx2Checkpoint:
        return open_ltx2(name)

    def load(self, checkpoint: Ltx2Checkpoint, settings: Diffusion) -> Ltx2Model:
        return load_ltx2(checkpoint, settings)

    def refuse(self, job: Render, checkpoint: Ltx2Checkpoint, workspace: Workspace) -> None:
        _refuse_settings(job.diffusion, checkpoint)
        super().refuse(job, checkpoint, workspace)

    def refers(self, job: Render, checkpoint: Ltx2Checkpoint) -> bool:
        del checkpoint
        return job.diffusion.references is True

    def new_cache(self, settings: Diffusion) -> None:
        del settings

    def schedule(self, settings: Diffusion, checkpoint: Ltx2Checkpoint) -> Schedule:
        if checkpoint.distilled:
            return Schedule(first=LTX2_DISTILLED, second=LTX2_DISTILLED_SECOND_PASS)
        sigmas = shifted(settings.steps or STEPS)
        return Schedule(first=sigmas, second=late(sigmas, SECOND_PASS))

    def velocity(self, work: Work, model: Ltx2Model, sound: Samples, cache: TeaCache | None) -> Ltx2Velocity:
        del cache
        job, settings, sequence, rate = work.job, work.job.diffusion, work.sequence, work.film.rate
        text = model.prompt(settings.prompt)
        audible = with_faint_noise(sound, settings.audio_noise, job.seed)
        audio_NC = model.hearing.tokens(audible, rate, sequence.shown.start, len(sequence.levels))
        guided = []
        if settings.guidance != 1:
            guided.append(Ltx2Guided(text=model.unprompted(), heard=True, scale=settings.guidance))
        heard = settings.audio_guidance or model.checkpoint.audio_guidance
        if audio_NC is not None and heard != 1:
            guided.append(Ltx2Guided(text=text, heard=False, scale=heard))
        return Ltx2Velocity(
            model=model.transformer,
            text=text,
            audio_NC=audio_NC,
            rate=rate,
            cross_timestep=model.checkpoint.version != "2.0",
            gated=settings.audio_gate,
            guided=tuple(guided),
            spatial=model.autoencoder.spatial,
            temporal=model.autoencoder.temporal,
        )

    def warnings(self, work: Work, lip_sync: LipSync) -> tuple[str, ...]:
        return (*super().warnings(work, lip_sync), *((_UNVERIFIED,) if lip_sync == "rendered" else ()))


def _refuse_settings(settings: Diffusion, checkpoint: Ltx2Checkpoint) -> None:
    """What would change nothing, or ask for what the model cannot do. Raises BadMedia."""
    distilled = checkpoint.distilled
    refused = {
        f"ends={settings.ends}": (
            settings.ends != "clamped",
            "a block around the clip's ends would have frames that are further apart than it ever saw",
        ),
        f"cache={settings.cache}": (
            settings.cache not in (0, Diffusion().cache),
            "it keeps nothing between its steps",
        ),
        f"ulysses={settings.ulysses} ring={settings.ring}": (
            settings.ulysses * settings.ring > 1,
            "it renders on one GPU",
        ),
        "distilled=true": (
            settings.distilled and not distilled,
            f"the weights in {checkpoint.folder} are not distilled; name others with --model",
        ),
        f"steps={settings.steps}": (
            distilled and settings.steps not in (None, len(LTX2_DISTILLED) - 1),
            f"distilled weights have {len(LTX2_DISTILLED) - 1}",
        ),
        f"guidance={settings.guidance:g}": (
            distilled and settings.guidance != 1,
            "distilled weights have it in them",
        ),
    }
    for name, (asked, reason) in refused.items():
        if asked:
            raise BadMedia(f"ltx2 takes no --set {name}: {reason}")
