"""ElevenLabs' documented interface, spoken by a server of the test's own: refusals, torn answers, keys."""

from __future__ import annotations

import json
import threading
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import MissingKey, UsageError, VoiceFailed
from bridge.voices.elevenlabs import ElevenLabsVoice
from bridge.voices.voice import VoiceLine

KEY = "sk_a_secret_that_nobody_may_see"
SOUND = b"\x01\x02" * 2400
LINE = VoiceLine(text="Guten Tag", language="de")


@dataclass
class Reply:
    code: int = 200
    body: bytes = SOUND
    headers: dict[str, str] = field(default_factory=dict)
    torn: bool = False


@dataclass
class Service:
    """Gives its replies one after the other, the last for ever; what it was asked."""

    replies: list[Reply]
    asked: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    told = Service([Reply()])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.asked.append(
                {"path": self.path, "key": self.headers["xi-api-key"], "body": json.loads(body)}
            )
            reply = told.next()
            self.send_response(reply.code)
            kind = "audio/pcm" if reply.code == 200 else "application/json"
            for name, value in {"Content-Type": kind, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[:100] if reply.torn else reply.body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    told.port = server.server_address[1]
    monkeypatch.setenv("ELEVENLABS_BASE_URL", f"http://127.0.0.1:{told.port}")
    monkeypatch.setenv("ELEVENLABS_API_KEY", KEY)
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def voice(waits: list[float]) -> ElevenLabsVoice:
    return ElevenLabsVoice("abc123", waits.append)


def refusal(code: int, message: str, **headers: str) -> Reply:
    body = json.dumps({"detail": {"status": "x", "message": message}}).encode()
    return Reply(
        code=code, body=body, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def test_a_line_becomes_a_wav(service: Service, voice: ElevenLabsVoice, tmp_path: Path) -> None:
    voice.say(LINE, tmp_path / "out.wav")
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.readframes(10_000)) == (24_000, 1, SOUND)


def test_it_asks_as_the_interface_is_documented(
    service: Service, voice: ElevenLabsVoice, tmp_path: Path
) -> None:
    voice.say(LINE, tmp_path / "out.wav")
    assert service.asked == [
        {
            "path": "/v1/text-to-speech/abc123?output_format=pcm_24000",
            "key": KEY,
            "body": {"text": "Guten Tag", "model_id": "eleven_multilingual_v2"},
        }
    ]


def test_another_model_stands_after_a_slash(service: Service, tmp_path: Path) -> None:
    ElevenLabsVoice("abc123/eleven_v3").say(LINE, tmp_path / "out.wav")
    assert service.asked[0]["body"]["model_id"] == "eleven_v3"


def test_it_waits_as_long_as_the_service_says_and_asks_again(
    service: Service, voice: ElevenLabsVoice, waits: list[float], tmp_path: Path
) -> None:
    service.replies = [refusal(429, "busy", Retry_After="7"), refusal(429, "busy"), Reply()]
    voice.say(LINE, tmp_path / "out.wav")
    assert (len(service.asked), waits) == (3, [7.0, 2.0])


def test_a_service_that_stays_busy_is_given_up(
    service: Service, voice: ElevenLabsVoice, waits: list[float], tmp_path: Path
) -> None:
    service.replies = [refusal(503, "system busy")]
    with pytest.raises(VoiceFailed, match="refused with 503 system busy"):
        voice.say(LINE, tmp_path / "out.wav")
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_a_wrong_key_is_not_tried_again_and_never_told(
    service: Service, voice: ElevenLabsVoice, tmp_path: Path
) -> None:
    service.replies = [refusal(401, "Invalid API key")]
    with pytest.raises(VoiceFailed, match=r"401 Invalid API key; is ELEVENLABS_API_KEY right\?") as refused:
        voice.say(LINE, tmp_path / "out.wav")
    assert (len(service.asked), KEY in repr(refused.value)) == (1, False)
    assert refused.value.__cause__ is None


def test_an_answer_that_is_cut_off_is_asked_for_again(
    service: Service, voice: ElevenLabsVoice, tmp_path: Path
) -> None:
    service.replies = [Reply(torn=True), Reply()]
    voice.say(LINE, tmp_path / "out.wav")
    assert (tmp_path / "out.wav").stat().st_size > len(SOUND)


def test_answers_that_are_always_cut_off_leave_no_file(
    service: Service, voice: ElevenLabsVoice, tmp_path: Path
) -> None:
    service.replies = [Reply(torn=True)]
    with pytest.raises(VoiceFailed, match="cut off in the middle"):
        voice.say(LINE, tmp_path / "out.wav")
    assert not (tmp_path / "out.wav").exists()


def test_an_answer_that_is_no_sound_is_refused(
    service: Service, voice: ElevenLabsVoice, tmp_path: Path
) -> None:
    service.replies = [Reply(body=b"<html>", headers={"Content-Type": "text/html"})]
    with pytest.raises(VoiceFailed, match="6 bytes of text/html, which is no sound"):
        voice.say(LINE, tmp_path / "out.wav")


def test_the_key_does_not_follow_a_redirection(
    service: Service, voice: ElevenLabsVoice, tmp_path: Path
) -> None:
    service.replies = [
        Reply(code=302, body=b"", headers={"Location": f"http://127.0.0.1:{service.port}/else"})
    ]
    with pytest.raises(VoiceFailed, match="302"):
        voice.say(LINE, tmp_path / "out.wav")
    assert len(service.asked) == 1


def test_without_a_network_it_says_so(
    service: Service, voice: ElevenLabsVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEVENLABS_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(VoiceFailed, match="does not answer: Connection refused"):
        voice.say(LINE, tmp_path / "out.wav")


def test_without_a_key_it_says_where_to_put_one(
    voice: ElevenLabsVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ELEVENLABS_API_KEY", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with pytest.raises(MissingKey, match="set ELEVENLABS_API_KEY"):
        voice.say(LINE, tmp_path / "out.wav")


def test_the_key_goes_over_https_only(
    service: Service, voice: ElevenLabsVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEVENLABS_BASE_URL", "http://example.com")
    with pytest.raises(UsageError, match="https only"):
        voice.say(LINE, tmp_path / "out.wav")


@pytest.mark.parametrize("setting", ["", "../voices", "a b", "abc?x=1"])
def test_a_voice_is_named_by_its_id(setting: str) -> None:
    with pytest.raises(UsageError):
        ElevenLabsVoice(setting)


def test_a_line_costs_its_characters(voice: ElevenLabsVoice) -> None:
    assert (voice.price(LINE), voice.unit) == (9, "characters")
