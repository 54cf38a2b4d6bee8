"""A lease table in an account of its own."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import LeaseStore
from tests.unit.accounts import MANY_POLICIES

TABLE = "slipway-test-leases"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[LeaseStore]:
    """Return an empty lease table whose leases last a minute."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "SLIPWAY_TIME_SCALE", MANY_POLICIES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        boto3.client("dynamodb", "us-east-1").create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield LeaseStore(Cloud("us-east-1"), TABLE, 60.0)
