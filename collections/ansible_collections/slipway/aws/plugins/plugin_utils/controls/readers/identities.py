"""Who may do what: policies, keys and secrets (IAM, KMS, Secrets Manager)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ...adapters._iam import read_document
from ...cloud import Cloud
from ._found import Data, Found, Outputs, by_name

PAGE = 1000  # what one call returns at most


def policy(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield all policies of the environment. Security Hub asks of managed ones what is asked here of every one."""
    yield from inline_policy(cloud, outputs)
    yield from managed_policy(cloud, outputs)


def inline_policy(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the policies within the environment's roles."""
    for each in _details(cloud, outputs, "Role", "RoleDetailList", "RoleName"):
        for one in each.get("RolePolicyList", []):
            yield f"{each['RoleName']}/{one['PolicyName']}", _statements(one["PolicyDocument"])


def managed_policy(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the managed policies of the environment's own, in the version that counts."""
    for one in _details(cloud, outputs, "LocalManagedPolicy", "Policies", "PolicyName"):
        (version,) = [each for each in one["PolicyVersionList"] if each["IsDefaultVersion"]]
        yield one["PolicyName"], _statements(version["Document"])


def role(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the environment's roles, with what bounds each."""
    for one in _details(cloud, outputs, "Role", "RoleDetailList", "RoleName"):
        yield one["RoleName"], {"Boundary": one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")}


def deployer(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the roles that make the environment's roles, with what bounds them."""
    for name, one in role(cloud, outputs):
        if f"{name}-".startswith(f"{outputs['name_prefix']}-deployer-"):
            yield name, one


def _details(cloud: Cloud, outputs: Outputs, kind: str, key: str, named: str) -> Iterator[Data]:
    """Yield what is the environment's of all identities, which one call lists with their policies."""
    wanted: dict[str, Any] = {"Filter": [kind], "MaxItems": PAGE}
    listed = cloud.cached(
        ("identities", kind), lambda: cloud.pages("iam", "get_account_authorization_details", key, **wanted)
    )
    return (one for one in listed if one[named].startswith(f"{outputs['name_prefix']}-"))


def _statements(document: Any) -> Data:
    statements = read_document(document)["Statement"]
    return {"Statement": statements if isinstance(statements, list) else [statements]}


def key(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the keys with state, rotation and policy."""
    for name in ("data", "logs", "notifications"):
        arn = outputs[f"keys/{name}_key_arn"]
        found = cloud.read("kms", "describe_key", KeyId=arn)["KeyMetadata"]
        rotates = cloud.read("kms", "get_key_rotation_status", KeyId=arn)["KeyRotationEnabled"]
        policy_text = cloud.read("kms", "get_key_policy", KeyId=arn, PolicyName="default")["Policy"]
        yield name, {**found, "Rotates": rotates, "Policy": json.loads(policy_text)}


def secret(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the secrets of the services, and the database's own."""
    arns = [value for name, value in sorted(outputs.items()) if _is_secret(name, value)]
    for arn in dict.fromkeys(arns):
        found = cloud.read("secretsmanager", "describe_secret", SecretId=arn)
        yield found["Name"], found


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and ":secretsmanager:" in value and not name.endswith(".fingerprint")


IDENTITIES = by_name(policy, inline_policy, managed_policy, role, deployer, key, secret)
