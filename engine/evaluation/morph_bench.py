"""How good morphs are, on footage of people who speak.

Two questions. Hidden frames: four of a clip's own frames are hidden and made again from the two beside them;
is the morph nearer to them than a plain dissolve is, inside the face? Real cuts: when a part of a clip is
taken out, does any step across the bridge exceed what the clip itself does, and is the bridge as sharp as the
frames beside it?
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, pairwise
from pathlib import Path

import numpy as np

from engine.errors import MissingModel, TruncatedMedia
from engine.evaluation.fidelity import Luma, luma_of, psnr, sharpness, step, steps
from engine.face.models import INSTALL_HINT, find_models
from engine.media.decode import Reel, Sampling, every_picture, open_reel
from engine.media.picture import Picture
from engine.protocol import EditPlan, FaceBox, Keep, Ratio
from engine.render.course import course_of
from engine.render.drawing import Drawing
from engine.render.faces import FaceWatch
from engine.render.flow import opencv_in_one_thread
from engine.render.morph import FAITHFUL, Manner, Morph

HIDDEN = 4
_THREADS = 2
_PERCENTILE = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenFrames:
    """What a morph gains over a dissolve, in dB of PSNR inside the face, at many places of a clip."""

    places: int
    worst_half: float  # mean over the half of the places where the dissolve is worst
    mean: float  # over all places
    worst: float  # at the worst single place


def hidden_frames(path: Path, stride: int = 1, manner: Manner = FAITHFUL) -> HiddenFrames:
    """Hide four frames at every `stride`-th place of a clip. Raises MissingModel, MissingMedia, BadMedia."""
    clip = tuple(every_picture(path))
    faces = _faces(clip)
    with opencv_in_one_thread(), ThreadPoolExecutor(_THREADS) as pool:
        scores = np.array(
            [
                _score(clip[start : start + HIDDEN + 2], faces[start + 1 : start + HIDDEN + 1], pool, manner)
                for start in range(0, len(clip) - HIDDEN - 1, stride)
            ]
        )
    dissolve, gain = scores[:, 0], scores[:, 1] - scores[:, 0]
    worst = np.argsort(dissolve, kind="stable")[: len(scores) // 2]
    return HiddenFrames(
        places=len(scores),
        worst_half=float(gain[worst].mean()),
        mean=float(gain.mean()),
        worst=float(gain.min()),
    )


def _score(
    shown: Sequence[Picture], faces: Sequence[FaceBox | None], pool: ThreadPoolExecutor, manner: Manner
) -> tuple[float, float]:
    """The mean PSNR of a dissolve and of a morph between the first and the last picture."""
    before, after = shown[0], shown[-1]
    dissolves, morphs = [], []
    for index, made in enumerate(Morph(before, after, pool, manner).pictures(HIDDEN), start=1):
        time = index / (HIDDEN + 1)
        truth = _face_of(luma_of(shown[index]), faces[index - 1])
        dissolve = (1 - time) * luma_of(before) + time * luma_of(after)
        dissolves.append(psnr(_face_of(dissolve, faces[index - 1]), truth))
        morphs.append(psnr(_face_of(luma_of(made), faces[index - 1]), truth))
    return float(np.mean(dissolves)), float(np.mean(morphs))


@dataclass(frozen=True, slots=True, kw_only=True)
class RealCut:
    """A part of a clip taken out, and what bridges it.

    The steps are the longest across the bridge over the clip's own 99th percentile, in the whole picture and
    inside the face. The sharpness, inside the face, is the bridge's least as a share of the less sharp frame
    beside it, and its greatest as a share of the sharper one.
    """

    removed: tuple[int, int]
    pictures: tuple[Picture, ...]  # two frames of the clip, the bridge, and two more
    step: float
    face_step: float
    sharpness: tuple[float, float]


def real_cuts(
    path: Path, removals: Iterable[tuple[int, int]], rate: Fraction, reach: int
) -> Iterator[RealCut]:
    """Take each [start, end) out of the clip, and bridge it with at most `reach` frames on either side.

    Raises MissingModel, MissingMedia, BadMedia, TruncatedMedia.
    """
    with open_reel(path, Sampling(offset=Fraction(0), rate=rate)) as reel, opencv_in_one_thread():
        clip = tuple(_all_of(reel))
        faces = _faces(clip)
        for start, end in removals:
            course = course_of(_removal(start, end, rate, reach + 2), 0, len(clip), reach)
            with Drawing(course, reel, (0, len(clip)), rate) as drawing:
                (bridge,) = drawing.bridges()
                take = tuple(drawing.pictures())
            sides = [int(course.positions[frame]) for frame in (bridge.start - 1, bridge.end)]
            yield _judged((start, end), take[bridge.start - 2 : bridge.end + 2], clip, (faces, sides))


def _removal(start: int, end: int, rate: Fraction, margin: int) -> EditPlan:
    spans = (Keep(start=start - margin, end=start), Keep(start=end, end=end + margin))
    return EditPlan(rate=Ratio.of(rate), spans=spans, handles=(1, 1))


def _judged(
    removed: tuple[int, int],
    shown: tuple[Picture, ...],
    clip: tuple[Picture, ...],
    face: tuple[Sequence[FaceBox | None], Sequence[int]],
) -> RealCut:
    faces, sides = face
    box = _around([faces[side] for side in sides])
    lumas = [luma_of(picture) for picture in shown]
    own = [luma_of(picture) for picture in clip]
    in_face = [_face_of(luma, box) for luma in lumas]
    own_faces = [_around(pair) for pair in pairwise(faces)]
    usual_in_face = [
        step(_face_of(one, at), _face_of(other, at))
        for (one, other), at in zip(pairwise(own), own_faces, strict=True)
    ]
    beside = [sharpness(in_face[index]) for index in (1, -2)]
    amounts = [sharpness(luma) for luma in in_face[2:-2]]
    return RealCut(
        removed=removed,
        pictures=shown,
        step=max(steps(lumas[1:-1])) / _usual(steps(own)),
        face_step=max(steps(in_face[1:-1])) / _usual(usual_in_face),
        sharpness=(
            min(amounts, default=beside[0]) / min(beside),
            max(amounts, default=beside[0]) / max(beside),
        ),
    )


def _usual(lengths: Sequence[float]) -> float:
    return float(np.percentile(lengths, _PERCENTILE))


def _all_of(reel: Reel) -> Iterator[Picture]:
    for frame in count():
        try:
            yield reel.picture(frame)
        except TruncatedMedia:
            return


def _faces(pictures: Sequence[Picture]) -> tuple[FaceBox | None, ...]:
    models = find_models()
    if models is None:
        raise MissingModel(f"the face models are missing; {INSTALL_HINT}")
    watch = FaceWatch(models)
    for _ in watch.watching(pictures):
        pass
    return watch.faces


def _around(boxes: Sequence[FaceBox | None]) -> FaceBox | None:
    """The smallest box around them all."""
    found = [box for box in boxes if box is not None]
    if not found:
        return None
    x, y = min(box.x for box in found), min(box.y for box in found)
    right, bottom = max(box.x + box.width for box in found), max(box.y + box.height for box in found)
    return FaceBox(x=x, y=y, width=right - x, height=bottom - y, opening=0.0)


def _face_of(luma: Luma, face: FaceBox | None) -> Luma:
    """The part of the picture within the box; all of it where no face was found."""
    if face is None:
        return luma
    return luma[face.y : face.y + face.height, face.x : face.x + face.width]
