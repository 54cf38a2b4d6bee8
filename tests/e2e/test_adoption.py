"""A shop that Terraform made is taken over, and stays as it is: in the plan, and when it is carried out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.environment import ROOT, Environment, writes
from tests.unit.adopt.shop import API_KEY, GENERATED, IN_THE_OPEN, PASSWORD, Shop

PARTS = ("group_vars", "inventories", "playbooks", "roles", "collections", "filter_plugins")
#: One of each risk that the shop is known to have.
BETTER = {
    ("none", "rds_db_instance.main", "DeletionProtection"),
    ("restart", "rds_db_instance.main", "DBParameterGroupName"),
    ("replacement", "rds_db_instance.main", "StorageEncrypted"),
    ("outage", "elbv2_listener.https", "DefaultActions"),
    ("outage", "ec2_network_acl.private", "is made anew"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a checkout that may be written to."""
    for name in PARTS:
        shutil.copytree(ROOT / name, tmp_path / "project" / name, symlinks=True)
    for name in ("ansible.cfg", "site.yml"):
        shutil.copy(ROOT / name, tmp_path / "project")
    return tmp_path / "project"


def seen(environment: Environment, shop: Shop) -> dict[str, Any]:
    """Return how everything of the shop is, as AWS describes it."""
    ec2, elb = environment.client("ec2"), environment.client("elbv2")
    vpc = [{"Name": "vpc-id", "Values": [shop.ids["aws_vpc.this"]]}]
    ids = set(shop.ids.values())

    def of_shop(items: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
        return sorted((one for one in items if one[key] in ids), key=lambda one: str(one[key]))

    balancer = elb.describe_load_balancers(Names=["shop-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    old = [one for one in listeners if one["Port"] in {80, 443}]
    database = environment.client("rds").describe_db_instances(DBInstanceIdentifier="shop-db")["DBInstances"][0]
    database.pop("LatestRestorableTime", None)
    return {
        "vpc": ec2.describe_vpcs(Filters=vpc)["Vpcs"],
        "subnets": of_shop(ec2.describe_subnets(Filters=vpc)["Subnets"], "SubnetId"),
        "tables": of_shop(ec2.describe_route_tables(Filters=vpc)["RouteTables"], "RouteTableId"),
        "groups": of_shop(ec2.describe_security_groups(Filters=vpc)["SecurityGroups"], "GroupId"),
        "acls": ec2.describe_network_acls(Filters=vpc)["NetworkAcls"],
        "listeners": sorted(old, key=lambda one: int(one["Port"])),
        "attributes": elb.describe_load_balancer_attributes(LoadBalancerArn=balancer)["Attributes"],
        "database": database,
        "repository": environment.client("ecr").describe_repositories(repositoryNames=["shop/web"])["repositories"],
        "secret": environment.client("secretsmanager").get_secret_value(SecretId="shop/api-key")["SecretString"],
        "settings": environment.client("ecs").describe_clusters(clusters=["shop"], include=["SETTINGS"])["clusters"][0][
            "settings"
        ],
    }


def adopted(fresh: Environment, project: Path) -> tuple[Environment, Shop, str]:
    """Return the environment that was taken over, what it was before, and what was said."""
    shop = Shop(fresh.client, image="shop/web:1.0.0", tasks=0)
    fresh.client("rds").get_waiter("db_instance_available").wait(WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    state = project.parent / "shop.tfstate"
    state.write_text(json.dumps(shop.state()), encoding="utf-8")
    fresh.root = project
    before = writes()
    said = fresh.playbook("playbooks/adopt.yml", "--diff", "-e", "adopt_name=shop", "-e", f"adopt_state={state}")
    assert writes() == before
    return Environment("shop", fresh.variables, fresh.logs, project), shop, said.output


def test_a_shop_is_taken_over(fresh: Environment, project: Path) -> None:
    environment, shop, said = adopted(fresh, project)
    report = json.loads((project / "reports/adoption/shop.json").read_text(encoding="utf-8"))
    assert report["changes"] == []
    assert "the next run changes nothing of what stands" in " ".join(said.split())
    assert {(one["risk"], one["resource"], one["what"]) for one in report["improvements"]} >= BETTER
    _no_secret(project, said)
    before = seen(environment, shop)
    planned = environment.playbook("site.yml", "--check", "--diff")
    assert set(planned.resources.values()) == {"created"}
    environment.playbook("site.yml")
    after = seen(environment, shop)
    assert {name: after[name] for name in before if after[name] != before[name]} == {}


def _no_secret(project: Path, said: str) -> None:
    written = [*(project / "inventories/shop").rglob("*"), *(project / "reports").rglob("*")]
    texts = [said, *(path.read_text(encoding="utf-8") for path in written if path.is_file())]
    for secret in (PASSWORD, API_KEY, GENERATED, IN_THE_OPEN):
        assert [text for text in texts if secret in text] == []
