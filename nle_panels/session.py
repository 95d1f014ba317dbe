"""The clip that is being edited: its words, what they come to, its takes. What views show, they show of this.

Everything slow happens at the desk or in the engine; what comes back for words that have changed meanwhile is
let go.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from bridge.project import Rendering
from bridge.transcript import Window
from bridge.versions import TakeRecord
from engine.protocol import Transcript
from nle_panels import work
from nle_panels.apply import placing as applying
from nle_panels.apply.placing import Decided, Done, Placing
from nle_panels.autosave import Autosave
from nle_panels.clip_files import ClipFiles
from nle_panels.desk import Desk
from nle_panels.document import history as steps
from nle_panels.document import journal
from nle_panels.document.document import Caret, Document, Edited
from nle_panels.document.history import History
from nle_panels.document.journal import Content, Journal
from nle_panels.document.opening import opened as document_of
from nle_panels.engine_link import EngineLink
from nle_panels.errors import PanelError, Refused
from nle_panels.hosts.host import Host
from nle_panels.renders import DRAFT, Renders
from nle_panels.takes import book as takes
from nle_panels.takes.book import TakeBook
from nle_panels.work import Chosen, Opened, Ready, Wish
from otio_adapters.errors import MissingMedia

# ours: so long after the last keystroke an edit is planned, and its draft begun: within a second of it.
SETTLED_MS = 350


class Session(QObject):
    """One clip at a time. `document_changed` carries an Edited whose paragraphs the view lays out anew."""

    clip_opened = Signal(object)  # Opened
    words_changed = Signal(object)  # Transcript: heard, or corrected elsewhere
    document_changed = Signal(object)  # Edited
    ready_changed = Signal(object)  # Ready, or None where nothing is edited
    takes_changed = Signal()
    prospected = Signal(object)  # Prospect
    placed = Signal(object, object)  # Applied, PlacedInHost or None
    taken_back = Signal()
    refused = Signal(str)  # may not be done to these words
    media_missing = Signal(object)  # Chosen: its clip's media is not where it was
    failed = Signal(object)  # an error that a person can do something about

    def __init__(self, desk: Desk, link: EngineLink, state: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rendering = Rendering()
        self.voices: dict[str, Path] = {}
        self.opened: Opened | None = None
        self.said: Transcript | None = None
        self.window = Window(start=0, stop=0)
        self.history: History | None = None
        self.ready: Ready | None = None
        self.book = takes.EMPTY
        self.host: Host | None = None  # what takes go into, where that is more than a file
        self.last_done: Done | None = None
        self.outdated = False  # what was opened has the takes in it since
        self._desk, self._state = desk, state
        self.files = ClipFiles(state, desk, self.failed.emit)
        self.renders = Renders(link, self.files, self)
        self.renders.made.connect(lambda key, record: self._keep_takes(self.book.added(key, record)))
        self.renders.failed.connect(self.failed)
        self._asked = 0  # plans: only the answer to the latest counts
        self._autosave: Autosave | None = None
        self._settled = QTimer(self, interval=SETTLED_MS, singleShot=True)
        self._settled.timeout.connect(self._plan)

    # ---- the clip and its words

    def open(self, chosen: Chosen) -> None:
        def failed(error: Exception) -> None:
            self.failed.emit(error)
            if isinstance(error, MissingMedia):
                self.media_missing.emit(chosen)

        self._desk.ask(lambda *with_: self._looked_at(work.opened(chosen, *with_)), self._opened, failed)

    def _looked_at(self, opened: Opened) -> tuple[Opened, Content | None]:
        """With what was kept of its words. At the desk."""
        if opened.said is None:
            return opened, None
        folder, window = self._folder(opened), opened.window_of(opened.said)
        with contextlib.suppress(OSError):  # the journal says so itself when it is opened
            return opened, journal.look(folder, opened.said.fingerprint, window)
        return opened, None

    def _folder(self, opened: Opened) -> Path:
        return self._state / "clips" / opened.key

    def transcribe(self, script: Path | None = None, sound: Path | None = None) -> None:
        """`sound`: a recording to listen to, in place of the clip's own."""
        opened = self.opened
        if opened is not None:
            self._desk.ask(
                lambda *with_: work.transcribed(opened, script, sound, *with_),
                self._heard_anew,
                self.failed.emit,
            )

    def write_in(self, text: str) -> None:
        """What is said, for a clip without sound."""
        opened = self.opened
        if opened is not None:
            self._desk.ask(lambda *_: work.written_in(opened, text), self._heard_anew, self.failed.emit)

    def hear(self, said: Transcript, seen: Content | None = None) -> None:
        """These are the words, with the edits that were kept of them; what was `seen` of those already."""
        assert self.opened is not None
        self.said, self.window = said, self.opened.window_of(said)
        kept = self._kept_history(self.opened, said, seen)
        self.begin(kept or steps.begun(document_of(said, self.window, self.opened.shown)))
        self.words_changed.emit(said)

    def _heard_anew(self, said: Transcript) -> None:
        """Somebody has listened again: edits of the words before are let go, in the journal too."""
        self.hear(said)
        assert self.opened is not None
        fresh = document_of(said, self.window, self.opened.shown)
        if fresh != self.document:
            self.begin(steps.begun(fresh))
            self.words_changed.emit(said)

    def close(self) -> None:
        """What was edited last is on the disk when this returns."""
        if self._autosave is not None:
            self._autosave.close()
            self._autosave = None

    def _kept_history(self, opened: Opened, said: Transcript, seen: Content | None) -> History | None:
        """From the clip's journal, which is written on from now on. Where another panel has it open, or the
        disk will not have it, the edits of this one are not kept, and that is said.
        """
        self.close()
        try:
            kept = Journal(self._folder(opened), said.fingerprint, self.window, seen)
        except PanelError as error:
            self.failed.emit(error)
            return None
        if kept.set_aside is not None:
            told = self.tr(
                "The autosave was damaged; what of it could be read is here, and the file is {path}"
            )
            if kept.history is None:  # other words are heard there now, or nothing of it can be read
                told = self.tr("What was kept of this clip is of other words, and is set aside as {path}")
            self.failed.emit(PanelError(told.format(path=kept.set_aside)))
        self._autosave = Autosave(kept, self)
        self._autosave.failed.connect(self.failed)
        return kept.history

    def begin(self, history: History) -> None:
        """Words to go on with: new ones, or such as were kept, with what can be undone of them."""
        self.history = history
        if self._autosave is not None:
            self._autosave.keep(history)
        whole = range(len(history.document.paragraphs))
        self.document_changed.emit(Edited(document=history.document, caret=steps.START, paragraphs=whole))
        self._plan()

    @property
    def document(self) -> Document:
        assert self.history is not None
        return self.history.document

    def do(
        self, label: str, before: Caret, operation: Callable[[], Edited], typed: float | None = None
    ) -> Edited | None:
        """One step of the editor's. None, and `refused`, where it may not be done."""
        assert self.history is not None
        try:
            edited = operation()
        except Refused as error:
            self.refused.emit(str(error))
            return None
        self.history = steps.push(self.history, edited, label, before, typed)
        self._show(edited)
        return edited

    def undo(self) -> None:
        if self.history is not None:
            self.history, edited = steps.undo(self.history)
            self._show(edited)

    def redo(self) -> None:
        if self.history is not None:
            self.history, edited = steps.redo(self.history)
            self._show(edited)

    def _show(self, edited: Edited) -> None:
        if self._autosave is not None and self.history is not None:
            self._autosave.keep(self.history)
        self.document_changed.emit(edited)
        self._settled.start()

    def _opened(self, found: tuple[Opened, Content | None]) -> None:
        opened, seen = found
        self.opened, self.ready, self.outdated = opened, None, False
        self.files.open(opened)
        self.book, self.voices = self.files.takes(), self.files.voices()
        self.clip_opened.emit(opened)
        self.renders.open(opened)
        if opened.said is not None:
            self.hear(opened.said, seen)

    # ---- the plan

    def _plan(self) -> None:
        if self.opened is None or self.said is None or self.history is None:
            return
        self._settled.stop()
        self._asked += 1
        asked, opened = self._asked, self.opened
        wish = Wish(
            document=self.document,
            said=self.said,
            window=self.window,
            rendering=self.rendering,
            voices=dict(self.voices),
        )

        def done(ready: Ready | None) -> None:
            if asked == self._asked:
                self._planned(ready)

        def failed(error: Exception) -> None:
            if asked == self._asked:
                self._planned(None)
                self.failed.emit(error)

        self._desk.ask(lambda *with_: work.planned(opened, wish, *with_), done, failed)

    def _planned(self, ready: Ready | None) -> None:
        self.ready = ready
        self.ready_changed.emit(ready)
        if ready is not None:
            missing = [key for key in ready.keys if not self.book.of(key).versions]
            self.renders.submit(ready, replace(self.rendering, renderer=DRAFT), missing)

    # ---- who says the new words

    @property
    def lines(self) -> tuple[str, ...]:
        """The new words of each edit that has some, as they are planned."""
        return self.ready.lines if self.ready is not None else ()

    def set_voice(self, text: str, recording: Path | None) -> None:
        """A recording says these words from now on; None: the scratch voice."""
        self.voices = {said: path for said, path in self.voices.items() if said != text}
        if recording is not None:
            self.voices[text] = recording
        self.files.keep_voices(self.voices)
        self._plan()

    # ---- takes

    def set_rendering(self, rendering: Rendering) -> None:
        """How the next takes are rendered: what there is of them stays as it is."""
        self.rendering = rendering

    def render(self) -> None:
        """With the chosen renderer, every shot of the edit."""
        if self.ready is not None:
            self.renders.submit(self.ready, self.rendering, self.ready.keys)
            if self.rendering.renderer == DRAFT and None in map(work.drafted, self.ready.jobs):
                self._refuse_mouths()

    def reroll(self, key: str) -> None:
        """The shot once more, as is chosen now; where it was made so before, with another seed."""
        jobs = [version.record.job for version in self.book.of(key).versions]
        now = self.rendering
        if (now.renderer, now.region, now.seed) in {(job.renderer, job.region, job.seed) for job in jobs}:
            now = replace(now, seed=max(job.seed for job in jobs) + 1)
        if self.ready is None:
            return
        self.renders.submit(self.ready, now, [key])
        job = dict(zip(self.ready.keys, self.ready.jobs, strict=True)).get(key)
        if now.renderer == DRAFT and job is not None and work.drafted(job) is None:
            self._refuse_mouths()

    def choose(self, key: str, number: int) -> None:
        self._keep_takes(self.book.choose(key, number))

    def reject(self, key: str, number: int) -> None:
        self._keep_takes(self.book.reject(key, number))

    def playing(self) -> dict[int, TakeRecord]:
        """The take that plays of each shot that has one, by the shot's number in the plan."""
        if self.ready is None:
            return {}
        rendered = [number for number, shot in enumerate(self.ready.plan.shots) if shot.plan]
        shelves = zip(rendered, map(self.book.of, self.ready.keys), strict=True)
        return {number: shelf.playing.record for number, shelf in shelves if shelf.playing}

    def _refuse_mouths(self) -> None:
        self.refused.emit(self.tr("The draft makes no mouth anew: choose another renderer for that."))

    def _keep_takes(self, book: TakeBook) -> None:
        self.book = book
        self.takes_changed.emit()
        self.files.keep_takes(book)

    # ---- the timeline

    def ask_prospect(self, placing: Placing) -> None:
        """What applying would do: `prospected` says it."""
        if (asked := self._decided(placing)) is not None:
            opened, ready, decided = asked
            self._desk.ask(
                lambda *with_: applying.prospect(opened, ready, decided, *with_),
                self.prospected.emit,
                self.failed.emit,
            )

    def apply(self, placing: Placing) -> None:
        if (asked := self._decided(placing)) is not None:
            opened, ready, decided = asked
            self._desk.ask(
                lambda *with_: applying.applied(opened, ready, decided, *with_),
                self._applied,
                self.failed.emit,
            )

    def undo_apply(self) -> None:
        """The old timeline comes back; the words and takes stay as they are."""
        done = self.last_done
        if done is not None:
            self._desk.ask(lambda *_: applying.taken_back(done), self._taken_back, self.failed.emit)

    def _decided(self, placing: Placing) -> tuple[Opened, Ready, Decided] | None:
        if self.opened is None or self.ready is None:
            self.refused.emit(self.tr("Nothing is edited yet."))
            return None
        playing = self.playing()
        lacking = len(self.ready.jobs) - len(playing)
        if lacking:
            self.refused.emit(
                self.tr("Edits without a take yet: {n}. Wait for it, or render.").format(n=lacking)
            )
            return None
        chosen = tuple(playing[number] for number in sorted(playing))
        decided = Decided(takes=chosen, placing=placing, host=self.host)
        return self.opened, self.ready, decided

    def _applied(self, done: Done) -> None:
        self.last_done, self.outdated = done, done.outdates
        self.placed.emit(done.applied, done.in_host)

    def _taken_back(self, _: None) -> None:
        self.last_done, self.outdated = None, False
        self.taken_back.emit()
