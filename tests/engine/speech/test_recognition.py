"""Speech to text with weights that the user brings; this Whisper is tiny and random, the way to it real."""

from __future__ import annotations

import math
import socket
from fractions import Fraction
from pathlib import Path

import pytest
import tiny_whisper
from hypothesis import given
from hypothesis import strategies as st

from engine import errors
from engine.protocol import Progress
from engine.speech import recognition
from engine.speech.recognition import Guess, joined, mended, transcribe
from engine.speech.scratch import speak

ANY = st.floats(allow_nan=True, allow_infinity=True)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("faster_whisper", reason="the whisper extra is not installed")
    pytest.importorskip("transformers", reason="only the tests need it, to make a Whisper")
    return tiny_whisper.make(tmp_path_factory.mktemp("whisper"))


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    line = "Hello there my dear friend, how are you today? I hope that all is well."
    return Path(speak(line, folder=tmp_path_factory.mktemp("speech")).path)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*address: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def guess(text: str, start: float = 0.0, end: float = 1.0, probability: float = 0.5) -> Guess:
    return Guess(text=text, start=start, end=end, probability=probability)


@pytest.mark.usefixtures("no_network")
def test_a_model_in_a_folder_transcribes_without_the_network(model: Path, media: Path) -> None:
    seen: list[Progress] = []

    transcript = transcribe(
        media,
        language="en",
        model=str(model),
        fingerprint="abc",
        duration=Fraction(9, 2),
        on_progress=seen.append,
    )

    assert transcript.words
    assert all(0 <= word.start <= word.end <= 4.5 for word in transcript.words)
    assert (transcript.source, transcript.language, transcript.fingerprint) == ("recognised", "en", "abc")
    assert transcript.energy
    assert seen
    assert all(progress.done <= progress.total == 5 for progress in seen)


@pytest.mark.usefixtures("no_network")
def test_the_same_sound_gives_the_same_words(model: Path, media: Path) -> None:
    one, other = (
        transcribe(media, language=None, model=str(model), fingerprint="", duration=Fraction(4))
        for _ in range(2)
    )

    assert one == other


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["small", "no/such", "nonsense", ""])
def test_weights_that_are_not_here_are_not_fetched(
    name: str, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("faster_whisper", reason="the whisper extra is not installed")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    with pytest.raises(errors.MissingModel, match="--script"):
        transcribe(media, language="en", model=name, fingerprint="", duration=Fraction(4))


def test_a_folder_that_is_not_whole_is_named_with_what_it_lacks(
    model: Path, media: Path, tmp_path: Path
) -> None:
    (tmp_path / "model.bin").write_bytes((model / "model.bin").read_bytes())

    with pytest.raises(errors.MissingModel, match=r"lacks config\.json, tokenizer\.json"):
        transcribe(media, language="en", model=str(tmp_path), fingerprint="", duration=Fraction(4))


def test_a_damaged_model_is_no_crash(model: Path, media: Path, tmp_path: Path) -> None:
    for file in model.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[:100])

    with pytest.raises(errors.MissingModel, match="cannot be loaded"):
        transcribe(media, language="en", model=str(tmp_path), fingerprint="", duration=Fraction(4))


def test_without_the_extra_the_error_names_the_line_that_installs_it(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "_installed", lambda: False)

    with pytest.raises(errors.MissingModel, match=r"pip install 'pickup-editor\[whisper\]'.*--script"):
        transcribe(media, language="en", model="small", fingerprint="", duration=Fraction(4))


def test_pieces_without_a_space_before_them_belong_to_the_token() -> None:
    tokens = joined((guess(" well"), guess("-known", end=2, probability=0.2), guess(" garden.")), "en")

    assert [token.text for token in tokens] == ["well-known", "garden."]
    assert (tokens[0].end, tokens[0].probability) == (2, 0.2)


def test_a_language_without_spaces_keeps_its_words_apart() -> None:
    assert [token.text for token in joined((guess("早上"), guess("好")), "zh")] == ["早上", "好"]


def test_words_that_run_over_the_end_are_cut_and_later_ones_left_out() -> None:
    words = mended((guess("a", 1, 9), guess("b", 9, 12)), 5.0)

    assert [(word.text, word.start, word.end) for word in words] == [("a", 1, 5)]


def test_a_time_that_is_no_number_becomes_its_neighbours() -> None:
    words = mended((guess("a", 1, 2), guess("b", math.nan, math.nan, math.nan), guess("c", 3, 4)), 5.0)

    assert [(word.start, word.end) for word in words] == [(1, 2), (2, 2), (3, 4)]
    assert words[1].confidence is None


@given(st.lists(st.tuples(ANY, ANY, ANY)), st.floats(min_value=0.1, max_value=1e4))
def test_whatever_the_times_words_come_in_order_and_inside_the_media(
    times: list[tuple[float, float, float]], duration: float
) -> None:
    words = mended([guess("x", *values) for values in times], duration)

    bounds = [time for word in words for time in (word.start, word.end)]
    assert bounds == sorted(bounds)
    assert all(0 <= bound <= duration for bound in bounds)
    assert all(word.confidence is None or 0 <= word.confidence <= 1 for word in words)
