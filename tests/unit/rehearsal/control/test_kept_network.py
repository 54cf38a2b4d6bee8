"""What is set on networks is described."""

import json

import pytest

from tests.unit.rehearsal.control.cloud import REGION, differences, name

TAGS = [{"Key": "project", "Value": "slipway"}, {"Key": "environment", "Value": "dev"}]
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def tagged(kind):
    return [{"ResourceType": kind, "Tags": TAGS}]


def vpc(cloud):
    made = cloud.ec2.create_vpc(CidrBlock="10.200.0.0/16", InstanceTenancy="default", TagSpecifications=tagged("vpc"))
    vpc_id = made["Vpc"]["VpcId"]
    found = cloud.ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    block = {"CidrBlock": "10.200.0.0/16", "CidrBlockState": {"State": "associated"}}
    return found, {
        "CidrBlock": "10.200.0.0/16",
        "InstanceTenancy": "default",
        "IsDefault": False,
        "OwnerId": cloud.world.account,
        "State": "available",
        "Tags": TAGS,
        "CidrBlockAssociationSet": [block],
    }


def vpc_names(cloud):
    vpc_id = cloud.vpc()["VpcId"]
    cloud.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    cloud.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": False})
    hostnames = cloud.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsHostnames")
    support = cloud.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsSupport")
    return {**hostnames, **support}, {"EnableDnsHostnames": {"Value": True}, "EnableDnsSupport": {"Value": False}}


def subnet(cloud):
    vpc = cloud.vpc()
    block = vpc["CidrBlock"].replace("0.0/16", "7.0/24")
    made = cloud.ec2.create_subnet(
        VpcId=vpc["VpcId"], CidrBlock=block, AvailabilityZone=f"{REGION}c", TagSpecifications=tagged("subnet")
    )["Subnet"]
    cloud.ec2.modify_subnet_attribute(SubnetId=made["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    found = cloud.ec2.describe_subnets(SubnetIds=[made["SubnetId"]])["Subnets"][0]
    return found, {
        "AvailabilityZone": f"{REGION}c",
        "CidrBlock": block,
        "MapPublicIpOnLaunch": True,
        "AvailableIpAddressCount": 251,
        "State": "available",
        "Tags": TAGS,
        "SubnetArn": f"arn:aws:ec2:{REGION}:{cloud.world.account}:subnet/{made['SubnetId']}",
    }


def internet_gateway(cloud):
    vpc_id = cloud.vpc()["VpcId"]
    made = cloud.ec2.create_internet_gateway(TagSpecifications=tagged("internet-gateway"))["InternetGateway"]
    cloud.ec2.attach_internet_gateway(InternetGatewayId=made["InternetGatewayId"], VpcId=vpc_id)
    found = cloud.ec2.describe_internet_gateways(InternetGatewayIds=[made["InternetGatewayId"]])
    return found["InternetGateways"][0], {"Attachments": [{"State": "available", "VpcId": vpc_id}], "Tags": TAGS}


def nat_gateway(cloud):
    subnet_id = cloud.subnets(cloud.vpc())[0]
    address = cloud.ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))
    made = cloud.ec2.create_nat_gateway(
        SubnetId=subnet_id,
        AllocationId=address["AllocationId"],
        ConnectivityType="public",
        TagSpecifications=tagged("natgateway"),
    )["NatGateway"]
    found = cloud.ec2.describe_nat_gateways(NatGatewayIds=[made["NatGatewayId"]])["NatGateways"][0]
    shown = {"AllocationId": address["AllocationId"], "PublicIp": address["PublicIp"]}
    return found, {
        "SubnetId": subnet_id,
        "ConnectivityType": "public",
        "State": "available",
        "Tags": TAGS,
        "NatGatewayAddresses": [shown],
    }


def elastic_ip(cloud):
    made = cloud.ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))
    found = cloud.ec2.describe_addresses(AllocationIds=[made["AllocationId"]])["Addresses"][0]
    return found, {"Domain": "vpc", "PublicIp": made["PublicIp"], "Tags": TAGS}


