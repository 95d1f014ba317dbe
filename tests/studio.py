"""What the tests of diffusion renders share: a film, checkpoints, plans, and what must hold of every take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
from consents import ALLOWED
from drawn_faces import speaking
from filmed import film, footage
from watched import Watched, watched

from engine.media.decode import Sampling, open_reel
from engine.media.encode import read_content
from engine.media.fingerprint import fingerprint
from engine.media.picture import Picture, same_picture
from engine.protocol import (
    Add,
    Box,
    Diffusion,
    EditPlan,
    FaceRegion,
    Footage,
    Keep,
    Ratio,
    Render,
    Retime,
    Span,
    Speech,
    span_frames,
)
from engine.render.course import course_of
from engine.render.film import Film
from engine.render.flow import opencv_in_one_thread

FRAMES = 60
RATE = Fraction(25)
BRIDGE = 3
LEFT_HALF = Box(x=4, y=4, width=26, height=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Films, the large one for two passes; lines to say; checkpoints with and without trained audio."""

    footage: Footage
    large: Footage
    lines: tuple[Speech, Speech]
    silent: Path
    audible: Path
    two_pass: Path

    def job(
        self,
        *spans: Span,
        handles: tuple[int, int] = (0, 0),
        speech: int = 0,
        model: Path | None = None,
        **given: object,
    ) -> Render:
        """With the audible checkpoint unless another is given; those of `Diffusion` go where they belong."""
        settings = {name: given.pop(name) for name in list(given) if name in Diffusion.__struct_fields__}
        diffusion = Diffusion(**{"model": str(model or self.audible), "steps": 2, **settings})
        plan = EditPlan(rate=Ratio.of(given.pop("rate", RATE)), spans=spans, handles=handles)
        job = Render(
            footage=self.footage,
            plan=plan,
            bridge=BRIDGE,
            speech=(self.lines[speech],),
            region=LEFT_HALF,
            renderer="edityourself",
            diffusion=diffusion,
            consent=ALLOWED,
        )
        return msgspec.structs.replace(job, **given)


LIPS, FACE, HEAD = (FaceRegion(name=name) for name in ("lips", "face", "head"))


def spoken(path: Path) -> Speech:
    return Speech(path=str(path), fingerprint=fingerprint(path), start=0, end=60)


def sources(job: Render) -> Iterator[tuple[int, Picture]]:
    """(frame of the take, source picture) for all frames that the plan leaves as they are, by the plan alone.

    Those are kept frames further than the bridge from the ends of their span, handles, and all of a span that
    ends with the take.
    """
    wanted: dict[int, int] = {}
    at, (head, tail), total = 0, job.plan.handles, job.plan.frames
    for span in job.plan.spans:
        frames = span_frames(span)
        for index in range(frames) if isinstance(span, Keep) and not span.resync else ():
            frame = at + index
            near_start = at > 0 and index < job.bridge
            near_end = at + frames < total and frames - index <= job.bridge
            if not (near_start or near_end) or frame < head or frame >= total - tail:
                wanted[frame] = span.start + index
        at += frames
    sampling = Sampling(offset=job.footage.offset.exact, rate=job.plan.rate.exact)
    with open_reel(Path(job.footage.media), sampling) as reel:
        for frame, source in wanted.items():
            yield frame, reel.picture(source)


def check_exact(job: Render, seen: Watched) -> None:
    """The planned length, in the file too; untouched frames the source's own to the bit."""
    assert seen.take is not None
    content = read_content(Path(seen.take.path))
    assert (seen.take.frames, len(seen.pictures), content.frames) == (job.plan.frames,) * 3
    changed = [frame for frame, picture in sources(job) if not same_picture(picture, seen.pictures[frame])]
    assert changed == []


def same_where(one: Picture, other: Picture, inside: np.ndarray) -> bool:
    """Whether two pictures are equal in the pixels [height, width], chroma where either column is in it."""
    chroma = inside[:, ::2] | inside[:, 1::2]
    masks = (inside, chroma, chroma)
    return all(
        np.array_equal(a[mask], b[mask]) for a, b, mask in zip(one.planes, other.planes, masks, strict=True)
    )


