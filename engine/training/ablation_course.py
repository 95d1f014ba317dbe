"""A trained small model's folder, opened to train from again, and the clips that all of it is measured on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors import SafetensorError, safe_open

from engine.evaluation.opening import DrawnMouth, Openings
from engine.model.checkpoint import CARD, PROMPT, Checkpoint, open_checkpoint
from engine.model.small_autoencoder import SmallAutoencoder, load_small
from engine.training.clips import ClipPlan, draw
from engine.training.drawn_set import DrawnSamples, open_set
from engine.training.errors import BadSamples
from engine.training.presenter.motion import Pose
from engine.training.result import FOLDER
from engine.training.small_model import caption, ears_in
from engine.training.validation import HeldOut, Pictures
from engine.training.validation_drawn import held_out_drawn

_CLIPS, _VAE = "clips", "vae"
_WHOLE = {"base": PROMPT, "stage-1": CARD}  # written last into a stage's checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationCourse:
    """`stages`: the checkpoints that there are, the base always. `count` clips, drawn by `plan`; `made_of`
    is what their files say of themselves.
    """

    folder: Path
    stages: Mapping[str, Checkpoint]
    plan: ClipPlan
    count: int
    made_of: str


def open_course(folder: Path) -> AblationCourse:
    """No weights are read. Raises BadSamples (parts are missing), BadCheckpoint (parts are damaged)."""
    files = sorted((folder / _CLIPS).glob("drawn-*.safetensors"))
    there = {stage: (folder / stage / FOLDER / last).is_file() for stage, last in _WHOLE.items()}
    lacking = [
        part
        for part, has in (
            (_CLIPS, files),
            (_VAE, (folder / _VAE).is_dir()),
            ("base/checkpoint", there["base"]),
        )
        if not has
    ]
    if lacking:
        raise BadSamples(f"{folder} has no {', '.join(lacking)}: train the small model up to its base first")
    made_of = _read(files[0])[0]
    count = sum(_read(path)[1] for path in files)
    return AblationCourse(
        folder=folder,
        stages={stage: open_checkpoint(folder / stage / FOLDER) for stage, has in there.items() if has},
        plan=_plan(files[0], made_of),
        count=count,
        made_of=f"{made_of} {count}",
    )


def _read(path: Path) -> tuple[str, int]:
    """What a file of clips was made of, and how many it holds. Raises BadSamples."""
    try:
        with safe_open(path, framework="pt") as held:
            return (held.metadata() or {}).get("made_of", ""), held.get_slice("latents").get_shape()[0]
    except (OSError, SafetensorError) as error:
        raise BadSamples(f"{path} is no whole file of drawn clips: delete it, and draw it again") from error


def _plan(path: Path, made_of: str) -> ClipPlan:
    """Raises BadSamples where the file does not tell it."""
    try:
        return msgspec.json.decode(made_of.rpartition(" ")[0], type=ClipPlan, dec_hook=_fraction)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadSamples(f"{path} does not tell how its clips were drawn") from error


def _fraction(kind: type, value: Any) -> Any:
    if kind is not Fraction:
        raise NotImplementedError(kind)
    return Fraction(value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Studio:
    """What all lines share: what they train on, and the clips that they are measured on."""

    course: AblationCourse
    samples: DrawnSamples
    autoencoder: SmallAutoencoder
    held_out: tuple[HeldOut, ...]


def studio_of(course: AblationCourse, clips: int) -> Studio:
    """Takes seconds a clip. Raises MissingModel (no scratch voice), BadCheckpoint, BadSamples."""
    model = course.stages["base"].config
    text_XE = caption(model)[0]
    autoencoder = load_small(course.folder / _VAE)
    ears = ears_in(course.folder, model)
    return Studio(
        course=course,
        samples=open_set(
            course.folder / _CLIPS,
            course.plan,
            course.count,
            window=model.audio.window,
            rate=ears.rate,
            text_XE=text_XE,
        ),
        autoencoder=autoencoder,
        held_out=_with_mouths(
            held_out_drawn(course.plan, autoencoder, model.audio, text_XE, clips, ears=ears), course.plan
        ),
    )


def _with_mouths(held_out: Sequence[HeldOut], plan: ClipPlan) -> tuple[HeldOut, ...]:
    """Each with its measure learned once: `held_out_drawn` keeps a few only, and lines are many."""
    of_others = plan if plan.split != "train" else replace(plan, split="held_out")
    found = []
    for number, one in enumerate(held_out):
        assert one.truth is not None
        clip = draw(of_others, number * of_others.each)
        assert np.array_equal(clip.frames, one.truth.frames)
        measure = _measure(DrawnMouth(clip.figure()), clip.poses)
        found.append(replace(one, truth=replace(one.truth, measure=measure)))
    return tuple(found)


def _measure(mouth: DrawnMouth, poses: Sequence[Pose]) -> Callable[[Pictures], Openings]:
    return lambda shown: mouth.openings(shown, poses)
