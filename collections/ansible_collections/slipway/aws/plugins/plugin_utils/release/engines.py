"""What each engine can do: strategies, steps, hold-back, gates, experiments. Pure; asked before anything is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..canary.numbers import CanaryError
from ..canary.weights import HOLD_BACK, candidate_weights

WEIGHTED, ECS, CODEDEPLOY, ROLLING_ENGINE = "weighted", "ecs", "codedeploy", "rolling"
CANARY, LINEAR, BLUE_GREEN, ALL_AT_ONCE, ROLLING = "canary", "linear", "blue_green", "all_at_once", "rolling"
FIFTHS, TENTHS = (20.0, 40.0, 60.0, 80.0, 100.0), tuple(float(step) for step in range(10, 101, 10))
WHOLE = (100.0,)
ALL = 100
#: Smallest step of ECS's linear strategy, in per cent.
LEAST_STEP = 3
#: Minutes between the steps of the configurations that CodeDeploy brings.
#: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
CODEDEPLOY_MINUTES = {CANARY: (5, 15), LINEAR: (1, 3)}
Steps = Sequence[float]


@dataclass(frozen=True)
class Engine:
    """What an engine can do.

    Attributes:
        strategies: the steps of each strategy in per cent when ``release_steps`` says nothing; its own strategy first.
        pair: whether it has two ECS services, one for each version.
        hold_back: whether a few per cent stay with the old version in the last step.
        gates: whether people can be asked between steps.
        experiments: whether the listener rule's actions are ours, so that variants can stand ahead of it.
        judged: what the verdict can do.
        steps: says what is wrong with steps of a strategy, empty when nothing is.
    """

    strategies: Mapping[str, Steps]
    judged: str
    steps: Callable[[str, Steps], str] = lambda _strategy, _steps: ""
    pair: bool = False
    hold_back: bool = False
    gates: bool = False
    experiments: bool = True


def _whole(strategy: str, steps: Steps) -> str:
    """Return what strategies without steps of their own allow."""
    return "" if tuple(steps) == WHOLE else f"{strategy} has one step there, [100]"


def _ecs_steps(strategy: str, steps: Steps) -> str:
    if strategy == CANARY:
        fits = len(steps) == len((1, ALL)) and 0 < steps[0] < ALL and steps[1] == ALL
        return "" if fits else "canary has two steps there, such as [10, 100]"
    if strategy == LINEAR:
        fits = _equal(steps) and steps[0] >= LEAST_STEP
        return "" if fits else f"linear has equal steps of at least {LEAST_STEP} there, such as [25, 50, 75, 100]"
    return _whole(strategy, steps)


def _codedeploy_steps(strategy: str, steps: Steps) -> str:
    only = {CANARY: (10.0, 100.0), LINEAR: TENTHS}.get(strategy, WHOLE)
    return "" if tuple(steps) == only else f"{strategy} has the steps {_listed(only)} there"


def _equal(steps: Steps) -> bool:
    """Say whether steps grow by the same number up to 100; the last may be smaller."""
    first = steps[0] if steps else 0
    return (
        bool(first) and all(step == min(ALL, first * place) for place, step in enumerate(steps, 1)) and steps[-1] == ALL
    )


ENGINES: dict[str, Engine] = {
    WEIGHTED: Engine(
        {CANARY: (10.0, 50.0, 100.0), LINEAR: FIFTHS, BLUE_GREEN: WHOLE, ALL_AT_ONCE: WHOLE},
        "compares both versions at every step; goes on, waits or goes back",
        pair=True,
        hold_back=True,
        gates=True,
    ),
    ECS: Engine(
        {BLUE_GREEN: WHOLE, CANARY: (10.0, 100.0), LINEAR: FIFTHS, ALL_AT_ONCE: WHOLE},
        "compares both versions before each step; goes on, waits or has ECS go back",
        _ecs_steps,
    ),
    CODEDEPLOY: Engine(
        {BLUE_GREEN: WHOLE, CANARY: (10.0, 100.0), LINEAR: TENTHS, ALL_AT_ONCE: WHOLE},
        "compares both versions; has CodeDeploy go back, cannot have it wait",
        _codedeploy_steps,
    ),
    ROLLING_ENGINE: Engine(
        {ROLLING: WHOLE},
        "sees both versions as one: its hard ceiling only",
        _whole,
    ),
}


def strategy_of(engine: str, strategy: str) -> str:
    """Return the strategy asked for, or the engine's own when none is."""
    return strategy or next(iter(ENGINES[engine].strategies))


def steps_of(engine: str, strategy: str, steps: Steps) -> list[float]:
    """Return the steps asked for, or those of the strategy when none are."""
    return [float(step) for step in steps or ENGINES[engine].strategies[strategy_of(engine, strategy)]]


def at_once_of(engine: str) -> str:
    """Return the strategy by which an engine goes back to a version that was good before."""
    strategies = ENGINES[engine].strategies
    return ALL_AT_ONCE if ALL_AT_ONCE in strategies else next(iter(strategies))


def engine_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each release variable that the engine of a service cannot do.

    Args:
        host: the service.
        given: its variables; those that are not there have their defaults.
    """
    name = str(given.get("service_engine") or WEIGHTED)
    if name not in ENGINES:
        return
    engine, strategy = ENGINES[name], str(given.get("release_strategy") or "")
    where = f"with service_engine {name}"
    if strategy and strategy not in engine.strategies:
        yield f"{host}: release_strategy is {strategy}; {where} allowed are {', '.join(engine.strategies)}"
        return
    strategy, steps = strategy_of(name, strategy), given.get("release_steps") or []
    wrong = engine.steps(strategy, [float(step) for step in steps]) if steps else ""
    if wrong:
        yield f"{host}: release_steps is {_listed(steps)}; {where} {wrong}; weighted takes any steps"
    if given.get("release_hold_back") and not engine.hold_back:
        yield f"{host}: release_hold_back is {given['release_hold_back']}; {where} allowed is 0; weighted can hold back"
    if given.get("release_gates") and not engine.gates:
        yield f"{host}: release_gates is {given['release_gates']}; {where} there are none; weighted has them"
    yield from _bake_problems(host, name, strategy, given)


def share_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence where steps, or what is held back, are no shares of the traffic; arguments as above."""
    name, strategy = str(given.get("service_engine") or WEIGHTED), str(given.get("release_strategy") or "")
    if name not in ENGINES or strategy not in {"", *ENGINES[name].strategies}:
        return
    held = given.get("release_hold_back", HOLD_BACK) if ENGINES[name].hold_back else 0
    try:
        candidate_weights(steps_of(name, strategy, given.get("release_steps") or []), held)
    except CanaryError as error:
        yield f"{host}: {error}"


def _bake_problems(host: str, name: str, strategy: str, given: Mapping[str, Any]) -> Iterator[str]:
    minutes = given.get("release_bake_minutes")
    if minutes is None or name == WEIGHTED:
        return
    if float(minutes) != int(float(minutes)):
        yield f"{host}: release_bake_minutes is {minutes}; with service_engine {name} whole minutes are allowed"
    offered = CODEDEPLOY_MINUTES.get(strategy, ()) if name == CODEDEPLOY else ()
    if offered and minutes not in offered:
        allowed = " or ".join(map(str, offered))
        yield f"{host}: release_bake_minutes is {minutes}; with service_engine {name} {strategy} allows {allowed}"


def _listed(steps: Sequence[Any]) -> str:
    return f"[{', '.join(f'{float(step):g}' for step in steps)}]"
