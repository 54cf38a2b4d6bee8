"""Reads the platform of an environment and says what is not as declared. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.checks import Check, result
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.parallel import side_by_side
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import plain
from ansible_collections.slipway.aws.plugins.plugin_utils.settle import EXPECTED
from ansible_collections.slipway.aws.plugins.plugin_utils.verify_database import database_checks
from ansible_collections.slipway.aws.plugins.plugin_utils.verify_load_balancer import (
    firewall_checks,
    load_balancer_checks,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.verify_network import network_checks

ARGUMENTS = {
    "expected": {"type": "dict", "required": True},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}
PARTS: dict[str, Callable[[Cloud, Mapping[str, Any], Mapping[str, Any]], Iterator[Check]]] = {
    "network": network_checks,
    "load_balancer": load_balancer_checks,
    "firewall": firewall_checks,
    "database": database_checks,
}


class ActionModule(Acting):
    """Runs the checks of each part of the platform that is expected."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return every check and a sentence for each that failed."""
        expected = plain(options["expected"])
        unknown = sorted(set(expected) - set(PARTS))
        if unknown:
            raise AnsibleActionFail(f"platform_check: expected has {unknown}; allowed are {sorted(PARTS)}")
        cloud = Cloud(options["region"])
        outputs = Outputs(cloud, options["outputs_path"]).all()
        found = side_by_side(lambda part: _checked(part, cloud, outputs, expected[part]), sorted(expected))
        return result(check for checks in found for check in checks)


def _checked(part: str, cloud: Cloud, outputs: Mapping[str, Any], expected: Mapping[str, Any]) -> list[Check]:
    """Run the checks of one part; what cannot be looked at is a check that failed."""
    checks: list[Check] = []
    try:
        checks.extend(PARTS[part](cloud, outputs, expected))
    except KeyError as error:
        checks.append(Check(part, "can be looked at", f"{error} is not published or not described; run the component"))
    except EXPECTED as error:
        checks.append(Check(part, "can be looked at", explain(error)))
    return checks
