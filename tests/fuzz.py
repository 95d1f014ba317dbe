"""Damaged project files by kind and number: each is carried through an edit or refused in one line, and soon.

    python tests/fuzz.py .otio --first 0 --count 500 --results /tmp/otio.jsonl

runs a part of one kind and prints the counts of outcomes; `--in FOLDER --count 1` leaves the damaged file
there. The same kind and number make the same file, as long as the same samples lie beside the checkout.

A child process reads them under a memory limit, since what goes wrong in a library goes wrong for the whole
process: it is begun again where it dies. Seconds are of processor time, which other programs do not stretch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import select
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from mutations import mutated
from shared_media import SHARED

from otio_adapters.read import read
from otio_adapters.write import write

ROOT = Path(__file__).parents[1]
CHILD = ROOT / "tests" / "fuzz_child.py"
GOLDENS = ROOT / "tests" / "data" / "otio_adapters"
SECONDS = 2.0
PATIENCE = 900  # seconds on the clock for one file: a process that waits for ever takes no processor time
SMALL = 120_000  # bytes of a sample: what takes long is damaged as well by the small ones
SMALL_AAF = 700_000
SEQUENCES = b'docproperties.version">1.1<'  # of a Kdenlive project with its timelines in sequences


def _all(_content: bytes) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is damaged. A folder's timeline is the file `inside` it, like one of the suffix `like`."""

    name: str
    suffix: str
    like: str = ""
    inside: str = ""
    has: Callable[[bytes], bool] = _all


KINDS = (
    Kind(name=".otio", suffix=".otio"),
    Kind(name=".otioz", suffix=".otioz"),
    Kind(name=".otiod", suffix=".otiod", like=".otio", inside="content.otio"),
    Kind(name=".kdenlive-1.04", suffix=".kdenlive", has=lambda content: SEQUENCES not in content),
    Kind(name=".kdenlive-1.1", suffix=".kdenlive", has=lambda content: SEQUENCES in content),
    Kind(name=".xml", suffix=".xml"),
    Kind(name=".fcpxml", suffix=".fcpxml"),
    Kind(name=".fcpxmld", suffix=".fcpxmld", like=".fcpxml", inside="Info.fcpxml"),
    Kind(name=".edl", suffix=".edl"),
    Kind(name=".aaf", suffix=".aaf"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one damaged file: `carried`, `read: UnreadableTimeline`... or `FAULT ...`.

    What was written and cannot be read is a fault as well; what does not read back was not written.
    """

    kind: str
    number: int
    sample: str
    digest: str
    outcome: str
    seconds: float

    @property
    def fault(self) -> str:
        """What is wrong with it, and what makes the file again; "" where nothing is."""
        if not self.outcome.startswith(("FAULT", "read back")) and self.seconds <= SECONDS:
            return ""
        return f"{self.kind} {self.number} ({self.sample}): {self.outcome}, {self.seconds:.1f} s"


def run(kind: Kind, numbers: range, folder: Path) -> Iterator[Result]:
    """Damages and reads one after the other; none where there is no file to damage."""
    files = originals(kind, folder)
    contents = [path.read_bytes() for path in files]
    with Reader() as reader:
        for number in numbers if files else ():
            which = number % len(files)
            seed = f"{kind.name}:{files[which].name}:{number}"
            path = folder / f"damaged{kind.suffix}"
            content = mutated(contents[which], seed)
            _lay(path, content, kind, seed)
            outcome, seconds = reader.read(path)
            shutil.rmtree(folder / "damaged_unpacked", ignore_errors=True)
            yield Result(
                kind=kind.name,
                number=number,
                sample=files[which].name,
                digest=hashlib.sha256(content).hexdigest()[:16],
                outcome=outcome,
                seconds=round(seconds, 2),
            )


def originals(kind: Kind, folder: Path) -> list[Path]:
    """Whole files to damage: goldens, one written anew, and small samples where they are."""
    suffix = kind.like or kind.suffix
    found = [path for path in sorted(GOLDENS.glob(f"*{suffix}")) if kind.has(path.read_bytes())]
    if suffix in {".otioz", ".edl"}:
        made = read(GOLDENS / "revised.otio")
        for clip in made.find_clips():
            clip.media_reference.target_url = str(CHILD)
        write(made, folder / f"made{suffix}")
        found = [folder / f"made{suffix}"]
    samples = (path for path in sorted((SHARED / "timelines").glob("*/*")) if path.suffix.lower() == suffix)
    limit = SMALL_AAF if suffix == ".aaf" else SMALL
    return found + [path for path in samples if path.stat().st_size < limit and kind.has(path.read_bytes())]


def _lay(path: Path, content: bytes, kind: Kind, seed: str) -> None:
    """The damaged file; of a folder now and then the folder is what is damaged."""
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    chance = random.Random(f"folder of {seed}").random()
    if not kind.inside or chance < 0.02:
        path.write_bytes(content)
        return
    path.mkdir()
    if chance < 0.04:
        (path / kind.inside).mkdir()
    elif chance > 0.06:
        (path / kind.inside).write_bytes(content)


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
        """What came of the file, and the seconds that it took."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{path}\n")
        self._child.stdin.flush()
        if not select.select([self._child.stdout], [], [], PATIENCE)[0]:
            self._child.kill()
        line = self._child.stdout.readline()
        if line:
            outcome, seconds = json.loads(line)
            return outcome, seconds
        code = self._child.wait()
        self._end()
        self._begin()
        return f"FAULT the process died with {code}", 0.0

    def _end(self) -> None:
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()
        self._child.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kind", choices=[kind.name for kind in KINDS])
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--results", type=Path, default=Path("/dev/null"), help="a line is added a file")
    parser.add_argument("--in", dest="folder", type=Path, help="where the files are made")
    given = parser.parse_args()
    kind = next(one for one in KINDS if one.name == given.kind)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary, given.results.open("a") as results:
        for one in run(kind, range(given.first, given.first + given.count), given.folder or Path(temporary)):
            counts["FAULT" if one.fault else one.outcome] += 1
            results.write(f"{json.dumps(asdict(one))}\n")
            results.flush()
            if one.fault:
                print(one.fault, flush=True)  # noqa: T201
    print(kind.name, json.dumps(counts))  # noqa: T201


if __name__ == "__main__":
    main()
