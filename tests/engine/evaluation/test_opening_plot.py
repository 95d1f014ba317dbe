"""The plot of an edit shows what the mouth does in the frames, what it should do, and which are edited."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_faces import installed_models
from grey_film import make_film

from engine.errors import MissingModel
from engine.evaluation import opening_plot, opening_track
from engine.evaluation.cuts import Cut, CutLists
from engine.evaluation.opening import correlation
from engine.evaluation.opening_plot import agreement, edited_runs, main, plot
from engine.evaluation.opening_track import OpeningTrack, envelope_of, expected_opening, track_of
from engine.protocol import Ratio, Word
from engine.training.synthetic import ClipSpec, ClipTruth, draw_clip, write_clip

TEXT = "Hello there. We make a film about a large apple."


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ClipTruth]:
    """A drawn presenter who says something, with the truth beside it."""
    folder = tmp_path_factory.mktemp("spoken")
    clip = draw_clip(ClipSpec(seed=7, text=TEXT, width=320, height=240))
    write_clip(clip, folder, "presenter")
    return folder / "presenter.mov", clip.truth


def cuts_of(media: Path, frames: int, edited: range) -> CutLists:
    """All of a film, a stretch of which counts as edited."""
    name = str(media)
    pieces = (
        Cut(media=name, start=0, frames=edited.start),
        Cut(media=name, start=edited.start, frames=len(edited), edited=True, label="take"),
        Cut(media=name, start=edited.stop, frames=frames - edited.stop),
    )
    whole = Cut(media=name, start=0, frames=frames)
    return CutLists(rate=Ratio(num=25), before=(whole,), after=pieces)


@pytest.fixture(scope="module")
def track(spoken: tuple[Path, ClipTruth]) -> OpeningTrack:
    installed_models()
    media, truth = spoken
    return track_of(cuts_of(media, truth.frames, range(20, 40)), TEXT)


def flat(frames: int = 50, **given: object) -> OpeningTrack:
    unknown = np.full(frames, np.nan)
    values = {
        "measured": np.full(frames, 0.03),
        "true": unknown,
        "expected": unknown,
        "envelope": np.zeros(frames * 4),
        "edited": (False,) * frames,
        **given,
    }
    return OpeningTrack(rate=Fraction(25), **values)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------- track


def test_the_mouth_is_measured_in_every_frame_and_agrees_with_the_truth(
    track: OpeningTrack, spoken: tuple[Path, ClipTruth]
) -> None:
    _, truth = spoken
    assert track.frames == truth.frames
    assert np.allclose(track.true, truth.opening)
    assert correlation(track.measured, track.true) >= 0.85


def test_words_are_found_in_the_edited_sound(track: OpeningTrack, spoken: tuple[Path, ClipTruth]) -> None:
    _, truth = spoken
    assert [word.text for word in track.words] == TEXT.split()
    assert max(abs(one.start - true.start) for one, true in zip(track.words, truth.words, strict=True)) < 0.2


def test_what_words_ask_for_is_close_to_what_the_mouth_that_says_them_does(
    spoken: tuple[Path, ClipTruth],
) -> None:
    _, truth = spoken
    asked = expected_opening(truth.words, truth.frames, Fraction(25), "en-us")
    assert correlation(asked, truth.opening) >= 0.85


def test_the_edited_frames_are_those_of_edited_cuts(track: OpeningTrack) -> None:
    assert list(edited_runs(track.edited)) == [(20, 40)]


def test_the_envelope_is_loud_where_the_sound_is() -> None:
    sound = np.zeros((4800, 2), np.float32)
    sound[2400:] = 0.25
    assert envelope_of(sound).tolist() == [0.0] * 5 + [1.0] * 5
    assert envelope_of(np.zeros((100, 2), np.float32)).tolist() == []


def test_truth_of_another_rate_is_not_taken(spoken: tuple[Path, ClipTruth]) -> None:
    media, _ = spoken
    one = Cut(media=str(media), start=0, frames=10)
    found = opening_track._true(CutLists(rate=Ratio(num=24), before=(one,), after=(one,)))
    assert np.isnan(found).all()


def test_footage_of_which_nothing_is_known_has_no_truth(tmp_path: Path) -> None:
    installed_models()
    found = track_of(cuts_of(make_film(tmp_path / "film.mov"), 30, range(10, 20)))
    assert np.isnan(found.true).all()
    assert np.isnan(found.measured).all()  # a grey film has no face
    assert (found.words, agreement(found)) == ((), "")


def test_without_the_face_models_nothing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_track, "find_models", lambda: None)
    with pytest.raises(MissingModel, match=r"engine\.face\.models"):
        track_of(cuts_of(make_film(tmp_path / "film.mov"), 30, range(10, 20)))


# -------------------------------------------------------------------------------------------- plot


def has(picture: np.ndarray, ink: tuple[int, int, int], rows: tuple[int, int]) -> np.ndarray:
    """The columns that hold a colour between two rows."""
    found: np.ndarray = (picture[rows[0] : rows[1]] == ink).all(axis=-1).any(axis=0)
    return found


def test_edited_frames_are_shaded_and_others_are_not() -> None:
    edited = tuple(10 <= frame < 20 for frame in range(50))
    shaded = np.flatnonzero(has(plot(flat(edited=edited)), opening_plot._SHADE, opening_plot._SOUND))
    across = plot(flat()).shape[1] - 90
    assert shaded.min() == pytest.approx(70 + across * 0.2, abs=2)
    assert shaded.max() == pytest.approx(70 + across * 0.4, abs=2)
    assert not has(plot(flat()), opening_plot._SHADE, opening_plot._SOUND).any()


def test_a_wider_mouth_is_drawn_higher() -> None:
    measured = np.where(np.arange(50) < 25, 0.005, 0.06)
    rows, columns = np.nonzero((plot(flat(measured=measured)) == opening_plot._MEASURED).all(axis=-1))
    inside = (rows > opening_plot._MOUTH[0]) & (rows < opening_plot._MOUTH[1])
    early, late = columns < 400, columns > 600
    assert rows[inside & late].mean() < rows[inside & early].mean() - 100


def test_the_line_is_broken_where_there_is_no_face() -> None:
    measured = np.where((np.arange(50) >= 20) & (np.arange(50) < 30), np.nan, 0.03)
    drawn = has(plot(flat(measured=measured)), opening_plot._MEASURED, opening_plot._MOUTH)
    across = len(drawn) - 90
    assert not drawn[70 + int(across * 0.42) : 70 + int(across * 0.58)].any()
    assert drawn[70 + int(across * 0.2)]


def test_words_stand_where_they_are_said() -> None:
    word = Word(text="apple", start=1.0, end=1.4)
    rows = (opening_plot._WORDS - 12, opening_plot._WORDS + 2)
    blank, written = (plot(flat(words=words))[rows[0] : rows[1]] for words in ((), (word,)))
    columns = np.flatnonzero((blank != written).any(axis=(0, 2)))
    assert columns.min() == pytest.approx(70 + (written.shape[1] - 90) / 2, abs=3)


def test_agreement_is_told_for_all_frames_and_for_edited_ones() -> None:
    said = np.abs(np.sin(np.arange(50) / 3))
    edited = tuple(frame < 20 for frame in range(50))
    wrong_in_edit = np.where(np.arange(50) < 20, -said, said)
    told = agreement(flat(measured=wrong_in_edit, true=said, edited=edited))
    assert told.endswith("truth in edits r = -1.00")
    assert agreement(flat(measured=said, true=said)) == "truth r = 1.00"


# ----------------------------------------------------------------------------------------- command


def cuts_file(folder: Path, lists: CutLists) -> Path:
    cuts = [{"media": c.media, "start": c.start, "frames": c.frames, "edited": c.edited} for c in lists.after]
    path = folder / "cuts.json"
    path.write_text(json.dumps({"rate": [25, 1], "before": cuts, "after": cuts}))
    return path


def test_the_command_writes_a_png(tmp_path: Path, spoken: tuple[Path, ClipTruth]) -> None:
    installed_models()
    media, truth = spoken
    cuts = cuts_file(tmp_path, cuts_of(media, truth.frames, range(20, 40)))
    assert main([str(cuts), "-o", str(tmp_path / "plot.png")]) == 0
    assert cv2.imread(str(tmp_path / "plot.png")) is not None


def test_a_script_that_nobody_says_leaves_a_plot_without_words(
    tmp_path: Path, spoken: tuple[Path, ClipTruth], capsys: pytest.CaptureFixture[str]
) -> None:
    installed_models()
    media, truth = spoken
    script = tmp_path / "script.txt"
    script.write_text(
        "Completely different sentences concern electrical engineering, mathematics and physics. " * 4
    )
    cuts = cuts_file(tmp_path, cuts_of(media, truth.frames, range(20, 40)))
    assert main([str(cuts), "--script", str(script), "-o", str(tmp_path / "plot.png")]) == 0
    assert "note: the plot has no words" in capsys.readouterr().err
    assert (tmp_path / "plot.png").exists()


@pytest.mark.parametrize("missing", ["cuts", "media", "script"])
def test_what_is_missing_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    installed_models()
    cuts = cuts_file(tmp_path, cuts_of(tmp_path / "gone.mov", 30, range(10, 20)))
    asked = [str(tmp_path / "gone.json" if missing == "cuts" else cuts), "-o", str(tmp_path / "plot.png")]
    asked += ["--script", str(tmp_path / "gone.txt")] if missing == "script" else []
    assert main(asked) == 3
    message = capsys.readouterr().err
    assert "gone" in message
    assert message.count("\n") == 1
