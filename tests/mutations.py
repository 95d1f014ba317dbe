"""Files damaged on purpose: one seed, one damage."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Iterator
from typing import Any

NUMBERS = re.compile(rb"-?\d+(?:\.\d+)?")
NONSENSE = (
    b"0",
    b"-1",
    b"1e400",
    b"-1e400",
    b"NaN",
    b"0.5",
    b"1e-300",
    b"999999999",
    b"2147483648",
    b"9223372036854775807",
    b"-9223372036854775809",
    b"1" * 5000,
    b"1/0",
    b"00:00:00:99",
    b"99:99:99:99",
    b"",
    b"null",
    b"\xff\xfe",
    b"\0",
)
TOKENS = re.compile(rb'"[^"\n]*"|(?<=>)[^<>\n]+(?=<)|(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])')
ELEMENT = re.compile(rb"<(\w[\w-]*)\b[^<>]*(?:/>|>.*?</\1>)", re.DOTALL)
LINE = re.compile(rb"[^\n]*\n")
LONGEST = (
    8_000  # bytes of an element that is looked for: among thousands of openers the search takes the square
)
NUMBERS_OF_JSON = (0, -1, 1, 0.5, -0.5, 7, 1e-300, 1e300, 1e18, 2**31, -(2**63), 2**63 - 1, 24, 29.97, 90_000)
ODD_OF_JSON = (None, True, False, "", "0", [], {}, [[]], {"OTIO_SCHEMA": "Clip.2"}, {"OTIO_SCHEMA": "Gap.1"})
KEY = re.compile(rb'"(\w+)"\s*:')
SCHEMA = re.compile(rb'"(\w+)\.(\d)"')
OPENERS = (b"[", b'{"a":', b"<a>", b'<clipitem id="c">', b"<sequence><media><video><track>", b"(")
BOMB = (
    b'<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (ord("b") + i, b"&%c;" % (ord("a") + i) * 10) for i in range(9))
    + b"]>"
)


def mutated(content: bytes, seed: str) -> bytes:
    """The bytes after one to four damages. The same seed damages alike."""
    chance = random.Random(seed)
    if content.startswith(b"PK") and chance.random() < 0.7:
        return repacked(content, seed)
    if content.lstrip()[:1] == b"{" and chance.random() < 0.7:
        content = json_damaged(content, chance)
        return moved(content, chance) if chance.random() < 0.3 else content
    damages = BINARY_DAMAGES if b"\0" in content[:512] else DAMAGES
    for _ in range(chance.choice((1, 1, 2, 4))):
        content = chance.choice(damages)(content, chance)
    return content


def repacked(bundle: bytes, seed: str) -> bytes:
    """The zip with the text in it damaged: its own checksums would give away any other damage."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as whole, zipfile.ZipFile(out, "w") as damaged:
        for name in whole.namelist():
            data = whole.read(name)
            damaged.writestr(name, mutated(data, seed) if name.endswith(".otio") else data)
    return out.getvalue()


def json_damaged(content: bytes, chance: random.Random) -> bytes:
    """JSON in which values were changed, gone, twice there or in each other's place: it stays JSON.

    Most values become others of their type, as a reader refuses the rest at the door.
    """
    whole = json.loads(content)
    for _ in range(chance.choice((1, 1, 2, 5))):
        places = list(_places(whole))
        if not places:
            break
        holder, key = chance.choice(places)
        value = holder[key]
        alike = [h[k] for h, k in places if type(h[k]) is type(value) and (k == key or isinstance(key, int))]
        damage = chance.random()
        if damage < 0.1:
            holder[key] = chance.choice(ODD_OF_JSON)
        elif damage < 0.2 or (isinstance(holder, list) and damage < 0.3):
            del holder[key]
        elif isinstance(holder, list) and damage < 0.6:
            holder.insert(chance.randrange(len(holder) + 1), json.loads(json.dumps(value)))
        elif isinstance(value, int | float) and damage < 0.8:
            holder[key] = chance.choice(
                (*NUMBERS_OF_JSON, value + 1, value - 1, -value, value * 2, value / 3)
            )
        else:
            holder[key] = json.loads(json.dumps(chance.choice(alike)))
    return json.dumps(whole, indent=4).encode()


def moved(content: bytes, chance: random.Random) -> bytes:
    """JSON in which an object has another key more, or one twice, or is of another version of its schema."""
    for _ in range(chance.choice((1, 1, 2))):
        schemas, keys = list(SCHEMA.finditer(content)), list(KEY.finditer(content))
        if schemas and chance.random() < 0.3:
            found = chance.choice(schemas)
            name = b"UnknownSchema" if chance.random() < 0.1 else found[1]
            label = b'"%b.%d"' % (name, chance.choice((0, 1, 2, 3)))
            content = content[: found.start()] + label + content[found.end() :]
        elif keys:
            before = chance.choice(keys)
            key = chance.choice((before, before, chance.choice(keys)))[1]
            a, b = _whole_piece(content, chance)
            value = chance.choice((b"null", b"[]", b"{}", b"7", content[a:b] or b"0"))
            more = b'"%b": %b, ' % (key, value if chance.random() < 0.7 else b"[%b]" % value)
            content = content[: before.start()] + more + content[before.start() :]
    return content


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every value in it, as its holder and its key there."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield value, key
        yield from _places(one)


def truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def swapped(content: bytes, chance: random.Random) -> bytes:
    """Two stretches in each other's place."""
    cuts = sorted(chance.randrange(len(content) + 1) for _ in range(4))
    a, b, c, d = cuts
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def flipped(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 3, 30))):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def overwritten(content: bytes, chance: random.Random) -> bytes:
    """A stretch of zeros, of ones, or of what is elsewhere in the file, which stays as long as it is."""
    length = chance.choice((1, 2, 4, 8, 64))
    a, b = (chance.randrange(max(len(content) - length, 0) + 1) for _ in range(2))
    piece = chance.choice((bytes(length), b"\xff" * length, content[b : b + length]))
    return content[:a] + piece + content[a + length :]


def nonsense_numbers(content: bytes, chance: random.Random) -> bytes:
    found = list(NUMBERS.finditer(content))
    for number in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 2, 8)))), key=lambda m: -m.start()
    ):
        content = content[: number.start()] + chance.choice(NONSENSE) + content[number.end() :]
    return content


def shifted_numbers(content: bytes, chance: random.Random) -> bytes:
    """Some numbers a little or much beside what they were, but numbers that a program might have written."""
    found = list(NUMBERS.finditer(content))
    for match in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 3, 20)))), key=lambda m: -m.start()
    ):
        old = match[0]
        number = int(old.partition(b".")[0]) if len(old) < 20 else 0
        new = chance.choice((number + 1, number - 1, -number, 2 * number, 1000 * number, number // 2, 0))
        content = content[: match.start()] + (b"%d" % new).rjust(len(old), b"0") + content[match.end() :]
    return content


def exchanged(content: bytes, chance: random.Random) -> bytes:
    """Words, names, paths and numbers in each other's place: the file stays one that can be parsed."""
    found = list(TOKENS.finditer(content))
    for match in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 3, 20)))), key=lambda m: -m.start()
    ):
        quoted = match[0].startswith(b'"')
        others = [one for one in chance.choices(found, k=8) if one[0].startswith(b'"') == quoted]
        if others:
            content = content[: match.start()] + others[0][0] + content[match.end() :]
    return content


def rearranged(content: bytes, chance: random.Random) -> bytes:
    """Whole elements, objects or lines that are gone, twice there, or where another was."""
    for _ in range(chance.choice((1, 1, 3))):
        (a, b), (c, d) = _whole_piece(content, chance), _whole_piece(content, chance)
        new = chance.choice((b"", content[c:d], content[c:d], content[a:b] * 2))
        content = content[:a] + new + content[b:]
    return content


def _whole_piece(content: bytes, chance: random.Random) -> tuple[int, int]:
    """Where an element of XML, an object of JSON, or else a line begins and ends."""
    start = chance.randrange(len(content) + 1)
    opener = content.find(b"{", start) if content.lstrip()[:1] in {b"{", b"["} else -1
    if opener >= 0:
        depth = 0
        for match in re.finditer(rb"[{}]", content[opener:]):
            depth += 1 if match[0] == b"{" else -1
            if not depth:
                return opener, opener + match.end()
    pattern = ELEMENT if content.lstrip()[:1] == b"<" else LINE
    found = pattern.search(content, start, start + LONGEST)
    return found.span() if found else (start, start)


def nested(content: bytes, chance: random.Random) -> bytes:
    """Brackets or elements that open and open, at any place."""
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(OPENERS) * chance.choice((50, 1_000, 100_000)) + content[at:]


def bombed(content: bytes, chance: random.Random) -> bytes:
    """Entities of entities of entities, and the one that calls them all."""
    at = content.find(b"?>") + 2 if b"?>" in content[:200] else 0
    call = content.find(b"<", at + chance.randrange(len(content) - at + 1)) if content else -1
    if call < 0:
        return content[:at] + BOMB + content[at:]
    return content[:at] + BOMB + content[at:call] + b"&j;" + content[call:]


def repeated(content: bytes, chance: random.Random) -> bytes:
    """A stretch of it many times over: huge counts of whatever it is."""
    a = chance.randrange(len(content) + 1)
    piece = content[a : a + chance.choice((8, 200, 2_000))]
    return content[:a] + piece * (chance.choice((2, 50, 200_000)) // max(len(piece) // 8, 1)) + content[a:]


def without(content: bytes, chance: random.Random) -> bytes:
    a, b = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:a] + content[b:]


# Most keep the file one that can be parsed, or else the edit and the writers would never meet any of it.
DAMAGES = (
    *[shifted_numbers] * 5,
    *[exchanged] * 5,
    *[rearranged] * 5,
    *[nonsense_numbers] * 3,
    truncated,
    swapped,
    flipped,
    nested,
    bombed,
    repeated,
    without,
)
# What is found by its place in the file must stay there, or nothing else is ever met.
BINARY_DAMAGES = (*[overwritten] * 6, *[flipped] * 3, truncated, swapped, without)
