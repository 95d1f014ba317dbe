"""How a file spells its rates: 23.976 for 24000/1001. Made exact in its text, and written as it was spelled.

A long file says its rate with each of its times. In its text they are found in a fiftieth of the time that
it takes to ask OTIO's objects for them.
"""

from __future__ import annotations

import re

import opentimelineio as otio

from otio_adapters.errors import TimelineError
from otio_adapters.opentime import exact_float

# A number that is not whole, with white space around it or not.
_BROKEN = re.compile(rb'"rate"\s*:\s*(?![1-9][0-9]{0,5}(?:\.0)?\s*[,}])(-?[0-9][0-9.eE+-]*)')
_RATE = re.compile(rb'"rate"\s*:\s*([0-9][0-9.eE+-]*)\s*[,}]')
_TIME = b'"OTIO_SCHEMA":"RationalTime.1","rate":%b,'
_FEW = 16  # ours: a file has a handful of rates; one of thousands is looked through for each of them


def made_exact(tight: bytes) -> tuple[bytes, bool]:
    """The JSON with exact rates in all of its times, and whether every rate in it is exact then.

    `tight`: without white space. What is no rate is left, and so are all where there are many.
    """
    broken = _BROKEN.findall(tight)
    numbers = set(broken)
    if len(numbers) > _FEW:
        return tight, False
    exact = {number: found for number in numbers if (found := _exact(number)) and _is_read(found)}
    in_times = sum(tight.count(_TIME % number) for number in exact)
    for number, found in exact.items():
        tight = tight.replace(_TIME % number, _TIME % found)
    return tight, in_times == len(broken)


def spellings(before: bytes) -> dict[bytes, bytes]:
    """How a file spells the rates that reading makes exact; none of those that it spells in several ways."""
    found: dict[bytes, set[bytes]] = {}
    for number in set(_RATE.findall(before)) if _BROKEN.search(before) else ():
        exact = _exact(number)
        if exact is not None:
            found.setdefault(exact, set()).add(_json(float(number)))
    single = {exact: spelled.pop() for exact, spelled in found.items() if len(spelled) == 1}
    other = {exact: spelled for exact, spelled in single.items() if spelled != exact}
    return other if len(other) <= _FEW else {}


def _exact(number: bytes) -> bytes | None:
    """The exact rate that is meant; None for what is no rate, as in a program's own metadata."""
    try:
        return _json(exact_float(float(number)))
    except (ValueError, TimelineError):
        return None


def _is_read(number: bytes) -> bool:
    """Whether OTIO reads just that: its parser is a bit off for some."""
    time = otio.core.deserialize_json_from_string(b"{" + _TIME % number + b'"value":0.0}')
    return bool(time.rate == float(number))


def _json(number: float) -> bytes:
    return bytes(otio.core.serialize_json_to_string(number).encode())
