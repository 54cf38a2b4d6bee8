"""Manual snapshots of a database, taken before what may lose data, and kept by number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .adapter import tag_list
from .cloud import Cloud, error_code
from .repetition import SHOWS_WITHIN, may_be_done
from .resource import ConvergeError
from .retries import ATTEMPTS

#: Tag by which our snapshots are known; its value is the reason.
TAG = "snapshot_before"
#: What RDS allows in an account and region, unless it was asked for more.
MOST_KEPT = 100
#: Longest name that RDS takes.
LONGEST_NAME = 255
#: Virtual seconds that a snapshot may take, and between two looks.
TIMEOUT, POLL = 3600, 15
TAKEN, FAILED = "available", "failed"


class ChangeSnapshots:
    """The snapshots of one instance before its changes.

    Args:
        cloud: the account and region.
        instance: its identifier.
        keep: how many of them are kept, 1 to 100; the oldest go.
        tags: of a snapshot, beside the one with the reason.

    Raises:
        ConvergeError: ``keep`` is no such number.
    """

    def __init__(self, cloud: Cloud, instance: str, keep: int, tags: Mapping[str, str]) -> None:
        if not 1 <= keep <= MOST_KEPT:
            raise ConvergeError(f"change_snapshots_kept is {keep}; allowed are 1 to {MOST_KEPT}")
        self.cloud, self.instance, self.keep, self.tags = cloud, instance, keep, tags

    def take(self, reason: str) -> str:
        """Take a snapshot, wait until it can be restored, remove those that are too many; return its name.

        Raises:
            ConvergeError: it failed, or was not done in time; nothing must be changed then.
        """
        name = snapshot_name(self.instance, reason, self.cloud.time())
        self.cloud.progress(f"{self.instance}: taking the snapshot {name} before {reason}")
        self._begin(name, reason)
        self.cloud.wait_until(lambda: self._done(name), f"snapshot {name}", at_most=TIMEOUT, poll=POLL)
        self._remove_older()
        return name

    def _begin(self, name: str, reason: str) -> None:
        """Order it; where nobody knows whether that was carried out, look before it is done again."""
        tags = tag_list({**self.tags, TAG: _tag_value(reason)})
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self.cloud.write(
                    "rds",
                    "create_db_snapshot",
                    DBInstanceIdentifier=self.instance,
                    DBSnapshotIdentifier=name,
                    Tags=tags,
                )
            except (ClientError, BotoCoreError, ConvergeError) as error:
                if not may_be_done(error) or attempt == ATTEMPTS:
                    raise
                self.cloud.wait(SHOWS_WITHIN)
                if self._status(name):
                    return
            else:
                return

    def _status(self, name: str) -> str:
        """Return the status of a snapshot, nothing while RDS does not show it."""
        return next((str(one["Status"]) for one in self._all() if one["DBSnapshotIdentifier"] == name), "")

    def _done(self, name: str) -> bool:
        status = self._status(name)
        if status == FAILED:
            raise ConvergeError(
                f"the snapshot {name} failed, so nothing was changed; RDS's events of {self.instance} say why,"
                " and a run that comes after takes a new one"
            )
        return status == TAKEN

    def _all(self) -> list[dict[str, Any]]:
        return self.cloud.pages(
            "rds", "describe_db_snapshots", "DBSnapshots", DBInstanceIdentifier=self.instance, SnapshotType="manual"
        )

    def _remove_older(self) -> None:
        ours = [one for one in self._all() if one["Status"] == TAKEN and _is_ours(one)]
        oldest_first = sorted(ours, key=lambda one: (one["SnapshotCreateTime"], one["DBSnapshotIdentifier"]))
        for one in oldest_first[: -self.keep]:
            self._remove(one["DBSnapshotIdentifier"])

    def _remove(self, name: str) -> None:
        self.cloud.progress(f"{self.instance}: removing the snapshot {name}; {self.keep} are kept")
        try:
            self.cloud.write("rds", "delete_db_snapshot", DBSnapshotIdentifier=name)
        except ClientError as error:
            if error_code(error) not in {"DBSnapshotNotFound", "DBSnapshotNotFoundFault"}:
                raise


def _is_ours(snapshot: Mapping[str, Any]) -> bool:
    return any(tag["Key"] == TAG for tag in snapshot.get("TagList", ()))


def snapshot_name(instance: str, reason: str, seconds: float) -> str:
    """Return the name of a snapshot: the instance, when in UTC, and why.

    Args:
        instance: its identifier.
        reason: in words; what RDS does not allow in a name becomes a hyphen.
        seconds: since 1970.
    """
    moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d-%H%M%S")
    why = re.sub(r"[^a-z0-9]+", "-", reason.lower())
    return f"{instance}-{moment}-before-{why}"[:LONGEST_NAME].strip("-")


def _tag_value(reason: str) -> str:
    return re.sub(r"[^\w.:/=+@-]+", " ", reason)[:256].strip()


def words(name: str) -> str:
    """Return AWS's name of a property as people write it: ``DBInstanceClass`` is ``db instance class``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).lower()
