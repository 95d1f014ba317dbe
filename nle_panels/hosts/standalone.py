"""No editing program at all: a timeline's file, watched, and edits written beside it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject

from bridge.report import EditReport
from nle_panels.errors import HostRefused
from nle_panels.hosts.file_state import digest_of
from nle_panels.hosts.file_watch import FileWatch
from nle_panels.hosts.host import HostSequence, PlacedInHost
from otio_adapters.errors import TimelineError
from otio_adapters.formats import format_of


class Standalone:
    """Any file that `otio_adapters` reads. `watch.changed` tells of another content."""

    name = "standalone"
    in_place = False

    def __init__(self, path: Path, clip: str | None = None, parent: QObject | None = None) -> None:
        try:
            format_of(path)
        except TimelineError as error:
            raise HostRefused(str(error)) from error
        self._path = path.absolute()
        self._clip = clip
        self.watch = FileWatch(self._path, parent)

    def sequence(self) -> HostSequence:
        version = digest_of(self._path)
        return HostSequence(timeline=self._path, name=self._path.stem, version=version, clip=self._clip)

    def check(self) -> None:
        """Nothing stands in the way of a file."""

    def place(self, done: EditReport, timeline: Path) -> PlacedInHost:
        """The bridge has written the edited timeline: there is nothing to do but to tell."""
        return PlacedInHost(way="file", sequence=Path(done.timeline).name, next_step=to_open(done, timeline))

    def undo(self, placed: PlacedInHost) -> None:
        """There is nothing but the file, which the bridge takes back."""

    def close(self) -> None:
        self.watch.close()


def to_open(done: EditReport, timeline: Path) -> str:
    """What is left to do in whatever program the timeline is of."""
    made = Path(done.timeline)
    if made.absolute() == timeline.absolute():
        told = QCoreApplication.translate(
            "hosts", "Open {file} again in your editing program, and do not save there before."
        )
    else:
        told = QCoreApplication.translate("hosts", "Open {file} in your editing program; {old} is as it was.")
    return told.format(file=made.name, old=timeline.name)
