"""Is the way in as declared: load balancer, listeners, firewall, and are there healthy targets behind it?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .adapter import tag_dict
from .adapters._elbv2 import as_text
from .checks import Check, check
from .cloud import Cloud

SUITE = "load_balancer"
ARN = "load_balancer_arn"
TAGS_AT_ONCE = 20
Item = dict[str, Any]


def load_balancer_checks(cloud: Cloud, outputs: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Check]:
    """Check the load balancer.

    Args:
        cloud: the account and region.
        outputs: what components published, by ``component/name``.
        expected: ``ssl_policy`` and ``attributes``, as declared, and ``released``: names of the services that serve.
    """
    for prefix in prefixes(outputs):
        arn = outputs[f"{prefix}{ARN}"]
        checks = _attributes(cloud, arn, expected["attributes"])
        yield from (_of(prefix, found) for found in checks)
        listeners = cloud.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
        for listener in sorted(listeners, key=lambda item: int(item["Port"])):
            yield _of(prefix, _listener(listener, expected["ssl_policy"]))
        yield from _targets(cloud, outputs[f"{prefix}https_listener_arn"], expected.get("released", []))


def target_checks(cloud: Cloud, outputs: Mapping[str, Any], released: Collection[str]) -> Iterator[Check]:
    """Check that there are healthy targets behind every load balancer for each of the services.

    Args:
        cloud: the account and region.
        outputs: what components published, by ``component/name``.
        released: names of the services.
    """
    for prefix in prefixes(outputs):
        yield from _targets(cloud, outputs[f"{prefix}https_listener_arn"], released)


def firewall_checks(cloud: Cloud, outputs: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Check]:
    """Check that the firewall stands before the load balancer, logs, and has a metric on every rule."""
    del expected
    wanted = outputs["firewall/web_acl_arn"]
    acl: Item = {}
    for prefix in prefixes(outputs):
        answer = cloud.read("wafv2", "get_web_acl_for_resource", ResourceArn=outputs[f"{prefix}{ARN}"])
        acl = answer.get("WebACL") or {"ARN": "no web ACL", "Rules": []}
        before = check("firewall", "stands before the load balancer", holds=acl["ARN"] == wanted, found=acl["ARN"])
        yield _of(prefix, before)
    silent = [rule["Name"] for rule in acl["Rules"] if not rule["VisibilityConfig"]["CloudWatchMetricsEnabled"]]
    holds = bool(acl["Rules"]) and not silent
    yield check("firewall", "has rules, each with a metric", holds=holds, found=silent or "no rules")
    listed = cloud.read("wafv2", "list_logging_configurations", Scope="REGIONAL")["LoggingConfigurations"]
    logging = [item["ResourceArn"] for item in listed]
    yield check("firewall", "logs requests", holds=wanted in logging, found="no logging configuration")


def prefixes(outputs: Mapping[str, Any]) -> list[str]:
    """Return what the outputs of each load balancer begin with.

    Raises:
        KeyError: none is published.
    """
    found = sorted(name.removesuffix(ARN) for name in outputs if name.startswith(f"{SUITE}/") and name.endswith(ARN))
    if not found:
        raise KeyError(f"{SUITE}/{ARN}")
    return found


def _of(prefix: str, found: Check) -> Check:
    """Name the load balancer that a check is about, where it is not the first."""
    name = prefix.removeprefix(f"{SUITE}/").rstrip(".")
    return replace(found, name=f"{name}: {found.name}") if name else found


def _attributes(cloud: Cloud, arn: str, expected: Mapping[str, Any]) -> Iterator[Check]:
    answer = cloud.read("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=arn)
    actual = {item["Key"]: item.get("Value", "") for item in answer["Attributes"]}
    for name, value in expected.items():
        found = actual.get(name, "nothing")
        yield check(SUITE, f"{name} is {as_text(value)}", holds=found == as_text(value), found=found)


def _listener(listener: Item, policy: str) -> Check:
    name = f"port {listener['Port']}"
    if listener["Protocol"] == "HTTPS":
        found = listener.get("SslPolicy")
        return check(SUITE, f"{name} speaks HTTPS with {policy}", holds=found == policy, found=found)
    action = listener["DefaultActions"][0]
    redirect = action.get("RedirectConfig", {}).get("Protocol") == "HTTPS"
    return check(SUITE, f"{name} only redirects to HTTPS", holds=redirect, found=action["Type"])


def _targets(cloud: Cloud, listener: str, released: Collection[str]) -> Iterator[Check]:
    rules = cloud.pages("elbv2", "describe_rules", "Rules", ListenerArn=listener)
    services = _services(cloud, [rule["RuleArn"] for rule in rules])
    for rule in (rule for rule in rules if services.get(rule["RuleArn"]) in released):
        for group in _in_traffic(rule):
            answer = cloud.read("elbv2", "describe_target_health", TargetGroupArn=group)
            states = [item["TargetHealth"]["State"] for item in answer["TargetHealthDescriptions"]]
            bad = [state for state in states if state not in {"healthy", "draining", "initial"}]
            holds = "healthy" in states and not bad
            name = f"targets of {group.split('/')[-2]}, which has traffic, are healthy"
            yield check(SUITE, name, holds=holds, found=", ".join(states) or "no targets")


def _services(cloud: Cloud, rules: Sequence[str]) -> dict[str, str]:
    """Return the service of each rule, as its tags say."""
    found: dict[str, str] = {}
    for start in range(0, len(rules), TAGS_AT_ONCE):
        answer = cloud.read("elbv2", "describe_tags", ResourceArns=rules[start : start + TAGS_AT_ONCE])
        found |= {item["ResourceArn"]: tag_dict(item["Tags"]).get("service", "") for item in answer["TagDescriptions"]}
    return found


def _in_traffic(rule: Item) -> Iterator[str]:
    for action in rule["Actions"]:
        for group in action.get("ForwardConfig", {}).get("TargetGroups", []):
            if group.get("Weight", 1) > 0:
                yield group["TargetGroupArn"]
