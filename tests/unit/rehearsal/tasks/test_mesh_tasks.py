"""Service Connect in ECS: what is refused, which names a task knows, and what Cloud Map has of them."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.edge.mesh.reader import proxies
from rehearsal.edge.mover import EdgeMover
from rehearsal.tasks.mesh import OUTBOUND, environment
from rehearsal.tasks.model import Task
from tests.unit.rehearsal.tasks.conftest import Cloud, wait

PORT = {"containerPort": 8080, "name": "http", "appProtocol": "http"}


@pytest.fixture
def space(cloud: Cloud) -> Iterator[str]:
    """Return the ARN of a namespace, which is gone in the end."""
    client, name = cloud.servicediscovery, f"mesh-{uuid.uuid4().hex[:8]}"
    client.create_http_namespace(Name=name)
    (found,) = [one for one in client.list_namespaces()["Namespaces"] if one["Name"] == name]
    yield str(found["Arn"])
    cloud.end_services()
    wait(lambda: not of_cloud_map(cloud, found["Arn"]), "ECS did not remove its services of Cloud Map", 60)
    client.delete_namespace(Id=found["Id"])


def of_cloud_map(cloud: Cloud, space: str) -> list[dict[str, Any]]:
    """Return the services of a namespace."""
    chosen = [{"Name": "NAMESPACE_ID", "Values": [space.rpartition("/")[2]]}]
    found: list[dict[str, Any]] = cloud.servicediscovery.list_services(Filters=chosen)["Services"]
    return found


def connected(space: str, name: str = "", **more: Any) -> dict[str, Any]:
    """Return a configuration of Service Connect, of a server when it has a name."""
    alias = {"port": 80, "dnsName": name}
    entry = {"portName": "http", "discoveryName": name, "clientAliases": [alias], "ingressPortOverride": 15080}
    return {"enabled": True, "namespace": space, "services": [{**entry, **more}] if name else []}


def create(cloud: Cloud, cluster: str, configuration: dict[str, Any], name: str, calls: str = "", **more: Any) -> None:
    container = cloud.container(portMappings=[PORT])
    container["environment"].append({"name": "NEIGHBOUR_URL", "value": calls})
    definition = cloud.register(container)
    settings = {"loadBalancers": None, "serviceConnectConfiguration": configuration, **more}
    cloud.create_service(cluster, definition, name, **settings)


def tasks(cloud: Cloud, name: str) -> list[Task]:
    return [one for one in cloud.mover.tasks.values() if one.group == f"service:{name}" and one.alive]


def running(cloud: Cloud, cluster: str, name: str) -> None:
    cloud.until_service(cluster, name, lambda one: one["runningCount"] == one["desiredCount"])


def names(cloud: Cloud, caller: str) -> dict[str, int]:
    """Return the names that a caller's tasks know, with the number of tasks behind each."""
    (found,) = [one for one in proxies(cloud.world) if one["service"] == caller]
    return {one["name"]: len(one["targets"]) for one in found["endpoints"]}


def test_a_task_knows_the_names_from_when_its_deployment_began(cloud: Cloud, space: str) -> None:
    cluster = cloud.cluster()
    create(cloud, cluster, connected(space, "api"), "api", desiredCount=2)
    create(cloud, cluster, connected(space), "web")
    create(cloud, cluster, connected(space, "late"), "late")
    for name in ("api", "web", "late"):
        running(cloud, cluster, name)
    assert names(cloud, "web") == {"api": 2}
    cloud.ecs.update_service(cluster=cluster, service="web", forceNewDeployment=True)
    cloud.until_service(cluster, "web", lambda one: len(one["deployments"]) == 1)
    wait(lambda: names(cloud, "web") == {"api": 2, "late": 1}, "the new deployment does not know the new name")


def test_the_process_is_led_to_the_proxy_of_its_task(cloud: Cloud, space: str) -> None:
    cluster = cloud.cluster()
    create(cloud, cluster, connected(space), "web")
    running(cloud, cluster, "web")
    (task,) = tasks(cloud, "web")
    found = environment(cloud.world, task)
    assert found["http_proxy"] == f"http://{task.address}:{OUTBOUND}"
    assert set(found["no_proxy"].split(",")) == {"127.0.0.1", "localhost", task.address}
    task.request["serviceConnectConfiguration"] = {}
    assert environment(cloud.world, task) == {}


