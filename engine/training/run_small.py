"""`pickup train --config demo`: the small model's course, watched as every training is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from engine.model.small_autoencoder import SmallAutoencoder
from engine.training.board import open_board
from engine.training.config import Recipe
from engine.training.errors import BadRecipe
from engine.training.run import TENSORBOARD, VALIDATION, Outcome, Request, Watch, noted_in, shown_in
from engine.training.small_model import NAME, Observer, SmallCourse, caption, ears_in, train_small
from engine.training.snapshots import snapshots
from engine.training.team import Team
from engine.training.trainer import OnStep, Validate, unvalidated
from engine.training.validation import HeldOut, Validation, read_metrics
from engine.training.validation_drawn import held_out_drawn


def run_small(
    request: Request,
    *,
    on_step: OnStep,
    say: Callable[[str], None],
    team: Team | None = None,
    course: SmallCourse | None = None,
    workers: int | None = None,
) -> Outcome:
    """`workers` draw clips, one a core by default. Raises BadRecipe, and what `train_small` raises;
    KeyboardInterrupt after Ctrl-C, its step kept.
    """
    if request.data is not None or request.base or request.videos is not None or request.until is not None:
        raise BadRecipe(f"{NAME} draws its own clips and begins from nothing: give it --out alone")
    began, course, team = time.monotonic(), course or SmallCourse(), team or Team()
    look = _Look(course=course, out=request.out, on_step=on_step, say=say, writes=team.rank == 0)
    observer = Observer(say=say, on_step=look.at, validate=look.validate)
    try:
        drawing = os.cpu_count() or 1 if workers is None else workers
        made = train_small(course, request.out, workers=drawing, observer=observer, team=team)
    finally:
        for watch in look.watches.values():
            watch.board.close()
    return _told(request, course, look, made, time.monotonic() - began)


def _told(request: Request, course: SmallCourse, look: _Look, made: Path, seconds: float) -> Outcome:
    last = tuple(course.recipes)[-1]
    recipe, metrics = course.recipes[last], read_metrics(request.out / last / VALIDATION)
    told = Outcome(
        config=request.config,
        stage=recipe.stage,
        step=recipe.steps,
        steps=recipe.steps,
        skipped=0,
        stopped=False,
        seconds=round(seconds, 3),
        checkpoint=str(made),
        validation=metrics[-1] if metrics else None,
    )
    seen = look.watches[last].last if last in look.watches else None
    if seen is None:  # all was done before
        return told
    return msgspec.structs.replace(
        told,
        skipped=seen.standing.skipped,
        loss=seen.total,
        samples_per_second=seen.samples_per_second,
        waiting=seen.waiting,
        utilisation=seen.utilisation,
    )


@dataclass(kw_only=True)
class _Look:
    """What is seen of each stage; the clips to validate on are drawn once for all of them."""

    course: SmallCourse
    out: Path
    on_step: OnStep
    say: Callable[[str], None]
    writes: bool
    watches: dict[str, Watch] = field(default_factory=dict)

    def at(self, stage: str) -> OnStep:
        watch = self.watches[stage] = Watch(on_step=self.on_step)
        if self.writes:
            kept = snapshots(self.out / stage)
            step = int(kept[-1].stem.removeprefix("step-")) if kept else 0
            watch.board = open_board(self.out / stage / TENSORBOARD, step, self.say)
        return watch

    def validate(self, folder: Path, recipe: Recipe, autoencoder: SmallAutoencoder) -> Validate:
        if not recipe.validate or not self.writes:
            return unvalidated
        return Validation(
            self._clips(autoencoder),
            autoencoder,
            recipe,
            show=shown_in(folder / VALIDATION),
            note=noted_in(folder / VALIDATION, self.watches[folder.name]),
        )

    def _clips(self, autoencoder: SmallAutoencoder) -> tuple[HeldOut, ...]:
        model = self.course.model
        if not self._held_out:
            self.say("drawing clips to validate on")
            self._held_out.extend(
                held_out_drawn(
                    self.course.plan,
                    autoencoder,
                    model.audio,
                    caption(model)[0],
                    ears=ears_in(self.out, model),
                )
            )
        return tuple(self._held_out)

    @cached_property
    def _held_out(self) -> list[HeldOut]:
        return []
