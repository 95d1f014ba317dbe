"""An empty Kdenlive project, document version 1.1, laid out as Kdenlive 24 to 26 saves one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import gcd
from pathlib import Path

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.kdenlive.document import Document, put

_PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<mlt LC_NUMERIC="C" producer="main_bin" version="7.22.0">
 <profile/>
 <producer id="producer0" in="00:00:00.000">
  <property name="length">2147483647</property>
  <property name="eof">continue</property>
  <property name="resource">black</property>
  <property name="aspect_ratio">1</property>
  <property name="mlt_service">color</property>
  <property name="kdenlive:playlistid">black_track</property>
  <property name="mlt_image_format">rgba</property>
  <property name="set.test_audio">0</property>
 </producer>
 <tractor in="00:00:00.000">
  <property name="kdenlive:sequenceproperties.hasAudio">1</property>
  <property name="kdenlive:sequenceproperties.hasVideo">1</property>
  <property name="kdenlive:sequenceproperties.activeTrack">-1</property>
  <property name="kdenlive:producer_type">17</property>
  <property name="kdenlive:id">3</property>
  <property name="kdenlive:clip_type">0</property>
  <property name="kdenlive:folderid">2</property>
  <property name="kdenlive:sequenceproperties.audioTarget">-1</property>
  <property name="kdenlive:sequenceproperties.videoTarget">-1</property>
  <property name="kdenlive:sequenceproperties.position">0</property>
  <property name="kdenlive:sequenceproperties.groups">[]</property>
  <property name="kdenlive:sequenceproperties.guides">[]</property>
  <track producer="producer0"/>
  <filter>
   <property name="window">75</property>
   <property name="max_gain">20dB</property>
   <property name="mlt_service">volume</property>
   <property name="internal_added">237</property>
   <property name="disable">1</property>
  </filter>
  <filter>
   <property name="channel">-1</property>
   <property name="mlt_service">panner</property>
   <property name="internal_added">237</property>
   <property name="start">0.5</property>
   <property name="disable">1</property>
  </filter>
 </tractor>
 <playlist id="main_bin">
  <property name="kdenlive:folder.-1.2">Sequences</property>
  <property name="kdenlive:sequenceFolder">2</property>
  <property name="kdenlive:docproperties.audioChannels">2</property>
  <property name="kdenlive:docproperties.kdenliveversion">24.08.0</property>
  <property name="kdenlive:docproperties.seekOffset">30000</property>
  <property name="kdenlive:docproperties.version">1.1</property>
  <property name="xml_retain">1</property>
 </playlist>
 <tractor id="tractor_project" in="00:00:00.000">
  <property name="kdenlive:projectTractor">1</property>
  <track in="00:00:00.000"/>
 </tractor>
</mlt>
"""

