"""A booth says each line once, and only what was agreed to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge.errors import NoSuchVoice, UsageError, VoiceFailed
from bridge.voices.booth import Booth
from bridge.voices.voice import VoiceLine, find_voice, names

HELLO, BYE = VoiceLine(text="hello"), VoiceLine(text="good bye")


@dataclass
class Parrot:
    """Writes what it is told, a unit for each letter."""

    identity: str = "parrot"
    unit: str = "letters"
    writes: bool = True
    said: list[str] = field(default_factory=list)

    def price(self, line: VoiceLine) -> int:
        return len(line.text)

    def say(self, line: VoiceLine, out: Path) -> None:
        self.said.append(line.text)
        if self.writes:
            out.write_text(line.text)


@dataclass
class Purse:
    """What was asked for; agrees, or does not."""

    agrees: bool = True
    asked: list[tuple[int, str]] = field(default_factory=list)

    def __call__(self, price: int, unit: str) -> None:
        self.asked.append((price, unit))
        if not self.agrees:
            raise UsageError("not agreed to")


def test_lines_come_in_their_order(tmp_path: Path) -> None:
    booth = Booth(voice=Parrot(), folder=tmp_path, agree=Purse())
    assert [path.read_text() for path in booth.say([BYE, HELLO])] == ["good bye", "hello"]


def test_the_price_of_all_lines_is_agreed_to_before_one_is_said(tmp_path: Path) -> None:
    parrot, purse = Parrot(), Purse(agrees=False)
    with pytest.raises(UsageError):
        Booth(voice=parrot, folder=tmp_path, agree=purse).say([HELLO, BYE])
    assert (purse.asked, parrot.said) == ([(13, "letters")], [])


def test_what_was_said_is_not_said_or_paid_for_again(tmp_path: Path) -> None:
    parrot, purse = Parrot(), Purse()
    first = Booth(voice=parrot, folder=tmp_path, agree=purse).say([HELLO])
    again = Booth(voice=parrot, folder=tmp_path, agree=purse).say([HELLO, BYE])
    assert (again[0], parrot.said) == (first[0], ["hello", "good bye"])
    assert purse.asked == [(5, "letters"), (8, "letters")]


def test_a_booth_knows_what_it_has_said(tmp_path: Path) -> None:
    booth = Booth(voice=Parrot(), folder=tmp_path, agree=Purse())
    booth.say([HELLO])
    assert (booth.has_said([HELLO]), booth.has_said([HELLO, BYE])) == (True, False)


def test_the_same_line_twice_is_said_once(tmp_path: Path) -> None:
    parrot, purse = Parrot(), Purse()
    one, other = Booth(voice=parrot, folder=tmp_path, agree=purse).say([HELLO, HELLO])
    assert (one == other, parrot.said, purse.asked) == (True, ["hello"], [(5, "letters")])


def test_another_voice_language_or_reference_is_another_line(tmp_path: Path) -> None:
    (tmp_path / "her.wav").write_bytes(b"her")
    lines = [
        HELLO,
        VoiceLine(text="hello", language="de"),
        VoiceLine(text="hello", reference=tmp_path / "her.wav"),
    ]
    booths = [Booth(voice=Parrot(identity=name), folder=tmp_path, agree=Purse()) for name in "ab"]
    assert len({path for booth in booths for path in booth.say(lines)}) == 6


def test_a_voice_that_writes_nothing_has_failed_and_leaves_nothing(tmp_path: Path) -> None:
    booth = Booth(voice=Parrot(writes=False), folder=tmp_path / "said", agree=Purse())
    with pytest.raises(VoiceFailed, match='wrote nothing for "hello"'):
        booth.say([HELLO])
    assert list((tmp_path / "said").iterdir()) == []


def test_a_reference_that_is_not_there_is_named(tmp_path: Path) -> None:
    booth = Booth(voice=Parrot(), folder=tmp_path, agree=Purse())
    with pytest.raises(VoiceFailed, match=r"her\.wav: the reference cannot be read"):
        booth.say([VoiceLine(text="hello", reference=tmp_path / "her.wav")])


def test_voices_are_found_by_their_entry_points() -> None:
    assert {"scratch", "command", "elevenlabs", "piper"} <= set(names())
    assert find_voice("scratch") is None
    assert "say-it" in getattr(find_voice("command:say-it {out} {text}"), "identity")  # noqa: B009


def test_a_voice_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(NoSuchVoice, match="no voice 'parrot'; there is: command, elevenlabs"):
        find_voice("parrot")
