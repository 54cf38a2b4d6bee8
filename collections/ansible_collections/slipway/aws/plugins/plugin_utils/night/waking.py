"""The way back: database first, then services with their former counts and limits, then alarms."""

from __future__ import annotations

from ..adapters._rds_state import SERVING
from .place import DIMENSION, KINDS, MARK, Place, remembered
from .sleeping import GONE, LOOK, NAME, STATUS
from .states import DONE, State, choice, equals, noted, pause, present, task, unless

#: Seconds after which tasks have started, and alarms have seen that they are healthy.
STARTED = 600


def waking(place: Place) -> dict[str, State]:
    """Return the states from ``Look at the database`` on."""
    alarms = {kind: _ring(place, kind) for kind in KINDS}
    return {
        **_database(place),
        **place.each_service("services to start", _start(place), "Let them start"),
        "Let them start": pause(STARTED, "List alarms to let ring"),
        **place.each_alarm("alarms to let ring", alarms, "Be awake"),
        "Be awake": task("dynamodb:deleteItem", place.item({"S": MARK}), None, "It is awake"),
        "It is awake": DONE,
    }


def _database(place: Place) -> dict[str, State]:
    named = {"DbInstanceIdentifier": place.database}
    look = task("rds:describeDBInstances", named, "$.database", "Is it there")
    serves = {"Or": [equals(STATUS, one) for one in sorted(SERVING)]}
    there = (serves, "List services to start")
    rests = (equals(STATUS, "stopped"), "Start the database")
    return {
        "Look at the database": unless(GONE, "List services to start", look),
        "Is it there": choice("Wait for the database", there, rests),
        "Start the database": task("rds:startDBInstance", named, None, "Wait for the database"),
        "Wait for the database": pause(LOOK, "Look at the database"),
    }


def _start(place: Place) -> dict[str, State]:
    read = {"Cluster": place.cluster, "Services.$": "States.Array($.arn)"}
    key = place.item(remembered("service", NAME))
    paths = {"count": "count.N", "limits": "limits.S"}
    kept = {f"{name}.$": f"States.StringToJson($.item.Item.{path})" for name, path in paths.items()}
    target = f"States.Format('service/{place.cluster}/{{}}', {NAME})"
    back = {f"{name}.$": f"$.kept.limits[0].{name}" for name in ("MinCapacity", "SuspendedState")}
    limits = {**DIMENSION, "ResourceId.$": target, **back}
    start = {"Cluster": place.cluster, "Service.$": "$.arn", "DesiredCount.$": "$.kept.count"}
    return {
        "Find it": task("ecs:describeServices", read, "$.found", "Recall it"),
        "Recall it": task("dynamodb:getItem", {**key, "ConsistentRead": True}, "$.item", "Did it run"),
        "Did it run": choice("Leave it", (present("$.item.Item.count.N"), "Read what was kept")),
        "Read what was kept": noted(kept, "$.kept", "Had it limits"),
        "Had it limits": choice("Start it", (present("$.kept.limits[0]"), "Give its limits back")),
        "Give its limits back": task("applicationautoscaling:registerScalableTarget", limits, None, "Start it"),
        "Start it": task("ecs:updateService", start, None, "Forget it"),
        "Forget it": task("dynamodb:deleteItem", key, None, "Leave it"),
        "Leave it": DONE,
    }


def _ring(place: Place, kind: str) -> dict[str, State]:
    """Switch the actions of an alarm on again; one that is in alarm, and so would not tell, has to find out again."""
    alarm = f"{kind} alarm"
    key = place.item(remembered("alarm", "$.name"))
    on = {"AlarmNames.$": "States.Array($.name)"}
    anew = {"AlarmName.$": "$.name", "StateValue": "INSUFFICIENT_DATA", "StateReason": "the environment woke up"}
    rang, rings = present("$.item.Item.id.S"), equals("$.state", "ALARM")
    return {
        f"Recall the {alarm}": task(
            "dynamodb:getItem", {**key, "ConsistentRead": True}, "$.item", f"Did the {alarm} ring"
        ),
        f"Did the {alarm} ring": choice(f"The {alarm} is as before", (rang, f"Let the {alarm} ring")),
        f"Let the {alarm} ring": task("cloudwatch:enableAlarmActions", on, None, f"Is the {alarm} in alarm"),
        f"Is the {alarm} in alarm": choice(f"Forget the {alarm}", (rings, f"Have the {alarm} look again")),
        f"Have the {alarm} look again": task("cloudwatch:setAlarmState", anew, None, f"Forget the {alarm}"),
        f"Forget the {alarm}": task("dynamodb:deleteItem", key, None, f"The {alarm} is as before"),
        f"The {alarm} is as before": DONE,
    }
