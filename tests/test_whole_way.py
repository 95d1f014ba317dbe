"""The main job on real footage: timeline and changed words in, timeline with takes out, exact to the frame.

These are the promises an editor relies on. They run the real engine in a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import opentimelineio as otio
import pytest
from consents import keep_consent
from shared_media import shared
from timelines import Cut, Source, timeline

from bridge.versions import TakeRecord
from engine.media.decode import Sampling, open_reel
from engine.media.encode import read_content
from engine.media.picture import WHITE, Picture
from engine.protocol import Keep
from otio_adapters import media_linker, opentime
from otio_adapters.read import read
from otio_adapters.write import write

SPEAKER = (
    "parents and teachers are working extra hard to give the students the education they deserve many of them"
    " will already be feeling the impact of devastating budget cuts our schools have experienced over the"
    " last four years as the most chil-"
)
INTERVIEW = "my biggest weakness is asking for help when needed i'd like to do better and i"
THREE_EDITS = (
    "--remove",
    "extra hard",
    "--insert",
    "really",
    "are",
    "--replace",
    "the education",
    "every chance",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One engine for all of this file, with a state of its own."""
    folder = keep_consent(tmp_path_factory.mktemp("home"))
    yield folder
    pickup(folder, "engine", "stop")


def pickup(home: Path, *arguments: str | Path, ok: bool = True) -> Any:
    """Run the command as a user does; its JSON."""
    done = run_pickup(home, *arguments)
    assert not ok or done.returncode == 0, done.stderr
    return json.loads(done.stdout) if ok else done


