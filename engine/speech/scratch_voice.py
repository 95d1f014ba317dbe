"""The child process that speaks: espeak-ng through the `espeakng-loader` wheel, and nothing else.

espeak-ng is GPL-3, so it is loaded here and in no process of the engine's own: `scratch` runs this module as
`python -m engine.speech.scratch_voice`, writes one request to stdin and reads one answer from stdout. An
answer is a line of JSON, followed, for `Say`, by the sound: signed 16-bit little-endian samples, mono.

Facts measured on libespeak-ng 1.52: event positions count characters from 1; silences are phoneme events
without a name, and belong to the word that follows; a phoneme's name holds at most eight bytes; markup is
read aloud as text unless the SSML flag is given, and it is not.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import msgspec

# From speak_lib.h: output modes, options, events, parameters, text modes.
_SYNCHRONOUS = 2
_PHONEME_EVENTS, _PHONEMES_IN_IPA, _NEVER_EXIT = 0x0001, 0x0002, 0x8000
_EVENT_END, _EVENT_PHONEME = 0, 7
_PARAMETER_RATE, _PARAMETER_PITCH = 1, 3
_TEXT_UTF8, _POSITION_BY_CHARACTER = 1, 1
_IPA_NAMES, _SEPARATOR = 2, "_"

LONGEST_SPEECH = 900  # seconds: what is longer is not a line, and would only fill the memory


class Say(msgspec.Struct, frozen=True, kw_only=True, tag="say"):
    """Ask for sound."""

    text: str
    language: str
    words_per_minute: int
    pitch: int  # 0..100, 50 is the voice's own


class Spell(msgspec.Struct, frozen=True, kw_only=True, tag="spell"):
    """Ask how each of some words is pronounced, without sound."""

    words: tuple[str, ...]
    language: str


class Event(msgspec.Struct, frozen=True, array_like=True):
    """A phoneme begins: which, at what sample, in the word beginning at which character (from 0).

    `ipa` is empty for a silence.
    """

    ipa: str
    sample: int
    character: int


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Answer to `Say`; the sound follows it. `error` says what went wrong, empty if nothing did."""

    sample_rate: int = 0
    events: tuple[Event, ...] = ()
    error: str = ""


class Spelled(msgspec.Struct, frozen=True, kw_only=True):
    """Answer to `Spell`: for each word its phonemes in IPA, none for what is not pronounced."""

    words: tuple[tuple[str, ...], ...] = ()
    error: str = ""


Request = Say | Spell


class _EspeakEvent(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_SoundArrives = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_EspeakEvent)
)


class _Recording:
    """What the synthesiser hands over while it speaks."""

    def __init__(self, sample_rate: int) -> None:
        self.sound = bytearray()
        self.events: list[Event] = []
        self.too_long = False
        self._limit = LONGEST_SPEECH * sample_rate * 2

    def take(self, samples: Any, count: int, events: Any) -> int:
        """Store one chunk; a 1 tells the synthesiser to stop."""
        if count > 0:
            self.sound += ctypes.string_at(samples, count * 2)
        index = 0
        while events[index].type != _EVENT_END:
            event = events[index]
            if event.type == _EVENT_PHONEME:
                name = bytes(event.name).decode("utf-8", "ignore")
                self.events.append(Event(name, event.sample, max(0, event.text_position - 1)))
            index += 1
        self.too_long = len(self.sound) > self._limit
        return int(self.too_long)


def _load() -> tuple[Any, int]:
    """The library, initialised, and its sample rate."""
    import espeakng_loader  # noqa: PLC0415  the GPL library comes in here, and only in this process

    library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
    options = _PHONEME_EVENTS | _PHONEMES_IN_IPA | _NEVER_EXIT
    data = str(espeakng_loader.get_data_path()).encode()
    sample_rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data, options)
    if sample_rate <= 0:
        raise OSError(f"espeak-ng finds no voices in {data.decode()}")
    return library, sample_rate


def _say(library: Any, sample_rate: int, request: Say) -> tuple[Said, bytes]:
    recording = _Recording(sample_rate)
    callback = _SoundArrives(recording.take)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetParameter(_PARAMETER_RATE, request.words_per_minute, 0)
    library.espeak_SetParameter(_PARAMETER_PITCH, request.pitch, 0)
    text = request.text.encode() + b"\0"
    library.espeak_Synth(text, len(text), 0, _POSITION_BY_CHARACTER, 0, _TEXT_UTF8, None, None)
    library.espeak_Synchronize()
    if recording.too_long:
        return Said(error=f"the line would take more than {LONGEST_SPEECH // 60} minutes to say"), b""
    return Said(sample_rate=sample_rate, events=tuple(recording.events)), bytes(recording.sound)


def _spell(library: Any, word: str) -> tuple[str, ...]:
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    mode = _IPA_NAMES | ord(_SEPARATOR) << 8
    rest = ctypes.c_char_p(word.encode())
    phonemes: list[str] = []
    while rest.value is not None:  # one clause a call; the pointer is null after the last
        clause = library.espeak_TextToPhonemes(ctypes.byref(rest), _TEXT_UTF8, mode).decode("utf-8", "ignore")
        phonemes += [name for part in clause.split() for name in part.split(_SEPARATOR) if name]
    return tuple(phonemes)


def answer(request: Request) -> tuple[Said | Spelled, bytes]:
    """Do what is asked; the second value is the sound."""
    failed: type[Said | Spelled] = Said if isinstance(request, Say) else Spelled
    try:
        library, sample_rate = _load()
    except (ImportError, OSError) as error:
        return failed(error=f"espeak-ng does not load: {error}"), b""
    if library.espeak_SetVoiceByName(request.language.encode()) != 0:
        return failed(error=f"espeak-ng has no voice called {request.language!r}"), b""
    if isinstance(request, Say):
        return _say(library, sample_rate, request)
    return Spelled(words=tuple(_spell(library, word) for word in request.words)), b""


def main() -> None:
    """Answer one request."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    header, sound = answer(request)
    sys.stdout.buffer.write(msgspec.json.encode(header) + b"\n" + sound)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
