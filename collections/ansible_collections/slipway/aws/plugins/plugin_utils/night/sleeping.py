"""The way to sleep: nobody works, alarms silent, services to zero, database stopped."""

from __future__ import annotations

from .place import ASLEEP, DIMENSION, KINDS, MARK, Place, remembered
from .states import DONE, State, choice, each, equals, noted, pause, present, task, unless

ALL = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
COUNT = "$.found.Services[0].DesiredCount"
NAME = "$.found.Services[0].ServiceName"
STATUS = "$.database.DbInstances[0].DbInstanceStatus"
#: What RDS says of an instance that is not there, and seconds between two looks at one that is busy.
GONE, LOOK = "Rds.DbInstanceNotFoundException", 60


def sleeping(place: Place) -> dict[str, State]:
    """Return the states from ``Is it asleep`` on."""
    resting = (equals("$.mark.Item.state.S", ASLEEP), "Look whether it runs")
    alarms = {kind: _silence(place, kind) for kind in KINDS}
    return {
        # First the mark, then the leases: whoever takes one looks the other way round, so one of both sees the other.
        "Is it asleep": choice("Fall asleep", resting),
        "Fall asleep": _mark(place, "falling asleep", "Know who may work"),
        **_leases(place, "List alarms to silence"),
        **place.each_alarm("alarms to silence", alarms, "List services to stop"),
        **place.each_service("services to stop", _stop(place), "Be asleep"),
        "Be asleep": _mark(place, ASLEEP, "Look whether it runs"),
        **_database(place),
        "It sleeps": DONE,
    }


def _mark(place: Place, text: str, then: str) -> State:
    item = {"id": {"S": MARK}, "state": {"S": text}, "since": {"S.$": "$$.State.EnteredTime"}}
    return task("dynamodb:putItem", {"TableName": place.table, "Item": item}, None, then)


def _leases(place: Place, then: str) -> dict[str, State]:
    """Stay awake when somebody works."""
    work = each("$.leases", {"host.$": "$$.Map.Item.Value"}, _lease(place), then)
    caught = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Stay awake"}
    return {
        "Know who may work": {
            "Type": "Pass",
            "Result": list(place.leases),
            "ResultPath": "$.leases",
            "Next": "Does anybody work",
        },
        "Does anybody work": {**work, "Catch": [caught]},
        "Stay awake": task("dynamodb:deleteItem", place.item({"S": MARK}), None, "It stays awake"),
        "It stays awake": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"},
    }


def _lease(place: Place) -> dict[str, State]:
    read = {**place.item({"S.$": "States.Format('lease#{}', $.host)"}), "ConsistentRead": True}
    until = "$.lease.Item.until.S"
    held = {"And": [present(until), {"Variable": until, "TimestampGreaterThanPath": "$.seen.now"}]}
    return {
        "Read the lease": task("dynamodb:getItem", read, "$.lease", "Note the time"),
        "Note the time": noted({"now.$": "$$.State.EnteredTime"}, "$.seen", "Is it held"),
        "Is it held": choice("It is free", (held, "Somebody works")),
        "Somebody works": {"Type": "Fail", "Error": "SomebodyWorks", "CausePath": "$.host"},
        "It is free": DONE,
    }


def _silence(place: Place, kind: str) -> dict[str, State]:
    """Switch the actions of an alarm off that are on, and remember it."""
    alarm = f"the {kind} alarm"
    item = {"TableName": place.table, "Item": {"id": remembered("alarm", "$.name")}}
    rings = {"Variable": "$.on", "BooleanEquals": True}
    off = {"AlarmNames.$": "States.Array($.name)"}
    return {
        f"Would {alarm} ring": choice(f"Leave {alarm}", (rings, f"Remember {alarm}")),
        f"Remember {alarm}": task("dynamodb:putItem", item, None, f"Silence {alarm}"),
        f"Silence {alarm}": task("cloudwatch:disableAlarmActions", off, None, f"Leave {alarm}"),
        f"Leave {alarm}": DONE,
    }


def _stop(place: Place) -> dict[str, State]:
    """Remember a service's tasks and limits, then have none. One that has none is left as it is."""
    read = {"Cluster": place.cluster, "Services.$": "States.Array($.arn)"}
    target = f"States.Format('service/{place.cluster}/{{}}', {NAME})"
    limits = {"ServiceNamespace": "ecs", "ResourceIds.$": f"States.Array({target})"}
    runs = {"And": [present(COUNT), {"Variable": COUNT, "NumericGreaterThan": 0}]}
    none = {**DIMENSION, "ResourceId.$": target, "MinCapacity": 0, "SuspendedState": dict.fromkeys(ALL, True)}
    stop = {"Cluster": place.cluster, "Service.$": "$.arn", "DesiredCount": 0}
    scales = present("$.limits.ScalableTargets[0]")
    return {
        "Read the service": task("ecs:describeServices", read, "$.found", "Does it run"),
        "Does it run": choice("It rests", (runs, "Read its limits")),
        "Read its limits": task("applicationautoscaling:describeScalableTargets", limits, "$.limits", "Remember it"),
        "Remember it": task("dynamodb:putItem", _kept(place), None, "Has it limits"),
        "Has it limits": choice("Let it rest", (scales, "Suspend its scaling")),
        "Suspend its scaling": task("applicationautoscaling:registerScalableTarget", none, None, "Let it rest"),
        "Let it rest": task("ecs:updateService", stop, None, "It rests"),
        "It rests": DONE,
    }


def _kept(place: Place) -> State:
    item = {
        "id": remembered("service", NAME),
        "count": {"N.$": f"States.Format('{{}}', {COUNT})"},
        "limits": {"S.$": "States.JsonToString($.limits.ScalableTargets)"},
    }
    return {"TableName": place.table, "Item": item}


def _database(place: Place) -> dict[str, State]:
    """Stop the database when it is at leisure, were it that RDS started it again after seven days."""
    named = {"DbInstanceIdentifier": place.database}
    look = task("rds:describeDBInstances", named, "$.database", "Is it to be stopped")
    rests = {"Or": [equals(STATUS, "stopped"), equals(STATUS, "stopping")]}
    free = (equals(STATUS, "available"), "Stop the database")
    return {
        "Look whether it runs": unless(GONE, "It sleeps", look),
        "Is it to be stopped": choice("Let it finish", (rests, "It sleeps"), free),
        "Let it finish": pause(LOOK, "Look whether it runs"),
        "Stop the database": task("rds:stopDBInstance", named, None, "It sleeps"),
    }
