"""An FCPXML file with one empty project, and the dissolve that goes between its clips."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcpxml.rational import time_text
from otio_adapters.opentime import is_drop_frame, seconds

# The last that Resolve 18 imports, and one that Final Cut Pro of 10.6 and later does.
VERSION = "1.10"


def empty_project(timeline: otio.schema.Timeline) -> Element:
    """An fcpxml file with a sequence whose storyline is empty and whose format is yet to be named."""
    start = timeline.global_start_time
    name = timeline.name or "Project"
    root = etree.Element("fcpxml", version=VERSION)
    etree.SubElement(root, "resources")
    library = etree.SubElement(root, "library")
    project = etree.SubElement(etree.SubElement(library, "event", name=name), "project", name=name)
    sequence = empty_sequence(project, "")
    sequence.set("tcStart", time_text(seconds(start) if start is not None else Fraction(0)))
    sequence.set("tcFormat", "DF" if is_drop_frame(timeline) else "NDF")
    return root


def empty_sequence(parent: Element, form: str) -> Element:
    """A sequence of the format of that id, added to a project or a compound clip."""
    sequence = etree.SubElement(parent, "sequence", format=form, duration="0s", tcStart="0s", tcFormat="NDF")
    sequence.set("audioLayout", "stereo")
    sequence.set("audioRate", "48k")
    etree.SubElement(sequence, "spine")
    return sequence


def picture_size(timeline: otio.schema.Timeline) -> tuple[int, int]:
    """Width and height of the first media that says; else of HD."""
    for clip in timeline.find_clips():
        reference = clip.media_reference
        facts = reference.metadata.get("pickup", {}).get("media", {}) if reference is not None else {}
        if facts.get("width") and facts.get("height"):
            return int(facts["width"]), int(facts["height"])
    return 1920, 1080
