"""Weights that AWS refuses are refused, and what goes beyond its quotas."""

import json

import pytest

from rehearsal.control.quotas import QUOTAS
from tests.unit.rehearsal.control.cloud import name, refusal

ANSWER = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def forward(*groups):
    tuples = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in groups]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": tuples}}]


class Front:
    """A load balancer with a listener."""

    def __init__(self, cloud):
        self.elb, self.vpc = cloud.elbv2, cloud.vpc()["VpcId"]
        self.arn = cloud.balancer()["LoadBalancerArn"]
        self.listener = self.listen(80)["Listeners"][0]["ListenerArn"]
        self.priority = 0

    def listen(self, port, actions=(ANSWER,)):
        settings = {"Protocol": "HTTP", "Port": port, "DefaultActions": list(actions)}
        return self.elb.create_listener(LoadBalancerArn=self.arn, **settings)

    def group(self):
        made = self.elb.create_target_group(Name=name("g"), Protocol="HTTP", Port=80, VpcId=self.vpc, TargetType="ip")
        return made["TargetGroups"][0]["TargetGroupArn"]

    def rule(self, actions=(ANSWER,), values=("/x",)):
        self.priority += 1
        path = {"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}
        made = self.elb.create_rule(
            ListenerArn=self.listener, Priority=self.priority, Conditions=[path], Actions=list(actions)
        )
        return made["Rules"][0]["RuleArn"]


@pytest.fixture(scope="module")
def front(cloud):
    return Front(cloud)


@pytest.mark.parametrize("weight", [-1, 1000])
def test_weights_outside_of_0_to_999_are_refused_by_every_call(front, weight):
    elb, actions, rule = front.elb, forward((front.group(), weight), (front.group(), 1)), front.rule()
    calls = [
        lambda: front.rule(actions),
        lambda: elb.modify_rule(RuleArn=rule, Actions=actions),
        lambda: front.listen(81, actions),
        lambda: elb.modify_listener(ListenerArn=front.listener, DefaultActions=actions),
    ]
    assert [refusal(call) for call in calls] == ["ValidationError"] * 4


@pytest.mark.parametrize("weight", [0, 999])
def test_weights_at_the_ends_are_taken(front, weight):
    rule = front.rule(forward((front.group(), weight), (front.group(), 1)))
    shown = front.elb.describe_rules(RuleArns=[rule])["Rules"][0]["Actions"][0]["ForwardConfig"]["TargetGroups"]
    assert shown[0]["Weight"] == weight


def test_an_action_takes_five_target_groups(front):
    groups = [(front.group(), 1) for _ in range(6)]
    front.rule(forward(*groups[:5]))
    assert refusal(lambda: front.rule(forward(*groups))) == "InvalidLoadBalancerAction"


def test_a_load_balancer_takes_a_hundred_target_groups(cloud):
    front = Front(cloud)
    groups = [front.group() for _ in range(101)]
    rules = [front.rule(forward((one, 1), (two, 1))) for one, two in zip(groups[:100:2], groups[1:100:2], strict=True)]
    assert refusal(lambda: front.rule(forward((groups[100], 1)))) == "TooManyUniqueTargetGroupsPerLoadBalancer"
    front.rule(forward((groups[0], 1), (groups[1], 1)))  # what it has counts once
    full = forward((groups[2], 1), (groups[100], 1))
    assert refusal(front.elb.modify_rule, RuleArn=rules[0], Actions=full) == "TooManyUniqueTargetGroupsPerLoadBalancer"
    front.elb.modify_rule(RuleArn=rules[1], Actions=forward((groups[100], 1)))  # two go, one comes


def test_a_load_balancer_takes_a_hundred_rules(cloud):
    front = Front(cloud)
    for _ in range(100):
        front.rule()
    assert refusal(front.rule) == "TooManyRules"


def test_a_target_group_has_one_load_balancer(cloud, front):
    group = front.group()
    front.rule(forward((group, 1)))
    assert refusal(lambda: Front(cloud).rule(forward((group, 1)))) == "TargetGroupAssociationLimit"


def test_a_rule_compares_five_values(front):
    front.rule(values=[f"/{n}" for n in range(5)])
    assert refusal(lambda: front.rule(values=[f"/{n}" for n in range(6)])) == "ValidationError"


def another_group(cloud):
    Front(cloud).group()


def another_target(cloud):
    front = Front(cloud)
    cloud.elbv2.register_targets(TargetGroupArn=front.group(), Targets=[{"Id": "10.0.0.1"}, {"Id": "10.0.0.2"}])


def secured_balancer(cloud):
    vpc = cloud.vpc()
    cloud.elbv2.create_load_balancer(Name=name(), Subnets=cloud.subnets(vpc), SecurityGroups=[cloud.group(vpc)])


def another_gateway(cloud):
    cloud.ec2.create_nat_gateway(SubnetId=cloud.subnets(cloud.vpc())[0], ConnectivityType="private")


def another_entry(cloud):
    acl = cloud.ec2.create_network_acl(VpcId=cloud.vpc()["VpcId"])["NetworkAcl"]["NetworkAclId"]
    entry = {"RuleNumber": 1, "Protocol": "-1", "RuleAction": "allow", "Egress": True, "CidrBlock": "0.0.0.0/0"}
    cloud.ec2.create_network_acl_entry(NetworkAclId=acl, **entry)


def another_endpoint(cloud):
    vpc = cloud.vpc()
    names = {"ServiceName": "com.amazonaws.us-east-1.ecs", "VpcEndpointType": "Interface", "PrivateDnsEnabled": False}
    cloud.ec2.create_vpc_endpoint(VpcId=vpc["VpcId"], SubnetIds=cloud.subnets(vpc), **names)


def role(cloud, *statements):
    role_name = name("role")
    cloud.iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=document(*(statements or [TRUST])))
    return role_name


