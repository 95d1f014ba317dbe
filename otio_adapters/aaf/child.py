"""A process of its own that reads one AAF file and writes it as OTIO JSON: `child IN OUT MEGABYTES
SECONDS SEQUENCE`.

AAF is a file system in a file. pyaaf2 follows its tables wherever they lead, so it is run where it can do no
harm: with little memory, little time, and an end to what it may write. What fails is said in one line on
standard error, with exit code 1.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio

from otio_adapters.sequences import choose

_READ = {"Picture", "Sound", "Timecode", "LegacyTimecode", "DescriptiveMetadata", "Descriptive Metadata"}
MOST_BYTES = (
    64 * 1024 * 1024
)  # ours: of JSON; the largest sample, 145 clips with all their metadata, has 2.4 MB


def main(arguments: list[str]) -> int:
    source, result, megabytes, seconds, sequence = arguments
    _limit(int(megabytes), int(seconds))
    logging.disable(logging.CRITICAL)
    try:
        timeline = _read(source, sequence)
        Path(result).write_text(otio.core.serialize_json_to_string(timeline), "utf-8")
    except MemoryError:
        return _fail(f"it takes more than {megabytes} MB of memory")
    except RecursionError:
        return _fail("it is nested without end")
    except Exception as error:  # noqa: BLE001  # hostile files make pyaaf2 raise whatever there is
        return _fail(" ".join(str(error).split())[:200] or type(error).__name__)
    return 0


def _limit(megabytes: int, seconds: int) -> None:
    """Where the system can: Windows knows no such limits, and has the parent's patience alone."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415  # there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))


def _read(source: str, sequence: str) -> otio.schema.Timeline:
    import aaf2  # noqa: PLC0415  # optional, and its absence is the parent's to tell
    from otio_aaf_adapter.adapters import advanced_authoring_format  # noqa: PLC0415

    found = advanced_authoring_format.read_from_file(source)
    timelines = [found] if isinstance(found, otio.schema.Timeline) else list(found or ())
    timelines = [one for one in timelines if isinstance(one, otio.schema.Timeline)]
    if not timelines:
        raise ValueError("it holds no sequence")
    names = [one.name for one in timelines]
    index = choose(sequence, names, "the file") if sequence else 0
    timeline = timelines[index]
    with aaf2.open(source) as file:
        timeline.metadata["pickup"] = {**dict(_facts(file, timeline)), "index": index, "names": names}
    return timeline


def _facts(file: Any, timeline: otio.schema.Timeline) -> Iterator[tuple[str, Any]]:
    """What the adapter leaves out: the program, how the timecode counts, and what it does not carry over."""
    yield "application", _application(file)
    lost = []
    embedded = len(list(file.content.essencedata))
    if embedded:
        lost.append(f"{embedded} pieces of media inside the AAF file: only links to files are read")
    name = str(timeline.metadata.get("AAF", {}).get("MobID", ""))
    slots = next((list(mob.slots) for mob in file.content.mobs if str(mob.mob_id) == name), [])
    yield "drop_frame", any(bool(_value(slot.segment, "Drop")) for slot in slots)
    others = sorted({str(slot.media_kind) for slot in slots} - _READ)
    if others:
        lost.append(f"the tracks of {', '.join(others)}: only picture, sound and markers are read")
    yield "losses", lost


def _application(file: Any) -> str:
    """The last program in the file's list of those that wrote it; "" where it has none."""
    try:
        last = list(file.header["IdentificationList"].value)[-1]
        name, version = (str(last[key].value) for key in ("ProductName", "ProductVersionString"))
    except Exception:  # noqa: BLE001  # whatever a damaged AAF makes of its reader, it then does not say
        return ""
    return name if version in name or version.startswith("Unknown") else f"{name} {version}"


def _value(segment: Any, name: str) -> Any:
    """A property of the segment; of the first of its components that has it where it is a sequence."""
    for one in (segment, *(getattr(segment, "components", None) or ())):
        with contextlib.suppress(KeyError, AttributeError):
            return one[name].value
    return None


def _fail(reason: str) -> int:
    sys.stderr.write(reason + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
