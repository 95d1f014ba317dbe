"""Small things that xmeml is made of: numbers, rates, timecodes, files.

Source: Apple's Final Cut Pro XML Interchange Format (2009), and what Premiere and Resolve make of it.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import MissingMedia, TimelineError, UnreadableTimeline
from otio_adapters.media_linker import absolute_name
from otio_adapters.opentime import from_timecode, to_timecode

# Premiere counts time in these beside frames, and believes them rather than the frames.
TICKS_PER_SECOND = 254_016_000_000


def text(element: Element | None, path: str, default: str = "") -> str:
    """The text of the child at `path`, without the space around it."""
    found = element.find(path) if element is not None else None
    return (found.text or "").strip() if found is not None else default


def number(element: Element, path: str, default: int | None = None, *, most: int = 2**40) -> int:
    """The whole number of the child at `path`. Raises `UnreadableTimeline` where there is none to be had.

    Hiero writes those of clips as 100.0.
    """
    found = text(element, path)
    if not found and default is not None:
        return default
    try:
        count = int(found.removesuffix(".0"))
    except ValueError as error:
        raise UnreadableTimeline(
            f"{where(element)} has {found!r} for <{path}>, not a frame number"
        ) from error
    if abs(count) >= most:
        raise UnreadableTimeline(f"{where(element)} has {count} for <{path}>, which is no frame number")
    return count


def where(element: Element) -> str:
    """The element as messages name it: tag, name if it has one, and line of the file."""
    name = text(element, "name")
    return f"<{element.tag}>{f' {name!r}' if name else ''} in line {element.sourceline}"


def flag(element: Element, path: str, *, default: bool) -> bool:
    found = text(element, path).upper()
    return found == "TRUE" if found else default


def rate_of(element: Element | None) -> Fraction | None:
    """The rate of an element's <rate>: NTSC divides the timebase by 1.001."""
    rate = element.find("rate") if element is not None else None
    base = text(rate, "timebase")
    if rate is None or not base.isdecimal() or len(base) > 6 or int(base) == 0:
        return None
    return Fraction(int(base) * 1000, 1001) if flag(rate, "ntsc", default=False) else Fraction(int(base))


def rate_element(rate: Fraction) -> Element:
    """<rate>. Rates that are neither whole nor 1/1.001 of it do not exist in xmeml: the next whole one."""
    base = -int(-rate // 1)
    element = etree.Element("rate")
    add(element, "timebase", str(base))
    add(element, "ntsc", "TRUE" if rate == Fraction(base * 1000, 1001) else "FALSE")
    return element


def start_of(element: Element | None, rate: Fraction) -> tuple[int, Fraction, bool]:
    """A <timecode> as (frame number, the rate it is counted at, whether it drops frame numbers)."""
    code = element.find("timecode") if element is not None else None
    if code is None:
        return 0, rate, False
    own = rate_of(code) or rate
    string = text(code, "string")
    dropped = text(code, "displayformat").upper() == "DF" or ";" in string
    frame = text(code, "frame")
    if frame.isdecimal():
        return int(frame), own, dropped
    if not string:
        return 0, own, dropped
    # Only the last separator says whether numbers are dropped; some programs write `;` throughout.
    head, _, tail = string.replace(";", ":").rpartition(":")
    try:
        return from_timecode(f"{head}{';' if dropped else ':'}{tail}", own), own, dropped
    except TimelineError as error:
        raise UnreadableTimeline(f"the file has the timecode {string!r}: {error}") from error


def timecode_element(frame: int, rate: Fraction, *, drop_frame: bool) -> Element:
    element = etree.Element("timecode")
    element.append(rate_element(rate))
    add(element, "string", to_timecode(frame, rate, drop_frame=drop_frame))
    add(element, "frame", str(frame))
    add(element, "displayformat", "DF" if drop_frame else "NDF")
    return element


def add(parent: Element, tag: str, value: str = "") -> Element:
    element = etree.SubElement(parent, tag)
    element.text = value or None
    return element


def put(parent: Element, tag: str, value: str) -> None:
    """Sets the text of a child, which is added at the end where there is none."""
    found = parent.find(tag)
    if found is None:
        add(parent, tag, value)
    else:
        found.text = value


def path_url(url: str, folder: Path) -> str:
    """A whole, percent-encoded file URL, `file://localhost/...` as all programs read it."""
    try:
        name = absolute_name(url, folder).replace("\\", "/")
    except MissingMedia:
        return url
    if name.startswith("//"):  # a share: its host takes the place of localhost
        return "file:" + quote(name, safe="/:")
    return "file://localhost/" + quote(name.lstrip("/"), safe="/:")
