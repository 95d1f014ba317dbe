"""Bad input: one clear line, the right exit code, and every file as it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from consents import keep_consent
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, make_transcript

from bridge import transcript
from otio_adapters.write import write

posix = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals and mounts")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = keep_consent(tmp_path_factory.mktemp("home"))
    yield folder
    run(folder, "engine", "stop")


def run(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PICKUP_HOME": str(home)}
    command = [sys.executable, "-m", "bridge.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=120)


class Project:
    """A folder with a clip, its transcript and a timeline of it."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.media = make_media(folder / "clip.mov")
        self.words = make_transcript(self.media, folder / "t.json")
        self.timeline = folder / "cut.otio"
        self.out = folder / "out.otio"
        cuts = [Cut(name="A", media=self.media, start=0, frames=100)]
        write(timeline(cuts, Source(frames=100), Fraction(RATE)), self.timeline)

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}

    def edit(self, *edits: str | Path, clip: str = "A") -> subprocess.CompletedProcess[str]:
        words = ("--transcript", self.words)
        return run(self.home, "edit", self.timeline, "--clip", clip, *words, "-o", self.out, *edits)

    def refused(self, code: int, *edits: str | Path, clip: str = "A") -> str:
        """The one line that the edit is refused with; no file may have changed."""
        before = self.files()
        done = self.edit(*edits, clip=clip)
        assert self.files() == before
        return only_line(done, code)


def only_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    lines = [line for line in done.stderr.splitlines() if line.startswith("pickup:")]
    assert (done.returncode, len(lines), done.stdout) == (code, 1, ""), done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.fixture
def project(home: Path, tmp_path: Path) -> Project:
    return Project(home, tmp_path)


def test_the_project_itself_is_good(project: Project) -> None:
    done = project.edit("--remove", "three")
    assert done.returncode == 0, done.stderr
    assert project.out.exists()


def test_missing_media_says_how_to_relink(project: Project) -> None:
    project.media.rename(project.folder / "moved.mov")
    assert "--media-root" in project.refused(3, "--remove", "three")


def test_moved_media_is_found_under_the_media_root(project: Project) -> None:
    other = project.folder / "elsewhere"
    other.mkdir()
    project.media.rename(other / "clip.mov")
    assert project.edit("--remove", "three", "--media-root", other).returncode == 0


def test_truncated_media(project: Project) -> None:
    content = project.media.read_bytes()
    project.media.write_bytes(content[: len(content) // 2])
    assert "clip.mov" in project.refused(3, "--remove", "three")


def test_media_that_ends_before_the_clip_does(project: Project) -> None:
    make_media(project.media, seconds=2)
    make_transcript(project.media, project.words)
    assert "clip.mov" in project.refused(3, "--remove", "six")


def test_media_that_is_no_media(project: Project) -> None:
    project.media.write_text("not a film")
    assert "clip.mov" in project.refused(3, "--remove", "three")


def test_media_without_picture(project: Project) -> None:
    make_media(project.media, picture=False)
    assert "no picture" in project.refused(3, "--remove", "three")


def test_aligning_media_without_sound(project: Project) -> None:
    silent = make_media(project.folder / "silent.mov", sound=False)
    (project.folder / "s.txt").write_text("one two")
    done = run(project.home, "transcribe", silent, "--script", project.folder / "s.txt")
    assert "silent.mov" in only_line(done, 3)


def test_an_unknown_clip_lists_the_names(project: Project) -> None:
    assert "The clips are: A" in project.refused(3, "--remove", "three", clip="B")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}',
        b"\xff\xfe\x00\x00",
        b"null",
    ],
    ids=["no bytes", "half", "100,000 deep", "no clips", "no text", "null"],
)
def test_timelines_that_are_none(project: Project, content: bytes) -> None:
    project.timeline.write_bytes(content)
    assert "cut.otio" in project.refused(3, "--remove", "three") or b"children" in content


BOMB = b"""<?xml version="1.0"?><!DOCTYPE xmeml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><xmeml version="5"><sequence><name>&c;</name></sequence></xmeml>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE xmeml [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<xmeml version="5"><sequence><name>&a;</name></sequence></xmeml>"""


@pytest.mark.parametrize("content", [BOMB, OUTSIDE], ids=["bomb", "external entity"])
@pytest.mark.parametrize("name", ["cut.xml", "cut.kdenlive"])
def test_hostile_xml_is_refused_and_nothing_of_it_is_said(
    project: Project, content: bytes, name: str
) -> None:
    project.timeline = project.folder / name
    project.timeline.write_bytes(content)
    line = project.refused(3, "--remove", "three")
    assert name in line
    assert "root:" not in line


def test_a_transcript_of_other_media(project: Project) -> None:
    other = make_media(project.folder / "other.mov", seconds=3)
    make_transcript(other, project.words)
    assert "does not belong" in project.refused(3, "--remove", "three")


def test_a_transcript_that_is_none(project: Project) -> None:
    project.words.write_text("[" * 100_000)
    assert "not a transcript" in project.refused(3, "--remove", "three")


def test_words_out_of_order(project: Project) -> None:
    good = transcript.load(project.words)
    project.words.write_text(project.words.read_text().replace('"start": 1.0', '"start": 0.1'))
    assert good.words[2].start == 1.0
    assert "out of order" in project.refused(3, "--remove", "three")


