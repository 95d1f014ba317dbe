"""What a voice is: something that says a line into a file. A studio adds its own by entry point.

[project.entry-points."pickup.voices"]
ours = "studio.voice:OurVoice"            # called with what stands after the colon in --voice ours:SETTING
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from bridge.errors import NoSuchVoice

GROUP = "pickup.voices"
SCRATCH = "scratch"
"""The engine's own, for which no `Voice` is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceLine:
    """What is to be said. `language`: such as en or de. `reference`: how the speaker sounds, if known."""

    text: str
    language: str = "en"
    reference: Path | None = None


class Voice(Protocol):
    """One voice with its settings."""

    @property
    def identity(self) -> str:
        """All that decides how a line sounds: the same identity says the same line in the same way."""
        ...

    def price(self, line: VoiceLine) -> int:
        """What saying the line takes of what the user pays for, in `unit`; 0 where it costs nothing."""
        ...

    @property
    def unit(self) -> str:
        """What `price` counts, in the plural: "characters"."""
        ...

    def say(self, line: VoiceLine, out: Path) -> None:
        """Write the line into `out`, a wav file that is not there yet.

        Raises VoiceFailed, which says what to do; MissingKey, UsageError.
        """
        ...


def find_voice(text: str) -> Voice | None:
    """The voice that `NAME` or `NAME:SETTING` means; None for the scratch voice.

    Raises NoSuchVoice, UsageError.
    """
    name, _, setting = text.partition(":")
    if name == SCRATCH and not setting:
        return None
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in found:
        raise NoSuchVoice(f"there is no voice {name!r}; there is: {', '.join(sorted([SCRATCH, *found]))}")
    make: Callable[[str], Voice] = found[name].load()
    return make(setting)


def names() -> tuple[str, ...]:
    """Of all voices that are installed."""
    return tuple(sorted([SCRATCH, *(entry.name for entry in entry_points(group=GROUP))]))
