"""The way in: load balancers, firewall, certificate and zone (ELB, WAF, ACM, Route 53)."""

from __future__ import annotations

from ...adapters._route53 import zone_id
from ...cloud import Cloud
from ._found import Data, Found, Outputs, by_name


def load_balancer(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the load balancers with their attributes and web ACLs."""
    for found in cloud.read("elbv2", "describe_load_balancers", LoadBalancerArns=_balancers(outputs))["LoadBalancers"]:
        arn = found["LoadBalancerArn"]
        attributes = cloud.read("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=arn)["Attributes"]
        acl = cloud.read("wafv2", "get_web_acl_for_resource", ResourceArn=arn).get("WebACL")
        flat = {one["Key"]: one["Value"] for one in attributes}
        yield found["LoadBalancerName"], {**found, "Attributes": flat, "WebACL": acl}


def _balancers(outputs: Outputs) -> list[str]:
    first, kind = "load_balancer/load_balancer_arn", ("load_balancer/", "load_balancer_arn")
    others = [arn for name, arn in sorted(outputs.items()) if name.startswith(kind[0]) and name.endswith(kind[1])]
    return list(dict.fromkeys([outputs[first], *others]))


def listener(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the listeners."""
    for arn in _balancers(outputs):
        yield from ((f"{arn.split('/')[-2]}:{one['Port']}", one) for one in _listeners(cloud, arn))


def _listeners(cloud: Cloud, arn: str) -> list[Data]:
    found: list[Data] = cloud.cached(
        ("listeners", arn), lambda: cloud.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
    )
    return found


def http_listener(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the listeners for plain HTTP."""
    yield from ((name, one) for name, one in listener(cloud, outputs) if one["Protocol"] == "HTTP")


def https_listener(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the listeners for HTTPS."""
    yield from ((name, one) for name, one in listener(cloud, outputs) if one["Protocol"] == "HTTPS")


def target_group(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the target groups of the load balancers."""
    for arn in _balancers(outputs):
        listed = cloud.pages("elbv2", "describe_target_groups", "TargetGroups", LoadBalancerArn=arn)
        yield from ((one["TargetGroupName"], one) for one in listed)


def web_acl(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the web ACL and its logging configuration."""
    arn = outputs["firewall/web_acl_arn"]
    name, number = arn.split("/")[-2:]
    found = cloud.read("wafv2", "get_web_acl", Name=name, Id=number, Scope="REGIONAL")["WebACL"]
    listed = cloud.read("wafv2", "list_logging_configurations", Scope="REGIONAL")["LoggingConfigurations"]
    yield name, {**found, "Logged": any(one["ResourceArn"] == arn for one in listed)}


def certificate(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the certificate."""
    arn = outputs["certificate/certificate_arn"]
    found = cloud.read("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
    yield found["DomainName"], found


def zone(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the hosted zone with what logs its queries."""
    number = zone_id(outputs["dns/zone_id"])
    listed = cloud.pages("route53", "list_query_logging_configs", "QueryLoggingConfigs")
    yield number, {"Logs": [one for one in listed if zone_id(one["HostedZoneId"]) == number]}


ENTRY = by_name(load_balancer, listener, http_listener, https_listener, target_group, web_acl, certificate, zone)
