"""Transitions beside an edit: they keep the frames they mix, or the edit is refused with their name.

A transition at a cut mixes `in_offset` frames before it and `out_offset` frames after it. On either side it
needs as many frames of the clip it shows, and as many of the other clip beyond the cut: that clip's handle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

import opentimelineio as otio

from otio_adapters.errors import UnsupportedEdit
from otio_adapters.opentime import Clock, exact_frames
from otio_adapters.ripple import Frames

if TYPE_CHECKING:
    from otio_adapters.track_changes import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A transition that mixes frames [cut - before, cut + after); its index on the track."""

    index: int
    cut: Frames
    before: Fraction
    after: Fraction
    name: str


def mixes_of(
    children: Sequence[otio.core.Composable], starts: Sequence[Frames], rate: Fraction
) -> tuple[Mix, ...]:
    """The transitions among the children, which start at `starts`."""
    return tuple(
        Mix(
            index=index,
            cut=starts[index],
            before=exact_frames(item.in_offset, rate),
            after=exact_frames(item.out_offset, rate),
            name=item.name or item.transition_type or "without a name",
        )
        for index, item in enumerate(children)
        if isinstance(item, otio.schema.Transition)
    )


class Mixes:
    """The transitions of one track. `starts`: where each child starts, and where the last one ends."""

    def __init__(
        self, children: Sequence[otio.core.Composable], starts: Sequence[Frames], clock: Clock
    ) -> None:
        self._mixes = mixes_of(children, starts, clock.rate)
        self._starts = starts
        self._clock = clock

    def check(self, change: Change) -> None:
        """Raises `UnsupportedEdit` for the first transition that the change would cut or starve."""
        for mix in self._mixes:
            if change.end < mix.cut - mix.before or mix.cut + mix.after < change.start:
                continue
            if change.start == mix.cut < change.end:
                self._check_clip_after(mix, change)
            elif change.start < mix.cut == change.end:
                self._check_clip_before(mix, change)
            elif not _apart(mix, change) and not _swallowed(mix, change):
                where = change.end if change.start < mix.cut < change.end else change.start
                self._refuse(mix, f"lies where the edit cuts, at {self._clock.code(where)}")

    def _check_clip_after(self, mix: Mix, change: Change) -> None:
        """The head of the clip that the transition leads to gives way."""
        next_cut = self._starts[min(mix.index + 2, len(self._starts) - 1)]
        taken = sum(other.before for other in self._mixes if other.cut == max(next_cut, change.end))
        if change.items:
            taken = sum(other.before for other in self._mixes if other.cut == change.end)
            self._check_handle(mix, mix.before, change.handles[0], "before its start")
            self._check_room(mix, mix.after, change.shown(self._clock.rate) - taken)
        elif change.added:
            self._refuse(mix, "would lead into nothing")
        else:
            self._check_room(mix, mix.after, next_cut - change.end - taken)

    def _check_clip_before(self, mix: Mix, change: Change) -> None:
        """The tail of the clip that the transition leads away from gives way."""
        begin = self._starts[max(mix.index - 1, 0)]
        if change.items:
            taken = sum(other.after for other in self._mixes if other.cut == change.start)
            self._check_handle(mix, mix.after, change.handles[1], "after its end")
            self._check_room(mix, mix.before, change.shown(self._clock.rate) - taken)
        elif change.added:
            self._refuse(mix, "would follow nothing")
        else:
            taken = sum(other.after for other in self._mixes if other.cut == begin and other is not mix)
            self._check_room(mix, mix.before, change.start - begin - taken)

    def _check_handle(self, mix: Mix, needed: Frames, there: Frames, where: str) -> None:
        if there < needed:
            self._refuse(mix, f"needs {needed} spare frames {where}, and the take has {there}")

    def _check_room(self, mix: Mix, needed: Frames, left: Frames) -> None:
        # A clip that is all gone would leave the transition between strangers.
        if left < max(needed, 1):
            self._refuse(mix, f"would be left with {max(left, 0)} of the {needed} frames that it mixes")

    def _refuse(self, mix: Mix, why: str) -> NoReturn:
        raise UnsupportedEdit(
            f"the transition {mix.name!r} at {self._clock.code(mix.cut)} {why}; move, shorten or remove it"
            " first"
        )


def _apart(mix: Mix, change: Change) -> bool:
    if change.start == change.end == mix.cut:
        return False
    before = change.end <= mix.cut - mix.before and change.end < mix.cut
    return before or (change.start >= mix.cut + mix.after and change.start > mix.cut)


def _swallowed(mix: Mix, change: Change) -> bool:
    """The transition goes, and both of the clips that it mixes where it mixes them."""
    begins_before = change.start <= mix.cut - mix.before
    return begins_before and mix.cut + mix.after <= change.end and change.start < mix.cut < change.end
