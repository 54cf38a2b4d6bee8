"""ECS services, as AWS has them."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.tasks import mesh
from rehearsal.tasks.model import REVISION, Service
from rehearsal.tasks.mover import TaskMover
from rehearsal.tasks.shown import service_dict

MOST_DESCRIBED = 10


def mover_of(call: Call) -> TaskMover:
    """Return the mover that runs tasks."""
    found = call.world.movers["tasks"]
    assert isinstance(found, TaskMover)  # noqa: S101  for the type checker: nobody else takes that name
    return found


def cluster_arn(call: Call) -> str:
    """Return the ARN of the call's cluster.

    Raises:
        Refused: it does not exist.
    """
    name = call.params.get("cluster", "default").rsplit("/", 1)[-1]
    cluster = call.backend().clusters.get(name)
    if cluster is None or cluster.status != "ACTIVE":
        raise Refused("ClusterNotFoundException", "Cluster not found.")
    return str(cluster.arn)


def service_arn(call: Call, name: str) -> str:
    """Return the ARN that a service of the call's cluster has or would have."""
    cluster = cluster_arn(call).rsplit("/", 1)[-1]
    return f"arn:aws:ecs:{call.region}:{call.account}:service/{cluster}/{name.rsplit('/', 1)[-1]}"


def active_definition(call: Call, name: str) -> str:
    """Return the ARN of a task definition that can be run.

    Raises:
        Refused: it was deregistered.
    """
    described = mover_of(call).definition(call.region, name)
    if described.get("status") == "INACTIVE":
        raise Refused("ClientException", "TaskDefinition is inactive")
    return str(described["taskDefinitionArn"])


@operation("ecs", "CreateService")
def create_service(call: Call) -> dict[str, Any]:
    """Create a service and begin its first deployment."""
    mover, arn = mover_of(call), service_arn(call, call.params["serviceName"])
    with mover.lock:
        known = mover.services.get(arn)
        if known and known.status != "INACTIVE":
            text = "Unable to Start a service that is still Draining." if known.status == "DRAINING" else ""
            raise Refused("InvalidParameterException", text or "Creation of service was not idempotent.")
        definition = active_definition(call, call.params["taskDefinition"])
        check_network(call)
        _check_balancers(call, definition)
        _choose_capacity(call)
        tags = {tag["key"]: tag["value"] for tag in call.params.get("tags", [])}
        now = call.world.clock.now()
        service = Service(
            arn, call.region, call.params["serviceName"], cluster_arn(call), dict(call.params), now, tags=tags
        )
        mover.scheduler.deploy(service, definition)
        mover.services[arn] = service
        mesh.provide(call.world, service)
        return {"service": service_dict(service, [], with_tags=True)}


def _choose_capacity(call: Call) -> None:
    """Take the cluster's default strategy when the service names none."""
    cluster = call.backend().clusters[cluster_arn(call).rsplit("/", 1)[-1]]
    default = cluster.default_capacity_provider_strategy
    if default and not {"launchType", "capacityProviderStrategy"} & set(call.params):
        call.params["capacityProviderStrategy"] = default


def check_network(call: Call) -> None:
    """Refuse what is no network of one VPC, and fill in what the API does.

    Raises:
        Refused: no network, no such subnet or group, or groups of another VPC.
    """
    network = call.params.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if not network:
        raise Refused(
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        )
    ec2 = call.backend("ec2")
    for subnet in network["subnets"]:
        if not any(subnet in zone for zone in ec2.subnets.values()):
            raise Refused("InvalidParameterException", f"The subnet ID '{subnet}' does not exist")
    for group in network.get("securityGroups", []):
        if ec2.get_security_group_from_id(group) is None:
            raise Refused("InvalidParameterException", f"The security group '{group}' does not exist")
        if ec2.get_security_group_from_id(group).vpc_id != ec2.get_subnet(network["subnets"][0]).vpc_id:
            text = f"Security group {group} does not appear to belong to the same VPC as the input subnets."
            raise Refused("InvalidParameterException", text)
    network.setdefault("assignPublicIp", "DISABLED")
    if not network.get("securityGroups"):
        vpc_id = ec2.get_subnet(network["subnets"][0]).vpc_id
        network["securityGroups"] = [ec2.get_security_group_from_name("default", vpc_id).id]


