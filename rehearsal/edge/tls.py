"""TLS of HTTPS listeners: the certificate by the name that the client asks for, versions by the listener's policy."""

from __future__ import annotations

import ssl
from typing import Any

from rehearsal.edge.routes import Certificate, Listener


def versions(policy: str) -> tuple[ssl.TLSVersion, ssl.TLSVersion]:
    """Return lowest and highest TLS version of a security policy, by its name.

    Policies that still allow TLS 1.0 or 1.1 begin at 1.2 here: current OpenSSL does not speak the older ones.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """
    if policy.startswith("ELBSecurityPolicy-TLS13-1-3-"):
        return ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3
    highest = ssl.TLSVersion.TLSv1_3 if "TLS13" in policy else ssl.TLSVersion.TLSv1_2
    return ssl.TLSVersion.TLSv1_2, highest


class ServerContext:
    """One listener's context; it takes new certificates and policies over without a new socket."""

    def __init__(self, listener: Listener) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.sni_callback = self._choose
        self._by_name: dict[str, ssl.SSLContext] = {}
        self._loaded: dict[Certificate, ssl.SSLContext] = {}
        self.update(listener)

    def update(self, listener: Listener) -> None:
        """Take over what the listener says now."""
        self.context.minimum_version, self.context.maximum_version = versions(listener.policy)
        loaded = {one: self._loaded.get(one) or _load(one) for one in listener.certificates}
        if listener.certificates and listener.certificates[0] not in self._loaded:
            default = listener.certificates[0]
            self.context.load_cert_chain(default.chain, default.key)
        pairs = [(name.lower(), context) for one, context in loaded.items() for name in one.names]
        self._loaded, self._by_name = loaded, dict(reversed(pairs))

    def _choose(self, connection: Any, name: str | None, _context: ssl.SSLContext) -> None:
        asked = (name or "").lower()
        found = self._by_name.get(asked) or self._by_name.get(f"*.{asked.partition('.')[2]}")
        chosen = found or next(iter(self._loaded.values()), None)
        if chosen:
            connection.context = chosen


def _load(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    return context
