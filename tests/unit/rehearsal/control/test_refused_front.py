"""What AWS refuses of names, certificates and firewalls is refused, with its error code."""

import pytest

from tests.unit.rehearsal.control.cloud import REGION, name, refusal

SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "seen"}


def zone_with_records(cloud):
    domain = f"{name()}.example.com"
    zone = cloud.route53.create_hosted_zone(Name=domain, CallerReference=name())["HostedZone"]["Id"]
    record = {"Name": f"web.{domain}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    change(cloud, zone, "CREATE", record)
    return refusal(cloud.route53.delete_hosted_zone, Id=zone)


def change(cloud, zone, action, record):
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    return cloud.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def refused_record(cloud, domain=None, action="CREATE", **fields):
    domain = domain or f"{name()}.example.com"
    zone = cloud.route53.create_hosted_zone(Name=domain, CallerReference=name())["HostedZone"]["Id"]
    record = {"Name": f"web.{domain}", "Type": "A", **fields}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    return refusal(cloud.route53.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=batch)


def record_outside_of_zone(cloud):
    values = [{"Value": "192.0.2.1"}]
    return refused_record(cloud, Name="web.example.org", TTL=60, ResourceRecords=values)


def identifier_without_weight(cloud):
    return refused_record(cloud, SetIdentifier="one", TTL=60, ResourceRecords=[{"Value": "192.0.2.1"}])


def weight_beside_a_plain_record(cloud):
    domain = f"{name()}.example.com"
    zone = cloud.route53.create_hosted_zone(Name=domain, CallerReference=name())["HostedZone"]["Id"]
    record = {"Name": f"web.{domain}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    change(cloud, zone, "CREATE", record)
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": {**record, "SetIdentifier": "one", "Weight": 1}}]}
    return refusal(cloud.route53.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=batch)


def alias_to_unknown_balancer(cloud):
    target = {"HostedZoneId": "Z35SXDOTRQ7X7K", "EvaluateTargetHealth": True}
    target["DNSName"] = f"nothing-123.{REGION}.elb.amazonaws.com"
    return refused_record(cloud, AliasTarget=target)


def alias_with_lifetime(cloud):
    balancer = cloud.balancer()
    target = {"HostedZoneId": balancer["CanonicalHostedZoneId"], "EvaluateTargetHealth": True}
    return refused_record(cloud, AliasTarget={**target, "DNSName": balancer["DNSName"]}, TTL=60)


def name_at_the_top(cloud):
    domain = f"{name()}.example.com"
    values = [{"Value": "elsewhere.example.org"}]
    return refused_record(cloud, domain, Name=domain, Type="CNAME", TTL=60, ResourceRecords=values)


def text_without_quotes(cloud):
    return refused_record(cloud, Type="TXT", TTL=60, ResourceRecords=[{"Value": "no quotes"}])


def address_that_is_none(cloud):
    return refused_record(cloud, TTL=60, ResourceRecords=[{"Value": "nonsense"}])


def deletion_of_unknown_record(cloud):
    return refused_record(cloud, action="DELETE", TTL=60, ResourceRecords=[{"Value": "192.0.2.1"}])


def used_certificate(cloud):
    certificate = cloud.acm.request_certificate(DomainName="web.example.com", ValidationMethod="DNS")["CertificateArn"]
    balancer = cloud.balancer()["LoadBalancerArn"]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    cloud.elbv2.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[answer],
    )
    return refusal(cloud.acm.delete_certificate, CertificateArn=certificate)


def acl(cloud, **more):
    parameters = {"Name": name(), "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": SEEN}
    return {**parameters, "Rules": [], **more}


def rule(statement, priority=1, **more):
    basis = {"Name": name("rule"), "Priority": priority, "Statement": statement, "VisibilityConfig": SEEN}
    return {**basis, **(more or {"Action": {"Block": {}}})}


def second_acl_of_a_name(cloud):
    wanted = acl(cloud)
    cloud.wafv2.create_web_acl(**wanted)
    return refusal(cloud.wafv2.create_web_acl, **wanted)


def acl_in_use(cloud):
    made = cloud.wafv2.create_web_acl(**acl(cloud))["Summary"]
    cloud.wafv2.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=cloud.balancer()["LoadBalancerArn"])
    key = {"Name": made["Name"], "Scope": "REGIONAL", "Id": made["Id"], "LockToken": made["LockToken"]}
    return refusal(cloud.wafv2.delete_web_acl, **key)


