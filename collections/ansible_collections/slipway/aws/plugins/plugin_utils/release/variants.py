"""An A/B experiment as data: what was planned, and what both variants answered since it began, by target group.

One item a service in the environment's table, ``experiment#<service>``, as :class:`Experiment` has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ..canary.experiment import ab_result, ab_sample_size
from ..cloud import Cloud
from ..metric_data import Series, metric_data
from ..records import read_items, stored
from ..resource import ConvergeError
from .samples import NAMESPACE

A, B = "a", "b"
ERRORS, SLOW = "errors", "slow"
MINUTE, DAY = 60, 86400
#: Seconds of one data point: CloudWatch answers at most 100 800 points, and keeps minutes for 15 days.
COARSE = 300
#: Seconds after its end at which a minute's metrics are expected.
DELAY = 60


@dataclass(frozen=True)
class Experiment:
    """An experiment.

    Attributes:
        service: its name.
        versions: image tag of each variant.
        groups: target group of each, as CloudWatch's dimension names it.
        load_balancer: likewise.
        metric: ``errors`` (5xx) or ``slow`` (longer than the objective).
        objective: seconds; what takes longer is slow.
        share: per cent of the participants that B is to get.
        planned: requests of both that are needed.
        begun: seconds since 1970 by AWS's clock.
        actor: who began it.
    """

    service: str
    versions: dict[str, str]
    groups: dict[str, str]
    load_balancer: str
    metric: str
    objective: float
    share: float
    planned: int
    actor: str
    begun: float = 0.0
    ended: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)


def planned(rate: float, difference: float, share: float) -> int:
    """Return how many requests of both variants show a difference in a rate; see the filter ``ab_sample_size``."""
    return ab_sample_size(rate, difference, share)["total"]


def read(cloud: Cloud, table: str, service: str) -> Experiment | None:
    """Return the experiment of a service that goes on or was the last."""
    found = read_items(cloud, table, [_key(service)])
    return Experiment(**{name: value for name, value in found[0].items() if name != "id"}) if found else None


def write(cloud: Cloud, table: str, experiment: Experiment) -> None:
    """Write an experiment."""
    item = {**_key(experiment.service), **asdict(experiment)}
    cloud.write("dynamodb", "put_item", TableName=table, Item=stored(item)["M"])


def _key(service: str) -> dict[str, str]:
    return {"id": f"experiment#{service}"}


def going_on(cloud: Cloud, table: str, service: str) -> Experiment:
    """Return the experiment that goes on.

    Raises:
        ConvergeError: there is none.
    """
    found = read(cloud, table, service)
    if found is None or found.ended:
        raise ConvergeError(f"{service}: no experiment goes on; playbooks/experiment.yml -e operation=start begins one")
    return found


def counts(cloud: Cloud, experiment: Experiment, now: float) -> dict[str, dict[str, int]]:
    """Return units (requests) and successes (what the metric counts) of both variants from the begin until ``now``."""
    period = MINUTE if now - experiment.begun <= DAY else COARSE
    first, last = math.ceil(experiment.begun / period), int((now - DELAY) // period)
    found = _values(cloud, experiment, period, (first * period, last * period)) if last > first else {}
    return {variant: _sums(found, variant, experiment.metric) for variant in (A, B)}


def _values(cloud: Cloud, experiment: Experiment, period: int, span: tuple[int, int]) -> dict[str, Series]:
    queries = (query for variant in (A, B) for query in _queries(experiment, variant, period))
    return metric_data(cloud, queries, *span)


def _queries(experiment: Experiment, variant: str, period: int) -> Iterable[dict[str, Any]]:
    pairs = {"LoadBalancer": experiment.load_balancer, "TargetGroup": experiment.groups[variant]}
    dimensions = [{"Name": name, "Value": value} for name, value in pairs.items()]
    wanted = {
        "requests": ("RequestCount", "Sum"),
        ERRORS: ("HTTPCode_Target_5XX_Count", "Sum"),
        "fast": ("TargetResponseTime", f"PR(:{experiment.objective:g})"),
    }
    for name, (metric, statistic) in wanted.items():
        told = {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": dimensions}
        yield {"Id": f"{variant}_{name}", "MetricStat": {"Metric": told, "Period": period, "Stat": statistic}}


def _sums(found: dict[str, Series], variant: str, metric: str) -> dict[str, int]:
    requests, errors, fast = (found.get(f"{variant}_{name}", {}) for name in ("requests", ERRORS, "fast"))
    units = sum(requests.values())
    if metric == ERRORS:
        return {"units": round(units), "successes": round(min(units, sum(errors.values())))}
    slow = sum(number * (1 - fast.get(at, 100.0) / 100) for at, number in requests.items())
    return {"units": round(units), "successes": round(slow)}


def judged(experiment: Experiment, seen: dict[str, dict[str, int]]) -> dict[str, Any]:
    """Return the result so far; see the filter ``ab_result``. Before each variant had a request it is too early."""
    if not all(side["units"] for side in seen.values()):
        return {"result": "too_early", "counts": seen}
    return ab_result(seen[A], seen[B], experiment.share, planned=experiment.planned) | {"counts": seen}


def line(experiment: Experiment, result: dict[str, Any]) -> str:
    """Return the line of a look, e.g. ``web  a 1.1.0: 0.50 % errors of 400 requests  b ...  too early``."""
    sides = [_side(experiment, name, result["counts"][name]) for name in (A, B)]
    have = sum(side["units"] for side in result["counts"].values())
    told = [f"{experiment.service} experiment", *sides, f"{have} of {experiment.planned} requests"]
    if "interval" in result:
        low, high = (100 * bound for bound in result["interval"])
        told.append(f"difference {100 * result['difference']:+.2f} % ({low:+.2f} to {high:+.2f})")
        told.append(f"split by chance {result['split']:.2g}")
    return "  ".join([*told, str(result["result"]).replace("_", " ")])


def _side(experiment: Experiment, name: str, seen: dict[str, int]) -> str:
    rate = f"{100 * seen['successes'] / seen['units']:.2f} %" if seen["units"] else "-"
    return f"{name} {experiment.versions[name]}: {rate} {experiment.metric} of {seen['units']}"
