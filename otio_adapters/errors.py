"""What can go wrong with a timeline, as one tree; the command ends with exit code 3 for all of it.

TimelineError
├── UnreadableTimeline    the file cannot be read as a timeline
│   ├── UnsupportedFormat its suffix or its kind is not one of ours
│   └── SeveralSequences  it holds several, and does not say which one is meant
├── UnknownClip           no clip of that name
├── AmbiguousClip         several clips of that name
├── MissingMedia          the clip's media is not where the timeline says
├── UnsupportedEdit       the edit meets something that cannot be cut: a dissolve, a speed change
├── UnwritableOutput      the file cannot be written
└── ReadBackMismatch      what was written does not read back as what was meant
"""

from __future__ import annotations


class TimelineError(Exception):
    """Root of the timeline errors. The message says what, where and what to do."""


class UnreadableTimeline(TimelineError):
    """The file is not there, or not a timeline, or a hostile one."""


class UnsupportedFormat(UnreadableTimeline):
    """A format that is neither read nor written here."""


class SeveralSequences(UnreadableTimeline):
    """The file holds several sequences of which none is the one; the message lists their names."""


class UnknownClip(TimelineError):
    """No clip of that name; the message lists the names."""


class AmbiguousClip(TimelineError):
    """Several clips have that name; the message says how to pick one."""


class MissingMedia(TimelineError):
    """A clip's media cannot be found or is not a file."""


class UnsupportedEdit(TimelineError):
    """The edit would have to cut what cannot be cut; the message names it."""


class UnwritableOutput(TimelineError):
    """The timeline cannot be written there."""


class ReadBackMismatch(TimelineError):
    """The written file does not read back as the timeline that was meant."""
