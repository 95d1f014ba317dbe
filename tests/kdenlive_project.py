"""A Kdenlive project of three clips, with all that an editor may have added and an edit must not lose."""

from __future__ import annotations

import copy
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from lxml import etree
from timelines import Cut, Source, timeline

from otio_adapters.kdenlive.document import Document, clock, get, put
from otio_adapters.opentime import time_range
from otio_adapters.write import write

R = Fraction(25)
_OF_SEQUENCES = (".uuid", ".opensequences", ".activetimeline")
TITLE = "<kdenlivetitle duration='40'><item type='QGraphicsTextItem'/></kdenlivetitle>"


def made(tag: str, attributes: dict[str, str], *children: Any, **properties: str) -> Any:
    """An element; in the name of a property `__` stands for a colon."""
    element = etree.Element(tag, attributes)
    for name, value in properties.items():
        put(element, name.replace("__", ":"), value)
    element.extend(children)
    return element


def span(first: int, last: int) -> dict[str, str]:
    return {"in": clock(first, R), "out": clock(last, R)}


def keyed(*keys: tuple[int, float]) -> str:
    return ";".join(f"{clock(at, R)}={value}" for at, value in keys)


def rich_project(folder: Path) -> Path:
    """`clip 1`, `clip 2` and a title of forty frames each, with sound; a nested sequence over them all."""
    cuts = [Cut(name=f"clip {i}", media=Path("/media/a.mov"), start=50 * i, frames=40) for i in (1, 2, 3)]
    path = folder / "cut.kdenlive"
    cut = timeline(cuts, Source(frames=500), R, marker=100)
    upper = otio.schema.Track("V2", kind="Video")
    upper.append(otio.schema.Gap(source_range=time_range(0, 1, R)))
    cut.tracks.insert(1, upper)
    write(cut, path)
    document = Document(etree.parse(path), folder)
    add_producers(document)
    fill_tracks(document)
    fill_sequence(document)
    document.tree.write(str(path), encoding="utf-8", xml_declaration=True)
    return path


def add_producers(document: Document) -> None:
    """A title, and a sequence that plays it."""
    title = made(
        "producer",
        {"id": "title", **span(0, 39)},
        mlt_service="kdenlivetitle",
        xmldata=TITLE,
        kdenlive__id="20",
    )
    inner = made("playlist", {"id": "inner0"}, made("entry", {"producer": "title", **span(0, 39)}))
    track = made("tractor", {"id": "inner", **span(0, 39)}, etree.Element("track", producer="inner0"))
    black = made(
        "producer", {"id": "black", **span(0, 199)}, mlt_service="color", resource="black", length="200"
    )
    places = [etree.Element("track", producer=name) for name in ("black", "inner")]
    sequence = made(
        "tractor",
        {"id": "{other}", **span(0, 199)},
        *places,
        kdenlive__uuid="{other}",
        kdenlive__clipname="Sequence 2",
        kdenlive__id="21",
    )
    spot = document.by_id("playlist0")
    for element in (title, black, inner, track, sequence):
        spot.addprevious(element)


def fill_tracks(document: Document) -> None:
    tracks = [track for _, track in document.tracks()]
    sound, video, upper = (document.playlists(track)[0] for track in tracks)
    for entry in (sound.findall("entry")[1], video.findall("entry")[1]):
        entry.extend(effects())
    third = video.findall("entry")[2]
    third.set("producer", "title")
    third.attrib.update(span(0, 39))
    nested = made("entry", {"producer": "{other}", **span(10, 129)}, kdenlive__id="21")
    nested.append(made("filter", {"id": "blur"}, mlt_service="boxblur"))
    upper.append(nested)
    tracks[1].append(made("filter", {"id": "ride"}, level=keyed((0, 0), (30, -3), (100, 0))))
    tracks[1].append(made("filter", {"id": "own"}, internal_added="237", level=keyed((0, 0), (100, 1))))


