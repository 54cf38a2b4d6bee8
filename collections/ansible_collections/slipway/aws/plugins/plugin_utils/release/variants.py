"""An A/B experiment as data: what was planned, and what both variants answered since it began, by target group.

One item a service in the environment's table, ``experiment#<service>``, as :class:`Experiment` has it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ..canary.experiment import ab_result, ab_sample_size
from ..cloud import Cloud
from ..records import read_items, stored
from ..resource import ConvergeError
from .counted import MINUTE, OWN, REQUESTS, Counted, Counts
from .counted import counts as of_side
from .unanswered import Lost

A, B = "a", "b"
DAY = 86400
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
        metric: ``errors`` (5xx, or no answer) or ``slow`` (longer than the objective).
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
    """Return units (requests) and successes (what the metric counts) of both variants from the begin until ``now``.

    Both are counted as a release counts its versions: what no target answered is slow, and failed when it is over.
    """
    period = MINUTE if now - experiment.begun <= DAY else COARSE
    periods = range(math.ceil(experiment.begun / period), int((now - DELAY) // period))
    counted = Counted(experiment.load_balancer, experiment.objective, period)
    queries = (query for variant in (A, B) for query in counted.of_group(variant, experiment.groups[variant]))
    found = counted.values(cloud, [*queries, *counted.own()], periods.start, periods.stop) if periods else {}
    lost = counted.lost(found, periods, (A, B), [A], OWN)
    told = {side: [of_side(side, at, found, lost.get((side, at), Lost())) for at in periods] for side in (A, B)}
    return {variant: _sums(filter(None, seen), experiment.metric) for variant, seen in told.items()}


def _sums(seen: Iterable[Counts], metric: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in seen:
        total.update(one)
    return {"units": total[REQUESTS], "successes": min(total[REQUESTS], total[metric])}


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
