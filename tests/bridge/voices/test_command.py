"""Any program as a voice, without a shell in between."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from bridge.errors import UsageError, VoiceFailed
from bridge.voices.command import CommandVoice
from bridge.voices.voice import VoiceLine

PYTHON = shlex.quote(sys.executable)


def program(tmp_path: Path, source: str) -> str:
    path = tmp_path / "say it.py"
    path.write_text(source)
    return f"{PYTHON} {shlex.quote(str(path))}"


ECHO = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('|'.join(sys.argv[2:]))"


def said(tmp_path: Path, words: str, line: VoiceLine) -> str:
    out = tmp_path / "out.wav"
    CommandVoice(f"{program(tmp_path, ECHO)} {{out}} {words}").say(line, out)
    return out.read_text()


def test_the_program_gets_the_text_the_language_and_the_reference(tmp_path: Path) -> None:
    line = VoiceLine(text="Guten Tag", language="de", reference=tmp_path / "her.wav")
    assert said(tmp_path, "--lang={language} {text} {reference}", line) == (
        f"--lang=de|Guten Tag|{tmp_path / 'her.wav'}"
    )


@pytest.mark.parametrize(
    "text", ["; rm -rf ~", "$(touch x)", "`x`", "a && b", "> file", 'say "so"', "it's {out}"]
)
def test_what_is_said_stays_one_word_whatever_it_holds(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, "{text}", VoiceLine(text=text)) == text


def test_a_program_that_fails_is_told_with_its_last_line(tmp_path: Path) -> None:
    voice = CommandVoice(f"{program(tmp_path, 'import sys; sys.exit(chr(110) + chr(111))')} {{out}}")
    with pytest.raises(VoiceFailed, match="ended with code 1: no"):
        voice.say(VoiceLine(text="x"), tmp_path / "out.wav")


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(VoiceFailed, match="no-such-program cannot be run"):
        CommandVoice("no-such-program {out}").say(VoiceLine(text="x"), tmp_path / "out.wav")


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    voice = CommandVoice(f"{program(tmp_path, 'import time; time.sleep(60)')} {{out}}", patience=0.5)
    with pytest.raises(VoiceFailed, match="took more than"):
        voice.say(VoiceLine(text="x"), tmp_path / "out.wav")


@pytest.mark.parametrize("template", ["", "say {text}", 'say "{out}'])
def test_a_template_that_writes_nowhere_or_is_torn_is_refused(template: str) -> None:
    with pytest.raises(UsageError):
        CommandVoice(template)
