"""What a call needs, and whether policies allow it."""

import pytest

from rehearsal.authorization.evaluation import UnknownConditionError, allowed
from rehearsal.authorization.needs import UNKNOWN, needs
from rehearsal.authorization.tags import attached

PLACE = {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}
ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
RDS = "arn:aws:rds:us-east-1:123456789012:"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
ROLE = "arn:aws:iam::123456789012:role/slipway-dev-flow-logs"
TAGS = [{"Key": "environment", "Value": "dev"}]
CALLS = [
    ("ecs", "DescribeClusters", {"clusters": ["slipway-dev"]}, {("ecs:DescribeClusters", "cluster/slipway-dev")}),
    (
        "dynamodb",
        "TransactWriteItems",
        {"TransactItems": [{"Update": {"TableName": "slipway-dev-leases"}}]},
        {("dynamodb:UpdateItem", "table/slipway-dev-leases")},
    ),
    (
        "s3control",
        "PutPublicAccessBlock",
        {"AccountId": "123456789012"},
        {("s3:PutAccountPublicAccessBlock", "*")},
    ),
    ("ecs", "ListTaskDefinitions", {}, {("ecs:ListTaskDefinitions", "*")}),
    (
        "ecs",
        "RunTask",
        {"cluster": "slipway-dev", "taskDefinition": "web:3", "tags": [{"key": "a", "value": "b"}]},
        {("ecs:RunTask", "task-definition/web:*"), ("ecs:TagResource", "task/slipway-dev/*")},
    ),
    (
        "rds",
        "DeleteDBInstance",
        {"DBInstanceIdentifier": "slipway-dev", "FinalDBSnapshotIdentifier": "last"},
        {
            ("rds:DeleteDBInstance", "db:slipway-dev"),
            ("rds:CreateDBSnapshot", "db:slipway-dev"),
            ("rds:CreateDBSnapshot", "snapshot:last"),
            ("rds:AddTagsToResource", "snapshot:last"),
        },
    ),
    (
        "rds",
        "CreateDBSnapshot",
        {"DBInstanceIdentifier": "slipway-dev", "DBSnapshotIdentifier": "one", "Tags": TAGS},
        {
            ("rds:CreateDBSnapshot", "db:slipway-dev"),
            ("rds:CreateDBSnapshot", "snapshot:one"),
            ("rds:AddTagsToResource", "snapshot:one"),
        },
    ),
    ("s3", "PutBucketEncryption", {"Bucket": "b"}, {("s3:PutEncryptionConfiguration", "b")}),
    (
        "ec2",
        "CreateSubnet",
        {"VpcId": "vpc-0a", "TagSpecifications": [{"ResourceType": "subnet", "Tags": TAGS}]},
        {("ec2:CreateSubnet", "vpc/vpc-0a"), ("ec2:CreateSubnet", "subnet/*"), ("ec2:CreateTags", "subnet/*")},
    ),
    (
        "ec2",
        "CreateFlowLogs",
        {"ResourceIds": ["vpc-0a"], "DeliverLogsPermissionArn": ROLE},
        {
            ("ec2:CreateFlowLogs", "vpc/vpc-0a"),
            ("ec2:CreateFlowLogs", "vpc-flow-log/*"),
            ("iam:PassRole", "role/slipway-dev-flow-logs"),
        },
    ),
    (
        "elbv2",
        "CreateListener",
        {"LoadBalancerArn": f"{ELB}loadbalancer/app/a/1", "Tags": TAGS},
        {
            ("elasticloadbalancing:CreateListener", "loadbalancer/app/a/1"),
            ("elasticloadbalancing:AddTags", "listener/app/a/1/*"),
        },
    ),
    ("logs", "CreateLogGroup", {"logGroupName": "/a/b"}, {("logs:CreateLogGroup", "log-group:/a/b")}),
    (
        "secretsmanager",
        "CreateSecret",
        {"Name": "a", "KmsKeyId": KEY},
        {("secretsmanager:CreateSecret", "secret:a"), ("kms:Decrypt", "key/1"), ("kms:GenerateDataKey", "key/1")},
    ),
    (
        "backup",
        "CreateBackupVault",
        {"BackupVaultName": "v", "EncryptionKeyArn": KEY, "BackupVaultTags": {"a": "b"}},
        {
            ("backup:CreateBackupVault", "backup-vault:v"),
            ("backup:TagResource", "backup-vault:v"),
            ("backup-storage:MountCapsule", "*"),
            *((f"kms:{action}", "key/1") for action in ("CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey")),
        },
    ),
    (
        "apigatewayv2",
        "UpdateRoute",
        {"ApiId": "ab1", "RouteId": "cd2"},
        {("apigateway:PATCH", "/apis/ab1/routes/cd2")},
    ),
    ("ec2", "DeleteTags", {"Resources": ["vpc-0a"], "Tags": TAGS}, {("ec2:DeleteTags", "vpc/vpc-0a")}),
    ("apigatewayv2", "GetApis", {}, {("apigateway:GET", "/apis")}),
    ("kms", "DescribeKey", {"KeyId": "alias/a"}, {("kms:DescribeKey", "alias/a")}),
    ("kms", "DescribeKey", {"KeyId": "alias/a", "": [KEY]}, {("kms:DescribeKey", "key/1")}),
    (
        "iam",
        "CreateServiceLinkedRole",
        {"AWSServiceName": "ecs.amazonaws.com"},
        {("iam:CreateServiceLinkedRole", "role/aws-service-role/ecs.amazonaws.com/*")},
    ),
    (
        "wafv2",
        "AssociateWebACL",
        {"ResourceArn": f"{ELB}loadbalancer/app/a/1"},
        {("wafv2:AssociateWebACL", "loadbalancer/app/a/1"), ("elasticloadbalancing:SetWebAcl", "*")},
    ),
    ("events", "PutTargets", {"Rule": "a"}, {("events:PutTargets", "rule/a")}),
    ("budgets", "CreateBudget", {"Budget": {"BudgetName": "a"}}, {("budgets:ModifyBudget", "budget/a")}),
    ("scheduler", "GetSchedule", {"Name": "a"}, {("scheduler:GetSchedule", "schedule/*/a")}),
    ("ec2", "DisassociateRouteTable", {"AssociationId": "rtbassoc-1"}, set()),
    (
        "rds",
        "RestoreDBInstanceToPointInTime",
        {"TargetDBInstanceIdentifier": "b", "Tags": TAGS, "": [f"{RDS}db:a", f"{RDS}db:b", KEY]},
        {
            *(("rds:RestoreDBInstanceToPointInTime", one) for one in ("db:a", "db:b", "og:*", "pg:*", "subgrp:*")),
            ("rds:AddTagsToResource", "db:b"),
            *((f"kms:{action}", "key/1") for action in ("CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey")),
        },
    ),
    ("rds", "ModifyDBInstance", {"DBInstanceIdentifier": "a"}, {("rds:ModifyDBInstance", "db:a")}),
    (
        "rds",
        "ModifyDBInstance",
        {"DBInstanceIdentifier": "a", "ManageMasterUserPassword": True},
        {
            ("rds:ModifyDBInstance", "db:a"),
            ("secretsmanager:CreateSecret", "secret:rds!db-*"),
            ("secretsmanager:TagResource", "secret:rds!db-*"),
        },
    ),
    ("ecs", "DescribeCapacityProviders", {}, {("ecs:DescribeCapacityProviders", UNKNOWN)}),
]


