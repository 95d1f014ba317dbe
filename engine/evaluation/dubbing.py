"""One clip dubbed, as the product would, and measured. What was measured is read again, not made again.

    <folder>/own.mov     the clip with its own sound        own/take.mov   rendered to it
    <folder>/dub.mov     with the driver's                  dub/take.mov   rendered to it
    <folder>/measure.json

N frames, H W pixels, C RGB.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.daemon.scales import has_weights, weigh
from engine.evaluation.cuts import Picture, Projector
from engine.evaluation.dub_clips import DubSet, drawn, resync_job, silent, sound_of, write_media
from engine.evaluation.dub_scores import DubMeasure
from engine.evaluation.fidelity import psnr
from engine.evaluation.opening import DrawnMouth
from engine.evaluation.rebuilding import autoencoder_of, rebuilt, seen_size
from engine.protocol import EditPlan, Footage, Ratio, Render, Take
from engine.render.renderer import OnProgress, render
from engine.training.clips import Boxes, TrainingClip
from engine.version import engine_version
from engine.whole_file import save_whole

RenderFunction = Callable[[Render, Path, OnProgress], Take]

_HEARD_SIZE = 64  # pixels: a clip of which only the sound is needed is drawn small


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A clip of a set to be dubbed in a folder; `key` as of `DubSet.key`."""

    dubs: DubSet
    index: int
    folder: Path
    key: str


def tasks(dubs: DubSet, out: Path) -> tuple[Task, ...]:
    """Of all clips of the set. Raises MissingModel, BadCheckpoint (its renderer's weights)."""
    engine, weights = engine_version(), weights_of(dubs)
    return tuple(
        Task(
            dubs=dubs,
            index=index,
            folder=out / dubs.split / f"{index:04}",
            key=dubs.key(index, engine, weights),
        )
        for index in range(dubs.clips)
    )


def weights_of(dubs: DubSet) -> str:
    """The sha256 of what renders the set; empty for a renderer without weights."""
    job = _any_job(dubs)
    return weigh(job) if has_weights(job) else ""


def known(task: Task) -> DubMeasure | None:
    """What was measured before, of the same clip rendered by the same."""
    with suppress(OSError, msgspec.MsgspecError):
        found = msgspec.json.decode((task.folder / "measure.json").read_bytes(), type=DubMeasure)
        return found if found.key == task.key else None
    return None


def measure(task: Task, rendered: RenderFunction = render) -> DubMeasure:
    """Draw, render and measure the clip. Raises what the renderer raises."""
    dubs, folder = task.dubs, task.folder
    clip = drawn(dubs, task.index)
    driver = drawn(dubs, dubs.driver(task.index), _HEARD_SIZE)
    own, _ = _take(dubs, clip, write_media(clip, sound_of(clip), folder / "own.mov"), rendered)
    dub, seconds = _take(dubs, clip, write_media(clip, sound_of(driver), folder / "dub.mov"), rendered)
    mouth = DrawnMouth(clip.figure())
    source, in_own, in_dub = (
        shown(path, clip) for path in (folder / "own.mov", Path(own.path), Path(dub.path))
    )
    found = DubMeasure(
        key=task.key,
        split=dubs.split,
        index=task.index,
        driver=dubs.driver(task.index),
        stranger=dubs.stranger(task.index),
        voice=clip.voice,
        text=clip.text,
        true=tuple(clip.opening.tolist()),
        silent=tuple(silent(clip).tolist()),
        in_truth=tuple(mouth.openings(source, clip.poses).tolist()),
        in_own=tuple(mouth.openings(in_own, clip.poses).tolist()),
        in_dub=tuple(mouth.openings(in_dub, clip.poses).tolist()),
        own_psnr=mouth_psnr(in_own, source, clip.mouth),
        rebuilt_psnr=_rebuilt_psnr(dubs, task.index),
        seconds=seconds,
        faceless=sum(face is None for face in dub.faces),
    )
    save_whole(folder / "measure.json", msgspec.json.encode(found))
    return found


def shown(media: Path, clip: TrainingClip) -> list[Picture]:
    """The clip's frames as a player shows them."""
    with Projector(clip.rate) as projector:
        return [projector.show(str(media), frame) for frame in range(len(clip.frames))]


def mouth_psnr(pictures: Sequence[Picture], truth: Sequence[Picture], mouth: Boxes) -> float:
    """In dB, of the mouth's box in RGB, its error averaged over all of a clip's frames."""
    return psnr(_boxed(pictures, mouth), _boxed(truth, mouth))


def rebuilt_clip(dubs: DubSet, index: int) -> tuple[TrainingClip, list[Picture]] | None:
    """A clip at the size that the model sees, and what its autoencoder makes of it; None without a model."""
    if not has_weights(_any_job(dubs)):
        return None
    autoencoder = autoencoder_of(dubs.model or dubs.renderer)
    clip = drawn(dubs, index, seen_size(autoencoder, dubs.size))
    return clip, list(rebuilt(autoencoder, clip.frames))


def _rebuilt_psnr(dubs: DubSet, index: int) -> float | None:
    made = rebuilt_clip(dubs, index)
    return None if made is None else mouth_psnr(made[1], list(made[0].frames), made[0].mouth)


def _any_job(dubs: DubSet) -> Render:
    """What asks for the set's renderer, and for nothing to be rendered."""
    nothing = Footage(media="", fingerprint="", offset=Ratio(num=0), first=0, last=0)
    return Render(
        footage=nothing,
        plan=EditPlan(rate=Ratio(num=25), spans=()),
        bridge=0,
        renderer=dubs.renderer,
        diffusion=dubs.diffusion(),
    )


def _take(dubs: DubSet, clip: TrainingClip, media: Path, rendered: RenderFunction) -> tuple[Take, float]:
    """The take, and the seconds that it took."""
    folder = media.with_suffix("")
    folder.mkdir(exist_ok=True)  # beside media that could be written
    begun = time.perf_counter()
    take = rendered(resync_job(media, clip, dubs), folder, lambda _: None)
    return take, time.perf_counter() - begun


def _boxed(pictures: Iterable[Picture], mouth: Boxes) -> NDArray[np.float32]:
    parts = (
        picture[top : top + height, left : left + width].reshape(-1)
        for picture, (left, top, width, height) in zip(pictures, mouth, strict=True)
    )
    return np.concatenate(list(parts)).astype(np.float32)
