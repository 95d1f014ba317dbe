"""What the views ask for goes to the session, and what the session tells goes to the views."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QObject

from engine.protocol import Ratio, Transcript
from nle_panels.apply.commands import ApplyCommands
from nle_panels.at_work import AtWork
from nle_panels.desk import Desk
from nle_panels.document import nudging
from nle_panels.document.document import Caret, Edited
from nle_panels.document.tokens import Spoken
from nle_panels.engine_link import EngineLink
from nle_panels.look.palette import Palette
from nle_panels.look.told import told, told_line
from nle_panels.player.playlist import CLIP
from nle_panels.playhead import Playhead
from nle_panels.proxies import Proxies
from nle_panels.session import Session
from nle_panels.showing import Showing
from nle_panels.window import Window
from nle_panels.work import Opened, clips_of


class Conductor(QObject):
    """One for the window. `palette`: the colours now."""

    def __init__(
        self, window: Window, session: Session, desk: Desk, link: EngineLink, palette: Palette
    ) -> None:
        super().__init__(window)
        self.palette = palette
        self._window, self._session = window, session
        self._proxies = Proxies(desk, link, self)
        self._at_work = AtWork(window, session.takes.renders, desk, link, self.code_of_clip)
        self._playhead = Playhead(window, session)
        self._showing = Showing(window, session, self._proxies)
        self._apply = ApplyCommands(window, session, lambda: self.palette)
        self._connect_session()
        self._connect_views()

    # ---- what may be asked from outside

    @property
    def busy(self) -> bool:
        """Whether what the session knows is not all to be seen yet."""
        return self._showing.busy

    def stamp(self, paragraph: int) -> tuple[str, str]:
        """Who speaks, where that is somebody else than before, and when the paragraph begins."""
        session = self._session
        if session.history is None or session.said is None:
            return "", ""
        told = session.document.paragraphs
        if paragraph >= len(told):
            return "", ""
        speaker = told[paragraph].speaker or ""
        if paragraph and told[paragraph - 1].speaker == told[paragraph].speaker:
            speaker = ""
        first = next((one for one in told[paragraph].tokens if isinstance(one, Spoken)), None)
        if first is None or session.opened is None:
            return speaker, ""
        seconds = Fraction(session.said.words[first.first].start)
        return speaker, self.code_of_clip(session.opened.clip.window.frame_at(seconds))

    def code_of_clip(self, frame: int) -> str:
        """The timeline's timecode of a clip frame, as the timeline is before the edit."""
        opened = self._session.opened
        return opened.clock.code(frame) if opened else ""

    # ---- the session

    def _connect_session(self) -> None:
        session, proxies = self._session, self._proxies
        session.clip_opened.connect(self._opened)
        session.words_changed.connect(self._heard)
        session.document_changed.connect(self._show_document)
        session.refused.connect(lambda line: self._window.statusBar().showMessage(line, 6000))
        session.failed.connect(self._failed)
        renders, rendering = session.takes.renders, self._window.takes.rendering
        renders.unusable.connect(rendering.tell_lack)
        renders.made.connect(lambda _key, made, _job: rendering.tell_lack(made.take.renderer, ""))
        proxies.made.connect(self._window.player.add_reel)
        proxies.dropped.connect(self._window.player.drop_wish)
        proxies.failed.connect(self._failed)

    def _opened(self, opened: Opened) -> None:
        window, clip = self._window, opened.clip
        assert clip.media.video is not None
        size = clip.media.video.width, clip.media.video.height
        self._proxies.set_source(CLIP, clip.footage, Ratio.of(clip.window.rate))
        window.player.clear()
        window.player.set_clip(range(clip.window.first, clip.window.last), size, self.code_of_clip)
        timeline = opened.chosen.program or opened.chosen.timeline.name
        window.setWindowTitle(f"{timeline} · {opened.name} — Pickup")
        window.clips.blockSignals(True)
        window.clips.clear()
        window.clips.addItems(clips_of(opened.view))
        window.clips.setCurrentText(opened.name)
        window.clips.blockSignals(False)
        self._showing.open(opened)
        if opened.chosen.told is not None:
            self._playhead.follow(opened.chosen.told, opened)

    def _heard(self, said: Transcript) -> None:
        self._window.show_page(self._window.transcript)
        self._window.transcript.setFocus()  # the document is shown already: it changed before
        self._showing.hear(said)

    def _show_document(self, edited: Edited) -> None:
        if edited.paragraphs_before or not edited.paragraphs:
            self._window.transcript.show_edited(edited)
        elif self._session.said is not None:  # all of it: another document
            self._window.transcript.open(edited.document, self._session.said.words)

    def _failed(self, error: Exception) -> None:
        self._failed_line(told(error))

    def _failed_line(self, line: str) -> None:
        self._window.banner.tell(line, "error")

    # ---- the views

    def _connect_views(self) -> None:
        window, session = self._window, self._session
        player, takes = window.player, window.takes
        player.wanted.connect(self._proxies.want)
        player.broken.connect(lambda _source, _start, line: self._failed_line(told_line(line)))
        player.picture.region.box_changed.connect(takes.rendering.set_box)
        window.strip.nudged.connect(self._nudge)
        takes.chosen.connect(session.takes.choose)
        takes.rejected.connect(session.takes.reject)
        takes.rerolled.connect(session.takes.reroll)
        takes.rendering.changed.connect(session.takes.set_rendering)
        takes.rendering.box_wanted.connect(self._want_box)
        for name, act in (
            ("render", session.takes.render),
            ("reroll", takes.ask_reroll),
            ("reject", takes.ask_reject),
        ):
            window.commands[name].triggered.connect(act)

    def _nudge(self, word: int, start: int, stop: int) -> None:
        session = self._session
        place = self._window.transcript.place_of_word(word)
        if place is None or session.said is None or session.opened is None:
            return
        caret = Caret(paragraph=place[0], token=place[1], offset=0)
        words, rate = session.said.words, session.opened.clip.window.rate
        session.do(
            self.tr("Move a word's edge"),
            self._window.transcript.caret(),
            lambda: nudging.nudge(session.document, caret, words, rate, start_frames=start, end_frames=stop),
        )

    def _want_box(self, wanted: bool) -> None:
        """A box is drawn on the picture, with the face's track to draw it by; or no longer."""
        player = self._window.player
        if wanted == player.picture.region.drawing:
            return
        player.picture.region.set_drawing(wanted)
        player.set_faces_shown(wanted)
        if wanted:
            self._window.statusBar().showMessage(self.tr("Draw the region on the picture."), 6000)
            if not self._proxies.faces:
                self._proxies.faces = True
                player.reels.make_anew()
