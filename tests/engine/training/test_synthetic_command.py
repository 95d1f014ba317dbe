"""The command that draws a clip: the same files in every process, true to each other, and all or none."""

from __future__ import annotations

import subprocess
import sys
import wave
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import DiskFull
from engine.training import synthetic
from engine.training.presenter.identity import identity
from engine.training.synthetic import ClipTruth

TEXT = "A map, mama."
BREATHY = {"f2", "f3", "f5"}  # espeak-ng's variants whose noise differs between processes
SIZES = ["128x128", "640x360", pytest.param("1280x720", marks=pytest.mark.slow)]
RATES = ["25", "30000/1001"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """What the command left."""

    truth: ClipTruth
    sound: NDArray[np.float64]  # [samples]
    sound_rate: int
    movie: Path

    def energy(self, start: float, end: float) -> float:
        part = self.sound[round(start * self.sound_rate) : round(end * self.sound_rate)]
        return float(np.sqrt((part**2).mean()))

    def opening(self, start: float, end: float) -> NDArray[np.float64]:
        rate = self.truth.rate.exact
        return np.array(self.truth.opening[int(start * rate) : int(end * rate) + 1])

    def widest(self, ipa: str) -> float:
        return max(float(self.opening(p.start, p.end).max()) for p in self.truth.phonemes if ipa in p.ipa)

    def narrowest(self, ipa: str) -> float:
        return min(float(self.opening(p.start, p.end).min()) for p in self.truth.phonemes if ipa in p.ipa)


def drawn(folder: Path, *arguments: str) -> Written:
    """One clip, by the command, in this process."""
    assert synthetic.main(["--name", "clip", "-o", str(folder), *arguments]) == 0
    with wave.open(str(folder / "clip.wav")) as sound:
        raw = np.frombuffer(sound.readframes(sound.getnframes()), np.uint8).reshape(-1, 3)
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 3)
        rate = sound.getframerate()
    whole = (np.pad(raw, ((0, 0), (1, 0))).view("<i4")[:, 0] >> 8) / 2**23
    truth = msgspec.json.decode((folder / "clip.json").read_bytes(), type=ClipTruth)
    return Written(truth=truth, sound=whole, sound_rate=rate, movie=folder / "clip.mov")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return drawn(tmp_path_factory.mktemp("clip"), "--seed", "6", "--text", TEXT, "--size", "128x128")


# -------------------------------------------------------------------------------------- the same