def wordy_trust(cloud):
    role(cloud, *[TRUST] * 30)


def wordy_policy(cloud):
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    role_name = role(cloud)
    for part in ("one", "two"):
        policy = document(*[statement] * 100)
        cloud.iam.put_role_policy(RoleName=role_name, PolicyName=part, PolicyDocument=policy)


def attached_policy(cloud):
    cloud.iam.attach_role_policy(RoleName=role(cloud), PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")


def many_names(cloud):
    others = [f"{n}.example.com" for n in range(10)]
    cloud.acm.request_certificate(DomainName="example.com", SubjectAlternativeNames=others, ValidationMethod="DNS")


def another_filter(cloud):
    group = name("logs")
    cloud.logs.create_log_group(logGroupName=group)
    numbers = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    cloud.logs.put_metric_filter(logGroupName=group, filterName="f", filterPattern="x", metricTransformations=[numbers])


def another_acl(cloud):
    seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "seen"}
    cloud.wafv2.create_web_acl(
        Name=name(), Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen, Rules=[]
    )


#: By quota, how many there may be in the test, and what is one too many.
FULL = {
    "balancers": (0, lambda cloud: cloud.balancer()),
    "listeners": (0, Front),
    "groups": (0, another_group),
    "targets of a group": (1, another_target),
    "groups of an interface": (0, secured_balancer),
    "vpcs": (0, lambda cloud: cloud.vpc()),
    "subnets": (1, lambda cloud: cloud.subnets(cloud.vpc())),
    "addresses": (0, lambda cloud: cloud.ec2.allocate_address(Domain="vpc")),
    "gateways": (0, another_gateway),
    "route tables": (1, lambda cloud: cloud.ec2.create_route_table(VpcId=cloud.vpc()["VpcId"])),
    "entries": (1, another_entry),
    "endpoints": (0, another_endpoint),
    "policies of a role": (0, attached_policy),
    "inline policies": (10240, wordy_policy),
    "trust policy": (2048, wordy_trust),
    "parameters": (0, lambda cloud: cloud.ssm.put_parameter(Name="/a", Value="b", Type="String")),
    "web acls": (0, another_acl),
    "zones": (0, lambda cloud: cloud.route53.create_hosted_zone(Name="example.net", CallerReference=name())),
    "metric filters": (0, another_filter),
    "names of a certificate": (10, many_names),
}


@pytest.mark.parametrize("quota", FULL)
def test_one_too_many_is_refused(cloud, monkeypatch, quota):
    most, one_more = FULL[quota]
    monkeypatch.setitem(cloud.quotas, quota, most)
    assert refusal(one_more, cloud=cloud) == QUOTAS[quota].code


# What exceeds a quota as AWS has it cannot be taken.
@pytest.mark.parametrize("quota", [quota for quota, (most, _) in FULL.items() if most != QUOTAS[quota].default])
def test_what_is_within_the_quotas_is_taken(cloud, quota):
    FULL[quota][1](cloud)