def route_table(cloud):
    vpc = cloud.vpc()
    subnet_id = cloud.subnets(vpc)[0]
    gateway = cloud.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    cloud.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])
    made = cloud.ec2.create_route_table(VpcId=vpc["VpcId"], TagSpecifications=tagged("route-table"))["RouteTable"]
    table = made["RouteTableId"]
    cloud.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    cloud.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_id)
    found = cloud.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    local = {"DestinationCidrBlock": vpc["CidrBlock"], "GatewayId": "local", "Origin": "CreateRouteTable"}
    outside = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway, "State": "active", "Origin": "CreateRoute"}
    attached = {"SubnetId": subnet_id, "Main": False, "AssociationState": {"State": "associated"}}
    return found, {"Routes": [local, outside], "Associations": [attached], "Tags": TAGS, "VpcId": vpc["VpcId"]}


def gateway_endpoint(cloud):
    vpc_id = cloud.vpc()["VpcId"]
    table = cloud.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    made = cloud.ec2.create_vpc_endpoint(
        VpcId=vpc_id,
        ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table],
        PolicyDocument=json.dumps(POLICY),
        TagSpecifications=tagged("vpc-endpoint"),
    )["VpcEndpoint"]
    found = cloud.ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"][0]
    routes = cloud.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    found = {**found, "PolicyDocument": json.loads(found["PolicyDocument"]), "Routes": routes}
    return found, {
        "VpcEndpointType": "Gateway",
        "RouteTableIds": [table],
        "PolicyDocument": POLICY,
        "Tags": TAGS,
        "State": "available",
        "Routes": [{"GatewayId": made["VpcEndpointId"], "State": "active"}],
    }


def interface_endpoint(cloud):
    vpc = cloud.vpc()
    cloud.ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": True})
    subnets, group = cloud.subnets(vpc), cloud.group(vpc)
    made = cloud.ec2.create_vpc_endpoint(
        VpcId=vpc["VpcId"],
        ServiceName=f"com.amazonaws.{REGION}.secretsmanager",
        VpcEndpointType="Interface",
        SubnetIds=subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
        IpAddressType="ipv4",
        PolicyDocument=json.dumps(POLICY),
        TagSpecifications=tagged("vpc-endpoint"),
    )["VpcEndpoint"]
    found = cloud.ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"][0]
    found = {**found, "PolicyDocument": json.loads(found["PolicyDocument"])}
    return found, {
        "VpcEndpointType": "Interface",
        "SubnetIds": subnets,
        "Groups": [{"GroupId": group, "GroupName": "some"}],
        "PrivateDnsEnabled": True,
        "IpAddressType": "ipv4",
        "PolicyDocument": POLICY,
        "Tags": TAGS,
        "State": "available",
    }


def security_group(cloud):
    vpc_id = cloud.vpc()["VpcId"]
    made = cloud.ec2.create_security_group(
        GroupName="web", Description="Web servers", VpcId=vpc_id, TagSpecifications=tagged("security-group")
    )
    found = cloud.ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"][0]
    open_to_all = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return found, {
        "GroupName": "web",
        "Description": "Web servers",
        "VpcId": vpc_id,
        "Tags": TAGS,
        "IpPermissionsEgress": [open_to_all],
    }


