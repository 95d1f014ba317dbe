"""Folders of videos, fit and unfit, hostile and real, through the filter."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from drawn_faces import installed_models, portrait
from filmed import drifting, film
from shared_media import shared
from tiny import make_media

from engine.errors import BadMedia, DiskFull, MissingMedia, MissingModel, RenderFailed
from engine.training import curation
from engine.training.captions import sidecar_caption
from engine.training.curation import Tools, curate, main, read_report
from engine.training.inspection import SyncFigures, inspect_stream
from engine.training.plugins import named
from engine.training.verdicts import Limits, Report

FRAMES = 125
SIZE = (96, 128)


def grainy(frames: int, seed: int = 0, picture: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """A still with grain, which costs bits."""
    draw = np.random.default_rng(seed)
    still = next(iter(drifting(1, SIZE, seed))) if picture is None else picture
    for _ in range(frames):
        yield (still + draw.integers(-8, 8, still.shape)).clip(0, 255).astype(np.uint8)


def good(path: Path, frames: int = FRAMES, rate: int = 25, **changes: object) -> Path:
    """A video that meets every criterion but that of a face: lossless, so it has bits enough."""
    return film(path, grainy(frames), rate=Fraction(rate), seconds=frames / rate, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def film_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return good(tmp_path_factory.mktemp("film") / "good.mkv")


def reasons(report: Report) -> dict[str, str | None]:
    return {judged.file: judged.verdict.criterion for judged in report.files}


def run(folder: Path, out: Path, tools: Tools | None = None, limits: Limits | None = None) -> Report:
    return curate(folder, out, tools or Tools(), limits)


# ----------------------------------------------------------------------------------- generated media


def test_a_video_that_meets_all_is_kept_with_its_figures(film_once: Path, tmp_path: Path) -> None:
    (judged,) = run(film_once.parent, tmp_path).files
    facts = judged.facts
    assert judged.verdict.kept
    assert (facts.frames, facts.width, facts.height, facts.rate.exact) == (FRAMES, 128, 96, 25)
    assert (facts.seconds, facts.sound, facts.cuts, facts.problem) == (5.0, True, (), "")
    assert facts.kilobits == pytest.approx(film_once.stat().st_size * 8 / 5000, rel=0.2)


def test_each_fault_is_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    film(folder / "cut.mkv", [*grainy(80), *grainy(80, seed=9)], seconds=6.4)
    film(folder / "silent.mkv", grainy(FRAMES))
    good(folder / "short.mkv", frames=60)
    good(folder / "slow.mkv", rate=20)
    uneven = [Fraction(n + (n % 3 == 1) * Fraction(1, 2), 25) for n in range(FRAMES)]
    good(folder / "uneven.mkv", times=uneven)
    make_media(folder / "poor.mov", seconds=6)
    assert reasons(run(folder, tmp_path / "out")) == {
        "cut.mkv": "scene cuts",
        "silent.mkv": "sound",
        "short.mkv": "frames",
        "slow.mkv": "frame rate",
        "uneven.mkv": "constant rate",
        "poor.mov": "bit rate",
    }


def test_a_scene_cut_is_told_by_its_frame(tmp_path: Path) -> None:
    path = film(tmp_path / "cut.mkv", [*grainy(80), *grainy(80, seed=9)], seconds=6.4)
    assert inspect_stream(path).cuts == (80,)


def test_where_there_is_no_face_is_a_reason_and_where_one_stays_is_none(tmp_path: Path) -> None:
    models, folder = installed_models(), tmp_path / "in"
    folder.mkdir()
    face = portrait()
    blank = np.full_like(face, 128)
    film(folder / "face.mkv", grainy(50, picture=face), seconds=2)
    film(folder / "away.mkv", [*grainy(50, picture=face), *grainy(50, picture=blank)], seconds=4)
    report = run(folder, tmp_path / "out", Tools(models=models), Limits(cuts=1, frames=50))
    assert reasons(report) == {"away.mkv": "face", "face.mkv": None}
    away = report.files[0].facts.faces
    assert away is not None
    assert away.gap == pytest.approx(2.0, abs=0.3)


# ------------------------------------------------------------------------------------------ bad input


def test_hostile_files_are_verdicts(film_once: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    whole = film_once.read_bytes()
    (folder / "truncated.mkv").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "no_index.mov").write_bytes(make_media(tmp_path / "whole.mov").read_bytes()[:90_000])
    (folder / "text.mp4").write_text("this is no film\n" * 100)
    (folder / "empty.mp4").touch()
    (folder / "playlist.mp4").write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    (folder / "loop.mp4").symlink_to("pool.mp4")
    (folder / "pool.mp4").symlink_to("loop.mp4")
    (folder / "gone.mp4").symlink_to("nowhere.mp4")
    (folder / "sub" / "again").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "pipe.mp4")
    (folder / os.fsdecode(b"caf\xe9.mp4")).write_bytes(b"x")
    report = run(folder, tmp_path / "out")
    assert set(reasons(report).values()) == {"decodable"}
    assert len(report.files) == 10
    assert all(judged.verdict.reason for judged in report.files)


def test_a_film_cut_short_says_where(film_once: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.mkv").write_bytes(film_once.read_bytes()[: film_once.stat().st_size // 2])
    facts = inspect_stream(tmp_path / "cut.mkv")
    assert facts.problem
    assert 0 < facts.frames < FRAMES


def test_damage_that_a_decoder_would_hide_is_found(tmp_path: Path) -> None:
    path = make_media(tmp_path / "damaged.mov", pictures=list(grainy(60)))
    data, draw = bytearray(path.read_bytes()), np.random.default_rng(3)
    with av.open(str(path)) as media:
        places = [packet.pos + packet.size // 2 for packet in media.demux(video=0) if packet.size]
    for place in places[20:]:
        data[place : place + 20] = draw.bytes(20)
    path.write_bytes(data)
    assert inspect_stream(path).problem


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read everything")
def test_what_may_not_be_read_is_a_verdict(film_once: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "closed").mkdir(parents=True)
    (folder / "closed").chmod(0)
    (folder / "mine.mkv").write_bytes(film_once.read_bytes())
    (folder / "mine.mkv").chmod(0)
    assert set(reasons(run(folder, tmp_path / "out")).values()) == {"decodable"}
    (folder / "closed").chmod(0o700)


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_videos_is_one_line_and_exit_code_3(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / name), "-o", str(tmp_path / "out")]) == 3
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_where_nothing_can_be_written_it_says_so(film_once: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main([str(film_once.parent), "-o", str(tmp_path / "file")]) == 5


def test_a_report_that_is_none_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia):
        read_report(tmp_path)
    (tmp_path / "curation.json").write_text("{")
    with pytest.raises(BadMedia):
        read_report(tmp_path)


# ------------------------------------------------------------------------------------------ command


def test_the_command_leaves_report_and_table_and_prints_it(
    film_once: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(film_once.parent), "-o", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith((tmp_path / "curation.txt").read_text())
    assert read_report(tmp_path).files[0].file == "good.mkv"
    assert main([str(film_once.parent), "-o", str(tmp_path), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["criterion"] for row in rows][:2] == ["found", "decodable"]


def test_what_was_measured_is_not_measured_again(
    film_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(film_once.parent, tmp_path)
    monkeypatch.setattr(curation, "inspect_stream", None)
    assert run(film_once.parent, tmp_path) == first
    assert reasons(run(film_once.parent, tmp_path, limits=Limits(frames=500))) == {"good.mkv": "frames"}


def test_an_interrupted_run_goes_on_where_it_was(
    film_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, measured = tmp_path / "in", []
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.mkv").write_bytes(film_once.read_bytes() + name.encode())

    def counting(path: Path, cache: Path | None = None) -> object:
        measured.append(path.stem)
        return inspect_stream(path, cache)

    monkeypatch.setattr(curation, "inspect_stream", counting)

    def stopping(files: object) -> object:
        yield from islice(files, 2)  # type: ignore[call-overload]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        curate(folder, tmp_path / "out", Tools(), follow=stopping)  # type: ignore[arg-type]
    report = curate(folder, tmp_path / "out", Tools())
    assert measured == ["a", "b", "c"]
    assert report == curate(folder, tmp_path / "fresh", Tools())


def test_a_file_that_changed_is_measured_anew(film_once: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "a.mkv"
    path.write_bytes(film_once.read_bytes())
    assert run(folder, tmp_path / "out").files[0].verdict.kept
    path.write_bytes(b"no film any more")
    assert reasons(run(folder, tmp_path / "out")) == {"a.mkv": "decodable"}


# ------------------------------------------------------------------------------- sync and captions


class Judge:
    """Says what it was told to say, and counts how often it was asked."""

    def __init__(self, confidence: float, offset: float = 0.0) -> None:
        self.says, self.asked = SyncFigures(confidence=confidence, offset=offset), 0

    def judge(self, path: Path) -> SyncFigures:
        self.asked += 1
        return self.says


class Talker:
    def caption(self, path: Path) -> str:
        return f"a person in {path.stem}"


class Broken:
    def judge(self, path: Path) -> SyncFigures:
        raise ZeroDivisionError("its own fault")

    def caption(self, path: Path) -> str:
        raise ZeroDivisionError("its own fault")


@pytest.mark.parametrize(
    ("confidence", "offset", "criterion"),
    [(5.0, 0.0, None), (2.0, 0.0, "sync confidence"), (5.0, 0.05, "sync offset")],
)
def test_a_sync_judge_decides(
    confidence: float, offset: float, criterion: str | None, film_once: Path, tmp_path: Path
) -> None:
    tools = Tools(sync=Judge(confidence, offset), sync_name="judge")
    report = run(film_once.parent, tmp_path, tools)
    assert reasons(report) == {"good.mkv": criterion}
    assert not any(row.not_applied for row in report.table if row.criterion.startswith("sync"))


def test_another_judge_is_asked_again_and_the_same_one_is_not(film_once: Path, tmp_path: Path) -> None:
    one, other = Judge(2.0), Judge(5.0)
    assert not run(film_once.parent, tmp_path, Tools(sync=one, sync_name="one")).kept
    assert not run(film_once.parent, tmp_path, Tools(sync=one, sync_name="one")).kept
    assert run(film_once.parent, tmp_path, Tools(sync=other, sync_name="other")).kept
    assert (one.asked, other.asked) == (1, 1)


def test_without_a_judge_the_table_says_that_sync_was_not_asked(film_once: Path, tmp_path: Path) -> None:
    report = run(film_once.parent, tmp_path)
    assert [row.criterion for row in report.table if row.not_applied] == [
        "face",
        "sync confidence",
        "sync offset",
    ]


def test_a_judge_comes_by_name_with_its_checkpoint(
    film_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weights").write_text("1.5")
    (tmp_path / "my_sync.py").write_text(
        "class It:\n"
        "    def __init__(self, at): self.at = float(at.read_text())\n"
        "    def judge(self, path):\n"
        "        from engine.training.inspection import SyncFigures\n"
        "        return SyncFigures(confidence=self.at, offset=0.0)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(curation, "find_models", lambda: None)
    arguments = [str(film_once.parent), "-o", str(tmp_path / "out"), "--sync", "my_sync:It"]
    assert main([*arguments, "--sync-checkpoint", str(tmp_path / "weights")]) == 0
    (judged,) = read_report(tmp_path / "out").files
    assert (judged.verdict.criterion, judged.facts.sync and judged.facts.sync.confidence) == (
        "sync confidence",
        1.5,
    )


@pytest.mark.parametrize("name", ["nothing", "no.such:thing", "json:nothing", "json:__doc__", ":x"])
def test_a_name_of_nothing_is_a_named_error(name: str) -> None:
    with pytest.raises(MissingModel):
        named(name)


def test_what_a_judge_of_ones_own_raises_is_one_line(film_once: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match="ZeroDivisionError: its own fault"):
        run(film_once.parent, tmp_path, Tools(sync=Broken(), sync_name="broken"))
    with pytest.raises(RenderFailed, match="ZeroDivisionError: its own fault"):
        run(film_once.parent, tmp_path, Tools(captioner=Broken(), captioner_name="broken"))


def test_captions_come_from_the_sidecar_and_else_from_the_captioner(film_once: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abcd":
        (folder / f"{name}.mkv").write_bytes(film_once.read_bytes() + name.encode())
    (folder / "a.txt").write_text("  a man\n speaks ")
    (folder / "b.json").write_text('{"caption": "a woman speaks"}')
    (folder / "c.json").write_text('{"text": "what is known of a drawn clip"}')
    said = {judged.file: judged.caption for judged in run(folder, tmp_path / "out").files}
    assert said == {"a.mkv": "a man speaks", "b.mkv": "a woman speaks", "c.mkv": None, "d.mkv": None}
    tools = Tools(captioner=Talker(), captioner_name="talker")
    said = {judged.file: judged.caption for judged in run(folder, tmp_path / "out", tools).files}
    assert (said["a.mkv"], said["c.mkv"], said["d.mkv"]) == ("a man speaks", "a person in c", "a person in d")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfd", b"x" * (70 << 10)])
def test_a_sidecar_that_is_no_caption_is_noted_and_the_video_kept(
    content: bytes, film_once: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.mkv").write_bytes(film_once.read_bytes())
    (folder / "a.txt").write_bytes(content)
    with pytest.raises(BadMedia):
        sidecar_caption(folder / "a.mkv")
    (judged,) = run(folder, tmp_path / "out").files
    assert (judged.verdict.kept, judged.caption, bool(judged.caption_note)) == (True, None, True)


@pytest.mark.parametrize("content", ["{", "[1]", '{"caption": 3}', "[" * 5000])
def test_json_that_says_no_text_is_a_named_error(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(BadMedia):
        sidecar_caption(tmp_path / "a.mkv")


def test_a_full_disk_is_a_named_error(
    film_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        run(film_once.parent, tmp_path)
    assert not list(tmp_path.rglob("*.part"))


# -------------------------------------------------------------------------------------- real footage


REAL = {
    "gestures_700_30fps_6s.mp4": (199, None),
    "interview_700_22fps_6s.mp4": (135, "constant rate"),
    "noface_timecode_720p_42s.mp4": (1272, "face"),
    "silent_576x768_22s.mp4": (550, "sound"),
    "speaker_458_15s.mp4": (375, None),
}


def test_real_footage_gets_the_verdicts_that_its_manifest_calls_for(tmp_path: Path) -> None:
    """None of these small files has 2000 kbit/s, so that is asked apart."""
    models, folder = installed_models(), tmp_path / "in"
    folder.mkdir()
    for name in REAL:
        (folder / name).symlink_to(shared(f"media/{name}"))
    report = run(folder, tmp_path / "out", Tools(models=models), Limits(kilobits=200))
    found = {judged.file: (judged.facts.frames, judged.verdict.criterion) for judged in report.files}
    assert found == REAL
    as_the_paper = reasons(run(folder, tmp_path / "out", Tools(models=models)))
    assert set(as_the_paper.values()) == {"constant rate", "sound", "bit rate"}


def test_an_upright_film_in_hevc_is_measured_upright() -> None:
    facts = inspect_stream(shared("media/kitchen_portrait_hevc_20s.mp4"))
    assert (facts.frames, facts.width, facts.height, facts.problem) == (502, 1080, 1920, "")
    assert (facts.rate.exact, facts.unevenness, facts.cuts) == (25, 0.0, ())
