"""The small model's whole training, from nothing: what it sees with, its base, then the paper's two stages.

OUT/hearing/     the speech encoder, trained on speech alone            hearing
OUT/clips/       drawn and encoded once                                 drawn_set
OUT/vae/         the autoencoder, fitted to the first of them           autoencoder
OUT/base/        a transformer without audio, from nothing              trainer
OUT/stage-1/     audio layers alone                                     trainer
OUT/stage-2/     audio layers and a LoRA, with identity references      trainer
OUT/checkpoint/  the model: what the package ships as `demo`

Each of them is done once: the same command goes on where it was stopped, and gives the same model.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.diffusion.latent_grid import latents_for
from engine.model.assembly import load_transformer
from engine.model.audio_projection import AudioProjection
from engine.model.checkpoint import CARD, HEARING, PROMPT, open_checkpoint
from engine.model.config import AudioConfig, ModelConfig, TransformerConfig
from engine.model.prompt import Prompt, save_prompt
from engine.model.small_autoencoder import CONFIG as VAE_CONFIG
from engine.model.small_autoencoder import SmallAutoencoder, SmallConfig, load_small, save_small
from engine.model.small_hearing import CONFIG as HEARING_CONFIG
from engine.model.small_hearing import load_hearing, save_hearing
from engine.model.transformer import EditYourselfTransformer
from engine.speech.features import FeatureExtractor, LogMelFeatures
from engine.training.autoencoder import fit_patches
from engine.training.clips import ClipPlan
from engine.training.config import RECIPES, Recipe
from engine.training.drawn_set import DrawnSamples, draw_set, first_clips, open_set
from engine.training.hearing import HearingTraining, lessons, train_hearing
from engine.training.interrupts import stopping_on_interrupt
from engine.training.result import FOLDER, write_result
from engine.training.samples import Samples
from engine.training.team import Team
from engine.training.trainer import OnStep, Training, Validate, unvalidated, unwatched

# ours: of the trial's sizes, and the paper's 0.2 s of sound around a frame.
SMALL = ModelConfig(
    transformer=TransformerConfig(in_channels=128, heads=4, head_dim=48, layers=6, caption_channels=16),
    audio=AudioConfig(representation="small", layers=1, channels=64, rate=Fraction(50), window=10, width=128),
)
NAME = "demo"
STAGES: Mapping[str, str] = {"base": "demo-base", "stage-1": "demo-stage-1", "stage-2": "demo-stage-2"}

_CLIPS, _VAE = "clips", "vae"
_ATTUNED, _SPREAD = 300, 0.3  # clips that the mean is taken over; deviation of the noise in P
_WHOLE = PROMPT  # written last into a base's checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallCourse:
    """`clips` are trained on; to the first `fitted` of them the autoencoder is. `recipes` by stage."""

    plan: ClipPlan = field(default_factory=lambda: ClipPlan(seed=11, each=4))
    clips: int = 2880
    fitted: int = 480
    model: ModelConfig = SMALL
    hearing: HearingTraining = field(default_factory=HearingTraining)
    recipes: Mapping[str, Recipe] = field(
        default_factory=lambda: {stage: RECIPES[name] for stage, name in STAGES.items()}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """What is told of a training: `say` of each part that is begun, `on_step` of each step, by stage.

    `validate`: makes what looks at a stage's model, of its folder, its recipe and the autoencoder.
    """

    say: Callable[[str], None] = lambda _: None
    on_step: Callable[[str], OnStep] = lambda _: unwatched
    validate: Callable[[Path, Recipe, SmallAutoencoder], Validate] = lambda *_: unvalidated


def train_small(
    course: SmallCourse,
    out: Path,
    *,
    workers: int = 0,
    observer: Observer | None = None,
    team: Team | None = None,
) -> Path:
    """OUT/checkpoint. Raises what `draw_set` and `Training` raise."""
    observer, team = observer or Observer(), team or Team()
    if team.rank == 0:
        _prepare(course, out, workers, observer.say)
    team.wait()
    samples = open_set(
        out / _CLIPS,
        course.plan,
        course.clips,
        window=course.model.audio.window,
        rate=ears_in(out, course.model).rate,
        text_XE=caption(course.model)[0],
    )
    before: Path | None = None
    studio = _Studio(course=course, out=out, samples=samples, observer=observer, team=team)
    for stage in course.recipes:
        before = studio.trained(stage, before)
    assert before is not None
    if team.rank == 0:
        _publish(before, out / FOLDER)
    team.wait()
    return out / FOLDER


def _prepare(course: SmallCourse, out: Path, workers: int, say: Callable[[str], None]) -> None:
    """What is heard and seen with, and the clips through both: by one process of a team."""
    ears = _ears(course, out, workers, say)
    autoencoder = _autoencoder(course, out, workers, say)
    draw_set(
        course.plan,
        course.clips,
        autoencoder,
        out / _CLIPS,
        ears=ears,
        workers=workers,
        follow=lambda clips: say(f"drawing clips {clips.start} to {clips.stop} of {course.clips}"),
    )


def caption(model: ModelConfig) -> Tensor:
    """The only one, [1, 1, E]: a constant. What it means to the model its caption projection learns."""
    return torch.ones(1, 1, model.transformer.caption_channels)


def ears_in(folder: Path, model: ModelConfig) -> FeatureExtractor:
    """What a model hears with, in a course's folder. Raises MissingModel, BadCheckpoint."""
    return load_hearing(folder / HEARING) if model.audio.representation == "small" else LogMelFeatures()