@pytest.mark.parametrize(("service", "operation", "params", "expected"), CALLS)
def test_what_a_call_needs(service, operation, params, expected):
    found = needs(service, operation, params, PLACE, {ROLE: "vpc-flow-logs.amazonaws.com"})
    assert {(one.action, one.resource.split(":", 5)[-1]) for one in found} == expected


def test_a_role_that_is_passed_goes_to_the_service_that_it_trusts():
    found = needs(
        "ec2", "CreateFlowLogs", {"DeliverLogsPermissionArn": ROLE}, PLACE, {ROLE: "vpc-flow-logs.amazonaws.com"}
    )
    passed = next(one for one in found if one.action == "iam:PassRole")
    assert passed.context == {"iam:PassedToService": ("vpc-flow-logs.amazonaws.com",)}


@pytest.mark.parametrize(
    ("service", "operation", "params", "expected"),
    [
        ("iam", "AttachRolePolicy", {"RoleName": "a", "PolicyArn": "arn:p"}, {"iam:PolicyARN": ("arn:p",)}),
        ("elbv2", "CreateLoadBalancer", {"Name": "a"}, {"iam:AWSServiceName": ("elasticloadbalancing.amazonaws.com",)}),
        (
            "route53",
            "ChangeResourceRecordSets",
            {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": [{"ResourceRecordSet": {"Name": "Web.a.com."}}]}},
            {"route53:ChangeResourceRecordSetsNormalizedRecordNames": ("web.a.com",)},
        ),
        ("rds", "CreateDBInstance", {"KmsKeyId": KEY}, {"kms:GrantIsForAWSResource": ("true",)}),
    ],
)
def test_what_conditions_may_ask_of_a_call(service, operation, params, expected):
    found = [one.context for one in needs(service, operation, params, PLACE, {})]
    assert any(expected.items() <= context.items() for context in found)


def test_only_a_grant_is_for_a_resource_of_aws():
    found = needs("rds", "CreateDBInstance", {"KmsKeyId": KEY}, PLACE, {})
    assert {one.action for one in found if "kms:GrantIsForAWSResource" in one.context} == {"kms:CreateGrant"}


def allow(action="ecs:UpdateService", resource="arn:x/*", **condition):
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


@pytest.mark.parametrize(
    ("policy", "context", "expected"),
    [
        ([], {}, False),
        ([allow()], {}, True),
        ([allow(action="ECS:updateservice")], {}, True),
        ([allow(action="ecs:Update*")], {}, True),
        ([allow(action="ecs:CreateService")], {}, False),
        ([allow(resource="arn:y/*")], {}, False),
        ([allow(resource="arn:x/[a-z]")], {}, False),
        ([allow(), {**allow(), "Effect": "Deny"}], {}, False),
        ([allow(StringEquals={"k": "v"})], {"k": ("v",)}, True),
        ([allow(StringEquals={"K": "v"})], {"k": ("v",)}, True),
        ([allow(StringEquals={"k": "v"})], {"k": ("V",)}, False),
        ([allow(StringEquals={"k": "v"})], {}, False),
        ([allow(StringEqualsIfExists={"k": "v"})], {}, True),
        ([allow(StringNotEquals={"k": "v"})], {}, True),
        ([allow(StringLike={"k": "v*"})], {"k": ("vw",)}, True),
        ([allow(StringEquals={"k": "v*"})], {"k": ("vw",)}, False),
        ([allow(Bool={"k": "true"})], {"k": ("True",)}, True),
        ([allow(Null={"k": "true"})], {}, True),
        ([allow(**{"ForAllValues:StringEquals": {"k": ["a", "b"]}})], {"k": ("a", "c")}, False),
        ([allow(**{"ForAllValues:StringEquals": {"k": ["a", "b"]}})], {}, True),
        ([allow(**{"ForAnyValue:StringEquals": {"k": ["a", "b"]}})], {"k": ("a", "c")}, True),
    ],
)
def test_evaluation(policy, context, expected):
    assert allowed(policy, "ecs:UpdateService", "arn:x/1", context) is expected


def test_a_condition_that_cannot_be_evaluated_is_no_pass():
    with pytest.raises(UnknownConditionError, match="DateLessThan"):
        allowed([allow(DateLessThan={"aws:CurrentTime": "2027"})], "ecs:UpdateService", "arn:x/1", {})


def test_who_stops_a_deployment_must_be_allowed_to_on_the_service_too():
    arn = "arn:aws:ecs:us-east-1:123456789012:service-deployment/slipway-dev/web/1"
    more = attached(None, "ecs", "us-east-1", {"serviceDeploymentArn": arn})
    found = needs("ecs", "StopServiceDeployment", {"serviceDeploymentArn": arn, "": more}, PLACE, {})
    service = "arn:aws:ecs:us-east-1:123456789012:service/slipway-dev/web"
    assert {(one.action, one.resource) for one in found} == {
        ("ecs:StopServiceDeployment", arn),
        ("ecs:StopServiceDeployment", service),
    }
