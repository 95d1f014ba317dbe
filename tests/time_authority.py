"""A time-stamp authority (RFC 3161) on this machine: OpenSSL's, behind a small web server."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from signed_take import Issuer, key_pem, pem

_SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/stamps.pem
certs = {folder}/issuer.pem
signer_key = {folder}/stamps.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


@dataclass(kw_only=True, eq=False)
class TimeAuthority:
    """`issuer`: PEM file, by which its stamps are known. `asked`: the requests that came."""

    url: str
    issuer: Path
    root: Issuer
    asked: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def time_authority(folder: Path, *, answer: bytes | None = None) -> Iterator[TimeAuthority]:
    """While it answers: with a stamp, or whatever is given. Skips the test without OpenSSL."""
    if shutil.which("openssl") is None:
        pytest.skip("needs OpenSSL, whose `ts` is the authority")
    folder.mkdir()
    root, key = Issuer.new("Time Root"), rsa.generate_private_key(65537, 2048)
    stamps = root.issue(key, use=ExtendedKeyUsageOID.TIME_STAMPING, critical=True, issuer="Time Root")
    (folder / "stamps.pem").write_bytes(pem(stamps))
    (folder / "stamps.key").write_bytes(key_pem(key))
    (folder / "issuer.pem").write_bytes(pem(root.certificate))
    (folder / "serial").write_text("01")
    (folder / "settings").write_text(_SETTINGS.format(folder=folder))
    asked: list[bytes] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            stamp = _stamp(folder, asked[-1]) if answer is None else answer
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(stamp)))
            self.end_headers()
            self.wfile.write(stamp)

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        yield TimeAuthority(url=url, issuer=folder / "issuer.pem", root=root, asked=asked)
        server.shutdown()


def _stamp(folder: Path, request: bytes) -> bytes:
    (folder / "request").write_bytes(request)
    command = ("openssl", "ts", "-reply", "-config", folder / "settings", "-queryfile", folder / "request")
    subprocess.run((*command, "-out", folder / "stamp"), check=True, capture_output=True)
    return (folder / "stamp").read_bytes()
