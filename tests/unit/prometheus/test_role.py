"""What the role declares for dev when it is switched on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from rehearsal.tasks.prometheus import checked, here
from tests.unit.prometheus.conftest import containers, resources

REMOTE = {"prometheus_remote_write": [{"url": "https://example.com/api/v1/write"}]}


def of(kind: str, more: str = "{}") -> dict[str, dict[str, Any]]:
    """Return the properties of the resources of a type, by name."""
    found = [one for one in resources(more) if one["type"] == kind]
    return {one["name"]: one.get("properties", {}) for one in found}


def test_it_is_off_by_default() -> None:
    assert resources('{"prometheus_enabled": false}') == []
    assert len(resources('{"prometheus_enabled": false, "slipway_state": "absent"}')) > 20


def test_promtool_takes_what_the_container_gets(promtool: Callable[..., str]) -> None:
    for more in ("{}", json.dumps(REMOTE)):
        variables = containers(more)["prometheus"]["environment"]
        files = {"prometheus": variables["PROMETHEUS_YML"], "rules": variables["RULES_YML"]}
        said = promtool("check", "config", "prometheus.yml", **files)
        assert "11 rules found" in said
        assert "is valid prometheus config file syntax" in said


def test_prometheus_finds_each_colour_by_name() -> None:
    config = yaml.safe_load(containers()["prometheus"]["environment"]["PROMETHEUS_YML"])
    (job,) = (one for one in config["scrape_configs"] if one["job_name"] == "services")
    names = [name for one in job["dns_sd_configs"] for name in one["names"]]
    assert names == ["blue-web.slipway-dev.internal", "green-web.slipway-dev.internal"]
    assert {(one["type"], one["port"]) for one in job["dns_sd_configs"]} == {("A", 9464)}
    assert set(of("servicediscovery_service")) == {"blue-web", "green-web"}
    single = of("servicediscovery_service", '{"__prometheus_engines": {"web": "ecs"}}')
    assert set(single) == {"main-web"}
    assert of("servicediscovery_service", '{"__prometheus_ports": {"web": 0}}') == {}


def test_it_sends_elsewhere_when_told_to() -> None:
    config = yaml.safe_load(containers(json.dumps(REMOTE))["prometheus"]["environment"]["PROMETHEUS_YML"])
    assert config["remote_write"] == REMOTE["prometheus_remote_write"]
    assert "remote_write" not in containers()["prometheus"]["environment"]["PROMETHEUS_YML"]


def test_nothing_reaches_prometheus_and_grafana_alone_is_behind_the_load_balancer() -> None:
    both = containers()
    assert both["prometheus"]["environment"]["LISTEN"] == "127.0.0.1:9090"
    assert "portMappings" not in both["prometheus"]
    (service,) = of("ecs_service").values()
    assert [one["containerName"] for one in service["loadBalancers"]] == ["grafana"]
    rules = of("ec2_security_group_rules")
    assert rules["prometheus"]["Ingress"] == []


def test_the_load_balancer_does_not_lead_to_metrics() -> None:
    """Only Prometheus's group may connect to the port of metrics, and no target group has it."""
    scraped = of("ec2_security_group_rules")["scraped"]["Ingress"]
    assert [(one["FromPort"], one["ToPort"]) for one in scraped] == [(9464, 9464)]
    assert [one["ReferencedGroupId"] for one in scraped] == ["${ec2_security_group.prometheus.GroupId}"]
    (grafana,) = containers()["grafana"]["portMappings"]
    assert grafana["containerPort"] == 8080


def test_secrets_are_no_variables() -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:oidc"
    more = {"prometheus_grafana_oidc": {"client_id": "x"}, "prometheus_grafana_oidc_secret_arn": arn}
    grafana = containers(json.dumps(more))["grafana"]
    assert {one["name"]: one["valueFrom"] for one in grafana["secrets"]} == {
        "GF_SECURITY_ADMIN_PASSWORD": "${secretsmanager_secret.password.ARN}",
        "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET": arn,
    }
    assert not [name for name in grafana["environment"] if "PASSWORD" in name or "SECRET" in name]
    statements = of("iam_role", json.dumps(more))["execution"]["Policies"]["start"]["Statement"]
    assert arn in statements[0]["Resource"]


def test_storage_is_encrypted_backed_up_and_written_by_one_task() -> None:
    (files,) = of("efs_file_system").values()
    assert (files["Encrypted"], files["Backup"]) == (True, True)
    assert files["KmsKeyId"] == "${output.keys.data_key_arn}"
    (definition,) = of("ecs_task_definition").values()
    for volume in definition["volumes"]:
        assert volume["efsVolumeConfiguration"]["transitEncryption"] == "ENABLED"
        assert volume["efsVolumeConfiguration"]["authorizationConfig"]["iam"] == "ENABLED"
    (service,) = of("ecs_service").values()
    assert service["deploymentConfiguration"]["maximumPercent"] == 100
    assert service["desiredCount"] == 1


def test_the_files_of_both_can_be_read() -> None:
    for container in containers().values():
        checked(container["environment"])


def test_the_local_cloud_stands_in_for_dns() -> None:
    text = here(containers()["prometheus"]["environment"]["PROMETHEUS_YML"], "http://api", "us-east-1", "127.1.2.3")
    own, services = yaml.safe_load(text)["scrape_configs"]
    assert own["static_configs"] == [{"targets": ["127.1.2.3:9090"]}]
    assert "dns_sd_configs" not in services
    assert services["http_sd_configs"][0]["url"] == (
        "http://api/task-addresses?name=blue-web.slipway-dev.internal&port=9464&region=us-east-1"
    )
    assert len(services["relabel_configs"]) == 2
