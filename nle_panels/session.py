"""The clip that is being edited: its words, what they come to, its takes. What views show, they show of this.

Everything slow happens at the desk or in the engine; what comes back for words that have changed meanwhile is
let go.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from bridge.rendering import OnProgress
from bridge.transcript import Window
from engine.client import EngineClient
from engine.protocol import Transcript
from nle_panels import hearing, work
from nle_panels.apply.applying import Applying, Edit
from nle_panels.clip_files import ClipFiles
from nle_panels.clip_takes import ClipTakes
from nle_panels.desk import Desk
from nle_panels.document import history as steps
from nle_panels.document.document import Caret, Document, Edited
from nle_panels.document.history import History
from nle_panels.document.meaning import Untouched
from nle_panels.engine_link import EngineLink
from nle_panels.errors import Refused
from nle_panels.hearing import Heard
from nle_panels.kept_words import KeptWords
from nle_panels.look.told import told
from nle_panels.work import Chosen, Opened, Ready, Wish
from otio_adapters.errors import MissingMedia

# ours: so long after the last keystroke an edit is planned, and its draft begun: within a second of it.
SETTLED_MS = 350


class Session(QObject):
    """One clip at a time. `document_changed` carries an Edited whose paragraphs the view lays out anew."""

    clip_opened = Signal(object)  # Opened
    locked_changed = Signal(bool)  # whether another panel has the clip, so that it is only looked at here
    words_changed = Signal(object)  # Transcript: heard, or corrected elsewhere
    document_changed = Signal(object)  # Edited
    ready_changed = Signal(object)  # Ready, or None where nothing is edited
    refused = Signal(str)  # may not be done to these words
    media_missing = Signal(object)  # Chosen: its clip's media is not where it was
    failed = Signal(object)  # an error that a person can do something about

    def __init__(self, desk: Desk, link: EngineLink, state: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.voices: dict[str, Path] = {}
        self.opened: Opened | None = None
        self.said: Transcript | None = None
        self.window = Window(start=0, stop=0)
        self.history: History | None = None
        self._untouched: Untouched = {}
        self.ready: Ready | None = None
        self._desk, self._state = desk, state
        self.files = ClipFiles(state, desk, self.failed.emit)
        self.takes = ClipTakes(link, self.files, self.refuses, self)
        self.takes.refused.connect(self.refused)
        self.takes.renders.failed.connect(self.failed)
        self.applying = Applying(desk, self._to_apply, self)
        self.applying.failed.connect(self.failed)
        self._asked = 0  # plans: only the answer to the latest counts
        self.words = KeptWords(desk, self)
        self.words.failed.connect(self.failed)
        self.words.seen.connect(self._follow)
        self.words.freed.connect(self._take_over)
        self._settled = QTimer(self, interval=SETTLED_MS, singleShot=True)
        self._settled.timeout.connect(self._plan)

    # ---- the clip and its words

    def open(self, chosen: Chosen) -> None:
        def failed(error: Exception) -> None:
            self.failed.emit(error)
            if isinstance(error, MissingMedia):
                self.media_missing.emit(chosen)

        self._desk.ask(lambda *with_: self._looked_at(work.opened(chosen, *with_)), self._opened, failed)

    def _looked_at(self, opened: Opened) -> tuple[Opened, Heard | None]:
        """With its words, where somebody has listened. At the desk."""
        return opened, None if opened.said is None else hearing.heard(opened, opened.said, self._state)

    def transcribe(self, script: Path | None = None, sound: Path | None = None) -> None:
        """`sound`: a recording to listen to, in place of the clip's own."""
        self._listen(lambda opened, *with_: work.transcribed(opened, script, sound, *with_))

    def write_in(self, text: str) -> None:
        """What is said, for a clip without sound."""
        self._listen(lambda opened, *_: work.written_in(opened, text))

    def _listen(self, words: Callable[[Opened, EngineClient, OnProgress], Transcript]) -> None:
        opened, state = self.opened, self._state
        if opened is not None:
            self._desk.ask(
                lambda *with_: hearing.heard(opened, words(opened, *with_), state),
                self._heard_anew,
                self.failed.emit,
            )

    def hear(self, heard: Heard) -> None:
        """These are the words, with the edits that were kept of them."""
        self.said, self.window, self._untouched = heard.said, heard.place.window, heard.untouched
        kept = self.words.open(heard.place, heard.seen)
        self.files.locked = self.words.locked
        self.begin(kept or steps.begun(heard.fresh))
        self.words_changed.emit(heard.said)
        self.locked_changed.emit(self.words.locked)

    def _heard_anew(self, heard: Heard) -> None:
        """Somebody has listened again: edits of the words before are let go, in the journal too."""
        self.hear(heard)
        if heard.fresh != self.document:
            self.begin(steps.begun(heard.fresh))
            self.words_changed.emit(heard.said)

    def close(self) -> None:
        """What was edited last is on the disk when this returns."""
        self.takes.hold()
        self.words.close()

    def begin(self, history: History) -> None:
        """Words to go on with: new ones, or such as were kept, with what can be undone of them."""
        self.history = history
        self.words.keep(history)
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
        if self.refuses():
            return None
        try:
            edited = operation()
        except Refused as error:
            self.refused.emit(told(error))
            return None
        self.history = steps.push(self.history, edited, label, before, typed)
        self._show(edited)
        return edited

    def undo(self) -> None:
        if self.history is not None and not self.refuses():
            self.history, edited = steps.undo(self.history)
            self._show(edited)

    def redo(self) -> None:
        if self.history is not None and not self.refuses():
            self.history, edited = steps.redo(self.history)
            self._show(edited)

    def _show(self, edited: Edited) -> None:
        assert self.history is not None
        self.words.keep(self.history)
        self.document_changed.emit(edited)
        self._settled.start()

    def _opened(self, found: tuple[Opened, Heard | None]) -> None:
        opened, heard = found
        self.takes.hold()  # of the clip before
        self.opened, self.ready, self.applying.outdated = opened, None, False
        self.files.open(opened)
        self.voices = self.files.voices()
        self.files.locked = False
        self.takes.open(opened)
        if heard is None:
            self.close()
            self.said = self.history = None
        self.clip_opened.emit(opened)
        if heard is not None:
            self.hear(heard)

    # ---- a clip that another panel has

    def refuses(self) -> bool:
        """Whether nothing may be changed here, which is said then."""
        if self.words.locked:
            self.refused.emit(self.tr("This clip is open in another panel: it is edited there."))
        return self.words.locked

    def _follow(self, history: History) -> None:
        """What is done there is seen here, with its takes."""
        self.takes.read()
        self.voices = self.files.voices()
        self.begin(history)

    def _take_over(self) -> None:
        """The other panel has closed: what it left is read anew, and edited here from now on."""
        if self.opened is not None:
            self.open(self.opened.chosen)

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
            rendering=self.takes.rendering,
            voices=dict(self.voices),
            untouched=self._untouched,
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
        self.takes.plan(ready)
        self.ready_changed.emit(ready)

    # ---- who says the new words

    @property
    def lines(self) -> tuple[str, ...]:
        """The new words of each edit that has some, as they are planned."""
        return self.ready.lines if self.ready is not None else ()

    def set_voice(self, text: str, recording: Path | None) -> None:
        """A recording says these words from now on; None: the scratch voice."""
        if self.refuses():
            return
        self.voices = {said: path for said, path in self.voices.items() if said != text}
        if recording is not None:
            self.voices[text] = recording
        self.files.keep_voices(self.voices)
        self._plan()

    # ---- applying

    def _to_apply(self) -> Edit | None:
        if self.opened is None or self.ready is None:
            self.refused.emit(self.tr("Nothing is edited yet."))
            return None
        if self.refuses():
            return None
        playing = self.takes.playing()
        lacking = len(self.ready.jobs) - len(playing)
        if lacking:
            self.refused.emit(
                self.tr("Edits without a take yet: {n}. Wait for it, or render.").format(n=lacking)
            )
            return None
        chosen = tuple(playing[number] for number in sorted(playing))
        return Edit(opened=self.opened, ready=self.ready, takes=chosen)
