"""Route tables with their routes and subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..adapter import tag_dict
from ..compare import Changes
from ..resource import Resource, State
from ._ec2 import Ec2Adapter, additions

DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "EgressOnlyInternetGatewayId",
    "InstanceId",
    "TransitGatewayId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "NetworkInterfaceId",
    "VpcPeeringConnectionId",
    "CoreNetworkArn",
)
#: States of an association that holds.
LIVE = ("associating", "associated")
Route = Mapping[str, Any]


class Ec2RouteTable(Ec2Adapter):
    """A route table: all its ``Routes`` (a destination and a target each) and all its ``SubnetIds``.

    The VPC's local routes, those of gateway endpoints and propagated ones belong to others and are left alone.
    """

    create_operation = "CreateRouteTable"
    kind = "route-table"
    more_properties = ("Routes", "SubnetIds")
    required = ("VpcId",)
    immutable = ("VpcId",)
    unordered = ("Routes", "SubnetIds")
    exact = ("Routes",)
    computed = ("RouteTableId",)
    list_operation = ("describe_route_tables", "RouteTables", "RouteTableId")
    delete_operation = ("delete_route_table", "InvalidRouteTableID.NotFound")

    def state(self, item: dict[str, Any]) -> State:
        """Reduce routes to what can be declared, and associations to subnets."""
        live = [a for a in item.get("Associations", []) if a.get("AssociationState", {}).get("State") in {None, *LIVE}]
        subnets = {a["SubnetId"]: a["RouteTableAssociationId"] for a in live if "SubnetId" in a}
        return {
            **item,
            "Routes": [_reduced(route) for route in item.get("Routes", []) if _ours(route)],
            "SubnetIds": sorted(subnets),
            "Associations": subnets,
            "Tags": tag_dict(item.get("Tags")),
        }

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend routes before subnets, so that no subnet meets a table without its routes."""
        if "Routes" in changes:
            self._route(state["RouteTableId"], state["Routes"], changes["Routes"].after)
        if "SubnetIds" in changes:
            self._associate(state, *additions(state["SubnetIds"], changes["SubnetIds"].after))
        super().update(resource, state, changes)

    def _route(self, table: str, before: list[Route], after: list[Route]) -> None:
        old, new = ({_destination(route): route for route in routes} for routes in (before, after))
        for destination, route in new.items():
            if destination not in old:
                self.write("create_route", RouteTableId=table, **route)
            elif old[destination] != route:
                self.write("replace_route", RouteTableId=table, **route)
        for name, value in set(old) - set(new):
            self.write_unless("delete_route", ["InvalidRoute.NotFound"], RouteTableId=table, **{name: value})

    def _associate(self, state: State, add: list[str], remove: list[str]) -> None:
        elsewhere = self._associations(add) if add else {}
        for subnet in add:
            if subnet in elsewhere:  # moved by hand; replacing leaves no moment without a table
                moved = {"AssociationId": elsewhere[subnet], "RouteTableId": state["RouteTableId"]}
                self.write("replace_route_table_association", **moved)
            else:
                self.write("associate_route_table", SubnetId=subnet, RouteTableId=state["RouteTableId"])
        for subnet in remove:
            self._disassociate(state["Associations"][subnet])

    def _associations(self, subnets: list[str]) -> dict[str, str]:
        filters = [{"Name": "association.subnet-id", "Values": subnets}]
        tables = self.cloud.pages("ec2", "describe_route_tables", "RouteTables", Filters=filters)
        return {name: key for table in tables for name, key in self.state(table)["Associations"].items()}

    def _disassociate(self, association: str) -> None:
        gone = ["InvalidAssociationID.NotFound"]
        self.write_unless("disassociate_route_table", gone, AssociationId=association)

    def delete(self, resource: Resource, state: State) -> None:
        """Give its subnets back to the VPC's main table and delete it."""
        for association in state["Associations"].values():
            self._disassociate(association)
        super().delete(resource, state)


def _ours(route: Route) -> bool:
    gateway = str(route.get("GatewayId", ""))
    return route.get("Origin", "CreateRoute") == "CreateRoute" and gateway != "local" and gateway[:5] != "vpce-"


def _reduced(route: Route) -> dict[str, Any]:
    return {name: route[name] for name in (*DESTINATIONS, *TARGETS) if route.get(name)}


def _destination(route: Route) -> tuple[str, str]:
    return next((name, str(route[name])) for name in DESTINATIONS if name in route)


ADAPTER = Ec2RouteTable
