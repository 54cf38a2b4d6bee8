"""S3: what every new bucket has since 2023, and what deleting its settings leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, PublicAccessBlock

from rehearsal.control.overlay import Call, Refused, after, before
from rehearsal.control.policies import listed, statements, well_formed

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
ENCRYPTION = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}
OWNERSHIP = "BucketOwnerEnforced"


#: What every request to this cloud is like; its endpoint stands for one with TLS 1.3.
REQUEST = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "Bool": lambda is_, wanted: is_ == wanted.lower(),
    "NumericLessThan": lambda is_, wanted: float(is_) < float(wanted),
}


def _holds(operator: str, key: str, wanted: Any, *, unknown: bool) -> bool:
    if operator not in OPERATORS or key not in REQUEST:
        return unknown
    return any(OPERATORS[operator](REQUEST[key], str(value)) for value in listed(wanted))


def _applies(statement: dict[str, Any]) -> bool:
    """Say whether a statement's conditions hold; of those we do not know, the stricter."""
    return all(
        _holds(operator, key, wanted, unknown=statement["Effect"] == "Deny")
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _permission(bucket: FakeBucket, action: str, resource: str) -> Any:
    """Evaluate a bucket's policy with its conditions, which moto leaves out."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    applying = [one for one in statements(bucket.policy) if _applies(one)]
    document = json.dumps({**json.loads(bucket.policy), "Statement": applying})
    return IAMPolicy(document).is_action_permitted(action, resource)


FakeBucket.get_permission = _permission


def _bucket(call: Call) -> Any:
    return call.backend().buckets[call.params["Bucket"]]


@after("s3", "CreateBucket")
def close(call: Call, response: dict[str, Any]) -> None:
    """Encrypt a new bucket, close it to the public, and let its account own what is in it."""
    del response
    bucket = _bucket(call)
    bucket.encryption = ENCRYPTION
    bucket.public_access_block = PublicAccessBlock(*[True] * 4)
    bucket.ownership_rule = bucket.ownership_rule or OWNERSHIP


@after("s3", "DeleteBucketEncryption")
def encrypt_again(call: Call, response: dict[str, Any]) -> None:
    """Fall back to S3's own keys: no bucket is unencrypted."""
    del response
    _bucket(call).encryption = ENCRYPTION


@before("s3", "PutBucketPolicy")
def check_public(call: Call) -> None:
    """Refuse a policy that opens a bucket which is closed to the public."""
    bucket = call.backend().buckets.get(call.params["Bucket"])
    block = bucket and bucket.public_access_block
    policy = call.params["Policy"]
    public = '"Principal":"*"' in policy.replace(" ", "") and '"Effect":"Allow"' in policy.replace(" ", "")
    if block and block.block_public_policy and public and "Condition" not in policy:
        raise Refused(
            "AccessDenied",
            "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access",
            403,
        )


@before("s3", "PutBucketPolicy")
def check_resources(call: Call) -> None:
    """Refuse a policy for another bucket."""
    own = f"arn:aws:s3:::{call.params['Bucket']}"
    refusal = Refused("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
    for statement in well_formed(call.params["Policy"], refusal):
        for arn in listed(statement.get("Resource")):
            if arn != own and not arn.startswith((f"{own}/", f"{own}*")):
                raise Refused("MalformedPolicy", "Policy has invalid resource")


#: Settings of which moto loses parts: operation of the setter, its parameter, and the reader.
WHOLE = {
    "PutBucketLifecycleConfiguration": ("LifecycleConfiguration", "GetBucketLifecycleConfiguration"),
    "PutBucketLogging": ("BucketLoggingStatus", "GetBucketLogging"),
}


@before("s3", "PutBucketReplication")
def check_destinations(call: Call) -> None:
    """Refuse to copy into a bucket that is not there, or that keeps no versions."""
    for rule in call.params["ReplicationConfiguration"]["Rules"]:
        name = rule["Destination"]["Bucket"].rpartition(":")[2]
        bucket = call.backend().buckets.get(name)
        if bucket is None or bucket.versioning_status != "Enabled":
            raise Refused("InvalidRequest", f"Destination bucket {name} must exist and have versioning enabled.")


@after("s3", "PutBucketReplication")
def keep_replication(call: Call, response: dict[str, Any]) -> None:
    """Keep the rules as they were given: moto loses most of each."""
    del response
    call.world.kept("s3.replication")[call.params["Bucket"]] = call.params["ReplicationConfiguration"]


@after("s3", "GetBucketReplication")
def show_replication(call: Call, response: dict[str, Any]) -> None:
    """Return the rules as they were given."""
    if "ReplicationConfiguration" in response:
        response["ReplicationConfiguration"] = call.world.kept("s3.replication")[call.params["Bucket"]]


@after("s3", *WHOLE)
def keep_whole(call: Call, response: dict[str, Any]) -> None:
    """Keep a setting as it was given."""
    del response
    parameter, reader = WHOLE[call.operation]
    call.world.kept(f"s3.{reader}")[call.params["Bucket"]] = call.params[parameter]


@after("s3", *(reader for _, reader in WHOLE.values()))
def show_whole(call: Call, response: dict[str, Any]) -> None:
    """Return a setting as it was given; moto knows whether there is one."""
    kept = call.world.kept(f"s3.{call.operation}").get(call.params["Bucket"])
    if not (response.get("Rules") or response.get("LoggingEnabled")) or kept is None:
        return
    identities = [rule.get("ID") for rule in response.get("Rules", [])]
    response.update(kept)
    for rule, identity in zip(response.get("Rules", []), identities, strict=False):
        rule.setdefault("ID", identity)
