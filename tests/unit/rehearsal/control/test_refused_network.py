"""What AWS refuses of networks is refused, with its error code."""

import json

import pytest

from tests.unit.rehearsal.control.cloud import REGION, name, refusal

PORT = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def overlapping_subnets(cloud):
    vpc = cloud.vpc()
    cloud.subnets(vpc)
    block = vpc["CidrBlock"].replace("0.0/16", "1.128/25")
    return refusal(cloud.ec2.create_subnet, VpcId=vpc["VpcId"], CidrBlock=block)


def subnet_outside_of_vpc(cloud):
    return refusal(cloud.ec2.create_subnet, VpcId=cloud.vpc()["VpcId"], CidrBlock="192.168.0.0/24")


def subnet_of_unknown_zone(cloud):
    vpc = cloud.vpc()
    block = vpc["CidrBlock"].replace("/16", "/24")
    return refusal(cloud.ec2.create_subnet, VpcId=vpc["VpcId"], CidrBlock=block, AvailabilityZone=f"{REGION}z")


def vpc_too_large(cloud):
    return refusal(cloud.ec2.create_vpc, CidrBlock="10.0.0.0/8")


def vpc_with_subnets(cloud):
    vpc = cloud.vpc()
    cloud.subnets(vpc)
    return refusal(cloud.ec2.delete_vpc, VpcId=vpc["VpcId"])


def vpc_with_group(cloud):
    vpc = cloud.vpc()
    cloud.group(vpc)
    return refusal(cloud.ec2.delete_vpc, VpcId=vpc["VpcId"])


def vpc_with_gateway(cloud):
    vpc = cloud.vpc()
    gateway = cloud.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    cloud.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])
    return refusal(cloud.ec2.delete_vpc, VpcId=vpc["VpcId"])


def attached_gateway(cloud):
    vpc = cloud.vpc()
    gateway = cloud.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    cloud.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])
    return refusal(cloud.ec2.delete_internet_gateway, InternetGatewayId=gateway)


