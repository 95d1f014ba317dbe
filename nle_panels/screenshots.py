"""Every view of the panel as a picture, in dark and in light: for the manual, and to look at what was made.

The panel is the real one, with the engine that runs here. What it keeps of its clips it keeps in a folder of
its own, that is gone afterwards; takes stay in the engine's cache.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QEventLoop, QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from bridge import console
from bridge.demo import sample_project
from bridge.errors import BridgeError
from engine import launcher
from engine.messages import Fault, JobRecord
from engine.paths import EnginePaths
from engine.protocol import Diffusion, Progress
from nle_panels.app import Panel
from nle_panels.apply.dialog import ApplyDialog
from nle_panels.document import fillers, striking
from nle_panels.document.document import Caret, Document, Selection
from nle_panels.document.tokens import Spoken
from nle_panels.look.language import speak
from nle_panels.look.shortcut_sheet import ShortcutSheet
from nle_panels.look.theme import Theme
from nle_panels.player.picture import Comparison
from nle_panels.rendering.dialog import SettingsDialog
from nle_panels.rendering.models import USUAL, Model, state_of
from nle_panels.transcript.tidy_dialog import PauseDialog, TidyDialog
from nle_panels.work import Chosen

THEMES: tuple[Theme, ...] = ("dark", "light")
SIZE = QSize(1280, 800)
NARROW = QSize(1100, 700)
PATIENCE = 600.0  # seconds; drawing the sample and rendering it on a slow machine
_NEW, _STRUCK = (3, 8), (13, 20)  # ours: how far into the words new ones come, and others are struck out
PAUSES = 0.3  # seconds; the sample's pauses are no longer than a sentence's
# What `pickup models list` tells on a machine that has none.
ABSENT = Model(
    name=USUAL["ltx2"],
    licence="LTX-2 Community License: free below 10 M USD of revenue; read it on the hub",
    gigabytes=96,
    state="absent",
    found="",
)
# A rough cut, with all that the panel takes out of one.
ROUGH = (
    "So, um... hello, and welcome to Pickup. This feature... this feature rocks. And we will, uh, most likely"
    " launch it, you know, in the spring. Change a word, and the picture follows."
)


def run(folder: Path, chosen: Chosen | None, language: str) -> list[Path]:
    """The pictures, named `edited-dark.png`. Without a clip of a timeline Pickup draws a sample.

    Pixels are doubled, as on a screen of high density. Raises BridgeError where something never comes.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_SCALE_FACTOR", "2")
    app = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(app, QApplication)
    speak(app, language)
    folder.mkdir(parents=True, exist_ok=True)
    paths = EnginePaths.default()
    chosen = chosen or Chosen(timeline=_sample(folder / "sample", paths))
    with tempfile.TemporaryDirectory() as state:
        panel = Panel(app, paths, state=Path(state))
        try:
            return list(_Photographer(app, panel, folder).every_view(chosen))
        finally:
            panel.window.close()


def _sample(folder: Path, paths: EnginePaths) -> Path:
    with console.progress_bar() as on_progress, launcher.ensure_running(paths) as engine:
        _, (timeline, *_) = sample_project(folder, engine, on_progress, ROUGH)
    return timeline


