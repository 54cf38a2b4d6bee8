"""Whether a control of the way in holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from ._described import Description, Holds

#: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17
TLS_POLICIES = ("ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-")
RSA_BITS = 2048
ZONES = 2


def _attribute(name: str, *values: str) -> Callable[[Description], bool]:
    return lambda balancer: str(balancer["Attributes"].get(name)).lower() in values


def _in_time(certificate: Description) -> bool:
    left = certificate["NotAfter"] - datetime.now(UTC)
    return bool(certificate["Status"] == "ISSUED" and left > timedelta(days=30))


def _rsa(certificate: Description) -> bool:
    kind, _, bits = str(certificate["KeyAlgorithm"]).replace("-", "_").partition("_")
    return kind != "RSA" or int(bits) >= RSA_BITS


ENTRY: Mapping[str, Holds] = {
    "ELB.1": lambda one: all(
        a["Type"] == "redirect" and a["RedirectConfig"]["Protocol"] == "HTTPS" for a in one["DefaultActions"]
    ),
    "ELB.4": _attribute("routing.http.drop_invalid_header_fields.enabled", "true"),
    "ELB.5": _attribute("access_logs.s3.enabled", "true"),
    "ELB.6": _attribute("deletion_protection.enabled", "true"),
    "ELB.12": _attribute("routing.http.desync_mitigation_mode", "defensive", "strictest"),
    "ELB.13": lambda one: len(one["AvailabilityZones"]) >= ZONES,
    "ELB.16": lambda one: bool(one["WebACL"]),
    "ELB.17": lambda one: str(one.get("SslPolicy")).startswith(TLS_POLICIES),
    # Of every listener, one that sends plain HTTP to HTTPS too.
    # https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-18
    "ELB.18": lambda one: one["Protocol"] in ("HTTPS", "TLS"),
    "ELB.21": lambda one: one["HealthCheckProtocol"] in ("HTTPS", "TLS"),
    "ELB.22": lambda one: one["Protocol"] in ("HTTPS", "TLS"),
    "WAF.10": lambda one: bool(one["Rules"]),
    "WAF.11": lambda one: bool(one["Logged"]),
    "WAF.12": lambda one: all(rule["VisibilityConfig"]["CloudWatchMetricsEnabled"] for rule in one["Rules"]),
    "Route53.2": lambda one: bool(one["Logs"]),
    "ACM.1": _in_time,
    "ACM.2": _rsa,
}
