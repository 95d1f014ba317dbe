"""`python -m otio_adapters.ripple_bench`: what an edit costs beside reading and writing the file as it is.

A timeline of 10,000 clips on 20 tracks is read, a take put in that ripples them all, and it is written and
read back; against OTIO's own adapter reading and writing the same file. The two take turns, and each turn has
its ratio, since what else runs on the machine slows both: the middle one is told, on the wall and on the
processor.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median

import opentimelineio as otio

from otio_adapters.clip_place import find_clip
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import time_range
from otio_adapters.placement import Placement, Ripple
from otio_adapters.read import read
from otio_adapters.takes import put_takes
from otio_adapters.write import write

CLIPS, TRACKS = 10_000, 20
RATE, SHORT = Fraction(25), Fraction(24000, 1001)
GOAL = 1.2  # ours: an edit is to cost a fifth of what reading and writing costs anyway


def long_timeline(clips: int = CLIPS, tracks: int = TRACKS, rate: Fraction = RATE) -> otio.schema.Timeline:
    """Half of the tracks are picture, the others their sound, cut alike and linked."""
    timeline = otio.schema.Timeline("long")
    for number in range(tracks):
        half = number % (tracks // 2)
        track = otio.schema.Track(f"{number + 1}", kind="Video" if number < tracks // 2 else "Audio")
        for index in range(clips // tracks):
            reference = otio.schema.ExternalReference(
                f"/media/interview {half}.mov", time_range(90_000, 500_000, rate)
            )
            shown = time_range(90_000 + 70 * index, 50 + index % 13, rate)
            clip = otio.schema.Clip(f"{half} {index}", reference, shown)
            clip.metadata["pickup"] = {"link": 1000 * half + index}
            track.append(clip)
        timeline.tracks.append(track)
    return timeline


def edit(timeline: otio.schema.Timeline, name: str) -> otio.schema.Timeline:
    """A take in place of twenty frames of a clip, five frames shorter."""
    place = find_clip(timeline, name)
    take = Placement(
        start=place.start + 10,
        length=20,
        media=Path("/takes/take.mov"),
        name="take",
        facts=MediaFacts(rate=place.rate, start=0, frames=40),
        source_range=(8, 15),
        ripples=(Ripple(at=place.start + 12, removed=5),),
    )
    return put_takes(timeline, place, [take]).timeline


def whole_way(folder: Path, turns: int, rate: Fraction = RATE) -> dict[str, float]:
    """How many times as long as OTIO's adapter it takes to read, edit, write and read back.

    The file spells its rate as most programs do: 23.976, which is made exact in reading.
    """
    path, out = folder / "long.otio", folder / "out.otio"
    text = long_timeline(rate=rate).to_json_string()
    path.write_text(text.replace(f'"rate": {float(rate)}', f'"rate": {round(float(rate), 3)}'), "utf-8")

    def stock() -> None:
        otio.adapters.write_to_file(otio.adapters.read_from_file(str(path)), str(out))

    def ours() -> None:
        write(edit(read(path), f"0 {CLIPS // TRACKS // 2}"), out, origin=path)

    taken = [(_timed(stock), _timed(ours)) for _ in range(turns)]
    return {
        kind: median(own[of] / theirs[of] for theirs, own in taken)
        for of, kind in enumerate(("wall", "processor"))
    }


def growth(sizes: Sequence[int] = (2_000, 4_000, 8_000)) -> dict[str, float]:
    """Microseconds of processor time that the ripple alone takes for each clip after it."""
    found: dict[str, float] = {}
    for clips in sizes:
        times = []
        for _ in range(3):
            timeline = long_timeline(clips)
            times.append(_timed(lambda timeline=timeline: edit(timeline, "0 0"))[1])  # type: ignore[misc]
        found[str(clips)] = round(1e6 * min(times) / clips, 2)
    return found


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - own


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        over = {
            f"{float(rate):.5g}": {
                kind: round(ratio, 2)
                for kind, ratio in whole_way(Path(folder), arguments.turns, rate).items()
            }
            for rate in (RATE, SHORT)
        }
    json.dump({"over_otio": over, "goal": GOAL, "us_per_clip": growth()}, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
