"""Where new words' sound comes from."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from bridge.errors import ImpossibleEdit, UsageError
from bridge.revision import Change
from bridge.speech_source import lines_for, recorded_line
from bridge.voices.booth import Booth
from bridge.voices.command import CommandVoice
from engine.protocol import Analyse, Analysis, AudioInfo, Job, MediaInfo, Ratio, Result, Speak, SpokenLine

NEW = (Change(start=1, stop=1, words=("really",)), Change(start=3, stop=4, words=("every", "chance")))
SILENCE, SPEECH, BREATH = 110, 20, 75


class Listening:
    """An engine that knows how loud files are, and speaks."""

    def __init__(self, energy: bytes) -> None:
        self.energy = energy
        self.spoken: list[str] = []

    def run(self, job: Job) -> Result:
        if isinstance(job, Speak):
            self.spoken.append(job.text)
            return SpokenLine(
                path=f"/cache/{len(self.spoken)}.wav", fingerprint="s", duration=Ratio(num=1), words=()
            )
        assert isinstance(job, Analyse)
        sound = AudioInfo(channels=1, sample_rate=48000, codec="pcm_s16le")
        info = MediaInfo(path=job.media, fingerprint="f", duration=Ratio(num=1), video=None, audio=sound)
        return Analysis(info=info, energy=self.energy)


def spoken_line() -> bytes:
    return bytes([SILENCE] * 20 + [SPEECH] * 50 + [BREATH] * 10 + [SILENCE] * 20)


def test_a_recorded_line_is_used_without_the_silence_around_it() -> None:
    line = recorded_line(Path("line.wav"), Listening(spoken_line()))
    assert (line.start, line.end) == (20, 70)


def test_recordings_go_to_the_new_lines_in_order_and_the_rest_is_scratch() -> None:
    engine = Listening(spoken_line())
    lines = lines_for(NEW, [Path("/one.wav")], engine, Fraction(10))
    assert [(line.path, line.scratch) for line in lines] == [("/one.wav", False), ("/cache/1.wav", True)]
    assert engine.spoken == ["every chance"]


def test_removals_need_no_voice() -> None:
    assert lines_for((Change(start=1, stop=2),), [], Listening(b""), Fraction(10)) == ()


def test_more_recordings_than_new_lines_are_refused() -> None:
    with pytest.raises(UsageError, match="3 --speech files for 2"):
        lines_for(NEW, [Path("a"), Path("b"), Path("c")], Listening(spoken_line()), Fraction(10))


def test_a_line_longer_than_the_clip_is_surely_another_file() -> None:
    with pytest.raises(ImpossibleEdit, match=r"0\.50 s, longer than the whole clip \(0\.40 s\)"):
        lines_for(NEW, [Path("/one.wav")], Listening(spoken_line()), Fraction(4, 10))


@pytest.mark.parametrize("energy", [b"", bytes([SILENCE] * 100), bytes([255] * 100)])
def test_a_recording_without_speech_is_refused(energy: bytes) -> None:
    with pytest.raises(ImpossibleEdit, match="no speech in it"):
        recorded_line(Path("line.wav"), Listening(energy))


def test_a_line_without_a_recording_between_others_is_scratch() -> None:
    lines = lines_for(NEW, [None, Path("/two.wav")], Listening(spoken_line()), Fraction(10))
    assert [(line.path, line.scratch) for line in lines] == [("/cache/1.wav", True), ("/two.wav", False)]


def test_what_nobody_recorded_is_said_in_the_booth(tmp_path: Path) -> None:
    template = (
        f"{sys.executable} -c 'import sys; open(sys.argv[1], \"w\").write(sys.argv[2])' {{out}} {{text}}"
    )
    booth = Booth(voice=CommandVoice(template), folder=tmp_path, agree=lambda *_: None)
    engine = Listening(spoken_line())
    first, other = lines_for(NEW, [None, Path("/two.wav")], engine, Fraction(10), booth)
    assert (Path(first.path).read_text(), first.scratch, other.path) == ("really", False, "/two.wav")
    assert engine.spoken == []