def run_pickup(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bridge.cli", *map(str, arguments), "--json"]
    environment = {**os.environ, "PICKUP_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A project to edit: its timeline file, clip, transcript, and the first frame of its marker."""

    home: Path
    path: Path
    transcript: Path
    marker: int
    clip: str = "A"

    def edit(self, out: Path, *edits: str | Path) -> dict[str, Any]:
        words = ("--transcript", self.transcript, "-o", out)
        return pickup(self.home, "edit", self.path, "--clip", self.clip, *words, *edits)


def prepare(
    home: Path, folder: Path, media: Path, script: str, made: otio.schema.Timeline, marker: int
) -> Job:
    (folder / "script.txt").write_text(script)
    path, transcript = folder / "cut.otio", folder / "t.json"
    write(made, path)
    pickup(home, "transcribe", media, "--script", folder / "script.txt", "-o", transcript)
    return Job(home=home, path=path, transcript=transcript, marker=marker)


@pytest.fixture(scope="module")
def speaker(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The speaker in three clips, his sound linked on A1, a bed of other sound on A2, a marker at the end."""
    media = shared("media/speaker_458_15s.mp4")
    cuts = [Cut(name=name, media=media, start=start, frames=n) for name, start, n in
            (("A", 0, 150), ("B", 150, 100), ("C", 250, 120))]  # fmt: skip
    bed = Cut(name="bed", media=shared("media/jfk.flac"), start=10, frames=260), Source(frames=275)
    made = timeline(cuts, Source(frames=375), Fraction(25), bed=bed, marker=300)
    return prepare(home, tmp_path_factory.mktemp("speaker"), media, SPEAKER, made, 300)


@pytest.fixture(scope="module")
def edited(speaker: Job, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The three edits in one call, written in all three formats by three calls."""
    folder = tmp_path_factory.mktemp("edited")
    return {
        suffix: speaker.edit(folder / f"out{suffix}", *THREE_EDITS)
        for suffix in (".otio", ".kdenlive", ".xml")
    }


def places(track: otio.schema.Track, rate: Fraction) -> list[tuple[str, int, int]]:
    """(media file name or "gap", start, frames) of each item of the track."""
    at, found = 0, []
    for item in track:
        frames = opentime.whole_frames(item.trimmed_range().duration, rate)
        url = (
            "gap"
            if isinstance(item, otio.schema.Gap)
            else media_linker.media_name(item.media_reference.target_url)
        )
        found.append((url, at, frames))
        at += frames
    return found


def rate_of(report: dict[str, Any]) -> Fraction:
    return Fraction(*report["rate"])


def record_of(take: dict[str, Any]) -> TakeRecord:
    return msgspec.json.decode(Path(take["path"]).with_suffix(".json").read_bytes(), type=TakeRecord)


FORMATS = (".otio", ".kdenlive", ".xml")


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_timeline_is_as_long_as_the_report_says(edited: dict[str, Any], suffix: str) -> None:
    report = edited[suffix]
    made = read(Path(report["timeline"]))
    (video,) = made.video_tracks()
    assert sum(frames for _, _, frames in places(video, Fraction(25))) == report["duration_after"]
    assert report["duration_before"] == 370


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_change_of_length_is_what_the_takes_show_less_what_they_replace(
    edited: dict[str, Any], suffix: str
) -> None:
    report = edited[suffix]
    change = 0
    for take in report["takes"]:
        spans = record_of(take).job.plan.spans
        sources = [frame for span in spans if isinstance(span, Keep) for frame in (span.start, span.end)]
        change += take["frames"] - (max(sources) - min(sources))
    assert report["duration_after"] - report["duration_before"] == change != 0


@pytest.mark.parametrize("suffix", FORMATS)
def test_later_clips_and_the_marker_move_by_exactly_the_change(
    speaker: Job, edited: dict[str, Any], suffix: str
) -> None:
    report = edited[suffix]
    change = report["duration_after"] - report["duration_before"]
    made = read(Path(report["timeline"]))
    video = places(made.video_tracks()[0], Fraction(25))
    assert [start for _, start, _ in video[-2:]] == [150 + change, 250 + change]
    (marker,) = made.tracks.markers
    assert opentime.whole_frames(marker.marked_range.start_time, Fraction(25)) == speaker.marker + change


@pytest.mark.parametrize("suffix", FORMATS)
def test_linked_sound_is_cut_and_replaced_with_the_picture(edited: dict[str, Any], suffix: str) -> None:
    made = read(Path(edited[suffix]["timeline"]))
    assert places(made.audio_tracks()[0], Fraction(25)) == places(made.video_tracks()[0], Fraction(25))


@pytest.mark.parametrize("suffix", FORMATS)
def test_sound_and_picture_of_every_clip_are_in_step(edited: dict[str, Any], suffix: str) -> None:
    made = read(Path(edited[suffix]["timeline"]))
    for picture, sound in zip(made.video_tracks()[0], made.audio_tracks()[0], strict=True):
        assert media_linker.media_offset(picture, Fraction(25)) == media_linker.media_offset(
            sound, Fraction(25)
        )


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_other_track_changes_by_the_same_frames(edited: dict[str, Any], suffix: str) -> None:
    report = edited[suffix]
    made = read(Path(report["timeline"]))
    bed = places(made.audio_tracks()[1], Fraction(25))
    assert sum(frames for _, _, frames in bed) == 260 + report["duration_after"] - report["duration_before"]
    holes = sum(frames for name, _, frames in bed if name == "gap")
    assert holes == sum(int(hole.split(": ")[1].split()[0]) for hole in report["holes"])


def test_all_three_formats_use_the_same_takes(edited: dict[str, Any]) -> None:
    assert len({tuple(take["path"] for take in report["takes"]) for report in edited.values()}) == 1
    assert all(take["reused"] for take in edited[".xml"]["takes"])


def test_the_original_media_stays_one_step_away(edited: dict[str, Any]) -> None:
    made = read(Path(edited[".otio"]["timeline"]))
    (video,) = made.video_tracks()
    takes = [clip for clip in video if "_v0" in clip.name]
    assert takes
    for clip in takes:
        assert "speaker_458_15s.mp4" in clip.media_references()["PICKUP_SOURCE"].target_url


def decoded(path: str) -> tuple[int, int, str]:
    """Frames, samples, and the sha256 of both, decoded."""
    import av

    frames = samples = 0
    digest = hashlib.sha256()
    for kind in ("video", "audio"):
        with av.open(path) as container:
            for frame in container.decode(**{kind: 0}):
                digest.update(frame.to_ndarray().tobytes())
                frames, samples = (
                    (frames + 1, samples) if kind == "video" else (frames, samples + frame.samples)
                )
    return frames, samples, digest.hexdigest()


def test_takes_decode_to_the_frames_and_the_sound_they_state(edited: dict[str, Any]) -> None:
    for take in edited[".otio"]["takes"]:
        assert decoded(take["path"])[:2] == (take["frames"], take["frames"] * 48000 // 25)
        assert read_content(Path(take["path"])).sha256 == take["content_sha256"]


def test_new_words_are_marked_as_scratch_and_not_lip_synced(edited: dict[str, Any]) -> None:
    takes = edited[".otio"]["takes"]
    assert {take["lip_sync"] for take in takes if take["scratch_voice"]} == {"none"}
    assert all(take["lip_sync"] == "source" for take in takes if not take["scratch_voice"])


def psnr(one: Picture, other: Picture) -> float:
    error = np.mean(
        [(np.mean((a.astype(float) - b) ** 2)) for a, b in zip(one.planes, other.planes, strict=True)]
    )
    return float(10 * np.log10(WHITE**2 / max(float(error), 1e-9)))


def untouched(record: TakeRecord) -> Iterator[tuple[int, int]]:
    """(frame of the take, clip frame) wherever the edit must not have touched the picture."""
    at = 0
    spans = record.job.plan.spans
    for number, span in enumerate(spans):
        if not isinstance(span, Keep):
            at += span.frames
            continue
        before, after = (
            spans[number - 1] if number else None,
            spans[number + 1] if number + 1 < len(spans) else None,
        )
        head = record.job.bridge if before is not None and _cut(before, span) else 0
        tail = record.job.bridge if after is not None and _cut(span, after) else 0
        for frame in range(span.start + head, span.end - tail):
            yield at + frame - span.start, frame
        at += span.end - span.start


def _cut(left: Any, right: Any) -> bool:
    return not (isinstance(left, Keep) and isinstance(right, Keep) and left.end == right.start)


def worst_untouched_psnr(take: dict[str, Any]) -> float:
    record = record_of(take)
    footage, rate = record.job.footage, record.job.plan.rate.exact
    source = Sampling(offset=footage.offset.exact, rate=rate)
    delivered = Sampling(offset=Fraction(0), rate=rate)
    pairs = list(untouched(record))
    assert pairs
    with open_reel(Path(footage.media), source) as old, open_reel(Path(take["path"]), delivered) as new:
        return min(psnr(old.picture(frame), new.picture(at)) for at, frame in pairs)


def test_untouched_frames_are_the_sources(edited: dict[str, Any]) -> None:
    assert min(worst_untouched_psnr(take) for take in edited[".otio"]["takes"]) > 42


@pytest.mark.nle
def test_melt_plays_the_kdenlive_for_exactly_the_new_length_with_sound(
    edited: dict[str, Any], tmp_path: Path
) -> None:
    report = edited[".kdenlive"]
    frames, loudest = played(Path(report["timeline"]), tmp_path / "played.mov")
    assert frames == report["duration_after"]
    assert loudest > 0.05


def played(project: Path, out: Path) -> tuple[int, float]:
    """What melt makes of the project: how many frames, and the loudest sample."""
    if not shutil.which("melt"):
        pytest.skip("needs melt: apt-get install melt")
    consumer = [f"avformat:{out}", "vcodec=mpeg4", "acodec=pcm_s16le", "real_time=-2"]
    subprocess.run(
        ["melt", str(project), "-consumer", *consumer], check=True, capture_output=True, timeout=240
    )
    import av

    with av.open(str(out)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    with av.open(str(out)) as container:
        loudest = max(float(np.abs(frame.to_ndarray()).max()) for frame in container.decode(audio=0))
    return frames, loudest / 32768


def test_the_same_edit_without_cache_gives_the_same_frames_and_samples(speaker: Job, tmp_path: Path) -> None:
    edits = ("--remove", "extra hard", "--no-cache")
    one, two = (speaker.edit(tmp_path / f"{name}.otio", *edits) for name in "ab")
    assert [t["content_sha256"] for t in one["takes"]] == [t["content_sha256"] for t in two["takes"]]
    assert [decoded(t["path"]) for t in one["takes"]] == [decoded(t["path"]) for t in two["takes"]]
    assert [t["path"] for t in one["takes"]] != [t["path"] for t in two["takes"]]


def test_an_identical_job_answers_from_cache_and_reuses_its_version(speaker: Job, tmp_path: Path) -> None:
    first = speaker.edit(tmp_path / "a.otio", *THREE_EDITS)
    began = time.monotonic()
    again = speaker.edit(tmp_path / "b.otio", *THREE_EDITS)
    assert time.monotonic() - began < 2
    assert [t["path"] for t in again["takes"]] == [t["path"] for t in first["takes"]]
    assert all(take["reused"] for take in again["takes"])


def check_edit(job: Job, report: dict[str, Any], later: Sequence[int]) -> None:
    """What must hold of any edit: length, later clips and marker, sound in step, source kept."""
    rate = rate_of(report)
    change = report["duration_after"] - report["duration_before"]
    assert change != 0
    made = read(Path(report["timeline"]))
    video, audio = made.video_tracks()[0], made.audio_tracks()[0]
    assert sum(frames for _, _, frames in places(video, rate)) == report["duration_after"]
    assert places(audio, rate) == places(video, rate)
    starts = [start for _, start, _ in places(video, rate)]
    assert starts[len(starts) - len(later) :] == [start + change for start in later]
    (marker,) = made.tracks.markers
    assert opentime.whole_frames(marker.marked_range.start_time, rate) == job.marker + change
    for picture, sound in zip(video, audio, strict=True):
        assert media_linker.media_offset(picture, rate) == media_linker.media_offset(sound, rate)
    for take in report["takes"]:
        content = read_content(Path(take["path"]))
        assert content.frames == take["frames"]
        assert content.samples == round(take["frames"] * 48000 / rate)
        assert worst_untouched_psnr(take) > 42


@pytest.mark.parametrize("rate", [Fraction(30), Fraction(24)])
def test_media_of_variable_rate(home: Path, tmp_path: Path, rate: Fraction) -> None:
    media = shared("media/interview_700_22fps_6s.mp4")
    frames = int(6 * rate)
    half = frames // 2 + int(rate)
    cuts = [
        Cut(name="A", media=media, start=0, frames=half),
        Cut(name="B", media=media, start=half, frames=frames - half),
    ]
    made = timeline(cuts, Source(frames=frames), rate, marker=half + 5)
    job = prepare(home, tmp_path, media, INTERVIEW, made, half + 5)
    edits = ("--remove", "biggest", "--replace", "asking for", "getting a lot of")
    report = job.edit(tmp_path / "out.otio", *edits)
    check_edit(job, report, [half])


def test_a_portrait_clip_of_a_phone(home: Path, tmp_path: Path) -> None:
    """The speech is not English; any script does, the words then lie where they lie."""
    media = shared("media/kitchen_portrait_hevc_20s.mp4")
    script = (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    )
    cuts = [
        Cut(name="A", media=media, start=50, frames=300),
        Cut(name="B", media=media, start=350, frames=100),
    ]
    made = timeline(cuts, Source(frames=500), Fraction(25), marker=320)
    job = prepare(home, tmp_path, media, script, made, 320)
    report = job.edit(tmp_path / "out.otio", "--remove", "eight")
    check_edit(job, report, [300])
    take = record_of(report["takes"][0]).take
    assert (take.width, take.height) == (1080, 1920)


def test_drop_frame_timecode_on_timeline_and_media(home: Path, tmp_path: Path) -> None:
    """29.97 drop-frame from 01:00:00;00, media whose own timecode starts at 10:00:00:00."""
    if not shutil.which("ffmpeg"):
        pytest.skip("needs the ffmpeg command to make the media: apt-get install ffmpeg")
    rate, media = Fraction(30000, 1001), tmp_path / "stamped.mov"
    source = shared("media/speaker_458_15s.mp4")
    convert = ["ffmpeg", "-v", "error", "-i", source, "-r", "30000/1001", "-timecode", "10:00:00:00"]
    subprocess.run([*convert, "-c:v", "mjpeg", "-q:v", "2", "-c:a", "pcm_s16le", media], check=True)
    first = opentime.from_timecode("10:00:00:00", rate)
    cuts = [
        Cut(name="A", media=media, start=0, frames=200),
        Cut(name="B", media=media, start=200, frames=200),
    ]
    start = opentime.from_timecode("01:00:00;00", rate)
    made = timeline(cuts, Source(frames=448, timecode=first), rate, marker=250, start=start)
    job = prepare(home, tmp_path, media, SPEAKER, made, 250)
    report = job.edit(tmp_path / "out.otio", *THREE_EDITS)
    check_edit(job, report, [200])
    written = read(Path(report["timeline"]))
    assert opentime.whole_frames(written.global_start_time, rate) == start
    for take in report["takes"]:
        record = record_of(take)
        head = record.job.plan.spans[0]
        assert isinstance(head, Keep)
        assert record.take.timecode == first + head.start
