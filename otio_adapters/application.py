"""Which program made a project file, from what the file itself says."""

from __future__ import annotations

import re
from pathlib import Path

import opentimelineio as otio

from otio_adapters.errors import TimelineError
from otio_adapters.raw_file import raw_text

_SIGNS: dict[str, tuple[tuple[str, str], ...]] = {
    ".kdenlive": ((r'kdenliveversion">([^<\s]+)', r"Kdenlive \1"),),
    ".otio": (
        (r'"kdenlive":\s*\{\s*"version":\s*"([^"]+)"', r"Kdenlive \1"),
        (r'"Resolve_OTIO"', "DaVinci Resolve"),
        (r'"PremierePro_OTIO"', "Adobe Premiere Pro"),
    ),
    ".xml": (
        # Premiere names Final Cut Pro as the application of its codec settings: its own marks are told first.
        (r"<pproTicks|\bMZ\.Sequence|authoringApp=.PremierePro", "Adobe Premiere Pro"),
        (r"\(Resolve\)</name>", "DaVinci Resolve"),
        (r"<appname>(Final Cut Pro[^<]*)", r"\1"),
    ),
    ".fcpxml": (
        (r"\.fcpbundle", "Final Cut Pro"),
        # Resolve writes whole seconds as fractions, which Final Cut never does.
        (r'\(Resolve\)"|"\d+/1s"', "DaVinci Resolve"),
    ),
    ".edl": ((r"(?im)^\*\s*(?:exported|created|generated|written) (?:by|from|with)[: ]+(.+)", r"\1"),),
}
_LIKE = {".otioz": ".otio", ".otiod": ".otio", ".fcpxmld": ".fcpxml"}


def application(path: Path, timeline: otio.schema.Timeline | None = None) -> str:
    """The program's name, with its version where the file tells it; "" where it does not say.

    `timeline`: what was read from the file. Of an AAF file, which its reader alone opens, that tells it.
    """
    suffix = path.suffix.lower()
    if suffix == ".aaf":
        return str(timeline.metadata.get("pickup", {}).get("application", "")) if timeline is not None else ""
    try:
        text = raw_text(path)
    except TimelineError:
        return ""
    for sign, name in _SIGNS.get(_LIKE.get(suffix, suffix), ()):
        found = re.search(sign, text)
        if found:
            return found.expand(name).strip()
    return ""
