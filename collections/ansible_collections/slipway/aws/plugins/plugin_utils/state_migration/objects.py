"""Reports and whatever else is in the state bucket: compared by what they hold, and copied where they are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ..cloud import Cloud
from ..parallel import side_by_side


@dataclass(frozen=True)
class Bucket:
    """A bucket.

    Attributes:
        cloud: its account and region.
        name: of the bucket.
    """

    cloud: Cloud
    name: str

    def listed(self) -> list[str]:
        """Return the keys of all objects."""
        return [one["Key"] for one in self.cloud.pages("s3", "list_objects_v2", "Contents", Bucket=self.name)]

    def sums(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the SHA-256 sum of objects. S3's ETag is none: it depends on how an object is encrypted."""
        wanted = list(keys)
        return dict(zip(wanted, side_by_side(lambda key: sha256(self.get(key)[0]).hexdigest(), wanted), strict=True))

    def get(self, key: str) -> tuple[bytes, str]:
        """Return content and type of an object."""
        answer = self.cloud.read("s3", "get_object", Bucket=self.name, Key=key)
        return answer["Body"].read(), answer.get("ContentType", "binary/octet-stream")

    def put(self, key: str, content: bytes, kind: str) -> None:
        """Write an object."""
        self.cloud.write("s3", "put_object", Bucket=self.name, Key=key, Body=content, ContentType=kind)


def compare(source: Bucket, target: Bucket) -> tuple[dict[str, Any], list[str], list[str]]:
    """Return the sums of what the source has, the keys that the target lacks, and those that hold something else."""
    theirs = source.sums(source.listed())
    there = set(target.listed()) & set(theirs)
    ours = target.sums(sorted(there))
    return theirs, sorted(set(theirs) - there), [key for key in ours if ours[key] != theirs[key]]


def copy(source: Bucket, target: Bucket, keys: Iterable[str]) -> None:
    """Copy objects, with their types."""
    side_by_side(lambda key: target.put(key, *source.get(key)), keys)
