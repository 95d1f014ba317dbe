"""Kdenlive: its project is edited on the disk by the bridge, and the editor reverts to it.

Kdenlive's D-Bus places nothing on a timeline and reads no project again. What is open there and was not saved
would be lost by the Revert: then nothing is written. The edited project has the takes in its bin already; a
bin that got them over D-Bus as well would make the open project a changed one, and offer to save it over the
edited one. So that is a way of its own: `add_to_bin`, for an editor who places the takes by hand.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject

from bridge.report import EditReport
from nle_panels.errors import HostRefused
from nle_panels.hosts.file_state import digest_of
from nle_panels.hosts.file_watch import FileWatch
from nle_panels.hosts.host import HostSequence, PlacedInHost
from nle_panels.hosts.kdenlive_bus import KdenliveBus, Window
from nle_panels.hosts.standalone import to_open

NAME = "kdenlive"


class Kdenlive:
    """A project file, in Kdenlive or not. `watch.changed` tells that it was saved with another content."""

    name = NAME
    in_place = True

    def __init__(
        self,
        project: Path,
        *,
        clip: str | None = None,
        bus: KdenliveBus | None = None,
        parent: QObject | None = None,
    ) -> None:
        if project.suffix.lower() != ".kdenlive":
            raise HostRefused(f"{project.name} is no Kdenlive project: open it with --host standalone")
        self._project = project.absolute()
        self._clip = clip
        self._bus = bus or KdenliveBus()
        self.watch = FileWatch(self._project, parent)

    def sequence(self) -> HostSequence:
        version = digest_of(self._project)
        return HostSequence(timeline=self._project, name=self._project.stem, version=version, clip=self._clip)

    def check(self) -> None:
        window = self._window()
        if window and window.modified:
            raise HostRefused(
                f"{self._project.name} has changes in Kdenlive that are not saved: save it there, try again"
            )

    def place(self, done: EditReport, timeline: Path) -> PlacedInHost:
        """The bridge has put the edited project in the place of the old one, or beside it: what to do now."""
        made = Path(done.timeline).absolute()
        if made != self._project:
            return PlacedInHost(way="file", sequence=made.name, next_step=to_open(done, timeline))
        next_step = _to_do(made.name, self._window())
        return PlacedInHost(way="project", sequence=made.name, next_step=next_step)

    def add_to_bin(self, done: EditReport) -> str:
        """Adds the takes to the open project's bin, and nothing else; returns what the window is called."""
        window = self._window()
        if window is None:
            raise HostRefused(f"{self._project.name} is not open in Kdenlive: open it there")
        for take in done.takes:
            self._bus.add_to_bin(window, Path(take.path).absolute())
        return window.title

    def undo(self, placed: PlacedInHost) -> None:
        """The bridge puts the old project back. Then Revert shows it again."""
        self.check()

    def close(self) -> None:
        self.watch.close()

    def _window(self) -> Window | None:
        """The Kdenlive that has the project open."""
        return next((one for one in self._bus.windows() if one.shows(self._project)), None)


def _to_do(project: str, window: Window | None) -> str:
    if window is None:
        return QCoreApplication.translate("hosts", "Open {project} in Kdenlive.").format(project=project)
    return QCoreApplication.translate("hosts", "In Kdenlive choose File > Revert, and do not save before.")