def security_group_rules(cloud):
    vpc = cloud.vpc()
    group, peer = cloud.group(vpc), cloud.group(vpc, "peer")
    port = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    block = {**port, "IpRanges": [{"CidrIp": "10.1.2.0/24", "Description": "offices"}]}
    other = {**port, "UserIdGroupPairs": [{"GroupId": peer, "Description": "balancer"}]}
    lists = cloud.ec2.describe_managed_prefix_lists()["PrefixLists"]
    listed = next(one["PrefixListId"] for one in lists if one["PrefixListName"].endswith(".s3"))
    prefix = {**port, "PrefixListIds": [{"PrefixListId": listed, "Description": "storage"}]}
    cloud.ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[block, other], TagSpecifications=tagged("security-group-rule")
    )
    cloud.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[prefix])
    rules = cloud.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    common = {"GroupId": group, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    referenced = {"ReferencedGroupInfo": {"GroupId": peer}}
    return {"Rules": rules["SecurityGroupRules"]}, {
        "Rules": [
            {**common, "CidrIpv4": "10.1.2.0/24", "Description": "offices", "IsEgress": False, "Tags": TAGS},
            {**common, **referenced, "Description": "balancer", "IsEgress": False, "Tags": TAGS},
            {**common, "PrefixListId": listed, "Description": "storage", "IsEgress": True},
        ]
    }


def changed_rule(cloud):
    group = cloud.group(cloud.vpc())
    block = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.1.2.0/24"}]}
    made = cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[block])["SecurityGroupRules"][0]
    wanted = {"IpProtocol": "tcp", "FromPort": 81, "ToPort": 82, "CidrIpv4": "10.1.3.0/24", "Description": "new"}
    rule = {"SecurityGroupRuleId": made["SecurityGroupRuleId"], "SecurityGroupRule": wanted}
    cloud.ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[rule])
    rules = cloud.ec2.describe_security_group_rules(SecurityGroupRuleIds=[made["SecurityGroupRuleId"]])
    return rules["SecurityGroupRules"][0], wanted


def network_acl(cloud):
    vpc = cloud.vpc()
    subnet_id = cloud.subnets(vpc)[0]
    made = cloud.ec2.create_network_acl(VpcId=vpc["VpcId"], TagSpecifications=tagged("network-acl"))["NetworkAcl"]
    acl = made["NetworkAclId"]
    entry = {
        "RuleNumber": 100,
        "Protocol": "6",
        "RuleAction": "allow",
        "Egress": False,
        "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": 443, "To": 443},
    }
    cloud.ec2.create_network_acl_entry(NetworkAclId=acl, **entry)
    default = cloud.ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet_id]}])
    links = default["NetworkAcls"][0]["Associations"]
    link = next(one["NetworkAclAssociationId"] for one in links if one["SubnetId"] == subnet_id)
    cloud.ec2.replace_network_acl_association(AssociationId=link, NetworkAclId=acl)
    found = cloud.ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]
    last = {"RuleNumber": 32767, "RuleAction": "deny", "Protocol": "-1"}
    attached = [{"SubnetId": subnet_id, "NetworkAclId": acl}]
    return found, {"Entries": [entry, last], "Associations": attached, "IsDefault": False, "Tags": TAGS}


def flow_log(cloud):
    vpc_id = cloud.vpc()["VpcId"]
    group = name("/flow")
    cloud.logs.create_log_group(logGroupName=group)
    role = cloud.iam.create_role(RoleName=name("flow"), AssumeRolePolicyDocument=json.dumps(POLICY))["Role"]["Arn"]
    settings = {
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "MaxAggregationInterval": 60,
        "LogFormat": "${version} ${vpc-id} ${srcaddr}",
    }
    made = cloud.ec2.create_flow_logs(
        ResourceIds=[vpc_id],
        ResourceType="VPC",
        LogGroupName=group,
        DeliverLogsPermissionArn=role,
        TagSpecifications=tagged("vpc-flow-log"),
        **settings,
    )
    found = cloud.ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"][0]
    return found, {
        **settings,
        "ResourceId": vpc_id,
        "FlowLogStatus": "ACTIVE",
        "LogGroupName": group,
        "DeliverLogsPermissionArn": role,
        "Tags": TAGS,
    }


@pytest.mark.parametrize(
    "thing",
    [
        vpc,
        vpc_names,
        subnet,
        internet_gateway,
        nat_gateway,
        elastic_ip,
        route_table,
        gateway_endpoint,
        interface_endpoint,
        security_group,
        security_group_rules,
        changed_rule,
        network_acl,
        flow_log,
    ],
)
def test_kept(cloud, thing):
    found, expected = thing(cloud)
    assert not differences(found, expected)
