"""A release as data: what it moves, from where to where, and how it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_args, get_origin, get_type_hints

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_float,
    check_type_int,
    check_type_list,
    check_type_str,
)

from ..cloud import Cloud
from ..resource import ConvergeError
from .engines import ALL_AT_ONCE, WEIGHTED, engine_problems, steps_of, strategy_of
from .line import version

#: What becomes of a release that has not seen enough at the end of its time.
ROLL_BACK, PROMOTE = "rollback", "promote"
#: Threshold of a release that no finding in its image holds up; what becomes of an image that was not scanned.
NONE, REFUSE = "none", "refuse"
#: Kinds of migrations.
EXPAND, BACKFILL, CONTRACT = "expand", "backfill", "contract"
#: The gate before the candidate gets everything; the others are called after a step.
PROMOTION = "promotion"
#: How the specs of roles take a value of a type.
CHECKS: dict[Any, Any] = {bool: check_type_bool, float: check_type_float, int: check_type_int, str: check_type_str}


@dataclass(frozen=True)
class Colour:
    """One side of a service.

    Attributes:
        name: ``blue`` or ``green``.
        ecs_service: name of its ECS service.
        target_group: ARN of its target group.
        metric: the target group as CloudWatch's dimension names it.
    """

    name: str
    ecs_service: str
    target_group: str
    metric: str


@dataclass(frozen=True)
class Spec:
    """What a release needs to know of its service, and what was asked for.

    Attributes:
        service: its name.
        engine: that carries releases out.
        strategy: how the traffic moves.
        cluster: name of the ECS cluster.
        url: where users reach it.
        rule: ARN of the listener rule with the weights.
        test_rule: ARN of the rule by which the candidate is tried before users get it.
        test_port: port of the listener of that rule.
        load_balancer: as CloudWatch's dimension names it.
        blue: one side.
        green: the other.
        revision: ARN of the task definition to release.
        image_tag: of that version; may be empty.
        digest: of its image.
        family: of the service's task definitions.
        container: name of the container whose log explains failures.
        steps: percent of the traffic for the candidate, one after the other.
        hold_back: percent that stay with the old version during the bake of a step of 100.
        bake_minutes: minutes at each step.
        extend_minutes: minutes more that a step is given when there is too little evidence.
        unclear: what then becomes of it: ``rollback`` or ``promote``.
        latency_objective: seconds; a request that takes longer is slow.
        policy: of the verdict; see the filter ``canary_verdict``.
        alarms: names of alarms of the service that roll the release back.
        smoke: requests that the candidate must answer on the test listener.
        schedule: name of the schedule that fires the dead man's switch; empty where AWS goes back by itself.
        actor: who released.
        metric_delay: seconds after its end at which a minute's metrics are expected.
        look_seconds: seconds between two looks.
        retry: release a version although it was rolled back.
        gates: before which a person is asked: steps by their per cent, or ``promotion``.
        gate_minutes: minutes for the answer.
        gate_unanswered: what becomes of the release then: ``rollback`` or ``promote``.
        detach: end at a gate, instead of waiting.
        migration: of the database, of this version: ``expand``, ``backfill``, ``contract``, or nothing.
        contract_from: the first version that can do without what a contraction removes.
        topic: ARN of the SNS topic that is told; empty for none.
        bucket: where reports are kept; empty for nowhere.
        prices: US dollars of a vCPU and of a GiB of memory an hour.
        namespace: of the environment's own metrics, which get a mark of this release; empty for no mark.
        repository: that has the image, without the registry's host.
        wanted_digest: of the image, where it was asked for by its digest; looked at while ``digest`` is not known.
        scan_threshold: severity of findings in the image that stop the release, or ``none``.
        scan_minutes: that a scan is waited for.
        scan_missing: what becomes of an image without a result: ``refuse`` or ``allow``.
        waivers: of findings, each with ``finding``, ``until``, ``reason`` and ``by``.
    """

    service: str
    engine: str
    strategy: str
    cluster: str
    url: str
    rule: str
    test_rule: str
    test_port: int
    load_balancer: str
    blue: Colour
    green: Colour
    revision: str
    image_tag: str
    digest: str
    container: str
    steps: list[float]
    hold_back: float
    bake_minutes: float
    extend_minutes: float
    unclear: str
    latency_objective: float
    actor: str
    alarms: list[str] = field(default_factory=list)
    smoke: list[dict[str, Any]] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)
    metric_delay: float = 60
    look_seconds: float = 30
    retry: bool = False
    family: str = ""
    schedule: str = ""
    gates: list[str] = field(default_factory=list)
    gate_minutes: float = 60
    gate_unanswered: str = ROLL_BACK
    detach: bool = False
    migration: str = ""
    contract_from: str = ""
    topic: str = ""
    bucket: str = ""
    prices: dict[str, float] = field(default_factory=dict)
    namespace: str = ""
    repository: str = ""
    wanted_digest: str = ""
    scan_threshold: str = NONE
    scan_minutes: float = 0
    scan_missing: str = REFUSE
    waivers: list[dict[str, Any]] = field(default_factory=list)

    def colour(self, name: str) -> Colour:
        """Return a side by its name."""
        return {"blue": self.blue, "green": self.green}[name]

    def other(self, name: str) -> Colour:
        """Return the side opposite to a name; where both versions share one target group, that."""
        if self.blue.target_group == self.green.target_group:
            return self.blue
        return self.green if name == "blue" else self.blue

    @property
    def single(self) -> bool:
        """Whether both versions are of one ECS service, whose deployments AWS carries out."""
        return self.engine != WEIGHTED

    @property
    def version(self) -> str:
        """The version as people call it."""
        return version({"image_tag": self.image_tag, "digest": self.digest})


def spec(declared: Mapping[str, Any]) -> Spec:
    """Turn what the role declares, references resolved, into a :class:`Spec`.

    Raises:
        ConvergeError: a key is missing or unknown.
    """
    known = {item.name for item in fields(Spec)}
    unknown = sorted(set(declared) - known)
    if unknown:
        raise ConvergeError(f"release of {declared.get('service')}: unknown {unknown}; allowed are {sorted(known)}")
    try:
        declared = {**declared, "test_port": declared["test_port"] or 0}
        kinds = get_type_hints(Spec)
        declared = {name: _typed(name, value, kinds[name]) for name, value in declared.items()}
        declared |= _moves(declared)
        _check_gates(declared)
        colours = {name: Colour(name, **declared[name]) for name in ("blue", "green")}
        return Spec(**{**declared, **colours})
    except (KeyError, TypeError, ValueError) as error:
        raise ConvergeError(f"release of {declared.get('service')}: {error}") from error


def _typed(name: str, value: Any, kind: Any) -> Any:
    """Return a value as the specs of roles take it: surveys and ``-e name=value`` send everything as text."""
    try:
        if get_origin(kind) is list:
            of = get_args(kind)[0]
            return [CHECKS[of](item) if of in CHECKS else item for item in check_type_list(value)]
        return CHECKS[kind](value) if kind in CHECKS else value
    except TypeError as error:
        raise ConvergeError(f"{name} of a release is {value!r}, which is no {kind}") from error


def _moves(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the traffic moves, with what the engine does where nothing is said.

    Raises:
        ConvergeError: the engine cannot do that.
    """
    engine, asked = str(declared["engine"]), str(declared["strategy"])
    given = {f"release_{name}": declared[name] for name in ("strategy", "steps")}
    problems = list(engine_problems(str(declared["service"]), given | {"service_engine": engine}))
    if problems:
        raise ConvergeError("; ".join(problems))
    strategy = strategy_of(engine, asked)
    moves: dict[str, Any] = {"strategy": strategy, "steps": steps_of(engine, asked, declared["steps"])}
    if engine != WEIGHTED:
        moves["hold_back"] = 0
    return moves | ({"bake_minutes": 0, "extend_minutes": 0} if strategy == ALL_AT_ONCE else {})


def _check_gates(declared: Mapping[str, Any]) -> None:
    allowed = [*(f"{step:g}" for step in declared["steps"]), PROMOTION]
    unknown = [gate for gate in declared.get("gates", []) if gate not in allowed]
    if unknown:
        raise ConvergeError(f"release_gates has {unknown[0]!r}; allowed are {', '.join(allowed)}")


def registered(cloud: Cloud, family: str) -> dict[str, str]:
    """Return the latest revision of a family and the digest of its first container's image.

    Raises:
        ConvergeError: the revision names its image by a tag, which may move.
    """
    found = definition(cloud, family)
    image = str(found["containerDefinitions"][0]["image"])
    if "@" not in image:
        raise ConvergeError(f"{found['taskDefinitionArn']} names its image by tag: {image}; register it by digest")
    return {"revision": found["taskDefinitionArn"], "digest": image.rpartition("@")[2]}


def definition(cloud: Cloud, revision: str) -> dict[str, Any]:
    """Return a task definition by its revision, or the latest of a family."""
    answer = cloud.read("ecs", "describe_task_definition", taskDefinition=revision)
    return dict(answer["taskDefinition"])
