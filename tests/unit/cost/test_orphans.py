"""What nothing uses is found, and what is in use is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.prices import Prices
from ansible_collections.slipway.aws.plugins.plugin_utils.orphans import report
from ansible_collections.slipway.aws.plugins.plugin_utils.orphans.asked import Asked, Orphan
from ansible_collections.slipway.aws.plugins.plugin_utils.orphans.finders import FINDERS
from tests.unit.docs.rendered import ROOT

PRICES = Prices(yaml.safe_load((ROOT / "roles" / "bill" / "files" / "prices.yml").read_text(encoding="utf-8")))
NOW = datetime(2026, 11, 27, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=31), NOW - timedelta(days=29)
PROD = [{"Key": "environment", "Value": "prod"}]


class Account(Cloud):
    """An account that answers with what a test puts into it."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []

    def time(self) -> float:
        return NOW.timestamp()

    def pages(self, _service: str, operation: str, _result: str, /, **parameters: Any) -> list[Any]:
        self.asked.append({"operation": operation, **parameters})
        return list(self.answers.get(operation, []))

    def read(self, _service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        self.asked.append({"operation": operation, **parameters})
        answer = self.answers[operation]
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)


def found(kind: str, account: Account) -> list[Orphan]:
    return list(FINDERS[kind](Asked(account, PRICES, 30)))


def snapshot(name: str, made: datetime) -> dict[str, Any]:
    return {"SnapshotId": name, "StartTime": made, "VolumeSize": 100, "Tags": PROD}


def balancer(name: str, made: datetime, kind: str = "application") -> dict[str, Any]:
    arn = f"arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/{name}/0"
    return {"LoadBalancerArn": arn, "LoadBalancerName": name, "Type": kind, "CreatedTime": made}


def instance(name: str, made: datetime, *, twice: bool = False) -> dict[str, Any]:
    sizes = {"DBInstanceClass": "db.t4g.micro", "AllocatedStorage": 20, "MultiAZ": twice, "TagList": PROD}
    return {"DBInstanceIdentifier": name, "InstanceCreateTime": made, **sizes}


def test_an_address_that_is_associated_with_nothing() -> None:
    used, free = {"AssociationId": "a", "PublicIp": "1.1.1.1"}, {"AllocationId": "eipalloc-1", "PublicIp": "1.1.1.2"}
    (one,) = found("addresses", Account(describe_addresses=[used, {**free, "Tags": PROD}]))
    assert (one.name, one.environment, one.month) == ("eipalloc-1", "prod", 3.65)


def test_a_volume_that_has_been_free_for_long() -> None:
    kinds = {"used": ("in-use", OLD), "new": ("available", YOUNG), "free": ("available", OLD)}
    given = [{"VolumeId": name, "State": state, "CreateTime": at, "Size": 50} for name, (state, at) in kinds.items()]
    assert [(one.name, one.month) for one in found("volumes", Account(describe_volumes=given))] == [("free", 4.0)]


def test_an_old_snapshot_that_no_image_needs() -> None:
    images = [{"BlockDeviceMappings": [{"Ebs": {"SnapshotId": "of-image"}}, {"VirtualName": "ephemeral0"}]}]
    given = [snapshot("of-image", OLD), snapshot("young", YOUNG), snapshot("old", OLD)]
    (one,) = found("snapshots", Account(describe_snapshots=given, describe_images=images))
    assert (one.name, one.environment, one.month) == ("old", "prod", 5.0)


def test_an_old_database_snapshot_that_somebody_made() -> None:
    common = {"DBInstanceIdentifier": "main", "AllocatedStorage": 20, "TagList": PROD}
    given = [{"DBSnapshotIdentifier": "old", "SnapshotCreateTime": OLD, **common}, {"Status": "creating", **common}]
    account = Account(describe_db_snapshots=given)
    (one,) = found("database snapshots", account)
    assert (one.name, one.month) == ("old", 1.9)
    assert account.asked[-1]["SnapshotType"] == "manual"


def test_snapshots_before_changes_are_wanted_as_long_as_their_database_is_there() -> None:
    tags = [*PROD, {"Key": "snapshot_before", "Value": "reboot"}]
    common = {"AllocatedStorage": 20, "SnapshotCreateTime": OLD, "TagList": tags}
    given = [
        {"DBSnapshotIdentifier": f"of-{name}", "DBInstanceIdentifier": name, **common} for name in ("main", "gone")
    ]
    account = Account(describe_db_snapshots=given, describe_db_instances=[instance("main", OLD)])
    assert [one.name for one in found("database snapshots", account)] == ["of-gone"]


@pytest.mark.parametrize(("twice", "month"), [(False, 13.98), (True, 27.96)])
def test_a_database_that_nobody_connected_to(month: float, *, twice: bool) -> None:
    given = [instance("quiet", OLD, twice=twice), instance("young", YOUNG)]
    account = Account(describe_db_instances=given, get_metric_statistics={"Datapoints": [{"Maximum": 0.0}]})
    (one,) = found("databases", account)
    assert (one.name, one.month) == ("quiet", pytest.approx(month))


