"""Objectives as Prometheus's rules: the same limits as CloudWatch's alarms, judged by promtool."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.objectives import objective_alarms
from ansible_collections.slipway.aws.plugins.filter.prometheus import BUCKETS, fitting, prometheus_rules
from app.telemetry import exposition
from tests.unit.prometheus.conftest import ROOT

SHARED: dict[str, Any] = {"availability": 99.9, "latency": 99, "seconds": 0.5, "requests": 50}
OWN: dict[str, Any] = {"web": {}, "shop": {}, "api": {"availability": 99, "latency": None}}
_LIMIT = re.compile(r"\[(\w+)\]\)\) > ([\d.e-]+) and")


def rules(own: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Return rules by name and the services that they are of."""
    groups = prometheus_rules(OWN if own is None else own, SHARED, "https://example.com/runbooks/")["groups"]
    found = [rule for group in groups for rule in group["rules"]]
    return {f"{rule['alert']} {re.search('service=~"([^"]+)"', rule['expr'])[1]}": rule for rule in found}  # type: ignore[index]


def test_services_that_promise_the_same_share_rules() -> None:
    assert set(rules()) == {
        *(f"{kind}_{rate} web|shop" for kind in ("availability", "latency") for rate in ("fast", "slow")),
        *(f"availability_{rate} api" for rate in ("fast", "slow")),
    }


def test_limits_are_those_of_the_alarms() -> None:
    """Both sides are computed from the same objectives; each window of each rule has the threshold of its alarm."""
    alarms = {one["name"]: one["properties"]["Threshold"] for one in objective_alarms(OWN, SHARED, [], "x", {})}
    found = {
        f"{service}/{rule['alert']}/{window}": 100 * float(limit)
        for name, rule in rules().items()
        for service in name.split()[1].split("|")
        for window, limit in _LIMIT.findall(rule["expr"])
    }
    assert found == pytest.approx(alarms)


def test_runbooks_are_there() -> None:
    for rule in rules().values():
        place, _, page = rule["annotations"]["runbook_url"].rpartition("/")
        assert place == "https://example.com/runbooks"
        assert (ROOT / "docs" / "runbooks" / page).exists()


def test_nothing_promised_needs_no_rules() -> None:
    assert prometheus_rules({"web": {"availability": None, "latency": None}}, SHARED, "x") == {"groups": []}


def test_seconds_are_some_that_services_count_at() -> None:
    assert exposition.BUCKETS == BUCKETS
    with pytest.raises(AnsibleFilterError, match=r"objectives of web have seconds 0.6; .* 0.5, 0.75, 1,"):
        rules({"web": {"seconds": 0.6}})
    assert rules({"web": {"seconds": 0.6, "latency": None}})


def test_what_is_no_objective_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="availability of web is 100; a share from 50 to less than 100"):
        rules({"web": {"availability": 100}})


def test_files_that_are_too_long_are_refused() -> None:
    assert fitting({"A": "x" * 1000}, {"B": "y"}) == {"A": "x" * 1000}
    with pytest.raises(AnsibleFilterError, match="A 56000, B 1 bytes are more than the 56000 that fit"):
        fitting({"A": "x" * 56_000}, {"B": "y"})


# What they do, by promtool

MINUTES = 400


def series(service: str, *, failing: tuple[int, int] | None = None, rate: int = 60, share: float = 1.0) -> list[Any]:
    """Return the counters of a service with ``rate`` requests a minute.

    Args:
        service: its name.
        failing: first minute, and the one after the last, in which ``share`` of the requests are slow and answered 500.
        rate: requests a minute.
        share: of them.
    """
    first, last = failing or (MINUTES, MINUTES)
    bad = round(rate * share)
    parts = ((rate, 0, first), (rate - bad, bad, last - first), (rate, 0, MINUTES - last))
    well, failed = _counted([(one, long) for one, _, long in parts]), _counted([(two, long) for _, two, long in parts])
    every = _counted([(rate, MINUTES)])
    labels = f'job="services",service="{service}",side="blue",instance="a"'
    name = "http_request_duration_seconds"
    return [
        {"series": f'http_requests_total{{{labels},code="200"}}', "values": well},
        {"series": f'http_requests_total{{{labels},code="500"}}', "values": failed},
        {"series": f'{name}_bucket{{{labels},le="0.5"}}', "values": well},
        {"series": f"{name}_count{{{labels}}}", "values": every},
    ]


def _counted(parts: list[tuple[int, int]]) -> str:
    """Return a counter in promtool's notation: so much a minute for so many minutes."""
    value, texts = 0, ["0"]
    for each, long in parts:
        if long:
            texts.append(f"{value + each}+{each}x{long - 1}")
            value += each * long
    return " ".join(texts)


def rings(promtool: Callable[..., str], given: list[Any], minute: int, expected: dict[str, list[str]]) -> None:
    """Have promtool expect the services for which each alert rings at a minute, and no other alert."""
    content = prometheus_rules(OWN, SHARED, "docs/runbooks")
    wanted = [_wanted(content, alert, minute, expected.get(alert, [])) for alert in sorted(_alerts(content))]
    test = {"interval": "1m", "input_series": given, "alert_rule_test": wanted}
    promtool("test", "rules", "test.yml", rules=content, test={"rule_files": ["rules.yml"], "tests": [test]})


def _alerts(content: dict[str, Any]) -> set[str]:
    return {rule["alert"] for group in content["groups"] for rule in group["rules"]}


def _wanted(content: dict[str, Any], alert: str, minute: int, services: list[str]) -> dict[str, Any]:
    found = [rule for group in content["groups"] for rule in group["rules"] if rule["alert"] == alert]
    alerts = []
    for service in services:
        (rule,) = (rule for rule in found if re.search(rf'["|]{service}["|]', rule["expr"]))
        told = {key: text.replace("{{ $labels.service }}", service) for key, text in rule["annotations"].items()}
        alerts.append({"exp_labels": {**rule["labels"], "service": service}, "exp_annotations": told})
    return {"eval_time": f"{minute}m", "alertname": alert, "exp_alerts": alerts}


def test_promtool_takes_the_rules(promtool: Callable[..., str]) -> None:
    assert "6 rules found" in promtool("check", "rules", "rules.yml", rules=prometheus_rules(OWN, SHARED, "x"))


def test_an_outage_rings_for_the_service_alone_and_soon(promtool: Callable[..., str]) -> None:
    given = [*series("web", failing=(370, MINUTES)), *series("shop")]
    rings(promtool, given, 369, {})
    everything = {f"{kind}_{rate}": ["web"] for kind in ("availability", "latency") for rate in ("fast", "slow")}
    rings(promtool, given, 399, everything)


def test_it_ends_with_the_short_window(promtool: Callable[..., str]) -> None:
    given = series("web", failing=(335, 360))
    rings(promtool, given, 368, {"availability_slow": ["web"], "latency_slow": ["web"]})
    rings(promtool, given, 395, {})


def test_a_slow_leak_rings_slowly(promtool: Callable[..., str]) -> None:
    rings(promtool, series("web", failing=(1, MINUTES), rate=100, share=0.01), 399, {"availability_slow": ["web"]})


def test_a_service_has_its_own_limit(promtool: Callable[..., str]) -> None:
    given = [*series("web", failing=(1, MINUTES), share=0.05), *series("api", failing=(1, MINUTES), share=0.05)]
    rings(promtool, given, 399, {"availability_fast": ["web"], "availability_slow": ["web"]})
    given = series("api", failing=(1, MINUTES), share=0.2)
    rings(promtool, given, 399, {"availability_fast": ["api"], "availability_slow": ["api"]})


def test_few_requests_mean_nothing(promtool: Callable[..., str]) -> None:
    rings(promtool, series("web", failing=(1, MINUTES), rate=1), 399, {})
