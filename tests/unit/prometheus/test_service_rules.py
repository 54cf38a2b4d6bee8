"""Rules on tasks that cannot be read, on slow and failed answers and on what tasks use, judged by promtool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.prometheus_services import prometheus_service_rules

SCRAPED = [{"service": "web", "side": "blue"}, {"service": "web", "side": "green"}, {"service": "api", "side": "main"}]
LIMITS = {
    "latency_p95": 1,
    "latency_p99": 3,
    "requests": 50,
    "error_share": 5,
    "error_requests": 20,
    "cpu": 90,
    "memory": 90,
}
SIZES = {"cpu": {"web": 256, "api": 512}, "memory": {"web": 512, "api": 512}}
OWN: dict[str, dict[str, Any]] = {"api": {"latency_p95": 2, "latency_p99": None, "cpu": 80}}
WATCHED = ("no_targets", "target_down", "latency_p95", "latency_p99", "error_share", "cpu", "memory")
#: Labels of the alerts of one colour.
LABELS = {
    "latency_p95": {"limit": "1 s"},
    "latency_p99": {"limit": "3 s"},
    "error_share": {"side": "blue", "limit": "5 %"},
    "cpu": {"side": "blue", "limit": "90 % of 256"},
    "memory": {"side": "blue", "limit": "90 % of 512"},
}


def content(own: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    return prometheus_service_rules(
        SCRAPED, LIMITS, OWN if own is None else own, SIZES, "https://example.com/runbooks/"
    )


def rules(own: dict[str, dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    (group,) = content(own)["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def rings(promtool: Callable[..., str], given: list[Any], minute: int, **expected: str) -> None:
    """Have promtool expect for ``web`` the summaries of the alerts that ring at a minute, and no others."""
    wanted = []
    for alert in WATCHED:
        url = f"https://example.com/runbooks/{alert}.md"
        told = {
            "exp_labels": {"service": "web", **LABELS.get(alert, {})},
            "exp_annotations": {"summary": expected.get(alert), "runbook_url": url},
        }
        wanted.append(
            {"eval_time": f"{minute}m", "alertname": alert, "exp_alerts": [told] if alert in expected else []}
        )
    test = {"interval": "1m", "input_series": given, "alert_rule_test": wanted}
    promtool("test", "rules", "test.yml", rules=content(), test={"rule_files": ["rules.yml"], "tests": [test]})


def up(values: str, instance: str = "a", service: str = "web") -> dict[str, str]:
    return {"series": f'up{{job="services",service="{service}",instance="{instance}"}}', "values": values}


def latencies(slow: int, rate: int = 100, service: str = "web") -> list[dict[str, str]]:
    """Return counters of ``rate`` requests a minute: ``slow`` take 2 to 5 seconds, the others at most 1."""
    name, labels = "http_request_duration_seconds", f'service="{service}",instance="a"'
    counts = {"1.0": rate - slow, "2.0": rate - slow, "5.0": rate, "+Inf": rate}
    buckets = [
        {"series": f'{name}_bucket{{{labels},le="{le}"}}', "values": f"0+{each}x60"} for le, each in counts.items()
    ]
    return [*buckets, {"series": f"{name}_count{{{labels}}}", "values": f"0+{rate}x60"}]


def test_services_of_one_limit_share_a_rule_and_null_leaves_it_out() -> None:
    shared = {(one["alert"], one["expr"].split('service=~"')[1].split('"')[0]) for one in rules({})}
    sized = {("cpu", "web"), ("cpu", "api")}
    assert shared == {(alert, "api|web") for alert in WATCHED if alert != "cpu"} | sized
    own = {(one["alert"], one["expr"].split('service=~"')[1].split('"')[0]) for one in rules()}
    latency = {("latency_p95", "web"), ("latency_p95", "api"), ("latency_p99", "web")}
    assert own == latency | sized | {(alert, "api|web") for alert in (*WATCHED[:2], "error_share", "memory")}


def test_without_services_there_are_no_rules() -> None:
    assert prometheus_service_rules([], LIMITS, {}, SIZES, "x") == {"groups": []}


def test_promtool_takes_the_rules(promtool: Callable[..., str]) -> None:
    assert "9 rules found" in promtool("check", "rules", "rules.yml", rules=content())


def test_a_task_that_tells_nothing_rings_after_five_minutes(promtool: Callable[..., str]) -> None:
    given = [up("1x9 0x30", "a"), up("1x40", "b")]
    rings(promtool, given, 14)
    rings(promtool, given, 16, target_down="1 tasks of web do not tell their metrics")


def test_a_task_that_has_gone_is_not_missed_while_others_are_there(promtool: Callable[..., str]) -> None:
    rings(promtool, [up("1x9", "a"), up("1x40", "b")], 30)


def test_a_service_without_tasks_is_missed_for_a_day(promtool: Callable[..., str]) -> None:
    given = [up("1x9 stale", "a"), up("1x2000", "b", "api")]
    rings(promtool, given, 12)
    rings(promtool, given, 30, no_targets="web has no task left that could be asked for metrics")
    rings(promtool, given, 1500)


@pytest.mark.parametrize(
    ("slow", "expected"),
    [
        (0, {}),
        (3, {"latency_p99": "1 of 100 requests to web take longer than 3 s"}),
        (
            30,
            {
                "latency_p95": "5 of 100 requests to web take longer than 1 s",
                "latency_p99": "1 of 100 requests to web take longer than 3 s",
            },
        ),
    ],
)
def test_percentiles_above_their_limit_ring(promtool: Callable[..., str], slow: int, expected: dict[str, str]) -> None:
    rings(promtool, latencies(slow), 20, **expected)


def test_few_requests_tell_nothing(promtool: Callable[..., str]) -> None:
    rings(promtool, latencies(5, rate=5), 20)


def test_a_service_has_its_own_limit(promtool: Callable[..., str]) -> None:
    """Requests of up to a second are within both; those of 2 to 5 are not, and api has no rule on one of a hundred."""
    rings(promtool, latencies(0, service="api"), 20)
    content_api = [one for one in rules() if "api" in one["expr"] and one["alert"].startswith("latency")]
    assert [(one["alert"], "> 2 and" in one["expr"]) for one in content_api] == [("latency_p95", True)]


def answers(failed: int, rate: int = 100, side: str = "blue") -> list[dict[str, str]]:
    """Return counters of ``rate`` quick requests a minute, of which some fail."""
    labels = f'service="web",side="{side}",instance="{side}"'
    counts = {"200": rate - failed, "503": failed}
    series = [
        {"series": f'http_requests_total{{{labels},code="{code}"}}', "values": f"0+{each}x60"}
        for code, each in counts.items()
    ]
    return [*series, {"series": f"http_request_duration_seconds_count{{{labels}}}", "values": f"0+{rate}x60"}]


FAILS = "The blue tasks of web answer more than 5 % of requests with 5xx"


@pytest.mark.parametrize(("failed", "expected"), [(0, {}), (5, {}), (6, {"error_share": FAILS})])
def test_a_share_of_failed_requests_above_its_limit_rings(
    promtool: Callable[..., str], failed: int, expected: dict[str, str]
) -> None:
    rings(promtool, answers(failed), 20, **expected)


def test_a_candidate_with_few_requests_is_not_hidden_by_the_other_colour(promtool: Callable[..., str]) -> None:
    rings(promtool, [*answers(6, 30), *answers(0, 3000, "green")], 20, error_share=FAILS)


def test_a_share_of_few_requests_means_nothing(promtool: Callable[..., str]) -> None:
    rings(promtool, answers(10, 19), 20)
    rings(promtool, answers(10, 20), 20, error_share=FAILS)


def used(name: str, values: str, instance: str = "a") -> dict[str, str]:
    return {
        "series": f'process_{name}{{job="services",service="web",side="blue",instance="{instance}"}}',
        "values": values,
    }


def test_tasks_that_use_up_their_cpu_ring_after_five_minutes(promtool: Callable[..., str]) -> None:
    """A quarter of a vCPU has 15 seconds a minute: 14 are 93 %."""
    given = [used("cpu_seconds_total", "0+14x40")]
    rings(promtool, given, 5)
    rings(promtool, given, 8, cpu="The blue tasks of web use more than 90 % of their CPU")
    rings(promtool, [used("cpu_seconds_total", "0+13x40")], 20)


def test_tasks_that_use_up_their_memory_ring_after_five_minutes(promtool: Callable[..., str]) -> None:
    given = [used("resident_memory_bytes", "490000000x40")]
    rings(promtool, given, 4)
    rings(promtool, given, 6, memory="The blue tasks of web use more than 90 % of their memory")


def test_tasks_count_on_average(promtool: Callable[..., str]) -> None:
    rings(
        promtool,
        [used("resident_memory_bytes", "500000000x40"), used("resident_memory_bytes", "300000000x40", "b")],
        20,
    )


def test_a_service_without_an_alarm_has_no_rule_of_it() -> None:
    left = [
        one["alert"]
        for one in rules({name: dict.fromkeys(("error_share", "cpu", "memory")) for name in ("web", "api")})
    ]
    assert sorted(left) == sorted(WATCHED[:4])
