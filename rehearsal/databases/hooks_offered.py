"""What RDS offers: versions of PostgreSQL, and authorities that sign the certificates of servers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.databases.hooks_rds import OFFERED

#: Until when each authority is valid.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
AUTHORITIES = {
    "rds-ca-rsa2048-g1": datetime(2061, 5, 25, tzinfo=UTC),
    "rds-ca-rsa4096-g1": datetime(2121, 5, 25, tzinfo=UTC),
    "rds-ca-ecc384-g1": datetime(2121, 5, 25, tzinfo=UTC),
}


@operation("rds", "DescribeDBEngineVersions")
def describe_versions(call: Call) -> dict[str, Any] | None:
    """Return the versions of PostgreSQL; of other engines there are none here."""
    engine, wanted = call.params.get("Engine", "postgres"), call.params.get("EngineVersion", "")
    names = [f"{major}.{minor}" for major, (low, high) in OFFERED.items() for minor in range(low, high + 1)]
    found = [name for name in names if engine == "postgres" and f"{name}.".startswith(f"{wanted}." if wanted else "")]
    return {"DBEngineVersions": [_version(name) for name in found]}


def _version(name: str) -> dict[str, Any]:
    return {
        "Engine": "postgres",
        "EngineVersion": name,
        "DBParameterGroupFamily": f"postgres{name.partition('.')[0]}",
        "DBEngineDescription": "PostgreSQL",
        "DBEngineVersionDescription": f"PostgreSQL {name}",
        "Status": "available",
        "SupportedCACertificateIdentifiers": list(AUTHORITIES),
    }


@operation("rds", "DescribeCertificates")
def describe_certificates(call: Call) -> dict[str, Any]:
    """Return the authorities."""
    wanted = call.params.get("CertificateIdentifier")
    if wanted and wanted not in AUTHORITIES:
        raise Refused("CertificateNotFound", f"Certificate {wanted} not found.", 404)
    return {"Certificates": [_certificate(call, name) for name in ([wanted] if wanted else AUTHORITIES)]}


def _certificate(call: Call, name: str) -> dict[str, Any]:
    return {
        "CertificateIdentifier": name,
        "CertificateType": "CA",
        "CertificateArn": f"arn:aws:rds:{call.region}::cert:{name}",
        "ValidFrom": datetime(2021, 5, 25, tzinfo=UTC),
        "ValidTill": AUTHORITIES[name],
        "CustomerOverride": False,
    }
