"""What a source is told by its name: a timeline, or a media file."""

from __future__ import annotations

from bridge.listen import TIMELINES
from otio_adapters.formats import FORMATS


def test_every_format_that_is_read_is_a_timeline() -> None:
    """The list stands for itself, because a media file is listened to without the timeline library."""
    assert set(TIMELINES) == {one.suffix for one in FORMATS}
