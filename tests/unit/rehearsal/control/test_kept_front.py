"""What is set on names, certificates and firewalls is described."""

import pytest

from tests.unit.rehearsal.control.cloud import differences, name

TAGS = [{"Key": "project", "Value": "slipway"}]
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "seen"}


def hosted_zone(cloud):
    domain = f"{name()}.example.com."
    config = {"Comment": "Zone of dev", "PrivateZone": False}
    made = cloud.route53.create_hosted_zone(Name=domain, CallerReference=name(), HostedZoneConfig=config)
    zone = made["HostedZone"]["Id"].rsplit("/", 1)[-1]
    cloud.route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=TAGS)
    found = cloud.route53.get_hosted_zone(Id=zone)
    tags = cloud.route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)
    servers = found["DelegationSet"]["NameServers"]
    records = cloud.route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    found = {**found["HostedZone"], **tags["ResourceTagSet"], "Servers": len(servers), "Records": records}
    authorities = [{"Name": domain, "Type": kind} for kind in ("NS", "SOA")]
    return found, {"Name": domain, "Config": config, "Tags": TAGS, "Servers": 4, "Records": authorities}


def records(cloud):
    domain = f"{name()}.example.com."
    zone = cloud.route53.create_hosted_zone(Name=domain, CallerReference=name())["HostedZone"]["Id"]
    balancer = cloud.balancer()
    target = {
        "HostedZoneId": balancer["CanonicalHostedZoneId"],
        "DNSName": balancer["DNSName"] + ".",
        "EvaluateTargetHealth": True,
    }
    alias = {"Name": f"web.{domain}", "Type": "A", "AliasTarget": target}
    caa = {"Name": domain, "Type": "CAA", "TTL": 300, "ResourceRecords": [{"Value": '0 issue "amazon.com"'}]}
    text = {"Name": f"*.{domain}", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"some text"'}]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record} for record in (alias, caa, text)]
    change = cloud.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    cloud.route53.get_change(Id=change["ChangeInfo"]["Id"])
    found = cloud.route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {"Records": found}, {"Records": [alias, caa, {**text, "Name": f"\\052.{domain}"}]}


def query_logging(cloud):
    zone = cloud.route53.create_hosted_zone(Name=f"{name()}.example.com", CallerReference=name())["HostedZone"]["Id"]
    group = name("/aws/route53/")
    cloud.logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:us-east-1:{cloud.world.account}:log-group:{group}:*"
    made = cloud.route53.create_query_logging_config(HostedZoneId=zone, CloudWatchLogsLogGroupArn=arn)
    found = cloud.route53.get_query_logging_config(Id=made["QueryLoggingConfig"]["Id"])["QueryLoggingConfig"]
    return found, {"CloudWatchLogsLogGroupArn": arn}


def certificate(cloud):
    domain = f"{name()}.example.com"
    arn = cloud.acm.request_certificate(
        DomainName=domain,
        SubjectAlternativeNames=[domain, f"*.{domain}"],
        ValidationMethod="DNS",
        KeyAlgorithm="EC_prime256v1",
        Options={"CertificateTransparencyLoggingPreference": "ENABLED"},
        Tags=TAGS,
    )["CertificateArn"]
    found = cloud.acm.describe_certificate(CertificateArn=arn)["Certificate"]
    tags = cloud.acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    option = {"DomainName": domain, "ValidationMethod": "DNS", "ResourceRecord": {"Type": "CNAME"}}
    return {**found, "Tags": tags}, {
        "DomainName": domain,
        "SubjectAlternativeNames": [domain, f"*.{domain}"],
        "Status": "PENDING_VALIDATION",
        "Type": "AMAZON_ISSUED",
        "KeyAlgorithm": "EC_prime256v1",
        "Options": {"CertificateTransparencyLoggingPreference": "ENABLED"},
        "DomainValidationOptions": [option],
        "Tags": TAGS,
    }


def ip_set(cloud):
    settings = {"Name": name(), "Description": "Friends", "IPAddressVersion": "IPV4", "Addresses": ["192.0.2.0/24"]}
    made = cloud.wafv2.create_ip_set(Scope="REGIONAL", Tags=TAGS, **settings)["Summary"]
    changed = {"Description": "Others", "Addresses": ["198.51.100.0/24"]}
    key = {"Name": made["Name"], "Scope": "REGIONAL", "Id": made["Id"]}
    cloud.wafv2.update_ip_set(**key, LockToken=made["LockToken"], **changed)
    found = cloud.wafv2.get_ip_set(**key)["IPSet"]
    tags = cloud.wafv2.list_tags_for_resource(ResourceARN=made["ARN"])["TagInfoForResource"]["TagList"]
    return {**found, "Tags": tags}, {**settings, **changed, "Tags": TAGS}


def rules(cloud):
    addresses = cloud.wafv2.create_ip_set(
        Name=name(), Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"]
    )["Summary"]["ARN"]
    managed = {
        "VendorName": "AWS",
        "Name": "AWSManagedRulesCommonRuleSet",
        "RuleActionOverrides": [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}],
    }
    rate = {"Limit": 1000, "EvaluationWindowSec": 120, "AggregateKeyType": "IP"}
    scripted = {
        "XssMatchStatement": {
            "FieldToMatch": {"Body": {"OversizeHandling": "MATCH"}},
            "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}],
        }
    }
    statements = [
        {"IPSetReferenceStatement": {"ARN": addresses}},
        {"GeoMatchStatement": {"CountryCodes": ["KP", "SY"]}},
        {"RateBasedStatement": rate},
        {"NotStatement": {"Statement": scripted}},
    ]
    own = [
        {"Name": f"rule-{n}", "Priority": n, "Statement": one, "Action": {"Block": {}}, "VisibilityConfig": SEEN}
        for n, one in enumerate(statements)
    ]
    group = {
        "Name": "common",
        "Priority": 9,
        "Statement": {"ManagedRuleGroupStatement": managed},
        "OverrideAction": {"None": {}},
        "VisibilityConfig": SEEN,
    }
    return [*own, group]