def _ears(course: SmallCourse, out: Path, workers: int, say: Callable[[str], None]) -> FeatureExtractor:
    if course.model.audio.representation == "small" and not (out / HEARING / HEARING_CONFIG).is_file():
        settings = course.hearing
        say(f"speaking {settings.lessons} lines to learn to hear")
        heard = lessons(settings.seed, "train", settings.lessons, workers)
        say(f"training the speech encoder, {settings.steps} steps")
        save_hearing(train_hearing(heard, settings), out / HEARING)
    return ears_in(out, course.model)


def _autoencoder(
    course: SmallCourse, out: Path, workers: int, say: Callable[[str], None]
) -> SmallAutoencoder:
    if not (out / _VAE / VAE_CONFIG).is_file():
        say(f"drawing {course.fitted} clips to fit the autoencoder to")
        clips = first_clips(course.plan, course.fitted, workers)
        config = SmallConfig(channels=course.model.transformer.in_channels)
        patches = fit_patches(clips, config.channels, course.plan.seed)
        save_small(SmallAutoencoder(config, patches), out / _VAE)
    return load_small(out / _VAE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Studio:
    """All that a stage is trained with."""

    course: SmallCourse
    out: Path
    samples: DrawnSamples
    observer: Observer
    team: Team

    def trained(self, stage: str, before: Path | None) -> Path:
        """The stage's checkpoint, from the one before it; from nothing where there is none."""
        recipe, folder = self.course.recipes[stage], self.out / stage
        result = folder / FOLDER
        if (result / (_WHOLE if recipe.stage == "base" else CARD)).is_file():
            return result
        self.observer.say(f"training {stage}, {recipe.steps} steps")
        torch.manual_seed(recipe.seed)
        if before is None:
            model = EditYourselfTransformer.of(self.course.model)
        else:
            model = load_transformer(open_checkpoint(before), torch.float32, torch.device("cpu"))
        if recipe.stage == "audio":
            attune(model.audio_projection, self.samples)
        training = Training(
            model,
            self.samples,
            recipe,
            folder,
            on_step=self.observer.on_step(stage),
            validate=self.observer.validate(folder, recipe, load_small(self.out / _VAE)),
            team=self.team,
        )
        with stopping_on_interrupt(training) as interrupted:
            training.run()
        if interrupted:  # where it was is kept, and half a stage is none
            raise KeyboardInterrupt
        if self.team.rank == 0:
            with training.averaged():
                if before is None or recipe.stage == "base":
                    save_base(model, self.course.model, self.out, result)
                else:
                    _write_stage(model, before, recipe, self.course.plan, folder)
        self.team.wait()
        return result


@torch.no_grad()
def attune(projection: AudioProjection, samples: Samples) -> None:
    """Make a new projection hear what tells clips apart: P begins at minus the mean of what is heard.

    ours: what the paper's averages give of log-mel is 94 % the same for all clips and all times, and a layer
    norm makes that loud. P has a little noise, that keys may tell when from the start; the convolutions begin
    at random: a plain regression on log-mel got to r .65 in 200 steps with both, to .51 with averages.
    """
    count = min(len(samples), _ATTUNED)
    windows = [samples[at * len(samples) // count].windows_NKLA for at in range(count)]
    mean_LA = torch.stack([of for of in windows if of is not None]).mean(dim=(0, 1, 2))
    projection.positions.copy_(_SPREAD * torch.randn_like(projection.positions) - mean_LA)
    for pool in (projection.first, projection.frames):
        pool.reset_parameters()


def _write_stage(
    model: EditYourselfTransformer, before: Path, recipe: Recipe, plan: ClipPlan, folder: Path
) -> None:
    named = replace(open_checkpoint(before), name=NAME)
    write_result(model, named, recipe, folder, steps=recipe.steps, latents=latents_for(plan.frames))


def save_base(model: EditYourselfTransformer, config: ModelConfig, course: Path, folder: Path) -> None:
    """A checkpoint that hears nothing yet, with vae/ and hearing/ of the course's folder.

    In half precision: the later stages are trained on what ships.
    """
    whole = folder.with_name(f".{folder.name}")
    shutil.rmtree(whole, ignore_errors=True)
    (whole / "transformer").mkdir(parents=True)
    base = {name: at.half().contiguous() for name, at in model.state_dict().items() if "audio_" not in name}
    save_file(base, whole / "transformer" / "diffusion_pytorch_model.safetensors")
    model.save_config(whole / "transformer")
    shutil.copytree(course / _VAE, whole / _VAE)
    if config.audio.representation == "small":
        shutil.copytree(course / HEARING, whole / HEARING)
    text_BXE = caption(config)
    save_prompt(
        Prompt(embeddings_BXE=text_BXE, mask_BX=torch.ones(text_BXE.shape[:2], dtype=torch.bool)),
        "",
        whole / PROMPT,
    )
    whole.replace(folder)


def _publish(trained: Path, folder: Path) -> None:
    """The last stage's checkpoint, its links followed: it needs nothing beside it any more."""
    if not (folder / CARD).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        whole = folder.with_name(f".{folder.name}")
        shutil.rmtree(whole, ignore_errors=True)
        shutil.copytree(trained, whole)
        whole.replace(folder)
