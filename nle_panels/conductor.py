"""What the views ask for goes to the session, and what the session tells goes to the views."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction

from PySide6.QtCore import QObject

from bridge.apply import Applied
from bridge.report import EditLine
from engine.messages import EngineStatus, JobRecord
from engine.protocol import Ratio, Render, Transcript
from nle_panels.apply.dialog import ApplyDialog
from nle_panels.apply.places import places_for
from nle_panels.apply.placing import Placing, Prospect
from nle_panels.desk import Desk
from nle_panels.document import nudging
from nle_panels.document.document import Caret, Edited
from nle_panels.document.meaning import protected
from nle_panels.document.tokens import Pause, Spoken
from nle_panels.engine_link import EngineLink, Standing, Ticket
from nle_panels.hosts.host import HostSequence, PlacedInHost
from nle_panels.look.palette import Palette
from nle_panels.look.told import told, told_line
from nle_panels.player.playlist import CLIP, Playlist, after, before
from nle_panels.proxies import Proxies
from nle_panels.session import Session
from nle_panels.strip.axis import Axis
from nle_panels.strip.levels import Levels, weighed
from nle_panels.strip.scene import Scene
from nle_panels.takes.entries import entries_of
from nle_panels.turns import Turns
from nle_panels.window import Window
from nle_panels.work import Opened, Ready, clips_of, frames_of


class Conductor(QObject):
    """One for the window. `palette`: the colours now."""

    def __init__(
        self, window: Window, session: Session, desk: Desk, link: EngineLink, palette: Palette
    ) -> None:
        super().__init__(window)
        self.palette = palette
        self._window, self._session, self._desk, self._link = window, session, desk, link
        self._proxies = Proxies(desk, link, self)
        self._levels: Levels | None = None
        self._weighing = Turns(self)
        self._starts: list[float] = []
        self._edited: Playlist | None = None
        self._names: dict[Ticket, str] = {}
        self._retry: dict[str, Ticket] = {}
        self._apply: ApplyDialog | None = None
        self._connect_session(desk)
        self._connect_views()

    # ---- what may be asked from outside

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
        return opened.view.timecode(opened.clip.start + frame) if opened else ""

    # ---- the session

    def _connect_session(self, desk: Desk) -> None:
        session, link, proxies = self._session, self._link, self._proxies
        session.clip_opened.connect(self._opened)
        session.words_changed.connect(self._heard)
        session.document_changed.connect(self._show_document)
        session.ready_changed.connect(self._show_edit)
        session.takes_changed.connect(self._show_edit)
        session.renders.submitted.connect(self._submitted)
        session.applying.prospected.connect(self._show_prospect)
        session.applying.placed.connect(self._placed)
        session.applying.taken_back.connect(self._taken_back)
        session.refused.connect(lambda line: self._window.statusBar().showMessage(line, 6000))
        session.failed.connect(self._failed)
        session.renders.unusable.connect(self._window.takes.rule_out)
        link.standing.connect(self._stand)
        link.health.connect(self._show_health)
        link.accepted.connect(self._accepted)
        link.changed.connect(self._window.queue.change)
        link.progressed.connect(self._window.queue.progress)
        desk.told.connect(self._tell)
        desk.idle.connect(lambda: self._tell("", None))
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
        self._levels = None
        self._show_edit()
        if opened.chosen.told is not None:
            self._go_where(opened.chosen.told, opened)

    def _go_where(self, told: HostSequence, opened: Opened) -> None:
        """To the program's playhead, with its in and out points, as far as they are in the clip."""
        transport, clip = self._window.player.transport, opened.clip
        if told.range is not None:
            marks = (max(0, told.range[0] - clip.start), min(clip.window.frames, told.range[1] - clip.start))
            if marks[0] < marks[1]:
                self._seek_clip(marks[0])
                transport.mark_in()
                self._seek_clip(marks[1] - 1)
                transport.mark_out()
        if told.playhead is not None and 0 <= told.playhead - clip.start < clip.window.frames:
            self._seek_clip(told.playhead - clip.start)

    def _heard(self, said: Transcript) -> None:
        self._levels = None
        self._weighing.take(self._weigh(said))
        self._starts = [word.start for word in said.words]
        self._window.show_page(self._window.transcript)
        self._window.transcript.setFocus()  # the document is shown already: it changed before
        self._show_edit()

    def _weigh(self, said: Transcript) -> Iterator[None]:
        """The strip is drawn when the loudness of three hours has been gone through."""
        for levels in weighed(said.energy):
            if levels is not None:
                self._levels = levels
                self._show_strip(self._session.ready)
            yield

    def _show_document(self, edited: Edited) -> None:
        if edited.paragraphs_before or not edited.paragraphs:
            self._window.transcript.show_edited(edited)
        elif self._session.said is not None:  # all of it: another document
            self._window.transcript.open(edited.document, self._session.said.words)

    def _show_edit(self, _: Ready | None = None) -> None:
        opened, ready = self._session.opened, self._session.ready
        if opened is None:
            return
        clip = opened.clip.window
        playing = self._session.playing()
        for record in playing.values():
            self._proxies.set_take(record.take)
            self._window.player.reels.set_source(record.take.sha256, range(record.take.frames))
        takes = {number: record.take for number, record in playing.items()}
        original = before(clip)
        self._edited = after(clip, ready.plan.shots, takes) if ready else original
        self._window.player.set_edit(original, self._edited)
        marks = {}
        for record in playing.values():
            scratch = any(line.scratch for line in record.job.speech)
            told = [record.take.renderer] + [self.tr("scratch voice")] * scratch
            marks[record.take.sha256] = tuple(told)
        self._window.player.set_marks(marks)
        entries = entries_of(ready, clip, self._session.book, self._edit_name) if ready else ()
        self._window.takes.show_entries(entries)
        self._show_strip(ready)
        change = ready.plan.change if ready else 0
        self._window.change.setText(_length(change) if ready else "")
        self._window.enable("apply", ready is not None)

    def _show_strip(self, ready: Ready | None) -> None:
        opened, said = self._session.opened, self._session.said
        if opened is None or said is None or self._levels is None or self._edited is None:
            self._window.strip.set_scene(None)
            return
        clip = opened.clip.window
        meaning = ready.meaning if ready else None
        said_anew = [change.text for change in meaning.changes if change.words] if meaning else []
        words = (meaning.transcript if meaning else said).words
        self._window.strip.set_scene(
            Scene(
                axis=Axis(self._edited, clip.frames),
                window=clip,
                levels=self._levels,
                words=words,
                said=dict(enumerate(said_anew)),
                protected=frames_of(protected(self._session.document), said.words, clip),
                code=self.code_of_clip,
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

    # ---- the views

    def _connect_views(self) -> None:
        window, session = self._window, self._session
        player, strip, takes = window.player, window.strip, window.takes
        window.transcript.sought.connect(self._seek_caret)
        player.wanted.connect(self._proxies.want)
        player.frame_changed.connect(self._played)
        player.changed.connect(lambda deck: strip.set_marked(deck.marked))
        player.broken.connect(lambda _source, _start, line: self._failed_line(told_line(line)))
        strip.seeked.connect(self._seek_edited)
        strip.nudged.connect(self._nudge)
        takes.chosen.connect(session.choose)
        takes.rejected.connect(session.reject)
        takes.rerolled.connect(session.reroll)
        takes.sought.connect(self._seek_clip)
        takes.looped.connect(self._loop)
        takes.rendering_changed.connect(session.set_rendering)
        takes.box_wanted.connect(self._want_box)
        player.picture.region.box_changed.connect(takes.set_box)
        window.queue.cancelled.connect(session.renders.cancel)
        window.queue.retried.connect(lambda job_id: session.renders.retry(self._retry[job_id]))
        for name, act in (
            ("render", session.render),
            ("reroll", takes.ask_reroll),
            ("reject", takes.ask_reject),
            ("apply", self._ask_apply),
            ("undo_apply", session.applying.undo),
        ):
            window.commands[name].triggered.connect(act)
        window.enable("undo_apply", False)

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
        self._seek_clip(self._session.opened.clip.window.frame_at(Fraction(seconds)))

    def _seek_clip(self, frame: int) -> None:
        if (playlist := self._window.player.playlist) is not None:
            self._window.player.transport.seek(playlist.edited_near(frame))

    def _seek_edited(self, frame: int) -> None:
        """The strip's frames are the edit's."""
        player = self._window.player
        if player.plays_original and self._edited is not None:
            frame = self._edited.clip_frame_near(frame)
        player.transport.seek(frame)

    def _loop(self, frame: int) -> None:
        """The edit there, with handles, over and over."""
        self._seek_clip(frame)
        self._window.player.loop_edit()

    def _played(self, frame: int) -> None:
        """`frame` counts what plays: the edit, or the original where that alone is seen."""
        player, strip = self._window.player, self._window.strip
        (strip.show_clip if player.plays_original else strip.show_edited)(frame)
        opened, said, playlist = self._session.opened, self._session.said, player.playlist
        if opened is None or said is None or playlist is None or frame >= playlist.frames:
            return
        shown = playlist.clip_frame_at(frame)
        word = None
        if shown is not None:
            seconds = float(opened.clip.window.seconds_at(shown))
            word = bisect_right(self._starts, seconds) - 1
            if word < 0 or seconds >= said.words[word].end:
                word = None
        self._window.transcript.show_playing(word)

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

    # ---- the engine and the desk

    def _submitted(self, ticket: Ticket, job: Render) -> None:
        window = self._session.opened.clip.window if self._session.opened else None
        head = job.plan.handles[0]
        first = next((span.start for span in job.plan.spans if hasattr(span, "start")), 0) + head
        self._names[ticket] = f"{self.code_of_clip(first)} · {job.renderer}" if window else job.renderer

    def _accepted(self, ticket: Ticket, job: JobRecord) -> None:
        if ticket in self._names:
            self._retry[job.id] = ticket
            self._window.queue.name(job, self._names[ticket])

    def _stand(self, standing: Standing) -> None:
        told = {
            "starting": self.tr("engine: starting"),
            "up": self.tr("engine: running"),
            "gone": self.tr("engine: gone"),
        }
        self._window.engine.setText(told[standing.state])
        why = told_line(standing.told)
        self._window.engine.setToolTip(why)
        if standing.state == "gone":
            line = self.tr("The engine is gone; your work is kept, and it is being started again. {why}")
            self._window.banner.tell(line.format(why=why), "error", reason="engine")
        elif standing.state == "up":
            self._window.banner.drop("engine")

    def _show_health(self, status: EngineStatus) -> None:
        line = self.tr("Pickup engine {version}, process {pid}\n{running} running, {queued} waiting")
        self._window.engine.setToolTip(
            line.format(
                version=status.engine_version,
                pid=status.pid,
                running=len(status.running),
                queued=status.queued,
            )
        )

    def _tell(self, what: str, progress: object) -> None:
        self._window.busy.setText(told_line(what))
        total = getattr(progress, "total", 0)
        self._window.bar.setVisible(bool(total))
        if total:
            self._window.bar.setValue(1000 * getattr(progress, "done", 0) // total)

    def _failed(self, error: Exception) -> None:
        line = told(error)
        self._failed_line(line)
        if self._apply is not None:
            self._apply.show_trouble(line)

    def _failed_line(self, line: str) -> None:
        self._window.banner.tell(line, "error")

    # ---- applying

    def _ask_apply(self) -> None:
        opened = self._session.opened
        if opened is None:
            return
        if self._session.applying.outdated:
            line = self.tr(
                "{name} has the takes already. Take them back to apply other ones, or read it again (F5) to"
                " go on from there."
            )
            back = self.tr("Take it back"), self._session.applying.undo
            told = opened.chosen.program or opened.chosen.timeline.name
            self._window.banner.tell(line.format(name=told), "warning", [back], reason="applied")
            return
        dialog = ApplyDialog(places_for(opened, self._session.applying.host), self.palette, self._window)
        self._apply = dialog
        dialog.asked.connect(self._session.applying.ask_prospect)
        dialog.applied.connect(self._apply_to)
        dialog.finished.connect(self._close_apply)
        dialog.open()
        dialog.ask()

    def _apply_to(self, placing: Placing) -> None:
        self._session.applying.apply(placing)

    def _close_apply(self) -> None:
        self._apply = None

    def _show_prospect(self, prospect: Prospect) -> None:
        if self._apply is not None:
            self._apply.show_prospect(prospect)

    def _placed(self, applied: Applied, in_host: PlacedInHost | None) -> None:
        self._window.enable("undo_apply", True)
        line = self.tr("Written and read back: {file}, takes: {takes}.").format(
            file=in_host.sequence if in_host else applied.timeline.name, takes=len(applied.report.takes)
        )
        if in_host is not None:
            line = " ".join((line, *in_host.warnings, in_host.next_step)).strip()
        undo = (self.tr("Take it back"), self._session.applying.undo)
        self._window.banner.tell(line, "fine", [undo], reason="applied")

    def _taken_back(self) -> None:
        self._window.enable("undo_apply", False)
        self._window.banner.tell(self.tr("The timeline is as it was."), "fine")


def _length(change: int) -> str:
    """How much longer the clip gets, in frames as the player counts them."""
    return f"{change:+d} f".replace("-", "\N{MINUS SIGN}") if change else "±0 f"
