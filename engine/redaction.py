"""What of a log may leave the machine: no words, no names, no paths.

Nothing is looked for and blacked out. The other way round: of each line only what is known to be a program's
own goes through, which is times, numbers, names of events and of errors, and places in installed code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from engine import errors

TAKEN_OUT = "(taken out)"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_EVENT = re.compile(r"[a-z_]{1,40}")
_OWN_WORDS = {
    "at": _MOMENT,
    "event": _EVENT,
    "level": re.compile("debug|info|warning|error|critical"),
    "kind": re.compile("analyse|align|transcribe|speak|render|proxy|sleep"),
    "lane": re.compile("quick|long"),
    "device": re.compile(r"(cpu|cuda:\d+|mps)(,cuda:\d+)*"),
    "job": re.compile(r"\d{1,18}"),
    "reason": re.compile(r"the worker (died \(exit code -?\d+\)|did not answer for [\d.]+ s)"),
    "engine": re.compile(r"[\d.]+\+[0-9a-f]{12}"),
}
# Of Python's tracebacks and of faulthandler's, the places.
_PLACE = re.compile(r'\s*File "(?P<path>[^"]+)", line (?P<line>\d+),? in (?P<name>[A-Za-z_][\w.]*|<\w+>)')
_INSTALLED = re.compile(r".*(?:site-packages|dist-packages|lib/python3\.\d+)/(?P<inside>[\w./-]+\.py)$")
_OURS = re.compile(r"(?P<inside>(?:engine|bridge|nle_panels)/(?:\w+/)*\w+\.py)$")
_ERROR = re.compile(r"(?:[A-Za-z_]\w*\.)*(?P<name>[A-Za-z_]\w*)(?::.*)?")
_ENDS_OF_ERRORS = ("Error", "Exception", "Interrupt", "Warning", "Exit")
_FIXED = re.compile(
    r"Traceback \(most recent call last\):"
    r"|The above exception was the direct cause of the following exception:"
    r"|During handling of the above exception, another exception occurred:"
    r"|Fatal Python error: (Segmentation fault|Aborted|Bus error|Illegal instruction)"
    r"|(Current thread|Thread) 0x[0-9a-f]+ \(most recent call first\):"
)


def redacted(log: bytes) -> bytes:
    """The log's lines; for each run of lines of which nothing may be told, how many they were."""
    return "".join(f"{line}\n" for line in _lines(log.decode(errors="replace").splitlines())).encode()


def _lines(lines: list[str]) -> Iterator[str]:
    hidden = 0
    for line in lines:
        told = _of_values(line) or _of_traceback(line)
        if told is None:
            hidden += bool(line.strip())
            continue
        if hidden:
            yield _hidden(hidden)
            hidden = 0
        yield told
    if hidden:
        yield _hidden(hidden)


def _hidden(lines: int) -> str:
    return f"({lines} line(s) taken out)"


def _of_values(line: str) -> str | None:
    """A line of values, those that say something of the user's taken out; None where it is none."""
    try:
        said = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not isinstance(said, dict) or not _MOMENT.fullmatch(str(said.get("at"))):
        return None
    return msgspec.json.encode(
        {name: _value(name, value) for name, value in said.items() if _EVENT.fullmatch(name)}
    ).decode()


def _value(name: str, value: Any) -> Any:
    match name, value:
        case _, bool() | int() | float() | None:
            return value
        case "fault", {"name": str(fault)} | str(fault) if _is_ours(fault):
            return fault
        case "exception", str():
            return redacted(value.encode()).decode().splitlines()
        case str(), str() if name in _OWN_WORDS and _OWN_WORDS[name].fullmatch(value):
            return value
    return TAKEN_OUT


def _of_traceback(line: str) -> str | None:
    """A line of a traceback, without what the error says; None for any other line."""
    if _FIXED.fullmatch(line.strip()):
        return line
    if place := _PLACE.match(line):
        return f'  File "{_inside(place["path"])}", line {place["line"]}, in {place["name"]}'
    if (error := _ERROR.fullmatch(line)) and (
        _is_ours(error["name"]) or error["name"].endswith(_ENDS_OF_ERRORS)
    ):
        return f"{error['name']}: {TAKEN_OUT}" if ":" in line else error["name"]
    return None


def _inside(path: str) -> str:
    """Of a path of code, the part that is the same on every machine."""
    path = path.replace("\\", "/")
    found = _INSTALLED.search(path) or _OURS.search(path)
    return found["inside"] if found else TAKEN_OUT


def _is_ours(name: str) -> bool:
    """Whether the engine's tree has an error of this name."""
    found = getattr(errors, name, None)
    return isinstance(found, type) and issubclass(found, errors.EngineError)
