"""No editing program at all: a timeline's file, watched, and edits written beside it."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QObject

from bridge.report import EditReport
from nle_panels.errors import HostRefused
from nle_panels.hosts.file_state import digest_of
from nle_panels.hosts.file_watch import FileWatch
from nle_panels.hosts.host import HostSequence, PlacedInHost
from otio_adapters.errors import TimelineError
from otio_adapters.formats import format_of


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """The files of an edit, with what they held when it was made."""

    files: tuple[tuple[str, str], ...]  # path, SHA-256


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

    def place(self, done: EditReport, timeline: Path) -> PlacedInHost:
        """The bridge has written the edited timeline: there is nothing to do but to tell."""
        made = Path(done.timeline).absolute()
        files = [path for path in (made, made.with_suffix(".pickup.json")) if path.exists()]
        written = _Written(files=tuple((str(path), digest_of(path)) for path in files))
        return PlacedInHost(
            way="file",
            sequence=made.name,
            receipt=msgspec.json.encode(written).decode(),
            next_step=QCoreApplication.translate(
                "hosts", "Open {file} in your editing program; {old} is as it was."
            ).format(file=made.name, old=timeline.name),
        )

    def undo(self, placed: PlacedInHost) -> None:
        """Takes away the edited timeline and its report, unless somebody has changed them since."""
        written = msgspec.json.decode(placed.receipt, type=_Written)
        for path, digest in written.files:
            if digest_of(Path(path)) != digest:
                raise HostRefused(f"{path}: it was changed after the edit, so it stays; delete it yourself")
        try:
            for path, _ in written.files:
                Path(path).unlink()
        except OSError as error:
            raise HostRefused(f"{path}: cannot be deleted: {error.strerror or error}") from error

    def close(self) -> None:
        self.watch.close()