def in_a_process_of_its_own(folder: Path, *arguments: str) -> dict[str, bytes]:
    command = [sys.executable, "-m", "engine.training.synthetic", *arguments, "-o", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_processes_leave_the_same_files_to_the_byte(tmp_path: Path) -> None:
    arguments = "--seed", "7", "--text", TEXT, "--size", "64x64"
    one, other = (in_a_process_of_its_own(tmp_path / name, *arguments) for name in ("one", "other"))
    assert sorted(one) == ["presenter_7.json", "presenter_7.mov", "presenter_7.wav"]
    assert one == other


def test_no_presenter_has_a_voice_that_differs_between_processes() -> None:
    voices = {identity(seed).voice.rpartition("+")[2] for seed in range(200)}
    assert len(voices) > 4
    assert not voices & BREATHY


def test_men_and_women_can_be_told_by_the_voice() -> None:
    for who in map(identity, range(50)):
        assert who.voice.rpartition("+")[2][0] == ("f" if who.made_up else "m")


# -------------------------------------------------------------------------------- what is there


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("rate", RATES)
def test_movie_sound_and_truth_are_of_one_length_size_and_rate(size: str, rate: str, tmp_path: Path) -> None:
    clip = drawn(tmp_path, "--seed", "6", "--text", "Mama.", "--size", size, "--rate", rate)
    truth, exact = clip.truth, Fraction(rate)
    with av.open(str(clip.movie)) as movie:
        stream, speech = movie.streams.video[0], movie.streams.audio[0]
        told = f"{stream.width}x{stream.height}", stream.average_rate, speech.rate
        frames = sum(1 for _ in movie.decode(stream))
    with av.open(str(clip.movie)) as movie:
        samples = sum(frame.samples for frame in movie.decode(audio=0))
    assert told == (size, exact, 48_000)
    assert f"{truth.width}x{truth.height}" == size
    assert truth.rate.exact == exact
    assert frames == truth.frames == len(truth.opening)
    assert samples == len(clip.sound) == round(frames * 48_000 / exact)


@pytest.mark.parametrize("rate", RATES)
def test_the_words_are_at_the_same_times_at_every_rate(rate: str, clip: Written, tmp_path: Path) -> None:
    other = drawn(tmp_path, "--seed", "6", "--text", TEXT, "--size", "64x64", "--rate", rate)
    assert (other.truth.words, other.truth.phonemes) == (clip.truth.words, clip.truth.phonemes)


def test_the_movies_sound_is_the_wav(clip: Written) -> None:
    with av.open(str(clip.movie)) as movie:
        parts = [frame.to_ndarray()[0] for frame in movie.decode(audio=0)]
    assert np.array_equal(np.concatenate(parts) / 2**31, clip.sound)


def test_phonemes_fill_the_words_and_lie_in_the_clip(clip: Written) -> None:
    truth = clip.truth
    assert [word.text for word in truth.words] == TEXT.split()
    for word in truth.words:
        inside = [p for p in truth.phonemes if word.start <= p.start and p.end <= word.end]
        assert (inside[0].start, inside[-1].end) == (word.start, word.end)
        assert all(a.end == b.start for a, b in pairwise(inside))
    assert truth.phonemes[-1].end < truth.frames / truth.rate.exact


def test_each_word_is_heard_where_it_is_said_to_be_and_nothing_before_between_and_after(
    clip: Written,
) -> None:
    words, end = clip.truth.words, clip.truth.frames / clip.truth.rate.exact
    _, before_pause, after_pause = words
    silences = (
        (0, words[0].start),
        (before_pause.end + 0.03, after_pause.start - 0.01),
        (words[-1].end + 0.1, end),
    )
    quiet = max(clip.energy(start, float(stop)) for start, stop in silences)
    assert min(clip.energy(word.start, word.end) for word in words) > 10 * quiet


def test_the_mouth_is_shut_in_silence(clip: Written) -> None:
    words = clip.truth.words
    assert clip.opening(0, words[0].start - 0.25).max() < 0.003
    assert clip.opening(words[-1].end + 0.35, 99).max() < 0.003


def test_the_mouth_is_open_at_an_a_and_shut_at_each_m_and_p(clip: Written) -> None:
    assert clip.widest("æ") > 0.04
    assert clip.widest("ɑː") > 0.04
    for phoneme in clip.truth.phonemes:
        if phoneme.ipa in {"m", "p"}:
            assert clip.opening(phoneme.start, phoneme.end).min() < 0.006
    assert clip.widest("ɑː") > 5 * clip.narrowest("m")


# ------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--text", "..."], 3, "nothing to say"),
        (["--text", ""], 3, "nothing to say"),
        (["--text", "a " * 6000], 3, "split it"),
        (["--text", "Hi", "--seed", "-1"], 2, "from 0 on"),
        (["--text", "Hi", "--seed", "x"], 2, "--seed"),
        (["--text", "Hi", "--size", "128"], 2, "1280x720"),
        (["--text", "Hi", "--size", "129x128"], 2, "even numbers"),
        (["--text", "Hi", "--size", "62x128"], 2, "even numbers"),
        (["--text", "Hi", "--size", "9000x9000"], 2, "even numbers"),
        (["--text", "Hi", "--rate", "0"], 2, "from 1 to 120"),
        (["--text", "Hi", "--rate", "1/0"], 2, "30000/1001"),
        (["--text", "Hi", "--rate", "nan"], 2, "30000/1001"),
        (["--text", "Hi", "--rate", "1e99999999"], 2, "30000/1001"),
        (["--text", "Hi", "--name", "../clip"], 2, "--name"),
        (["--text", "Hi", "--name", ""], 2, "--name"),
        ([], 2, "--text"),
    ],
)
def test_bad_input_is_one_line_and_a_code_and_leaves_nothing(
    arguments: list[str], code: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    try:
        found: object = synthetic.main(["--size", "64x64", *arguments, "-o", str(out)])
    except SystemExit as error:
        found = error.code
    told = capsys.readouterr()
    assert (found, told.out, told.err.count("\n")) == (code, "", 1)
    assert says in told.err
    assert not out.exists()


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    code = synthetic.main(["--text", "Hi", "--size", "64x64", "-o", str(tmp_path / "file")])
    assert (code, capsys.readouterr().err.count("\n")) == (5, 1)
    assert (tmp_path / "file").read_text() == "mine"


def full(*_: object, **__: object) -> None:
    raise DiskFull("no room to write the clip: free some and run again")


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("which", ["write_take", "write_wav", "save_whole"])
@pytest.mark.parametrize(("failing", "code"), [(full, 5), (interrupted, 130)])
def test_what_stops_halfway_leaves_the_older_clip_whole_and_no_part_of_the_new(
    which: str,
    failing: Callable[..., None],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    older = {f"presenter_6{suffix}": b"older" for suffix in (".mov", ".wav", ".json")}
    for name, content in older.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(synthetic, which, failing)
    arguments = ["--seed", "6", "--text", "Hi", "--size", "64x64", "-o", str(tmp_path)]
    assert synthetic.main(arguments) == code
    assert capsys.readouterr().err.count("\n") == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == older


def test_a_folder_in_a_files_place_stops_it_before_anything_is_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "presenter_6.wav").mkdir()
    arguments = ["--seed", "6", "--text", "Hi", "--size", "64x64", "-o", str(tmp_path)]
    assert synthetic.main(arguments) == 5
    assert "is a folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["presenter_6.wav"]
