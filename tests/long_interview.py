"""Three hours of an interview, 30,000 words: a film of next to nothing, and the words that it says."""

from __future__ import annotations

import random
import subprocess
from fractions import Fraction
from pathlib import Path

from timelines import Cut, Source, timeline

from bridge import transcript
from engine.media.probe import probe
from engine.protocol import Transcript, Word
from otio_adapters.write import write

RATE, SECONDS, WORDS = 25, 3 * 3600, 30_000
SPOKEN = "the a we and to of in that is it for you school um education student's teachers working".split()


def interview(folder: Path) -> Path:
    """The timeline; the film's transcript is one that was listened to."""
    minute, media = folder / "minute.mov", folder / "interview.mov"
    picture = ("-f", "lavfi", "-i", f"color=gray:size=64x36:rate={RATE}", "-c:v", "mjpeg")
    sound = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-c:a", "pcm_s16le")
    _ffmpeg(*picture[:4], *sound[:4], "-t", "60", *picture[4:], *sound[4:], str(minute))
    _ffmpeg("-stream_loop", str(SECONDS // 60 - 1), "-i", str(minute), "-c", "copy", str(media))
    transcript.remember(words_of(media))
    piece = Cut(name="interview", media=media, start=0, frames=SECONDS * RATE)
    write(timeline([piece], Source(frames=SECONDS * RATE), Fraction(RATE)), folder / "interview.otio")
    return folder / "interview.otio"


def words_of(media: Path) -> Transcript:
    chance = random.Random(6)
    words, at = [], 0.0
    for i in range(WORDS):
        at += chance.choice((0.02, 0.05, 0.4, 0.05))
        text = chance.choice(SPOKEN) + ("." if i % 17 == 16 else "")
        words.append(Word(text=text, start=at, end=at + 0.22, confidence=0.9, speaker="AB"[i // 900 % 2]))
        at += 0.22
    assert at < SECONDS
    info = probe(media)
    energy = bytes(chance.randrange(10, 120) for _ in range(SECONDS * 100))
    return Transcript(
        fingerprint=info.fingerprint,
        duration=info.duration,
        words=tuple(words),
        energy=energy,
        source="aligned",
        language="en",
    )


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", *arguments], check=True)
