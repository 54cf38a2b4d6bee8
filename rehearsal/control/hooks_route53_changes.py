"""Route 53: changes of records that AWS refuses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before

#: What records that share a name are told apart for; each needs an identifier, and an identifier needs one of them.
ROUTED = (
    "Weight",
    "Region",
    "Failover",
    "GeoLocation",
    "GeoProximityLocation",
    "CidrRoutingConfig",
    "MultiValueAnswer",
)
#: Records of a zone while it is changed.
KEPT = "route53.before"
SUFFIX = re.compile(r"(^|\.)(?P<region>[a-z0-9-]+)\.elb\.amazonaws\.com$")


def _is_address(version: int) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            return ipaddress.ip_address(value).version == version
        except ValueError:
            return False

    return check


def _is_quoted(value: str) -> bool:
    return re.fullmatch(r'"(\\.|[^"\\])*"( "(\\.|[^"\\])*")*', value) is not None


#: What a value of a type must look like.
CHECKS: dict[str, Callable[[str], bool]] = {
    "A": _is_address(4),
    "AAAA": _is_address(6),
    "TXT": _is_quoted,
    "SPF": _is_quoted,
    "CAA": lambda value: re.fullmatch(r'\d{1,3} [a-zA-Z0-9]+ ".*"', value) is not None,
    "MX": lambda value: re.fullmatch(r"\d{1,5} \S+", value) is not None,
}


def _fits(kind: str, value: str) -> bool:
    return kind not in CHECKS or CHECKS[kind](value)


@before("route53", "ChangeResourceRecordSets")
def check(call: Call) -> None:
    """Refuse a batch with any change that AWS refuses."""
    zone = call.backend().zones.get(call.params["HostedZoneId"].rsplit("/", 1)[-1])
    if zone is None:
        return
    changes = call.params["ChangeBatch"]["Changes"]
    for change in changes:
        _check_shape(change["ResourceRecordSet"])
        text = _mistake(call, zone, change) or _mixed(zone, change, changes)
        if text:
            raise Refused("InvalidChangeBatch", f"[{text}]")
    call.world.kept(KEPT)[zone.id] = list(zone.rrsets)


@after("route53", "ChangeResourceRecordSets")
def keep_others(call: Call, response: dict[str, Any]) -> None:
    """Put back what moto removes too much: all records of an identifier, whatever their names are."""
    del response
    zone = call.backend().zones[call.params["HostedZoneId"].rsplit("/", 1)[-1]]
    gone = [one["ResourceRecordSet"] for one in call.params["ChangeBatch"]["Changes"] if one["Action"] == "DELETE"]
    meant = {(_bare(one["Name"]), one["Type"], one.get("SetIdentifier")) for one in gone}
    left = [_place(one) for one in zone.rrsets]
    before_it = call.world.kept(KEPT).pop(zone.id, [])
    zone.rrsets += [one for one in before_it if _place(one) not in {*left, *meant}]


def _place(record: Any) -> tuple[str, str, str | None]:
    return _bare(record.name), record.type, record.set_identifier


def _mixed(zone: Any, change: dict[str, Any], changes: list[dict[str, Any]]) -> str:
    """Say that a name cannot have both a plain record and some that share it by weight."""
    record = change["ResourceRecordSet"]
    if change["Action"] == "DELETE":
        return ""
    going = [_key(one["ResourceRecordSet"]) for one in changes if one["Action"] == "DELETE"]
    there = [_place(one) for one in zone.rrsets if _place(one) not in going]
    name, kind, identifier = _key(record)
    others = [one[2] for one in there if one[:2] == (name, kind)]
    if all((one is None) == (identifier is None) for one in others):
        return ""
    return (
        f"RRSet with DNS name {name}., type {kind}, SetIdentifier {identifier or 'null'} cannot be created as other"
        " RRSets exist with the same name and type."
    )


def _key(record: dict[str, Any]) -> tuple[str, str, str | None]:
    return _bare(record["Name"]), record["Type"], record.get("SetIdentifier")


def _check_shape(record: dict[str, Any]) -> None:
    alias, plain = "AliasTarget" in record, "ResourceRecords" in record
    if alias == plain or ("TTL" in record) != plain:
        raise Refused(
            "InvalidInput",
            f"Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
            f"TrafficPolicyInstanceId], but found more than one or none in Change with [Name={record['Name']}, "
            f"Type={record['Type']}]",
        )
    if ("SetIdentifier" in record) != any(name in record for name in ROUTED):
        raise Refused(
            "InvalidInput",
            f"Invalid request: Missing field 'SetIdentifier' or one of {', '.join(ROUTED)} in Change with "
            f"[Name={record['Name']}, Type={record['Type']}]",
        )


def _mistake(call: Call, zone: Any, change: dict[str, Any]) -> str:
    record, kind = change["ResourceRecordSet"], change["ResourceRecordSet"]["Type"]
    name, domain = _bare(record["Name"]), _bare(zone.name)
    if name != domain and not name.endswith(f".{domain}"):
        return f"RRSet with DNS name {name}. is not permitted in zone {domain}."
    if kind == "CNAME" and name == domain:
        return f"RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {domain}."
    for value in [one["Value"] for one in record.get("ResourceRecords", [])]:
        if not _fits(kind, value):
            return (
                f"Invalid Resource Record: 'FATAL problem: InvalidCharacterString or address encountered with '{value}'"
            )
    if change["Action"] == "DELETE":
        return _not_there(zone, record)
    return _unknown_target(call, record)


def _not_there(zone: Any, record: dict[str, Any]) -> str:
    name = _bare(record["Name"])
    for found in zone.rrsets:
        if _place(found) == _key(record):
            values = {one["Value"] for one in record.get("ResourceRecords", [])}
            same = values == {one["Value"] for one in found.resource_records or []}
            return "" if same else "Tried to delete resource record set but the values provided do not match"
    return f"Tried to delete resource record set [name='{name}.', type='{record['Type']}'] but it was not found"


def _unknown_target(call: Call, record: dict[str, Any]) -> str:
    target = _bare(record.get("AliasTarget", {}).get("DNSName", ""))
    of_balancer = SUFFIX.search(target)
    if not of_balancer:
        return ""
    balancers = call.world.backend("elbv2", of_balancer["region"]).load_balancers.values()
    name = target.removeprefix("dualstack.")
    if any(one.dns_name.lower() == name for one in balancers):
        return ""
    return f"Tried to create an alias that targets {target}., type {record['Type']} in zone, but it was not found"


def _bare(name: str) -> str:
    return name.replace("\\052", "*").rstrip(".").lower()