def second_gateway(cloud):
    vpc = cloud.vpc()
    first, second = (cloud.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"] for _ in "ab")
    cloud.ec2.attach_internet_gateway(InternetGatewayId=first, VpcId=vpc["VpcId"])
    return refusal(cloud.ec2.attach_internet_gateway, InternetGatewayId=second, VpcId=vpc["VpcId"])


def subnet_with_balancer(cloud):
    zones = cloud.balancer()["AvailabilityZones"]
    return refusal(cloud.ec2.delete_subnet, SubnetId=zones[0]["SubnetId"])


def subnet_with_nat(cloud):
    subnet = cloud.subnets(cloud.vpc())[0]
    address = cloud.ec2.allocate_address(Domain="vpc")["AllocationId"]
    cloud.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    return refusal(cloud.ec2.delete_subnet, SubnetId=subnet)


def address_of_nat(cloud):
    subnet = cloud.subnets(cloud.vpc())[0]
    address = cloud.ec2.allocate_address(Domain="vpc")["AllocationId"]
    cloud.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    return refusal(cloud.ec2.release_address, AllocationId=address)


def address_taken(cloud):
    first, second = cloud.subnets(cloud.vpc())
    address = cloud.ec2.allocate_address(Domain="vpc")["AllocationId"]
    cloud.ec2.create_nat_gateway(SubnetId=first, AllocationId=address)
    return refusal(cloud.ec2.create_nat_gateway, SubnetId=second, AllocationId=address)


def group_of_endpoint(cloud):
    vpc = cloud.vpc()
    group = cloud.group(vpc)
    cloud.ec2.create_vpc_endpoint(
        VpcId=vpc["VpcId"],
        ServiceName=f"com.amazonaws.{REGION}.kms",
        VpcEndpointType="Interface",
        SubnetIds=cloud.subnets(vpc),
        SecurityGroupIds=[group],
        PrivateDnsEnabled=False,
    )
    return refusal(cloud.ec2.delete_security_group, GroupId=group)


def group_of_database(cloud):
    group = cloud.group(cloud.vpc())
    cloud.rds.create_db_instance(
        DBInstanceIdentifier=name("db"),
        DBInstanceClass="db.t4g.micro",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="someone",
        MasterUserPassword="long enough",
        VpcSecurityGroupIds=[group],
    )
    return refusal(cloud.ec2.delete_security_group, GroupId=group)


def group_named_by_another(cloud):
    vpc = cloud.vpc()
    first, second = cloud.group(vpc, "first"), cloud.group(vpc, "second")
    pair = {**PORT, "UserIdGroupPairs": [{"GroupId": first}]}
    cloud.ec2.authorize_security_group_ingress(GroupId=second, IpPermissions=[pair])
    return refusal(cloud.ec2.delete_security_group, GroupId=first)


def default_group(cloud):
    vpc = cloud.vpc()["VpcId"]
    groups = cloud.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    return refusal(cloud.ec2.delete_security_group, GroupId=groups[0]["GroupId"])


def second_group_of_a_name(cloud):
    vpc = cloud.vpc()
    cloud.group(vpc)
    return refusal(cloud.ec2.create_security_group, GroupName="some", Description="some", VpcId=vpc["VpcId"])


def group_named_like_a_group(cloud):
    vpc = cloud.vpc()["VpcId"]
    return refusal(cloud.ec2.create_security_group, GroupName="sg-web", Description="some", VpcId=vpc)


def description_of_group(cloud):
    vpc = cloud.vpc()["VpcId"]
    return refusal(cloud.ec2.create_security_group, GroupName="web", Description="Web → world", VpcId=vpc)


def same_rule_twice(cloud):
    group = cloud.group(cloud.vpc())
    rule = {**PORT, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return refusal(cloud.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[rule])


def rule_of_unknown_group(cloud):
    group = cloud.group(cloud.vpc())
    rule = {**PORT, "UserIdGroupPairs": [{"GroupId": "sg-0123456789abcdef0"}]}
    return refusal(cloud.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[rule])


def route_twice(cloud):
    vpc = cloud.vpc()
    gateway = cloud.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    cloud.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])
    table = cloud.ec2.create_route_table(VpcId=vpc["VpcId"])["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    cloud.ec2.create_route(**route)
    return refusal(cloud.ec2.create_route, **route)


def route_to_foreign_gateway(cloud):
    vpc = cloud.vpc()
    gateway = cloud.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    table = cloud.ec2.create_route_table(VpcId=vpc["VpcId"])["RouteTable"]["RouteTableId"]
    return refusal(cloud.ec2.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def used_route_table(cloud):
    vpc = cloud.vpc()
    table = cloud.ec2.create_route_table(VpcId=vpc["VpcId"])["RouteTable"]["RouteTableId"]
    cloud.ec2.associate_route_table(RouteTableId=table, SubnetId=cloud.subnets(vpc)[0])
    return refusal(cloud.ec2.delete_route_table, RouteTableId=table)


def used_acl(cloud):
    vpc = cloud.vpc()
    cloud.subnets(vpc)
    found = cloud.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["NetworkAcls"]
    return refusal(cloud.ec2.delete_network_acl, NetworkAclId=found[0]["NetworkAclId"])


def last_entry_of_acl(cloud):
    acl = cloud.ec2.create_network_acl(VpcId=cloud.vpc()["VpcId"])["NetworkAcl"]["NetworkAclId"]
    return refusal(cloud.ec2.delete_network_acl_entry, NetworkAclId=acl, RuleNumber=32767, Egress=True)


def second_endpoint_with_private_names(cloud):
    vpc = cloud.vpc()
    cloud.ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": True})
    endpoint = {
        "VpcId": vpc["VpcId"],
        "ServiceName": f"com.amazonaws.{REGION}.kms",
        "VpcEndpointType": "Interface",
        "SubnetIds": cloud.subnets(vpc),
        "PrivateDnsEnabled": True,
    }
    cloud.ec2.create_vpc_endpoint(**endpoint)
    return refusal(cloud.ec2.create_vpc_endpoint, **endpoint)


def private_names_without_names(cloud):
    vpc = cloud.vpc()
    return refusal(
        cloud.ec2.create_vpc_endpoint,
        VpcId=vpc["VpcId"],
        ServiceName=f"com.amazonaws.{REGION}.kms",
        VpcEndpointType="Interface",
        SubnetIds=cloud.subnets(vpc),
        PrivateDnsEnabled=True,
    )


def two_subnets_in_a_zone(cloud):
    vpc = cloud.vpc()
    block = vpc["CidrBlock"].replace("0.0/16", "9.0/24")
    first = cloud.subnets(vpc)[0]
    second = cloud.ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock=block, AvailabilityZone=f"{REGION}a")
    return refusal(
        cloud.ec2.create_vpc_endpoint,
        VpcId=vpc["VpcId"],
        ServiceName=f"com.amazonaws.{REGION}.kms",
        VpcEndpointType="Interface",
        SubnetIds=[first, second["Subnet"]["SubnetId"]],
    )


def unknown_endpoint_service(cloud):
    service = f"com.amazonaws.{REGION}.no-such-thing"
    return refusal(cloud.ec2.create_vpc_endpoint, VpcId=cloud.vpc()["VpcId"], ServiceName=service)


def second_flow_log(cloud):
    vpc, group = cloud.vpc()["VpcId"], name("/flow")
    cloud.logs.create_log_group(logGroupName=group)
    role = cloud.iam.create_role(RoleName=name("flow"), AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    log = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL", "LogGroupName": group}
    log["DeliverLogsPermissionArn"] = role
    cloud.ec2.create_flow_logs(**log)
    return refusal(cloud.ec2.create_flow_logs, **log)


REFUSALS = {
    overlapping_subnets: "InvalidSubnet.Conflict",
    subnet_outside_of_vpc: "InvalidSubnet.Range",
    subnet_of_unknown_zone: "InvalidParameterValue",
    vpc_too_large: "InvalidVpc.Range",
    vpc_with_subnets: "DependencyViolation",
    vpc_with_group: "DependencyViolation",
    vpc_with_gateway: "DependencyViolation",
    attached_gateway: "DependencyViolation",
    second_gateway: "InvalidParameterValue",
    subnet_with_balancer: "DependencyViolation",
    subnet_with_nat: "DependencyViolation",
    address_of_nat: "InvalidIPAddress.InUse",
    address_taken: "Resource.AlreadyAssociated",
    group_of_endpoint: "DependencyViolation",
    group_of_database: "DependencyViolation",
    group_named_by_another: "DependencyViolation",
    default_group: "CannotDelete",
    second_group_of_a_name: "InvalidGroup.Duplicate",
    group_named_like_a_group: "InvalidParameterValue",
    description_of_group: "InvalidParameterValue",
    same_rule_twice: "InvalidPermission.Duplicate",
    rule_of_unknown_group: "InvalidGroup.NotFound",
    route_twice: "RouteAlreadyExists",
    route_to_foreign_gateway: "InvalidParameterValue",
    used_route_table: "DependencyViolation",
    used_acl: "InvalidParameterValue",
    last_entry_of_acl: "InvalidParameterValue",
    second_endpoint_with_private_names: "InvalidParameter",
    private_names_without_names: "InvalidParameter",
    two_subnets_in_a_zone: "DuplicateSubnetsInSameZone",
    unknown_endpoint_service: "InvalidServiceName",
    second_flow_log: "FlowLogAlreadyExists",
}


@pytest.mark.parametrize(("wrong", "code"), REFUSALS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_refused(cloud, wrong, code):
    assert wrong(cloud) == code


def test_a_zone_that_the_region_does_not_have_is_refused(cloud):
    tokyo = cloud.session.client("ec2", region_name="ap-northeast-1", endpoint_url=cloud.world.endpoint)
    vpc = tokyo.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    wanted = {"VpcId": vpc, "CidrBlock": "10.0.0.0/24"}
    zones = {one["ZoneName"] for one in tokyo.describe_availability_zones()["AvailabilityZones"]}
    assert zones == {"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"}
    assert refusal(tokyo.create_subnet, AvailabilityZone="ap-northeast-1b", **wanted) == "InvalidParameterValue"
    tokyo.delete_vpc(VpcId=vpc)