def test_cloud_map_has_the_tasks_and_forgets_the_name(cloud: Cloud, space: str) -> None:
    cluster, client = cloud.cluster(), cloud.servicediscovery
    create(cloud, cluster, connected(space, "api"), "api", desiredCount=2)
    running(cloud, cluster, "api")
    (service,) = of_cloud_map(cloud, space)
    assert (service["Name"], service["Type"]) == ("api", "HTTP")
    found = client.list_instances(ServiceId=service["Id"])["Instances"]
    assert {one["Id"] for one in found} == {one.id for one in tasks(cloud, "api")}
    with pytest.raises(client.exceptions.ResourceInUse):
        client.delete_namespace(Id=space.rpartition("/")[2])
    cloud.ecs.update_service(cluster=cluster, service="api", serviceConnectConfiguration={"enabled": False})
    assert of_cloud_map(cloud, space) == []
    (shown,) = [one for one in cloud.service(cluster, "api")["deployments"] if one["status"] == "PRIMARY"]
    assert shown["serviceConnectConfiguration"] == {"enabled": False}
    assert "serviceConnectConfiguration" not in cloud.service(cluster, "api")


def let_in(cloud: Cloud) -> dict[str, Any]:
    """Return the rule by which tasks let each other in at their proxies."""
    pairs = [{"GroupId": cloud.group}]
    return {"IpProtocol": "tcp", "FromPort": 15080, "ToPort": 15080, "UserIdGroupPairs": pairs}


@pytest.fixture
def carried(cloud: Cloud, space: str) -> Iterator[str]:
    """Return the namespace, with a real edge process that carries the requests of its tasks."""
    cloud.ec2.authorize_security_group_ingress(GroupId=cloud.group, IpPermissions=[let_in(cloud)])
    edge = EdgeMover(cloud.world)
    cloud.world.movers["edge"] = edge
    edge.start()
    yield space
    cloud.world.movers["edge"] = cloud.edge
    edge.stop()
    cloud.ec2.revoke_security_group_ingress(GroupId=cloud.group, IpPermissions=[let_in(cloud)])


def test_a_task_calls_another_service_by_name_also_while_one_of_its_tasks_dies(cloud: Cloud, carried: str) -> None:
    cluster = cloud.cluster()
    create(cloud, cluster, connected(carried, "api"), "api", desiredCount=2)
    create(cloud, cluster, connected(carried), "web", calls="http://api")
    for name in ("api", "web"):
        running(cloud, cluster, name)
    (caller,), (first, _) = tasks(cloud, "web"), tasks(cloud, "api")

    def call() -> Any:
        with urllib.request.urlopen(f"http://{caller.address}:8080/neighbour", timeout=25) as answer:
            return json.load(answer)

    assert [call() for _ in range(4)] == [{"version": "1.0.0"}] * 4
    process = first.containers[0].process
    assert process is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)  # what is in flight when it dies is not sent again
    assert [call() for _ in range(20)] == [{"version": "1.0.0"}] * 20


def test_security_groups_say_who_reaches_the_proxy(cloud: Cloud, space: str) -> None:
    cluster = cloud.cluster()
    create(cloud, cluster, connected(space, "api"), "api")
    create(cloud, cluster, connected(space), "web")
    for name in ("api", "web"):
        running(cloud, cluster, name)

    def reachable() -> list[bool]:
        (found,) = [one for one in proxies(cloud.world) if one["service"] == "web"]
        return [each["reachable"] for one in found["endpoints"] for each in one["targets"]]

    assert reachable() == [False]
    cloud.ec2.authorize_security_group_ingress(GroupId=cloud.group, IpPermissions=[let_in(cloud)])
    assert reachable() == [True]
    cloud.ec2.revoke_security_group_ingress(GroupId=cloud.group, IpPermissions=[let_in(cloud)])


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"namespace": "nowhere"}, "The namespace 'nowhere' was not found"),
        ({"accessLogConfiguration": {"format": "JSON"}}, "needs a logConfiguration"),
        ({"services": [{"portName": "grpc", "clientAliases": [{"port": 80}]}]}, "port name 'grpc' is not that of"),
        ({"services": [{"portName": "http"}]}, "exactly one client alias"),
    ],
)
def test_what_ecs_does_not_take(cloud: Cloud, space: str, given: dict[str, Any], text: str) -> None:
    with pytest.raises(ClientError, match=text):
        create(cloud, cloud.cluster(), connected(space) | given, "web")


def test_a_name_has_one_service_and_time_outs_need_requests(cloud: Cloud, space: str) -> None:
    cluster = cloud.cluster()
    create(cloud, cluster, connected(space, "api"), "api", desiredCount=0)
    with pytest.raises(ClientError, match="'api' or the alias 'api:80' is used by"):
        create(cloud, cluster, connected(space, "api"), "other", desiredCount=0)
    tcp = cloud.register(cloud.container(portMappings=[{"containerPort": 8080, "name": "http"}]))
    timed = connected(space, "timed", timeout={"perRequestTimeoutSeconds": 5})
    with pytest.raises(ClientError, match="perRequestTimeoutSeconds is only valid"):
        cloud.create_service(cluster, tcp, "timed", loadBalancers=None, serviceConnectConfiguration=timed)
    nameless = cloud.register(cloud.container(portMappings=[{"containerPort": 8080}]))
    with pytest.raises(ClientError, match="port name 'http' is not that of"):
        cloud.ecs.update_service(cluster=cluster, service="api", taskDefinition=nameless)
