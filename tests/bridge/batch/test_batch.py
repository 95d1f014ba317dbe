"""A batch of dubs by the draft renderer and a real engine: right rows done, wrong ones named, none twice."""

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

import batch_material
import pytest
from batch_material import FRAMES, manifest, outputs, pickup, states, tone
from consents import keep_consent
from engine_process import until
from timelines import Cut, Source, timeline
from tiny import RATE, make_media

from bridge.batch.manifest import Row
from bridge.batch.rows import Planner
from engine import launcher
from engine.paths import EnginePaths
from engine.protocol import Diffusion
from otio_adapters.write import write

GOOD = 4


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = keep_consent(tmp_path_factory.mktemp("home"))
    yield home
    pickup(home, "engine", "stop")


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = batch_material.material(tmp_path_factory.mktemp("material"))
    (folder / "empty.wav").write_bytes(b"")
    (folder / "text.txt").write_text("hello")
    return folder


def good(material: Path, number: int = GOOD) -> list[dict[str, Any]]:
    return batch_material.rows(material, number)


def test_every_row_is_done_and_has_a_version_of_its_own(home: Path, material: Path, tmp_path: Path) -> None:
    done = pickup(home, "batch", manifest(tmp_path, material, *good(material)), "--json")
    assert (done.returncode, states(done)) == (0, ["done"] * GOOD)
    assert outputs(tmp_path) == [f"sh{n}/v001.otio" for n in range(GOOD)]


def test_the_same_manifest_again_does_nothing_twice(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *good(material, 2))
    pickup(home, "batch", path)
    before = outputs(tmp_path)
    again = pickup(home, "batch", path, "--json")
    assert (states(again), outputs(tmp_path)) == (["as before"] * 2, before)


def test_other_settings_make_another_row_which_the_dry_run_tells(
    home: Path, material: Path, tmp_path: Path
) -> None:
    row = {**good(material, 1)[0], "seed": 3}
    pickup(home, "batch", manifest(tmp_path, material, row))
    path = manifest(tmp_path, material, row, {**row, "set": "steps=7;guidance=2"})
    assert states(pickup(home, "batch", path, "--dry-run", "--json")) == ["as before", "planned"]
    done = pickup(home, "batch", path, "--resume", "--json")
    assert states(done) == ["as before", "done"]
    assert states(pickup(home, "batch", path, "--resume", "--json")) == ["as before"] * 2


def test_a_rows_settings_are_those_of_its_render(home: Path, material: Path) -> None:
    row = Row(
        timeline="cut.otio", clip="sh0", output="x", speech="0.wav", model="m", set="steps=7;guidance=2"
    )
    with launcher.ensure_running(EnginePaths.under(home)) as engine:
        (job,) = Planner(engine, material, yes=False).plan(row).jobs
    assert job.diffusion == Diffusion(model="m", steps=7, guidance=2.0)


def test_a_row_that_is_there_twice_is_done_once(home: Path, material: Path, tmp_path: Path) -> None:
    row = good(material, 1)[0]
    done = pickup(home, "batch", manifest(tmp_path, material, row, row), "--json")
    assert sorted(states(done)) == ["as before", "done"]
    assert outputs(tmp_path) == ["sh0/v001.otio"]


def broken(material: Path) -> list[tuple[dict[str, Any], str]]:
    """A row of each kind that cannot be done, and what is told of it."""
    line = str(material / "0.wav")
    return [
        ({"clip": "sh9", "speech": line}, "sh9"),
        ({"clip": "sh0"}, "nothing to say"),
        ({"clip": "sh0", "speech": str(material / "no.wav")}, "no.wav"),
        ({"clip": "sh0", "speech": str(material / "empty.wav")}, "empty.wav"),
        ({"clip": "sh0", "speech": str(material / "text.txt")}, "text.txt"),
        ({"clip": "sh0", "speech": line, "timeline": "gone.otio"}, "gone.otio"),
        ({"clip": "sh0", "speech": line, "renderer": "magic"}, "magic"),
        ({"clip": "sh0", "speech": line, "region": "nose"}, "nose"),
        ({"clip": "sh0", "speech": line, "retime": "soon"}, "soon"),
        ({"clip": "sh0", "speech": line, "retime": "+9"}, "too much"),
        ({"clip": "sh0", "speech": line, "voice": "parrot"}, "parrot"),
        ({"clip": "sh0", "speech": line, "captions": "no.srt"}, "no.srt"),
        ({"clip": "sh0", "speech": line, "output": "{show}/x"}, "{show}"),
        ({"clip": "sh0", "speech": line, "output": "x.avi"}, "x.avi"),
        ({"clip": "sh0", "speech": line, "seed": "x"}, "seed"),
        ({"clip": "sh0", "speech": line, "set": "steps=x"}, ", set: steps=x"),
    ]