def web_acl(cloud):
    settings = {
        "Name": name(),
        "Description": "Requests to dev",
        "DefaultAction": {"Allow": {}},
        "Rules": rules(cloud),
        "VisibilityConfig": SEEN,
    }
    made = cloud.wafv2.create_web_acl(Scope="REGIONAL", Tags=TAGS, **settings)["Summary"]
    found = cloud.wafv2.get_web_acl(Name=made["Name"], Scope="REGIONAL", Id=made["Id"])["WebACL"]
    tags = cloud.wafv2.list_tags_for_resource(ResourceARN=made["ARN"])["TagInfoForResource"]["TagList"]
    # 700 of the managed group, 1 each of set and countries, 2 of the rate, 40 of scripts with 10 for the transformation
    return {**found, "Tags": tags}, {**settings, "Tags": TAGS, "Capacity": 754}


def changed_web_acl(cloud):
    made = cloud.wafv2.create_web_acl(
        Name=name(), Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=[], VisibilityConfig=SEEN
    )["Summary"]
    key = {"Name": made["Name"], "Scope": "REGIONAL", "Id": made["Id"]}
    settings = {
        "Description": "New",
        "DefaultAction": {"Block": {"CustomResponse": {"ResponseCode": 429}}},
        "Rules": rules(cloud)[1:2],
        "VisibilityConfig": {**SEEN, "MetricName": "other"},
    }
    cloud.wafv2.update_web_acl(**key, LockToken=made["LockToken"], **settings)
    return cloud.wafv2.get_web_acl(**key)["WebACL"], {**settings, "Capacity": 1}


def firewall_at_balancer(cloud):
    made = cloud.wafv2.create_web_acl(
        Name=name(), Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=[], VisibilityConfig=SEEN
    )["Summary"]
    balancer = cloud.balancer()["LoadBalancerArn"]
    cloud.wafv2.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=balancer)
    found = cloud.wafv2.get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]
    resources = cloud.wafv2.list_resources_for_web_acl(WebACLArn=made["ARN"], ResourceType="APPLICATION_LOAD_BALANCER")
    return {**found, **resources}, {"ARN": made["ARN"], "ResourceArns": [balancer]}


def firewall_named_twice(cloud):
    """A call that is made again, as after a lost answer, ties nothing a second time."""
    made = cloud.wafv2.create_web_acl(
        Name=name(), Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=[], VisibilityConfig=SEEN
    )["Summary"]
    balancer = cloud.balancer()["LoadBalancerArn"]
    for _ in range(2):
        cloud.wafv2.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=balancer)
    cloud.wafv2.disassociate_web_acl(ResourceArn=balancer)
    left = cloud.wafv2.list_resources_for_web_acl(WebACLArn=made["ARN"])["ResourceArns"]
    return {"Left": len(left)}, {"Left": 0}


