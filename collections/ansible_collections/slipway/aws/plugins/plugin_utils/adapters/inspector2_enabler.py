"""Amazon Inspector: what it scans in an account and region."""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import tag_list
from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State
from ._singleton import OWNER, Singleton

NOT_ON = ("DISABLED", "DISABLING")


class Inspector2Enabler(Singleton):
    """Scanning of ``resourceTypes``. AWS keeps no tags of it, so a parameter notes that it was switched on here."""

    service = "inspector2"
    create_operation = "Enable"
    required = ("resourceTypes",)
    unordered = ("resourceTypes",)
    taggable = False

    def look(self, resource: Resource) -> State | None:
        """Read which of the types are scanned."""
        account = self.cloud.identity()["account"]
        found = self.cloud.read("inspector2", "batch_get_account_status", accountIds=[account])["accounts"]
        states = {_plain(name): one["status"] for name, one in (found[0]["resourceState"] if found else {}).items()}
        wanted = resource.properties["resourceTypes"]
        scanned = [one for one in wanted if states.get(_plain(one), "DISABLED") not in NOT_ON]
        return {"resourceTypes": scanned, "accountId": account} if scanned else None

    def ours(self, resource: Resource, state: State) -> bool:
        """Look for the note, where all is as declared; what is not on yet is switched on whoever began."""
        complete = len(state["resourceTypes"]) == len(resource.properties["resourceTypes"])
        return not complete or bool(self.cloud.read("ssm", "get_parameters", Names=[_note(resource)])["Parameters"])

    def create(self, resource: Resource) -> None:
        """Note it, then switch the types on."""
        if not self.cloud.read("ssm", "get_parameters", Names=[_note(resource)])["Parameters"]:
            self._put_note(resource)
        self.write("enable", accountIds=[self.cloud.identity()["account"]], **resource.properties)

    def _put_note(self, resource: Resource) -> None:
        """Write the note; one that a call whose answer was lost has written is as good."""
        note: dict[str, Any] = {"Name": _note(resource), "Value": "switched on here", "Type": "String"}
        try:
            self.cloud.write("ssm", "put_parameter", **note, Tags=tag_list(resource.tags))
        except ClientError as error:
            if error_code(error) != "ParameterAlreadyExists":
                raise

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Switch on what is missing."""
        del state, changes
        self.create(resource)

    def delete(self, resource: Resource, state: State) -> None:
        """Switch the types off and forget the note."""
        self.write("disable", accountIds=[state["accountId"]], resourceTypes=state["resourceTypes"])
        self.cloud.write("ssm", "delete_parameters", Names=[_note(resource)])


def _note(resource: Resource) -> str:
    return "/".join(["", *(resource.tags[name] for name in OWNER), "guardrails", "inspector"])


def _plain(name: str) -> str:
    return re.sub(r"\W|_", "", name).lower()


ADAPTER = Inspector2Enabler
