"""`pickup edit` and consent: new words without a record are refused or marked, and a record ends both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from timelines import Cut, Source, timeline
from tiny import RATE, WORDS, make_media, make_transcript

from otio_adapters.write import write


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A timeline of one clip that says eight words, and a recorded line."""

    home: Path
    folder: Path

    def pickup(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bridge.cli", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PICKUP_HOME": str(self.home)},
        )

    def edit(self, *edits: str | Path) -> subprocess.CompletedProcess[str]:
        cut, words = self.folder / "cut.otio", self.folder / "t.json"
        given = ("--clip", "A", "--transcript", words, "-o", self.folder / "out.otio", "--json", *edits)
        return self.pickup("edit", cut, *given)

    def insert(self, *more: str | Path) -> subprocess.CompletedProcess[str]:
        return self.edit("--insert", "new", WORDS[2], "--speech", self.folder / "line.mov", *more)

    @property
    def renders(self) -> list[str]:
        told = self.pickup("engine", "jobs", "--kind", "render", "--json").stdout
        return [job["id"] for job in json.loads(told)["jobs"]]

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    yield home
    Project(home=home, folder=home).pickup("engine", "stop")


@pytest.fixture
def project(home: Path, tmp_path: Path) -> Project:
    media = make_media(tmp_path / "clip.mov")
    make_transcript(media, tmp_path / "t.json")
    make_media(tmp_path / "line.mov", picture=False, seconds=1)
    cut = [Cut(name="A", media=media, start=0, frames=100)]
    write(timeline(cut, Source(frames=100), Fraction(RATE)), tmp_path / "cut.otio")
    return Project(home=home, folder=tmp_path)


def test_without_a_record_new_words_end_with_code_6_and_nothing_is_written(project: Project) -> None:
    before = project.files
    done = project.insert("--renderer", "demo")
    assert (done.returncode, done.stdout) == (6, "")
    (line,) = (line for line in done.stderr.splitlines() if "consent" in line)
    assert "clip.mov" in line
    assert "pickup consent add" in line
    assert project.files == before


def test_a_draft_is_marked_until_a_record_is_added(project: Project) -> None:
    marked = json.loads(project.insert("--speaker", "Anna").stdout)
    assert any("NO CONSENT" in warning for warning in marked["warnings"])
    (project.folder / "out.otio").unlink()
    added = project.pickup(
        *("consent", "add", "--person", "Anna", "--given-by", "Anna", "--use", "insert"),
        *("--media", project.folder / "clip.mov"),
    )
    assert added.returncode == 0, added.stderr
    allowed = json.loads(project.insert("--speaker", "Anna").stdout)
    assert not any("CONSENT" in warning for warning in allowed["warnings"])
    assert allowed["takes"][0]["content_sha256"] != marked["takes"][0]["content_sha256"]
    audit = json.loads(project.pickup("consent", "audit", "--json").stdout)
    assert audit["sound"]
    assert [entry["kind"] for entry in audit["entries"]][-3:] == ["marked", "added", "used"]


def test_no_shot_is_rendered_and_no_voice_is_called_where_one_may_not_be(project: Project) -> None:
    """Whom the first line is of has consented, in this film; whom the second is of, nobody knows."""
    project.pickup(
        *("consent", "add", "--person", "Dora", "--given-by", "Dora", "--use", "insert"),
        *("--media", project.folder / "clip.mov"),
    ).check_returncode()
    words = json.loads((project.folder / "t.json").read_text())
    for number, word in enumerate(words["words"]):
        word["speaker"] = "Dora" if number < 4 else "Ed"
    (project.folder / "t.json").write_text(json.dumps(words))
    before = project.files, project.renders
    lines = ("--insert", "new", WORDS[0], "--insert", "newer", WORDS[6], "--renderer", "demo")
    recorded = project.edit(*lines, *("--speech", project.folder / "line.mov") * 2)
    said = project.edit(*lines, "--voice", f"command:cp {{out}} {project.folder / 'called'}")
    for done, name in ((recorded, "frames 8"), (said, '"newer"')):
        (line,) = (line for line in done.stderr.splitlines() if line.startswith("pickup:"))
        assert (done.returncode, done.stdout, "'Ed' in clip.mov" in line) == (6, "", True)
        assert line.startswith(f"pickup: 1 of 2 may not be made, and nothing was: {name}")
    assert (project.files, project.renders) == before


def test_a_removal_needs_no_record(project: Project) -> None:
    done = project.edit("--remove", WORDS[3])
    assert done.returncode == 0, done.stderr
    assert not any("CONSENT" in warning for warning in json.loads(done.stdout)["warnings"])