def content(job: Render, folder: Path) -> str:
    take = watched(job, folder).take
    assert take is not None
    return take.content_sha256


BLANK = np.full((120, 160, 3), 90, np.uint8)


def presenter(frames: int, seed: int = 7, size: tuple[int, int] = (160, 120)) -> list[np.ndarray]:
    speech = speaking(seed, "m ɑː m ɑː m ɑː m ɑː", size)
    return list(speech.pictures[:frames])


def filmed_job(studio: Studio, folder: Path, pictures: Sequence[np.ndarray], **given: object) -> Render:
    """All of these pictures re-rendered."""
    frames = len(pictures)
    media = film(folder / "faces.mkv", pictures, seconds=frames / 25)
    job = studio.job(Keep(start=0, end=frames, resync=True), **{"region": LIPS, **given})
    return msgspec.structs.replace(job, footage=footage(media, frames))


def decoded(job: Render) -> list[Picture]:
    sampling = Sampling(offset=job.footage.offset.exact, rate=job.plan.rate.exact)
    with open_reel(Path(job.footage.media), sampling) as reel:
        return [reel.picture(frame) for frame in range(job.footage.first, job.footage.last)]


def drafted(job: Render) -> list[Picture]:
    """The pictures before any mouth is made anew."""
    shot = job.footage
    course = course_of(job.plan, shot.first, shot.last, job.bridge)
    sampling = Sampling(offset=shot.offset.exact, rate=job.plan.rate.exact)
    with open_reel(Path(shot.media), sampling) as reel, opencv_in_one_thread():
        return list(
            Film(
                course=course, reel=reel, footage=(shot.first, shot.last), rate=job.plan.rate.exact
            ).pictures()
        )


PLANS: dict[str, tuple[Span, ...]] = {
    "removal": (Keep(start=4, end=14), Keep(start=22, end=32)),
    "removal of a frame": (Keep(start=4, end=14), Keep(start=15, end=25)),
    "two removals": (Keep(start=0, end=9), Keep(start=20, end=30), Keep(start=41, end=55)),
    "addition": (Keep(start=4, end=14), Add(frames=11, speech=0), Keep(start=14, end=24)),
    "addition of a frame": (Keep(start=4, end=14), Add(frames=1, speech=0), Keep(start=14, end=24)),
    "addition at the start": (Add(frames=7, speech=0), Keep(start=0, end=12)),
    "addition at the end": (Keep(start=48, end=60), Add(frames=7, speech=0)),
    "nothing but an addition": (Add(frames=9, speech=0),),
    "replacement": (Keep(start=4, end=14), Add(frames=8, speech=0), Keep(start=25, end=35)),
    "replacement by less": (Keep(start=4, end=14), Add(frames=3, speech=0), Keep(start=35, end=45)),
    "slower": (Keep(start=4, end=10), Retime(start=10, end=18, frames=15), Keep(start=18, end=26)),
    "faster": (Keep(start=4, end=10), Retime(start=10, end=30, frames=9), Keep(start=30, end=36)),
    "retime to a frame": (Keep(start=4, end=10), Retime(start=10, end=14, frames=1), Keep(start=14, end=20)),
    "retime of all": (Retime(start=0, end=12, frames=17),),
    "re-render": (Keep(start=4, end=10), Keep(start=10, end=19, resync=True), Keep(start=19, end=26)),
    "re-render of a frame": (
        Keep(start=4, end=10),
        Keep(start=10, end=11, resync=True),
        Keep(start=11, end=16),
    ),
    "re-render of frame 0": (Keep(start=0, end=1, resync=True), Keep(start=1, end=8)),
    "re-render of the last": (Keep(start=52, end=59), Keep(start=59, end=60, resync=True)),
    "everything": (
        Keep(start=0, end=6),
        Keep(start=6, end=11, resync=True),
        Add(frames=6, speech=0),
        Keep(start=11, end=18),
        Keep(start=24, end=30),
        Retime(start=30, end=36, frames=9),
        Keep(start=36, end=40, resync=True),
        Keep(start=40, end=48),
    ),
}
