"""The clip's pictures by frame number, those looked at last kept in memory."""

from __future__ import annotations

from collections import OrderedDict

from engine.media.decode import Reel
from engine.media.picture import Picture

ROOM = 768 << 20  # bytes: some 90 pictures at 1080p, 20 at 4K


class FootageStore:
    """A reel with a memory: a renderer looks around a cut first, and plays what it saw there afterwards."""

    def __init__(self, reel: Reel, room: int = ROOM) -> None:
        self._reel = reel
        self._room = room
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._size = 0

    def picture(self, frame: int) -> Picture:
        """Source frame `frame` of the clip. Raises TruncatedMedia, BadMedia."""
        if frame in self._kept:
            self._kept.move_to_end(frame)
            return self._kept[frame]
        picture = self._reel.picture(frame)
        self._kept[frame] = picture
        self._size += picture.nbytes
        while self._size > self._room and len(self._kept) > 1:
            self._size -= self._kept.popitem(last=False)[1].nbytes
        return picture
