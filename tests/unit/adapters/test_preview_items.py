"""Places of previews in the lease table, against moto's DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.previews.places import (
    PLACES,
    Preview,
    keep,
    leave,
    read_previews,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.adapters.converging import REGION

Client = Callable[[str], Any]
TABLE = "slipway-test-leases"
END = "2026-05-01T09:00:00Z"


def preview(branch: str, place: int = 0) -> Preview:
    name = f"preview-{branch[:1]}"
    return Preview(place, name, "web", branch, "1.0.0", f"{name}.x.org", "main", database=True, hours=72, expires=END)


@pytest.fixture
def cloud(client: Client) -> Cloud:
    client("dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return Cloud(REGION)


def test_without_a_table_there_are_none(aws: None) -> None:
    del aws
    assert read_previews(Cloud(REGION), TABLE) == []


def test_a_place_is_kept_and_left(cloud: Cloud) -> None:
    one, two = preview("a"), preview("feature/{{ x }}", PLACES - 1)
    for item in (one, two, replace(one, image_tag="1.1.0")):
        keep(cloud, TABLE, item)
    assert read_previews(cloud, TABLE) == [replace(one, image_tag="1.1.0"), two]
    leave(cloud, TABLE, one)
    assert read_previews(cloud, TABLE) == [two]


def test_a_place_that_somebody_has_taken_is_not_taken_from_him(cloud: Cloud) -> None:
    keep(cloud, TABLE, preview("a"))
    with pytest.raises(ConvergeError, match="another preview has taken place 0"):
        keep(cloud, TABLE, preview("b"))
    assert [one.branch for one in read_previews(cloud, TABLE)] == ["a"]
