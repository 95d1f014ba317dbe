"""Clips to dub: drawn presenters whom nobody trained on, filmed with another clip's sound.

A dub is what `pickup edit --rerender` gets when footage has a new sound track: the media has one clip's
pictures and the other's sound, and the plan renders the lips of every frame anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import msgspec
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from engine import training
from engine.evaluation.cuts import Picture
from engine.media.conversion import picture_of
from engine.media.encode import TakeFormat, write_take
from engine.media.fingerprint import fingerprint
from engine.media.picture import PIXEL_FORMAT, PictureFormat
from engine.media.picture import Picture as Planes
from engine.media.sound import Samples, resampled
from engine.protocol import (
    SAMPLE_RATE,
    Diffusion,
    EditPlan,
    FaceRegion,
    Footage,
    Keep,
    Ratio,
    Render,
)
from engine.speech.pcm import SAMPLE_RATE as HEARING
from engine.training.clips import HEARD_AROUND, ClipPlan, Split, TrainingClip, draw

SPLITS: tuple[Split, ...] = ("held_out", "held_out_voices")
FEWEST = 3  # clips: one to show, one to hear, and one that has nothing to do with either
_BT709 = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DubSet:
    """`clips` of one split, each a person and a line of its own, to be dubbed by one renderer.

    `model`: a checkpoint's folder, empty for the renderer's own. `steps`: None for the product's own.
    ours: 57 frames, 8 latents: a measure of r in fewer frames is noise.
    """

    split: Split
    clips: int
    renderer: str
    model: str = ""
    steps: int | None = None
    seed: int = 1
    frames: int = 57
    size: int = 256

    def __post_init__(self) -> None:
        if self.clips < FEWEST:
            raise ValueError(f"{self.clips} clips cannot dub each other: {FEWEST} or more")
        self.plan()  # it refuses what cannot be drawn

    def plan(self, size: int | None = None) -> ClipPlan:
        """What is drawn; at another size the same people in the same framing."""
        return ClipPlan(seed=self.seed, split=self.split, frames=self.frames, size=size or self.size, each=1)

    def driver(self, index: int) -> int:
        """The clip whose sound this one is given."""
        return (index + 1) % self.clips

    def stranger(self, index: int) -> int:
        """A clip of which this one has nothing: what its mouth agrees with by chance."""
        return (index + 2) % self.clips

    def diffusion(self) -> Diffusion:
        chosen = Diffusion(model=self.model)
        return chosen if self.steps is None else msgspec.structs.replace(chosen, steps=self.steps)

    def key(self, index: int, engine: str, weights: str) -> str:
        """What the measures of a clip follow from."""
        told = [
            repr(replace(self, clips=FEWEST, model="")),
            index,
            self.driver(index),
            engine,
            weights,
            drawn_by(),
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()


@cache
def drawn_by() -> str:
    """A digest of the source that draws presenters: it is no part of the engine's version."""
    house = Path(training.__path__[0])
    sources = [*sorted(house.glob("presenter/*.py")), *(house / f"{name}.py" for name in _DRAW)]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


_DRAW = ("clips", "sentences", "synthetic")


def write_media(clip: TrainingClip, sound: Samples, path: Path) -> Path:
    """A clip's pictures with a sound, as ProRes and PCM. Raises DiskFull, RenderFailed."""
    height, width = clip.frames.shape[1:3]
    form = TakeFormat(
        picture=PictureFormat(width=width, height=height, primaries=_BT709, transfer=_BT709, matrix=_BT709),
        rate=clip.rate,
        frames=len(clip.frames),
        channels=1,
    )
    write_take(path, form, film_of(clip.frames), sound)
    return path


def film_of(pictures: Iterable[Picture]) -> Iterator[Planes]:
    """RGB as the 10-bit YUV that a take holds: BT.709, limited range."""
    for picture in pictures:
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        yield picture_of(
            frame.reformat(
                format=PIXEL_FORMAT,
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
        )


def sound_of(clip: TrainingClip) -> Samples:
    """[samples, 1] at 48 kHz: what is heard while the picture is seen, and nothing of what is around."""
    whole = resampled(clip.samples[:, None], HEARING, SAMPLE_RATE)
    begin, length = (round(count * SAMPLE_RATE / clip.rate) for count in (HEARD_AROUND, len(clip.frames)))
    return whole[begin : begin + length]


def resync_job(media: Path, clip: TrainingClip, dubs: DubSet) -> Render:
    """The lips of all of the media rendered anew to its sound, planned as the product plans a re-render."""
    frames = len(clip.frames)
    return Render(
        footage=Footage(
            media=str(media), fingerprint=fingerprint(media), offset=Ratio(num=0), first=0, last=frames
        ),
        plan=EditPlan(rate=Ratio.of(clip.rate), spans=(Keep(start=0, end=frames, resync=True),)),
        bridge=bridge_frames(clip.rate),
        region=FaceRegion(name="lips"),
        renderer=dubs.renderer,
        seed=dubs.seed,
        diffusion=dubs.diffusion(),
    )


def bridge_frames(rate: Fraction) -> int:
    """As `bridge.shots.bridge_frames`, which is above the engine."""
    return max(2, round(rate / 5))


def drawn(dubs: DubSet, index: int, size: int | None = None) -> TrainingClip:
    """A clip of the set. Raises MissingModel where the scratch voice is not installed."""
    return draw(dubs.plan(size), index)


def silent(clip: TrainingClip) -> NDArray[np.bool_]:
    """The frames in which nobody speaks, nor has just spoken or is about to: the mouth is at rest.

    ours: 4 frames to either side of a sound, within which lips move before it and after it. The clip's first
    and last ones do not count: what sounds beyond them is not told.
    """
    count = len(clip.frames)
    quiet = np.zeros(count, np.bool_)
    quiet[_MOVING : count - _MOVING] = True
    for sound in clip.phonemes:
        first, last = int(sound.start * clip.rate) - _MOVING, int(-(-sound.end * clip.rate // 1)) + _MOVING
        quiet[max(0, first) : max(0, last)] = False
    return quiet


_MOVING = 4
