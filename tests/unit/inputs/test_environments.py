"""Two environments side by side: what differs is in the report, what does not is not."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.slipway.aws.plugins.plugin_utils.environments import (
    Inventory,
    differences,
    read_inventory,
    report,
)

ROOT = Path(__file__).parents[3]


def test_inventories_are_read_as_they_are_written() -> None:
    staging, prod = (read_inventory(ROOT / "inventories" / name, ROOT) for name in ("staging", "prod"))
    assert staging.shared["env_name"] == "staging"
    assert prod.shared["env_name"] == "prod"
    assert staging.hosts == prod.hosts
    assert (
        staging.services["web"]["service_domain"] == prod.services["web"]["service_domain"] == "web.{{ dns_zone_name }}"
    )
    assert not {"groups", "omit", "inventory_hostname"} & set(staging.shared)
    found = {row[0]: row[1:] for row in differences(staging.shared, prod.shared, {}, ())}
    assert "network_cidr" in found
    assert "project" not in found


def test_a_default_stands_where_one_side_says_nothing() -> None:
    rows = list(differences({"a": 1, "same": 1, "b": 2}, {"same": 1, "b": 3}, {"a": 5}, ["b"]))
    assert rows == [("a", "`1`", "`5` (default)")]
    assert list(differences({"a": 5}, {}, {"a": 5}, ())) == []
    ((_, shown, missing),) = differences({"x": "a" * 200}, {}, {}, ())
    assert len(shown) < 90
    assert missing == "-"


def test_the_report_names_hosts_versions_and_services() -> None:
    one = Inventory({"web", "api", "cache"}, {"size": 1}, {"web": {"cpu": 256}, "api": {}})
    other = Inventory({"web", "api"}, {"size": 2}, {"web": {"cpu": 512}, "api": {}})
    page = report(("dev", "prod"), (one, other), [("web", "1", "2"), ("api", "1", "1")], {}, ())
    for line in ("| web | 1 | 2 | differs |", "| api | 1 | 1 | same |", "Only in dev: cache", "| size | `1` | `2` |"):
        assert line in page.splitlines()
    assert "| cpu | `256` | `512` |" in page
    assert "## Variables of api\n\nNone differs." in page
