"""The parts of a Kdenlive project file, by name: profile, sequence, tracks, playlists, producers, bin.

Document 1.1 (Kdenlive 23.04 and later) keeps each sequence in a tractor of its own and plays one through the
last tractor, `kdenlive:projectTractor`. In older documents the last tractor is the one sequence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath

from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline

MOST_FRAMES = 500  # a second: Kdenlive's times say milliseconds


@dataclass(frozen=True, slots=True)
class Document:
    """A project's XML tree, and where to look in it. `folder`: where the project file lies.

    `chosen`: the id of the tractor that is looked at as the sequence; "" for the one that is open.
    """

    tree: etree._ElementTree
    folder: Path
    chosen: str = ""
    _known: dict[str, Element] = field(default_factory=dict, repr=False, compare=False)

    @property
    def root(self) -> Element:
        return self.tree.getroot()

    @property
    def rate(self) -> Fraction:
        profile = self.root.find("profile")
        old = self.root.find("kdenlivedoc")
        if old is not None:  # where guides, groups and track states lay up to 2015
            raise UnreadableTimeline(
                f"<kdenlivedoc> in line {old.sourceline}: the project is of Kdenlive "
                f"{old.get('kdenliveversion') or '0.9'}; open and save it with one of 2016 or later"
            )
        if profile is None:
            raise UnreadableTimeline("the Kdenlive project has no profile, so its frame rate is unknown")
        try:
            rate = Fraction(int(profile.get("frame_rate_num")), int(profile.get("frame_rate_den")))
        except (TypeError, ValueError, ZeroDivisionError) as error:
            raise UnreadableTimeline("the Kdenlive project's profile has no frame rate") from error
        if rate > MOST_FRAMES:
            raise UnreadableTimeline(
                f"the Kdenlive project says {float(rate):g} frames a second, and its times tell {MOST_FRAMES}"
                " apart"
            )
        return rate

    @property
    def sequence(self) -> Element:
        """The tractor that holds the tracks of the sequence: the chosen one, else the one that is open."""
        return self.by_id(self.chosen) if self.chosen else self.open

    @property
    def open(self) -> Element:
        """The sequence that the project shows; in documents older than 1.1 the only one."""
        wrapper = self.wrapper
        if wrapper is None:
            tractors = self.root.findall("tractor")
            if not tractors:
                raise UnreadableTimeline("the Kdenlive project has no sequence")
            return tractors[-1]
        track = wrapper.find("track")
        name = track.get("producer", "") if track is not None else ""
        found = self.by_id(name)
        if found.tag != "tractor":
            raise UnreadableTimeline(f"the Kdenlive project opens {name!r}, which is no sequence")
        return found

    @property
    def sequences(self) -> list[Element]:
        """All sequences, in the order of the file."""
        opened = self.open
        if self.wrapper is None:
            return [opened]
        tractors = self.root.findall("tractor")
        return [one for one in tractors if one is opened or get(one, "kdenlive:uuid")]

    @property
    def wrapper(self) -> Element | None:
        """The tractor that plays the open sequence; None in documents older than 1.1."""
        for tractor in self.root.findall("tractor"):
            if get(tractor, "kdenlive:projectTractor") == "1":
                return tractor
        return None

    @property
    def bin(self) -> Element | None:
        return next((one for one in self.root.findall("playlist") if one.get("id") == "main_bin"), None)

    @property
    def settings(self) -> tuple[Element | None, str]:
        """Where guides and groups are kept: the element, and the prefix of the property's name."""
        if self.wrapper is not None:
            return self.sequence, "kdenlive:sequenceproperties."
        return self.bin, "kdenlive:docproperties."

    def by_id(self, name: str) -> Element:
        found = self._known.get(name)
        if found is None or found.get("id") != name or found.getparent() is not self.root:
            self._known.clear()
            for element in self.root.iterchildren("*"):
                self._known.setdefault(element.get("id", ""), element)
            found = self._known.get(name)
        if found is None:
            raise UnreadableTimeline(f"the Kdenlive project refers to {name!r}, which it does not hold")
        return found

    def tracks(self) -> Iterator[tuple[Element, Element]]:
        """Each track of the sequence, bottom first: its place in the sequence, and the track itself."""
        for place in self.sequence.findall("track"):
            element = self.by_id(place.get("producer", ""))
            if element.tag in {"tractor", "playlist"} and element.get("id") != "black_track":
                yield place, element

    def playlists(self, track: Element) -> tuple[Element, ...]:
        """The one or two playlists of a track: clips that overlap in a mix lie on different ones."""
        if track.tag == "playlist":
            return (track,)
        found = tuple(self.by_id(place.get("producer", "")) for place in track.findall("track"))
        return tuple(element for element in found if element.tag == "playlist")

    def media(self, producer: Element) -> str:
        """The path of a producer's file as the project says it; of a proxy the file that it stands for."""
        resource = get(producer, "resource")
        if get(producer, "mlt_service") == "timewarp":
            resource = get(producer, "warp_resource") or resource.partition(":")[2]
        original = get(producer, "kdenlive:originalurl")
        return original if original and len(get(producer, "kdenlive:proxy")) > 1 else resource

    def black(self) -> Element | None:
        """The producer of the background that the sequence is as long as."""
        first = self.sequence.find("track")
        element = self.by_id(first.get("producer", "")) if first is not None else None
        return element if element is not None and element.tag == "producer" else None

    def file(self, resource: str) -> str:
        """The whole path of a resource, which Kdenlive writes relative to the project's base."""
        absolute = PurePosixPath(resource).is_absolute() or PureWindowsPath(resource).is_absolute()
        return resource if absolute else (self.base / resource).as_posix()

    @property
    def base(self) -> Path:
        """The folder `root` names; where that is not on this machine, the one the project lies in."""
        root = self.root.get("root", "")
        return Path(root) if root and Path(root).is_dir() else self.folder.resolve()


def get(element: Element, name: str, default: str = "") -> str:
    """The text of the element's property of that name."""
    for found in element.iterfind("property"):
        if found.get("name") == name:
            return found.text or ""
    return default


def put(element: Element, name: str, value: str) -> None:
    """Sets a property; a new one goes after those that are there, as MLT wants them before other children."""
    for found in element.iterfind("property"):
        if found.get("name") == name:
            found.text = value
            return
    new = etree.Element("property", name=name)
    new.text = value
    element.insert(len(element.findall("property")), new)


def put_time(element: Element, name: str, count: int, rate: Fraction) -> None:
    """Sets an attribute to a number of frames; one that says so already keeps its spelling."""
    said = element.get(name)
    if said is None or frames(said, rate) != count:
        element.set(name, clock(count, rate))


def frames(text: str, rate: Fraction) -> int:
    """MLT's time in frames: a clock with thousandths, or a plain count of frames."""
    try:
        if ":" not in text:
            return _bounded(int(text))
        hours, minutes, seconds = text.replace(",", ".").split(":")
        total = int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
    except (ValueError, ZeroDivisionError) as error:
        raise UnreadableTimeline(f"the Kdenlive project says {text!r} where a time should be") from error
    return _bounded(int(total * rate + Fraction(1, 2)))


def _bounded(count: int) -> int:
    """MLT counts frames in 32 bits."""
    if not -(2**31) <= count < 2**31:
        raise UnreadableTimeline(f"the Kdenlive project has a time of {count} frames")
    return count


def clock(count: int, rate: Fraction) -> str:
    """Frames as Kdenlive writes them: a thousandth of a second tells every frame apart up to 500 fps."""
    thousandths = round(Fraction(count) / rate * 1000)
    seconds, rest = divmod(thousandths, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
