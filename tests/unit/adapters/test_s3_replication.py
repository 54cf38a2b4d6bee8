"""Copies of a bucket in another one, in the local cloud: moto loses most of a rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Entry, Run

SOURCE, TARGET = "slipway-test-source", "slipway-test-target"
KEY = "s3_bucket.source"


@pytest.fixture(autouse=True)
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def replication(key: str = "alias/aws/s3") -> dict[str, Any]:
    rule = {
        "ID": "everything",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{TARGET}",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": f"arn:aws:kms:us-east-1:123456789012:{key}"},
        },
    }
    return {"Role": "arn:aws:iam::123456789012:role/copier", "Rules": [rule]}


def buckets(status: str = "Enabled") -> list[Entry]:
    versions = {"VersioningConfiguration": {"Status": "Enabled"}}
    source = {"Bucket": SOURCE, **versions, "ReplicationConfiguration": replication()}
    target = {"Bucket": TARGET, "VersioningConfiguration": {"Status": status}}
    depends = [{"depends_on": ["s3_bucket.target"]}, {}]
    given = zip(("source", "target"), (source, target), depends, strict=True)
    return [{"type": "s3_bucket", "name": name, "properties": each, **more} for name, each, more in given]


def test_lives(converge: Converge) -> None:
    converge.lives(buckets())
    converge(buckets(), absent=True)


@pytest.mark.parametrize("changed", [None, replication("alias/other")])
def test_mends(converge: Converge, client: Callable[[str], Any], changed: dict[str, Any] | None) -> None:
    def drift(run: Run) -> None:
        del run
        s3 = client("s3")
        if changed:
            s3.put_bucket_replication(Bucket=SOURCE, ReplicationConfiguration=changed)
        else:
            s3.delete_bucket_replication(Bucket=SOURCE)

    converge.mends(buckets(), drift, {KEY: {"ReplicationConfiguration"}})
    converge(buckets(), absent=True)


def test_the_local_cloud_refuses_a_destination_without_versions(converge: Converge) -> None:
    run = converge(buckets("Suspended"), fails=True)
    assert "must exist and have versioning enabled" in str(run.failures)
    converge(buckets(), absent=True)