_STOCK_PROFILES = {
    (height, rate): f"atsc_{height}p_{name}"
    for height in (720, 1080)
    for rate, name in (
        (Fraction(24000, 1001), "2398"),
        (Fraction(24), "24"),
        (Fraction(25), "25"),
        (Fraction(30000, 1001), "2997"),
        (Fraction(30), "30"),
        (Fraction(50), "50"),
        (Fraction(60000, 1001), "5994"),
        (Fraction(60), "60"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The picture's size, and the rate that every frame of the project is counted at."""

    width: int
    height: int
    rate: Fraction

    @property
    def name(self) -> str:
        """Kdenlive's own name where it has one; it makes a custom profile for any other."""
        stock = _STOCK_PROFILES.get((self.height, self.rate), "")
        wide = self.width * 9 == self.height * 16
        return stock if stock and wide else f"{self.width}x{self.height}_{float(self.rate):.2f}"


def empty_project(name: str, profile: Profile, folder: Path) -> Document:
    """A project with one sequence called `name` and no tracks, to lie in `folder`."""
    tree = etree.ElementTree(etree.fromstring(_PROJECT.encode(), etree.XMLParser(remove_blank_text=True)))
    document = Document(tree, folder)
    # Derived from the name, so that the same timeline always gives the same file.
    mark = "{" + str(uuid.uuid5(uuid.NAMESPACE_URL, f"pickup:{name}")) + "}"
    document.root.set("root", folder.as_posix())
    _fill_profile(document.root.find("profile"), profile)
    sequence = document.root.find("tractor")
    sequence.set("id", mark)
    for key in ("kdenlive:uuid", "kdenlive:control_uuid", "kdenlive:sequenceproperties.documentuuid"):
        _first_property(sequence, key, mark)
    _first_property(sequence, "kdenlive:clipname", name)
    bin_list = document.bin
    for key in ("uuid", "opensequences", "activetimeline"):
        _first_property(bin_list, f"kdenlive:docproperties.{key}", mark)
    _first_property(bin_list, "kdenlive:docproperties.profile", profile.name)
    etree.SubElement(bin_list, "entry", {"in": "00:00:00.000", "out": "00:00:00.000", "producer": mark})
    document.root.findall("tractor")[-1].find("track").set("producer", mark)
    return document


def _fill_profile(element: Element, profile: Profile) -> None:
    common = gcd(profile.width, profile.height)
    values = {
        "description": f"{profile.width}x{profile.height} {float(profile.rate):.2f} fps",
        "width": profile.width,
        "height": profile.height,
        "progressive": 1,
        "sample_aspect_num": 1,
        "sample_aspect_den": 1,
        "display_aspect_num": profile.width // common,
        "display_aspect_den": profile.height // common,
        "frame_rate_num": profile.rate.numerator,
        "frame_rate_den": profile.rate.denominator,
        "colorspace": 709 if profile.height >= 720 else 601,
    }
    for key, value in values.items():
        element.set(key, str(value))


def _first_property(element: Element, name: str, value: str) -> None:
    new = etree.Element("property", name=name)
    new.text = value
    element.insert(0, new)


def add_tracks(document: Document, timeline: otio.schema.Timeline) -> list[Element]:
    """Empty tracks, in Kdenlive's order: audio from the lowest drawn up to A1, then video from V1 up.

    Returns the tractors in the order of the timeline's tracks.
    """
    sound = {
        index for index, track in enumerate(timeline.tracks) if track.kind == otio.schema.TrackKind.Audio
    }
    order = sorted(sound, reverse=True) + [i for i in range(len(timeline.tracks)) if i not in sound]
    sequence = document.sequence
    counts = {stem: count() for stem in ("playlist", "tractor")}
    tractors = {}
    for index in order:
        playlists, tractor, place = track_elements(
            timeline.tracks[index], lambda stem: f"{stem}{next(counts[stem])}"
        )
        for element in (*playlists, tractor):
            sequence.addprevious(element)
        sequence.findall("track")[-1].addnext(place)
        tractors[index] = tractor
    for number, index in enumerate(order, start=1):
        (sequence.findall("transition") or sequence.findall("track"))[-1].addnext(
            blend(number, sound=index in sound)
        )
    put(sequence, "kdenlive:sequenceproperties.tracksCount", str(len(order)))
    return [tractors[index] for index in range(len(timeline.tracks))]


def track_elements(
    track: otio.schema.Track, new_id: Callable[[str], str]
) -> tuple[tuple[Element, Element], Element, Element]:
    """An empty track: its two playlists, its tractor, and its place in a sequence.

    `new_id` gives ids for what is called by a stem, "playlist" or "tractor".
    """
    sound = track.kind == otio.schema.TrackKind.Audio
    tractor = etree.Element("tractor", {"id": new_id("tractor"), "in": "00:00:00.000"})
    put(tractor, "kdenlive:track_name", track.name)
    playlists = (
        etree.Element("playlist", id=new_id("playlist")),
        etree.Element("playlist", id=new_id("playlist")),
    )
    for playlist in playlists:
        if sound:
            put(playlist, "kdenlive:audio_track", "1")
        etree.SubElement(
            tractor, "track", hide="video" if sound else "audio", producer=playlist.get("id", "")
        )
    if sound:
        put(tractor, "kdenlive:audio_track", "1")
    place = etree.Element("track", producer=tractor.get("id", ""))
    if not track.enabled:
        place.set("hide", "both")
    return playlists, tractor, place


def blend(number: int, *, sound: bool) -> Element:
    """What mixes a track into those below it; `internal_added` marks it as Kdenlive's own."""
    values = {"a_track": "0", "b_track": str(number)}
    if sound:
        values |= {"mlt_service": "mix", "kdenlive_id": "mix", "accepts_blanks": "1", "sum": "1"}
    else:
        values |= {"mlt_service": "qtblend", "kdenlive_id": "qtblend", "compositing": "0", "distort": "0"}
    values |= {"internal_added": "237", "always_active": "1"}
    transition = etree.Element("transition", id=f"blend{number}")
    for key, value in values.items():
        put(transition, key, value)
    return transition
