"""What an FCPXML file holds beside the story: its project and its resources."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lxml.etree import _Element as Element

from otio_adapters.errors import SeveralSequences, UnreadableTimeline
from otio_adapters.fcpxml.rational import seconds_of, time_of, where
from otio_adapters.opentime import exact_rate
from otio_adapters.sequences import choose, listed

# Everything that can lie on a storyline or be connected to something that does.
STORY = frozenset({"asset-clip", "audio", "audition", "caption", "clip", "gap", "live-drawing"}) | {
    "mc-clip",
    "ref-clip",
    "sync-clip",
    "title",
    "video",
}
_RATES = tuple(Fraction(n) for n in (24, 25, 30, 48, 50, 60)) + tuple(
    Fraction(n * 1000, 1001) for n in (24, 30, 48, 60)
)
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The elements of <resources> by their ids."""

    by_id: dict[str, Element]
    spans: dict[str, tuple[Fraction, Fraction]]  # of each media file, in seconds

    def get(self, element: Element, name: str = "ref", tag: str = "") -> Element | None:
        """The resource that an attribute names, if it is of that kind."""
        found = self.by_id.get(element.get(name, ""))
        return found if found is not None and tag in ("", found.tag) else None


def project_of(root: Element, path: Path, wanted: str = "") -> tuple[int, Element]:
    """The project of a name, an id or a number ("#2"), or the only one; with its place among them.

    Raises `UnreadableTimeline`, naming what else there is.
    """
    if root.tag != "fcpxml":
        raise UnreadableTimeline(f"{path} is not Final Cut Pro XML: its root is <{root.tag}>")
    projects = list(root.iter("project"))
    if not projects:
        clips = [
            one.get("name") or one.tag for one in (*root, *root.iterfind(".//event/*")) if one.tag in STORY
        ]
        held = f"{len(clips)} clips and no project: {listed(clips)}" if clips else "no project"
        raise UnreadableTimeline(f"{path} holds {held}; export a project from Final Cut Pro")
    names = names_of(root)
    if len(projects) > 1 and not wanted:
        raise SeveralSequences(
            f"{path} holds {len(projects)} projects, {listed(names)}; say which with --sequence NAME"
        )
    index = choose(wanted, names, path, [one.get("uid", "") for one in projects]) if wanted else 0
    return index, projects[index]


def names_of(root: Element) -> list[str]:
    """The names of the file's projects."""
    return [one.get("name", "") for one in root.iter("project")]


def sequence_of(project: Element, path: Path) -> Element:
    """The project's sequence. Raises `UnreadableTimeline` for one that is empty."""
    sequence = project.find("sequence")
    if sequence is None or sequence.find("spine") is None:
        raise UnreadableTimeline(f"{where(project)} of {path} has no storyline: it is empty")
    return sequence


def resources_of(root: Element) -> Resources:
    by_id = {one.get("id", ""): one for one in root.iterfind("resources/*") if isinstance(one.tag, str)}
    spans: dict[str, tuple[Fraction, Fraction]] = {}
    for asset in root.iterfind("resources/asset"):
        start = time_of(asset, "start", ZERO)
        end = start + time_of(asset, "duration", ZERO)
        # Resolve names a file once for each subclip of it, from where that begins.
        first, last = spans.get(source_of(asset), (start, end))
        spans[source_of(asset)] = min(first, start), max(last, end)
    return Resources(by_id=by_id, spans=spans)


def source_of(asset: Element) -> str:
    """The URL of the asset's original media; up to 1.8 it is the asset's own, later a <media-rep>."""
    reps = sorted(asset.iterfind("media-rep"), key=lambda rep: rep.get("kind") == "proxy-media")
    found = (rep.get("src", "") for rep in reps if rep.get("src"))
    return str(next(found, asset.get("src", ""))).strip()


def format_rate(element: Element | None) -> Fraction | None:
    """The frame rate of a <format>; formats of sound and stills have none."""
    text = element.get("frameDuration") if element is not None else None
    if element is None or text is None:
        return None
    duration = seconds_of(text)
    if duration is None or not Fraction(1, 1000) <= duration <= 10:
        raise UnreadableTimeline(f"{where(element)} has the frame duration {text!r}, which is none")
    return exact_rate(float(1 / duration))


def sequence_rate(sequence: Element, known: Resources) -> Fraction:
    """The rate of the sequence's format; where that is not said, the one that all its times are whole at."""
    rate = format_rate(known.get(sequence, "format", "format"))
    if rate is not None:
        return rate
    times = {
        seconds_of(child.get(name, "0s"))
        for child in sequence.iterfind("spine/*")
        if isinstance(child.tag, str)
        for name in ("offset", "duration")
    }
    for rate in _RATES:
        if all(time is not None and (time * rate).denominator == 1 for time in times):
            return rate
    raise UnreadableTimeline(f"{where(sequence)} names no format with a frame duration")


def sequence_start(sequence: Element) -> Fraction:
    """The second that the sequence's time starts at: its timecode, or where its first clip says it lies."""
    first = next((one for one in sequence.iterfind("spine/*") if one.tag in STORY), None)
    begin = time_of(first, "offset", ZERO) if first is not None else ZERO
    return time_of(sequence, "tcStart", begin)
