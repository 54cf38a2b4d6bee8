"""Values that a reader of their own refuses are told with their variable, before anything is called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils import inputs_values as values
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_places import place_problems, region_problems
from ansible_collections.slipway.aws.plugins.plugin_utils.release.engines import share_problems

ENVIRONMENT = {"env_name": "dev", "environments": ["dev", "prod"]}
HOURS = {"wake": "07:00", "sleep": "20:00"}
COMPONENTS = {"network", "web"}


def policy(**given: Any) -> Iterable[str]:
    return values.policy_problems("web", {"release_policy": given})


def hours(**given: Any) -> Iterable[str]:
    return values.hours_problems(ENVIRONMENT | {"working_hours": HOURS | given})


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (policy(dobt=1), "web: release_policy has no key 'dobt'; did you mean doubt?"),
        (policy(doubt=2), "web: release_policy.doubt is 2; from 0.06 to 1 is allowed"),
        (values.smoke_problems("web", {"service_smoke": [{"path": "/"}, {"pth": "/"}]}), "allowed keys are method"),
        (
            values.scaling_problems("web", {"autoscaling_minimum": 9, "autoscaling_maximum": 3}),
            "web: autoscaling_minimum is 9, above autoscaling_maximum, which is 3",
        ),
        (
            values.scaling_problems("web", {"autoscaling_cpu_in": 40.0}),
            "web: autoscaling_cpu_in is 40; below half of autoscaling_cpu_out (70) is allowed",
        ),
        (hours(wake="7"), "working_hours.wake is '7'; give a time"),
        (hours(timezone="Mars/Olympus"), "working_hours.timezone is 'Mars/Olympus'; give one such as Europe/Berlin"),
        (
            values.adopted_problems({"netwrk": {}}, COMPONENTS),
            "slipway_adopted.netwrk: there is no such component; did you mean network?",
        ),
        (values.adopted_problems({"web": {"a.b": 1}}, COMPONENTS), "web: slipway_adopted: a.b is 1"),
        (share_problems("web", {"release_steps": [10, 150]}), "web: release_steps: step 2 is 150; from 0.1 to 100"),
        (share_problems("web", {"release_steps": [50, 10]}), "web: release_steps: step 2 is 10 %"),
        (share_problems("web", {"release_hold_back": 120}), "web: release_hold_back is 120; from 0 to 50"),
        (
            region_problems("aws_region", "us-est-1"),
            "aws_region is 'us-est-1', which is no region of AWS; did you mean",
        ),
        (region_problems("aws_region", "moon"), "aws_region is 'moon', which is no region of AWS"),
        (region_problems("aws_region", "us-east-1a"), "did you mean us-east-1?"),
    ],
)
def test_the_message_names_the_variable(found: Iterable[str], told: str) -> None:
    (sentence,) = found
    assert told in sentence


def test_right_values_pass() -> None:
    found = [
        *policy(doubt=0.2),
        *hours(timezone="Europe/Berlin"),
        *values.smoke_problems("web", {"service_smoke": [{"path": "/"}]}),
        *values.scaling_problems("web", {"autoscaling_minimum": 3}),
        *values.adopted_problems({"web": None, "network": {"ec2_vpc.vpc": {"id": "vpc-1"}}}, COMPONENTS),
        *share_problems("web", {"service_engine": "ecs", "release_hold_back": 90}),
        *share_problems("web", {}),
    ]
    assert not found


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "eu-north-7", "cn-northwest-1", "", None])
def test_regions_that_there_are_or_may_be_since(region: str | None) -> None:
    assert not list(region_problems("aws_region", region))


def test_a_host_in_another_place_is_told() -> None:
    here = {"project": "shop", "env_name": "dev", "aws_region": "us-east-1", "aws_account_id": ""}
    (told,) = place_problems(["network", "web"], {"network": here, "web": here | {"project": "other"}})
    assert told.startswith("web: project is 'other', but network has 'shop'")
    (told,) = place_problems(["web"], {"web": here | {"environment_places": {"prod": {"region": "eu-wets-1"}}}})
    assert told.startswith("environment_places.prod.region is 'eu-wets-1'")
