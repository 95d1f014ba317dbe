"""The OTIO that DaVinci Resolve writes and takes back: metadata `Resolve_OTIO`.

Seen in files of Resolve 21.0.2: one media reference a clip, under `DEFAULT_MEDIA`; bare paths, with
backslashes on Windows; source ranges in the media's own timecode, at the timeline's rate; `Channels` of a
sound clip name channels of its media file. On import it takes `file://` URLs for offline media, and throws
away metadata that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import opentimelineio as otio

from otio_adapters.media_url import local_name

SPACE = "Resolve_OTIO"
_KEPT = "references"  # in our metadata: the references that a clip has beside the one it plays


def speaks(timeline: otio.schema.Timeline) -> bool:
    """Whether the timeline is Resolve's."""
    return SPACE in timeline.metadata or any(SPACE in track.metadata for track in timeline.tracks)


def undress(timeline: otio.schema.Timeline) -> None:
    """In place: gives the takes of a file that `dress` wrote their other references back."""
    for clip in _takes(timeline) if speaks(timeline) else ():
        pickup = dict(clip.metadata["pickup"])  # OTIO destroys what is popped from its own dictionaries
        kept = pickup.pop(_KEPT, None)
        if isinstance(kept, Mapping):
            found = {key: one.deepcopy() for key, one in kept.items() if _is_reference(one)}
            clip.set_media_references({**found, **clip.media_references()}, clip.active_media_reference_key)
            clip.metadata["pickup"] = pickup


def dress(timeline: otio.schema.Timeline) -> None:
    """In place: writes takes as Resolve writes its own clips."""
    for clip in _takes(timeline) if speaks(timeline) else ():
        others = clip.media_references()
        playing = others.pop(clip.active_media_reference_key)
        if others:
            clip.metadata["pickup"][_KEPT] = {key: one.deepcopy() for key, one in others.items()}
            key = clip.active_media_reference_key
            clip.set_media_references({key: playing}, key)
        if isinstance(playing, otio.schema.ExternalReference):
            clip.media_reference.target_url = _bare(playing.target_url)
            _map_channels(clip)


def _takes(timeline: otio.schema.Timeline) -> Iterator[otio.schema.Clip]:
    """The clips that a take has gone into: they keep the source range of what it replaced."""
    for clip in timeline.find_clips():
        if "source_range" in clip.metadata.get("pickup", {}):
            yield clip


def _is_reference(found: object) -> bool:
    return isinstance(found, otio.core.MediaReference)


def _bare(url: str) -> str:
    name = local_name(url)
    windows = name[1:2] == ":" or name.startswith("//")
    return name.replace("/", "\\") if windows else name


def _map_channels(clip: otio.schema.Clip) -> None:
    """The take is a file with one sound track, whatever tracks the channels of the camera's file are on."""
    channels = clip.media_reference.metadata.get("pickup", {}).get("media", {}).get("channels", 0)
    mapped = clip.metadata.get(SPACE, {}).get("Channels", ())
    if channels and mapped:
        clip.metadata[SPACE]["Channels"] = [
            {**channel, "Source Channel ID": number % channels, "Source Track ID": 0}
            for number, channel in enumerate(mapped)
        ]
