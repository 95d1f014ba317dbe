"""`pickup train`: a recipe, a checkpoint and shards put together, run, watched, and left as a checkpoint.

OUT/step-*.safetensors   where the training stood: the same command goes on from the newest
OUT/tensorboard/         curves
OUT/validation/          films, sheets and metrics.jsonl of clips that are not trained on
OUT/checkpoint/          the result, with links to the base: what --model and --from take
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor

from engine.errors import MissingModel
from engine.model.acceleration import best_device
from engine.model.assembly import load_autoencoder, load_transformer
from engine.model.checkpoint import Checkpoint, open_checkpoint
from engine.training.board import Board, open_board
from engine.training.caption_embedding import captions
from engine.training.config import Recipe, recipe
from engine.training.errors import BadRecipe, BadSamples
from engine.training.interrupts import stopping_on_interrupt
from engine.training.result import write_result
from engine.training.shard_clips import ShardClips, Split, refuse_others, split, tokens_of
from engine.training.snapshots import snapshots
from engine.training.team import Team
from engine.training.trainer import OnStep, Progress, Training, Validate, unvalidated
from engine.training.validation import Seen, Validation, note_metrics, read_metrics
from engine.training.validation_clips import held_out_of_shards
from engine.training.validation_pictures import film_of, sheet_of

VALIDATION, TENSORBOARD = "validation", "tensorboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`config`: a recipe's name or file. `data`: shards; `videos`: what they were made of. `base`: a
    checkpoint, by name or folder. `until`: stop after so many steps, None for the recipe's last.
    """

    config: str
    out: Path
    data: Path | None = None
    base: str = ""
    videos: Path | None = None
    until: int | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended. `stopped`: by Ctrl-C. Speeds are of the run's last stretch, None without a step.

    `kept`: the newest checkpoint to go on from; `checkpoint`: the result; `validation`: the last metrics.
    """

    config: str
    stage: str
    step: int
    steps: int
    skipped: int
    stopped: bool
    seconds: float
    loss: float | None = None
    samples_per_second: float | None = None
    waiting: float | None = None
    utilisation: float | None = None
    kept: str | None = None
    checkpoint: str | None = None
    validation: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class Watch:
    """Passes each step on to who looks, and to the board; remembers the last."""

    on_step: OnStep
    board: Board = field(default_factory=Board)
    last: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        self.last = progress
        told = {"loss": progress.total, "flow": progress.flow, "contrast": progress.contrast}
        speed = {
            "samples_per_second": progress.samples_per_second,
            "waiting": progress.waiting,
            "utilisation": progress.utilisation,
        }
        step = progress.standing.step
        self.board.figures("training", told | {"gradient": progress.gradient}, step)
        self.board.figures("speed", speed, step)
        self.on_step(progress)


def run(
    request: Request, *, on_step: OnStep, say: Callable[[str], None], team: Team | None = None
) -> Outcome:
    """Train, or go on. Raises what opening the checkpoint and the shards raises, BadRecipe, BadSamples,
    DiskFull, RenderFailed, TrainingDiverged; KeyboardInterrupt where Ctrl-C comes before the first step or
    twice.
    """
    team = team or Team()
    made = recipe(request.config)
    base = _base(request, made)
    data = _data(request)
    device = team.device or best_device()
    with torch.random.fork_rng():  # new audio layers are of the recipe's seed too
        torch.manual_seed(made.seed)
        model = load_transformer(base, getattr(torch, made.precision), device)
    text = captions(base, device)
    clips = shard_clips(data, made, model.audio_config.window, text)
    refuse_others(base, clips)
    if made.stage == "lora" and not base.audio_trained:
        say(f"{base.folder} has no trained audio weights: stage 2 goes on from stage 1's OUT/checkpoint")
    watch = Watch(on_step=on_step)
    validate: Validate = unvalidated
    if made.validate and team.rank == 0:
        validate = _validation(request, base, made, clips, data=data, watch=watch, say=say)
    training = Training(model, clips, made, request.out, on_step=watch, validate=validate, team=team)
    if team.rank == 0:
        watch.board = open_board(request.out / TENSORBOARD, training.standing.step, say)
    return _trained(request, made, base, training, watch, latents=clips.latents, writes=team.rank == 0)


def _trained(
    request: Request,
    made: Recipe,
    base: Checkpoint,
    training: Training,
    watch: Watch,
    *,
    latents: int,
    writes: bool,
) -> Outcome:
    began, result = time.monotonic(), None
    try:
        with stopping_on_interrupt(training) as interrupted:
            training.run(request.until)
        if writes and not interrupted:
            with training.averaged():
                result = write_result(
                    training.model,
                    base,
                    made,
                    request.out,
                    steps=training.standing.step,
                    latents=latents,
                )
    finally:
        watch.board.close()
    return outcome(
        request,
        made,
        training,
        watch.last,
        seconds=time.monotonic() - began,
        stopped=bool(interrupted),
        result=result,
    )


def outcome(
    request: Request,
    made: Recipe,
    training: Training,
    last: Progress | None,
    *,
    seconds: float,
    stopped: bool,
    result: Path | None,
) -> Outcome:
    kept = snapshots(request.out)
    metrics = read_metrics(request.out / VALIDATION)
    told = Outcome(
        config=request.config,
        stage=made.stage,
        step=training.standing.step,
        steps=made.steps,
        skipped=training.standing.skipped,
        stopped=stopped,
        seconds=round(seconds, 3),
        kept=str(kept[-1]) if kept else None,
        checkpoint=None if result is None else str(result),
        validation=metrics[-1] if metrics else None,
    )
    if last is None:
        return told
    return msgspec.structs.replace(
        told,
        loss=last.total,
        samples_per_second=last.samples_per_second,
        waiting=last.waiting,
        utilisation=last.utilisation,
    )


def in_words(told: Outcome) -> str:
    """For a person: the last line of the command."""
    speed = ""
    if told.samples_per_second is not None and told.waiting is not None and told.utilisation is not None:
        speed = (
            f"; {told.samples_per_second:.2f} samples/s, {told.waiting:.1%} waiting for data,"
            f" MFU {told.utilisation:.0%}"
        )
    if told.stopped:
        where = "nothing was kept yet" if told.kept is None else f"{told.kept} is kept"
        return f"stopped at step {told.step} of {told.steps}; {where}: the same command goes on from there"
    return f"{told.step} of {told.steps} steps{speed}. The result: {told.checkpoint}"


# ------------------------------------------------------------------------------------ Ctrl-C


def stopped_at_once(out: Path) -> str:
    """What to say where a step was not waited for."""
    kept = snapshots(out) or [path for stage in sorted(out.glob("*")) for path in snapshots(stage)]
    return f"stopped; the same command goes on from {kept[-1]}" if kept else "stopped; nothing was kept yet"


# ------------------------------------------------------------------------------------ what is needed


def _base(request: Request, made: Recipe) -> Checkpoint:
    if made.stage == "base":
        raise BadRecipe("a base from nothing is trained by `--config demo` alone: give stage audio or lora")
    if not request.base:
        raise MissingModel("there is nothing to begin with: give the base's checkpoint with --from")
    return open_checkpoint(request.base)


def _data(request: Request) -> Split:
    if request.data is None:
        raise BadSamples("there is nothing to train on: give a folder of shards with --data")
    return split(request.data)


def shard_clips(data: Split, made: Recipe, window: int, text: Callable[[str], Tensor]) -> ShardClips:
    return ShardClips(
        pieces=data.trained,
        named=data.named,
        tokens_each=tokens_of(data, made),
        window=window,
        seed=made.seed,
        text=text,
    )


def _validation(
    request: Request,
    base: Checkpoint,
    made: Recipe,
    clips: ShardClips,
    *,
    data: Split,
    watch: Watch,
    say: Callable[[str], None],
) -> Validation:
    if data.held_out is None:
        say("fewer than 5 videos: none is held out, and validation shows clips that are trained on")
    if request.videos is None:
        say("without --videos validation shows no truth and has no sound")
    held_out = held_out_of_shards(
        data.held_out or data.trained,
        tokens=clips.tokens_each,
        window=clips.window,
        text=clips.text or captions(base, best_device()),
        videos=request.videos,
    )
    folder = request.out / VALIDATION
    return Validation(
        held_out,
        load_autoencoder(base, getattr(torch, made.precision), best_device()),
        made,
        show=shown_in(folder),
        note=noted_in(folder, watch),
    )


def shown_in(folder: Path) -> Callable[[Sequence[Seen], int], None]:
    """Writes step_NNNNNN.mp4 and .png."""

    def show(seen: Sequence[Seen], step: int) -> None:
        film_of(seen, folder / f"step_{step:06}.mp4")
        sheet_of(seen, folder / f"step_{step:06}.png")

    return show


def noted_in(folder: Path, watch: Watch) -> Callable[[Mapping[str, float], int], None]:
    """Into metrics.jsonl and onto the board."""

    def note(told: Mapping[str, float], step: int) -> None:
        note_metrics(folder, told, step)
        watch.board.figures("validation", told, step)

    return note
