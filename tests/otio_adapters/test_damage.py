"""Files damaged at random: whatever they have become, they are read or refused, never a traceback."""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otio_adapters.clip_place import clip_names, find_clip
from otio_adapters.errors import TimelineError
from otio_adapters.read import read
from otio_adapters.write import write

GOLDENS = Path(__file__).parents[1] / "data" / "otio_adapters"
TOKENS = re.compile(r'"[^"\n]*"|<(\w+)[^>/]*>[^<]*</\1>|(?<![\w.])-?\d+(?:\.\d+)?(?!\w)')
STRANGE = ("0", "-1", "999999999999", "1e400", "NaN", '""', "null", "", "../..", "0.5")


@pytest.mark.parametrize("name", ["revised.kdenlive", "revised.xml", "revised.otio"])
@settings(max_examples=80, deadline=None, derandomize=True)
@given(hits=st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(STRANGE)), min_size=1, max_size=3))
def test_a_damaged_file_is_read_or_refused(name: str, hits: list[tuple[int, str]]) -> None:
    text = (GOLDENS / name).read_text("utf-8")
    for where, strange in hits:
        tokens = list(TOKENS.finditer(text))
        token = tokens[where % len(tokens)]
        text = text[: token.start()] + strange + text[token.end() :]
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(TimelineError):
        path = Path(folder, name)
        path.write_text(text, "utf-8")
        timeline = read(path)
        for clip in clip_names(timeline):
            find_clip(timeline, clip)
        write(timeline, path, origin=path)