def test_what_was_used_once_is_no_orphan() -> None:
    for kind, answers in {
        "databases": {"describe_db_instances": [instance("busy", OLD)]},
        "load balancers": {"describe_load_balancers": [balancer("busy", OLD)]},
        "NAT gateways": {"describe_nat_gateways": [{"NatGatewayId": "n", "State": "available", "CreateTime": OLD}]},
    }.items():
        points = {"Datapoints": [{"Sum": 0.0, "Maximum": 0.0}, {"Sum": 1.0, "Maximum": 1.0}]}
        assert found(kind, Account(**answers, get_metric_statistics=points)) == []


def test_a_load_balancer_that_had_no_request() -> None:
    given = [balancer("quiet", OLD), balancer("young", YOUNG), balancer("other", OLD, "network")]
    described = {"TagDescriptions": [{"Tags": PROD}]}
    account = Account(describe_load_balancers=given, get_metric_statistics={"Datapoints": []}, describe_tags=described)
    (one,) = found("load balancers", account)
    assert (one.name, one.environment, one.month) == ("quiet", "prod", pytest.approx(16.43, abs=0.01))
    asked = next(one for one in account.asked if one["operation"] == "get_metric_statistics")
    assert asked["Dimensions"] == [{"Name": "LoadBalancer", "Value": "app/quiet/0"}]
    assert asked["EndTime"] - asked["StartTime"] == timedelta(days=30)


def test_a_target_group_without_a_listener() -> None:
    given = [
        {"TargetGroupArn": "t", "TargetGroupName": name, "LoadBalancerArns": arns}
        for name, arns in {"used": ["b"], "free": []}.items()
    ]
    account = Account(describe_target_groups=given, describe_tags={"TagDescriptions": [{"Tags": []}]})
    assert [(one.name, one.month) for one in found("target groups", account)] == [("free", 0)]


def test_a_nat_gateway_that_nothing_went_through() -> None:
    given = [{"NatGatewayId": state, "State": state, "CreateTime": OLD} for state in ("available", "deleted")]
    account = Account(describe_nat_gateways=given, get_metric_statistics={"Datapoints": []})
    assert [(one.name, one.month) for one in found("NAT gateways", account)] == [("available", 32.85)]


def test_a_log_group_that_only_grows() -> None:
    given = [{"logGroupName": "kept", "retentionInDays": 7}, {"logGroupName": "grows", "storedBytes": 10 << 30}]
    assert [(one.name, one.month) for one in found("log groups", Account(describe_log_groups=given))] == [
        ("grows", 0.3)
    ]


def test_a_secret_that_nobody_reads() -> None:
    given = [
        {"Name": "read", "CreatedDate": OLD, "LastAccessedDate": YOUNG},
        {"Name": "never read", "CreatedDate": OLD, "Tags": PROD},
        {"Name": "of RDS", "CreatedDate": OLD, "OwningService": "rds"},
        {"Name": "going", "CreatedDate": OLD, "DeletedDate": YOUNG},
    ]
    assert [(one.name, one.month) for one in found("secrets", Account(list_secrets=given))] == [("never read", 0.4)]


def test_an_alarm_without_data() -> None:
    metrics = [{"Id": "a", "MetricStat": {}}, {"Id": "b", "MetricStat": {}}, {"Id": "c", "Expression": "a/b"}]
    states = {"rings": ("ALARM", OLD), "new": ("INSUFFICIENT_DATA", YOUNG), "blind": ("INSUFFICIENT_DATA", OLD)}
    given = [
        {"AlarmName": name, "StateValue": state, "StateUpdatedTimestamp": at, "Metrics": metrics}
        for name, (state, at) in states.items()
    ]
    assert [(one.name, one.month) for one in found("alarms", Account(describe_alarms=given))] == [("blind", 0.2)]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[list[Orphan], dict[str, str]]]:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeTags")
    group = {"TargetGroupArn": "t", "TargetGroupName": "free", "LoadBalancerArns": []}
    address = {"AllocationId": "<b>", "PublicIp": "1.1.1.2"}
    volume = {"VolumeId": "v", "State": "available", "CreateTime": OLD, "Size": 500}
    account = Account(
        describe_target_groups=[group], describe_tags=denied, describe_addresses=[address], describe_volumes=[volume]
    )
    return lambda: report.find(Asked(account, PRICES, 30))


def test_the_dearest_is_told_first_and_what_could_not_be_looked_at_last(
    told: Callable[[], tuple[list[Orphan], dict[str, str]]],
) -> None:
    assert report.lines(*told()) == [
        "volume v: 500 GiB attached to nothing; 40.00 dollars a month",
        "address <b>: is associated with nothing; 3.65 dollars a month",
        "target groups could not be looked at: DescribeTags was refused with AccessDenied: no",
    ]


def test_a_kind_that_is_described_in_part_only_hides_no_other() -> None:
    volume = {"VolumeId": "v", "State": "available", "CreateTime": OLD, "Size": 10}
    found, unknown = report.find(Asked(Account(describe_volumes=[volume], describe_addresses=[{}]), PRICES, 30))
    assert [one.name for one in found] == ["v"]
    assert "it lacks 'PublicIp', as finders.py line" in unknown["addresses"]


def test_the_page_shows_names_as_text(told: Callable[[], tuple[list[Orphan], dict[str, str]]], tmp_path: Path) -> None:
    page = tmp_path / "dev.html"
    report.write(page, "Unused", *told())
    assert "&lt;b&gt;" in page.read_text(encoding="utf-8")
    assert "<b>" not in page.read_text(encoding="utf-8")
    assert '"month": 40.0' in page.with_suffix(".json").read_text(encoding="utf-8")
