"""The handler of a small service with notes in memory, and a certificate of its own."""

from __future__ import annotations

import http.server
import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAYS = 60


class Notes(http.server.BaseHTTPRequestHandler):
    """Notes in memory; every request is remembered."""

    protocol_version = "HTTP/1.1"
    notes: list[dict[str, Any]]
    seen: list[str]

    def do_GET(self) -> None:
        """Answer the list, a note, or a failure."""
        self.seen.append(f"GET {self.path}")
        name = self.path.rsplit("/", 1)[-1]
        found = [note for note in self.notes if str(note["id"]) == name]
        if self.path == "/broken":
            self._answer(500, {"error": "broken"})
        elif self.path in {"/notes", "/readyz", "/"}:
            self._answer(200, {"notes": self.notes})
        else:
            self._answer(200, found[0]) if found else self._answer(404, {"error": "no such note"})

    def do_POST(self) -> None:
        """Store a note."""
        self.seen.append(f"POST {self.path}")
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        note = {"id": len(self.notes) + 1, "text": sent["text"]}
        self.notes.append(note)
        self._answer(201, note)

    def _answer(self, status: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Strict-Transport-Security", "max-age=60")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def certificate_file(directory: Path) -> Path:
    """Return a new file with a key and its self-signed certificate for 127.0.0.1, valid for ``DAYS``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(encoding, form, serialization.NoEncryption()) + certificate.public_bytes(encoding)
    )
    return path
