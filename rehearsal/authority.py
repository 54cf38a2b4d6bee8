"""The rehearsal's own certificate authority: what ACM and RDS certificates are signed by."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=198)  # what a public certificate may last since 2026-03-15 (CA/Browser Forum ballot SC-081)


class Authority:
    """A root certificate and what it signs.

    Args:
        directory: where PEM files go; made when the first is written.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._key = ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def root(self) -> x509.Certificate:
        """The self-signed root."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Slipway rehearsal root")])
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        builder = _builder(name, name, self._key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return builder.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())

    @property
    def root_pem(self) -> str:
        """The root in PEM."""
        return _pem(self.root)

    def issue(self, names: Sequence[str]) -> tuple[Path, Path]:
        """Return paths of a chain and a key, in PEM, for DNS names or IP addresses; the same names, the same files."""
        stem = names[0].replace("*", "_")
        chain, key = self.directory / f"{stem}.crt", self.directory / f"{stem}.key"
        with self._lock:
            if not chain.exists():
                self.directory.mkdir(parents=True, exist_ok=True)
                self._write(names, chain, key)
        return chain, key

    def _write(self, names: Sequence[str], chain: Path, key: Path) -> None:
        private = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
        builder = _builder(subject, self.root.subject, private.public_key())
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(text) for text in names]), critical=False)
        # Python verifies strictly since 3.13: a certificate names the key that signed it (RFC 5280, 4.2.1.1).
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        certificate = builder.add_extension(usage, critical=False).sign(self._key, hashes.SHA256())
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        key.touch(mode=0o600)
        key.write_bytes(pem)
        chain.write_text(_pem(certificate) + self.root_pem, encoding="ascii")


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
