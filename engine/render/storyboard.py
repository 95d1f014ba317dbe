"""Which frames of a take a diffusion renderer makes anew, and how far each shows through: pure.

    new words     whole frames, generated
    a cut         whole frames within `bridge` of it, generated between the two sides
    another pace  whole frames, where some of them lie between two of the source
    a re-render   the job's region of each frame

The rest is the source's own. Where a frame is made anew its weight is 1; towards frames that are the
source's own it falls, inside what may be rewritten: sharpness must not pop at a join. A model of mouths makes
no whole frames: see `mouths_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.protocol import Add, EditPlan, Keep, Retime, span_frames
from engine.render.course import Course

Weights = tuple[Fraction, ...]

_RAMP = 2  # ours: frames at either end of a re-render, or of what bridges a cut, over which it comes and goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Storyboard:
    """For each frame: the weight of the whole generated picture, and of the region.

    `new`: frames that no source frame stands behind. `cuts`: source frames that do not follow on the one
    before them, which is of the source too.
    """

    whole: Weights
    region: Weights
    new: tuple[bool, ...]
    cuts: tuple[int, ...]

    @property
    def frames(self) -> int:
        return len(self.whole)

    @property
    def makes_anew(self) -> bool:
        """Whether anything is."""
        return any(self.whole) or any(self.region)


def storyboard_of(plan: EditPlan, course: Course, bridge: int) -> Storyboard:
    """`course` is the plan's: it knows where the picture jumps."""
    kinds = [kind for span in plan.spans for kind in [_kind(span)] * span_frames(span)]
    new = tuple(kind == "new" for kind in kinds)
    retimed = tuple(_retimed(plan, course))
    head, tail = plan.handles
    whole = [Fraction(int(fresh or paced)) for fresh, paced in zip(new, retimed, strict=True)]
    cuts = tuple(cut.at for cut in course.cuts if not new[cut.at - 1] and not new[cut.at])
    borders = {*_borders(new), *_borders(retimed)}
    for frame, weight in (*_around(cuts, bridge, _crossing), *_around(borders, bridge, _leaving)):
        if head <= frame < len(kinds) - tail:
            whole[frame] = max(whole[frame], weight)
    return Storyboard(
        whole=tuple(whole),
        region=tuple(_risen([kind == "region" for kind in kinds])),
        new=new,
        cuts=cuts,
    )


def mouths_of(plan: EditPlan) -> Storyboard:
    """Of a model that makes nothing but mouths: the region of re-renders, and of new words, whose pictures
    are the draft's. So are cuts and other paces.
    """
    speaks = [_kind(span) in {"new", "region"} for span in plan.spans for _ in range(span_frames(span))]
    nothing = (Fraction(0),) * len(speaks)
    return Storyboard(whole=nothing, region=tuple(_risen(speaks)), new=(False,) * len(speaks), cuts=())


def _kind(span: Keep | Retime | Add) -> str:
    if isinstance(span, Add):
        return "new"
    if isinstance(span, Retime):
        return "retime"
    return "region" if span.resync else "source"


def _retimed(plan: EditPlan, course: Course) -> Iterator[bool]:
    """Where a span's frames lie between two of the source, all of them count: sharpness must not flicker."""
    start = 0
    for span in plan.spans:
        positions = course.positions[start : start + span_frames(span)]
        between = isinstance(span, Retime) and any(position.denominator > 1 for position in positions)
        yield from [between] * len(positions)
        start += len(positions)


def _borders(flags: Sequence[bool]) -> Iterator[int]:
    """The first frame after each change."""
    return (frame for frame in range(1, len(flags)) if flags[frame] != flags[frame - 1])


def _around(
    edges: Iterable[int], bridge: int, weigh: Callable[[int, int], Fraction]
) -> Iterator[tuple[int, Fraction]]:
    """(frame, weight) of `bridge` frames to both sides of each edge."""
    for at in edges:
        for distance in range(bridge):
            weight = weigh(distance, bridge)
            yield at + distance, weight
            yield at - 1 - distance, weight


def _crossing(distance: int, bridge: int) -> Fraction:
    """Over a cut the generated frames alone, but for a ramp: two pictures at once would show."""
    return Fraction(min(bridge - distance, _RAMP + 1), _RAMP + 1)


def _leaving(distance: int, bridge: int) -> Fraction:
    """From generated frames into kept ones, which show the same: all the way."""
    return Fraction(bridge - distance, bridge + 1)


def _risen(there: list[bool]) -> Iterator[Fraction]:
    """1 where it is there, less in the first and last frames of a stretch that does not fill the take."""
    for frame, inside in enumerate(there):
        if not inside:
            yield Fraction(0)
            continue
        distance = min(_distance(there, frame, -1), _distance(there, frame, 1))
        yield Fraction(min(distance, _RAMP + 1), _RAMP + 1)


def _distance(there: list[bool], frame: int, step: int) -> int:
    """Frames to where the stretch ends, 1 for its last; more than the ramp where it ends with the take."""
    for distance in range(1, _RAMP + 1):
        beside = frame + step * distance
        if not 0 <= beside < len(there):
            return _RAMP + 1
        if not there[beside]:
            return distance
    return _RAMP + 1
