from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Timer
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC

SPACE: dict[str, Any] = {
    "type": "servicediscovery_private_dns_namespace",
    "name": "main",
    "properties": {"Name": "test.internal", "Vpc": "${ec2_vpc.main.VpcId}", "Description": "Where tasks are found"},
}
SERVICE: dict[str, Any] = {
    "type": "servicediscovery_service",
    "name": "web",
    "properties": {
        "NamespaceId": "${servicediscovery_private_dns_namespace.main.Id}",
        "Name": "blue-web",
        "DnsConfig": {"RoutingPolicy": "MULTIVALUE", "DnsRecords": [{"Type": "A", "TTL": 15}]},
        "HealthCheckCustomConfig": {"FailureThreshold": 1},
    },
}
HTTP: dict[str, Any] = {
    "type": "servicediscovery_http_namespace",
    "name": "main",
    "properties": {"Name": "test", "Description": "Where services find each other"},
}
ALL = [VPC, SPACE, SERVICE, HTTP]


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud, which lists by namespace and keeps what is in use."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _nothing_left(converge: Converge) -> Any:
    yield
    converge(ALL, absent=True)


def test_lives(converge: Converge) -> None:
    converge.lives(ALL)


def test_both_are_mended(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        cloud_map = client("servicediscovery")
        space, service = (run.state(key) for key in (f"{SPACE['type']}.main", "servicediscovery_service.web"))
        cloud_map.update_private_dns_namespace(Id=space["Id"], Namespace={"Description": "other"})
        records = {"DnsRecords": [{"Type": "A", "TTL": 60}]}
        cloud_map.update_service(Id=service["Id"], Service={"DnsConfig": records})
        for one in (space, service):
            cloud_map.tag_resource(ResourceARN=one["Arn"], Tags=[{"Key": "foreign", "Value": "x"}])
        number = run.state(f"{HTTP['type']}.main")["Id"]
        cloud_map.update_http_namespace(Id=number, Namespace={"Description": "other"})

    changed = {f"{SPACE['type']}.main": {"Description", "Tags"}, "servicediscovery_service.web": {"DnsConfig", "Tags"}}
    changed[f"{HTTP['type']}.main"] = {"Description"}
    converge.mends(ALL, drift, changed)


def test_services_of_other_namespaces_are_none_of_ours(converge: Converge, client: Callable[[str], Any]) -> None:
    converge(ALL)
    cloud_map = client("servicediscovery")
    other = cloud_map.create_service(Name="blue-web", NamespaceId="ns-of-somebody")["Service"]["Id"]
    converge(ALL, absent=True)
    assert other in {one["Id"] for one in cloud_map.list_services()["Services"]}
    cloud_map.delete_service(Id=other)


def test_what_ecs_left_in_a_namespace_goes_with_it(converge: Converge, client: Callable[[str], Any]) -> None:
    cloud_map, space = client("servicediscovery"), converge(ALL).state(f"{HTTP['type']}.main")["Id"]
    left = cloud_map.create_service(Name="api", NamespaceId=space, Type="HTTP")["Service"]["Id"]
    cloud_map.register_instance(ServiceId=left, InstanceId="task", Attributes={"AWS_INSTANCE_IPV4": "10.0.0.9"})
    polls = Timer(0.5, lambda: cloud_map.deregister_instance(ServiceId=left, InstanceId="task"))
    polls.start()
    converge([HTTP], absent=True)
    assert not polls.is_alive()
    assert not [one for one in cloud_map.list_namespaces()["Namespaces"] if one["Id"] == space]


@pytest.fixture
def registered(converge: Converge, client: Callable[[str], Any]) -> Iterator[str]:
    """Return the id of the service, with which a task is registered."""
    cloud_map = client("servicediscovery")
    service = str(converge(ALL).state("servicediscovery_service.web")["Id"])
    cloud_map.register_instance(ServiceId=service, InstanceId="task", Attributes={"AWS_INSTANCE_IPV4": "10.0.0.9"})
    yield service
    cloud_map.deregister_instance(ServiceId=service, InstanceId="task")


def test_what_is_in_use_stays(registered: str, client: Callable[[str], Any]) -> None:
    cloud_map = client("servicediscovery")
    with pytest.raises(cloud_map.exceptions.ResourceInUse, match="registered instances"):
        cloud_map.delete_service(Id=registered)
    space = cloud_map.get_service(Id=registered)["Service"]["NamespaceId"]
    with pytest.raises(cloud_map.exceptions.ResourceInUse, match="associated services"):
        cloud_map.delete_namespace(Id=space)
