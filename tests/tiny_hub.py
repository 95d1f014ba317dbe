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
    """`files`: of every repository, by path. `served`: the paths that were fetched, in order."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.served: list[str] = []
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
        if path.startswith("/api/models/"):
            if "/tree/" in path:
                body = json.dumps([self._entry(name) for name in self.server.files]).encode()
            else:
                body = json.dumps(self._repository(path)).encode()
            self._send(body, {"Content-Type": "application/json"}, with_body)
            return
        name = path.partition(f"/resolve/{REVISION}/")[2]
        if name not in self.server.files:
            self.send_error(404)
            return
        body = self.server.files[name]
        if with_body:
            self.server.served.append(name)
        etag = hashlib.sha256(body).hexdigest()
        self._send(body, {"ETag": f'"{etag}"', "X-Repo-Commit": REVISION}, with_body)

    def _repository(self, path: str) -> dict[str, object]:
        name = "/".join(path.split("/")[3:5])
        siblings = [
            {"rfilename": name, "size": len(body), "blobId": "0" * 40} | _stored_apart(name, body, "sha256")
            for name, body in self.server.files.items()
        ]
        return {"id": name, "modelId": name, "sha": REVISION, "siblings": siblings}

    def _entry(self, name: str) -> dict[str, object]:
        body = self.server.files[name]
        entry = {"type": "file", "path": name, "size": len(body), "oid": "0" * 40}
        return entry | _stored_apart(name, body, "oid")

    def _send(self, body: bytes, headers: dict[str, str], with_body: bool) -> None:
        self.send_response(200)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Not on the tests' stderr."""


def _stored_apart(name: str, body: bytes, key: str) -> dict[str, object]:
    """The hub knows the sha256 of large files only."""
    if not name.endswith((".safetensors", ".bin")):
        return {}
    return {"lfs": {key: hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 100}}