def outdated_acl(cloud):
    wanted = acl(cloud)
    made = cloud.wafv2.create_web_acl(**wanted)["Summary"]
    cloud.wafv2.update_web_acl(Id=made["Id"], LockToken=made["LockToken"], **wanted)
    return refusal(cloud.wafv2.update_web_acl, Id=made["Id"], LockToken=made["LockToken"], **wanted)


def set_in_use(cloud):
    made = cloud.wafv2.create_ip_set(
        Name=name(), Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"]
    )["Summary"]
    statement = {"IPSetReferenceStatement": {"ARN": made["ARN"]}}
    cloud.wafv2.create_web_acl(**acl(cloud, Rules=[rule(statement)]))
    key = {"Name": made["Name"], "Scope": "REGIONAL", "Id": made["Id"], "LockToken": made["LockToken"]}
    return refusal(cloud.wafv2.delete_ip_set, **key)


def same_priority(cloud):
    geo = {"GeoMatchStatement": {"CountryCodes": ["KP"]}}
    return refusal(cloud.wafv2.create_web_acl, **acl(cloud, Rules=[rule(geo), rule(geo)]))


def unknown_managed_group(cloud):
    managed = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesNothing"}}
    rules = [rule(managed, OverrideAction={"None": {}})]
    return refusal(cloud.wafv2.create_web_acl, **acl(cloud, Rules=rules))


def deletion_with_other_values(cloud):
    domain = f"{name()}.example.com"
    zone = cloud.route53.create_hosted_zone(Name=domain, CallerReference=name())["HostedZone"]["Id"]
    record = {"Name": f"web.{domain}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    change(cloud, zone, "CREATE", record)
    other = {**record, "ResourceRecords": [{"Value": "192.0.2.2"}]}
    batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": other}]}
    refused = refusal(cloud.route53.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=batch)
    change(cloud, zone, "DELETE", record)
    cloud.route53.delete_hosted_zone(Id=zone)
    return refused


def action_of_a_group(cloud):
    managed = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}}
    return refusal(cloud.wafv2.create_web_acl, **acl(cloud, Rules=[rule(managed)]))


def rate_too_low(cloud):
    rate = {"RateBasedStatement": {"Limit": 9, "AggregateKeyType": "IP"}}
    return refusal(cloud.wafv2.create_web_acl, **acl(cloud, Rules=[rule(rate)]))


def unknown_country(cloud):
    geo = {"GeoMatchStatement": {"CountryCodes": ["XX"]}}
    return refusal(cloud.wafv2.create_web_acl, **acl(cloud, Rules=[rule(geo)]))


def logs_elsewhere(cloud):
    made = cloud.wafv2.create_web_acl(**acl(cloud))["Summary"]
    cloud.logs.create_log_group(logGroupName="requests")
    group = f"arn:aws:logs:{REGION}:{cloud.world.account}:log-group:requests"
    logging = {"ResourceArn": made["ARN"], "LogDestinationConfigs": [group]}
    return refusal(cloud.wafv2.put_logging_configuration, LoggingConfiguration=logging)


def address_set_of_nonsense(cloud):
    return refusal(
        cloud.wafv2.create_ip_set, Name=name(), Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.1"]
    )


REFUSALS = {
    zone_with_records: "HostedZoneNotEmpty",
    record_outside_of_zone: "InvalidChangeBatch",
    alias_to_unknown_balancer: "InvalidChangeBatch",
    identifier_without_weight: "InvalidInput",
    weight_beside_a_plain_record: "InvalidChangeBatch",
    alias_with_lifetime: "InvalidInput",
    name_at_the_top: "InvalidChangeBatch",
    text_without_quotes: "InvalidChangeBatch",
    address_that_is_none: "InvalidChangeBatch",
    deletion_of_unknown_record: "InvalidChangeBatch",
    deletion_with_other_values: "InvalidChangeBatch",
    used_certificate: "ResourceInUseException",
    second_acl_of_a_name: "WAFDuplicateItemException",
    acl_in_use: "WAFAssociatedItemException",
    outdated_acl: "WAFOptimisticLockException",
    set_in_use: "WAFAssociatedItemException",
    same_priority: "WAFInvalidParameterException",
    unknown_managed_group: "WAFInvalidParameterException",
    action_of_a_group: "WAFInvalidParameterException",
    rate_too_low: "WAFInvalidParameterException",
    unknown_country: "WAFInvalidParameterException",
    logs_elsewhere: "WAFInvalidParameterException",
    address_set_of_nonsense: "WAFInvalidParameterException",
}


@pytest.mark.parametrize(("wrong", "code"), REFUSALS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_refused(cloud, wrong, code):
    assert wrong(cloud) == code
