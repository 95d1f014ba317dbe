"""Who says the new words: the editor at the microphone, a file, or the scratch voice."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMenu

from bridge.errors import UnwritableOutput
from bridge.files import write_whole
from nle_panels.apply.places import FOLDER
from nle_panels.look.told import told
from nle_panels.record.dialog import RecordDialog
from nle_panels.record.lines import as_wav, free_name
from nle_panels.session import Session
from nle_panels.window import Window

SOUND = "*.wav *.flac *.aif *.aiff *.mp3 *.m4a *.ogg *.mov *.mp4"


class VoiceCommands(QObject):
    """Connects what the takes' view asks for, and the command, to the session's voices."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._menu = QMenu(window.takes)
        window.takes.voice.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._offer)
        window.commands["record"].triggered.connect(self._record_here)

    @property
    def folder(self) -> Path:
        """Where recordings of what is open are kept: with its takes."""
        opened = self._session.opened
        assert opened is not None
        beside = opened.chosen.timeline.parent
        if opened.chosen.program:
            beside = Path(opened.clip.media.path).parent / FOLDER
        return beside / "takes" / "lines"

    def record(self, text: str) -> None:
        dialog = RecordDialog(text, self._window)
        if dialog.exec():
            self.keep(text, dialog.samples)

    def keep(self, text: str, samples: bytes) -> None:
        """A recording is put where the takes are, and says the words from now on."""
        path = free_name(self.folder, text)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, as_wav(samples))
        except (OSError, UnwritableOutput) as error:
            self._window.banner.tell(told(error), "error")
            return
        self._session.set_voice(text, path)

    def _offer(self) -> None:
        """The lines of the edit that is selected, each with who may say it."""
        self._menu.clear()
        for text in self._window.takes.lines():
            self._menu.addSection(text)
            chosen = self._session.voices.get(text)
            names = (
                (self.tr("Record it…"), partial(self.record, text), False),
                (self._file_name(chosen), partial(self._choose_file, text), chosen is not None),
                (self.tr("Scratch voice"), partial(self._session.set_voice, text, None), chosen is None),
            )
            for name, act, checked in names:
                action = self._menu.addAction(name)
                action.setCheckable(True)
                action.setChecked(checked)
                action.triggered.connect(lambda _=False, act=act: act())

    def _file_name(self, chosen: Path | None) -> str:
        return self.tr("A file…") if chosen is None else self.tr("A file: {name}…").format(name=chosen.name)

    def _choose_file(self, text: str) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Who says “{text}”").format(text=text),
            "",
            self.tr("Sound") + f" ({SOUND})",
        )
        if name:
            self._session.set_voice(text, Path(name))

    def _record_here(self) -> None:
        """The new words of the edit that is selected, or the first of all."""
        lines = self._window.takes.lines() or self._session.lines
        if lines:
            self.record(lines[0])
        else:
            self._session.refused.emit(self.tr("There are no new words to record."))
