"""Pictures and sound of every source, out of reels that come in pieces as they are wanted."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.protocol import FaceBox, Reel
from nle_panels.player.playlist import Place
from nle_panels.player.reel import SAMPLE_BYTES, BrokenReel, OpenReel, open_reel

# ours: 10 s of frames a piece. The first is there after a second or two, and at every broadcast rate it is a
# whole number of samples.
PIECE = 250
MEMORY = 160 * 2**20  # ours: bytes of decoded pictures, 7 s of them at 360 lines


class Reels(QObject):
    """The pieces that are here, and decoded pictures, the least recently shown forgotten first.

    Signals:
        wanted: (source, start, end): nobody has made these frames of the source yet. Said once.
        arrived: (source, start, end): a piece can be shown.
        broken: (source, start, line): a piece cannot be read. It is wanted again after `ask_again`.
    """

    wanted = Signal(str, int, int)
    arrived = Signal(str, int, int)
    broken = Signal(str, int, str)

    def __init__(self, parent: QObject | None = None, *, memory: int = MEMORY) -> None:
        super().__init__(parent)
        self._memory = memory
        self._extents: dict[str, range] = {}
        self._pieces: dict[tuple[str, int], OpenReel] = {}
        self._asked: set[tuple[str, int]] = set()
        self._images: OrderedDict[tuple[str, int], QImage] = OrderedDict()
        self._decoded: dict[str, list[int]] = {}
        self._held = 0

    @property
    def held(self) -> int:
        """Bytes of decoded pictures in memory."""
        return self._held

    def set_source(self, source: str, frames: range) -> None:
        """Say which frames a source has; what was known of it is kept where that has not changed."""
        if self._extents.get(source) != frames:
            self.forget(source)
            self._extents[source] = frames

    def forget(self, source: str) -> None:
        """The source is not played any more, or is another one now."""
        self._extents.pop(source, None)
        self._pieces = {key: reel for key, reel in self._pieces.items() if key[0] != source}
        self._asked = {key for key in self._asked if key[0] != source}
        for frame in self._decoded.pop(source, []):
            self._held -= self._images.pop((source, frame)).sizeInBytes()

    def make_anew(self) -> None:
        """All pieces are wanted once more, with something in them that those here have not."""
        for source, frames in tuple(self._extents.items()):
            self.forget(source)
            self._extents[source] = frames

    def add(self, source: str, start: int, reel: Reel) -> None:
        """A piece has come. One of a source that is not played any more is left lying."""
        extent = self._extents.get(source)
        if extent is None or start not in extent:
            return
        end = self._end(extent, start)
        try:
            self._pieces[source, start] = open_reel(reel, end - start)
        except BrokenReel as error:
            self._break(source, start, error)
        else:
            self.arrived.emit(source, start, end)

    def drop_wish(self, source: str, start: int) -> None:
        """The piece that was wanted does not come: it is wanted anew the next time that it is asked for."""
        self._asked.discard((source, start))

    def ask_again(self) -> None:
        """Want anew what was wanted and has not come: the engine is back, or a reel broke."""
        self._asked.clear()

    def image(self, place: Place) -> QImage | None:
        """The picture; None where it is not here yet, and then it is wanted."""
        key = place.source, place.frame
        if key in self._images:
            self._images.move_to_end(key)
            return self._images[key]
        found = self.piece_at(place)
        if found is None:
            return None
        start, reel = found
        try:
            image = reel.image(place.frame - start)
        except BrokenReel as error:
            self._break(place.source, start, error)
            return None
        self._keep(key, image)
        return image

    def nearest(self, place: Place) -> QImage | None:
        """Of the source's pictures in memory the one nearest to the frame: better than nothing meanwhile."""
        frames = self._decoded.get(place.source)
        if not frames:
            return None
        at = bisect_left(frames, place.frame)
        near = min(frames[max(0, at - 1) : at + 1], key=lambda frame: abs(frame - place.frame))
        return self._images[place.source, near]

    def face(self, place: Place) -> FaceBox | None:
        """The face in a frame, in pixels of the source picture; None where it is not known."""
        found = self._found(place)
        return found[1].face(place.frame - found[0]) if found else None

    def piece_at(self, place: Place) -> tuple[int, OpenReel] | None:
        """The piece that a frame lies in, and its first frame; where it is not here it is wanted."""
        found, bounds = self._found(place), self.bounds(place)
        if found is None and bounds is not None and (place.source, bounds[0]) not in self._asked:
            self._asked.add((place.source, bounds[0]))
            self.wanted.emit(place.source, *bounds)
        return found

    def sound(self, place: Place, into: int, count: int) -> bytes:
        """`count` samples from sample `into` of the piece of a frame; silence where that is not here."""
        found = self.piece_at(place)
        if found is None:
            return bytes(count * SAMPLE_BYTES)
        try:
            return found[1].sound(into, count)
        except BrokenReel as error:
            self._break(place.source, found[0], error)
            return bytes(count * SAMPLE_BYTES)

    def bounds(self, place: Place) -> tuple[int, int] | None:
        """The frames [start, end) of the piece that a frame lies in; None outside what the source has."""
        extent = self._extents.get(place.source)
        if extent is None or place.frame not in extent:
            return None
        start = self._start(extent, place.frame)
        return start, self._end(extent, start)

    def _found(self, place: Place) -> tuple[int, OpenReel] | None:
        bounds = self.bounds(place)
        reel = self._pieces.get((place.source, bounds[0])) if bounds else None
        return (bounds[0], reel) if bounds and reel else None

    def _break(self, source: str, start: int, error: BrokenReel) -> None:
        self._pieces.pop((source, start), None)
        self._asked.add((source, start))  # asked for again only when told to: else it breaks for ever
        self.broken.emit(source, start, str(error))

    def _keep(self, key: tuple[str, int], image: QImage) -> None:
        self._images[key] = image
        insort(self._decoded.setdefault(key[0], []), key[1])
        self._held += image.sizeInBytes()
        while self._held > self._memory and len(self._images) > 1:
            (source, frame), oldest = self._images.popitem(last=False)
            self._decoded[source].remove(frame)
            self._held -= oldest.sizeInBytes()

    @staticmethod
    def _start(extent: range, frame: int) -> int:
        return max(extent.start, frame // PIECE * PIECE)

    @staticmethod
    def _end(extent: range, start: int) -> int:
        return min(extent.stop, (start // PIECE + 1) * PIECE)