class _Photographer:
    def __init__(self, app: QApplication, panel: Panel, folder: Path) -> None:
        self._app, self._panel, self._folder = app, panel, folder
        self._window, self._session = panel.window, panel.session
        self._troubles: list[Exception] = []
        self._standing: list[str] = []
        panel.link.standing.connect(lambda standing: self._standing.append(standing.state))
        self._session.failed.connect(self._troubles.append)

    def every_view(self, chosen: Chosen) -> Iterator[Path]:
        window = self._window
        window.resize(SIZE)
        window.show()
        self._until(lambda: "up" in self._standing)
        yield from self._both("empty")
        self._panel.open(chosen)
        self._until(lambda: self._session.opened is not None)
        if self._session.said is None:
            raise BridgeError(f"{chosen.timeline}: nobody has listened yet: pickup transcribe")
        self._until_seen()
        assert self._session.opened is not None
        window.mute.about(Path(self._session.opened.clip.media.path).name)
        window.strip.set_scene(None)  # as it is while there are no words
        for page, name in ((window.listen, "listen"), (window.mute, "mute")):
            window.show_page(page)
            yield from self._both(name)
        window.show_page(window.transcript)
        self._session.ready_changed.emit(None)
        self._until(lambda: not self._panel.conductor.busy)
        yield from self._both("open")
        yield from self._proposals()
        self._edit()
        yield from self._both("edited")
        yield from self._comparisons()
        yield from self._lists()
        yield from self._dialogs()
        yield from self._lines()
        window.resize(NARROW)
        yield from self._both("narrow")

    def _edit(self) -> None:
        """New words in one place, and two struck out in another."""
        view = self._window.transcript
        words = _words(self._session.document)
        place = words[len(words) * _NEW[0] // _NEW[1]][1]
        view.select(Selection(anchor=place, caret=place))
        view.type(" awesome new")
        words = _words(self._session.document)
        struck = words[len(words) * _STRUCK[0] // _STRUCK[1] :][:2]
        view.select(Selection(anchor=struck[0][0], caret=struck[-1][1]))
        view.strike()
        self._until(self._drafted)
        place = words[len(words) * _NEW[0] // _NEW[1]][1]
        view.select(Selection(anchor=place, caret=place))
        playlist = self._window.player.playlist
        assert playlist is not None
        self._window.player.transport.seek(playlist.starts[1])
        self._until_seen()

    def _comparisons(self) -> Iterator[Path]:
        player = self._window.player
        for comparison, name in ((Comparison.WIPE, "wipe"), (Comparison.SIDE, "side_by_side")):
            player.set_comparison(comparison)
            self._until_seen()
            yield from self._both(name)
        player.set_comparison(Comparison.AFTER)

    def _lists(self) -> Iterator[Path]:
        window, session = self._window, self._session
        assert session.ready is not None
        key = session.ready.keys[0]
        session.takes.reroll(key)
        self._until(lambda: len(session.takes.book.of(key).versions) == 2)
        session.takes.reject(key, 1)
        self._until_seen()
        yield from self._both("takes")
        window.tabs.setCurrentWidget(window.queue)
        self._queue_more()
        yield from self._both("queue")
        window.tabs.setCurrentWidget(window.takes)
        window.takes.rendering.renderer.setCurrentText("ltx2")
        window.takes.rendering.tell_lack("ltx2", state_of(ABSENT))
        yield from self._both("renderer")
        window.takes.rendering.renderer.setCurrentText("draft")

    def _queue_more(self) -> None:
        """A job that waits, one that runs and one that failed, made of one that was done."""
        queue = self._window.queue
        done = next(line.job for line in queue.lines.lines.values() if line.job.kind == "render")
        fault = Fault(
            name="NotOnThisMachine", message="precision=fp8 needs torchao: pip install torchao; here: cuda"
        )
        running = Progress(phase="denoise", done=12, total=40)
        made: tuple[tuple[str, JobRecord], ...] = (
            ("failed", msgspec.structs.replace(done, state="failed", fault=fault)),
            ("queued", msgspec.structs.replace(done, state="queued", cached=False)),
            ("running", msgspec.structs.replace(done, state="running", progress=running)),
        )
        for name, changed in made:
            job = msgspec.structs.replace(changed, id=f"{done.id} {name}")
            queue.name(job, f"{self._panel.conductor.code_of_clip(30)} · demo")
            queue.change(job)
        queue.show_lines()

    def _proposals(self) -> Iterator[Path]:
        """What might be taken out of the words as they were said."""
        window, document = self._window, self._session.document
        assert self._session.said is not None
        found = fillers.fillers(document, self._session.said.language), fillers.repeated_takes(document)
        yield from self._dialog("fillers", lambda: TidyDialog(*found, window))
        yield from self._dialog("pauses", lambda: _pauses(document, window))

    def _dialogs(self) -> Iterator[Path]:
        window = self._window
        yield from self._dialog("settings", lambda: _settings(window))
        yield from self._dialog("shortcuts", lambda: ShortcutSheet(window.shortcut_rows(), window))
        for theme in THEMES:
            self._panel.set_theme(theme)
            window.commands["apply"].trigger()
            self._until(lambda: not self._panel.desk.busy)
            apply = window.findChildren(ApplyDialog)[-1]
            yield self._shot(apply, f"apply-{theme}")
            apply.reject()

    def _dialog(self, name: str, make: Callable[[], QDialog]) -> Iterator[Path]:
        for theme in THEMES:
            self._panel.set_theme(theme)
            dialog = make()
            dialog.show()
            yield self._shot(dialog, f"{name}-{theme}")
            dialog.close()
            dialog.deleteLater()

    def _lines(self) -> Iterator[Path]:
        """The bar that finds, and the line that tells of trouble."""
        window = self._window
        window.find_bar.open_bar("we")
        yield from self._both("find")
        window.find_bar.close_bar()
        line = QCoreApplication.translate(
            "AtWork", "The engine is gone; your work is kept, and it is being started again. {why}"
        ).format(why="")
        window.banner.tell(line, "error", reason="shown")
        yield from self._both("banner")
        window.banner.drop("shown")

    # ---- waiting and shooting

    def _both(self, name: str) -> Iterator[Path]:
        for theme in THEMES:
            self._panel.set_theme(theme)
            yield self._shot(self._window, f"{name}-{theme}")

    def _shot(self, widget: QWidget, name: str) -> Path:
        self._pump(0.1)
        path = self._folder / f"{name}.png"
        if not widget.grab().save(str(path)):
            raise BridgeError(f"{path}: cannot be written")
        return path

    def _drafted(self) -> bool:
        ready = self._session.ready
        current = ready is not None and ready.wish.document is self._session.document
        seen = not self._panel.conductor.busy
        return (
            ready is not None and current and seen and len(self._session.takes.playing()) == len(ready.jobs)
        )

    def _until_seen(self) -> None:
        player = self._window.player

        def seen() -> bool:
            playlist = player.playlist
            if playlist is None:
                return False
            return player.reels.image(playlist.frame_at(player.transport.deck.frame)) is not None

        self._until(seen)

    def _until(self, holds: Callable[[], bool]) -> None:
        ends = time.monotonic() + PATIENCE
        while not holds():
            if self._troubles:
                raise self._troubles[0]
            if time.monotonic() > ends:
                raise BridgeError(f"nothing came within {PATIENCE:.0f} s: see `pickup status`")
            self._pump(0.02)

    def _pump(self, seconds: float = 0.0) -> None:
        ends = time.monotonic() + seconds
        while True:
            self._app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            if time.monotonic() >= ends:
                return
            time.sleep(0.005)


def _settings(parent: QWidget) -> SettingsDialog:
    dialog = SettingsDialog("ltx2", Diffusion(), parent)
    dialog.show_models([ABSENT])
    return dialog


def _pauses(document: Document, parent: QWidget) -> PauseDialog:
    dialog = PauseDialog(document, tuple(striking.whole_pauses(document)), parent)
    dialog.longer.setValue(PAUSES)
    dialog.become.setValue(PAUSES / 2)
    return dialog


def _words(document: Document) -> list[tuple[Caret, Caret]]:
    """Where each word begins and ends that is said."""
    found = []
    for p, paragraph in enumerate(document.paragraphs):
        for t, token in enumerate(paragraph.tokens):
            if isinstance(token, Spoken):
                start = Caret(paragraph=p, token=t, offset=0)
                found.append((start, replace(start, offset=len(token.text))))
    return found