def test_broken_rows_are_named_each_and_the_others_are_done(
    home: Path, material: Path, tmp_path: Path
) -> None:
    wrong = broken(material)
    rows = [*good(material, 2), *(row for row, _ in wrong), *good(material)[2:3]]
    done = pickup(home, "batch", manifest(tmp_path, material, *rows), "--json")
    told = json.loads(done.stdout)["rows"]
    assert done.returncode == 5
    assert [row["state"] for row in told] == ["done"] * 2 + ["failed"] * len(wrong) + ["done"]
    for row, (_, name) in zip(told[2:-1], wrong, strict=True):
        assert name in row["error"], row
        assert "Traceback" not in row["error"]


def test_failed_rows_may_be_left_to_the_report(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, {"clip": "sh9", "speech": "0.wav"})
    assert pickup(home, "batch", path).returncode == 5
    assert pickup(home, "batch", path, "--exit-zero").returncode == 0


def test_an_output_that_two_rows_share_is_the_firsts(home: Path, material: Path, tmp_path: Path) -> None:
    rows = [{**row, "output": "out.otio"} for row in good(material, 2)]
    done = pickup(home, "batch", manifest(tmp_path, material, *rows), "--at-once", "1", "--json")
    told = json.loads(done.stdout)["rows"]
    assert [row["state"] for row in told] == ["done", "failed"]
    assert "is another row's output" in told[1]["error"]


def test_a_file_that_is_there_is_never_overwritten(home: Path, material: Path, tmp_path: Path) -> None:
    (tmp_path / "out.otio").write_text("mine")
    row = {**good(material, 1)[0], "output": "out.otio"}
    done = pickup(home, "batch", manifest(tmp_path, material, row), "--json")
    assert states(done) == ["failed"]
    assert (tmp_path / "out.otio").read_text() == "mine"


def test_a_dry_run_tells_frames_and_writes_nothing(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *good(material, 2))
    done = pickup(home, "batch", path, "--dry-run", "--json")
    told = json.loads(done.stdout)["rows"]
    assert [row["state"] for row in told] == ["planned"] * 2
    assert all(row["frames"] >= FRAMES - 25 for row in told)
    assert list(tmp_path.iterdir()) == [path]


def test_only_rows_that_are_asked_for_are_done(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *good(material))
    done = pickup(home, "batch", path, "--only", "sh1", "--only", "3", "--limit", "1", "--json")
    assert [row["clip"] for row in json.loads(done.stdout)["rows"]] == ["sh1"]


