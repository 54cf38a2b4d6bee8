"""What controls look at: whose it is, what belongs together, and that nothing is asked for twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.controls.readers import READERS

Answers = dict[str, Any]
CLUSTER = {"cluster/cluster_arn": "arn:aws:ecs:us-east-1:1:cluster/slipway-dev", "name_prefix": "slipway-dev"}
NETWORK = {"network/vpc_id": "vpc-1"}
DATABASE = {"database/instance_id": "slipway-dev"}
SNAPSHOT = "arn:aws:rds:us-east-1:1:snapshot:"


class Told:
    """A cloud that answers by the operation, or by what it is asked about, and counts its calls."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.calls: Counter[str] = Counter()
        self.kept: dict[Any, Any] = {}

    def read(self, _service: str, operation: str, **parameters: Any) -> Any:
        self.calls[operation] += 1
        answer = self.answers[operation]
        return answer(**parameters) if callable(answer) else answer

    def pages(self, service: str, operation: str, _key: str, **parameters: Any) -> Any:
        return self.read(service, operation, **parameters)

    def cached(self, key: Any, make: Callable[[], Any]) -> Any:
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]


def found(kind: str, cloud: Any, outputs: Answers) -> dict[str, Any]:
    """Return what a reader yields."""
    return dict(READERS[kind](cloud, outputs))


def definition(**more: Any) -> Answers:
    containers = [{"name": "app", "image": "web:1"}]
    return {"taskDefinition": {"family": "web", "revision": 1, "containerDefinitions": containers, **more}}


def service(**more: Any) -> Answers:
    return {"serviceName": "web", "taskDefinition": "web:1", "desiredCount": 1, "runningCount": 1, **more}


def running(*services: Answers, **more: Any) -> Answers:
    return {
        "list_services": ["web"],
        "describe_services": {"services": list(services)},
        "describe_task_definition": definition(**more),
        "list_task_definition_families": ["web"],
    }


def test_services_and_revisions_are_asked_for_once() -> None:
    cloud = Told(running(service()))
    kinds = ("ecs_service", "task_set", "task_definition", "container", "image", "file_system", "access_point")
    looked_at = {kind: set(found(kind, cloud, CLUSTER)) for kind in kinds}
    assert looked_at["container"] == looked_at["image"] == {"web:1/app"}
    once = ("list_services", "describe_services", "describe_task_definition", "list_task_definition_families")
    assert cloud.calls == dict.fromkeys(once, 1)


def test_tasks_that_no_service_runs_are_looked_at_in_their_newest_revision() -> None:
    def described(taskDefinition: str, include: list[str]) -> Answers:
        assert include == ["TAGS"]
        return definition(family=taskDefinition.partition(":")[0], revision=7)

    def families(familyPrefix: str, status: str) -> list[str]:
        assert (familyPrefix, status) == ("slipway-dev-", "ACTIVE")
        return ["web", "slipway-dev-database-access-web"]

    cloud = Told(
        running(service()) | {"describe_task_definition": described, "list_task_definition_families": families},
    )
    for kind in ("container", "image"):
        assert set(found(kind, cloud, CLUSTER)) == {"web:7/app", "slipway-dev-database-access-web:7/app"}


def test_task_sets_are_those_of_services_that_have_some() -> None:
    cloud = Told(running(service(), service(serviceName="mail", taskSets=[{"id": "1"}, {"id": "2"}])))
    assert set(found("task_set", cloud, CLUSTER)) == {"mail/1", "mail/2"}


def test_every_load_balancer_is_looked_at_once() -> None:
    def listeners(LoadBalancerArn: str) -> list[Answers]:
        return [{"Protocol": "HTTPS", "Port": 443, "of": LoadBalancerArn}, {"Protocol": "HTTP", "Port": 80}]

    cloud = Told({"describe_listeners": listeners})
    arns = [f"arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/{name}/1" for name in ("one", "two")]
    outputs = {"load_balancer/load_balancer_arn": arns[0], "load_balancer/b.load_balancer_arn": arns[1]}
    of_https = found("https_listener", cloud, outputs)
    assert {name: one["of"] for name, one in of_https.items()} == {"one:443": arns[0], "two:443": arns[1]}
    assert set(found("http_listener", cloud, outputs)) == {"one:80", "two:80"}
    assert set(found("listener", cloud, outputs)) == {"one:443", "one:80", "two:443", "two:80"}
    assert cloud.calls == {"describe_listeners": 2}


