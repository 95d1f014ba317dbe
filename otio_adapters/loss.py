"""What a translation from one format to another leaves behind, said before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import opentimelineio as otio

from otio_adapters.edl.pieces import is_wipe
from otio_adapters.errors import UnreadableTimeline, UnwritableOutput
from otio_adapters.fcpxml.losses import fcpxml_losses
from otio_adapters.fcpxml.rational import GRID
from otio_adapters.formats import format_of
from otio_adapters.opentime import exact_frames, is_drop_frame, timeline_rate, to_timecode
from otio_adapters.ripple import crossfades, starts

_STEPS = {".xml": 1, ".kdenlive": 1, ".edl": 1, ".fcpxml": GRID}  # to how many parts of a frame each is exact
_KINDS = (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)


def losses(timeline: otio.schema.Timeline, path: Path) -> tuple[str, ...]:
    """What the timeline has that the format of `path` cannot hold, one line each. OTIO holds it all.

    What was lost in reading the timeline (`pickup.losses`) comes first, whatever is written.
    """
    form = format_of(path, to_write=True)
    noted = timeline.metadata.get("pickup", {}).get("losses")
    unread = (
        [str(line) for line in noted] if isinstance(noted, Sequence) and not isinstance(noted, str) else []
    )
    if form.native:
        return tuple(unread)
    suffix = form.suffix
    found = [*unread, *_clip_losses(timeline, suffix), *_transition_losses(timeline, suffix)]
    if suffix == ".kdenlive":
        found.extend(_start_loss(timeline))
    if suffix == ".fcpxml":
        found.extend(fcpxml_losses(timeline))
    return tuple(found)


def check_tracks(timeline: otio.schema.Timeline, suffix: str) -> None:
    """Raises `UnwritableOutput` for a stack that holds other than video and audio tracks.

    And for what lies between the frames of a format that counts in them: sound may be cut anywhere.
    """
    for child in timeline.tracks:
        if not isinstance(child, otio.schema.Track) or child.kind not in _KINDS:
            raise UnwritableOutput(
                f"{child.name or child.schema_name()!r} is no video or audio track, which {suffix} cannot "
                "hold; write .otio"
            )
    if suffix in _STEPS:
        _check_steps(timeline, suffix)


def _check_steps(timeline: otio.schema.Timeline, suffix: str) -> None:
    try:
        rate = timeline_rate(timeline)
    except UnreadableTimeline:  # an empty one, of which no edge is anywhere
        return
    for track in timeline.tracks:
        children = list(track)
        edges = starts(children, rate)
        for index, item in enumerate(children):
            if isinstance(item, otio.schema.Gap):
                continue
            name, where = item.name or item.schema_name(), track.name or track.kind
            ends = edges[index : index + 2]
            if isinstance(item, otio.schema.Transition):
                before, after = (exact_frames(time, rate) for time in (item.in_offset, item.out_offset))
                ends = [ends[0] - before, ends[0] + after]
            elif ends[0] == ends[1]:
                raise UnwritableOutput(
                    f"{name!r} on track {where!r} plays nothing, at frame {float(ends[0]):g}, which {suffix} "
                    "cannot hold; remove it first, or write .otio"
                )
            off = [edge for edge in ends if (edge * _STEPS[suffix]) % 1]
            if off:
                raise UnwritableOutput(
                    f"{name!r} on track {where!r} begins or ends between two frames, at "
                    f"frame {float(off[0]):.2f}, which {suffix} cannot say; move it to a whole frame, or "
                    "write .otio"
                )


def _clip_losses(timeline: otio.schema.Timeline, suffix: str) -> Iterator[str]:
    clips = list(timeline.find_clips())
    effects = sum(not isinstance(effect, otio.schema.TimeEffect) for clip in clips for effect in clip.effects)
    if effects:
        yield f"{effects} clip effects: {suffix} does not take over another program's effects"
    alternates = sum(len(clip.media_references()) > 1 for clip in clips)
    if alternates:
        yield f"the media behind {alternates} clips: {suffix} keeps only what a clip plays"
    for clip in clips:
        reel = suffix == ".edl" and clip.media_reference.metadata.get("pickup", {}).get("reel")
        if not getattr(clip.media_reference, "target_url", None) and not reel:
            yield f"{clip.name!r} plays no media file: it is offline in {suffix}"
    marked = sum(len(track.markers) for track in timeline.tracks)
    if suffix in {".kdenlive", ".edl"}:
        marked += sum(len(clip.markers) for clip in clips)
    if marked:
        yield f"{marked} markers on clips or tracks: {suffix} keeps the timeline's own"


def _transition_losses(timeline: otio.schema.Timeline, suffix: str) -> Iterator[str]:
    for track in (one for one in timeline.tracks if isinstance(one, otio.schema.Track)):
        children = list(track)
        for index, item in enumerate(children):
            if not isinstance(item, otio.schema.Transition):
                continue
            name = item.name or item.transition_type or "a transition"
            if suffix == ".kdenlive" and not crossfades(children, index):
                yield f"the fade {name!r} on track {track.name!r}: {suffix} mixes only two clips"
            elif suffix == ".fcpxml" and not _shows(children[index - 1 : index], children[index + 1 :][:1]):
                yield f"the fade {name!r} on track {track.name!r}: {suffix} fades only clips"
            elif suffix == ".edl" and is_wipe(item):
                continue
            elif item.transition_type != otio.schema.TransitionTypes.SMPTE_Dissolve:
                yield f"the look of the transition {name!r} on track {track.name!r}: it becomes a dissolve"


def _shows(*sides: Sequence[otio.core.Composable]) -> bool:
    """Whether on any side of a transition something plays."""
    nothing = (otio.schema.Gap, otio.schema.Transition)
    return any(not isinstance(item, nothing) for side in sides for item in side)


def _start_loss(timeline: otio.schema.Timeline) -> Iterator[str]:
    start = timeline.global_start_time
    if start is not None and start.value:
        rate = timeline_rate(timeline)
        code = to_timecode(int(exact_frames(start, rate)), rate, drop_frame=is_drop_frame(timeline))
        yield f"the start timecode {code}: a Kdenlive project counts from zero"
