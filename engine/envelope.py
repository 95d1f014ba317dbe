"""How a message becomes a frame and is read again: one msgpack frame, an envelope {protocol, id, body}.

The version is read before the body, so that another version gets a clear answer rather than a decoding error.
"""

from __future__ import annotations

import msgspec

from engine.errors import WireError
from engine.messages import Answer, Ask
from engine.protocol import PROTOCOL_VERSION


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the request's, chosen by the client, and comes back with the reply; 0 with events."""

    protocol: int
    id: int
    body: msgspec.Raw


_encoder = msgspec.msgpack.Encoder()
_envelopes = msgspec.msgpack.Decoder(Envelope)
_asks: msgspec.msgpack.Decoder[Ask] = msgspec.msgpack.Decoder(Ask)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def encode(body: Ask | Answer, request_id: int = 0) -> bytes:
    raw = msgspec.Raw(_encoder.encode(body))
    return _encoder.encode(Envelope(protocol=PROTOCOL_VERSION, id=request_id, body=raw))


def open_envelope(frame: bytes) -> Envelope:
    """Raises `WireError` where the frame is none."""
    try:
        return _envelopes.decode(frame)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise WireError(f"not a message of this protocol: {error}") from error


def read_ask(envelope: Envelope) -> Ask:
    """Raises `WireError` for another version of the protocol or an unknown request."""
    _check_version(envelope, "the engine", "the client")
    try:
        return _asks.decode(envelope.body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise WireError(f"not a request that the engine knows: {error}") from error


def read_answer(envelope: Envelope) -> Answer:
    """Raises `WireError` for another version of the protocol or an unknown reply."""
    _check_version(envelope, "this client", "the engine")
    try:
        return _answers.decode(envelope.body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise WireError(f"not a reply that this client knows: {error}") from error


def _check_version(envelope: Envelope, here: str, there: str) -> None:
    if envelope.protocol != PROTOCOL_VERSION:
        raise WireError(
            f"{here} speaks protocol {PROTOCOL_VERSION}, {there} {envelope.protocol}: "
            "stop the engine (`pickup engine stop`) and run both from one installation"
        )
