"""The loop of training: batches, steps, mean weights, checkpoints, and going on exactly where it was.

All randomness of a step is a function of the recipe's seed and the step's number, and so is its batch: a run
that was stopped and goes on gives, on a CPU, the same weights to the bit as one that was not. How
many processes share the steps (`engine.training.team`) changes but the last digits of sums.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec
import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from engine.errors import BadCheckpoint
from engine.media.pipeline import ahead
from engine.model.transformer import EditYourselfTransformer
from engine.training.average import Average
from engine.training.config import Recipe, told_of
from engine.training.errors import BadSamples, TrainingDiverged
from engine.training.objective import Loss, Question, loss, questions
from engine.training.optimisers import Optimisers
from engine.training.precision import quick_attention, widen_for_autocast
from engine.training.samples import NOISE, WEIGHTS, Batches, Samples, Varying, fingerprint_of, generator
from engine.training.snapshots import Snapshot, Standing, read_snapshot, snapshots, write_snapshot
from engine.training.stages import begin
from engine.training.team import Team, sum_gradients
from engine.training.throughput import Meter, peak

_AHEAD = 2  # batches read and noised while a step is done
_WITHOUT = ("steps", "every", "keep", "validate", "patience")  # may differ when a training goes on
_UNTRAINED = "guidance"  # what comes after training


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """After a step.

    `total`, `flow`, `contrast` as in `Loss`; `gradient`: its norm before it was cut. No numbers where the
    step was skipped. Since the run began or was last validated: `samples_per_second`; `waiting`, the share of
    time spent waiting for data; `utilisation`, the model's operations over what the machine can do.
    """

    standing: Standing
    steps: int
    total: float
    flow: float
    contrast: float
    gradient: float
    samples_per_second: float
    waiting: float
    utilisation: float

    def __str__(self) -> str:
        skipped = f", {self.standing.skipped} skipped" if self.standing.skipped else ""
        return (
            f"step {self.standing.step}/{self.steps}{skipped}: flow {self.flow:.4f}, gradient"
            f" {self.gradient:.2f}; {self.samples_per_second:.1f} samples/s, {self.waiting:.1%} waiting for"
            f" data, {self.utilisation:.0%} of the machine's arithmetic"
        )


OnStep = Callable[[Progress], None]
Validate = Callable[[EditYourselfTransformer, int], None]
"""Looks at the model, which has its mean weights, after so many steps."""


def unwatched(_: Progress) -> None:
    """Nobody asks how far it is."""


def unvalidated(_: EditYourselfTransformer, __: int) -> None:
    """Nobody looks at the model."""


class Training:
    """A model in training, as its folder's newest checkpoint left it, or from the beginning.

    The model is changed in place; it lies where it is to be trained. Of a team every process makes the same
    Training, on a folder that all of them see; only the first writes into it, validates and tells of steps.
    Raises BadCheckpoint where the folder is another training's, BadSamples where the clips do not fill a
    batch, BadRecipe where a batch does not divide among the team.
    """

    def __init__(
        self,
        model: EditYourselfTransformer,
        samples: Samples,
        recipe: Recipe,
        folder: Path,
        *,
        on_step: OnStep = unwatched,
        validate: Validate = unvalidated,
        team: Team | None = None,
    ) -> None:
        self.model = model
        self.recipe = recipe
        self.standing = Standing()
        self._samples = samples
        self._folder = folder
        self._on_step = on_step
        self._validate = validate
        self._stopping = False
        self._team = team or Team()
        self._share = self._team.share(recipe.batch)
        self._data = fingerprint_of(samples)
        counts = tuple(samples.tokens(index) for index in range(len(samples)))
        self._batches = Batches(counts=counts, size=recipe.batch, seed=recipe.seed)
        first = generator(recipe.seed, 0, WEIGHTS)
        self._trained = begin(model, recipe.stage, rank=recipe.rank, generator=first)
        self._team.follow_first(self._trained.values())  # new audio layers begin in each as they like
        self._optimisers = Optimisers(self._trained, recipe.optimiser)
        self._average = Average(self._trained, recipe.average) if recipe.average else None
        self._meter = Meter(model, peak(model.device, torch.bfloat16 if self._halved else torch.float32))
        if recipe.gradient_checkpointing:
            model.enable_gradient_checkpointing()
        if kept := snapshots(folder):
            self._go_on(kept[-1])
        self._team.agree(self.standing.step)

    def run(self, until: int | None = None) -> None:
        """Up to step `until`, the recipe's last by default; then and each `every` steps a checkpoint is kept.

        Raises TrainingDiverged, DiskFull, and what reading clips raises.
        """
        end = self.recipe.steps if until is None else min(until, self.recipe.steps)
        undo = widen_for_autocast(self.model) if self._halved else _nothing
        self.model.train()
        self._meter.start()
        coming = cast(Generator[tuple[Question, ...]], ahead(self._asked(end), _AHEAD))
        try:
            for asked in self._meter.waited(coming):
                with quick_attention(self.model.device):
                    told, norm = self._step(asked)
                self._meter.done(asked[self._share])
                if self._team.rank == 0:
                    self._on_step(self._progress(told, norm))
                stopping = self._team.anyone(self._stopping)
                self._after(end, stopping)
                if stopping:
                    break
        finally:
            coming.close()
            undo()
            self.model.eval()

    def stop(self) -> None:
        """After the step in hand a checkpoint is kept, and `run` returns."""
        self._stopping = True

    def averaged(self) -> AbstractContextManager[None]:
        """While it lasts the model has its mean weights."""
        return nullcontext() if self._average is None else self._average.in_place()

    # ------------------------------------------------------------------------------------ a step

    def _asked(self, end: int) -> Iterator[tuple[Question, ...]]:
        for number in range(self.standing.step, end):
            clips = self._samples
            if isinstance(clips, Varying):
                clips = clips.epoch(number // self._batches.an_epoch)
            batch = [clips[index] for index in self._batches[number]]
            yield questions(batch, generator(self.recipe.seed, number, NOISE), self.recipe.objective)

    def _step(self, asked: tuple[Question, ...]) -> tuple[Loss, float]:
        """The loss, and the gradient's norm. Where either is no number the weights stay as they are."""
        self._optimisers.scale(self.recipe.optimiser.share(self.standing.step, self.recipe.steps))
        self._optimisers.zero_grad()
        with torch.autocast(self.model.device.type, torch.bfloat16, enabled=self._halved):
            part = loss(self.model, asked, self.recipe.objective.contrast, self._share)
        numbers = torch.stack([part.total, part.flow, part.contrast]).detach()
        total, flow, contrast = self._team.summed(numbers)
        told = Loss(total=total, flow=flow, contrast=contrast)
        norm = self._gradient(part.total) if bool(told.total.isfinite()) else math.nan
        if math.isfinite(norm):
            self._optimisers.step()
            self.standing = replace_standing(self.standing, skipped=False)
            if self._average is not None:
                self._average.update(self.standing.step - self.standing.skipped)
        else:
            self.standing = replace_standing(self.standing, skipped=True)
        return told, norm

    def _gradient(self, part: Tensor) -> float:
        """Its norm. A share of the batch may be silent where the batch is not."""
        if not self._team.anyone(part.requires_grad):
            raise BadSamples("no clip of the batch is heard: stage 1 has nothing to learn from it")
        if part.requires_grad:
            part.backward()
        sum_gradients(self._team, tuple(self._trained.values()))
        largest = self.recipe.largest_gradient or math.inf
        return float(clip_grad_norm_(self._trained.values(), largest))

    @property
    def _halved(self) -> bool:
        return self.recipe.precision == "bfloat16"

    def _progress(self, told: Loss, norm: float) -> Progress:
        return Progress(
            standing=self.standing,
            steps=self.recipe.steps,
            total=told.total.item(),
            flow=told.flow.item(),
            contrast=told.contrast.item(),
            gradient=norm,
            samples_per_second=self._meter.samples_per_second * self._team.size,
            waiting=self._meter.waiting,
            utilisation=self._meter.utilisation,
        )

    def _after(self, end: int, stopping: bool) -> None:
        step, last = self.standing.step, self.standing.step == end
        if self.standing.in_a_row >= self.recipe.patience:
            kept = snapshots(self._folder)
            left = f"the last good checkpoint is {kept[-1]}" if kept else "no checkpoint was kept before it"
            raise TrainingDiverged(
                f"the loss was no number in {self.standing.in_a_row} steps in a row up to {step}; {left}."
                " Lower the learning rates, or look for clips that are no numbers"
            )
        # What is kept is good: while steps are skipped, the earlier checkpoint stays the newest.
        if self.standing.in_a_row == 0 and (step % self.recipe.every == 0 or last or stopping):
            if self._team.rank == 0:
                self._keep()
            self._team.wait()
        if self._team.rank == 0 and self._validates(step):
            self.model.eval()
            with self.averaged():
                self._validate(self.model, step)
            self.model.train()
            self._meter.start()

    def _validates(self, step: int) -> bool:
        each = self.recipe.validate
        return bool(each) and (step % each == 0 or step == self.recipe.steps)

    # ------------------------------------------------------------------------------------ keeping

    def _keep(self) -> None:
        parts = {
            "weights": {name: at.detach() for name, at in self._trained.items()},
            "optimisers": self._optimisers.state_dict(),
            "average": {} if self._average is None else self._average.state_dict(),
        }
        snapshot = Snapshot(standing=self.standing, recipe=self._words, data=self._data, parts=parts)
        write_snapshot(self._folder, snapshot, self.recipe.keep)

    @torch.no_grad()
    def _go_on(self, path: Path) -> None:
        kept = read_snapshot(path)
        weights = kept.parts.get("weights", {})
        shapes = {name: at.shape for name, at in self._trained.items()}
        if kept.recipe != self._words or {name: at.shape for name, at in weights.items()} != shapes:
            raise BadCheckpoint(
                f"{path} is of a training with another recipe or model: give another folder, or delete it"
            )
        if kept.data and kept.data != self._data:
            raise BadCheckpoint(
                f"{path} is of a training on other clips: give another folder, or the clips it began with"
            )
        for name, parameter in self._trained.items():
            parameter.copy_(weights[name])
        self._optimisers.load_state_dict(kept.parts.get("optimisers", {}))
        if self._average is not None:
            self._average.load_state_dict(kept.parts["average"])
        self.standing = kept.standing

    @property
    def _words(self) -> str:
        """The recipe, without what may differ when a training goes on."""
        told = told_of(self.recipe)
        del told[_UNTRAINED]
        if not self.recipe.optimiser.cooldown:  # else the learning rates depend on where the end is
            told = {name: value for name, value in told.items() if name not in _WITHOUT}
        return msgspec.json.encode(told, order="sorted").decode()


def replace_standing(standing: Standing, *, skipped: bool) -> Standing:
    """One step later."""
    return Standing(
        step=standing.step + 1,
        skipped=standing.skipped + skipped,
        in_a_row=standing.in_a_row + 1 if skipped else 0,
    )


def _nothing() -> None:
    pass
