"""What GuardDuty makes in a VPC with Fargate tasks goes with the VPC, and nothing of others does."""

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud as Aws
from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import failures
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from rehearsal.tasks.network import attach, detach
from tests.unit.rehearsal.control.cloud import REGION, called, refusal

TAGS = {"project": "slipway", "environment": "guarded"}
NETWORK = [
    {"type": "ec2_vpc", "name": "main", "properties": {"CidrBlock": "10.99.0.0/16"}, "tags": {"Name": "main"}},
    *(
        {
            "type": "ec2_subnet",
            "name": zone,
            "properties": {
                "VpcId": "${ec2_vpc.main.VpcId}",
                "CidrBlock": f"10.99.{number}.0/24",
                "AvailabilityZone": f"{REGION}{zone}",
            },
            "tags": {"Name": zone},
        }
        for number, zone in enumerate("ab")
    ),
]


@pytest.fixture
def converge(cloud, monkeypatch):
    called(cloud.world, monkeypatch)

    def run(*, absent=False):
        aws = Aws(REGION)
        engine = Engine(aws, Outputs(aws, "/slipway/guarded"), check=False, progress=lambda _: None)
        outcomes = engine.run([parse(entry, TAGS, absent=absent) for entry in NETWORK])
        assert not failures(outcomes)
        return {outcome.resource.name: outcome.state for outcome in outcomes}

    return run


@pytest.fixture
def detector(cloud):
    agent = {"Name": "ECS_FARGATE_AGENT_MANAGEMENT", "Status": "ENABLED"}
    feature = {"Name": "RUNTIME_MONITORING", "Status": "ENABLED", "AdditionalConfiguration": [agent]}
    made = cloud.guardduty.create_detector(Enable=True, Features=[feature])["DetectorId"]
    yield made
    cloud.guardduty.delete_detector(DetectorId=made)


def start_tasks(cloud, *subnets):
    for subnet in subnets:
        detach(cloud.world, attach(cloud.world, REGION, subnet, [], public=False))


def endpoints(cloud, vpc):
    found = cloud.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"]
    return [one for one in found if one["State"] != "deleted"]


def test_it_is_made_once_a_vpc_and_goes_with_it_alone(cloud, converge, detector):
    made = converge()
    vpc, subnets = made["main"]["VpcId"], [made[zone]["SubnetId"] for zone in "ab"]
    other = cloud.vpc()
    there = cloud.subnets(other)
    start_tasks(cloud, *subnets, *there)
    (endpoint,) = endpoints(cloud, vpc)
    assert endpoint["ServiceName"] == f"com.amazonaws.{REGION}.guardduty-data"
    assert set(endpoint["SubnetIds"]) == set(subnets)
    assert refusal(cloud.ec2.delete_subnet, SubnetId=subnets[0]) == "DependencyViolation"
    converge(absent=True)
    assert refusal(cloud.ec2.describe_vpcs, VpcIds=[vpc]) == "InvalidVpcID.NotFound"
    assert len(endpoints(cloud, other["VpcId"])) == 1


def test_without_its_agent_nothing_is_made(cloud, converge):
    made = converge()
    start_tasks(cloud, made["a"]["SubnetId"])
    assert endpoints(cloud, made["main"]["VpcId"]) == []
    converge(absent=True)
