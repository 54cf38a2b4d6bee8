"""What the lease table says of an environment that sleeps."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..resource import ConvergeError
from .place import MARK

WAKE = "ansible-playbook playbooks/night.yml -i inventories/<environment> -e state=awake"
NO_TABLE = "ResourceNotFoundException"


def read_mark(cloud: Cloud, table: str) -> dict[str, str]:
    """Return ``state``, ``asleep`` or ``falling asleep``, and ``since``; nothing while it is awake or not there."""
    key = {"id": {"S": MARK}}
    try:
        item = cloud.read("dynamodb", "get_item", TableName=table, Key=key, ConsistentRead=True).get("Item", {})
    except ClientError as error:
        if error_code(error) != NO_TABLE:
            raise
        return {}
    return {name: item[name]["S"] for name in ("state", "since") if name in item}


def refuse_asleep(cloud: Cloud, table: str) -> None:
    """Let nobody change what sleeps.

    Raises:
        ConvergeError: it sleeps; the message says since when, and how to wake it.
    """
    mark = read_mark(cloud, table)
    if mark:
        raise ConvergeError(
            f"the environment sleeps since {mark['since']}: no task runs and its database is stopped; wake it first:"
            f" {WAKE}"
        )