def test_a_subnet_without_a_table_has_the_main_one() -> None:
    tables = [
        {"Routes": ["main"], "Associations": [{"Main": True}]},
        {"Routes": ["own"], "Associations": [{"Main": False, "SubnetId": "subnet-1"}]},
        {"Routes": ["another's"], "Associations": [{"Main": False, "SubnetId": "subnet-3"}]},
    ]
    subnets = [{"SubnetIdentifier": "subnet-1"}, {"SubnetIdentifier": "subnet-2"}]
    instance = {"DBInstanceIdentifier": "slipway-dev", "DBSubnetGroup": {"Subnets": subnets}}
    cloud = Told({"describe_route_tables": tables, "describe_db_instances": {"DBInstances": [instance]}})
    assert found("database_routes", cloud, DATABASE | NETWORK)["slipway-dev"]["Routes"] == ["own", "main"]


def snapshots(**encrypted: bool) -> Callable[..., list[Answers]]:
    """Return what lists snapshots, of which those without encryption are public."""
    listed = [
        {"DBSnapshotIdentifier": name, "DBSnapshotArn": f"{SNAPSHOT}{name}", "Encrypted": one}
        for name, one in encrypted.items()
    ]
    return lambda **asked: [one for one in listed if "SnapshotType" not in asked or not one["Encrypted"]]


def test_only_of_snapshots_without_encryption_it_is_asked_whether_they_are_public() -> None:
    cloud = Told({"describe_db_snapshots": snapshots(a=True)})
    assert not found("snapshot", cloud, DATABASE)["a"]["Public"]
    assert cloud.calls == {"describe_db_snapshots": 1}
    cloud = Told({"describe_db_snapshots": snapshots(a=True, b=False)})
    assert {name: one["Public"] for name, one in found("snapshot", cloud, DATABASE).items()} == {"a": False, "b": True}


def test_interfaces_of_services_are_left_out() -> None:
    listed = [{"NetworkInterfaceId": f"eni-{of_aws}", "RequesterManaged": of_aws} for of_aws in (True, False)]
    cloud = Told({"describe_network_interfaces": listed})
    assert set(found("network_interface", cloud, NETWORK)) == {"eni-False"}


IDENTITIES = {
    "Role": [
        {"RoleName": name, "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": {"Statement": {"Sid": name}}}]}
        for name in ("slipway-dev-web", "slipway-dev2-web", "somebody")
    ],
    "LocalManagedPolicy": [
        {
            "PolicyName": name,
            "PolicyVersionList": [
                {"IsDefaultVersion": False, "Document": {"Statement": []}},
                {"IsDefaultVersion": True, "Document": {"Statement": [{"Sid": "now"}]}},
            ],
        }
        for name in ("slipway-dev-deployer-1", "slipway-prod-deployer-1")
    ],
}


def test_policies_are_those_of_the_environments_names() -> None:
    cloud = Told({"get_account_authorization_details": lambda Filter, MaxItems: IDENTITIES[Filter[0]][:MaxItems]})
    outputs = {"name_prefix": "slipway-dev"}
    inline = {"slipway-dev-web/own": {"Statement": [{"Sid": "slipway-dev-web"}]}}
    managed = {"slipway-dev-deployer-1": {"Statement": [{"Sid": "now"}]}}
    assert found("inline_policy", cloud, outputs) == inline
    assert found("managed_policy", cloud, outputs) == managed
    assert found("policy", cloud, outputs) == inline | managed
    assert cloud.calls == {"get_account_authorization_details": 2}


def test_who_makes_roles_is_told_by_the_environments_name() -> None:
    bounded = {"PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::1:policy/b"}}
    names = ("slipway-dev-deployer", "slipway-dev-deployer-plan", "slipway-dev-deployers-task", "slipway-dev2-deployer")
    roles = [{"RoleName": name, **(bounded if name.endswith("plan") else {})} for name in names]
    cloud = Told({"get_account_authorization_details": roles})
    assert len(found("role", cloud, {"name_prefix": "slipway-dev"})) == len(names) - 1
    assert found("deployer", cloud, {"name_prefix": "slipway-dev"}) == {
        "slipway-dev-deployer": {"Boundary": None},
        "slipway-dev-deployer-plan": {"Boundary": "arn:aws:iam::1:policy/b"},
    }


