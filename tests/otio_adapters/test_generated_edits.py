"""Any plan on any timeline: every frame is where it was meant, or nothing has changed and it is said why."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from generated_timelines import Moment, film, plans, timelines
from hypothesis import given, settings
from hypothesis import strategies as st

from otio_adapters.clip_place import ClipPlace
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.links import link_of
from otio_adapters.opentime import exact_frames, time_range
from otio_adapters.placement import Lay, Placement, PlaceReport, Ripple, RippleMode
from otio_adapters.ripple import crossfades, length, starts
from otio_adapters.takes import place_takes, put_takes

usual = settings(max_examples=60, deadline=None)  # a machine under load is slow, not wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    timeline: otio.schema.Timeline
    rate: Fraction
    place: ClipPlace
    placements: tuple[Placement, ...]

    @property
    def ripples(self) -> list[Ripple]:
        found = [ripple for placement in self.placements for ripple in placement.ripples]
        return sorted(found, key=lambda ripple: -ripple.at)

    @property
    def change(self) -> int:
        return sum(placement.change for placement in self.placements)

    def report(self, mode: RippleMode = "all", lay: Lay = "replace") -> PlaceReport | None:
        try:
            return place_takes(self.timeline, self.place, self.placements, mode, lay=lay)
        except UnsupportedEdit:
            return None


@st.composite
def drawn_plans(draw: st.DrawFn, *, locks: bool = False) -> Plan:
    timeline, rate = draw(timelines(locks=locks))
    track = timeline.tracks[0]
    edges = starts(list(track), rate)
    clips = [index for index, item in enumerate(track) if isinstance(item, otio.schema.Clip)]
    index = draw(st.sampled_from(clips)) if clips else 0
    frames = int(edges[index + 1] - edges[index])
    place = ClipPlace(
        name=track[index].name,
        track=0,
        index=index,
        at=Fraction(edges[index]),
        length=Fraction(frames),
        rate=rate,
    )
    placements = draw(plans(place.start, frames, rate)) if clips else ()
    return Plan(timeline=timeline, rate=rate, place=place, placements=placements)


def rippled(frames: list[Moment], ripples: Sequence[Ripple]) -> list[Moment]:
    for ripple in ripples:
        end = len(frames)
        frames = frames[: ripple.at] + frames[ripple.at + ripple.removed :]
        if ripple.at < end and ripple.at < len(frames):
            frames[ripple.at : ripple.at] = [None] * ripple.added
    return frames


def with_takes(frames: list[Moment], placements: Sequence[Placement]) -> list[Moment]:
    for placement in reversed(placements):
        first = placement.facts.start + placement.source_range[0]
        rate = placement.facts.rate
        shown = [
            (placement.media.as_posix(), (first + k) / rate, True) for k in range(placement.source_range[1])
        ]
        frames = frames[: placement.start] + list(shown) + frames[placement.end :]
    return frames


@usual
@given(drawn_plans(), st.sampled_from(["all", "linked"]))
def test_picture_and_sound_have_the_takes_and_keep_every_other_frame(plan: Plan, mode: RippleMode) -> None:
    report = plan.report(mode)
    if report is None:
        return
    picture, sound = (film(report.timeline.tracks[index], plan.rate) for index in (0, 1))
    before = film(plan.timeline.tracks[0], plan.rate)
    assert picture == with_takes(before, plan.placements)
    assert sound == picture


@usual
@given(drawn_plans())
def test_every_other_track_loses_and_gains_the_same_frames(plan: Plan) -> None:
    report = plan.report()
    if report is None:
        return
    for before, after in list(zip(plan.timeline.tracks, report.timeline.tracks, strict=True))[2:]:
        assert film(after, plan.rate) == rippled(film(before, plan.rate), plan.ripples)


@usual
@given(drawn_plans(), st.sampled_from(["replace", "above", "reference"]))
def test_a_track_that_goes_on_after_the_edit_is_longer_by_the_change(plan: Plan, lay: Lay) -> None:
    report = plan.report(lay=lay)
    if report is None:
        return
    after = [track for track in report.timeline.tracks if track.name != "Pickup"]
    end = max((placement.end for placement in plan.placements), default=0)
    for old, new in zip(plan.timeline.tracks, after, strict=True):
        was, now = starts(list(old), plan.rate)[-1], starts(list(new), plan.rate)[-1]
        assert now - was == plan.change or was <= end
    longest = max(starts(list(track), plan.rate)[-1] for track in after)
    assert report.duration_after == longest


@usual
@given(drawn_plans(), st.sampled_from(["replace", "above", "reference"]))
def test_nothing_before_the_edit_moves(plan: Plan, lay: Lay) -> None:
    report = plan.report(lay=lay)
    if report is None or not plan.placements:
        return
    first = plan.placements[0].start
    after = [track for track in report.timeline.tracks if track.name != "Pickup"]
    for old, new in zip(plan.timeline.tracks, after, strict=True):
        assert film(new, plan.rate)[:first] == film(old, plan.rate)[:first]


@usual
@given(drawn_plans())
def test_takes_above_lie_over_what_they_stand_for_and_alone_are_heard(plan: Plan) -> None:
    report = plan.report(lay="above")
    if report is None or not plan.placements:
        return
    tracks = list(report.timeline.tracks)
    assert [track.name for track in tracks[:4]] == ["V1", "Pickup", "A1", "Pickup"]
    picture, above, sound, heard = (film(track, plan.rate) for track in tracks[:4])
    assert picture == rippled(film(plan.timeline.tracks[0], plan.rate), plan.ripples)
    meant = with_takes(film(plan.timeline.tracks[0], plan.rate), plan.placements)
    seen = [over or under for over, under in zip(_padded(above, picture), picture, strict=True)]
    assert heard == above
    assert seen[: len(above)] == meant[: len(above)]
    for over, under in zip(_padded(heard, sound), sound, strict=True):
        assert over is None or under is None or not under[2]


def _padded(frames: list[Moment], like: list[Moment]) -> list[Moment]:
    return frames + [None] * (len(like) - len(frames))


@usual
@given(drawn_plans(), st.sampled_from(["all", "linked"]))
def test_pieces_of_picture_and_sound_are_linked_pair_by_pair(plan: Plan, mode: RippleMode) -> None:
    report = plan.report(mode)
    if report is None:
        return
    pieces = [
        [link_of(item) for item in report.timeline.tracks[index] if isinstance(item, otio.schema.Clip)]
        for index in (0, 1)
    ]
    assert pieces[0] == pieces[1]
    assert None not in pieces[0]
    assert len(set(pieces[0])) == len(pieces[0])


@usual
@given(drawn_plans())
def test_a_dissolve_that_is_left_has_the_frames_that_it_mixes(plan: Plan) -> None:
    report = plan.report()
    if report is None:
        return
    for track in report.timeline.tracks:
        children = list(track)
        for index, item in enumerate(children):
            if isinstance(item, otio.schema.Transition):
                assert crossfades(children, index)
                assert exact_frames(item.in_offset, plan.rate) <= length(children[index - 1], plan.rate)
                assert exact_frames(item.out_offset, plan.rate) <= length(children[index + 1], plan.rate)


@usual
@given(drawn_plans(locks=True), st.sampled_from(["replace", "above", "reference"]))
def test_an_edit_that_is_refused_has_changed_nothing(plan: Plan, lay: Lay) -> None:
    before = plan.timeline.to_json_string()
    with contextlib.suppress(UnsupportedEdit):
        put_takes(plan.timeline, plan.place, plan.placements, lay=lay)
        return
    assert plan.timeline.to_json_string() == before


@usual
@given(drawn_plans())
def test_markers_of_the_timeline_move_with_the_frames_they_mark(plan: Plan) -> None:
    report = plan.report()
    if report is None:
        return
    frames: list[int | None] = list(range(2000))
    for ripple in plan.ripples:
        frames = [*frames[: ripple.at], *[None] * ripple.added, *frames[ripple.at + ripple.removed :]]
    for old, new in zip(plan.timeline.tracks.markers, report.timeline.tracks.markers, strict=True):
        was = exact_frames(old.marked_range.start_time, plan.rate)
        now = next(at for at, frame in enumerate(frames) if frame is not None and frame >= was)
        assert new.marked_range.start_time == time_range(now, 0, plan.rate).start_time
