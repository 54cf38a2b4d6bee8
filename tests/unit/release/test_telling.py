"""People are told and reports are kept; and a release does not fail because that did not work."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.release.keep import keep_report
from ansible_collections.slipway.aws.plugins.plugin_utils.release.mark import mark, mark_share
from ansible_collections.slipway.aws.plugins.plugin_utils.release.notify import SUBJECT, notify
from tests.unit.release.entries import ended

BAD = ended("rolled back", 0.04)


class Writes:
    """Keeps what is written, or refuses it."""

    def __init__(self, *, refused: bool = False) -> None:
        self.refused = refused
        self.made: list[dict[str, Any]] = []

    def write(self, _service: str, operation: str, **parameters: Any) -> None:
        if self.refused:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
        self.made.append(parameters)


@pytest.fixture
def cloud() -> Any:
    return Writes()


@pytest.fixture
def refusing() -> Any:
    return Writes(refused=True)


def test_people_read_what_became_of_it_and_why(cloud: Any) -> None:
    assert notify(cloud, "arn:topic", BAD, "rolled back") == ""
    told = cloud.made[0]
    assert told["TopicArn"] == "arn:topic"
    assert told["Subject"] == "web 1.2.0: rolled back"
    assert told["MessageAttributes"]["release"]["StringValue"] == "rolled back"
    for part in (BAD["reason"], "release 12", "anna", "from 1.1.0", "ValueError: <broken>"):
        assert part in told["Message"]


def test_subjects_are_as_short_as_sns_takes_them(cloud: Any) -> None:
    notify(cloud, "arn:topic", BAD, "x" * 200)
    assert len(cloud.made[0]["Subject"]) == SUBJECT


def test_nobody_is_told_without_a_topic(cloud: Any) -> None:
    assert notify(cloud, "", BAD, "begun") == ""
    assert cloud.made == []


def test_who_cannot_be_told_is_no_reason_to_fail(refusing: Any) -> None:
    assert "nobody was told: publish was refused with AccessDenied" in notify(refusing, "arn:topic", BAD, "begun")


def test_reports_are_kept_under_the_service_and_the_number(cloud: Any) -> None:
    assert keep_report(cloud, "state", BAD) == " and s3://state/releases/web/000012.html"
    assert [one["Key"] for one in cloud.made] == ["releases/web/000012.html", "releases/web/000012.json"]
    assert cloud.made[0]["ContentType"].startswith("text/html")


def test_a_bucket_that_refuses_is_told_of(refusing: Any, cloud: Any) -> None:
    assert "not kept in state: put_object was refused with AccessDenied" in keep_report(refusing, "state", BAD)
    assert keep_report(cloud, "", BAD) == ""
    assert cloud.made == []


def points(cloud: Any) -> dict[str, float]:
    (made,) = cloud.made
    assert made["Namespace"] == "slipway-dev"
    assert all(one["Dimensions"] == [{"Name": "service", "Value": "web"}] for one in made["MetricData"])
    return {one["MetricName"]: one["Value"] for one in made["MetricData"]}


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("promoted", {"ReleasePromoted": 1, "ReleaseShare": 100}),
        ("rolled back", {"ReleaseRolledBack": 1, "ReleaseShare": 0}),
    ],
)
def test_pictures_get_a_mark_where_a_release_ends(cloud: Any, phase: str, expected: dict[str, float]) -> None:
    mark(cloud, "slipway-dev", "web", phase)
    assert points(cloud) == expected


def test_pictures_get_the_share_meanwhile(cloud: Any) -> None:
    mark_share(cloud, "slipway-dev", "web", 10.0)
    assert points(cloud) == {"ReleaseShare": 10}


def test_only_ends_are_marked_and_a_mark_is_not_worth_a_release(cloud: Any, refusing: Any) -> None:
    mark(cloud, "slipway-dev", "web", "baking")
    mark(cloud, "", "web", "promoted")
    mark_share(cloud, "", "web", 10.0)
    assert cloud.made == []
    mark(refusing, "slipway-dev", "web", "promoted")
    mark_share(refusing, "slipway-dev", "web", 10.0)