def test_a_trail_that_others_made_writes_into_their_bucket() -> None:
    trails = [
        {"TrailARN": name, "S3BucketName": f"{name}-audit", "IsMultiRegionTrail": True} for name in ("ours", "theirs")
    ]
    described: Answers = {
        "describe_trails": trails,
        "get_trail_status": {"IsLogging": True},
        "get_public_access_block": {"PublicAccessBlockConfiguration": {}},
        "get_bucket_ownership_controls": {"OwnershipControls": {"Rules": []}},
        "get_bucket_policy": {"Policy": "{}"},
        "get_bucket_logging": {},
        "get_bucket_versioning": {},
        "get_bucket_lifecycle_configuration": {"Rules": []},
        "get_bucket_encryption": {"ServerSideEncryptionConfiguration": {}},
    }
    cloud = Told(described)
    outputs = {"guardrails/audit_bucket": "ours-audit", "state/bucket": "state"}
    assert set(found("bucket", cloud, outputs)) == {"ours-audit", "state"}
    assert set(found("trail_bucket", cloud, outputs)) == {"ours-audit"}
    assert cloud.calls["get_bucket_policy"] == 2


def test_file_systems_are_those_that_services_mount() -> None:
    mount = {"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}
    cloud = Told(
        running(service(), volumes=[{"name": "tmp"}, mount])
        | {
            "describe_subnets": [{"SubnetId": name, "MapPublicIpOnLaunch": name == "b"} for name in ("a", "b")],
            "describe_file_systems": {"FileSystems": [{"Encrypted": True}]},
            "describe_mount_targets": [{"SubnetId": "a"}],
            "describe_backup_policy": {"BackupPolicy": {"Status": "ENABLED"}},
            "describe_access_points": [{"AccessPointId": "fsap-1"}],
        }
    )
    one = found("file_system", cloud, CLUSTER | NETWORK)["fs-1"]
    assert (one["Backups"], [subnet["SubnetId"] for subnet in one["Subnets"]]) == ("ENABLED", ["a"])
    assert set(found("access_point", cloud, CLUSTER | NETWORK)) == {"fsap-1"}


@pytest.mark.parametrize(
    ("kind", "stages"),
    [("rest", {"rest_stage": {"live"}}), ("http", {"http_stage": {"$default"}, "http_route": {"ANY /"}})],
)
def test_an_api_is_asked_for_what_its_type_has(kind: str, stages: dict[str, set[str]]) -> None:
    outputs = {"api_gateway/api_id": "a1", "api_gateway/type": kind}

    def stages_of(**asked: str) -> Any:
        return {"item": [{"stageName": "live"}]} if "restApiId" in asked else [{"StageName": "$default"}]

    cloud = Told({"get_stages": stages_of, "get_routes": [{"RouteKey": "ANY /"}]})
    kinds = ("rest_stage", "http_stage", "http_route")
    assert {name: set(one) for name in kinds if (one := found(name, cloud, outputs))} == stages
    assert not found("rest_stage", cloud, {})


def test_recovery_points_are_asked_for_tags_together() -> None:
    points = [{"RecoveryPointArn": f"{SNAPSHOT}awsbackup:{name}"} for name in ("a", "b")]
    told = [{"ResourceARN": points[0]["RecoveryPointArn"], "Tags": [{"Key": "owner", "Value": "us"}]}]
    cloud = Told({"list_recovery_points_by_backup_vault": points, "get_resources": {"ResourceTagMappingList": told}})
    outputs = {"backup/vault_arn": "arn:aws:backup:us-east-1:1:backup-vault:slipway-dev"}
    assert {name: one["Tags"] for name, one in found("recovery_point", cloud, outputs).items()} == {
        "a": {"owner": "us"},
        "b": {},
    }
    assert cloud.calls["get_resources"] == 1
