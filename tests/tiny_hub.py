"""A hub on this machine: as much of the real one's interface as fetching a repository needs."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REVISION = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """`files`: of every repository, by path. `served`: the paths that were fetched, in order.

    `card`: what the model's card says. `broken`: files that are sent as far as their half; the other half is
    sent to who asks for it, unless `gone`. `gated`: nothing is given, to nobody. `from_byte`: where fetches
    began that did not begin at a file's beginning. `revisions`: what was asked for by a name of its own.
    `unknown`: repositories that there are not.
    """

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.served: list[str] = []
        self.card: dict[str, str] = {}
        self.broken: set[str] = set()
        self.gone = False
        self.gated = False
        self.from_byte: dict[str, int] = {}
        self.revisions: list[str] = []
        self.unknown: set[str] = set()
        super().__init__(("127.0.0.1", 0), _Answers)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def hub(files: dict[str, bytes]) -> Iterator[Hub]:
    server = Hub(files)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/api/models/") and _name_in(path) in self.server.unknown:
            self._send(b"", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "no"}, with_body, status=404)
            return
        if path.startswith("/api/models/"):
            if "/tree/" in path:
                body = json.dumps([self._entry(name) for name in self.server.files]).encode()
            else:
                body = json.dumps(self._repository(path)).encode()
            self._send(body, {"Content-Type": "application/json"}, with_body)
            return
        name = path.partition(f"/resolve/{REVISION}/")[2]
        if self.server.gated:
            self._send(b"", {"X-Error-Code": "GatedRepo", "X-Error-Message": "ask"}, with_body, status=403)
        elif name not in self.server.files:
            self.send_error(404)
        elif with_body and name in self.server.broken and "Range" not in self.headers:
            self._break_off(name)
        elif with_body and name in self.server.broken and self.server.gone:
            self.send_error(503)
        else:
            self._give(name, with_body)

    def _give(self, name: str, with_body: bool) -> None:
        body = self.server.files[name]
        headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Repo-Commit": REVISION}
        begin = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        if with_body:
            self.server.served.append(name)
        if begin:
            self.server.from_byte[name] = begin
            headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
        self._send(body[begin:], headers, with_body, status=206 if begin else 200)

    def _break_off(self, name: str) -> None:
        body = self.server.files[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.close_connection = True

    def _repository(self, path: str) -> dict[str, object]:
        name = _name_in(path)
        if "/revision/" in path:
            self.server.revisions.append(path.partition("/revision/")[2])
        siblings = [
            {"rfilename": name, "size": len(body), "blobId": "0" * 40} | _stored_apart(name, body, "sha256")
            for name, body in self.server.files.items()
        ]
        told = {"id": name, "modelId": name, "sha": REVISION, "siblings": siblings}
        return told | ({"cardData": self.server.card} if self.server.card else {})

    def _entry(self, name: str) -> dict[str, object]:
        body = self.server.files[name]
        entry = {"type": "file", "path": name, "size": len(body), "oid": "0" * 40}
        return entry | _stored_apart(name, body, "oid")

    def _send(self, body: bytes, headers: dict[str, str], with_body: bool, status: int = 200) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Not on the tests' stderr."""


def _name_in(path: str) -> str:
    """OWNER/NAME, of /api/models/OWNER/NAME and what may follow."""
    return "/".join(path.split("/")[3:5])


def _stored_apart(name: str, body: bytes, key: str) -> dict[str, object]:
    """The hub knows the sha256 of large files only."""
    if not name.endswith((".safetensors", ".bin")):
        return {}
    return {"lfs": {key: hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 100}}
