"""Captions follow a retimed clip, and nothing but their times changes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from bridge import captions
from bridge.captions import Captions
from bridge.errors import BadCaptions, UnwritableOutput
from bridge.shots import Shot
from engine.protocol import Add, EditPlan, Keep, Ratio

RATE = Fraction(25)
SRT = (
    b"1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>Hello</i>\r\n\r\n"
    b"2\r\n00:00:10,000 --> 00:00:12,500\r\nfollows\r\n"
)


def longer(added: int = 25) -> Shot:
    """A clip of 100 frames, after whose 50th so many are added; a head handle of 5 frames."""
    spans = Keep(start=-5, end=0), Keep(start=0, end=50), Add(frames=added), Keep(start=50, end=100)
    return Shot(start=0, end=100, shifts=(), plan=EditPlan(rate=Ratio(num=25), spans=spans, handles=(5, 0)))


def shorter(removed: int = 25) -> Shot:
    spans = Keep(start=0, end=50), Keep(start=50 + removed, end=100)
    return Shot(start=0, end=100, shifts=(), plan=EditPlan(rate=Ratio(num=25), spans=spans))


def moved(time: str, shot: Shot, start: int = 50) -> str:
    """Where a caption that begins then begins afterwards; the clip begins at timeline frame `start`."""
    content = f"{time} --> 23:00:00.000".encode()
    told = captions.shifted(Captions(content=content, suffix=".vtt"), start, shot, RATE)
    return told.content.decode().split(" --> ")[0]


def loaded(tmp_path: Path, content: bytes, name: str = "a.srt") -> Captions:
    (tmp_path / name).write_bytes(content)
    return captions.load(tmp_path / name)


def test_what_is_before_the_clip_stays() -> None:
    assert moved("00:00:01.000", longer()) == "00:00:01.000"


def test_what_is_behind_it_moves_by_all_that_was_added() -> None:
    assert moved("00:00:10.000", longer()) == "00:00:11.000"


def test_within_it_what_comes_after_the_addition_moves() -> None:
    assert moved("00:00:03.960", longer()) == "00:00:03.960"
    assert moved("00:00:04.000", longer()) == "00:00:05.000"


def test_what_lay_in_a_removed_stretch_lies_where_it_was() -> None:
    assert moved("00:00:04.520", shorter()) == "00:00:04.000"
    assert moved("00:00:05.000", shorter()) == "00:00:04.000"
    assert moved("00:00:06.000", shorter()) == "00:00:05.000"


def test_all_but_the_times_is_byte_for_byte_what_it_was(tmp_path: Path) -> None:
    told = captions.shifted(loaded(tmp_path, SRT), 50, longer(), RATE)
    assert told.content == SRT.replace(b"00:00:10,000 --> 00:00:12,500", b"00:00:11,000 --> 00:00:13,500")


def test_webvtt_keeps_its_settings_and_its_short_times(tmp_path: Path) -> None:
    cue = b"WEBVTT\n\nNOTE mine\n\n00:10.000 --> 00:12.000 align:start\nfollows\n"
    told = captions.shifted(loaded(tmp_path, cue, "a.vtt"), 50, longer(), RATE)
    assert told.content == cue.replace(b"00:10.000 --> 00:12.000", b"00:11.000 --> 00:13.000")


def test_hours_are_written_where_they_are_needed_now(tmp_path: Path) -> None:
    told = captions.shifted(loaded(tmp_path, b"59:59.500 --> 59:59.900\nx\n", "a.vtt"), 50, longer(), RATE)
    assert told.content == b"01:00:00.500 --> 01:00:00.900\nx\n"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", SRT, "captions are .srt or .vtt"),
        ("a.srt", b"hello", "there is no caption in it"),
        ("a.srt", b"1\n00:00:02,000 --> 00:00:01,000\nx\n", "caption 1 ends before it begins"),
    ],
)
def test_what_holds_no_captions_is_refused(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    with pytest.raises(BadCaptions, match=told):
        loaded(tmp_path, content, name)


def test_they_are_never_written_over_themselves(tmp_path: Path) -> None:
    loaded(tmp_path, SRT, "cut.srt")
    with pytest.raises(UnwritableOutput):
        captions.beside(tmp_path / "cut.otio", tmp_path / "cut.srt")
