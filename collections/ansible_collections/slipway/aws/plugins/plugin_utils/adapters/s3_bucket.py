"""S3 buckets. Each part of a bucket's configuration is a property, named as the call that puts it names it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_dict, tag_list, without
from ..cloud import error_code
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import ConvergeError, Resource, State
from ._new_roles import once_seen

GONE = ("NoSuchBucket", "404")
#: Virtual seconds for which S3 refuses the name of a bucket that was deleted a moment ago.
NAME_IS_FREE_WITHIN = 600
#: What S3 says while it still makes a bucket, or changes another of its parts.
BUSY = ("OperationAborted",)


class Part(NamedTuple):
    """The calls for one part of a bucket's configuration, and the error that says it is not set."""

    read: str
    write: str
    unset: str = ""


PARTS = {
    "PublicAccessBlockConfiguration": Part(
        "get_public_access_block", "put_public_access_block", "NoSuchPublicAccessBlockConfiguration"
    ),
    "OwnershipControls": Part(
        "get_bucket_ownership_controls", "put_bucket_ownership_controls", "OwnershipControlsNotFoundError"
    ),
    "ServerSideEncryptionConfiguration": Part(
        "get_bucket_encryption", "put_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError"
    ),
    "VersioningConfiguration": Part("get_bucket_versioning", "put_bucket_versioning"),
    "ReplicationConfiguration": Part(
        "get_bucket_replication", "put_bucket_replication", "ReplicationConfigurationNotFoundError"
    ),
    "LifecycleConfiguration": Part(
        "get_bucket_lifecycle_configuration", "put_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"
    ),
    "BucketLoggingStatus": Part("get_bucket_logging", "put_bucket_logging"),
    "Policy": Part("get_bucket_policy", "put_bucket_policy", "NoSuchBucketPolicy"),
}
#: What stands around the part in an answer, and is no part of it.
AROUND = ("ResponseMetadata", "TransitionDefaultMinimumObjectSize")


class S3Bucket(Adapter):
    """A bucket with those parts of its configuration that are declared.

    ``EmptyOnDelete: true`` deletes every object and version when the bucket is removed; else a bucket that holds
    anything is kept.
    """

    service = "s3"
    create_operation = "CreateBucket"
    more_properties = (*PARTS, "EmptyOnDelete")
    required = ("Bucket",)
    identity = ("Bucket",)
    documents = ("Policy",)
    exact = ("PublicAccessBlockConfiguration", "LifecycleConfiguration", "BucketLoggingStatus", "OwnershipControls")

    def find_one(self, resource: Resource) -> State | None:
        """Read the tags, whose refusal says that there is no bucket, then the declared parts side by side."""
        bucket = resource.properties["Bucket"]
        try:
            answer = self.cloud.read("s3", "get_bucket_tagging", Bucket=bucket)
        except ClientError as error:
            if error_code(error) in GONE:
                return None
            if error_code(error) != "NoSuchTagSet":
                raise
            answer = {}
        names = list(only(PARTS, resource.properties))
        parts = dict(zip(names, side_by_side(lambda name: self._part(bucket, name), names), strict=True))
        partition = self.cloud.session.get_partition_for_region(self.cloud.region)
        declared = only(resource.properties, ["Bucket", "EmptyOnDelete"])
        return {**declared, **parts, "Arn": f"arn:{partition}:s3:::{bucket}", "Tags": tag_dict(answer.get("TagSet"))}

    def _part(self, bucket: str, name: str) -> Any:
        part = PARTS[name]
        answer = self.read_or_none(part.read, [part.unset], Bucket=bucket) or {}
        return answer.get(name, without(answer, AROUND))

    def create(self, resource: Resource) -> None:
        """Create the bare bucket, which its name identifies; the rest follows as an update."""
        wanted = without(resource.properties, self.more_properties)
        if self.cloud.region != "us-east-1":  # the one region that must not be named
            wanted.setdefault("CreateBucketConfiguration", {"LocationConstraint": self.cloud.region})
        what = f"waiting for the bucket name {wanted['Bucket']}"
        self.cloud.wait_until(lambda: self._created(wanted), what, at_most=NAME_IS_FREE_WITHIN, poll=self.poll)

    def _created(self, wanted: dict[str, Any]) -> bool:
        try:
            self.write("create_bucket", **wanted)
        except ClientError as error:
            if error_code(error) == "BucketAlreadyOwnedByYou":
                return True
            if error_code(error) != "OperationAborted":
                raise
            return False
        return True

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put every part that differs; each call replaces the whole part."""
        del state
        bucket = resource.properties["Bucket"]
        for name, part in PARTS.items():
            if name in changes:
                value = changes[name].after
                text = json.dumps(value) if name in self.documents else value
                self._put(part.write, Bucket=bucket, **{name: text})
        if "Tags" in changes:
            self._put("put_bucket_tagging", Bucket=bucket, Tagging={"TagSet": tag_list(changes["Tags"].after)})

    def _put(self, operation: str, **parameters: Any) -> None:
        what = f"{operation} waits for the bucket {parameters['Bucket']}"
        once_seen(self.cloud, BUSY, lambda: self.write(operation, **parameters), what)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep a bucket that holds something, unless it was declared that it may be emptied."""
        del state
        bucket = resource.properties["Bucket"]
        if resource.properties.get("EmptyOnDelete") or not self._versions(bucket, 1):
            return None
        return f"{bucket} holds objects; empty it, or declare EmptyOnDelete: true"

    def delete(self, resource: Resource, state: State) -> None:
        """Empty the bucket if that was declared, and delete it."""
        del state
        bucket = resource.properties["Bucket"]
        if resource.properties.get("EmptyOnDelete"):
            self._empty(bucket)
        self.write_unless("delete_bucket", GONE, Bucket=bucket)

    def _empty(self, bucket: str) -> None:
        while versions := self._versions(bucket, 1000):
            answer = self.write("delete_objects", Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
            for refused in answer.get("Errors", ())[:1]:
                raise ConvergeError(f"{bucket}/{refused['Key']} could not be deleted: {refused['Message']}")

    def _versions(self, bucket: str, most: int) -> list[dict[str, str]]:
        answer = self.cloud.read("s3", "list_object_versions", Bucket=bucket, MaxKeys=most)
        items = [*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())]
        return [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in items]


ADAPTER = S3Bucket
