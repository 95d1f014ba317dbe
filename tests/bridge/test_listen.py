"""What a source is told by its name: a timeline, or a media file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.listen import TIMELINES, Request, transcribe
from engine.protocol import Align, AlignedWords, Job, Ratio, Result, Transcript
from otio_adapters.formats import FORMATS


class Aligning:
    """An engine that notes what it is to align."""

    script = ""

    def run(self, job: Job, *, on_progress: object) -> Result:
        assert isinstance(job, Align)
        self.script = job.script
        return AlignedWords(
            transcript=Transcript(
                fingerprint="f", duration=Ratio(num=1), words=(), energy=b"", source="aligned"
            )
        )


@pytest.mark.parametrize(
    "written",
    [
        "So, today",
        json.dumps(
            {"segments": [{"words": [{"text": t, "start": 0, "duration": 0} for t in ("So,", "today")]}]}
        ),
    ],
)
def test_a_script_is_text_or_what_premiere_exported(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
    (tmp_path / "script").write_text(written)
    engine = Aligning()
    transcribe(Request(source=tmp_path / "a.mov", script=tmp_path / "script"), engine, lambda *_: None)  # type: ignore[arg-type]
    assert engine.script == "So, today"


def test_every_format_that_is_read_is_a_timeline() -> None:
    """The list stands for itself, because a media file is listened to without the timeline library."""
    assert set(TIMELINES) == {one.suffix for one in FORMATS}
