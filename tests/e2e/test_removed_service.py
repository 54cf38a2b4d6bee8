"""A service that the inventory has no longer is named, and removed on request while the others go on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import KEPT, ROOT, Environment, quiet, writes
from tests.e2e.releases import item
from tests.e2e.test_previews import holds

OWN = Path("group_vars") / "dev"
REMOVE = ("playbooks/remove_service.yml", "-e", "confirm=dev", "-e")
#: Of the command that everybody is told.
COMMAND = "remove_service.yml -i inventories/dev -e confirm=dev -e service=api"
MORE = {
    "service_domain": "api.{{ dns_zone_name }}",
    "service_desired_count": 1,
    "service_secrets": {"TOKEN": {"generate": {"length": 20}}},
}


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def with_api(dev: Environment, directory: Path) -> Environment:
    """Return the same environment as an inventory sees it that has one service more."""
    shutil.copytree(ROOT / "inventories" / "dev", directory, symlinks=True)
    (directory / "group_vars" / "all").unlink()
    (directory / "group_vars" / "all").symlink_to(ROOT / "group_vars" / "all")
    _change(directory / "hosts.yml", lambda all_of: _services(all_of).update(api=None))
    _change(directory / OWN / "services.yml", lambda own: own["environment_services"].update(api={"priority": 110}))
    _change(directory / OWN / "releases.yml", lambda own: own["releases"].update(api={"image_tag": "1.0.0"}))
    shutil.copy(directory / "host_vars" / "web.yml", directory / "host_vars" / "api.yml")
    _change(directory / "host_vars" / "api.yml", lambda own: own.update(MORE))
    more = Environment(dev.name, dev.variables, dev.logs)
    more.inventory_path = str(directory)
    return more


def _services(inventory: Any) -> Any:
    return inventory["all"]["children"]["dev"]["children"]["services"]["hosts"]


def _change(path: Path, change: Any) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data), encoding="utf-8")


def tagged(dev: Environment, service: str) -> set[str]:
    """Return the ARNs of what stands of a service, but for what AWS shows for a while after its end."""
    pages = dev.client("resourcegroupstaggingapi").get_paginator("get_resources")
    wanted = {"environment": dev.name, "service": service}
    filters = [{"Key": key, "Values": [value]} for key, value in wanted.items()]
    arns = {one["ResourceARN"] for page in pages.paginate(TagFilters=filters) for one in page["ResourceTagMappingList"]}
    return {arn for arn in arns if ":".join(arn.split(":")[2:6:3]).split("/")[0] not in KEPT}


def what_is_there(dev: Environment) -> dict[str, Any]:
    """Return what there is of whatever a service has, tagged or not."""
    iam, cloudwatch, route53 = (dev.client(name) for name in ("iam", "cloudwatch", "route53"))
    zones = [zone["Id"] for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"].startswith("dev.")]
    records = route53.list_resource_record_sets(HostedZoneId=zones[0])["ResourceRecordSets"]
    return {
        "of api": tagged(dev, "api"),
        "of web": tagged(dev, "web"),
        "roles": sorted(role["RoleName"] for role in iam.list_roles()["Roles"]),
        "dashboards": [one["DashboardName"] for one in cloudwatch.list_dashboards()["DashboardEntries"]],
        "records": [record["Name"] for record in records],
        "groups": [one["GroupName"] for one in dev.client("xray").get_groups()["Groups"]],
        "record": item(dev, "services/api"),
    }


@pytest.mark.soak
def test_a_removed_service_is_named_and_goes_on_request(fresh: Environment, tmp_path: Path) -> None:
    dev = fresh  # whose web runs what Git wants, so that nothing drifts in the end
    dev.stand_up()
    before = what_is_there(dev)
    more = with_api(dev, tmp_path / "dev")
    more.playbook("site.yml")
    cli.order("tasks.push", image="web:1.0.0", repository="slipway-dev/api", region="us-east-1")
    more.playbook("site.yml", "--limit", "api")
    assert item(dev, "services/api")["image_tag"]["S"] == "1.0.0"
    refused = more.playbook(*REMOVE, "service=api", expect=2)
    assert "service is api, which the inventory has" in refused.said

    assert COMMAND in dev.playbook("playbooks/drift.yml", expect=2).said
    assert COMMAND not in dev.playbook("playbooks/plan.yml", "--limit", "web").said
    assert COMMAND in dev.playbook("site.yml").said
    quiet()
    so_far = writes()
    dev.playbook(*REMOVE, "service=api", "--check")
    assert writes() == so_far
    assert holds(dev, "EXISTS (SELECT FROM pg_namespace WHERE nspname = 'api')")

    with Load(dev.url, dev.variables) as load:
        dev.playbook(*REMOVE, "service=api")
    assert load.read > 0
    assert load.failures == []
    assert what_is_there(dev) == before
    assert not holds(dev, "EXISTS (SELECT FROM pg_namespace WHERE nspname = 'api')")
    assert holds(dev, "EXISTS (SELECT FROM pg_namespace WHERE nspname = 'web')")
    assert "nothing stands of api" in dev.playbook(*REMOVE, "service=api").said
    assert COMMAND not in dev.playbook("playbooks/drift.yml").said


def test_teardown_refuses_a_service(dev: Environment) -> None:
    refused = dev.playbook("playbooks/teardown.yml", "-e", "confirm=dev", "-e", "service=api", expect=2)
    assert "teardown.yml removes all of dev" in refused.said
    assert "-e service=api" in refused.said
