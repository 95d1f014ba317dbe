"""What is made anew, as a user writes it."""

from __future__ import annotations

from pathlib import Path

from bridge import ranges
from bridge.clip import look_at
from bridge.errors import UsageError
from bridge.speech_source import Engine
from engine.protocol import Matte, Region


def region_of(text: str, engine: Engine) -> Region:
    """Lips, face, head, a box, or the matte in a file. Raises UsageError, BadMedia."""
    if region := ranges.region(text):
        return region
    if not Path(text).exists():
        raise UsageError(
            f'--region "{text}": write lips, face, head, a box X,Y,WxH in pixels, or a matte that is there'
        )
    matte = look_at(Path(text), engine)
    return Matte(path=matte.path, fingerprint=matte.fingerprint)
