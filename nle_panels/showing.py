"""An edit on the views that show one: player, strip and list of takes; in turns, as there may be hundreds."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

from bridge.report import EditLine
from bridge.versions import TakeRecord
from engine.protocol import Transcript
from nle_panels.document.meaning import protected
from nle_panels.look.numbers import signed
from nle_panels.player.cut import after_in_steps, before
from nle_panels.proxies import Proxies
from nle_panels.session import Session
from nle_panels.steps import filled
from nle_panels.strip.axis import Axis
from nle_panels.strip.levels import Levels, weighed
from nle_panels.strip.scene import Scene
from nle_panels.takes.entries import entries_in_steps
from nle_panels.turns import Turns
from nle_panels.window import Window
from nle_panels.work import Opened, Ready, frames_of

# ours: milliseconds a shot, before takes that have come are shown: some ten times as long as showing them, so
# that the window has time for its editor while drafts of thousands of places come in one after another.
REST = 1


class Showing(QObject):
    """What the session has planned, and the takes that play in it."""

    def __init__(self, window: Window, session: Session, proxies: Proxies) -> None:
        super().__init__(window)
        self._window, self._session, self._proxies = window, session, proxies
        self._levels: Levels | None = None
        self._axis: Axis | None = None
        self._weighing, self._turns = Turns(self), Turns(self)
        self._outdated = False  # takes have come since what is shown was gathered
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._show_takes)
        session.ready_changed.connect(self.show)
        session.takes.changed.connect(self._takes_changed)

    @property
    def busy(self) -> bool:
        return self._turns.busy or self._weighing.busy or self._outdated

    def open(self, opened: Opened) -> None:
        """Another clip, of which no edit is known yet."""
        self._levels = self._axis = None
        original = before(opened.clip.window)
        self._window.player.set_edit(original, original)
        self._show_strip(opened, None)
        self.show()

    def hear(self, said: Transcript) -> None:
        """The strip is drawn when the loudness of three hours has been gone through."""
        self._levels = None
        self._weighing.put_off(self._weigh(said))
        self.show()

    def show(self, _: Ready | None = None) -> None:
        self._outdated = False
        opened, ready = self._session.opened, self._session.ready
        if opened is None:
            return
        self._window.change.setText(_length(ready.plan.change) if ready else "")
        for name in ("render", "apply"):
            self._window.enable(name, ready is not None)
        self._turns.take(self._shown(opened, ready))

    def _takes_changed(self) -> None:
        self._outdated = True
        if not self._rest.isActive():
            self._show_takes()

    def _show_takes(self) -> None:
        """What is being shown is shown first: it has its rest behind it."""
        if self._outdated and not self._turns.busy:
            self.show()

    def _shown(self, opened: Opened, ready: Ready | None) -> Iterator[None]:
        clip, session, player = opened.clip.window, self._session, self._window.player
        shots: list[tuple[int, TakeRecord | None]] = []
        yield from filled(shots, session.takes.shots())
        playing = {number: record for number, record in shots if record is not None}
        takes = {number: record.take for number, record in playing.items()}
        for take in takes.values():
            self._proxies.set_take(take)
        original = edited = before(clip)
        if ready is not None:
            for made in after_in_steps(clip, ready.plan.shots, takes):
                edited = made or edited
                yield
        marks: list[tuple[str, tuple[str, ...]]] = []
        yield from filled(marks, ((record.take.sha256, self._mark(record)) for record in playing.values()))
        player.set_edit(original, edited, takes.values())
        player.set_marks(dict(marks))
        yield
        if ready is None:
            self._window.takes.show_entries(())
        else:
            for entries in entries_in_steps(ready, clip, session.takes.book, self._edit_name):
                if entries is not None:
                    self._window.takes.show_entries(entries)
                yield
        for axis in Axis.in_steps(edited, clip.frames):
            self._axis = axis or self._axis
            yield
        self._show_strip(opened, ready)
        self._rest.start(REST * len(shots))

    def _mark(self, record: TakeRecord) -> tuple[str, ...]:
        """How what plays was made is said on the picture."""
        scratch = any(line.scratch for line in record.job.speech)
        return tuple([record.take.renderer] + [self.tr("scratch voice")] * scratch)

    def _weigh(self, said: Transcript) -> Iterator[None]:
        for levels in weighed(said.energy):
            if levels is not None:
                self._levels = levels
                opened = self._session.opened
                if opened is not None and not self._turns.busy:
                    self._show_strip(opened, self._session.ready)
            yield

    def _show_strip(self, opened: Opened, ready: Ready | None) -> None:
        said, clip = self._session.said, opened.clip.window
        if said is None or self._levels is None or self._axis is None:
            self._window.strip.set_scene(None)
            return
        meaning = ready.meaning if ready else None
        said_anew = [change.text for change in meaning.changes if change.words] if meaning else []
        self._window.strip.set_scene(
            Scene(
                axis=self._axis,
                window=clip,
                levels=self._levels,
                words=(meaning.transcript if meaning else said).words,
                said=dict(enumerate(said_anew)),
                protected=frames_of(protected(self._session.document), said.words, clip),
                clock=opened.clock,
            )
        )

    def _edit_name(self, edit: EditLine) -> str:
        match edit.kind:
            case "remove":
                return self.tr("− {words}").format(words=edit.words)
            case "insert":
                return self.tr("+ {text}").format(text=edit.text)
            case "replace":
                return self.tr("{words} → {text}").format(words=edit.words, text=edit.text)
            case "pause":
                return self.tr("pause to {text}").format(text=edit.text)
            case "rerender":
                return self.tr("the mouth anew")
        return edit.kind


def _length(change: int) -> str:
    """How much longer the clip gets, in frames as the player counts them."""
    return f"{signed(change) if change else '±0'} f"
