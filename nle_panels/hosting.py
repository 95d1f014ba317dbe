"""What the panel works beside: an editing program, or a file in its place. Opened, watched, asked anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject

from nle_panels.banner import Banner
from nle_panels.desk import Desk
from nle_panels.errors import HostError
from nle_panels.hosts.host import Host, HostSequence
from nle_panels.hosts.kdenlive import Kdenlive
from nle_panels.hosts.messages import Hello, State
from nle_panels.hosts.premiere import premiere
from nle_panels.hosts.remote import RemoteHost
from nle_panels.hosts.resolve import resolve
from nle_panels.hosts.standalone import Standalone
from nle_panels.look.told import told
from nle_panels.session import Session
from nle_panels.work import Chosen

HostName = Literal["standalone", "resolve", "premiere", "kdenlive"]
PROGRAMS: dict[HostName, Callable[[Path], RemoteHost]] = {"resolve": resolve, "premiere": premiere}
TITLES = {"resolve": "Resolve", "premiere": "Premiere"}


class Hosting(QObject):
    """One host at a time. What it has to say, and to ask, stands in the banner."""

    def __init__(
        self, name: HostName, session: Session, desk: Desk, banner: Banner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.name = name
        self._session, self._desk, self._banner = session, desk, banner
        self._host: Host | None = None
        self._version = ""  # of the program's sequence, as it was taken
        self._ours = False  # the program's next change is what was placed there, or taken back
        session.clip_opened.connect(lambda _: banner.drop("outdated"))
        session.applying.placed.connect(lambda *_: self._expect())
        session.applying.taken_back.connect(self._taken_back)

    def start(self, work: Path) -> None:
        """Wait for the program's script, where the host is a program. `work`: a folder of its own."""
        if self.name not in PROGRAMS:
            return
        try:
            host = PROGRAMS[self.name](work / self.name)
        except HostError as error:
            self._banner.tell(told(error), "error", reason="host")
            return
        shutil.rmtree(
            work / self.name, ignore_errors=True
        )  # exports of the last time: no other panel has them
        self.beside(host)

    def beside(self, host: RemoteHost) -> None:
        """A program, whose script may come at any time."""
        self.use(host)
        host.server.met.connect(self._met)
        host.server.lost.connect(self._lost)
        host.server.changed.connect(self._changed_in_program)
        line = self.tr("Waiting for {program}: start Pickup inside it.").format(program=TITLES[self.name])
        self._banner.tell(line, reason="host")

    def use(self, host: Host) -> None:
        """From now on takes go there."""
        if self._host is not None:
            self._host.close()
        self._host = self._session.applying.host = host

    def open(self, chosen: Chosen) -> None:
        """A timeline's file, which is watched from now on. A program that the panel was beside is left."""
        if self.name in PROGRAMS:
            self.name = "standalone"
        path, kdenlive = chosen.timeline.absolute(), self.name == "kdenlive"
        try:
            host = Kdenlive(path, parent=self) if kdenlive else Standalone(path, parent=self)
        except HostError as error:
            self._banner.tell(told(error), "error", reason="host")
            return
        self.use(host)
        host.watch.changed.connect(self._changed_on_disk)
        self._session.open(replace(chosen, timeline=path))

    def open_clip(self, name: str) -> None:
        """Another clip of what is open."""
        opened = self._session.opened
        if opened is not None:
            self._session.open(replace(opened.chosen, clip=name))

    def take(self) -> None:
        """What is open is read anew: the program's active sequence, or the file."""
        host, opened = self._host, self._session.opened
        if host is not None and self.name in PROGRAMS:
            self._desk.ask(lambda *_: host.sequence(), self._took, self._session.failed.emit)
        elif opened is not None:
            self._session.open(opened.chosen)

    def close(self) -> None:
        if self._host is not None:
            self._host.close()

    # ---- inside

    def _took(self, sequence: HostSequence) -> None:
        self._version, self._ours = sequence.version, False
        self._banner.drop("host")
        name = f"{TITLES.get(self.name, self.name)}: {sequence.name}"
        self._session.open(
            Chosen(timeline=sequence.timeline, clip=sequence.clip, program=name, told=sequence)
        )

    def _met(self, _: Hello) -> None:
        """At the start the program's sequence is taken; a script that is back finds the work as it was."""
        self._banner.drop("host")
        if self._session.opened is None:
            self.take()

    def _lost(self) -> None:
        line = self.tr("{program} has gone; your edits are kept.").format(program=TITLES[self.name])
        self._banner.tell(line, reason="host")

    def _changed_in_program(self, state: State) -> None:
        if not state.version or state.version == self._version or self._session.opened is None:
            return
        known, self._version = self._version, state.version
        if self._ours or not known:
            self._ours = False
            return
        self._changed(TITLES[self.name])

    def _changed_on_disk(self, digest: str) -> None:
        opened, done = self._session.opened, self._session.applying.last
        ours = {opened.content if opened else "", done.applied.written if done else ""}
        if opened is not None and digest not in ours:
            self._changed(opened.chosen.timeline.name)

    def _changed(self, what: str) -> None:
        """Where nothing was done to the words it is read again at once; else that is the editor's to say."""
        history = self._session.history
        if self._session.ready is None and (history is None or not (history.past or history.future)):
            self.take()
            return
        line = self.tr(
            "{what} was changed outside. Read it again? Your edits come along where the clip is the same; "
            "else they are set aside, and nothing is lost."
        )
        choices = [(self.tr("Read it again"), self.take), (self.tr("Keep working"), self._keep)]
        self._banner.tell(line.format(what=what), choices=choices, reason="outdated")

    def _keep(self) -> None:
        line = self.tr("You go on with the timeline as it was. Before you apply, read it again (F5).")
        self._banner.tell(line, reason="outdated")

    def _expect(self) -> None:
        self._ours = True

    def _taken_back(self) -> None:
        """A program's sequence is another version now, although it looks as it did."""
        self._ours = True
        if self.name in PROGRAMS:
            self.take()
