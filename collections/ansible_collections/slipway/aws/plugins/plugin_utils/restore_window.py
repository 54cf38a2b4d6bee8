"""The times to which a database can be restored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .adapters._rds_copies import newest_copies
from .clock import timestamp
from .cloud import Cloud, error_code

#: Virtual seconds between two looks.
POLL = 15
MISSING = ("DBInstanceNotFound", "DBInstanceNotFoundFault")


class RestoreWindow:
    """Watches how far behind the present an instance can be restored.

    Args:
        cloud: the account and region.
        name: of the instance.
    """

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud = cloud
        self.name = name
        #: Greatest age (virtual seconds) that the latest restorable time was seen to have.
        self.lag = 0
        self.now = 0
        self.latest: int | None = None
        self.instance: dict[str, Any] = {}

    def there(self) -> bool:
        """Say whether there is such an instance, and look at it."""
        try:
            self.look()
        except ClientError as error:
            if error_code(error) not in MISSING:
                raise
            return False
        return True

    def look(self) -> None:
        """Read the instance once."""
        answer = self.cloud.read("rds", "describe_db_instances", DBInstanceIdentifier=self.name)
        self.instance = answer["DBInstances"][0]
        self.now = round(self.cloud.time())
        self._note(self.instance.get("LatestRestorableTime"))

    def _note(self, latest: datetime | None) -> None:
        self.latest = int(latest.timestamp()) if latest else None
        if self.latest:
            self.lag = max(self.lag, self.now - self.latest)

    def wait_for(self, moment: int | None, at_most: int) -> None:
        """Wait until the instance can be restored to a moment, to any where none is given.

        Raises:
            ConvergeError: it cannot within ``at_most`` virtual seconds.
        """

        def restorable() -> bool:
            self.look()
            return self.latest is not None and (moment is None or self.latest >= moment)

        what = f"waiting until {self.name} can be restored{f' to {timestamp(moment)}' if moment else ''}"
        self.cloud.wait_until(restorable, what, at_most=at_most, poll=POLL)

    def told(self) -> dict[str, Any]:
        """Return what is known, and the settings that a restored instance does not take over by itself."""
        if not self.now:
            self.look()
        return {
            "now": self.now,
            "now_text": timestamp(self.now),
            "latest": self.latest,
            "lag": self.lag,
            "created": self._created(),
            "source": self._source(),
        }

    def _created(self) -> int | None:
        made = self.instance.get("InstanceCreateTime")
        return int(made.timestamp()) if made else None

    def _source(self) -> dict[str, Any]:
        return {
            "DBInstanceIdentifier": self.name,
            "DBInstanceClass": self.instance["DBInstanceClass"],
            "Port": self.instance.get("Endpoint", {}).get("Port"),
            "DBName": self.instance.get("DBName"),
            "KmsKeyId": self.instance.get("KmsKeyId"),
            "DBSubnetGroupName": self.instance.get("DBSubnetGroup", {}).get("DBSubnetGroupName"),
            "DBParameterGroupName": self.instance["DBParameterGroups"][0]["DBParameterGroupName"],
        }


class CopiesWindow(RestoreWindow):
    """Watches how far behind the present the copies of another region's instance are.

    Args:
        cloud: the account, and the region that has the copies.
        name: ARN of the instance; it may be gone.
    """

    def look(self) -> None:
        """Read the copies once."""
        copies = newest_copies(self.cloud, self.name)
        self.now = round(self.cloud.time())
        self._note(copies["RestoreWindow"]["LatestTime"] if copies else None)

    def _source(self) -> dict[str, Any]:
        return {}
