"""What the panel remembers of its user: recent timelines, theme, renderers' settings, the window's place."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bridge.errors import BridgeError
from bridge.files import read_bounded, write_whole
from engine.protocol import Diffusion
from nle_panels.look.theme import Theme

_LARGEST = 1 << 20
_RECENT = 12  # ours


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """`renderers`: each renderer's settings, where they are not the usual ones."""

    recent: tuple[str, ...] = ()
    theme: Theme = "auto"
    renderers: dict[str, Diffusion] = {}
    geometry: str = ""  # Qt's, in base 64

    def opened(self, timeline: Path) -> Kept:
        path = str(timeline.absolute())
        recent = (path, *(one for one in self.recent if one != path))
        return msgspec.structs.replace(self, recent=recent[:_RECENT])


def load(path: Path) -> Kept:
    """What was kept; the usual where nothing was, or nothing that can be read: no work hangs on it."""
    if not path.exists():
        return Kept()
    try:
        return msgspec.json.decode(read_bounded(path, _LARGEST), type=Kept)
    except (msgspec.MsgspecError, BridgeError, UnicodeDecodeError):
        return Kept()


def save(kept: Kept, path: Path) -> None:
    """Raises UnwritableOutput."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(kept), indent=1))
