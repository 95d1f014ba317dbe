"""The panel put together: the window, the threads beside it, and what ties it to its files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QLocale, QObject, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

from bridge.one_clip import one_clip
from engine.paths import EnginePaths
from nle_panels import kept as keeping
from nle_panels.conductor import Conductor
from nle_panels.desk import Desk
from nle_panels.engine_link import EngineLink
from nle_panels.finding import Finding
from nle_panels.hosting import Hosting, HostName
from nle_panels.listening import Listening
from nle_panels.look.language import language_of, speak
from nle_panels.look.shortcut_sheet import ShortcutSheet
from nle_panels.look.theme import Theme, dress, palette_of
from nle_panels.looking_on import LookingOn
from nle_panels.menus import Menus
from nle_panels.pace import keep_pace
from nle_panels.rendering.commands import RenderingCommands
from nle_panels.session import Session
from nle_panels.voices import VoiceCommands
from nle_panels.window import Window
from nle_panels.word_commands import WordCommands
from nle_panels.work import Chosen

# What `otio_adapters` reads, for the file dialog.
SUFFIXES = ("otio", "otioz", "otiod", "kdenlive", "xml", "fcpxml", "fcpxmld", "edl", "aaf")


class Panel(QObject):
    """One window and what is behind it. `close` leaves the engine's jobs to go on.

    `state`: where it keeps words and takes, if not with the engine's state.
    """

    def __init__(
        self,
        app: QApplication,
        paths: EnginePaths,
        theme: Theme | None = None,
        host: HostName = "standalone",
        *,
        state: Path | None = None,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._state = state or paths.state / "panel"
        self.kept = keeping.load(self._state / "settings.json")
        self.theme: Theme = theme or self.kept.theme
        palette = palette_of(self.theme)
        dress(app, palette)
        self.desk, self.link = Desk(paths, self), EngineLink(paths, self)
        self.session = Session(self.desk, self.link, self._state, self)
        self.window = Window(palette, self._stamp, self._code)
        self.conductor = Conductor(self.window, self.session, self.desk, self.link, palette)
        self.listening = Listening(self.window, self.session)
        self.looking_on = LookingOn(self.window, self.session)
        self.words = WordCommands(self.window, self.session)
        self.finding = Finding(self.window, self.session)
        self.voices = VoiceCommands(self.window, self.session)
        self.rendering = RenderingCommands(self.window, self.kept.renderers)
        self.hosting = Hosting(host, self.session, self.desk, self.window.banner, self)
        self.window.place_at(self.kept.geometry)
        self.window.show_page(self.window.empty)
        self.menus = Menus(self.window)
        self._show_recent()
        self._connect()
        self.desk.start()
        self.link.start()
        self.hosting.start(self._state / "hosts")

    def open(self, chosen: Chosen) -> None:
        self.kept = self.kept.opened(chosen.timeline)
        self._show_recent()
        self.window.empty.tell_opening(chosen.timeline.name)
        self.hosting.open(chosen)

    def choose_theme(self, theme: Theme) -> None:
        """From now on, the next time too."""
        self.kept = msgspec.structs.replace(self.kept, theme=theme)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        palette = palette_of(theme)
        dress(self._app, palette)
        self.window.set_colours(palette)
        self.conductor.palette = palette

    def close(self) -> None:
        self.hosting.close()
        self.session.close()
        self.link.close()
        self.desk.close()
        self.rendering.close()
        self.kept = msgspec.structs.replace(
            self.kept, geometry=self.window.placed_at, renderers=dict(self.rendering.settings)
        )
        keeping.save(self.kept, self._state / "settings.json")

    # ---- inside

    def _stamp(self, paragraph: int) -> tuple[str, str]:
        return self.conductor.stamp(paragraph)

    def _code(self, frame: int) -> str:
        return self.conductor.code_of_clip(frame)

    def _connect(self) -> None:
        window = self.window
        window.dropped.connect(self._drop)
        self.menus.opened.connect(lambda path: self.open(Chosen(timeline=path)))
        self.menus.themed.connect(self.choose_theme)
        self.menus.show_theme(self.theme)
        self._app.styleHints().colorSchemeChanged.connect(self._follow_desktop)
        window.empty.opened.connect(lambda path: self.open(Chosen(timeline=path)))
        window.empty.browsed.connect(self._browse)
        window.clips.activated.connect(self._choose_clip)
        window.closed.connect(self.close)
        self.session.media_missing.connect(self._ask_for_media)
        self.session.failed.connect(lambda _: window.empty.tell_opening(""))
        for name, act in (
            ("open", self._browse),
            ("reload", self.hosting.take),
            ("quit", window.close),
            ("shortcuts", self._show_shortcuts),
        ):
            window.commands[name].triggered.connect(act)

    def _show_recent(self) -> None:
        recent = [Path(one) for one in self.kept.recent if Path(one).exists()]
        self.window.empty.show_recent(recent)
        self.menus.show_recent(recent)

    def _follow_desktop(self) -> None:
        if self.theme == "auto":
            self.set_theme("auto")

    def _drop(self, path: Path) -> None:
        """A timeline is opened; of media a timeline is offered."""
        if path.suffix.lower().lstrip(".") in SUFFIXES:
            self.open(Chosen(timeline=path))
            return
        line = self.tr("{name} is no timeline. Make one of it, beside it?").format(name=path.name)
        make = self.tr("Make {name}").format(name=path.with_suffix(".otio").name)
        self.window.banner.tell(line, choices=[(make, lambda: self._make_timeline(path))], reason="media")

    def _make_timeline(self, media: Path) -> None:
        self.desk.ask(
            lambda engine, _: one_clip(media, engine),
            lambda path: self.open(Chosen(timeline=path)),
            self.session.failed.emit,
        )

    def _ask_for_media(self, chosen: Chosen) -> None:
        """The line that names what is missing stays, with a way to say where it is now."""
        find = self.tr("Find the media…"), lambda: self._relink(chosen)
        self.window.banner.tell(self.window.banner.text, "error", [find])

    def _relink(self, chosen: Chosen) -> None:
        """Below the folder media are found by their names, and known by their size and length."""
        folder = QFileDialog.getExistingDirectory(self.window, self.tr("Where the media are now"))
        if folder:
            self.open(replace(chosen, media_root=Path(folder)))

    def _browse(self) -> None:
        kinds = " ".join(f"*.{suffix}" for suffix in SUFFIXES)
        name, _ = QFileDialog.getOpenFileName(
            self.window, self.tr("Open a timeline"), "", self.tr("Timelines") + f" ({kinds})"
        )
        if name:
            self.open(Chosen(timeline=Path(name)))

    def _choose_clip(self, number: int) -> None:
        self.hosting.open_clip(self.window.clips.itemText(number))

    def _show_shortcuts(self) -> None:
        ShortcutSheet(self.window.shortcut_rows(), self.window).exec()


def run(
    chosen: Chosen | None,
    *,
    theme: Theme | None = None,
    host: HostName = "standalone",
    language: str | None = None,
    arguments: Sequence[str] = (),
) -> int:
    """Until the window is closed. 0, or what Qt says. `language`: the desktop's where nothing is said."""
    app = QApplication.instance() or QApplication([sys.argv[0], *arguments])
    assert isinstance(app, QApplication)
    app.setApplicationName("Pickup")
    speak(app, language or language_of(QLocale.system()))
    panel = Panel(app, EnginePaths.default(), theme, host)
    panel.window.show()
    keep_pace(app)
    if chosen is not None:
        QTimer.singleShot(0, lambda: panel.open(chosen))
    return app.exec()
