"""The state machine of the night on real calls: everything goes to sleep and comes back as it was."""

import json

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.night import place
from ansible_collections.slipway.aws.plugins.plugin_utils.night.machine import night_machine, night_permissions
from rehearsal.control.overlay import HOOKS, import_hooks
from tests.unit.rehearsal.orchestration.conftest import ACCOUNT, REGION

RESOURCE = "service/night/web-blue"
DIMENSION = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
PLACE = {
    "table": "night-leases",
    "cluster": "night",
    "database": "night",
    "prefix": "night-",
    "leases": ["network", "release/web"],
}
ARNS = {
    "table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/night-leases",
    "database": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:night",
    "services": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/night/*",
    "targets": f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target/*",
    "alarms": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:night-*",
}


@pytest.fixture(scope="module")
def clients(cloud):
    import_hooks("rehearsal.metrics")  # alarms as they are kept, and nobody who judges them
    with pytest.MonkeyPatch.context() as patch:
        for hooks in (HOOKS.before, HOOKS.operations, HOOKS.after):
            for key in [key for key in hooks if key[0] == "ecs"]:  # other clouds of this process run tasks
                patch.delitem(hooks, key)
        names = ("application-autoscaling", "cloudwatch", "dynamodb", "ecs", "rds")
        yield {name: cloud.client(name) for name in names}


@pytest.fixture(scope="module")
def machine(stage, clients):
    key = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
    keys = [{"AttributeName": "id", "KeyType": "HASH"}]
    clients["dynamodb"].create_table(TableName="night-leases", KeySchema=keys, **key)
    ecs = clients["ecs"]
    ecs.create_cluster(clusterName="night")
    container = {"name": "web", "image": "web", "memory": 512}
    ecs.register_task_definition(family="night", containerDefinitions=[container])
    for name, count in (("web-blue", 2), ("web-green", 0)):
        ecs.create_service(cluster="night", serviceName=name, taskDefinition="night", desiredCount=count)
    clients["application-autoscaling"].register_scalable_target(
        **DIMENSION, ResourceId=RESOURCE, MinCapacity=2, MaxCapacity=5
    )
    for name, on in (("night-rings", True), ("night-silent", False)):
        clients["cloudwatch"].put_metric_alarm(
            AlarmName=name,
            ActionsEnabled=on,
            MetricName="m",
            Namespace="n",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            Statistic="Sum",
        )
    clients["cloudwatch"].put_composite_alarm(AlarmName="night-both", AlarmRule='ALARM("night-rings")')
    clients["rds"].create_db_instance(
        DBInstanceIdentifier="night",
        Engine="mysql",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="admin1",
        MasterUserPassword="long-enough",
    )
    policy = json.loads(json.dumps(night_permissions(ARNS)).replace("${cloud.current.region}", REGION))
    role = stage.role("night", "states.amazonaws.com", *policy["Statement"])
    with pytest.MonkeyPatch.context() as patch:  # so that there are several pages
        patch.setattr(place, "ALARMS_IN_PAGE", 1)
        return stage.machine("night", night_machine(PLACE), role)


def described(clients):
    kinds = ["MetricAlarm", "CompositeAlarm"]
    found = clients["cloudwatch"].describe_alarms(AlarmNamePrefix="night-", AlarmTypes=kinds)
    return {kind: found[f"{kind}s"] for kind in kinds}


def seen(clients):
    """Return what the night changes."""
    found = clients["ecs"].describe_services(cluster="night", services=["web-blue", "web-green"])["services"]
    (target,) = clients["application-autoscaling"].describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    alarms = [one for found in described(clients).values() for one in found]
    return {
        "tasks": {one["serviceName"]: one["desiredCount"] for one in found},
        "least": target["MinCapacity"],
        "most": target["MaxCapacity"],
        "suspended": any(target.get("SuspendedState", {}).values()),
        "ring": {one["AlarmName"] for one in alarms if one["ActionsEnabled"]},
        "database": clients["rds"].describe_db_instances()["DBInstances"][0]["DBInstanceStatus"],
    }


def kept(clients):
    return {one["id"]["S"] for one in clients["dynamodb"].scan(TableName="night-leases")["Items"]}


def test_all_sleeps_and_comes_back(stage, clients, machine):
    before = seen(clients)
    assert before["database"] == "available"
    ended = stage.run(machine, state="asleep")
    assert ended["status"] == "SUCCEEDED", ended
    assert seen(clients) == {
        "tasks": {"web-blue": 0, "web-green": 0},
        "least": 0,
        "most": 5,
        "suspended": True,
        "ring": set(),
        "database": "stopped",
    }
    alarms = {"night#alarm/night-rings", "night#alarm/night-both"}
    assert kept(clients) == {"night#environment", "night#service/web-blue", *alarms}
    clients["rds"].start_db_instance(DBInstanceIdentifier="night")
    assert stage.run(machine, state="asleep")["status"] == "SUCCEEDED"
    assert seen(clients)["database"] == "stopped", "it was started by RDS after seven days, and is stopped again"
    clients["cloudwatch"].set_alarm_state(AlarmName="night-rings", StateValue="ALARM", StateReason="nobody answers")
    ended = stage.run(machine, state="awake")
    assert ended["status"] == "SUCCEEDED", ended
    assert seen(clients) == before
    assert described(clients)["MetricAlarm"][0]["StateValue"] == "INSUFFICIENT_DATA", "it rings again if it is so still"
    assert kept(clients) == set()
    assert stage.run(machine, state="awake")["status"] == "SUCCEEDED"
    assert seen(clients) == before


def test_services_start_while_the_storage_of_a_restored_database_is_filled(stage, clients, machine):
    database = stage.cloud.world.backend("rds", REGION).databases["night"]
    assert stage.run(machine, state="asleep")["status"] == "SUCCEEDED"
    database.status = "storage-initialization"
    ended = stage.run(machine, state="awake")
    assert ended["status"] == "SUCCEEDED", ended
    assert seen(clients)["tasks"]["web-blue"] == 2
    database.status = "available"


def test_while_somebody_works_nothing_goes_to_sleep(stage, clients, machine):
    before = seen(clients)
    item = {"id": {"S": "lease#release/web"}, "until": {"S": "2999-01-01T00:00:00.000Z"}}
    clients["dynamodb"].put_item(TableName="night-leases", Item=item)
    ended = stage.run(machine, state="asleep")
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "SomebodyWorks", "release/web")
    assert seen(clients) == before
    assert kept(clients) == {"lease#release/web"}
    clients["dynamodb"].delete_item(TableName="night-leases", Key={"id": item["id"]})
