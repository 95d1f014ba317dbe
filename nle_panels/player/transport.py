"""The deck over time: what is played follows what is heard."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from nle_panels.player.deck import Deck
from nle_panels.player.playlist import Playlist
from nle_panels.player.sound import Course, Sound

TICK = 5  # ours: ms between looks at the clock; a third of a frame at 60 frames a second


class Transport(QObject):
    """Plays a playlist.

    Signals:
        frame_changed: (frame) of the edited clip that is to be seen.
        changed: (Deck) speed, marks or loop are others now.
    """

    frame_changed = Signal(int)
    changed = Signal(object)

    def __init__(self, sound: Sound, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sound = sound
        self._playlist: Playlist | None = None
        self.deck = Deck(frames=0)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)

    def set_playlist(self, playlist: Playlist, frame: int) -> None:
        """Play another edit of the clip, from a frame of it on; what plays goes on playing."""
        self._playlist = playlist
        self._go(self.deck.over(playlist.frames, frame), anew=True)

    def seek(self, frame: int) -> None:
        """Show a frame; playing goes on from there."""
        self._go(self.deck.at(frame), anew=True)

    def step(self, frames: int) -> None:
        self._go(self.deck.stepped(frames))

    def go_to_start(self) -> None:
        self.seek(self.deck.bounds[0])

    def go_to_end(self) -> None:
        self._go(self.deck.stopped().at(self.deck.bounds[1] - 1))

    def toggle(self) -> None:
        self._go(self.deck.toggled())

    def stop(self) -> None:
        self._go(self.deck.stopped())

    def shuttle(self, direction: int) -> None:
        self._go(self.deck.shuttled(direction))

    def mark_in(self) -> None:
        self._go(self.deck.marked_in())

    def mark_out(self) -> None:
        self._go(self.deck.marked_out())

    def clear_marks(self) -> None:
        self._go(self.deck.unmarked())

    def loop(self, start: int, stop: int, handles: int = 0) -> None:
        """Play frames [start, stop) with handles round and round."""
        self._go(self.deck.looping(start, stop, handles), anew=True)

    def stop_looping(self) -> None:
        self._go(self.deck.unlooped(), anew=True)

    def _go(self, deck: Deck, *, anew: bool = False) -> None:
        """Take over another deck. `anew`: the sound starts again even where its speed is the same."""
        old, self.deck = self.deck, deck
        if deck.speed != old.speed or (anew and deck.playing):
            self._play()
        if deck.frame != old.frame or anew:
            self.frame_changed.emit(deck.frame)
        if self._said(deck) != self._said(old):
            self.changed.emit(deck)

    def _play(self) -> None:
        if not self.deck.playing or self._playlist is None:
            self._timer.stop()
            self._sound.stop()
            return
        first, stop = (self._playlist.sample_of(frame) for frame in self.deck.bounds)
        # Backwards the first frame is seen for its whole length too: from its last sample on.
        frame = self.deck.frame + (self.deck.speed < 0)
        start = self._playlist.sample_of(frame) - (self.deck.speed < 0)
        loops = self.deck.loop is not None
        course = Course(start=start, first=first, stop=stop, speed=self.deck.speed, loops=loops)
        self._sound.start(self._playlist, course)
        self._timer.start()

    def _tick(self) -> None:
        assert self._playlist is not None
        frame = self._playlist.frame_of(self._sound.sample())
        if frame != self.deck.frame:
            self._go(self.deck.reached(frame))

    @staticmethod
    def _said(deck: Deck) -> tuple[object, ...]:
        return deck.frames, deck.speed, deck.mark_in, deck.mark_out, deck.loop
