"""The first gate, function by function."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils import inputs

SPECS: dict[str, dict[str, Any]] = {
    "database": {"database_port": {"type": "int"}, "database_multi_az": {"type": "bool"}},
    "database_access": {"database_access_timeout": {"type": "int"}},
    "service": {
        "service_domain": {"type": "str", "required": True},
        "service_engine": {"type": "str", "choices": ["weighted", "ecs"]},
    },
}


def test_the_longest_role_owns_a_variable() -> None:
    assert inputs.role_of("database_access_timeout", SPECS) == "database_access"
    assert inputs.role_of("database_port", SPECS) == "database"
    assert inputs.role_of("owner", SPECS) is None


def test_unknown_names_are_told_with_the_nearest() -> None:
    found = list(inputs.unknown_names(["database_multiaz", "database_port", "owner", "service_qqqqqqqq"], SPECS))
    assert found == [
        "database_multiaz: the role database has no such variable; did you mean database_multi_az?",
        "service_qqqqqqqq: the role service has no such variable; see roles/service/README.md for those there are",
    ]


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({}, ["service_domain"]),
        ({"service_domain": "a", "service_engine": "blue"}, ["service_engine", "weighted, ecs", "blue"]),
    ],
)
def test_wrong_values_name_variable_value_and_choices(given: dict[str, Any], parts: list[str]) -> None:
    (text,) = inputs.wrong_values("web", "service", given, SPECS)
    for part in ["web: ", *parts, "roles/service/README.md"]:
        assert part in text


def test_right_values_pass() -> None:
    assert not list(inputs.wrong_values("web", "service", {"service_domain": "a", "owner": "x"}, SPECS))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"image_tag": 1.1}, ["releases.web.image_tag is 1.1, which is not text; quote it in releases.yml"]),
        ({"digest": 7}, ["releases.web.digest is 7, which is not text; quote it in releases.yml"]),
        ({"image_tag": "1.10", "digest": None}, []),
        ({"digest": f"sha256:{64 * 'a'}"}, []),
        ({"digest": "latest"}, ["releases.web.digest is 'latest'; allowed are sha256: and 64 of 0-9 and a-f"]),
    ],
)
def test_a_version_is_text(entry: dict[str, Any], told: list[str]) -> None:
    assert list(inputs.listing_problems(["web"], {"web": {"priority": 1}}, {"web": entry})) == told


@pytest.mark.parametrize(("cpu", "memory"), [(256, 512), (1024, 8192), (4096, 30720), (16384, 122880)])
def test_pairs_that_fargate_offers(cpu: int, memory: int) -> None:
    assert not list(inputs.size_problems("web", cpu, memory))


@pytest.mark.parametrize(
    ("cpu", "memory", "text"),
    [
        (300, 512, "web: service_cpu is 300; allowed are 256, 512, 1024, 2048, 4096, 8192, 16384"),
        (256, 4096, "web: service_memory is 4096; with service_cpu 256 allowed are 512, 1024, 2048"),
        (8192, 17408, "web: service_memory is 17408; with service_cpu 8192 allowed are 16384, 20480"),
    ],
)
def test_pairs_that_fargate_does_not_offer(cpu: int, memory: int, text: str) -> None:
    (found,) = inputs.size_problems("web", cpu, memory)
    assert found.startswith(text)


TRACED = {
    "service_trace_share": 0.5,
    "service_cpu": 256,
    "service_memory": 512,
    "service_collector_image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3",
    "service_collector_cpu": 32,
    "service_collector_memory": 128,
}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"service_trace_share": -0.1}, "web: service_trace_share is -0.1; allowed are 0, for no traces, to 1"),
        ({"service_trace_share": "5"}, "web: service_trace_share is 5; allowed are 0, for no traces, to 1"),
        ({"service_collector_cpu": 129}, "web: service_collector_cpu is 129; allowed are 1 to 128, half of"),
        ({"service_collector_memory": 0}, "web: service_collector_memory is 0; allowed are 1 to 256"),
        ({"network_nat": "none"}, "with network_nat 'none' tasks reach no public registry; copy it to ECR"),
    ],
)
def test_a_collector_that_cannot_be_beside_a_service(given: dict[str, Any], text: str) -> None:
    (found,) = inputs.trace_problems("web", TRACED | given)
    assert text in found


@pytest.mark.parametrize(
    "given",
    [
        {"network_nat": "one"},
        {"network_nat": "none", "service_collector_image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/adot:v1"},
        {"service_trace_share": 0, "network_nat": "none", "service_collector_cpu": 1024},
    ],
)
def test_a_collector_that_can(given: dict[str, Any]) -> None:
    assert not list(inputs.trace_problems("web", TRACED | given))


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"network_nat": "one"}, ""),
        ({"network_nat": "none", "service_exec": False}, ""),
        ({"network_nat": "none", "network_interface_endpoints": ["kms", "ssmmessages"]}, ""),
        ({"network_nat": "none"}, "kms and ssmmessages"),
        ({"network_nat": "none", "network_interface_endpoints": ["kms"]}, "ssmmessages"),
    ],
)
def test_sessions_need_a_way_out_of_the_task(given: dict[str, Any], missing: str) -> None:
    found = list(inputs.exec_problems("web", {"service_exec": True, **given}))
    assert (f"tasks do not reach {missing};" in found[0]) if missing else found == []


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        ({"a": "10.0.0.0/24", "b": "10.0.0.128/25"}, "a 10.0.0.0/24 and b 10.0.0.128/25 overlap"),
        ({"a": "10.1.0.0/24"}, "a is 10.1.0.0/24, outside of network_cidr 10.0.0.0/16"),
        ({"a": "10.0.0.1/24"}, "a is '10.0.0.1/24', which is no IPv4 network"),
        ({"a": "ten"}, "a is 'ten', which is no IPv4 network"),
    ],
)
def test_networks_that_cannot_be(blocks: dict[str, str], text: str) -> None:
    (found,) = inputs.network_problems(blocks, "10.0.0.0/16")
    assert text in found


def test_networks_that_can_be() -> None:
    assert not list(inputs.network_problems({"a": "10.0.0.0/24", "b": "10.0.1.0/24"}, "10.0.0.0/16"))


def test_services_need_an_image_a_place_in_the_list_and_a_priority_of_their_own() -> None:
    listed = {"web": {"priority": 100}, "api": {"priority": 100}, "job": {}}
    found = list(inputs.listing_problems(["web", "new"], listed, {"web": {"digest": f"sha256:{64 * '1'}"}}))
    assert found == [
        "new: not in environment_services, which has api, job, web; add it with a priority",
        "new: has no image; set releases.new.image_tag (or digest) in releases.yml",
        "priority 100 is given to api and web; listener rules need one each",
        "environment_services.job.priority is None; give it a number from 1 to 50000",
    ]


@pytest.mark.parametrize("priority", [0, 50_001, True, "9"])
def test_a_priority_is_a_number_that_aws_takes(priority: object) -> None:
    (found,) = inputs.listing_problems([], {"web": {"priority": priority}}, {})
    assert found == f"environment_services.web.priority is {priority!r}; give it a number from 1 to 50000"


@pytest.mark.parametrize("value", [True, "true"])
def test_sessions_stick_to_tasks_where_a_service_has_one_target_group_only(value: object) -> None:
    sticky = {"stickiness.enabled": value}
    for engine in ("weighted", "ecs", "codedeploy"):
        (found,) = inputs.attribute_problems("web", engine, sticky)
        assert found.startswith("web: service_target_group_attributes has stickiness.enabled, which AWS refuses")
    assert not list(inputs.attribute_problems("web", "rolling", sticky))
    assert not list(inputs.attribute_problems("web", "weighted", {"stickiness.enabled": False}))


def test_a_rule_compares_a_domain_and_four_paths() -> None:
    patterns = [f"/{number}" for number in range(5)]
    (found,) = inputs.rule_problems("web", patterns)
    assert found.startswith("web: service_path_patterns has 5 entries; allowed are 4")
    assert not list(inputs.rule_problems("web", patterns[:4]))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("qa", "env_name is 'qa'; allowed are dev, prod"),
        (None, "env_name is None; allowed are dev, prod"),
        ("prod", "env_name is 'prod', but no host is in a group prod: this is another environment's inventory"),
    ],
)
def test_environments(name: str | None, text: str) -> None:
    (found,) = inputs.environment_problems({"env_name": name, "environments": ["dev", "prod"]}, ["dev", "all"])
    assert found.startswith(text)
