"""What the panel's process is made of, and the pictures that it makes of itself: each in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage

from engine.paths import HOME_VARIABLE

OPENED = """
import sys
from pathlib import Path
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication
from engine.paths import EnginePaths
from nle_panels.app import Panel
from nle_panels.document.document import Caret, Selection
from nle_panels.work import Chosen

app = QApplication(["pickup"])
panel = Panel(app, EnginePaths.default(), "dark")
panel.window.show()
panel.open(Chosen(timeline=Path(sys.argv[1])))
while panel.session.said is None or panel.desk.busy or panel.window.player.picture.grab().isNull():
    app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
third = Caret(paragraph=0, token=2, offset=0)
panel.window.transcript.select(Selection(anchor=third, caret=third))
panel.window.transcript.strike()
while panel.session.ready is None or not panel.session.takes.playing():
    app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
panel.window.close()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
HEAVY = {"torch", "av", "cv2", "numpy", "diffusers", "transformers", "faster_whisper", "pocketsphinx"}


def ran(home: Path, *command: str) -> str:
    """Pixels as they are: doubled ones take half as long again to be drawn."""
    drawn = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1"}
    environment = os.environ | {HOME_VARIABLE: str(home)} | drawn
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_panel_that_edits_has_nothing_heavy_in_it(home: Path, cut: Path) -> None:
    loaded = set(ran(home, sys.executable, "-c", OPENED, str(cut)).split())
    assert "PySide6" in loaded
    assert loaded & HEAVY == set()


def test_every_view_is_written_as_a_picture_in_dark_and_light(home: Path, cut: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    ran(home, sys.executable, "-m", "bridge.cli", "panel", str(cut), "--screenshot", str(pictures))
    names = sorted(path.stem for path in pictures.glob("*.png"))
    views = (
        *("apply", "banner", "edited", "empty", "fillers", "find", "listen", "narrow", "open", "pauses"),
        *("mute", "queue", "renderer", "settings", "shortcuts", "side_by_side", "takes", "wipe"),
    )
    assert names == sorted(f"{view}-{theme}" for view in views for theme in ("dark", "light"))
    dark, light = (QImage(str(pictures / f"edited-{theme}.png")) for theme in ("dark", "light"))
    assert (dark.width(), dark.height()) == (light.width(), light.height()) == (1280, 800)
    corner = dark.width() // 4, dark.height() // 2  # of the words' page
    assert dark.pixelColor(*corner).lightness() + 128 < light.pixelColor(*corner).lightness()
