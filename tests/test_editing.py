"""Each kind of edit through the command, on a small clip that the tests make themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from consents import keep_consent
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, make_transcript, words_of

from bridge import transcript
from otio_adapters import opentime
from otio_adapters.read import read
from otio_adapters.write import write

FPS = Fraction(RATE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = keep_consent(tmp_path_factory.mktemp("home"))
    yield folder
    pickup(folder, "engine", "stop")


def pickup(home: Path, *arguments: str | Path) -> Any:
    environment = {**os.environ, "PICKUP_HOME": str(home)}
    command = [sys.executable, "-m", "bridge.cli", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Cutting:
    """A clip of 80 frames and one of 20, a bed of sound under both, a marker on the second."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.media = make_media(folder / "clip.mov")
        make_transcript(self.media, folder / "t.json")
        cuts = [
            Cut(name=name, media=self.media, start=at, frames=n)
            for name, at, n in (("A", 0, 80), ("B", 80, 20))
        ]
        bed = make_media(folder / "bed.mov", picture=False)
        under = Cut(name="bed", media=bed, start=0, frames=100), Source(frames=100)
        write(timeline(cuts, Source(frames=100), FPS, bed=under, marker=90), folder / "cut.otio")

    def edit(self, *edits: str | Path) -> dict[str, Any]:
        cut, words = self.folder / "cut.otio", self.folder / "t.json"
        out = self.folder / "out.otio"
        return dict(pickup(self.home, "edit", cut, "--clip", "A", "--transcript", words, "-o", out, *edits))

    def track(self, kind: str, number: int) -> list[tuple[str, int]]:
        """(name, frames) of each item of the edited timeline's track."""
        made = read(self.folder / "out.otio")
        tracks = made.video_tracks() if kind == "Video" else made.audio_tracks()
        return [
            (item.name, opentime.whole_frames(item.trimmed_range().duration, FPS)) for item in tracks[number]
        ]

    def marker(self) -> int:
        made = read(self.folder / "out.otio")
        (marker,) = made.tracks.markers
        return opentime.whole_frames(marker.marked_range.start_time, FPS)


@pytest.fixture
def cutting(home: Path, tmp_path: Path) -> Cutting:
    return Cutting(home, tmp_path)


def test_a_removal_takes_out_the_word_and_its_pause(cutting: Cutting) -> None:
    report = cutting.edit("--remove", "three")
    change = report["duration_after"] - report["duration_before"]
    assert change in (-12, -13)  # half a second is 12.5 frames
    assert cutting.marker() == 90 + change


def test_a_retime_changes_the_length_by_exactly_what_was_asked_for(cutting: Cutting) -> None:
    report = cutting.edit("--retime", "10:30", "33")
    assert report["duration_after"] - report["duration_before"] == 13
    assert sum(frames for _, frames in cutting.track("Audio", 0)) == 113


def test_the_report_lists_the_edit_for_a_program_that_makes_it_itself(cutting: Cutting) -> None:
    report = cutting.edit("--retime", "40:60", "33", "--retime", "10:15", "8")
    splice, takes = report["splice"], report["takes"]
    assert (splice["clip"], splice["track"], splice["ripple"]) == ("A", 1, "all")
    for piece, take in zip(splice["pieces"], takes, strict=True):
        change = sum(added - removed for _, removed, added in piece["ripples"])
        assert take["source_range"][1] - piece["length"] == change
    assert [piece["take"] for piece in splice["pieces"]] == [0, 1]


def test_a_retime_of_the_same_length_overwrites_in_place(cutting: Cutting) -> None:
    report = cutting.edit("--retime", "10:30", "20")
    assert report["duration_after"] == report["duration_before"]
    assert cutting.track("Audio", 1) == [("bed", 100)]


def test_a_recorded_line_is_used_and_is_not_scratch(cutting: Cutting) -> None:
    line = make_media(cutting.folder / "line.mov", picture=False, seconds=1)
    report = cutting.edit("--insert", "brand new", "two", "--speech", line)
    (take,) = report["takes"]
    assert (take["scratch_voice"], take["lip_sync"]) == (False, "none")
    assert report["duration_after"] - report["duration_before"] == 25  # .9 s of beeps and a breath


def test_a_revised_text_is_the_same_as_its_edits(cutting: Cutting) -> None:
    (cutting.folder / "revised.txt").write_text("one two four five six")
    revised = cutting.edit("--revised", cutting.folder / "revised.txt")
    assert [(line["kind"], line["words"]) for line in revised["edits"]] == [("remove", "three")]


def test_linked_ripple_leaves_the_other_tracks_and_the_marker(cutting: Cutting) -> None:
    report = cutting.edit("--remove", "three", "--ripple", "linked")
    assert cutting.track("Audio", 1) == [("bed", 100)]
    assert cutting.marker() == 90
    (edit,) = report["takes"]
    assert edit["lip_sync"] == "source"
    assert sum(frames for _, frames in cutting.track("Audio", 0)) in (87, 88)


def test_words_at_the_head_are_trimmed_without_a_take(cutting: Cutting) -> None:
    report = cutting.edit("--remove", "one")
    assert report["takes"] == []
    change = report["duration_after"] - report["duration_before"]
    assert cutting.track("Video", 0) == [("A", 80 + change), ("B", 20)]


def test_an_addition_under_a_bed_reports_the_hole(cutting: Cutting) -> None:
    report = cutting.edit("--retime", "10:30", "33")
    assert report["holes"] == ["A2: 13 frames of nothing at frame 30, in bed"]


def test_edits_near_one_another_share_a_take(cutting: Cutting) -> None:
    report = cutting.edit("--remove", "two", "--remove", "four")
    assert len(report["takes"]) == 1
    assert len(report["edits"]) == 2


def test_the_report_lies_beside_the_timeline(cutting: Cutting) -> None:
    report = cutting.edit("--remove", "three")
    assert json.loads((cutting.folder / "out.pickup.json").read_text()) == report


def test_premieres_own_transcript_gives_the_words(cutting: Cutting) -> None:
    """As its Text panel exports it; how loud the media is, is measured here."""
    words = [
        {"text": word.text, "start": word.start, "duration": word.end - word.start, "type": "word"}
        for word in words_of(cutting.media).words
    ]
    exported = {"language": "en-us", "speakers": [], "segments": [{"speaker": "", "words": words}]}
    (cutting.folder / "t.json").write_text(json.dumps(exported))
    report = cutting.edit("--remove", "three")
    assert report["edits"][0]["words"] == "three"
    assert report["duration_after"] == report["duration_before"] - 13


def test_a_transcript_made_before_is_found_again(cutting: Cutting, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pickup edit` without --transcript uses what `pickup transcribe` last made of this media."""
    monkeypatch.setenv("PICKUP_HOME", str(cutting.home))
    transcript.remember(words_of(cutting.media))
    cut, out = cutting.folder / "cut.otio", cutting.folder / "out.otio"
    report = pickup(cutting.home, "edit", cut, "--clip", "A", "-o", out, "--remove", "three")
    assert report["edits"][0]["words"] == "three"
