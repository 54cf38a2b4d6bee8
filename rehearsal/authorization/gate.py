"""Stands before the API: decides about calls of the deployer and of tasks, and keeps what they needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal.authorization import keys
from rehearsal.authorization.evaluation import allowed
from rehearsal.authorization.needs import Need, needs
from rehearsal.authorization.tags import attached, resource_tags
from rehearsal.control.overlay import Refused
from rehearsal.control.policies import Statement, listed, statements
from rehearsal.tasks.permissions import policies_of
from rehearsal.world import CREDENTIALS, SESSIONS

if TYPE_CHECKING:
    from rehearsal.control.wire import Wire
    from rehearsal.world import World

#: Access key of the one whose policies count: the playbooks, as `python -m rehearsal env` sets them up.
DEPLOYER = "rehearsal"
DEPLOYER_ARN = "arn:aws:iam::{account}:role/deployer"
#: Codes of a refusal that are not AccessDenied; each protocol has its own.
CODES = {"ec2": "UnauthorizedOperation", "json": "AccessDeniedException"}
REGION = "aws:RequestedRegion"
#: Codes of credentials that have ended, by protocol.
EXPIRED = {"json": "ExpiredTokenException", "rest-json": "ExpiredTokenException"}


class Gate:
    """Decides about calls.

    Args:
        world: where tags and roles are looked up.
        policy: documents of the deployer's identity policies; None lets everything through.
        record: keep what calls needed.
    """

    def __init__(self, world: World, policy: Sequence[Path] | None, *, record: bool) -> None:
        self.world = world
        self.record = record
        self.order_follow(policy)
        self.needed: dict[tuple[Any, ...], dict[str, Any]] = {}

    def order_follow(self, policy: Sequence[str | Path] | None) -> None:
        """Let policies decide from now on; None lets everything through."""
        self.statements = None if policy is None else [one for path in policy for one in _read(Path(path))]

    def check(self, wire: Wire) -> None:
        """Refuse what the policies do not allow, and use of keys that their own policies do not.

        Raises:
            Refused: with AWS's code and text.
        """
        self._refuse_ended(wire)
        role, decisive = self._decisive(wire.key)
        record = self.record and wire.key == DEPLOYER
        uses_keys = keys.uses_keys(wire)
        if decisive is None and not record and not uses_keys:
            return
        for need in self._needs(wire):
            place = {REGION: (wire.region,)}
            context = {**need.context, **resource_tags(self.world, need.resource), **place}
            if record:
                self._keep(need, context, f"{wire.service}.{wire.operation}")
            if decisive is not None and need.refuses and not allowed(decisive, need.action, need.resource, context):
                raise _refusal(wire, need, role or DEPLOYER_ARN.format(account=self.world.account))
            if uses_keys:
                keys.check(self.world, wire, need, role or "")

    def shows(self, key: str, action: str, region: str) -> bool:
        """Say whether a caller has a right that its answer depends on, on everything."""
        _, decisive = self._decisive(key)
        return decisive is None or allowed(decisive, action, "*", {REGION: (region,)})

    def _decisive(self, key: str) -> tuple[str | None, list[Statement] | None]:
        """Return the role that a key was given out for, and the statements that decide; None for who has all rights."""
        session = self.world.kept(SESSIONS).get(key)
        role = self.world.kept(CREDENTIALS).get(key) or (session.role if session else None)
        if role:
            return role, policies_of(self.world, role)
        return None, self.statements if key == DEPLOYER else None

    def _refuse_ended(self, wire: Wire) -> None:
        """Refuse the key of a session that has ended."""
        session = self.world.kept(SESSIONS).get(wire.key)
        if session is not None and session.ends <= datetime.now(UTC):
            code = "RequestExpired" if wire.service == "ec2" else EXPIRED.get(wire.protocol, "ExpiredToken")
            raise Refused(code, "The security token included in the request is expired", 403)

    def _needs(self, wire: Wire) -> Iterator[Need]:
        place = {"Partition": "aws", "Region": wire.region, "Account": self.world.account}
        roles = self.world.backend("iam", "aws").roles.values()
        trusted = {role.arn: _trusted(role) for role in list(roles)}
        more = attached(self.world, wire.service, wire.region, wire.params)
        yield from needs(wire.service, wire.operation, {**wire.params, "": more}, place, trusted)

    def _keep(self, need: Need, context: dict[str, Any], call: str) -> None:
        """Keep a need; the tags that one call gives, or finds, are no condition of another that gives or finds none."""
        tagged = any(name.startswith("aws:ResourceTag/") for name in context)
        given = tuple(sorted(name for name in need.context if name.startswith("aws:RequestTag/")))
        asked = sorted((name, values) for name, values in need.context.items() if "Tag" not in name)
        key = (need.action, need.resource, tagged, given, *asked)
        kept = self.needed.setdefault(key, {"calls": [], "context": {}})
        if call not in kept["calls"]:
            kept["calls"].append(call)
        kept["context"].update(context)

    def order_needed(self) -> list[dict[str, Any]]:
        """Return what was needed: action, resource, calls and context."""
        return [{"action": action, "resource": arn, **kept} for (action, arn, *_), kept in list(self.needed.items())]


def _read(path: Path) -> list[dict[str, Any]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return [one for policy in listed(document) for one in statements(policy)]


def _trusted(role: Any) -> str:
    principals = [one.get("Principal") for one in statements(role.assume_role_policy_document)]
    found = [service for one in principals if isinstance(one, dict) for service in listed(one.get("Service"))]
    return found[0] if found else ""


def _refusal(wire: Wire, need: Need, role: str) -> Refused:
    user = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/", 1)
    code = CODES.get(wire.service) or CODES.get(wire.protocol, "AccessDenied")
    text = (
        f"User: {user}/rehearsal is not authorized to perform: {need.action} "
        f"on resource: {need.resource} because no identity-based policy allows the {need.action} action"
    )
    return Refused(code, text, 403)
