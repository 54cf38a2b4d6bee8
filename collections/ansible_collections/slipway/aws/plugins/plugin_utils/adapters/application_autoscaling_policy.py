"""Scaling policies, put and compared whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..adapter import without
from ..compare import Changes
from ..resource import Resource, State
from ._order import ordered_like
from ._scaling import GONE, TARGET, Item, ScalingAdapter

CONFIGURATIONS = (
    "StepScalingPolicyConfiguration",
    "TargetTrackingScalingPolicyConfiguration",
    "PredictiveScalingPolicyConfiguration",
)
#: What undeclared fields mean, which AWS tells or leaves out. Cool-downs, in seconds, are those of ECS.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "TargetTrackingScalingPolicyConfiguration": {
        "DisableScaleIn": False,
        "ScaleOutCooldown": 300,
        "ScaleInCooldown": 300,
    },
    "StepScalingPolicyConfiguration": {"Cooldown": 300, "MetricAggregationType": "Average"},
    "PredictiveScalingPolicyConfiguration": {"Mode": "ForecastOnly"},
}


class ApplicationAutoscalingPolicy(ScalingAdapter):
    """A scaling policy. Its target must be registered first: name it in ``depends_on``."""

    create_operation = "PutScalingPolicy"
    required = ("PolicyName", *TARGET, "PolicyType")
    identity = ("PolicyName", *TARGET)
    immutable = ("PolicyType",)
    replaceable = True
    exact = CONFIGURATIONS
    computed = ("PolicyARN", "Alarms")
    taggable = False
    defaults = dict.fromkeys(CONFIGURATIONS)
    described = ("describe_scaling_policies", "PolicyNames", "ScalingPolicies", "PolicyName")
    keys = ("PolicyName", *TARGET)

    def state(self, item: Item, resource: Resource) -> State:
        """Show configurations in the words of the declaration, where they mean the same."""
        configurations = {
            name: _as_declared(resource.properties[name], item[name], DEFAULTS[name])
            for name in CONFIGURATIONS
            if item.get(name) and resource.properties.get(name)
        }
        return {**item, **configurations}

    def create(self, resource: Resource) -> None:
        """Put it."""
        self.write("put_scaling_policy", **resource.properties)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put it whole: AWS replaces the old configuration."""
        del state, changes
        self.create(resource)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it with the alarms that AWS made for it."""
        del resource
        self.write_unless("delete_scaling_policy", GONE, **self.key(state))


def _as_declared(wanted: Mapping[str, Any], actual: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``actual`` with just those defaults that are declared, and numbers of the declared kind."""
    unsaid = [name for name, value in defaults.items() if name not in wanted and actual.get(name) == value]
    said = {name: value for name, value in defaults.items() if name in wanted}
    return dict(_numbers(wanted, ordered_like(wanted, {**said, **without(actual, unsaid)})))


def _numbers(wanted: Any, actual: Any) -> Any:
    """Return ``actual`` with numbers of the declared kind: AWS tells 70 as 70.0."""
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return {name: _numbers(wanted.get(name), value) for name, value in actual.items()}
    if isinstance(wanted, list) and isinstance(actual, list):
        rest = [None] * (len(actual) - len(wanted))
        return [_numbers(want, have) for want, have in zip([*wanted, *rest], actual, strict=False)]
    return wanted if wanted == actual and not isinstance(actual, bool) else actual


ADAPTER = ApplicationAutoscalingPolicy