def test_a_phrase_that_is_not_said_suggests_the_nearest(project: Project) -> None:
    assert 'the nearest is "three"' in project.refused(3, "--remove", "thre")


def test_an_edit_that_removes_everything(project: Project) -> None:
    assert "everything" in project.refused(3, "--remove", "one two three four five six seven eight")


def test_speech_longer_than_the_clip(project: Project) -> None:
    long = make_media(project.folder / "long.mov", picture=False, seconds=6)
    assert "longer than the whole clip" in project.refused(3, "--replace", "three", "new", "--speech", long)


def test_speech_that_is_not_there(project: Project) -> None:
    assert "gone.wav" in project.refused(3, "--replace", "three", "new", "--speech", "gone.wav")


def test_more_speech_than_new_lines(project: Project) -> None:
    assert "1 --speech files for 0" in project.refused(2, "--remove", "three", "--speech", project.media)


def test_no_edit_at_all(project: Project) -> None:
    assert "nothing to do" in project.refused(2)


def test_the_timeline_is_not_its_own_output(project: Project) -> None:
    project.out = project.timeline
    assert "write to another file" in project.refused(2, "--remove", "three")


def test_an_output_of_no_known_format(project: Project) -> None:
    project.out = project.folder / "out.mov"
    assert ".otio" in project.refused(2, "--remove", "three")


def test_an_output_folder_that_is_a_file(project: Project) -> None:
    (project.folder / "taken").write_text("")
    project.out = project.folder / "taken" / "out.otio"
    assert "not a folder" in project.refused(3, "--remove", "three")


def test_rerender_is_refused_by_draft_by_name(project: Project) -> None:
    line = project.refused(3, "--rerender", "10:20", "--region", "lips")
    assert "draft" in line
    assert "re-render" in line


def test_a_region_that_is_neither_a_name_nor_a_box_nor_a_matte(project: Project) -> None:
    line = project.refused(2, "--rerender", "10:20", "--region", "nose")
    assert "lips, face, head, a box X,Y,WxH" in line


def test_an_unknown_renderer_names_those_there_are(project: Project) -> None:
    assert "draft" in project.refused(3, "--remove", "three", "--renderer", "magic")


def long_edit(project: Project, frames: int) -> list[str]:
    """An edit that renders for a while; of other frames it is another job."""
    words = ["edit", project.timeline, "--clip", "A", "-o", project.out, "--retime", "0:100", frames]
    return [str(word) for word in words]


def start_long_edit(project: Project, frames: int) -> subprocess.Popen[str]:
    """The command, at the moment when its job is being rendered."""
    environment = {**os.environ, "PICKUP_HOME": str(project.home)}
    command = [sys.executable, "-m", "bridge.cli", *long_edit(project, frames)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    for line in process.stderr:
        if "rendering" in line:
            wait_for_worker(project)
            return process
    raise AssertionError("it never rendered")


def wait_for_worker(project: Project) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        jobs = json.loads(run(project.home, "engine", "jobs", "--json").stdout)["jobs"]
        if jobs[0]["state"] == "running" and jobs[0]["progress"] and jobs[0]["progress"]["done"] > 5:
            return
    raise AssertionError("the render never began")


def engine_status(project: Project) -> dict[str, Any]:
    return dict(json.loads(run(project.home, "engine", "status", "--json").stdout)["status"])


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    with process:
        assert process.stderr is not None
        return process.wait(timeout=60), process.stderr.read()


@posix
def test_ctrl_c_cancels_the_job_and_leaves_everything(project: Project) -> None:
    before = project.files()
    process = start_long_edit(project, 4000)
    process.send_signal(signal.SIGINT)
    code, said = finish(process)
    assert code == 130
    assert "nothing was changed" in said
    assert project.files() == before
    jobs = json.loads(run(project.home, "engine", "jobs", "--json").stdout)["jobs"]
    assert jobs[0]["state"] == "cancelled"


@posix
def test_an_engine_killed_in_the_middle_is_said_and_the_next_run_goes_on(project: Project) -> None:
    before = project.files()
    process = start_long_edit(project, 4001)
    os.kill(engine_status(project)["pid"], signal.SIGKILL)
    code, said = finish(process)
    assert code == 4
    assert "run the same again" in said
    assert project.files() == before
    assert run(project.home, *long_edit(project, 4001)).returncode == 0


@posix
def test_a_worker_killed_in_the_middle_is_replaced(project: Project) -> None:
    process = start_long_edit(project, 4002)
    for worker in engine_status(project)["workers"]:
        os.kill(worker["pid"], signal.SIGKILL)
    code, said = finish(process)
    assert code == 0, said
    assert project.out.exists()


@posix
def test_a_full_disk_leaves_nothing_half_written(project: Project) -> None:
    disk = project.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs to mount a small disk, as root")
    try:
        project.out = disk / "out.otio"
        assert "No space left" in project.refused(3, "--remove", "three")
        assert [path for path in disk.rglob("*") if path.is_file()] == []
    finally:
        subprocess.run(["umount", disk], check=True)


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_folder_without_permission(project: Project) -> None:
    locked = project.folder / "locked"
    locked.mkdir(mode=0o500)
    project.out = locked / "out.otio"
    assert "no permission" in project.refused(3, "--remove", "three")
