"""Who is let in, and how much they may say. Pure: the clock and the token are given."""

from __future__ import annotations

import hmac
from collections import deque
from enum import IntEnum

from nle_panels.errors import BadMessage
from nle_panels.hosts.messages import LARGEST_HELLO, PROTOCOL_VERSION, Hello, decode, protocol_of

MESSAGES, SECONDS = 400, 10.0  # ours: a script that tells of each movement of the playhead sends 40

# UXP's plug-ins and scripts have no page to name; what a browser runs has.
_NO_PAGE = ("", "null", "file://")


class Close(IntEnum):
    """The connection's end, as PROTOCOL.md has it."""

    GOING = 1001
    MALFORMED = 4000
    REPLACED = 4001
    NOT_ADMITTED = 4002
    FLOOD = 4003
    OTHER_VERSION = 4004
    SILENCE = 4005


class NotAdmitted(BadMessage):
    """The greeting is refused, with the code that the connection ends by."""

    def __init__(self, message: str, code: Close = Close.NOT_ADMITTED) -> None:
        super().__init__(message)
        self.code = code


def may_connect(origin: str) -> bool:
    """Whether a handshake with this `Origin` header is let through. The token decides afterwards."""
    return origin in _NO_PAGE


def admitted(text: str, token: str, host: str) -> Hello:
    """The greeting. Raises `NotAdmitted`."""
    if len(text) > LARGEST_HELLO:
        raise NotAdmitted("the greeting is too long", Close.NOT_ADMITTED)
    try:
        version = protocol_of(text)
        if version != PROTOCOL_VERSION:
            raise NotAdmitted(
                f"the script speaks version {version} of the protocol, the panel {PROTOCOL_VERSION}:"
                f" run `pickup install {host}` again",
                Close.OTHER_VERSION,
            )
        hello = decode(text)
    except NotAdmitted:
        raise
    except BadMessage as error:
        raise NotAdmitted(str(error), Close.MALFORMED) from error
    assert isinstance(hello, Hello)  # `protocol_of` has seen its type
    if not hmac.compare_digest(hello.token.encode(), token.encode()):
        raise NotAdmitted("the token is not this panel's: read the connection file again", Close.NOT_ADMITTED)
    if hello.host != host:
        raise NotAdmitted(f"this panel waits for {host}, not for {hello.host}", Close.NOT_ADMITTED)
    return hello


class Pace:
    """Whether somebody says too much: more than so many messages in so many seconds."""

    def __init__(self, messages: int = MESSAGES, seconds: float = SECONDS) -> None:
        self._times: deque[float] = deque(maxlen=messages)
        self._seconds = seconds

    def allows(self, now: float) -> bool:
        """Whether one more message is all right at the time `now`, in seconds."""
        full = len(self._times) == self._times.maxlen
        if full and now - self._times[0] < self._seconds:
            return False
        self._times.append(now)
        return True
