"""Where takes may go: a new file, the timeline's own, or the project that is open in an editing program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from bridge.apply import next_version
from nle_panels.hosts.host import Host
from nle_panels.work import Opened
from otio_adapters.placement import Lay

FOLDER = "Pickup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`out` None: into the timeline's own file. `lays`: the ways takes may be laid there."""

    name: str
    out: Path | None
    lays: tuple[Lay, ...] = ("replace", "above", "reference")


def places_for(opened: Opened, host: Host | None) -> tuple[Place, ...]:
    """The usual one first. Takes of a program's sequence lie in a folder beside the clip's media."""
    timeline = opened.chosen.timeline
    if opened.chosen.program:
        beside = Path(opened.clip.media.path).parent / FOLDER / timeline.name
        name = QCoreApplication.translate("apply", "the open project: {name}").format(
            name=opened.chosen.program
        )
        return (Place(name=name, out=next_version(beside), lays=("replace",)),)
    version = next_version(timeline)
    new = Place(
        name=QCoreApplication.translate("apply", "a new file, {name}").format(name=version.name), out=version
    )
    own = Place(
        name=QCoreApplication.translate("apply", "{name} itself").format(name=timeline.name), out=None
    )
    return (own, new) if host is not None and host.in_place else (new, own)
