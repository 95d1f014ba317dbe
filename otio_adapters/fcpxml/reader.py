"""FCPXML in."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.fcpxml.document import Resources, names_of, project_of, resources_of, sequence_of
from otio_adapters.fcpxml.layout import Layout
from otio_adapters.fcpxml.markers import marker_of, storyline_markers
from otio_adapters.fcpxml.story import Story, story_of
from otio_adapters.guard import read_xml
from otio_adapters.opentime import rational_time
from otio_adapters.sequences import note

INFO = "Info.fcpxml"  # what a bundle's file is called


def read_fcpxml(path: Path, project: str = "") -> otio.schema.Timeline:
    """The only project of an FCPXML file, or the one of that name, uid or number ("#2").

    Video tracks are the lanes below the storyline, the storyline and the lanes above; then come the sound of
    each of those, and the lanes of sound alone. Each item's `pickup.xml` is its element's number in the
    story. Markers on the storyline's clips are the timeline's. Raises `UnreadableTimeline`.
    """
    root = read_xml(path).getroot()
    index, found = project_of(root, path, project)
    sequence = sequence_of(found, path)
    known = resources_of(root)
    timeline = timeline_of(sequence, story_of(sequence, known), known)
    note(timeline, index, names_of(root))
    return timeline


def read_bundle(path: Path, project: str = "") -> otio.schema.Timeline:
    """A project of an .fcpxmld folder."""
    return read_fcpxml(path / INFO, project)


def timeline_of(sequence: Element, story: Story, known: Resources) -> otio.schema.Timeline:
    """The timeline of a sequence whose story is known already."""
    project = sequence.getparent()
    assert project is not None
    timeline = otio.schema.Timeline(project.get("name") or "Project")
    dropped = sequence.get("tcFormat") == "DF"
    timeline.metadata["pickup"] = {"rate": str(story.rate), "drop_frame": dropped}
    timeline.global_start_time = rational_time(story.start * story.rate, story.rate)
    timeline.tracks.extend(Layout(story, known).tracks())
    timeline.tracks.markers.extend(marker_of(*found, story.rate) for found in storyline_markers(story))
    return timeline
