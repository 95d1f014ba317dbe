"""What a story element plays: a media file's picture, its sound, both, a title, or other clips."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.fcpxml.document import ZERO, Resources, format_rate, source_of
from otio_adapters.fcpxml.rational import time_of
from otio_adapters.fcpxml.story import content, local_start
from otio_adapters.opentime import time_range

NESTED = frozenset({"ref-clip", "mc-clip", "sync-clip"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`shift`: the media's time less the clip's own, in seconds. Without an asset it plays none of a file."""

    picture: bool
    sound: bool
    asset: Element | None = None
    shift: Fraction = ZERO
    nested: bool = False


def content_of(clip: Element, known: Resources) -> Content:
    """What an element that is no audition plays."""
    enabled = clip.get("srcEnable", "all")
    asset = known.get(clip, tag="asset")
    if clip.tag in NESTED:
        return Content(picture=enabled != "audio", sound=enabled == "audio", nested=True)
    if clip.tag == "clip":
        return _clip_content(clip, known)
    if asset is None or clip.tag not in {"asset-clip", "video", "audio"}:
        return Content(picture=clip.tag not in {"gap", "audio"}, sound=clip.tag == "audio")
    if clip.tag != "asset-clip":
        return Content(picture=clip.tag == "video", sound=clip.tag == "audio", asset=asset)
    sound = asset.get("hasAudio") == "1"
    # Files written by hand say neither of an asset.
    picture = asset.get("hasVideo") == "1" or not sound
    return Content(
        picture=picture and (enabled != "audio" or not sound),
        sound=sound and (enabled != "video" or not picture),
        asset=asset,
    )


def _clip_content(clip: Element, known: Resources) -> Content:
    """A <clip> around one <video> or <audio> of an asset plays that; around anything else, it is a compound.

    Sound alone lies in a <gap> of it, with a lane of its own.
    """
    inside = content(clip)
    sole = inside[0] if len(inside) == 1 else None
    if sole is not None and sole.tag == "gap" and len(found := sole.findall("audio")) == 1:
        outer, sole = _shift(sole, known), found[0]
    else:
        outer = ZERO
    asset = known.get(sole, tag="asset") if sole is not None else None
    timed = sole is not None and (sole.find("timeMap") is not None or sole.find("conform-rate") is not None)
    if sole is None or asset is None or timed or sole.tag not in {"video", "audio", "asset-clip"}:
        return Content(picture=True, sound=False, nested=True)
    own = content_of(sole, known)
    return Content(
        picture=own.picture,
        sound=own.sound or sole.find("audio") is not None,
        asset=asset,
        shift=outer + _shift(sole, known),
    )


def _shift(child: Element, known: Resources) -> Fraction:
    """The child's own time less its parent's."""
    return local_start(child, known) - time_of(child, "offset", ZERO)


def reference_of(clip: Element, what: Content, known: Resources, rate: Fraction) -> otio.core.MediaReference:
    """The media that the element plays, with what the file says of it."""
    asset = what.asset
    if asset is None:
        effect = known.get(clip, tag="effect")
        kind = effect.get("name", "") if effect is not None else clip.tag
        return otio.schema.GeneratorReference(name=kind, generator_kind=kind)
    form = known.get(asset, "format", "format")
    own = format_rate(form) or rate
    source = source_of(asset)
    first, last = known.spans[source]
    available = time_range(first * own, (last - first) * own, own) if last > first else None
    name = asset.get("name", "")
    if not source:
        return otio.schema.MissingReference(name=name, available_range=available)
    reference = otio.schema.ExternalReference(source, available)
    reference.name = name
    reference.metadata["pickup"] = {
        "drop_frame": clip.get("tcFormat") == "DF",
        "media": {
            "width": _count(form, "width", 0),
            "height": _count(form, "height", 0),
            "channels": _count(asset, "audioChannels", 0),
            "sample_rate": _count(asset, "audioRate", 48_000),
        },
    }
    return reference


def _count(element: Element | None, name: str, default: int) -> int:
    text = element.get(name, "") if element is not None else ""
    return int(text) if text.isdecimal() and len(text) <= 9 else default
