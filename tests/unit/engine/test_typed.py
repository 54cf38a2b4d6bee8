"""What a survey sends as text has the type of AWS's own API."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.resource import Resource
from ansible_collections.slipway.aws.plugins.plugin_utils.typed import typed


@pytest.mark.parametrize(
    ("kind", "name", "given", "meant"),
    [
        ("rds_db_instance", "AllocatedStorage", "50", 50),
        ("rds_db_instance", "MultiAZ", "false", False),
        ("rds_db_instance", "MultiAZ", "Yes", True),
        ("rds_db_instance", "EngineVersion", "18", "18"),
        ("rds_db_instance", "AllocatedStorage", "much", "much"),
        ("cloudwatch_alarm", "Threshold", "99.5", 99.5),
        ("cloudwatch_alarm", "Dimensions", [{"Name": "A", "Value": "1"}], [{"Name": "A", "Value": "1"}]),
        ("logs_log_group", "retentionInDays", "30", 30),
    ],
)
def test_text_is_what_the_model_asks_for(kind: str, name: str, given: Any, meant: Any) -> None:
    for where in ("properties", "initial"):
        values: dict[str, Any] = {"properties": {}, where: {name: given}}
        found = getattr(typed(Resource(kind, "one", **values)), where)[name]
        assert (found, type(found)) == (meant, type(meant))