def effects() -> tuple[Any, ...]:
    """Of a clip that plays its media's frames 100 to 139."""
    return (
        made("filter", {"id": "grade"}, mlt_service="brightness", level=keyed((100, 0), (140, 1))),
        made("filter", {"id": "in", **span(100, 109)}, kdenlive_id="fadein", gain="0", end="1"),
        made(
            "filter",
            {"id": "out", **span(130, 139)},
            mlt_service="brightness",
            kdenlive_id="fade_to_black",
            level="0=1;-1=0",
        ),
        made(
            "filter",
            {"id": "zone", **span(105, 134)},
            kdenlive_id="sepia",
            kdenlive__force_in_out="1",
            u=keyed((0, 0), (29, 29)),
        ),
    )


def fill_sequence(document: Document) -> None:
    sequence = document.sequence
    sequence.append(made("filter", {"id": "all", **span(90, 119)}, u=keyed((0, 1), (29, 2))))
    wipe = {"id": "wipe", **span(80, 99)}
    sequence.append(made("transition", wipe, b_track="2", rect=keyed((0, 0), (19, 100))))
    sequence.append(etree.Element("mystery", keep="me"))
    put(sequence, "kdenlive:sequenceproperties.previewchunks", "0,25")
    put(document.bin, "kdenlive:documentnotes", "ask for the other angle")


def older_project(path: Path) -> None:
    """Rewrites a new project of ours as Kdenlive 22.12 saves one, document version 1.04."""
    document = Document(etree.parse(path), path.parent)
    root, sequence, bin_list = document.root, document.sequence, document.bin
    kept = {name: get(sequence, f"kdenlive:sequenceproperties.{name}") for name in ("groups", "guides")}
    black = document.by_id("producer0")
    black.set("id", "black_track")
    sequence.find("track").set("producer", "black_track")
    for entry in bin_list.findall("entry"):
        if entry.get("producer") == sequence.get("id"):
            bin_list.remove(entry)
    for found in [*sequence.findall("property"), *bin_list.findall("property")]:
        name = found.get("name")
        if found.getparent() is sequence or "folder" in name.lower() or name.endswith(_OF_SEQUENCES):
            found.getparent().remove(found)
    for chain in root.findall("chain"):
        chain.tag = "producer"  # a chain was then a clip whose speed varies
    root.remove(document.wrapper)
    sequence.set("id", "maintractor")
    root.append(sequence)  # the last one is the timeline
    root.find("playlist").addprevious(bin_list)  # the first one says the version
    put(bin_list, "kdenlive:docproperties.version", "1.04")
    put(bin_list, "kdenlive:docproperties.kdenliveversion", "22.12.3")
    for name, text in kept.items():
        put(bin_list, f"kdenlive:docproperties.{name}", text)
    document.tree.write(str(path), encoding="utf-8", xml_declaration=True)


def two_sequences(folder: Path) -> Path:
    """The sequences `first`, which is open, and `second`: three clips of forty frames each, with sound."""
    cuts = [Cut(name=f"clip {i}", media=Path("/media/a.mov"), start=50 * i, frames=40) for i in (1, 2, 3)]
    path = folder / "cut.kdenlive"
    cut = timeline(cuts, Source(frames=500), R, marker=100)
    cut.name = "first"
    write(cut, path)
    document = Document(etree.parse(path), folder)
    first = document.sequence
    parts = [element for _, track in document.tracks() for element in (*document.playlists(track), track)]
    renamed = {one.get("id"): f"{one.get('id')}of2" for one in (*parts, document.black())}
    renamed[first.get("id")] = "{second}"
    for one in (document.black(), *parts, first):
        second = copy.deepcopy(one)
        for element in second.iter():
            for name in ("id", "producer"):
                if element.get(name) in renamed:
                    element.set(name, renamed[element.get(name)])
        document.wrapper.addprevious(second)
    for name, value in (("kdenlive:uuid", "{second}"), ("kdenlive:clipname", "second")):
        put(second, name, value)
    document.tree.write(str(path), encoding="utf-8", xml_declaration=True)
    return path
