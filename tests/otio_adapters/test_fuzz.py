"""Thousands of damaged project files: each is carried through an edit, or refused in one line, and soon.

A child process reads them under a memory limit, since what goes wrong in a library goes wrong for the whole
process: it is begun again where it dies. Seconds are of processor time, which other programs do not stretch.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mutations import mutated
from shared_media import SHARED

from otio_adapters.formats import FORMATS
from otio_adapters.read import read
from otio_adapters.write import write

ROOT = Path(__file__).parents[2]
CHILD = ROOT / "tests" / "fuzz_child.py"
GOLDENS = ROOT / "tests" / "data" / "otio_adapters"
SUFFIXES = sorted(one.suffix for one in FORMATS if one.suffix not in {".otiod", ".fcpxmld"})  # folders
SECONDS = 2.0
IN_ALL = 20_000
SLOW = {".aaf": 500}  # for each of them a process is begun, which takes a second
SMALL = 120_000  # bytes of a sample: what takes long is damaged as well by the small ones
SMALL_AAF = 700_000


def originals(suffix: str, folder: Path) -> list[Path]:
    """Whole files to damage: goldens, one written anew, and small samples where they are."""
    found = sorted(GOLDENS.glob(f"*{suffix}"))
    if not found and any(one.suffix == suffix and one.write for one in FORMATS):
        made = read(GOLDENS / "revised.otio")
        for clip in made.find_clips():
            clip.media_reference.target_url = str(CHILD)
        write(made, folder / f"made{suffix}")
        found = [folder / f"made{suffix}"]
    samples = (path for path in sorted((SHARED / "timelines").glob("*/*")) if path.suffix.lower() == suffix)
    limit = SMALL_AAF if suffix == ".aaf" else SMALL
    return found + [path for path in samples if path.stat().st_size < limit]


class Reader:
    """The child, begun again after each death."""

    def __init__(self) -> None:
        self._begin()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _begin(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def read(self, path: Path) -> tuple[str, float]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{path}\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if line:
            said, seconds = json.loads(line)
            return said, seconds
        code = self._child.wait()
        self._end()
        self._begin()
        return f"FAULT the process died with {code}", 0.0

    def _end(self) -> None:
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()
        self._child.wait()


def faults(suffix: str, count: int, folder: Path) -> list[str]:
    """What went wrong with `count` damaged files, each with the name that makes it again."""
    files = originals(suffix, folder)
    if not files:
        pytest.skip(f"needs a sample: no {suffix} lies beside the checkout, and none is written")
    contents = [path.read_bytes() for path in files]
    found = []
    with Reader() as reader:
        for number in range(count):
            which = number % len(files)
            seed = f"{files[which].name}:{number}"
            path = folder / f"damaged{suffix}"
            path.write_bytes(mutated(contents[which], seed))
            said, seconds = reader.read(path)
            if said.startswith("FAULT") or seconds > SECONDS:
                found.append(f"{seed}: {said}, {seconds:.1f} s")
            shutil.rmtree(folder / "damaged_unpacked", ignore_errors=True)
    return found


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_damaged_file_is_carried_or_refused_in_time(suffix: str, tmp_path: Path) -> None:
    assert faults(suffix, 12 if suffix in SLOW else 60, tmp_path) == []


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_twenty_thousand_damaged_files_are_carried_or_refused_in_time(suffix: str, tmp_path: Path) -> None:
    others = -(-(IN_ALL - sum(SLOW.values())) // (len(SUFFIXES) - len(SLOW)))
    assert faults(suffix, SLOW.get(suffix, others), tmp_path) == []