def test_a_farms_surroundings_name_the_outputs(
    home: Path, material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYON_FOLDER_PATH", "/shots/sh010")
    monkeypatch.setenv("CUE_SHOW", "dune")
    row = {**good(material, 1)[0], "output": "{show}/{folder}/{clip}"}
    done = pickup(home, "batch", manifest(tmp_path, material, row), "--dry-run", "--json")
    (told,) = json.loads(done.stdout)["rows"]
    assert told["output"] == str(tmp_path / "dune" / "shots" / "sh010" / "sh0.otio")


def test_rows_that_nobody_has_are_not_asked_for(home: Path, material: Path, tmp_path: Path) -> None:
    done = pickup(home, "batch", manifest(tmp_path, material, *good(material)), "--only", "sh77")
    assert (done.returncode, "--only sh77: no row has such a line" in done.stderr) == (2, True)


def test_nothing_to_resume_is_said(home: Path, material: Path, tmp_path: Path) -> None:
    done = pickup(home, "batch", manifest(tmp_path, material, *good(material)), "--resume")
    assert (done.returncode, "nothing to resume" in done.stderr) == (2, True)


def test_killed_and_resumed_every_row_is_done_once(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *good(material, 6))
    command = [sys.executable, "-m", "bridge.cli", "batch", str(path)]
    quiet, there = subprocess.DEVNULL, {**os.environ, "PICKUP_HOME": str(home)}
    record = tmp_path / "batch.batch" / "record" / "rows"
    with subprocess.Popen(command, env=there, stdout=quiet, stderr=quiet) as process:
        try:
            until(lambda: any(b'"done"' in path.read_bytes() for path in record.glob("*")), 120)
        finally:
            process.send_signal(signal.SIGKILL)
    done = pickup(home, "batch", path, "--resume", "--json")
    assert (done.returncode, set(states(done))) == (0, {"done", "as before"})
    assert outputs(tmp_path) == [f"sh{n}/v001.otio" for n in range(6)]
    takes = sorted(path.name for path in tmp_path.rglob("*.mov"))
    assert takes == [f"sh{n}_v001.mov" for n in range(6)]


def record_of(folder: Path) -> Path:
    (path,) = (folder / "batch.batch" / "record" / "rows").iterdir()
    return path


def test_the_engine_may_die_under_a_batch(home: Path, material: Path, tmp_path: Path) -> None:
    path = manifest(tmp_path, material, *({**row, "seed": 1} for row in good(material, 6)))
    command = [sys.executable, "-m", "bridge.cli", "batch", str(path), "--json"]
    there = {**os.environ, "PICKUP_HOME": str(home)}
    record = tmp_path / "batch.batch" / "record" / "rows"
    with subprocess.Popen(command, env=there, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: any(b'"done"' in path.read_bytes() for path in record.glob("*")), 120)
            os.kill(json.loads((home / "state" / "connection.json").read_bytes())["pid"], signal.SIGKILL)
            told, _ = process.communicate(timeout=240)
        finally:
            process.kill()
    assert [row["state"] for row in json.loads(told)["rows"]] == ["done"] * 6
    assert process.returncode == 0


def test_what_failed_leaves_a_file_that_has_come_to_its_place_alone(
    home: Path, material: Path, tmp_path: Path
) -> None:
    row = {**good(material, 1)[0], "seed": 2, "place": "above", "output": "{clip}/v{version:03d}.edl"}
    path = manifest(tmp_path, material, row)
    assert states(pickup(home, "batch", path, "--json")) == ["failed"]  # an edit list has no track above
    mine = tmp_path / "sh0" / "v001.edl"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    pickup(home, "batch", path)
    assert mine.read_text() == "mine"
    assert b"v002.edl" in record_of(tmp_path).read_bytes()


def test_captions_that_an_end_by_force_left_unwritten_are_written(
    home: Path, material: Path, tmp_path: Path
) -> None:
    (tmp_path / "cut.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n", encoding="utf-8")
    path = manifest(tmp_path, material, {**good(material, 1)[0], "captions": "cut.srt"})
    pickup(home, "batch", path)
    written = tmp_path / "sh0" / "v001.srt"
    before = written.read_bytes()
    written.unlink()
    lines = record_of(tmp_path).read_bytes().splitlines(keepends=True)
    record_of(tmp_path).write_bytes(lines[0])  # killed after the timeline, before the captions
    assert states(pickup(home, "batch", path, "--resume", "--json")) == ["done"]
    assert written.read_bytes() == before
    assert outputs(tmp_path) == ["sh0/v001.otio"]


def test_a_dry_run_says_nothing_in_a_paid_voice_and_tells_what_it_would_take(
    home: Path, material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEVENLABS_API_KEY", "none")
    monkeypatch.setenv("ELEVENLABS_BASE_URL", "http://127.0.0.1:9")  # where nobody answers
    (tmp_path / "de.txt").write_text("Guten Tag", encoding="utf-8")
    paid = {"clip": "sh0", "voice": "elevenlabs:abc", "script": "de.txt", "language": "de"}
    path = manifest(tmp_path, material, paid, {**paid, "clip": "sh9"})
    done = pickup(home, "batch", path, "--dry-run", "--yes", "--json")
    first, second = json.loads(done.stdout)["rows"]
    assert (first["state"], first["price"], first["unit"]) == ("planned", len("Guten Tag"), "characters")
    assert first["output"] == str(tmp_path / "sh0" / "v001.otio")
    assert (second["state"], "sh9" in second["error"]) == ("failed", True)
    told = pickup(home, "batch", path, "--dry-run", "--yes")
    assert "9 characters to be said" in told.stdout.splitlines()[-1]


def test_the_page_shows_failures_first_and_needs_no_other_file(
    home: Path, material: Path, tmp_path: Path
) -> None:
    rows = [*good(material, 1), {"clip": "<b>", "speech": "x.wav"}]
    pickup(home, "batch", manifest(tmp_path, material, *rows))
    page = (tmp_path / "batch.batch" / "report.html").read_text(encoding="utf-8")
    assert page.index("&lt;b&gt;") < page.index("sh0")
    assert page.count("data:image/jpeg;base64,") == 2
    assert "http" not in page
    report = json.loads((tmp_path / "batch.batch" / "report.json").read_text(encoding="utf-8"))
    assert [row["state"] for row in report["rows"]] == ["done", "failed"]


@pytest.mark.slow
def test_a_thousand_rows_are_planned_in_ten_seconds(home: Path, tmp_path: Path) -> None:
    for number in range(20):
        media = make_media(tmp_path / f"{number}.mov", seconds=4)
        cuts = [Cut(name=f"c{n}", media=media, start=0, frames=100) for n in range(50)]
        write(timeline(cuts, Source(frames=100), Fraction(RATE)), tmp_path / f"{number}.otio")
        tone(tmp_path / f"{number}.wav", 350 + number)
    rows = [
        {"timeline": f"{n % 20}.otio", "clip": f"c{n // 20}", "speech": f"{n % 20}.wav", "seed": n}
        for n in range(1000)
    ]
    path = manifest(tmp_path, tmp_path, *rows)
    pickup(home, "batch", path, "--dry-run", "--limit", "20")  # media are looked at once in a lifetime
    began = time.monotonic()
    done = pickup(home, "batch", path, "--dry-run", "--json")
    took = time.monotonic() - began
    assert (done.returncode, set(states(done))) == (0, {"planned"})
    assert took < 10, took
