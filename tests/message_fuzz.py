"""Messages of the wire built from its schema, and damaged: one seed, one message."""

from __future__ import annotations

import copy
import random
import struct
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import inspect

from engine.messages import Answer, Ask
from engine.protocol import PROTOCOL_VERSION

Message = dict[str, Any]

INTEGERS = (
    0,
    1,
    -1,
    7,
    25,
    100,
    255,
    2**15,
    2**31 - 1,
    2**31,
    -(2**31),
    2**53,
    2**63 - 1,
    2**63,
    2**64 - 1,
    -(2**63),
)
FLOATS = (0.0, -0.0, 1.0, 0.5, -1.5, 1e-308, 1e308, float("inf"), float("-inf"), float("nan"))
TEXTS = (
    "", "a", "1", "12", "me", "draft", "demo", "edityourself", "lips", "\0", "é" * 40, "x" * 5000,
    "/etc/passwd", "../../etc/passwd", "/dev/zero", "/proc/self/environ", "http://127.0.0.1/a.mov",
    "concat:/a|/b", "'; drop table jobs; --", "%s%n{0}",
    "\ud7ff\u200f\U0001f3ac", "-1", "1e9", "None", "9" * 400,
)  # fmt: skip
LONGEST = 300_000  # bytes; what is beyond a request's limit costs the connection, and has a test of its own
ODD = (
    None,
    True,
    False,
    b"",
    b"\xff\x00",
    [],
    {},
    [[]],
    [None] * 50,
    {"": None},
    {"type": "status"},
    {1: 2},
    *FLOATS,
)
TAGS = tuple(kind.__struct_config__.tag for kind in Ask.__args__)

ASKS, ANSWERS = inspect.multi_type_info((Ask, Answer))


# ---------------------------------------------------------------------------------------- valid


def message(chance: random.Random, of: inspect.Type = ASKS, number: int | None = None) -> Message:
    """A request or a reply of any kind, as the schema has it, of values that may be out of their bounds.

    `number`: the message's id, any where None.
    """
    body = _value(of, chance)
    return {"protocol": PROTOCOL_VERSION, "id": number or chance.randrange(1, 2**32), "body": body}


def _value(kind: inspect.Type, chance: random.Random) -> Any:  # noqa: C901, PLR0911, PLR0912  (one for each type)
    """As it stands on the wire."""
    match kind:
        case inspect.StructType(fields=fields, tag_field=tag_field, tag=tag, array_like=array_like):
            present = [field for field in fields if field.required or chance.random() < 0.7]
            if array_like:
                return [_value(field.type, chance) for field in fields]
            tagged = {} if tag_field is None else {tag_field: tag}
            return tagged | {field.encode_name: _value(field.type, chance) for field in present}
        case inspect.UnionType(types=types):
            return _value(chance.choice(types), chance)
        case inspect.LiteralType(values=values):
            return chance.choice(values)
        case inspect.VarTupleType(item_type=item):
            return [_value(item, chance) for _ in range(chance.choice((0, 1, 1, 2, 5)))]
        case inspect.TupleType(item_types=items):
            return [_value(item, chance) for item in items]
        case inspect.IntType():
            return chance.choice((chance.randrange(200), chance.choice(INTEGERS)))
        case inspect.FloatType():
            return chance.choice(FLOATS)
        case inspect.StrType():
            return chance.choice(TEXTS)
        case inspect.BytesType():
            return chance.randbytes(chance.choice((0, 1, 8, 16, 1000)))
        case inspect.DictType(key_type=key, value_type=value):
            return {_value(key, chance): _value(value, chance) for _ in range(chance.randrange(3))}
        case inspect.BoolType():
            return chance.random() < 0.5
        case inspect.NoneType():
            return None
    raise AssertionError(f"the wire has a type that is not built here: {kind}")


# ---------------------------------------------------------------------------------------- damaged


def damaged(chance: random.Random, of: inspect.Type = ASKS, number: int | None = None) -> bytes:
    """A request, or a reply, after up to seven damages of its values, its structure and its bytes."""
    whole = message(chance, of, number)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
        chance.choice(STRUCTURAL)(whole, chance)
    frame = encoded(whole)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 4))):
        frame = chance.choice(BYTEWISE)(frame, chance)
    return frame


def encoded(value: Any) -> bytes:
    """msgpack of whatever it is; of what msgspec itself cannot write, something as strange."""
    try:
        return msgspec.msgpack.encode(value)
    except OverflowError:
        return msgspec.msgpack.encode(2**64 - 1)
    except RecursionError:
        return b"\x91" * 3000


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every value in it, as its holder and its key there."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in list(pairs):
        found.append((value, key))
        found += _places(one)
    return found


