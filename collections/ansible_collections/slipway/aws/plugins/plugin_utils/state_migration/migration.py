"""Takes the state of an environment over from another account or region; there, it only reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..outputs import Outputs
from ..promotion import Place
from ..records import REFUSED
from ..resource import ConvergeError
from .images import copy_images
from .items import EXPERIMENT, RECORD, RELEASE, Items, Lacking, diverged, going_on, is_last, lacking, read_items
from .objects import Bucket, compare, copy

MOVED = (RELEASE, RECORD, EXPERIMENT)
KEPT_IN = {"table": "${output.state.lease_table}", "bucket": "${output.state.bucket}"}


@dataclass(frozen=True)
class Home:
    """Where an environment has its state.

    Attributes:
        cloud: its account and region.
        table: its lease table.
        bucket: its state bucket.
    """

    cloud: Cloud
    table: str
    bucket: Bucket

    @classmethod
    def of(cls, cloud: Cloud, outputs_path: str) -> Home:
        """Return where the component ``state`` says that it is.

        Raises:
            ConvergeError: it does not stand.
        """
        try:
            told = Outputs(cloud, outputs_path).resolved(KEPT_IN)
        except ConvergeError as error:
            raise ConvergeError(f"account {cloud.identity()['account']}, {cloud.region}: {error}") from None
        return cls(cloud, told["table"], Bucket(cloud, told["bucket"]))

    def place(self) -> str:
        """Return account and region as people say them."""
        return f"account {self.cloud.identity()['account']}, {self.cloud.region}"


@dataclass
class Found:
    """What a look at both places found.

    Attributes:
        theirs: items of the source.
        lacking: those that the target lacks.
        sums: of the source's objects, by key.
        keys: of objects that the target lacks.
    """

    theirs: dict[str, Any]
    lacking: Lacking
    sums: dict[str, str]
    keys: list[str]
    copied: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """What is to be written: items, objects and images."""
        return [*sorted(self.lacking.items), *self.keys, *(f"image {one}" for one in self.copied)]


def look(source: Home, target: Home) -> Found:
    """Return what the target lacks.

    Raises:
        ConvergeError: something goes on in the source, or both have what the other lacks.
    """
    theirs, ours = (read_items(one.cloud, one.table) for one in (source, target))
    problems = [*going_on(theirs), *diverged(theirs, ours)]
    sums, keys, others = compare(source.bucket, target.bucket)
    problems += [f"{key} is another object in {source.bucket.name} than in {target.bucket.name}" for key in others]
    if problems:
        raise ConvergeError(f"{source.place()} is not at rest, or not what came before: {'; '.join(problems)}")
    return Found(theirs, lacking(theirs, ours), sums, keys)


def migrate(source: Home, target: Home, found: Found, fences: Mapping[str, int]) -> None:
    """Write what the target lacks: reports first, then items, and look again.

    Args:
        source: is only read.
        target: gets it.
        found: what it lacks.
        fences: fencing number of the lease of each service's releases here, by ``release/<service>``.

    Raises:
        ConvergeError: afterwards, both places are not the same.
    """
    copy(source.bucket, target.bucket, found.keys)
    for key, item in sorted(found.lacking.items.items()):
        fence = {"fence": {"N": str(fences.get(f"release/{key.removeprefix(RELEASE)}", 0))}}
        _put(target, {**item, **fence} if is_last(key) else item)
    after = look(source, target)
    if after.ids:
        raise ConvergeError(
            f"{source.place()} and {target.place()} are not the same after the copy: {', '.join(after.ids)}; somebody"
            " has written meanwhile. Let nobody release there, and run this again"
        )


def _put(target: Home, item: dict[str, Any]) -> None:
    """Put an item, a journal only under the newest fencing number."""
    fenced: dict[str, Any] = {
        "ConditionExpression": "attribute_not_exists(#fence) OR #fence <= :fence",
        "ExpressionAttributeNames": {"#fence": "fence"},
        "ExpressionAttributeValues": {":fence": item.get("fence")},
    }
    condition = fenced if "fence" in item else {}
    try:
        target.cloud.write("dynamodb", "put_item", TableName=target.table, Item=item, **condition)
    except ClientError as error:
        if error_code(error) != REFUSED:
            raise
        raise ConvergeError(f"{item['id']['S']} is another run's by now; see playbooks/release_status.yml") from error


def images(source: Home, target: Home, options: Mapping[str, Any], found: Found, *, check: bool) -> None:
    """Copy the images of versions that may be wanted.

    Raises:
        ConvergeError: the source lacks one that serves, or the target has no repository for it.
    """
    places = [Place(one.cloud, options["environment"], options["project"]) for one in (source, target)]
    try:
        found.copied, found.expired = copy_images(places[0], places[1], options["services"], check=check)
    except ClientError as error:
        if error_code(error) != "RepositoryNotFoundException":
            raise
        told = error.response["Error"]["Message"]
        raise ConvergeError(f"{told}; run the component registry first (--limit registry)") from error


def lines(source: Home, found: Found) -> list[str]:
    """Return for people what is there, by number and sum, and what is not taken over."""
    kept = {key: item for key, item in found.theirs.items() if key.startswith(MOVED)}
    ended = sum(key.startswith(RELEASE) and key.count("#") > 1 for key in kept)
    much = f"{ended} ended releases and {len(found.sums)} objects, SHA-256 {_sum(kept)} and {_sum(found.sums)}"
    told = [f"{source.place()} has {much}"]
    told += [f"{len(found.ids)} were not here: {', '.join(found.ids)}"] if found.ids else ["all of it is here"]
    told += [
        f"{service} runs nothing here yet, so its record is not taken over: run site.yml, then this again"
        for service in found.lacking.waiting
    ]
    return told + [f"the image of {one} has expired; it can no longer be gone back to" for one in found.expired]


def _sum(values: Items | Mapping[str, str]) -> str:
    text = json.dumps(values, sort_keys=True, default=lambda value: bytes(value).hex())
    return sha256(text.encode()).hexdigest()[:12]
