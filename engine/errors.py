"""What can go wrong in the engine, as one tree.

EngineError
├── EngineUnavailable    no engine answers, or it died under the job        exit code 4
│   └── NotAdmitted      a client that the engine does not let in       exit code 4
├── WireError            a message that is not of the protocol              exit code 4
├── UnknownJob           no job has this id                                 exit code 3
├── ConsentMissing       new words without the speaker's consent            exit code 6
├── JobCancelled         somebody asked for the job to stop                 exit code 5
├── RenderFailed         the work itself failed                             exit code 5
│   ├── DiskFull
│   ├── OutOfMemory
│   │   └── OutOfGpuMemory
│   ├── QueueFull        more jobs wait than the engine takes
│   └── WorkerLost       the worker died or stopped its heartbeat
└── BadMedia             what was handed in cannot be used                  exit code 3
    ├── MissingMedia
    ├── ForbiddenPath    a path that this engine does not read
    ├── TruncatedMedia
    ├── NoSuchStream     no audio, or no video, where it is needed
    ├── WordsDoNotFit    the script is not what is said
    ├── OffTheGrid       the plan's cuts are not where latents begin
    ├── BadCertificate   one that takes cannot be signed with
    ├── BadConsent       a record of consent that cannot be kept or is not one
    ├── MissingModel     weights or models that the user must bring
    ├── BadCheckpoint    weights that are damaged, or are not what they say
    │   └── PickledCheckpoint   weights that could run a program when opened
    └── NotOnThisMachine a setting that this machine cannot do

They cross the wire as (class name, message); `from_wire` makes them again.
"""

from __future__ import annotations


class EngineError(Exception):
    """Root of the engine's errors. The message says what, where and what to do."""


class EngineUnavailable(EngineError):
    """No engine answers."""


class NotAdmitted(EngineUnavailable):
    """The engine does not let this client in, or not do this."""


class WireError(EngineError):
    """A message that is not of the protocol, or of another version of it."""


class UnknownJob(EngineError):
    """The engine keeps no job of this id."""


class ConsentMissing(EngineError):
    """New words were to be put onto somebody of whom no consent is on record that fits."""


class JobCancelled(EngineError):
    """The job was cancelled."""


class RenderFailed(EngineError):
    """The work failed for a reason that is not the user's input."""


class DiskFull(RenderFailed):
    """No room to write the result."""


class OutOfMemory(RenderFailed):
    """The work needs more memory than this machine has."""


class OutOfGpuMemory(OutOfMemory):
    """The work needs more memory than the GPU has."""


class QueueFull(RenderFailed):
    """More jobs wait than the engine takes."""


class WorkerLost(RenderFailed):
    """The worker process died or stopped answering in the middle of the job."""


class BadMedia(EngineError):
    """What was handed in cannot be used."""


class MissingMedia(BadMedia):
    """The file is not there or cannot be read."""


class ForbiddenPath(BadMedia):
    """A path that this engine does not read for its clients."""


class TruncatedMedia(BadMedia):
    """The file ends before the frames that are needed."""


class NoSuchStream(BadMedia):
    """The file has no audio, or no video, where it is needed."""


class WordsDoNotFit(BadMedia):
    """The script given is not what is said in the media."""


class OffTheGrid(BadMedia):
    """The plan's cuts are not where latents begin."""


class BadCertificate(BadMedia):
    """A certificate or key that takes cannot be signed with."""


class BadConsent(BadMedia):
    """A record of consent that makes no sense, is damaged or is not there."""


class MissingModel(BadMedia):
    """A model or weights that are not on this machine."""


class BadCheckpoint(BadMedia):
    """Weights that are cut short, of other shapes, or not the ones that their description names."""


class PickledCheckpoint(BadCheckpoint):
    """Weights in a form that could run any program when opened. They are not opened."""


class NotOnThisMachine(BadMedia):
    """A setting that the machine's hardware or software cannot do."""


def _tree(root: type[EngineError]) -> dict[str, type[EngineError]]:
    found = {root.__name__: root}
    for child in root.__subclasses__():
        found |= _tree(child)
    return found


def to_wire(error: EngineError) -> tuple[str, str]:
    """The error as (class name, message)."""
    return type(error).__name__, str(error)


def from_wire(name: str, message: str) -> EngineError:
    """The error again; an unknown class becomes a plain `EngineError`, never a guess."""
    return _tree(EngineError).get(name, EngineError)(message)
