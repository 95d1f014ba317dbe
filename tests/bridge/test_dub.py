"""A clip dubbed whole, by the draft renderer and a real engine: its length, its sound, what is refused."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from consents import keep_consent
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, words_of

from bridge import transcript
from bridge.clip import open_clip
from bridge.dub import DubRequest, dub, job_of, plan
from bridge.errors import BadCaptions, ImpossibleEdit, UsageError
from bridge.fit import plan_dub
from bridge.new_speech import Line, line_of, scene_lines
from bridge.options import retiming_of
from bridge.report import EditReport
from bridge.versions import TakeRecord
from engine import launcher
from engine.client import EngineClient
from engine.media.audio_decode import sound_file
from engine.paths import EnginePaths
from engine.protocol import Add, Speech
from otio_adapters.read import read
from otio_adapters.write import write

FRAMES = 100
OLD = 390  # ticks from the clip's first frame to the end of what it says now


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    with launcher.ensure_running(EnginePaths.under(keep_consent(tmp_path_factory.mktemp("home")))) as client:
        yield client
        client.shutdown()
        for process in launcher._started:  # else Python warns of a process that nobody waited for
            process.wait(10)


@pytest.fixture
def project(tmp_path: Path) -> DubRequest:
    """A clip of four seconds between two others."""
    media = make_media(tmp_path / "clip.mov")
    cuts = [Cut(name=name, media=media, start=0, frames=FRAMES) for name in "ABC"]
    write(timeline(cuts, Source(frames=FRAMES), Fraction(RATE), marker=250), tmp_path / "cut.otio")
    return DubRequest(timeline=tmp_path / "cut.otio", clips=("B",), out=tmp_path / "out" / "dub.otio")


def said(path: Path, *stretches: int, lead: int = 100) -> Path:
    """A tone of so many ticks, silence of so many, and so on, with silence around all of it."""
    levels = [0] * lead
    for number, ticks in enumerate(stretches):
        levels += [0 if number % 2 else 1] * ticks
    at = np.arange(len(levels + [0] * lead) * 480) / 48_000
    loud = np.repeat(np.array(levels + [0] * lead), 480)
    samples = (np.sin(2 * np.pi * 300 * at) * loud * 9000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", "not compressed"))
        file.writeframes(samples.tobytes())
    return path


def quietly(*_: object) -> None:
    """No progress is shown."""


def record_of(report: EditReport, number: int = 0) -> TakeRecord:
    return msgspec.json.decode(
        Path(report.takes[number].path).with_suffix(".json").read_bytes(), type=TakeRecord
    )


def loud_ticks(report: EditReport) -> list[int]:
    """The ticks of the take, handles left out, in which something is said."""
    take = record_of(report).take
    head, shown = take.source_range
    first = round(head * 48_000 / RATE)
    sound = sound_file(Path(report.takes[0].path)).read(first, first + shown * 48_000 // RATE)
    level = np.abs(sound.mean(axis=1)).reshape(-1, 480).max(axis=1)
    return [int(tick) for tick in np.flatnonzero(level > 0.02)]


def test_the_clip_is_as_long_as_the_new_speech_needs(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    report = dub(replace(project, speech=(said(tmp_path / "de.wav", OLD + 100),)), engine, quietly)
    assert report.duration_after - report.duration_before == 25
    assert report.takes[0].source_range[1] == FRAMES + 25


def test_a_shorter_line_makes_it_shorter(engine: EngineClient, project: DubRequest, tmp_path: Path) -> None:
    report = dub(replace(project, speech=(said(tmp_path / "de.wav", OLD - 101),)), engine, quietly)
    assert report.duration_after - report.duration_before == -25


@pytest.mark.parametrize("sound", [True, False], ids=["speaks from end to end", "mute"])
@pytest.mark.parametrize("ticks", [180, 200])
def test_a_clip_without_pauses_at_its_ends_leaves_a_breath_behind_the_line(
    engine: EngineClient, tmp_path: Path, sound: bool, ticks: int
) -> None:
    media = make_media(tmp_path / "clip.mov", sound=sound)
    cut = Cut(name="A", media=media, start=0, frames=47)  # 1.88 s; the fourth beep ends at 1.9
    write(timeline([cut], Source(frames=FRAMES), Fraction(RATE)), tmp_path / "cut.otio")
    clip = open_clip(tmp_path / "cut.otio", "A", engine, media_root=None)
    line = line_of(said(tmp_path / "de.wav", ticks), "", "de", engine)
    planned = plan_dub(clip, line, "auto", engine)
    length = (47 + planned.change) * 100 // RATE
    assert planned.begins == 0
    assert 4 <= length - line.ticks < 4 + 100 // RATE  # no frame more than it takes


def test_what_is_heard_is_the_new_line_alone_from_where_the_old_one_began(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    loud = loud_ticks(dub(replace(project, speech=(said(tmp_path / "de.wav", OLD + 50),)), engine, quietly))
    assert loud[0] <= 1
    assert OLD + 48 <= loud[-1] <= OLD + 51
    assert len(loud) >= OLD + 45  # the beeps would leave gaps


def test_picture_and_sound_end_together(engine: EngineClient, project: DubRequest, tmp_path: Path) -> None:
    report = dub(replace(project, speech=(said(tmp_path / "de.wav", OLD + 33),)), engine, quietly)
    for track in read(project.out).tracks:
        assert track.duration().value == report.duration_after


def test_none_keeps_the_length_and_the_line_begins_earlier_if_it_must(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    request = replace(project, retiming="none", speech=(said(tmp_path / "de.wav", 395),))
    report = dub(request, engine, quietly)
    assert report.duration_after == report.duration_before
    assert loud_ticks(report)[-1] < 400


def test_none_refuses_a_line_that_is_too_long(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    request = replace(project, retiming="none", speech=(said(tmp_path / "de.wav", 450),))
    with pytest.raises(ImpossibleEdit, match=r"0\.54 s too long for clip 'B'.*--retime auto"):
        dub(request, engine, quietly)
    assert not project.out.parent.exists()


def test_seconds_are_added_to_the_frame(engine: EngineClient, project: DubRequest, tmp_path: Path) -> None:
    request = replace(project, retiming=Fraction("1.1"), speech=(said(tmp_path / "de.wav", 300),))
    report = dub(request, engine, quietly)
    assert report.duration_after - report.duration_before == round(Fraction("1.1") * RATE)


def test_a_line_twice_too_long_is_refused_before_anything_is_rendered(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    with pytest.raises(ImpossibleEdit, match="at most 60% may be added"):
        dub(replace(project, speech=(said(tmp_path / "de.wav", 2 * OLD),)), engine, quietly)


def test_the_take_says_that_its_mouth_does_not_say_it(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    report = dub(replace(project, speech=(said(tmp_path / "de.wav", OLD),)), engine, quietly)
    assert (report.takes[0].lip_sync, report.takes[0].renderer) == ("none", "draft")


def test_frames_come_in_at_the_pauses_of_the_new_speech(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    words = [30, 10] * 12 + [10]
    speech = said(tmp_path / "de.wav", *words)
    record = record_of(dub(replace(project, speech=(speech,)), engine, quietly))
    cuts, at = [], -record.job.plan.handles[0]
    for span in record.job.plan.spans:
        if isinstance(span, Add):
            cuts += [at, at + span.frames]
        at += span.frames if isinstance(span, Add) else span.end - span.start  # type: ignore[union-attr]
    assert cuts
    assert all(cut * 4 % 40 >= 28 or cut * 4 % 40 <= 2 for cut in cuts)  # ticks, to half a frame


def test_other_tracks_move_behind_the_clip(engine: EngineClient, project: DubRequest, tmp_path: Path) -> None:
    dub(replace(project, speech=(said(tmp_path / "de.wav", OLD + 100),)), engine, quietly)
    written = read(project.out)
    (marker,) = written.tracks.markers
    assert marker.marked_range.start_time.value == 250 + 25
    last = list(written.tracks[0])[-1]
    assert written.tracks[0].range_of_child(last).start_time.value == 2 * FRAMES + 25


def test_captions_follow_and_are_written_beside(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    given = tmp_path / "cut.srt"
    given.write_text("1\n00:00:09,000 --> 00:00:10,000\nthe third clip\n", encoding="utf-8")
    request = replace(project, captions=given, speech=(said(tmp_path / "de.wav", OLD + 100),))
    dub(request, engine, quietly)
    told = project.out.with_suffix(".srt").read_text(encoding="utf-8")
    assert told == "1\n00:00:10,000 --> 00:00:11,000\nthe third clip\n"


def test_a_scene_of_clips_shares_one_recording_at_its_pause(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    speech = said(tmp_path / "scene.wav", 400, 80, 410)
    report = dub(replace(project, clips=("A", "C"), speech=(speech,)), engine, quietly)
    assert [take.source_range[1] for take in report.takes] == [FRAMES + 3, FRAMES + 5]
    assert report.duration_after == 3 * FRAMES + 8
    written = read(project.out)
    assert [clip.name for clip in written.tracks[0]] == ["A_v001", "B", "C_v001"]


def test_each_clip_may_have_a_recording_of_its_own(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    files = said(tmp_path / "a.wav", OLD + 4), said(tmp_path / "b.wav", OLD - 4)
    report = dub(replace(project, clips=("A", "B"), speech=files), engine, quietly)
    assert [take.source_range[1] for take in report.takes] == [FRAMES + 1, FRAMES - 1]


def test_a_dub_is_rendered_once(engine: EngineClient, project: DubRequest, tmp_path: Path) -> None:
    request = replace(project, speech=(said(tmp_path / "de.wav", OLD),))
    first = dub(request, engine, quietly)
    again = dub(replace(request, out=project.out.with_name("again.otio")), engine, quietly)
    assert (again.takes[0].reused, again.takes[0].path) == (True, first.takes[0].path)


def test_a_change_of_shot_in_the_clip_is_left_alone(engine: EngineClient, tmp_path: Path) -> None:
    dark, light = (np.full((90, 160, 3), level, np.uint8) for level in (40, 200))
    pictures = [dark if frame < 50 else light for frame in range(FRAMES)]
    media = make_media(tmp_path / "clip.mov", pictures=pictures)
    cut = Cut(name="A", media=media, start=0, frames=FRAMES)
    write(timeline([cut], Source(frames=FRAMES), Fraction(RATE)), tmp_path / "cut.otio")
    clip = open_clip(tmp_path / "cut.otio", "A", engine, media_root=None)
    planned = plan_dub(clip, line_of(said(tmp_path / "de.wav", OLD + 100), "", "de", engine), "auto", engine)
    assert planned.shot.plan is not None
    kept = [span for span in planned.shot.plan.spans if not isinstance(span, Add)]
    assert not any(45 <= edge <= 55 for span in kept for edge in (span.start, span.end))


LINE = Path("line.wav")


@pytest.mark.parametrize(
    ("clips", "speech"),
    [((), (LINE,)), (("A",), ()), (("A", "B", "C"), (LINE, LINE)), (("A",), (LINE, LINE))],
)
def test_what_contradicts_itself_is_refused_at_once(
    engine: EngineClient, project: DubRequest, clips: tuple[str, ...], speech: tuple[Path, ...]
) -> None:
    with pytest.raises(UsageError):
        dub(replace(project, clips=clips, speech=speech), engine, quietly)


def test_a_scene_without_enough_pauses_is_not_divided() -> None:
    speech = Speech(path="scene.wav", fingerprint="", start=0, end=500)
    with pytest.raises(ImpossibleEdit, match="too few pauses"):
        scene_lines(Line(speech=speech, words=((0, 250), (250, 500))), (1, 1))


def test_a_retiming_is_a_word_or_seconds() -> None:
    assert [retiming_of(text) for text in ("auto", "none", "+1.1", "-0.4")] == [
        "auto",
        "none",
        Fraction("1.1"),
        Fraction("-0.4"),
    ]
    with pytest.raises(UsageError, match="--retime later"):
        retiming_of("later")


def test_captions_that_cannot_be_read_are_refused_before_anything_is_rendered(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    (tmp_path / "cut.srt").write_text("no captions", encoding="utf-8")
    before = engine.jobs(1)
    request = replace(project, captions=tmp_path / "cut.srt", speech=(said(tmp_path / "de.wav", OLD),))
    with pytest.raises(BadCaptions):
        dub(request, engine, quietly)
    assert engine.jobs(1) == before


def test_the_take_is_asked_for_with_who_speaks_in_which_language_for_what(
    engine: EngineClient, project: DubRequest, tmp_path: Path
) -> None:
    lines = (said(tmp_path / "one.wav", 390), said(tmp_path / "two.wav", 390))
    scene = replace(project, clips=("A", "B"), speech=lines, language="de", project="Night Train")
    scene = replace(scene, speakers=("Anna", "Ben"))
    jobs = [job_of(scene, one) for one in plan(scene, read(scene.timeline), engine).dubs]
    assert [(job.speakers, job.language, job.project) for job in jobs] == [
        (("Anna",), "de", "Night Train"),
        (("Ben",), "de", "Night Train"),
    ]


def test_without_a_name_those_speak_whom_the_transcript_names_in_the_clip(
    engine: EngineClient, project: DubRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "home"))
    heard = words_of(tmp_path / "clip.mov")
    named = [msgspec.structs.replace(word, speaker="Anna") for word in heard.words]
    transcript.remember(msgspec.structs.replace(heard, words=tuple(named)))
    request = replace(project, speech=(said(tmp_path / "one.wav", 390),))
    (one,) = plan(request, read(request.timeline), engine).dubs
    assert one.speakers == ("Anna",)
