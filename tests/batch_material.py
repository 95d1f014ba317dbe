"""Rows for batches: a timeline of six short clips, a recording for each, and the command that dubs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from consents import CONSENT
from timelines import Cut, Source, timeline
from tiny import RATE, make_media

from otio_adapters.write import write

FRAMES = 50


def material(folder: Path, clips: int = 6) -> Path:
    """`cut.otio`, whose clips are sh0, sh1 and so on; `0.wav`, `1.wav`."""
    media = make_media(folder / "clip.mov", seconds=2)
    cuts = [Cut(name=f"sh{n}", media=media, start=0, frames=FRAMES) for n in range(clips)]
    write(timeline(cuts, Source(frames=FRAMES), Fraction(RATE)), folder / "cut.otio")
    for number in range(clips):
        tone(folder / f"{number}.wav", 150 + 10 * number)
    return folder


def tone(path: Path, ticks: int) -> None:
    at = np.arange(ticks * 480) / 48_000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", "not compressed"))
        file.writeframes((np.sin(2 * np.pi * 300 * at) * 9000).astype("<i2").tobytes())


def rows(material: Path, number: int) -> list[dict[str, Any]]:
    """That can be done."""
    return [{"clip": f"sh{n}", "speech": str(material / f"{n}.wav")} for n in range(number)]


def manifest(folder: Path, material: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "batch.jsonl"
    usual = {
        "timeline": str(material / "cut.otio"),
        "output": "{clip}/v{version:03d}",
        "speaker": CONSENT.person,
    }
    path.write_text("".join(json.dumps({**usual, **row}) + "\n" for row in rows), encoding="utf-8")
    return path


def pickup(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bridge.cli", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PICKUP_HOME": str(home)},
    )


def states(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [row["state"] for row in json.loads(done.stdout)["rows"]]


def outputs(folder: Path) -> list[str]:
    """Those that were written; an end by force may leave a hidden half of one, under a name of its own."""
    written = (path for path in folder.rglob("*.otio") if not path.name.startswith("."))
    return sorted(str(path.relative_to(folder)) for path in written)


def contents(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What the takes of each row show and let hear, by name."""
    told = json.loads(done.stdout)["rows"]
    return [take["content_sha256"] for row in told for take in row["edit"]["takes"]]
