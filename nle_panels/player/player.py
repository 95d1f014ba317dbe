"""The player whole: picture, transport and reels of one clip, before and after its edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.protocol import FaceBox, Reel, Take
from nle_panels.look.palette import Palette
from nle_panels.player.actions import FAR, PlayerActions
from nle_panels.player.deck import Deck
from nle_panels.player.picture import Comparison, Picture
from nle_panels.player.playlist import CLIP, Place, Playlist
from nle_panels.player.reels import Reels
from nle_panels.player.sound import Sound
from nle_panels.player.transport import Transport
from nle_panels.player.transport_bar import TransportBar

AHEAD = 100  # ours: frames before they are played that a piece is asked for: 4 s, and 4 times as many at 4x
TRACK = 12  # ours: frames on either side whose faces are the track
HANDLES = 25  # ours: frames of either side that an edit is looped with: about a second


class Player(QWidget):
    """Plays the edited clip, or the original where that is what is seen.

    Signals:
        frame_changed: (frame) of what plays, the edit or the original: see `plays_original`.
        changed: (Deck)
        wanted, broken: as of `Reels`.
    """

    frame_changed = Signal(int)
    changed = Signal(object)
    wanted = Signal(str, int, int)
    broken = Signal(str, int, str)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._before: Playlist | None = None
        self._after: Playlist | None = None
        self._takes: set[str] = set()
        self._marks: Mapping[str, tuple[str, ...]] = {}
        self._shows_faces = False
        self._stop_held = False
        self.reels = Reels(self)
        self.transport = Transport(Sound(self.reels, self), self)
        self.picture = Picture(palette)
        self.player_actions = PlayerActions(self, palette)
        self.bar = TransportBar(self.player_actions, palette)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.picture, 1)
        column.addWidget(self.bar)
        self.setFocusProxy(self.picture)
        self._connect()
        self.clear()

    # ------------------------------------------------------------------------------------- what is played

    def clear(self) -> None:
        """No clip is open."""
        self._before = self._after = None
        self.transport.stop()
        self.player_actions.set_enabled(False)
        self.picture.show_frames(None)
        self.picture.set_message(
            self.tr("No clip is open"), self.tr("Open a timeline and choose a clip in it.")
        )

    def set_edit(self, before: Playlist, after: Playlist, takes: Iterable[Take] = ()) -> None:
        """Play another edit. The playhead stays at what it shows, or at what is played next after it.

        `takes`: those that `after` plays; reels of others are forgotten.
        """
        frame = self._now_in(after)
        self._before, self._after = before, after
        lengths = {take.sha256: range(take.frames) for take in takes}
        for gone in self._takes - lengths.keys():
            self.reels.forget(gone)
        for source, frames in lengths.items():
            self.reels.set_source(source, frames)
        self._takes = set(lengths)
        self.player_actions.set_enabled(True)
        self.transport.set_playlist(self._playlist(), frame)

    def set_clip(self, frames: range, size: tuple[int, int], code: Callable[[int], str]) -> None:
        """The clip frames that there are, its picture's size, and what the frames of the edit are called."""
        self.reels.set_source(CLIP, frames)
        self.picture.set_source_size(*size)
        self.bar.set_timecode(code)

    def set_marks(self, marks: Mapping[str, tuple[str, ...]]) -> None:
        """What is said on the picture of each source: "draft", "scratch voice"."""
        self._marks = marks
        self._show()

    def add_reel(self, source: str, start: int, reel: Reel) -> None:
        self.reels.add(source, start, reel)

    def drop_wish(self, source: str, start: int) -> None:
        """The reel does not come: it is wanted anew where it is needed."""
        self.reels.drop_wish(source, start)
        self._show()

    def set_faces_shown(self, shown: bool) -> None:
        self._shows_faces = shown
        self._show()

    def set_colours(self, palette: Palette) -> None:
        self._palette = palette
        self.picture.set_colours(palette)
        self.player_actions.set_colours(palette)
        self.bar.set_colours(palette)
        self._show_deck(self.transport.deck)

    def set_comparison(self, comparison: Comparison) -> None:
        """The original alone is played as it was; else the edit is, with the original beside it."""
        if self._before is None or self._after is None:
            return
        old = self._playlist()
        self.picture.set_comparison(comparison)
        self.player_actions.comparisons[comparison].setChecked(True)
        new = self._playlist()
        if new is not old:
            clip_frame = old.clip_frame_near(self.transport.deck.frame)
            self.transport.set_playlist(new, new.edited_near(clip_frame))
        else:
            self._show()

    @property
    def playlist(self) -> Playlist | None:
        """What plays."""
        return None if self._before is None else self._playlist()

    @property
    def edited(self) -> Playlist | None:
        """The edit, whether that plays or the original."""
        return self._after

    @property
    def plays_original(self) -> bool:
        return self.picture.comparison is Comparison.BEFORE

    # ------------------------------------------------------------------------------------- what is seen

    def _playlist(self) -> Playlist:
        assert self._before is not None
        assert self._after is not None
        return self._before if self.plays_original else self._after

    def _now_in(self, after: Playlist) -> int:
        if self._after is None or not self._after.frames or self.plays_original:
            return self.transport.deck.frame
        return after.edited_near(self._playlist().clip_frame_near(self.transport.deck.frame))

    def _show(self) -> None:
        if self._after is None or not self._playlist().frames:
            return
        playlist, frame = self._playlist(), self.transport.deck.frame
        segment, _ = playlist.segment_at(frame)
        place = playlist.frame_at(frame)
        image, exact = self._image(place)
        original: QImage | None = image
        if self.picture.comparison not in (Comparison.AFTER, Comparison.BEFORE):
            original, original_exact = self._image(Place(source=CLIP, frame=playlist.clip_frame_near(frame)))
            exact = exact and original_exact
        self.picture.show_frames(image, original)
        self.picture.set_waiting(not exact)
        self.picture.set_marks(
            (self.tr("not rendered yet"),) if segment.silent else self._marks.get(place.source, ())
        )
        if image is None and original is None:
            self.picture.set_message(self.tr("The preview is being made"))
        self._show_face(place)
        self._ask_ahead(playlist, frame)

    def _image(self, place: Place) -> tuple[QImage | None, bool]:
        image = self.reels.image(place)
        return (image, True) if image is not None else (self.reels.nearest(place), False)

    def _show_face(self, place: Place) -> None:
        if not self._shows_faces:
            self.picture.set_face(None)
            return
        near = range(place.frame - TRACK, place.frame + TRACK + 1)
        faces = (self.reels.face(Place(source=place.source, frame=frame)) for frame in near)
        track: tuple[FaceBox, ...] = tuple(face for face in faces if face is not None)
        self.picture.set_face(self.reels.face(place), track)

    def _ask_ahead(self, playlist: Playlist, frame: int) -> None:
        ahead = frame + AHEAD * (self.transport.deck.speed or 1)
        if 0 <= ahead < playlist.frames:
            self.reels.piece_at(playlist.frame_at(ahead))

    def _on_frame(self, frame: int) -> None:
        self.bar.show_frame(frame)
        self._show()
        self.frame_changed.emit(frame)

    def _show_deck(self, deck: Deck) -> None:
        self.bar.show_deck(deck)
        self.player_actions.show_playing(deck.playing, self._palette)
        self.player_actions.loop.setChecked(deck.loop is not None)
        self.changed.emit(deck)

    # ------------------------------------------------------------------------------------- keys

    def _connect(self) -> None:
        do, transport = self.player_actions, self.transport
        self.reels.wanted.connect(self.wanted)
        self.reels.broken.connect(self.broken)
        self.reels.arrived.connect(self._show)
        transport.frame_changed.connect(self._on_frame)
        transport.changed.connect(self._show_deck)
        for action, act in (
            (do.play, transport.toggle),
            (do.stop, transport.stop),
            (do.backwards, lambda: self._shuttle(-1)),
            (do.forwards, lambda: self._shuttle(1)),
            (do.step_back, lambda: transport.step(-1)),
            (do.step_on, lambda: transport.step(1)),
            (do.far_back, lambda: transport.step(-FAR)),
            (do.far_on, lambda: transport.step(FAR)),
            (do.start, transport.go_to_start),
            (do.end, transport.go_to_end),
            (do.mark_in, transport.mark_in),
            (do.mark_out, transport.mark_out),
            (do.go_in, lambda: self._go_to_mark(0)),
            (do.go_out, lambda: self._go_to_mark(1)),
            (do.clear_marks, transport.clear_marks),
            (do.loop, self.toggle_loop),
            (do.previous_cut, lambda: self.go_to_cut(-1)),
            (do.next_cut, lambda: self.go_to_cut(1)),
        ):
            action.triggered.connect(act)
        for comparison, action in do.comparisons.items():
            action.triggered.connect(partial(self.set_comparison, comparison))

    def _shuttle(self, direction: int) -> None:
        if self._stop_held:
            self.transport.step(direction)
        else:
            self.transport.shuttle(direction)

    def _go_to_mark(self, which: int) -> None:
        marked = self.transport.deck.marked
        if marked:
            self.transport.seek(marked[which] - which)

    def _cuts(self) -> tuple[int, ...]:
        return () if self._after is None else self._playlist().starts

    def go_to_cut(self, direction: int) -> None:
        """To the nearest cut after the playhead (1) or before it (-1)."""
        frame = self.transport.deck.frame
        if direction > 0:
            to = next((cut for cut in self._cuts() if cut > frame), None)
        else:
            to = next((cut for cut in reversed(self._cuts()) if cut < frame), None)
        if to is not None:
            self.transport.seek(to)

    def toggle_loop(self) -> None:
        """From in to out; without marks the edit that the playhead is in or nearest to, with handles."""
        deck = self.transport.deck
        if deck.loop is not None:
            self.transport.stop_looping()
        elif deck.marked:
            self.transport.loop(*deck.marked)
        else:
            self.loop_edit()
        self.player_actions.loop.setChecked(self.transport.deck.loop is not None)

    def loop_edit(self) -> None:
        """The edit that the playhead is in or nearest to, with handles, whatever is marked."""
        self.transport.loop(*self._edit_near(self.transport.deck.frame), handles=HANDLES)

    def _edit_near(self, frame: int) -> tuple[int, int]:
        """The edited frames of the segment from a take, or else the cut, that is nearest to a frame."""
        playlist = self._playlist()
        pieces = zip(playlist.segments, playlist.starts, strict=False)
        edits = [(at, at + piece.frames) for piece, at in pieces if piece.source != CLIP or piece.silent]
        edits += [(cut, cut) for cut in playlist.starts[1:-1]]
        return min(
            edits, key=lambda edit: max(edit[0] - frame, frame - edit[1], 0), default=(0, playlist.frames)
        )

    def event(self, event: QEvent) -> bool:
        """K is a shortcut, and so comes here only as an override that may be declined."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_K:
            if event.type() == QEvent.Type.ShortcutOverride:
                self._stop_held = True
            elif event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
                self._stop_held = False
        return super().event(event)
