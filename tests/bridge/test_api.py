"""The Python API by the examples of its page, and what it promises beside them."""

from __future__ import annotations

import re
import subprocess
import sys
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from consents import keep_consent
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, words_of

import bridge
from bridge.errors import ImpossibleEdit, UsageError
from engine import launcher
from engine.paths import EnginePaths
from engine.training.synthetic import ClipSpec, draw_clip, write_clip
from otio_adapters.read import read
from otio_adapters.write import write

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = keep_consent(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PICKUP_HOME", str(home))
        yield home
        launcher.stop(EnginePaths.default())
        for engine in launcher._started:  # else Python warns of a process that nobody waited for
            engine.wait(10)


@pytest.fixture
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A timeline of one clip, which says eight words, and a line; here."""
    media = make_media(tmp_path / "clip.mov")
    cut = Cut(name="interview", media=media, start=0, frames=100)
    write(timeline([cut], Source(frames=100), Fraction(RATE)), tmp_path / "cut.otio")
    at = np.arange(420 * 480) / 48_000
    with wave.open(str(tmp_path / "line.wav"), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", "not compressed"))
        file.writeframes((np.sin(2 * np.pi * 300 * at) * 9000).astype("<i2").tobytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_edit_goes_from_words_to_a_timeline(folder: Path) -> None:
    words = words_of(folder / "clip.mov")
    with bridge.Project.open("cut.otio") as project:
        assert project.clips == ("interview",)
        edit = project.revise("interview", remove=["three"], transcript=words)
        assert (edit.change < 0, edit.frames > 0) == (True, True)
        report = edit.render().conform("out/cut.otio")
    assert report.duration_after - report.duration_before == edit.change
    assert read(folder / "out" / "cut.otio").duration().value == report.duration_after


def run(example: str, folder: Path) -> str:
    """What the example prints."""
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_pages_first_example_runs(home: Path, tmp_path: Path) -> None:
    said = "One two three four five."
    clip = draw_clip(ClipSpec(seed=1, text=said, width=160, height=90, rate=Fraction(RATE)))
    write_clip(clip, tmp_path, "presenter")
    frames = clip.truth.frames
    cut = Cut(name="interview", media=tmp_path / "presenter.mov", start=0, frames=frames)
    write(timeline([cut], Source(frames=frames), Fraction(RATE)), tmp_path / "cut.otio")
    (tmp_path / "said.txt").write_text(said)
    told = run(EXAMPLES[0], tmp_path)
    assert "('interview',)" in told
    assert read(tmp_path / "out" / "cut.otio").duration().value < frames


def test_the_pages_second_example_runs(folder: Path) -> None:
    assert "line.wav over interview" in run(EXAMPLES[1], folder)
    assert read(folder / "de" / "cut.otio").duration().value > 100


def test_the_page_has_no_other_example() -> None:
    assert len(EXAMPLES) == 2


def test_nothing_is_written_before_it_is_conformed(folder: Path) -> None:
    before = sorted(folder.iterdir())
    with bridge.Project.open("cut.otio") as project:
        project.dub("interview", speech=["line.wav"]).render()
    assert sorted(folder.iterdir()) == before


def test_the_timeline_that_was_opened_is_never_written_over(folder: Path) -> None:
    with bridge.Project.open("cut.otio") as project:
        rendered = project.dub("interview", speech=["line.wav"]).render()
        with pytest.raises(UsageError, match="is the timeline that is read"):
            rendered.conform("cut.otio")


def test_what_cannot_be_is_told_when_it_is_planned(folder: Path) -> None:
    with bridge.Project.open("cut.otio") as project, pytest.raises(ImpossibleEdit):
        project.dub("interview", speech=["line.wav"], retime="+9")


def test_progress_is_told_to_who_asks_for_it(folder: Path) -> None:
    phases: list[str] = []
    with bridge.Project.open("cut.otio", on_progress=lambda phase, _: phases.append(phase)) as project:
        project.dub("interview", speech=["line.wav"]).render(fresh=True)
    assert "rendering interview" in phases


def test_importing_bridge_brings_in_nothing_heavy() -> None:
    heavy = ("opentimelineio", "zmq", "numpy", "torch")
    told = run(f"import sys, bridge; print([name for name in {heavy} if name in sys.modules])", Path.cwd())
    assert told.strip() == "[]"


def test_there_is_nothing_else_of_that_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Timeline'"):
        _ = bridge.Timeline