def _check_balancers(call: Call, definition: str) -> None:
    containers = {c["name"]: c for c in mover_of(call).definition(call.region, definition)["containerDefinitions"]}
    groups = call.backend("elbv2").target_groups
    for entry in call.params.get("loadBalancers", []):
        group = groups.get(entry["targetGroupArn"])
        if group is None:
            raise Refused("InvalidParameterException", f"Unable to find target group: {entry['targetGroupArn']}")
        if not attached(call, entry["targetGroupArn"]):
            raise Refused(
                "InvalidParameterException",
                f"The target group with targetGroupArn {entry['targetGroupArn']} does not have an associated load "
                "balancer.",
            )
        ports = {m["containerPort"] for m in containers.get(entry["containerName"], {}).get("portMappings", [])}
        if entry["containerPort"] not in ports:
            raise Refused(
                "InvalidParameterException",
                f"The container {entry['containerName']} did not have a container port {entry['containerPort']} "
                "defined.",
            )


def attached(call: Call, arn: str) -> bool:
    """Say whether any listener of the region forwards to a target group."""
    for balancer in call.backend("elbv2").load_balancers.values():
        for listener in balancer.listeners.values():
            actions = [action for rule in listener.rules.values() for action in rule.actions]
            if any(arn in str(action.data) for action in [*actions, *listener.default_actions]):
                return True
    return False


def find(call: Call, name: str) -> Service:
    """Return an existing service.

    Raises:
        Refused: it does not exist, or is on its way out.
    """
    service = mover_of(call).services.get(service_arn(call, name))
    if service is None or service.status == "INACTIVE":
        raise Refused("ServiceNotFoundException", "Service not found.")
    if service.status == "DRAINING":
        raise Refused("ServiceNotActiveException", "Service was not ACTIVE.")
    return service


@operation("ecs", "UpdateService")
def update_service(call: Call) -> dict[str, Any]:
    """Change settings; a new definition, network or a forced deployment begins a deployment."""
    mover = mover_of(call)
    with mover.lock:
        service = find(call, call.params["service"])
        changes = {k: v for k, v in call.params.items() if k not in {"cluster", "service", "forceNewDeployment"}}
        if "networkConfiguration" in changes:
            check_network(call)
        definition = service.primary.definition
        if "taskDefinition" in changes:
            definition = active_definition(call, changes.pop("taskDefinition"))
        if "loadBalancers" in changes:
            _check_balancers(call, definition)
        configuration = {
            **service.settings.get("deploymentConfiguration", {}),
            **changes.pop("deploymentConfiguration", {}),
        }
        anew = any(name in changes and changes[name] != service.settings.get(name) for name in REVISION)
        service.settings = {**service.settings, **changes, "deploymentConfiguration": configuration}
        if "capacityProviderStrategy" in changes:
            service.settings.pop("launchType", None)
        if call.params.get("forceNewDeployment") or definition != service.primary.definition or anew:
            mover.scheduler.deploy(service, definition)
            mesh.provide(call.world, service)
        return {"service": service_dict(service, mover.of(service), with_tags=False)}


@operation("ecs", "DeleteService")
def delete_service(call: Call) -> dict[str, Any]:
    """Drain a service; it is inactive when its last task has stopped."""
    mover = mover_of(call)
    with mover.lock:
        service = find(call, call.params["service"])
        if service.desired and not call.params.get("force"):
            raise Refused("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
        service.settings["desiredCount"] = 0
        service.status = "DRAINING"
        return {"service": service_dict(service, mover.of(service), with_tags=False)}


@operation("ecs", "DescribeServices")
def describe_services(call: Call) -> dict[str, Any]:
    """Describe at most ten services."""
    if len(call.params["services"]) > MOST_DESCRIBED:
        raise Refused("InvalidParameterException", "Services cannot be more than 10.")
    mover, found, failures = mover_of(call), [], []
    with_tags = "TAGS" in call.params.get("include", [])
    with mover.lock:
        for name in call.params["services"]:
            arn = service_arn(call, name)
            service = mover.services.get(arn)
            if service is None:
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(service_dict(service, mover.of(service), with_tags=with_tags))
    return {"services": found, "failures": failures}


@operation("ecs", "ListServices")
def list_services(call: Call) -> dict[str, Any]:
    """List the services of a cluster, in pages."""
    cluster = cluster_arn(call)
    services = mover_of(call).services.values()
    arns = sorted(s.arn for s in services if s.cluster_arn == cluster and s.status != "INACTIVE")
    start, size = int(call.params.get("nextToken", 0)), call.params.get("maxResults", 10)
    more = {"nextToken": str(start + size)} if start + size < len(arns) else {}
    return {"serviceArns": arns[start : start + size], **more}
