"""A shop as people make one with Terraform: its resources in an account, and the state file that describes them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

REGION = "us-east-1"
ZONES = (f"{REGION}a", f"{REGION}b")
#: What a state file knows and nobody else may.
PASSWORD, API_KEY, GENERATED = "correct-horse-battery-42", "sk_live_9f8e7d6c5b4a39281706", "Zt7!generated-by-random"
#: Written into a task definition, as people should not and do.
IN_THE_OPEN = "open-sesame-1234"
HOST = "www.shop.example.com"
TAGS = {"Project": "shop", "Terraform": "true"}
TRUSTED = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = {"Version": "2012-10-17", "Statement": [TRUSTED]}
Client = Callable[[str], Any]


def pairs(**more: str) -> list[dict[str, str]]:
    """Return the shop's tags as AWS lists them."""
    return [{"Key": key, "Value": value} for key, value in {**TAGS, **more}.items()]


class Shop:
    """Makes the shop.

    Args:
        client: returns a boto3 client of a service.
        image: of the web service, after the registry's name.
        tasks: how many of it.
    """

    def __init__(self, client: Client, image: str = "shop/web:1.4.2", tasks: int = 0) -> None:
        self.client = client
        self.image = image
        self.tasks = tasks
        self.ids: dict[str, str] = {}
        self.resources: list[dict[str, Any]] = []
        for make in (
            self._network,
            self._groups,
            self._database,
            self._secrets,
            self._balancer,
            self._cluster,
            self._rest,
        ):
            make()

    def claim(self, kind: str, name: str, /, **attributes: Any) -> None:
        """Note a resource as Terraform does."""
        instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
        provider = 'provider["registry.terraform.io/hashicorp/aws"]'
        self.resources.append(
            {"mode": "managed", "type": kind, "name": name, "provider": provider, "instances": [instance]}
        )

    def state(self) -> dict[str, Any]:
        """Return the state file's content."""
        outputs = {"database_password": {"value": PASSWORD, "type": "string", "sensitive": True}}
        known = {
            "version": 4,
            "terraform_version": "1.9.8",
            "serial": 31,
            "lineage": "6e2d43c1-0000-4d7c-9d4f-1f6a0c1b2d3e",
        }
        return {**known, "outputs": outputs, "resources": self.resources, "check_results": None}

    def _made(self, kind: str, name: str, result: str, key: str) -> str:
        self.ids[f"{kind}.{name}"] = result
        self.claim(kind, name, id=result, arn=f"arn:aws:ec2:{REGION}:{self._account}:{key}/{result}", tags=TAGS)
        return result

    def _tagged(self, kind: str, name: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": pairs(Name=f"shop-{name}")}]

    def _network(self) -> None:
        self._account = self.client("sts").get_caller_identity()["Account"]
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.80.0.0/16", TagSpecifications=self._tagged("vpc", "vpc"))["Vpc"]["VpcId"]
        self._made("aws_vpc", "this", vpc, "vpc")
        gateway = ec2.create_internet_gateway(TagSpecifications=self._tagged("internet-gateway", "igw"))
        gateway = self._made(
            "aws_internet_gateway", "this", gateway["InternetGateway"]["InternetGatewayId"], "internet-gateway"
        )
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        for tier, first in (("public", 0), ("private", 10), ("database", 20)):
            for number, zone in enumerate(ZONES):
                self._subnet(vpc, f"{tier}-{number}", f"10.80.{first + number}.0/24", zone)
        address = ec2.allocate_address(Domain="vpc", TagSpecifications=self._tagged("elastic-ip", "nat"))[
            "AllocationId"
        ]
        self._made("aws_eip", "nat", address, "elastic-ip")
        nat = ec2.create_nat_gateway(
            SubnetId=self.ids["aws_subnet.public-0"],
            AllocationId=address,
            TagSpecifications=self._tagged("natgateway", "nat"),
        )["NatGateway"]["NatGatewayId"]
        self._made("aws_nat_gateway", "this", nat, "natgateway")
        self._table("public", vpc, GatewayId=gateway)
        self._table("private", vpc, NatGatewayId=nat)
        self._table("database", vpc)

    def _subnet(self, vpc: str, name: str, cidr: str, zone: str) -> None:
        tags = self._tagged("subnet", name)
        made = self.client("ec2").create_subnet(
            VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone, TagSpecifications=tags
        )
        self._made("aws_subnet", name, made["Subnet"]["SubnetId"], "subnet")

    def _table(self, tier: str, vpc: str, **target: str) -> None:
        ec2 = self.client("ec2")
        table = ec2.create_route_table(VpcId=vpc, TagSpecifications=self._tagged("route-table", tier))["RouteTable"][
            "RouteTableId"
        ]
        self._made("aws_route_table", tier, table, "route-table")
        if target:
            ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
        for number in range(len(ZONES)):
            ec2.associate_route_table(RouteTableId=table, SubnetId=self.ids[f"aws_subnet.{tier}-{number}"])

    def _groups(self) -> None:
        self._group("alb", 443, IpRanges=[{"CidrIp": "0.0.0.0/0"}])
        self._group("ecs", 8080, UserIdGroupPairs=[{"GroupId": self.ids["aws_security_group.alb"]}])
        self._group("rds", 5432, UserIdGroupPairs=[{"GroupId": self.ids["aws_security_group.ecs"]}])

    def _group(self, name: str, port: int, **source: Any) -> None:
        ec2, tags = self.client("ec2"), self._tagged("security-group", name)
        made = ec2.create_security_group(
            GroupName=f"shop-{name}",
            Description="Managed by Terraform",
            VpcId=self.ids["aws_vpc.this"],
            TagSpecifications=tags,
        )
        group = self._made("aws_security_group", name, made["GroupId"], "security-group")
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def _database(self) -> None:
        rds = self.client("rds")
        subnets = [self.ids[f"aws_subnet.database-{number}"] for number in range(len(ZONES))]
        rds.create_db_subnet_group(
            DBSubnetGroupName="shop", DBSubnetGroupDescription="Managed by Terraform", SubnetIds=subnets, Tags=pairs()
        )
        self.claim("aws_db_subnet_group", "this", id="shop", name="shop")
        base = rds.create_db_instance(
            DBInstanceIdentifier="shop-db",
            DBInstanceClass="db.t4g.small",
            Engine="postgres",
            EngineVersion="17.9",
            AllocatedStorage=20,
            StorageType="gp2",
            DBName="shop",
            MasterUsername="shop",
            MasterUserPassword=PASSWORD,
            DBSubnetGroupName="shop",
            VpcSecurityGroupIds=[self.ids["aws_security_group.rds"]],
            BackupRetentionPeriod=1,
            Tags=pairs(),
        )["DBInstance"]
        self.claim("random_password", "db", result=GENERATED, length=24)
        self.claim(
            "aws_db_instance",
            "this",
            id="db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            identifier="shop-db",
            arn=base["DBInstanceArn"],
            password=PASSWORD,
        )

    def _secrets(self) -> None:
        manager = self.client("secretsmanager")
        for name, value in (("database-url", f"postgres://shop:{PASSWORD}@db/shop"), ("api-key", API_KEY)):
            arn = manager.create_secret(Name=f"shop/{name}", SecretString=value, Tags=pairs())["ARN"]
            self.ids[f"secret.{name}"] = arn
            self.claim("aws_secretsmanager_secret", name, id=arn, arn=arn, name=f"shop/{name}")
            self.claim("aws_secretsmanager_secret_version", name, id=f"{arn}|x", secret_id=arn, secret_string=value)

    def _balancer(self) -> None:
        elb = self.client("elbv2")
        subnets = [self.ids[f"aws_subnet.public-{number}"] for number in range(len(ZONES))]
        groups = [self.ids["aws_security_group.alb"]]
        made = elb.create_load_balancer(
            Name="shop-alb",
            Type="application",
            Scheme="internet-facing",
            Subnets=subnets,
            SecurityGroups=groups,
            Tags=pairs(),
        )
        balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
        self.claim("aws_lb", "this", id=balancer, arn=balancer, name="shop-alb")
        group = elb.create_target_group(
            Name="shop-web",
            Protocol="HTTP",
            Port=8080,
            VpcId=self.ids["aws_vpc.this"],
            TargetType="ip",
            HealthCheckPath="/healthz",
        )["TargetGroups"][0]["TargetGroupArn"]
        self.ids["group"] = group
        self.claim("aws_lb_target_group", "web", id=group, arn=group)
        certificate = self.client("acm").request_certificate(
            DomainName="*.shop.example.com", ValidationMethod="DNS", Tags=pairs()
        )
        self.ids["certificate"] = certificate["CertificateArn"]
        self._listeners(balancer, group)

    def _listeners(self, balancer: str, group: str) -> None:
        elb, forward = self.client("elbv2"), [{"Type": "forward", "TargetGroupArn": group}]
        moved = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
        elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "redirect", "RedirectConfig": moved}],
        )
        listener = elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTPS",
            Port=443,
            SslPolicy="ELBSecurityPolicy-2016-08",
            Certificates=[{"CertificateArn": self.ids["certificate"]}],
            DefaultActions=forward,
        )["Listeners"][0]["ListenerArn"]
        condition = {"Field": "host-header", "HostHeaderConfig": {"Values": [HOST]}}
        elb.create_rule(ListenerArn=listener, Priority=100, Conditions=[condition], Actions=forward)
        self.claim("aws_lb_listener", "https", id=listener, arn=listener)

    def _cluster(self) -> None:
        ecs = self.client("ecs")
        cluster = ecs.create_cluster(
            clusterName="shop",
            capacityProviders=["FARGATE", "FARGATE_SPOT"],
            tags=[{"key": k, "value": v} for k, v in TAGS.items()],
        )["cluster"]["clusterArn"]
        self.claim("aws_ecs_cluster", "this", id=cluster, arn=cluster, name="shop")
        self.client("ecr").create_repository(repositoryName="shop/web", tags=pairs())
        self.claim("aws_ecr_repository", "web", id="shop/web", name="shop/web")
        for name in ("web", "worker"):
            self.client("logs").create_log_group(logGroupName=f"/ecs/shop-{name}")
            self.claim("aws_cloudwatch_log_group", name, id=f"/ecs/shop-{name}", name=f"/ecs/shop-{name}")
        role = self._role()
        self.claim("aws_iam_role", "ecs", id="shop-ecs", arn=role, name="shop-ecs")
        target = {"targetGroupArn": self.ids["group"], "containerName": "app", "containerPort": 8080}
        self._service("web", role, self.tasks, loadBalancers=[target])
        self._service("worker", role, 0)

    def _role(self) -> str:
        iam = self.client("iam")
        with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):  # a first answer came too late
            iam.create_role(RoleName="shop-ecs", AssumeRolePolicyDocument=json.dumps(TRUST))
        return f"arn:aws:iam::{self._account}:role/shop-ecs"

    def _service(self, name: str, role: str, tasks: int, **more: Any) -> None:
        ecs, registry = self.client("ecs"), f"{self._account}.dkr.ecr.{REGION}.amazonaws.com"
        container = {
            "name": "app",
            "image": f"{registry}/{self.image}",
            "essential": True,
            "portMappings": [{"containerPort": 8080}],
            "environment": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "ADMIN_PASSWORD", "value": IN_THE_OPEN}],
            "secrets": [
                {"name": "API_KEY", "valueFrom": self.ids["secret.api-key"]},
                {"name": "DB", "valueFrom": f"{self.ids['secret.database-url']}:url::"},
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": f"/ecs/shop-{name}",
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "app",
                },
            },
        }
        definition = ecs.register_task_definition(
            family=f"shop-{name}",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="512",
            memory="1024",
            executionRoleArn=role,
            taskRoleArn=role,
            containerDefinitions=[container],
        )["taskDefinition"]["taskDefinitionArn"]
        where = {
            "subnets": [self.ids[f"aws_subnet.private-{number}"] for number in range(len(ZONES))],
            "securityGroups": [self.ids["aws_security_group.ecs"]],
        }
        arn = ecs.create_service(
            cluster="shop",
            serviceName=f"shop-{name}",
            taskDefinition=definition,
            desiredCount=tasks,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": where},
            **more,
        )["service"]["serviceArn"]
        self.claim("aws_ecs_service", name, id=arn, arn=arn)

    def _rest(self) -> None:
        zone = self.client("route53").create_hosted_zone(Name="shop.example.com", CallerReference="shop")["HostedZone"][
            "Id"
        ]
        self.ids["zone"] = zone.rpartition("/")[2]
        self.claim(
            "aws_route53_zone",
            "this",
            id=zone.rpartition("/")[2],
            zone_id=zone.rpartition("/")[2],
            name="shop.example.com",
        )
        queue = self.client("sqs").create_queue(QueueName="shop-orders", tags=TAGS)["QueueUrl"]
        self.claim("aws_sqs_queue", "orders", id=queue)