def _place(whole: Message, chance: random.Random) -> tuple[Any, Any]:
    return chance.choice(_places(whole) or [({"x": 1}, "x")])


def _odd(chance: random.Random) -> Any:
    """One's own: a list that two hold might come to hold itself."""
    return copy.deepcopy(chance.choice(ODD))


def _exchange_value(whole: Message, chance: random.Random) -> None:
    holder, key = _place(whole, chance)
    holder[key] = chance.choice((_odd(chance), *INTEGERS, *TEXTS))


def _leave_out(whole: Message, chance: random.Random) -> None:
    holder, key = _place(whole, chance)
    del holder[key]


def _add_field(whole: Message, chance: random.Random) -> None:
    holder, _ = _place(whole, chance)
    if isinstance(holder, dict):
        holder[chance.choice(("x", "", "type", "job", "__class__", "protocol", 7, None, b"k"))] = (
            chance.choice(ODD)
        )
    else:
        holder.append(_odd(chance))


def _rename_field(whole: Message, chance: random.Random) -> None:
    holder, key = _place(whole, chance)
    if isinstance(holder, dict):
        holder[chance.choice((f"{key}x", str(key).upper(), 1))] = holder.pop(key)


def _exchange_two(whole: Message, chance: random.Random) -> None:
    (holder, key), (other, name) = _place(whole, chance), _place(whole, chance)
    holder[key] = msgspec.Raw(encoded(other[name]))


def _another_tag(whole: Message, chance: random.Random) -> None:
    tagged = [holder for holder, key in _places(whole) if key == "type"]
    if tagged:
        chance.choice(tagged)["type"] = chance.choice(
            (*TAGS, "render", "sleep", "keep", "box", "", "x", 1, None)
        )


def _another_version(whole: Message, chance: random.Random) -> None:
    whole["protocol"] = chance.choice((0, 1, 2, 4, -1, 2**63, "3", None, 3.0, [3]))


def _another_id(whole: Message, chance: random.Random) -> None:
    whole["id"] = chance.choice((0, -1, 2**63, 2**64 - 1, "1", None, 1.5, []))


def _many(whole: Message, chance: random.Random) -> None:
    holder, key = _place(whole, chance)
    most = LONGEST // (len(encoded(holder[key])) + 1)
    holder[key] = [holder[key]] * min(most, chance.choice((2, 100, 3000)))


def _nest(whole: Message, chance: random.Random) -> None:
    holder, key = _place(whole, chance)
    value = holder[key]
    for _ in range(chance.choice((1, 5, 60, 200))):
        value = [value] if chance.random() < 0.5 else {"job": value}
    holder[key] = value


def _flip(frame: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(frame) + 1)
    return frame[:place] + bytes([chance.randrange(256)]) + frame[place + 1 :]


def _insert(frame: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(frame) + 1)
    return frame[:place] + chance.randbytes(chance.choice((1, 1, 4, 300))) + frame[place:]


def _cut(frame: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(frame) + 1)
    return frame[:place] + frame[place + chance.choice((1, 1, 8, 10_000)) :]


def _repeat(frame: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(frame) + 1)
    return frame[:place] + frame[max(0, place - 40) : place] * chance.choice((2, 50)) + frame[place:]


def _claim(frame: bytes, chance: random.Random) -> bytes:
    """A length that is not there: of a text, bytes, a list, a map, an extension."""
    place = chance.randrange(len(frame) + 1)
    kind = chance.choice((0xDB, 0xC6, 0xDD, 0xDF, 0xC9))
    return (
        frame[:place]
        + bytes([kind])
        + struct.pack(">I", chance.choice((2**32 - 1, 2**31, 70_000)))
        + frame[place:]
    )


def _deepen(frame: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(frame) + 1)
    return (
        frame[:place]
        + chance.choice((b"\x91", b"\x81\xa1a")) * chance.choice((100, 3000, 60_000))
        + frame[place:]
    )


def _splice(frame: bytes, chance: random.Random) -> bytes:
    other = encoded(message(chance))
    return frame[: chance.randrange(len(frame) + 1)] + other[chance.randrange(len(other) + 1) :]


STRUCTURAL: tuple[Callable[[Message, random.Random], None], ...] = (
    _exchange_value, _exchange_value, _exchange_value, _leave_out, _add_field, _rename_field, _exchange_two,
    _another_tag, _another_version, _another_id, _many, _nest,
)  # fmt: skip
BYTEWISE: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _flip, _insert, _cut, _repeat, _claim, _deepen, _splice,
)  # fmt: skip
