"""An xmeml file with one empty sequence, and the dissolve that goes between its clips."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcp7_xml.elements import add, rate_element, text, timecode_element
from otio_adapters.fcp7_xml.files import picture_element, sound_element
from otio_adapters.opentime import exact_frames, is_drop_frame, timeline_rate

_SETTINGS = ("outputchannelindex",)


def empty_sequence(timeline: otio.schema.Timeline) -> Element:
    """An xmeml 5 file with one sequence, its format and its empty tracks.

    Resolve ignores a file whose sequence has no <format> with sample characteristics.
    """
    rate = timeline_rate(timeline)
    root = etree.Element("xmeml", version="5")
    sequence = add(root, "sequence")
    sequence.set("id", "sequence-1")
    add(sequence, "name", timeline.name or "Sequence")
    add(sequence, "duration")
    sequence.append(rate_element(rate))
    start = timeline.global_start_time
    frame = round(exact_frames(start, rate)) if start is not None else 0
    sequence.append(timecode_element(frame, rate, drop_frame=is_drop_frame(timeline)))
    media = add(sequence, "media")
    facts = _facts(timeline)
    for tag, characteristics in (("video", picture_element(facts, rate)), ("audio", sound_element(facts))):
        kind = add(media, tag)
        add(kind, "format").append(characteristics)
        wanted = otio.schema.TrackKind.Video if tag == "video" else otio.schema.TrackKind.Audio
        for track in timeline.tracks:
            if track.kind == wanted:
                kind.append(new_track(track))
    return sequence


def new_track(track: otio.schema.Track, model: Element | None = None) -> Element:
    """An empty track; set to what `model` is set to, another one that is there already."""
    element = etree.Element("track", dict(model.attrib) if model is not None else {})
    element.attrib.pop("MZ.TrackName", None)
    if track.name:
        element.set("MZ.TrackName", track.name)
    add(element, "enabled", "TRUE" if track.enabled else "FALSE")
    add(element, "locked", "FALSE")
    for tag in _SETTINGS if model is not None else ():
        if value := text(model, tag):
            add(element, tag, value)
    return element


def _facts(timeline: otio.schema.Timeline) -> dict[str, int]:
    for clip in timeline.find_clips():
        facts = (
            clip.media_reference.metadata.get("pickup", {}).get("media", {}) if clip.media_reference else {}
        )
        if facts.get("width"):
            return {key: int(value) for key, value in facts.items()}
    return {}


def dissolve(rate: Fraction, kind: str) -> Element:
    """A plain dissolve or cross fade; when it is remains to be filled in."""
    element = etree.Element("transitionitem")
    for tag in ("start", "end", "alignment", "cutPointTicks"):
        add(element, tag)
    element.append(rate_element(rate))
    effect = add(element, "effect")
    name, identifier, category = (
        ("Cross Dissolve", "Cross Dissolve", "Dissolve")
        if kind == "video"
        else ("Cross Fade (+3dB)", "KGAudioTransCrossFade3dB", "Dissolve")
    )
    for tag, value in (
        ("name", name),
        ("effectid", identifier),
        ("effectcategory", category),
        ("effecttype", "transition"),
        ("mediatype", kind),
        ("startratio", "0"),
        ("endratio", "1"),
        ("reverse", "FALSE"),
    ):
        add(effect, tag, value)
    return element
