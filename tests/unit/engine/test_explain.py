"""What people read when a call failed."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import explain


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeAlarms")


def test_a_refusal_of_aws_is_told_in_its_own_words() -> None:
    told = explain(refusal("AccessDenied", "User is not authorized"))
    assert told == "DescribeAlarms was refused with AccessDenied: User is not authorized"


@pytest.mark.parametrize("page", ["<!doctype html>\n<html lang=en>...", "<HTML><BODY>Bad gateway</BODY></HTML>"])
def test_a_web_page_is_not_repeated_but_its_sender_looked_for(page: str) -> None:
    told = explain(refusal("502", page))
    assert told.startswith("DescribeAlarms was answered with 502 and a web page")
    assert "proxy" in told
    assert "AWS_ENDPOINT_URL" in told
    assert "<" not in told
