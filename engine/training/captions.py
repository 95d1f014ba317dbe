"""What a clip shows, in words: from a file beside it, or from a captioner given by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import msgspec

from engine.errors import BadMedia, MissingMedia

LONGEST = 64 << 10  # bytes


class Captioner(Protocol):
    """Says what a clip shows."""

    def caption(self, path: Path) -> str:
        """Raises EngineError where it cannot say."""
        ...


def sidecar_caption(video: Path) -> str | None:
    """Of `video`.txt, or the "caption" of `video`.json; None where neither says one.

    Other JSON may lie beside a video, such as what is known of a drawn clip: without a caption it is passed
    over. Raises BadMedia (no text, no JSON, too long), MissingMedia (cannot be read).
    """
    text, told = video.with_suffix(".txt"), video.with_suffix(".json")
    if text.exists():
        return _stripped(_read(text), text)
    if told.exists():
        caption = _caption_in(told)
        return None if caption is None else _stripped(caption, told)
    return None


def _caption_in(path: Path) -> str | None:
    try:
        content: Any = msgspec.json.decode(_read(path))
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadMedia(f"{path} is no JSON: {error}") from error
    caption = content.get("caption") if isinstance(content, dict) else content
    if caption is not None and not isinstance(caption, str):
        raise BadMedia(f'{path}: its caption is no text. Write {{"caption": "..."}}')
    return caption


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except OSError as error:
        raise MissingMedia(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > LONGEST:
        raise BadMedia(f"{path} is no caption: it has more than {LONGEST >> 10} KB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadMedia(f"{path} is no UTF-8 text") from error


def _stripped(caption: str, path: Path) -> str:
    words = " ".join(caption.split())
    if not words:
        raise BadMedia(f"{path} is empty: write the caption there, or delete it")
    return words
