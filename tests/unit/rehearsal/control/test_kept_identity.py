"""What is set on roles, topics, repositories, log groups and scaling is described."""

import json

import pytest

from tests.unit.rehearsal.control.cloud import REGION, differences, name

TAGS = [{"Key": "project", "Value": "slipway"}]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}],
}
WRITE = json.loads(json.dumps(READ).replace("GetObject", "PutObject"))


def role(cloud):
    role = name("role")
    cloud.iam.create_role(
        RoleName=role,
        Path="/slipway/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        Description="Runs tasks",
        MaxSessionDuration=7200,
        Tags=TAGS,
    )
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    cloud.iam.attach_role_policy(RoleName=role, PolicyArn=managed)
    cloud.iam.put_role_policy(RoleName=role, PolicyName="read", PolicyDocument=json.dumps(READ))
    found = {
        **cloud.iam.get_role(RoleName=role)["Role"],
        **cloud.iam.list_attached_role_policies(RoleName=role),
        **cloud.iam.list_role_policies(RoleName=role),
        **cloud.iam.get_role_policy(RoleName=role, PolicyName="read"),
    }
    return found, {
        "Path": "/slipway/",
        "AssumeRolePolicyDocument": TRUST,
        "Description": "Runs tasks",
        "MaxSessionDuration": 7200,
        "Tags": TAGS,
        "AttachedPolicies": [{"PolicyArn": managed}],
        "PolicyNames": ["read"],
        "PolicyDocument": READ,
    }


def changed_role(cloud):
    role = name("role")
    cloud.iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST).replace("ecs-tasks", "ec2"))
    boundary = cloud.iam.create_policy(PolicyName=name("policy"), PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
    cloud.iam.update_role(RoleName=role, Description="New", MaxSessionDuration=3601)
    cloud.iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(TRUST))
    cloud.iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
    return cloud.iam.get_role(RoleName=role)["Role"], {
        "Description": "New",
        "MaxSessionDuration": 3601,
        "AssumeRolePolicyDocument": TRUST,
        "PermissionsBoundary": {"PermissionsBoundaryArn": boundary},
    }


def policy(cloud):
    made = cloud.iam.create_policy(
        PolicyName=name("policy"), Path="/slipway/", PolicyDocument=json.dumps(WRITE), Description="Reads", Tags=TAGS
    )["Policy"]
    cloud.iam.create_policy_version(PolicyArn=made["Arn"], PolicyDocument=json.dumps(READ), SetAsDefault=True)
    found = cloud.iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    version = cloud.iam.get_policy_version(PolicyArn=made["Arn"], VersionId=found["DefaultVersionId"])
    found = {**found, "Document": version["PolicyVersion"]["Document"]}
    return found, {
        "Path": "/slipway/",
        "Description": "Reads",
        "Tags": TAGS,
        "Document": READ,
        "DefaultVersionId": "v2",
    }


def service_linked_role(cloud):
    made = cloud.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]
    found = cloud.iam.get_role(RoleName=made["RoleName"])["Role"]
    return found, {
        "RoleName": "AWSServiceRoleForECS",
        "Path": "/aws-service-role/ecs.amazonaws.com/",
        "Arn": f"arn:aws:iam::{cloud.world.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    }


def topic(cloud):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Alarms",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": "*",
            }
        ],
    }
    attributes = {"KmsMasterKeyId": cloud.key(), "DisplayName": "Alarms", "Policy": json.dumps(policy)}
    attributes["SignatureVersion"] = "2"
    arn = cloud.sns.create_topic(Name=name("topic"), Attributes=attributes, Tags=TAGS)["TopicArn"]
    found = {
        **cloud.sns.get_topic_attributes(TopicArn=arn)["Attributes"],
        **cloud.sns.list_tags_for_resource(ResourceArn=arn),
    }
    return found, {**attributes, "TopicArn": arn, "Tags": TAGS}


def subscription(cloud):
    arn = cloud.sns.create_topic(Name=name("topic"))["TopicArn"]
    attributes = {"FilterPolicy": '{"kind": ["alarm"]}', "FilterPolicyScope": "MessageAttributes"}
    queue = f"arn:aws:sqs:{REGION}:{cloud.world.account}:{name('queue')}"
    cloud.sqs.create_queue(QueueName=queue.rsplit(":", 1)[-1])
    made = cloud.sns.subscribe(
        TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes=attributes, ReturnSubscriptionArn=True
    )
    found = cloud.sns.get_subscription_attributes(SubscriptionArn=made["SubscriptionArn"])["Attributes"]
    listed = cloud.sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"][0]
    return {**found, **listed}, {**attributes, "Protocol": "sqs", "Endpoint": queue, "TopicArn": arn}


