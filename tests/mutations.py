"""Files damaged on purpose: one seed, one damage."""

from __future__ import annotations

import io
import random
import re
import zipfile

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


# Nonsense numbers get furthest: the file is still one, so they meet the edit and the writers too.
DAMAGES = (*[nonsense_numbers] * 6, truncated, swapped, flipped, nested, bombed, repeated, without)
# What is found by its place in the file must stay there, or nothing else is ever met.
BINARY_DAMAGES = (*[overwritten] * 6, *[flipped] * 3, truncated, swapped, without)
