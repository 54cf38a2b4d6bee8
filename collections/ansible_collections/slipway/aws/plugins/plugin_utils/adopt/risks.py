"""What a change of something that stands may do to whoever uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..adapter import adapter_class
from ..resource import ConvergeError

NONE, RESTART, REPLACEMENT, OUTAGE = RISKS = ("none", "restart", "replacement", "outage")
MEANING = {
    NONE: "nobody notices",
    RESTART: "a restart, or connections that are cut once",
    REPLACEMENT: "AWS cannot change it: a new one has to be made and moved to",
    OUTAGE: "users may be refused or lose what they rely on, until somebody mends it",
}
NEW = "is made anew"


@dataclass(frozen=True)
class Improvement:
    """One thing that could be better.

    Attributes:
        risk: one of RISKS.
        component: whose; resource: ``type.name``; what: the property, or NEW.
        before: as it is; after: as it would be.
        why: what the risk is.
    """

    risk: str
    component: str
    resource: str
    what: str
    before: Any
    after: Any
    why: str


def _table(risk: str, **types: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, str]]:
    return {(kind, name): (risk, why) for kind, names in types.items() for name, why in names.items()}


#: Risk and reason by type and property. What is not here counts as an outage until somebody knows better.
KNOWN: dict[tuple[str, str], tuple[str, str]] = {
    **_table(
        NONE,
        ec2_vpc={"EnableDnsSupport": "names are answered", "EnableDnsHostnames": "names are given"},
        ecs_cluster={
            "settings": "metrics only",
            "configuration": "ECS Exec only",
            "capacityProviders": "running tasks stay",
            "defaultCapacityProviderStrategy": "running tasks stay; those of services that name none follow it later",
        },
        ecr_repository={
            "imageScanningConfiguration": "scans only",
            "lifecyclePolicyText": "old images are deleted: look which are still in use",
            "imageTagMutability": "pushes of a tag that exists are refused",
            "policyText": "",
        },
        elbv2_load_balancer=dict.fromkeys(("IpAddressType",), "addresses only"),
        rds_db_subnet_group={"DBSubnetGroupDescription": "text"},
        rds_db_parameter_group={"Description": "text"},
        rds_db_instance={
            "DeletionProtection": "protects",
            "CopyTagsToSnapshot": "tags only",
            "EnableCloudwatchLogsExports": "logs only",
            "EnablePerformanceInsights": "measures only",
            "PerformanceInsightsRetentionPeriod": "measures only",
            "PerformanceInsightsKMSKeyId": "measures only",
            "DatabaseInsightsMode": "measures only",
            "MonitoringInterval": "measures only",
            "MonitoringRoleArn": "measures only",
            "MaxAllocatedStorage": "room to grow",
            "AutoMinorVersionUpgrade": "in the maintenance window",
            "PreferredBackupWindow": "",
            "PreferredMaintenanceWindow": "",
            "EnableIAMDatabaseAuthentication": "a further way to log in",
            "EngineLifecycleSupport": "what happens when the version ends",
        },
        secretsmanager_secret={"Description": "text", "RecoveryWindowInDays": "for the day of removal"},
        logs_log_group={"kmsKeyId": "new entries are encrypted"},
    ),
    **_table(
        RESTART,
        rds_db_instance={
            "EngineVersion": "the database restarts",
            "DBInstanceClass": "the database restarts",
            "DBParameterGroupName": "acts after a restart; TLS is enforced then, so see that clients use it",
            "CACertificateIdentifier": "the database may restart; clients need the new authority",
            "BackupRetentionPeriod": "from 0 the database restarts",
            "StorageType": "slower for some hours",
            "AllocatedStorage": "slower for some hours",
            "MultiAZ": "slower for some minutes",
        },
        ec2_vpc_endpoint={NEW: "open connections to the service are cut once, and go another way from then on"},
        logs_log_group={"retentionInDays": "older entries are deleted"},
    ),
    **_table(
        REPLACEMENT,
        ecr_repository={"encryptionConfiguration": "images are pushed into a new repository"},
        rds_db_instance={"DBSubnetGroupName": "a copy is restored into other subnets"},
        rds_db_subnet_group={"SubnetIds": "the database would have to leave subnets that it stands in"},
        ec2_subnet={"MapPublicIpOnLaunch": "what starts there from then on gets no public address"},
    ),
    **_table(
        OUTAGE,
        rds_db_instance={
            "Port": "clients have to follow",
            "VpcSecurityGroupIds": "who is let in changes",
            "PubliclyAccessible": "who comes from outside is let in no more",
            "ManageMasterUserPassword": "the password changes",
        },
        elbv2_listener={
            "DefaultActions": "what no rule claims is answered 404",
            "SslPolicy": "old clients are refused",
            "Attributes": "browsers keep to HTTPS for a year, and refuse frames and plug-ins",
            "Certificates": "other names",
        },
        elbv2_load_balancer={
            "Attributes": "requests that may be understood differently are refused, and logs are written",
            "SecurityGroups": "who is let in changes",
            "Subnets": "addresses change",
        },
        ec2_route_table={"Routes": "other ways out", "SubnetIds": "other ways out"},
        ec2_default_security_group={"Ingress": "whoever uses it is cut off", "Egress": "whoever uses it is cut off"},
        ec2_default_network_acl={"Entries": "every subnet without another one is cut off"},
        ec2_network_acl={NEW: "what comes through on ports that Slipway does not use is cut off"},
        secretsmanager_secret={"ResourcePolicy": "other accounts are refused", "KmsKeyId": "readers need the new key"},
        rds_db_parameter_group={"Parameters": "among others TLS is enforced"},
    ),
}
SETS = {("ec2_security_group_rules", name) for name in ("Ingress", "Egress")}


def risk_of(kind: str, name: str, before: Any, after: Any) -> tuple[str, str]:
    """Return the risk of changing one property, and why."""
    if name == "Tags":
        return NONE, "tags only"
    if (kind, name) in SETS:
        return _of_rules(before or [], after or [])
    if (kind, name) in KNOWN:
        return KNOWN[kind, name]
    return _of_immutable(kind, name) or (OUTAGE, "not known to be harmless")


def _of_immutable(kind: str, name: str) -> tuple[str, str] | None:
    try:
        adapter = adapter_class(kind)
    except ConvergeError:
        return None
    return (REPLACEMENT, "AWS cannot change it") if name in adapter.immutable else None


def _of_rules(before: list[Any], after: list[Any]) -> tuple[str, str]:
    closed = [one for one in before if one not in after]
    return (OUTAGE, f"closes {len(closed)} ways that may be in use") if closed else (NONE, "opens ways only")


def improvements(findings: Iterable[Mapping[str, Any]], adopted: Mapping[str, Any]) -> list[Improvement]:
    """Return what could be better, harmless things first.

    Args:
        findings: of a plan; only what is kept counts.
        adopted: the variable ``slipway_adopted``.
    """
    found = [
        Improvement(
            *risk[:1], one["host"], f"{one['type']}.{one['name']}", name, change["before"], change["after"], risk[1]
        )
        for one in findings
        for name, change in one.get("kept", {}).items()
        for risk in [risk_of(one["type"], name, change["before"], change["after"])]
    ]
    found += [
        Improvement(*risk[:1], component, key, NEW, None, None, risk[1])
        for component, entries in adopted.items()
        for key, entry in entries.items()
        if entry.get("leave")
        for risk in [risk_of(key.partition(".")[0], NEW, None, None)]
    ]
    return sorted(found, key=lambda one: (RISKS.index(one.risk), one.component, one.resource, one.what))