def firewall_logs(cloud):
    made = cloud.wafv2.create_web_acl(
        Name=name(), Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=[], VisibilityConfig=SEEN
    )["Summary"]
    group = name("aws-waf-logs")
    cloud.logs.create_log_group(logGroupName=group)
    settings = {
        "ResourceArn": made["ARN"],
        "LogDestinationConfigs": [f"arn:aws:logs:us-east-1:{cloud.world.account}:log-group:{group}"],
        "RedactedFields": [{"SingleHeader": {"Name": "authorization"}}],
        "LoggingFilter": {
            "DefaultBehavior": "DROP",
            "Filters": [
                {
                    "Behavior": "KEEP",
                    "Requirement": "MEETS_ANY",
                    "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}],
                }
            ],
        },
    }
    cloud.wafv2.put_logging_configuration(LoggingConfiguration=settings)
    return cloud.wafv2.get_logging_configuration(ResourceArn=made["ARN"])["LoggingConfiguration"], settings


def capacity(cloud):
    return cloud.wafv2.check_capacity(Scope="REGIONAL", Rules=rules(cloud)), {"Capacity": 754}


def managed_groups(cloud):
    found = cloud.wafv2.list_available_managed_rule_groups(Scope="REGIONAL")
    names = ["CommonRuleSet", "SQLiRuleSet", "KnownBadInputsRuleSet", "AmazonIpReputationList"]
    return found, {
        "ManagedRuleGroups": [{"VendorName": "AWS", "Name": f"AWSManagedRules{one}"} for one in names],
    }


@pytest.mark.parametrize(
    "thing",
    [
        hosted_zone,
        records,
        query_logging,
        certificate,
        ip_set,
        web_acl,
        changed_web_acl,
        firewall_at_balancer,
        firewall_named_twice,
        firewall_logs,
        capacity,
        managed_groups,
    ],
)
def test_kept(cloud, thing):
    found, expected = thing(cloud)
    assert not differences(found, expected)


def test_certificate_is_issued_when_its_record_stands(cloud):
    domain = f"{name()}.example.com"
    zone = cloud.route53.create_hosted_zone(Name=domain, CallerReference=name())["HostedZone"]["Id"]
    arn = cloud.acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]

    def status():
        return cloud.acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"]

    cloud.world.clock.sleep(60)
    assert status() == "PENDING_VALIDATION"
    options = cloud.acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]
    proof = options[0]["ResourceRecord"]
    record = {**proof, "TTL": 60, "ResourceRecords": [{"Value": proof["Value"]}]}
    record.pop("Value")
    cloud.route53.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    )
    assert status() == "ISSUED"


def test_a_weighted_record_goes_alone(cloud):
    domain = f"{name()}.example.com"
    zone = cloud.route53.create_hosted_zone(Name=domain, CallerReference=name())["HostedZone"]["Id"]

    def record(host, identifier):
        values = {"TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        return {"Name": f"{host}.{domain}.", "Type": "A", "SetIdentifier": identifier, "Weight": 0, **values}

    def change(action, *records):
        changes = [{"Action": action, "ResourceRecordSet": one} for one in records]
        cloud.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    every = [record(host, identifier) for host in ("api", "web") for identifier in ("one", "two")]
    change("CREATE", *every)
    change("DELETE", record("web", "one"))
    found = cloud.route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    left = sorted((one["Name"], one["SetIdentifier"]) for one in found if "SetIdentifier" in one)
    assert left == [(one["Name"], one["SetIdentifier"]) for one in every if one != record("web", "one")]


def test_a_target_group_names_its_load_balancer_once(cloud):
    balancer = cloud.balancer()
    group = cloud.elbv2.create_target_group(
        Name=name("group"), Protocol="HTTP", Port=80, VpcId=balancer["VpcId"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    for port in (80, 8080):
        cloud.elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=port, DefaultActions=forward
        )
    (found,) = cloud.elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert found["LoadBalancerArns"] == [balancer["LoadBalancerArn"]]


def test_the_zone_of_a_private_namespace_has_its_name(cloud):
    vpc = cloud.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    wanted = f"{name()}.internal"
    discovery = cloud.servicediscovery
    discovery.create_private_dns_namespace(Name=wanted, Vpc=vpc)
    (found,) = [one for one in discovery.list_namespaces()["Namespaces"] if one["Name"] == wanted]
    zone = found["Properties"]["DnsProperties"]["HostedZoneId"]
    assert cloud.route53.get_hosted_zone(Id=zone)["HostedZone"]["Name"] == f"{wanted}."
    discovery.delete_namespace(Id=found["Id"])
    with pytest.raises(cloud.route53.exceptions.NoSuchHostedZone):
        cloud.route53.get_hosted_zone(Id=zone)
