"""SCRAM with channel binding, which RDS offers over TLS and a server behind a unix socket does not.

The proxy has the TLS. It offers SCRAM-SHA-256-PLUS, checks that the client saw this certificate, and goes on with the
server by SCRAM-SHA-256: from the client's proof and what the server keeps follows the proof that the server wants. Who
does not know the password gets no further than without it.
https://www.rfc-editor.org/rfc/rfc5802#section-3, https://www.postgresql.org/docs/current/sasl-authentication.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PLAIN, PLUS = b"SCRAM-SHA-256", b"SCRAM-SHA-256-PLUS"
BOUND, UNBOUND = b"p=tls-server-end-point,,", b"n,,"


class NotBoundError(Exception):
    """The client saw another certificate."""


def certificate_hash(chain: Path) -> bytes:
    """Return the hash of the first certificate of a PEM file, which is signed with SHA-256."""
    first = chain.read_text(encoding="ascii").partition(ssl.PEM_FOOTER)[0]
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first + ssl.PEM_FOOTER)).digest()


@dataclass(frozen=True)
class Keys:
    """What a server keeps of a password."""

    stored: bytes
    server: bytes

    @classmethod
    def of(cls, verifier: str) -> Self:
        """Read ``SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER``, as ``pg_authid`` has it."""
        stored, _, server = verifier.rpartition("$")[2].partition(":")
        return cls(base64.b64decode(stored), base64.b64decode(server))


class Exchange:
    """One exchange with a client that binds, whose messages become those of one that does not.

    Args:
        certificate: hash of the certificate that the client must have seen.
        keys: of the client's role; without any, the server refuses it.
    """

    def __init__(self, certificate: bytes, keys: Keys | None) -> None:
        self.certificate = certificate
        self.keys = keys
        self._said: list[bytes] = []
        self._final = b""

    def first(self, message: bytes) -> bytes:
        """Take the client's first message, and return it unbound."""
        bare = message.removeprefix(BOUND)
        if bare == message:
            raise NotBoundError
        self._said = [bare]
        return UNBOUND + bare

    def answered(self, message: bytes) -> bytes:
        """Take the server's first message, which goes on as it is."""
        self._said.append(message)
        return message

    def last(self, message: bytes) -> bytes:
        """Take the client's last message, and return one with a proof for the unbound exchange.

        Raises:
            NotBoundError: the client saw another certificate.
        """
        text, _, proof = message.rpartition(b",p=")
        binding, _, rest = text.partition(b",")
        if binding != b"c=" + base64.b64encode(BOUND + self.certificate):
            raise NotBoundError
        self._final = text
        unbound = b"c=" + base64.b64encode(UNBOUND) + b"," + rest
        return unbound + b",p=" + self._proof(base64.b64decode(proof), unbound)

    def _proof(self, proof: bytes, unbound: bytes) -> bytes:
        if self.keys is None:
            return base64.b64encode(proof)
        key = _xor(proof, self._signature(self.keys.stored, self._final))
        return base64.b64encode(_xor(key, self._signature(self.keys.stored, unbound)))

    def signed(self) -> bytes:
        """Return the server's last message, by which the client knows it."""
        server = self.keys.server if self.keys else b""
        return b"v=" + base64.b64encode(self._signature(server, self._final))

    def _signature(self, key: bytes, final: bytes) -> bytes:
        return hmac.digest(key, b",".join([*self._said, final]), "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
