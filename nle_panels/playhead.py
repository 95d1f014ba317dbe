"""Where the playhead is, in words, in frames and on the strip, and how each of them sends it elsewhere."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

from PySide6.QtCore import QObject

from nle_panels.document.document import Caret
from nle_panels.document.tokens import Pause, Spoken
from nle_panels.hosts.host import HostSequence
from nle_panels.session import Session
from nle_panels.window import Window
from nle_panels.work import Opened


class Playhead(QObject):
    """Clip frames are those of the clip as it is on the timeline."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._player, self._strip = window.player, window.strip
        self._strip.addActions(self._player.actions())  # the keys of the picture are the strip's too
        self._player.frame_changed.connect(self._played)
        self._player.changed.connect(lambda deck: self._strip.set_marked(deck.marked))
        self._strip.seeked.connect(self._seek_edited)
        window.transcript.sought.connect(self._seek_caret)
        window.takes.sought.connect(self.seek)
        window.takes.looped.connect(self._loop)

    def seek(self, frame: int) -> None:
        """To a clip frame, or where it is cut out to the next one that plays."""
        if (playlist := self._player.playlist) is not None:
            self._player.transport.seek(playlist.edited_near(frame))

    def follow(self, told: HostSequence, opened: Opened) -> None:
        """To the program's playhead, with its in and out points, as far as they are in the clip."""
        transport, clip = self._player.transport, opened.clip
        if told.range is not None:
            marks = (max(0, told.range[0] - clip.start), min(clip.window.frames, told.range[1] - clip.start))
            if marks[0] < marks[1]:
                self.seek(marks[0])
                transport.mark_in()
                self.seek(marks[1] - 1)
                transport.mark_out()
        if told.playhead is not None and 0 <= told.playhead - clip.start < clip.window.frames:
            self.seek(told.playhead - clip.start)

    def _seek_caret(self, caret: Caret) -> None:
        """To the word there; in a pause to its beginning; in new words to the word before."""
        session = self._session
        if session.said is None or session.opened is None:
            return
        tokens = session.document.paragraphs[caret.paragraph].tokens
        for token in reversed(tokens[: caret.token + 1]):
            if isinstance(token, Spoken):
                return self._seek_seconds(session.said.words[token.first].start)
            if isinstance(token, Pause) and token.after >= 0:
                return self._seek_seconds(session.said.words[token.after].end)
        return None

    def _seek_seconds(self, seconds: float) -> None:
        assert self._session.opened is not None
        self.seek(self._session.opened.clip.window.frame_at(Fraction(seconds)))

    def _seek_edited(self, frame: int) -> None:
        """The strip's frames are the edit's."""
        player = self._player
        if player.plays_original and player.edited is not None:
            frame = player.edited.clip_frame_near(frame)
        player.transport.seek(frame)

    def _loop(self, frame: int) -> None:
        """The edit there, with handles, over and over."""
        self.seek(frame)
        self._player.loop_edit()

    def _played(self, frame: int) -> None:
        """`frame` counts what plays: the edit, or the original where that alone is seen."""
        (self._strip.show_clip if self._player.plays_original else self._strip.show_edited)(frame)
        playlist = self._player.playlist
        if playlist is not None and frame < playlist.frames:
            self._window.transcript.show_playing(self._word_at(playlist.clip_frame_at(frame)))

    def _word_at(self, clip_frame: int | None) -> int | None:
        """The transcript's word that is heard with a clip frame; None between words and in new ones."""
        opened, said = self._session.opened, self._session.said
        if opened is None or said is None or clip_frame is None:
            return None
        seconds = float(opened.clip.window.seconds_at(clip_frame))
        word = bisect_right(said.words, seconds, key=lambda one: one.start) - 1
        return word if word >= 0 and seconds < said.words[word].end else None