def unconfirmed_subscription(cloud):
    arn = cloud.sns.create_topic(Name=name("topic"))["TopicArn"]
    made = cloud.sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ops@example.com")
    listed = cloud.sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"][0]
    return {**listed, "Returned": made["SubscriptionArn"]}, {
        "SubscriptionArn": "PendingConfirmation",
        "Returned": "pending confirmation",
    }


def repository(cloud):
    kms, repository = cloud.key(), name("repository")
    settings = {
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": kms},
    }
    made = cloud.ecr.create_repository(repositoryName=repository, tags=TAGS, **settings)["repository"]
    lifecycle = {
        "rules": [
            {
                "rulePriority": 1,
                "description": "Keep ten",
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
                "action": {"type": "expire"},
            }
        ]
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Pull", "Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}],
    }
    cloud.ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=json.dumps(lifecycle))
    cloud.ecr.set_repository_policy(repositoryName=repository, policyText=json.dumps(policy))
    found = {
        **cloud.ecr.describe_repositories(repositoryNames=[repository])["repositories"][0],
        **cloud.ecr.list_tags_for_resource(resourceArn=made["repositoryArn"]),
        "Lifecycle": json.loads(cloud.ecr.get_lifecycle_policy(repositoryName=repository)["lifecyclePolicyText"]),
        "Policy": json.loads(cloud.ecr.get_repository_policy(repositoryName=repository)["policyText"]),
    }
    return found, {**settings, "tags": TAGS, "Lifecycle": lifecycle, "Policy": policy}


def log_group(cloud):
    kms, group = cloud.key(), name("/slipway/dev")
    settings = {"logGroupName": group, "kmsKeyId": kms, "deletionProtectionEnabled": True}
    cloud.logs.create_log_group(tags={"project": "slipway"}, logGroupClass="STANDARD", **settings)
    cloud.logs.put_retention_policy(logGroupName=group, retentionInDays=30)
    found = cloud.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]
    tags = cloud.logs.list_tags_for_resource(resourceArn=found["arn"].removesuffix(":*"))
    wanted = {**settings, "logGroupClass": "STANDARD", "retentionInDays": 30, "tags": {"project": "slipway"}}
    return {**found, **tags}, {**wanted, "logGroupArn": found["arn"].removesuffix(":*")}


def scaling(cloud):
    cluster, service = name("cluster"), name("service")
    cloud.ecs.create_cluster(clusterName=cluster)
    container = {"name": "web", "image": "web", "essential": True}
    cloud.ecs.register_task_definition(family=service, containerDefinitions=[container], cpu="256", memory="512")
    cloud.ecs.create_service(cluster=cluster, serviceName=service, taskDefinition=service, desiredCount=1)
    key = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cluster}/{service}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    limits = {
        "MinCapacity": 2,
        "MaxCapacity": 9,
        "SuspendedState": {
            "DynamicScalingInSuspended": True,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
    }
    target = {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 60,
        "DisableScaleIn": False,
    }
    scaler = cloud.application_autoscaling
    arn = scaler.register_scalable_target(**key, **limits, Tags={"project": "slipway"})["ScalableTargetARN"]
    scaler.put_scaling_policy(
        PolicyName="cpu", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=target, **key
    )
    action = {"ScheduledActionName": "night", "Schedule": "cron(0 22 * * ? *)", "Timezone": "Europe/Berlin"}
    action["ScalableTargetAction"] = {"MinCapacity": 1, "MaxCapacity": 2}
    scaler.put_scheduled_action(**action, **key)
    ids = {"ServiceNamespace": "ecs", "ResourceIds": [key["ResourceId"]]}
    found = {
        **scaler.describe_scalable_targets(**ids)["ScalableTargets"][0],
        **scaler.list_tags_for_resource(ResourceARN=arn),
        "Policies": scaler.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=key["ResourceId"])[
            "ScalingPolicies"
        ],
        "Actions": scaler.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=key["ResourceId"])[
            "ScheduledActions"
        ],
    }
    return found, {
        **key,
        **limits,
        "Tags": {"project": "slipway"},
        "Policies": [{"PolicyName": "cpu", "TargetTrackingScalingPolicyConfiguration": target}],
        "Actions": [action],
    }


@pytest.mark.parametrize(
    "thing",
    [
        role,
        changed_role,
        policy,
        service_linked_role,
        topic,
        subscription,
        unconfirmed_subscription,
        repository,
        log_group,
        scaling,
    ],
)
def test_kept(cloud, thing):
    found, expected = thing(cloud)
    assert not differences(found, expected)
