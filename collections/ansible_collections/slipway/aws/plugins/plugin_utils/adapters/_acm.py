"""What certificates and their validation share."""

from __future__ import annotations

from typing import Any

from ..resource import ConvergeError

#: Statuses that a certificate never leaves for a usable one.
#: https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
DEAD = frozenset({"EXPIRED", "FAILED", "INACTIVE", "REVOKED", "VALIDATION_TIMED_OUT"})


def validation_key(domain: str) -> str:
    """Return the name under which a domain's validation record is referred to; a wildcard shares its parent's."""
    return domain.removeprefix("*.").lower().replace(".", "_")


def refuse_dead(certificate: dict[str, Any]) -> None:
    """Refuse a certificate that will never be issued.

    Raises:
        ConvergeError: names the reason ACM gives.
    """
    if certificate["Status"] in DEAD:
        reason = certificate.get("FailureReason") or certificate.get("RevocationReason") or "no reason given"
        raise ConvergeError(f"{certificate['CertificateArn']} is {certificate['Status']}: {reason}")
