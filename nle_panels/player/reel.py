"""A reel of the engine's `Proxy` job, read frame by frame. Its files may be gone, cut short or hostile.

Each frame is read from the file when it is wanted, not mapped: a mapped file that is cut short kills the
process.
"""

from __future__ import annotations

import struct
import wave
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from engine.protocol import SAMPLE_RATE, FaceBox, Reel
from nle_panels.errors import PanelError

SAMPLE_BYTES = 4  # 16-bit stereo
LARGEST_FRAME = 16 * 2**20  # ours: bytes of one JPEG; one of 360 lines has some 40,000
_START, _END = b"\xff\xd8", b"\xff\xd9"  # of every JPEG


class BrokenReel(PanelError):
    """A reel that is not what it says; it can be made again."""


@dataclass(frozen=True, slots=True)
class OpenReel:
    """A reel whose sizes are known to be sound. `offsets` as numbers, frames + 1 of them."""

    reel: Reel
    offsets: tuple[int, ...]

    @property
    def name(self) -> str:
        return Path(self.reel.path).name

    def face(self, frame: int) -> FaceBox | None:
        return self.reel.faces[frame] if self.reel.faces else None

    def image(self, frame: int) -> QImage:
        """Frame `frame` of the reel. Raises BrokenReel."""
        data = self._jpeg(frame)
        if data[:2] != _START or data[-2:] != _END:
            raise BrokenReel(f"{self.name}: frame {frame} is cut short; make the preview again")
        device = QBuffer()
        device.setData(data)  # a QBuffer of bytes that Python holds would look at freed ones
        device.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(device, QByteArray(b"jpeg"))
        size = reader.size()  # before anything of that size is made
        if (size.width(), size.height()) != (self.reel.width, self.reel.height):
            raise BrokenReel(f"{self.name}: frame {frame} has another size than its reel; make it again")
        image = reader.read()
        if image.isNull():
            raise BrokenReel(f"{self.name}: frame {frame} is no picture; make the preview again")
        return image

    def _jpeg(self, frame: int) -> bytes:
        start, stop = self.offsets[frame], self.offsets[frame + 1]
        try:
            with Path(self.reel.path).open("rb") as file:
                file.seek(start)
                return file.read(stop - start)
        except OSError as error:
            raise _gone(self.reel.path, error) from error

    def sound(self, first: int, count: int) -> bytes:
        """Samples [first, first + count); silence where there is no sound. Raises BrokenReel."""
        if not self.reel.sound:
            return bytes(count * SAMPLE_BYTES)
        try:
            with wave.open(self.reel.sound, "rb") as file:
                shape = file.getnchannels(), file.getsampwidth(), file.getframerate()
                if shape != (2, 2, SAMPLE_RATE):
                    raise BrokenReel(
                        f"{Path(self.reel.sound).name}: no 16-bit stereo at 48 kHz; make it again"
                    )
                file.setpos(min(first, file.getnframes()))
                return file.readframes(count).ljust(count * SAMPLE_BYTES, b"\0")
        except OSError as error:
            raise _gone(self.reel.sound, error) from error
        except (wave.Error, EOFError) as error:
            name = Path(self.reel.sound).name
            raise BrokenReel(f"{name}: no wav file ({error}); make the preview again") from error


def open_reel(reel: Reel, frames: int) -> OpenReel:
    """Look whether the reel can hold the `frames` frames that were asked for. Raises BrokenReel."""
    name = Path(reel.path).name
    if reel.frames != frames or len(reel.offsets) != 8 * (frames + 1):
        raise BrokenReel(
            f"{name}: {frames} frames were asked for, {reel.frames} came; make the preview again"
        )
    if len(reel.faces) not in (0, frames):
        raise BrokenReel(f"{name}: faces of {len(reel.faces)} frames instead of {frames}; make it again")
    offsets = struct.unpack(f"<{frames + 1}Q", reel.offsets)
    try:
        size = Path(reel.path).stat().st_size
    except OSError as error:
        raise _gone(reel.path, error) from error
    if offsets[-1] > size or any(not 0 < b - a <= LARGEST_FRAME for a, b in pairwise(offsets)):
        raise BrokenReel(f"{name}: its frames do not lie in the file one after another; make it again")
    return OpenReel(reel, offsets)


def _gone(path: str, error: OSError) -> BrokenReel:
    return BrokenReel(f"{Path(path).name}: {error.strerror or error}; make the preview again")
