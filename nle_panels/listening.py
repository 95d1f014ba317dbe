"""How a clip gets its words: somebody listens to it, or to another recording, or they are written in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog

from bridge.edits import read_text
from bridge.errors import BridgeError
from nle_panels.pages import ListenPage, MutePage
from nle_panels.session import Session
from nle_panels.voices import SOUND
from nle_panels.window import Window
from nle_panels.work import Opened


class Listening(QObject):
    """Shows the pages of a clip without words, and does what is chosen there."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._recording: Path | None = None
        session.clip_opened.connect(self._opened)
        window.listen.heard.connect(lambda: self._listen(None))
        session.failed.connect(lambda _: window.listen.tell_listening(False))
        window.listen.scripted.connect(self._take_script)
        window.mute.written.connect(self._write)
        window.mute.filed.connect(self._take_text)
        window.mute.replaced.connect(self._replace)

    def listen_to(self, recording: Path | None) -> None:
        """None: to the clip itself."""
        self._recording = recording
        self._window.listen.about(recording.name if recording else None)
        self._show(self._window.listen)

    def _opened(self, opened: Opened) -> None:
        if opened.said is not None:
            self._window.show_page(self._window.transcript)
        elif opened.mute:
            self._window.mute.about(Path(opened.clip.media.path).name)
            self._show(self._window.mute)
        else:
            self.listen_to(None)

    def _show(self, page: ListenPage | MutePage) -> None:
        self._window.show_page(page)
        page.setFocus()

    def _listen(self, script: Path | None) -> None:
        self._window.listen.tell_listening(True)
        self._session.transcribe(script, self._recording)

    def _take_script(self) -> None:
        if (path := self._text_file(self.tr("The script"))) is not None:
            self._listen(path)

    def _write(self) -> None:
        title, line = self.tr("Write what is said"), self.tr("What is said in this clip, word for word:")
        text, sure = QInputDialog.getMultiLineText(self._window, title, line)
        if sure and text.strip():
            self._session.write_in(text)

    def _take_text(self) -> None:
        if (path := self._text_file(self.tr("What is said"))) is None:
            return
        try:
            self._session.write_in(read_text(path))
        except BridgeError as error:
            self._session.failed.emit(error)

    def _replace(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("The recording"), "", self.tr("Sound") + f" ({SOUND})"
        )
        if name:
            self.listen_to(Path(name))

    def _text_file(self, title: str) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._window, title, "", self.tr("Text") + " (*.txt)")
        return Path(name) if name else None
