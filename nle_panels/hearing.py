"""A clip's words with all that a session needs of them to begin. For a thread that may wait: the desk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.protocol import Transcript
from nle_panels.document.document import Document
from nle_panels.document.journal import Content
from nle_panels.document.meaning import Untouched, untouched
from nle_panels.document.opening import opened as document_of
from nle_panels.kept_words import Place
from nle_panels.work import Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A clip's words, what was `seen` of the edits that are kept of them, and the document without any."""

    said: Transcript
    place: Place
    seen: Content | None
    fresh: Document
    untouched: Untouched


def heard(opened: Opened, said: Transcript, state: Path) -> Heard:
    """With what was kept of the words in the panel's folder `state`."""
    window = opened.window_of(said)
    place = Place(folder=state / "clips" / opened.key, fingerprint=said.fingerprint, window=window)
    fresh = document_of(said, window, opened.shown)
    return Heard(said=said, place=place, seen=place.look(), fresh=fresh, untouched=untouched(fresh, said))
