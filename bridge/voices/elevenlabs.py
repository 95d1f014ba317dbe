"""ElevenLabs over HTTP: `--voice elevenlabs:VOICE_ID`. The key is read, used and never written anywhere.

key     ELEVENLABS_API_KEY, else the system's keyring (service "elevenlabs", user "pickup")
retries what is busy or limited is asked again, as late as the service says; what costs nothing is not
"""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bridge.errors import MissingKey, UsageError, VoiceFailed
from bridge.voices.voice import VoiceLine

KEY_VARIABLE = "ELEVENLABS_API_KEY"
BASE_VARIABLE = "ELEVENLABS_BASE_URL"  # of a proxy of the studio's own
_BASE = "https://api.elevenlabs.io"
_MODEL = "eleven_multilingual_v2"
_RATE = 24_000  # samples a second; the highest that every plan has as PCM
_ATTEMPTS = 5
_PATIENCE = 120.0  # seconds for one answer
_LONGEST_WAIT = 60.0
_LARGEST = 256 * 1024 * 1024  # bytes of an answer: an hour and a half of speech
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_TEXT = 10_000  # characters the service takes at once


class ElevenLabsVoice:
    """See `voice.Voice`. `setting`: the voice's id, and after a slash the model's, if it is another one."""

    unit = "characters"

    def __init__(self, setting: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._voice, _, model = setting.partition("/")
        self._model = model or _MODEL
        if not self._voice.isalnum():
            raise UsageError("--voice elevenlabs:VOICE_ID: give the voice's id, as its page shows it")
        self._sleep = sleep

    @property
    def identity(self) -> str:
        return f"elevenlabs {self._voice} {self._model}"

    def price(self, line: VoiceLine) -> int:
        return len(line.text)

    def say(self, line: VoiceLine, out: Path) -> None:
        """See `voice.Voice`."""
        if len(line.text) > _LONGEST_TEXT:
            raise VoiceFailed(
                f"the line has {len(line.text)} characters, and {_LONGEST_TEXT} are taken at once"
            )
        sound = self._asked(line, _key())
        if len(sound) % 2:
            raise VoiceFailed("ElevenLabs answered with half a sample: say the line again")
        with wave.open(str(out), "wb") as file:
            file.setparams((1, 2, _RATE, 0, "NONE", "not compressed"))
            file.writeframes(sound)

    def _asked(self, line: VoiceLine, key: str) -> bytes:
        request = urllib.request.Request(  # noqa: S310  (the address is checked where it is made)
            f"{_base()}/v1/text-to-speech/{self._voice}?output_format=pcm_{_RATE}",
            data=json.dumps({"text": line.text, "model_id": self._model}).encode(),
            headers={"xi-api-key": key, "Content-Type": "application/json", "Accept": "audio/*"},
        )
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _answer(request)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in _AGAIN or attempt == _ATTEMPTS:
                        raise VoiceFailed(_told(error)) from None
                    self._sleep(_wait(error, attempt))
            except (OSError, http.client.HTTPException) as error:
                # An answer that was cut off has been paid for; the same line is not charged twice by chance.
                if attempt == _ATTEMPTS:
                    raise VoiceFailed(f"ElevenLabs does not answer: {_reason(error)}") from None
                self._sleep(_wait(None, attempt))
        raise AssertionError


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key must not go to wherever an answer points."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _answer(request: urllib.request.Request) -> bytes:
    with _opener.open(request, timeout=_PATIENCE) as answer:
        sound: bytes = answer.read(_LARGEST + 1)
        told = answer.headers.get("Content-Length")
        kind = answer.headers.get_content_type()
    if told is not None and len(sound) != int(told):
        raise http.client.IncompleteRead(sound)
    if len(sound) > _LARGEST or not sound or kind.startswith(("text/", "application/json")):
        raise VoiceFailed(f"ElevenLabs answered with {len(sound)} bytes of {kind}, which is no sound")
    return sound


def _base() -> str:
    base = os.environ.get(BASE_VARIABLE, _BASE).rstrip("/")
    parts = urllib.parse.urlsplit(base)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    ):
        raise UsageError(f"{BASE_VARIABLE}: the key goes over https only, not to {parts.scheme or base}")
    return base


def _key() -> str:
    if key := os.environ.get(KEY_VARIABLE, "").strip():
        return key
    try:
        import keyring  # noqa: PLC0415  (optional)
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        raise MissingKey(f"no key for ElevenLabs: set {KEY_VARIABLE}") from None
    try:
        key = keyring.get_password("elevenlabs", "pickup") or ""
    except KeyringError:
        key = ""
    if not key:
        raise MissingKey(f"no key for ElevenLabs: set {KEY_VARIABLE}, or keyring set elevenlabs pickup")
    return key


def _wait(error: urllib.error.HTTPError | None, attempt: int) -> float:
    """Seconds, as the service says, else twice as long each time."""
    told = error.headers.get("Retry-After", "") if error is not None else ""
    return min(float(told) if told.isdigit() else 2.0 ** (attempt - 1), _LONGEST_WAIT)


def _told(error: urllib.error.HTTPError) -> str:
    """What the service says of its refusal; never what was sent to it."""
    try:
        detail: Any = json.loads(error.read(65_536)).get("detail", {})
    except (ValueError, AttributeError, OSError, http.client.HTTPException):
        detail = {}
    message = detail.get("message", "") if isinstance(detail, dict) else str(detail)
    hint = {401: f"; is {KEY_VARIABLE} right?", 404: "; is the voice's id right?"}.get(error.code, "")
    return f"ElevenLabs refused with {error.code} {' '.join(str(message).split())[:200]}".rstrip() + hint


def _reason(error: Exception) -> str:
    if isinstance(error, http.client.IncompleteRead):
        return "its answer was cut off in the middle"
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason)[:200]
