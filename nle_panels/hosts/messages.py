"""What the panel and the script or plug-in inside an editing program say to each other.

`PROTOCOL.md` is the written form of this file. A message is one WebSocket text message, a JSON object with
its kind under "type". Frames of a sequence count from its first frame, 0, whatever its timecode says; frames
of a take's file from the file's first. Ranges are [start, end).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.protocol import Ratio, Value
from nle_panels.errors import BadMessage

PROTOCOL_VERSION = 1

# A timeline crosses as a path: what is said is small.
LARGEST_HELLO = 4 * 1024
LARGEST_MESSAGE = 1024 * 1024
LARGEST_RECEIPT = 256 * 1024

Way = Literal["takes", "edit", "timeline"]
"""How takes get into the project, the least change first.

takes: as another take of each clip that is replaced whole, at its length; the original is one choice away.
edit: cut into the open sequence, as one step of its undo.
timeline: the edited timeline imported as a new sequence; the old one stays.
"""


# ---------------------------------------------------------------------------------------- greeting


class Hello(Value, tag="hello"):
    """The first message of a script or plug-in. Answered by `Welcome`, or by `Refused` and the end.

    `ways`: those it can do, in the order it would rather use them. `reads`: suffixes of the timelines that
    the program imports.
    """

    protocol: int
    token: str
    host: str  # as `pickup panel --host` calls it: "resolve", "premiere"
    host_version: str
    script_version: str
    ways: tuple[Way, ...]
    reads: tuple[str, ...]


class Welcome(Value, tag="welcome"):
    """You are the host now. Whoever was before is told `Bye`."""

    protocol: int
    panel_version: str


class Refused(Value, tag="refused"):
    """The greeting was not accepted; `message` says why, for a person. The connection ends."""

    protocol: int
    message: str


class Bye(Value, tag="bye"):
    """From either side: I go, for this reason. The connection ends."""

    reason: str


# ---------------------------------------------------------------------------------------- questions


class Export(Value, kw_only=True, tag="export"):
    """Write the active sequence into `folder`. Answered by `Exported`."""

    id: int = 0  # the bridge numbers what is asked
    folder: str


class Ripple(Value):
    """Time that vanishes or appears on every track: frames [at, at + removed) go, then `added` come in.

    In frames of the sequence as it was before the edit.
    """

    at: int
    removed: int = 0
    added: int = 0


class Take(Value):
    """A rendered file. Frames [first, first + frames) of it are shown, the others are handles."""

    path: str
    name: str
    first: int
    frames: int
    total: int  # frames in the file


class Piece(Value):
    """Frames [start, start + length) of the sequence as it was give way to `take`, or, without one, go."""

    start: int
    length: int
    take: Take | None = None
    ripples: tuple[Ripple, ...] = ()


class Place(Value, kw_only=True, tag="place"):
    """Put takes into the project, this way. Answered by `Placed`. Where it fails nothing may have changed.

    `pieces` are in order, none over another, all inside the clip on picture track `track`, of which 1 is the
    lowest; its linked sound is on `sound_tracks`. `timeline` is the edited timeline in a format that the host
    reads, and `name` one that no sequence of the project has as far as the panel knows.
    """

    id: int = 0  # the bridge numbers what is asked
    way: Way
    sequence: str  # `State.sequence`, as it was exported
    version: str  # `State.version`, as it was exported
    rate: Ratio
    track: int
    sound_tracks: tuple[int, ...]
    ripple: Literal["all", "linked"]
    pieces: tuple[Piece, ...]
    timeline: str
    name: str
    bin: str = "Pickup takes"


class Undo(Value, kw_only=True, tag="undo"):
    """Take back what `Placed` reported. Answered by `Undone`."""

    id: int = 0  # the bridge numbers what is asked
    receipt: str


class Ping(Value, kw_only=True, tag="ping"):
    """Are you there? Answered by `Pong`. Not asked while another question waits for its answer."""

    id: int = 0  # the bridge numbers what is asked


# ---------------------------------------------------------------------------------------- answers


class State(Value):
    """What is active in the editing program.

    `version` is another one after each change of the sequence that the host can notice, "" where it can
    notice none. `range`: its in and out point. None and "" where there is nothing, or it cannot be known.
    """

    sequence: str = ""  # the program's own id of it
    name: str = ""
    version: str = ""
    clip: str = ""  # the selected picture clip, or the one under the playhead
    clip_start: int | None = None  # its first frame: of clips with the same name the one that is meant
    playhead: int | None = None
    range: tuple[int, int] | None = None


class Exported(Value, tag="exported"):
    """`transcript`: the program's own transcript of the clip's media, as JSON, where it has one."""

    id: int
    timeline: str
    state: State
    transcript: str = ""


class Placed(Value, tag="placed"):
    """`receipt` is the host's own note of what it did, and comes back with `Undo`."""

    id: int
    way: Way
    sequence: str
    name: str
    receipt: str
    warnings: tuple[str, ...] = ()


class Undone(Value, tag="undone"):
    id: int


class Pong(Value, tag="pong"):
    id: int


class Failed(Value, tag="failed"):
    """The question cannot be answered; the project is as it was.

    no_sequence: none is open. changed: it is not the one, or not as it was when it was exported.
    unsupported: this way does not fit this edit, or the program cannot do it; another way may.
    failed: the program did not do it, or did something else, which was taken back.
    broken: the program did something else, and it could not be taken back; `message` says what is where.
    """

    id: int
    name: Literal["no_sequence", "changed", "unsupported", "failed", "broken"]
    message: str


# ---------------------------------------------------------------------------------------- unasked


class Changed(Value, tag="changed"):
    """Unasked, at most four a second: what is active now is `state`."""

    state: State


class Notice(Value, tag="notice"):
    """From the panel: a line to show to the editor inside the program."""

    text: str


Question = Export | Place | Undo | Ping
Answer = Exported | Placed | Undone | Pong | Failed
FromHost = Hello | Answer | Changed | Bye
FromPanel = Welcome | Refused | Question | Notice | Bye


class _Greeting(msgspec.Struct, frozen=True):
    """What every version's hello has."""

    type: Literal["hello"]
    protocol: int


_DECODER: msgspec.json.Decoder[FromHost] = msgspec.json.Decoder(FromHost)


def encode(message: FromPanel | FromHost) -> str:
    return msgspec.json.encode(message).decode()


def protocol_of(text: str) -> int:
    """The version that a greeting speaks, of whatever version it is. Raises `BadMessage`."""
    try:
        return msgspec.json.decode(text, type=_Greeting).protocol
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadMessage(f"the first message is no greeting: {error}") from error


def decode(text: str) -> FromHost:
    """Raises `BadMessage`."""
    try:
        return _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadMessage(f"a message that is not of the protocol: {error}") from error
