"""Reads moto's APIs and writes what the front routes by."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from moto.backends import get_backend

from rehearsal.control.hooks_apigatewayv2 import named
from rehearsal.control.rest_apis import region_of
from rehearsal.edge.certificates import certificate
from rehearsal.edge.gateway.rest_reader import rest_apis
from rehearsal.edge.reachable import Reach
from rehearsal.world import World

#: Port of the listeners that links lead to.
HTTPS = 443


def gateways(world: World, acls: Callable[[str], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a document a region that has APIs; ``acls`` returns a region's web ACLs by what they protect."""
    backends = dict.items(get_backend("apigatewayv2")[world.account])
    return [
        _Region(world, region, backend).document(acls(region))
        for region, backend in backends
        if backend.apis or region_of(world, region).apis
    ]


class _Region:
    """One region's part."""

    def __init__(self, world: World, region: str, backend: Any) -> None:
        self.world = world
        self.region = region
        self.backend = backend
        self.reach = Reach(world.backend("ec2", region))

    def document(self, acls: dict[str, Any]) -> dict[str, Any]:
        rest = rest_apis(region_of(self.world, self.region), self._linked, acls, self.region)
        hosts = [self._host(api) for api in [*self.backend.apis, *(one["id"] for one in rest)]]
        own = f"*.execute-api.{self.region}.amazonaws.com"
        chain, key = self.world.authority.issue([own])
        domains = list(self.backend.domain_names.values())
        certificates = [{"names": [own], "chain": str(chain), "key": str(key)}]
        certificates += [found for one in domains for found in self._certificates(one)]
        return {
            "arn": f"gateway/{self.region}",
            "address": self.world.address(f"gateway/{self.region}"),
            "targets": [*self._targets(domains), *hosts],
            "domains": {one.domain_name.lower(): self._mappings(one.domain_name) for one in domains},
            "apis": [self._api(one) for one in list(self.backend.apis.values())],
            "rest": rest,
            "certificates": certificates,
            "trusted": self.world.authority.root_pem,
        }

    def _host(self, api: str) -> str:
        return f"{api}.execute-api.{self.region}.amazonaws.com"

    def _certificates(self, domain: Any) -> list[dict[str, Any]]:
        arns = [each["certificateArn"] for each in domain.domain_name_configurations]
        found = [certificate(self.world, self.region, arn) for arn in arns]
        return [{**one, "names": [domain.domain_name]} for one in found if one]

    @staticmethod
    def _targets(domains: list[Any]) -> list[str]:
        return [each["apiGatewayDomainName"] for one in domains for each in one.domain_name_configurations]

    def _mappings(self, domain: str) -> list[list[str]]:
        found = [one for one in list(self.backend.api_mappings.values()) if one.domain_name == domain]
        return [[one.api_mapping_key or "", one.api_id, one.stage] for one in found]

    def _api(self, one: Any) -> dict[str, Any]:
        stages = {name: self._stage(stage) for name, stage in list(one.stages.items()) if stage.auto_deploy}
        routes = [self._route(one, route) for route in list(one.routes.values())]
        return {
            "id": one.api_id,
            "endpoint": not one.disable_execute_api_endpoint,
            "stages": stages,
            "routes": [route for route in routes if route],
        }

    @staticmethod
    def _stage(stage: Any) -> dict[str, Any]:
        return {
            "throttle": named(stage.default_route_settings),
            "routes": {key: named(each) for key, each in (stage.route_settings or {}).items()},
            "variables": dict(stage.stage_variables or {}),
            "log": named(stage.access_log_settings),
        }

    def _route(self, api: Any, route: Any) -> dict[str, Any] | None:
        integration = api.integrations.get((route.target or "").removeprefix("integrations/"))
        authorizer = api.authorizers.get(route.authorizer_id) if route.authorization_type == "JWT" else None
        if integration is None:
            return None
        return {
            "key": route.route_key,
            "fields": {"AuthorizationScopes": list(route.authorization_scopes or [])},
            "integration": self._integration(integration),
            "authorizer": self._authorizer(authorizer) if authorizer else None,
        }

    @staticmethod
    def _authorizer(one: Any) -> dict[str, Any]:
        return {**named(one.jwt_config), "IdentitySource": one.identity_source[0]}

    def _integration(self, one: Any) -> dict[str, Any]:
        return {
            "uri": one.integration_uri,
            "link": self._link(one),
            "server": named(one.tls_config).get("ServerNameToVerify", ""),
            "seconds": int(one.timeout_in_millis or 30000) / 1000,
            "request": dict(one.request_parameters or {}),
            "response": dict(one.response_parameters or {}),
        }

    def _link(self, integration: Any) -> str:
        """Return the address in the VPC from which a link reaches a listener; empty when it does not."""
        balancers = list(self.world.backend("elbv2", self.region).load_balancers.values())
        balancer = next((one for one in balancers if integration.integration_uri in one.listeners), None)
        return self._source(integration.connection_id, balancer, HTTPS)

    def _linked(self, link: str, target: str, port: int) -> tuple[str, str]:
        """Return from which address a link reaches a load balancer, and the listener of a port; empty for none."""
        balancer = self.world.backend("elbv2", self.region).load_balancers.get(target)
        found = [one.arn for one in balancer.listeners.values() if int(one.port) == port] if balancer else []
        return self._source(link, balancer, port), found[0] if found else ""

    def _source(self, number: str, balancer: Any, port: int) -> str:
        link = self.backend.vpc_links.get(number)
        if link is None or balancer is None:
            return ""
        subnets = [self.world.backend("ec2", self.region).get_subnet(one) for one in link.subnet_ids]
        client = SimpleNamespace(security_groups=link.sg_ids, subnets=subnets)
        if balancer.vpc_id != subnets[0].vpc_id or not self.reach.between(client, balancer, port):
            return ""
        return str(ipaddress.ip_network(subnets[0].cidr_block)[10])
