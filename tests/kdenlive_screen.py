"""Kdenlive itself on a screen that nobody sees: opens a project, saves it, and is photographed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

SIZE = (1600, 900)
KDENLIVE = os.environ.get("KDENLIVE", "kdenlive").split()  # another one: KDENLIVE="chroot FOLDER kdenlive"
# Its first-run wizard asks for nothing where it finds these; without a sound device it must be told so.
_SETTINGS = """[version]
version=22.12.3

[unmanaged]
sdlAudioBackend=sdl2_audio

[sdl]
sdlAudioBackend=sdl2_audio

[env]
sdlAudioBackend=sdl2_audio

[misc]
sdlAudioBackend=sdl2_audio
openlastproject=false
checkForUpdate=false
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A running Kdenlive: `frames` is where the screen's pixels lie, `bus` the session's D-Bus."""

    frames: Path
    bus: str
    kdenlive: subprocess.Popen[bytes]

    def picture(self) -> np.ndarray:
        """[y, x, BGR] of the screen now. Xvfb keeps it in a file, in the format of xwd."""
        content = self.frames.read_bytes()
        header = np.frombuffer(content[:100], ">u4")
        size, width, height, line, colors = (int(header[index]) for index in (0, 4, 5, 12, 19))
        start = size + colors * 12
        pixels = np.frombuffer(content, np.uint8, height * line, start).reshape(height, line // 4, 4)
        return pixels[:, :width, :3].copy()

    def is_full(self) -> bool:
        """Whether a window covers the screen, rather than the one that says that it is coming."""
        return bool((self.picture() > 0).any(axis=2).mean() > 0.9)

    def settled(self, seconds: float) -> np.ndarray:
        """The picture once it has stood still for four seconds, or after so many seconds."""
        end = time.monotonic() + seconds
        last, still = self.picture(), 0
        while time.monotonic() < end and still < 4:
            time.sleep(1)
            now = self.picture()
            still = still + 1 if (np.abs(now.astype(int) - last) > 8).mean() < 0.001 else 0
            last = now
        return last

    def call(self, path: str, method: str) -> bool:
        """Calls a method over D-Bus; False where nobody answers."""
        service = f"--dest=org.kde.kdenlive-{self.kdenlive.pid}"
        command = ["dbus-send", f"--bus={self.bus}", "--print-reply", "--reply-timeout=60000", service]
        return not subprocess.run([*command, path, method], capture_output=True, check=False).returncode


@contextlib.contextmanager
def kdenlive_with(project: Path, home: Path) -> Iterator[Screen]:
    """Kdenlive with the project open, at home in an empty folder."""
    for name in ("config", "data", "cache", "tmp", "screen"):
        (home / name).mkdir(parents=True)
    (home / "config" / "kdenliverc").write_text(_SETTINGS)
    (home / ".asoundrc").write_text("pcm.!default { type null }\n")
    display = f":{90 + os.getpid() % 400}"
    width, height = SIZE
    screen = ["-screen", "0", f"{width}x{height}x24", "-fbdir", str(home / "screen")]
    with contextlib.ExitStack() as stack:
        # Short, for a socket's path has 107 bytes, and the tests' own folder may take most of them.
        run = Path(stack.enter_context(TemporaryDirectory(prefix="bus")))
        bus = f"unix:path={run}/bus"
        environment = {
            **os.environ,
            "HOME": str(home),
            "DISPLAY": display,
            "DBUS_SESSION_BUS_ADDRESS": bus,
            "SDL_AUDIODRIVER": "dummy",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "TMPDIR": str(home / "tmp"),
            "XDG_RUNTIME_DIR": str(run),
            **{f"XDG_{name.upper()}_HOME": str(home / name) for name in ("config", "data", "cache")},
        }
        environment.pop("QT_QPA_PLATFORM", None)

        def start(*command: str) -> subprocess.Popen[bytes]:
            log = stack.enter_context((home / f"{Path(command[0]).name}.log").open("wb"))
            child = subprocess.Popen(list(command), env=environment, stdout=log, stderr=log)
            stack.callback(child.wait)
            stack.callback(child.kill)
            return child

        start("Xvfb", display, *screen)
        start("dbus-daemon", "--session", f"--address={bus}", "--nofork")
        frames = home / "screen" / "Xvfb_screen0"
        until(lambda: frames.exists() and (run / "bus").exists(), 30)
        yield Screen(
            frames=frames,
            bus=bus,
            kdenlive=start(*KDENLIVE, "-geometry", f"{width}x{height}+0+0", str(project)),
        )


def until(done: object, seconds: float) -> None:
    """Waits; raises `TimeoutError`."""
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing has come of it in {seconds:g} s")
        time.sleep(0.5)


def keep(picture: np.ndarray, name: str) -> Path:
    """Keeps a picture among what tests leave behind."""
    folder = Path(__file__).parents[1] / "test_out"
    folder.mkdir(exist_ok=True)
    path = folder / name
    cv2.imwrite(str(path), picture)
    return path
