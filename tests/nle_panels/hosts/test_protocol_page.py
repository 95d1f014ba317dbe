"""The written protocol's examples and tables are messages of the protocol."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import msgspec

from nle_panels.hosts import bridge_server, remote
from nle_panels.hosts.admission import Close
from nle_panels.hosts.meeting import Meeting
from nle_panels.hosts.messages import FromHost, FromPanel, Place, Question

PAGE = (Path(bridge_server.__file__).parent / "PROTOCOL.md").read_text(encoding="utf-8")


def test_each_example_is_a_message() -> None:
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    for example in examples:
        kind = FromHost | FromPanel if "type" in example else Meeting
        msgspec.convert(example, kind)
    assert {example.get("type") for example in examples} == {None, "hello", "exported", "place"}


def test_the_ripples_of_the_example_make_up_its_change_of_length() -> None:
    (example,) = [block for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if '"place"' in block]
    for piece in msgspec.json.decode(example, type=Place).pieces:
        frames = piece.take.frames if piece.take else 0
        assert sum(ripple.added - ripple.removed for ripple in piece.ripples) == frames - piece.length


def test_each_question_is_in_the_table_with_its_fields_and_time() -> None:
    seconds = {"export": remote._EXPORT, "place": remote._PLACE, "undo": remote._UNDO}
    for question in get_args(Question):
        name = question.__struct_config__.tag
        fields = ", ".join(question.__struct_fields__)
        within = f"{seconds[name]:g} s" if name in seconds else "10 s"
        assert re.search(rf"\| `{name}` `{fields}` \|.*\| {within} \|", PAGE), name


def test_each_code_is_in_the_table() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}
    assert told == {*map(int, Close), 1009}
