"""The lines of an edit list, as they stand: what each one says, and where in the line it says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

TIMECODE = r"\d{1,2}[:;.,]\d{1,2}[:;.,]\d{1,2}[:;.,]\d{2,3}"
MAX_LINE = 2_000  # ours: columns end at 80; nothing longer is an event

_CODE = re.compile(TIMECODE)
_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"\d{1,6}[A-Z]?")
_ALMOST = re.compile(rf"\s*\d{{3,6}}\s+\S.*\s{TIMECODE}\s+{TIMECODE}(\s|\Z)")
_EFFECT = re.compile(
    r"(?P<kind>C|D|W\d{0,3}|K\s*B|K\s*O|K)(?:\s+(?P<frames>\d{1,4})(?:\s+F)?)?\s*\Z"
    r"|D(?P<joined>\d{1,4})\s*\Z"
    r"|(?P<alone>\d{3})\s*\Z"  # Avid leaves the letter out of effects that CMX has no letter for
)
_CHANNEL = re.compile(r"AA(?!\d)|A\d{0,2}|V\d{0,2}")
_CHANNELS = re.compile(rf"(?:{_CHANNEL.pattern})(?:[/+,]?(?:{_CHANNEL.pattern}))*")
_PICTURE_AND_DIGITS = re.compile(r"(?:V/?A(\d{1,4})|A(\d{1,4})/?V)")

_TITLE = re.compile(r"TITLE\s*:(.*)", re.IGNORECASE)
_COUNTING = re.compile(r"FCM\s*:\s*(NON[\s_-]*)?DROP", re.IGNORECASE)
_NOTE = re.compile(r"([A-Z][A-Z ]{1,30}?)\s*:\s*(.*)")
_SOUND = re.compile(r"AUD\s+(\d{1,2}(?:\s+\d{1,2})*)")
_SPEED = re.compile(r"[+-]?\d{1,6}(?:\.\d{0,6})?")
_LOCATOR = re.compile(rf"LOC\s*:\s*(?P<code>{TIMECODE})(?:\s+(?P<colour>\S+))?(?:\s+(?P<name>.*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`number`: from 1. `text` is without its end."""

    number: int
    text: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event. `codes`: source in and out, record in and out. `spans` are where in the text each part lies:
    number, reel, channels, effect, and the four codes.

    `effect` is C, D, K, KB, KO or W with its number; `frames` is how long it takes.
    """

    number: str
    reel: str
    channels: tuple[str, ...]
    effect: str
    frames: int
    codes: tuple[str, str, str, str]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """An M2 line: frames of the reel for each second, and the source timecode with its place in the line."""

    reel: str
    speed: str
    code: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """A LOC line: a marker at a record timecode."""

    code: str
    span: tuple[int, int]
    colour: str
    name: str


def event_line(text: str) -> EventLine | None:
    """The event that the line is: a number, words, and four timecodes one after the other.

    Lines are taken apart word by word, here and below: an expression for a whole line takes the square or
    the cube of its length where a hostile one is full of spaces.
    """
    words = _words(text)
    codes = [bool(_CODE.fullmatch(word[0])) for word in words]
    first = next((i for i in range(2, len(words) - 3) if all(codes[i : i + 4])), None)
    if first is None or not _NUMBER.fullmatch(words[0][0]):
        return None
    offset = words[1].start()
    head = text[offset : words[first - 1].end()]
    effect = _effect(head)
    if effect is None:
        return None
    start, kind, frames = effect
    before = head[:start].rstrip()
    if not before:
        return None
    reel, channels, places = _reel_and_channels(before)
    shifted = [(a + offset, b + offset) for a, b in (*places, (start, len(head)))]
    a, b, c, d = words[first : first + 4]
    return EventLine(
        number=words[0][0],
        reel=reel,
        channels=channels,
        effect=kind,
        frames=frames,
        codes=(a[0], b[0], c[0], d[0]),
        spans=(words[0].span(), *shifted, *(word.span() for word in (a, b, c, d))),
    )


def _words(text: str) -> list[re.Match[str]]:
    return list(_WORD.finditer(text)) if len(text) <= MAX_LINE else []


def _bare(text: str) -> str:
    """The line without the asterisk of a comment, which some programs leave out."""
    return text.strip().removeprefix("*").strip()


def _effect(head: str) -> tuple[int, str, int] | None:
    """Where the effect begins in the head, its kind and its frames; the last words of the head say it."""
    words = [word.start() for word in _WORD.finditer(head)][-4:]
    for start in words:  # the longest that fits: "K B 000" ends in what might be something else
        found = _EFFECT.match(head, start)
        if found:
            kind = "".join(found["kind"].split()) if found["kind"] else "D"
            return start, kind, int(found["frames"] or found["joined"] or found["alone"] or 0)
    return None


def _reel_and_channels(text: str) -> tuple[str, tuple[str, ...], list[tuple[int, int]]]:
    """The reel may hold spaces, the channels too ("A A2"): they are told apart from the right.

    Videonics leaves the channels out; what there is then is taken to be picture.
    """
    words = list(_WORD.finditer(text))
    named: list[str] = []
    first = len(words)
    while first > 1 and (channels := channels_of(words[first - 1][0])) is not None:
        named = [*channels, *named]
        first -= 1
    if first == len(words):
        return text, ("V1",), [(0, len(text)), (len(text), len(text))]
    end = words[first - 1].end()
    return text[:end], tuple(dict.fromkeys(named)), [(0, end), (words[first].start(), len(text))]


def channels_of(word: str) -> tuple[str, ...] | None:
    """The channels that a field names, as V1, V2, A1, A2...; None for a word that names none.

    "B" is picture and the first sound, "VA12" is Panasonic's for V, A1 and A2, but "A12" is the twelfth.
    """
    if word in {"NONE", "B", "BOTH"}:
        return () if word == "NONE" else ("V1", "A1")
    together = _PICTURE_AND_DIGITS.fullmatch(word)
    if together:
        return ("V1", *(f"A{digit}" for digit in together[1] or together[2]))
    if not _CHANNELS.fullmatch(word):
        return None
    found: list[str] = []
    for name in _CHANNEL.findall(word):
        found.extend(("A1", "A2") if name == "AA" else (f"{name[0]}{int(name[1:] or 1)}",))
    return tuple(dict.fromkeys(found))


def field_of(channels: tuple[str, ...]) -> str | None:
    """The field that names these channels; None where it takes more than one event to name them."""
    known = {
        ("V1",): "V",
        ("A1",): "A",
        ("A1", "A2"): "AA",
        ("V1", "A1"): "B",
        ("V1", "A2"): "A2/V",
        ("V1", "A1", "A2"): "AA/V",
    }
    ordered = tuple(sorted(channels, key=channel_order))
    return known.get(ordered, ordered[0] if len(ordered) == 1 else None)


def channel_order(channel: str) -> tuple[bool, int, str]:
    """Picture before sound, each by number; V1K, the key over V1, after it."""
    digits = int(re.sub(r"\D", "", channel))
    return (channel[0] == "A", digits, channel)


def almost_event(text: str) -> bool:
    """Whether the line begins as an event does, and has timecodes, but is none that can be read."""
    return len(text) <= MAX_LINE and bool(_ALMOST.match(text))


def title(text: str) -> str | None:
    found = _TITLE.match(text.strip())
    return found[1].strip() if found else None


def counting(text: str) -> bool | None:
    """Whether an FCM line says that frame numbers are dropped; None for any other line."""
    found = _COUNTING.match(_bare(text))
    return None if found is None else not found[1]


def note(text: str) -> tuple[str, str] | None:
    """A comment that has a name: ("FROM CLIP NAME", "a.mov")."""
    found = _NOTE.fullmatch(_bare(text)) if len(text) <= MAX_LINE else None
    return (found[1], found[2]) if found else None


def sound_channels(text: str) -> tuple[str, ...]:
    """The channels that an AUD line adds to the event above it."""
    found = _SOUND.fullmatch(_bare(text)) if len(text) <= MAX_LINE else None
    return tuple(f"A{int(number)}" for number in found[1].split()) if found else ()


def motion(text: str) -> Motion | None:
    words = _words(text)
    if len(words) < 3 or words[0][0] != "M2":
        return None
    code = next((word for word in words[2:] if _CODE.fullmatch(word[0])), None)
    if code is None:
        return None
    speed = words[words.index(code) - 1]
    if not _SPEED.fullmatch(speed[0]):
        return None
    reel = text[words[0].end() : speed.start()].strip()
    return Motion(reel=reel, speed=speed[0], code=code[0], span=code.span())


def locator(text: str) -> Locator | None:
    bare = _bare(text)
    found = _LOCATOR.fullmatch(bare) if len(text) <= MAX_LINE else None
    if not found:
        return None
    start = text.index(bare) + found.start("code")
    return Locator(
        code=found["code"],
        span=(start, start + len(found["code"])),
        colour=found["colour"] or "",
        name=found["name"] or "",
    )
