"""AppConfig deployments: which hosted configuration an environment has, brought there gradually."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from ..adapter import Adapter, only
from ..cloud import Cloud, error_code
from ..compare import Changes, canonical
from ..resource import ConvergeError, Resource, State
from ._appconfig import MISSING

STOPPABLE = ("DEPLOYING", "BAKING")
GOING_ON = ("DEPLOYING", "BAKING", "VALIDATING", "ROLLING_BACK")
INVALID = "BadRequestException"
TAKEN_BACK = ("ROLLED_BACK", "REVERTED")
#: What AppConfig adds to flags.
ADDED = ("_createdAt", "_updatedAt")
ENVIRONMENT, PROFILE = ("ApplicationId", "EnvironmentId"), ("ApplicationId", "ConfigurationProfileId")
_ALARM = re.compile(r":alarm:([^\s'\",]+)")
#: Seconds that a new alarm is given to have a state; while it has none, AppConfig takes everything back.
SETTLED, LOOK = 600, 15


class AppconfigDeployment(Adapter):
    """The hosted configuration that an environment has of a profile.

    ``Content`` is data or JSON. Other content is stored as a new version and deployed; it stands when AppConfig has it
    with everybody and has watched it for as long as the strategy says. Other content that another run left on its way
    is stopped. What AppConfig took back is not deployed again unless it changes, or ``Again`` is declared under
    ``initial``.
    """

    service = "appconfig"
    create_operation = "StartDeployment"
    more_properties = ("Content", "Again")
    required = (*ENVIRONMENT, "ConfigurationProfileId", "DeploymentStrategyId", "Content")
    identity = (*ENVIRONMENT, "ConfigurationProfileId")
    documents = ("Content",)
    taggable = False
    timeout: ClassVar[int] = 2 * 86_400 + 3_600
    poll: ClassVar[int] = 15

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        #: Number of the deployment that was started here, by resource, and the share that was told of last.
        self._started: dict[str, int] = {}
        self._told: dict[int, float] = {}

    def find_one(self, resource: Resource) -> State | None:
        """Return what is deployed, is being deployed, or was deployed here and taken back."""
        wanted = resource.properties
        number = self._started.get(resource.name)
        if number is None:
            number = next((one["DeploymentNumber"] for one in self._deployments(wanted) if _counts(one)), None)
        return None if number is None else self._state(wanted, number)

    def mendable(self, state: State) -> bool:
        """Say whether it is on its way and not wanted: that is not waited for."""
        return bool(state["Unwanted"])

    def _deployments(self, wanted: State) -> list[dict[str, Any]]:
        """Return the deployments of the profile in the environment, the newest first."""
        try:
            found = self.cloud.pages(self.service, "list_deployments", "Items", **only(wanted, ENVIRONMENT))
        except self.cloud.client(self.service).exceptions.ResourceNotFoundException:
            return []  # the environment went
        return [one for one in found if one.get("ConfigurationProfileId") == wanted["ConfigurationProfileId"]]

    def _state(self, wanted: State, number: int) -> State | None:
        one = self.cloud.read(self.service, "get_deployment", **only(wanted, ENVIRONMENT), DeploymentNumber=number)
        content = self._content(wanted, one["ConfigurationVersion"])
        if content is None:
            return None
        unwanted = (
            one["State"] in STOPPABLE and number > 1 and canonical(content) != canonical(_data(wanted["Content"]))
        )
        # A strategy says how, not what: another one is for the next change.
        strategy = {"DeploymentStrategyId": wanted["DeploymentStrategyId"]}
        return {**one, **strategy, "Content": content, "Unwanted": unwanted}

    def _content(self, wanted: State, version: str) -> Any:
        """Return the content of a version without what AppConfig added; ``None`` when it was removed."""
        named = {**only(wanted, PROFILE), "VersionNumber": int(version)}
        answer = self.read_or_none("get_hosted_configuration_version", MISSING, **named)
        return None if answer is None else _declared(json.loads(answer["Content"].read()))

    def ready(self, state: State) -> bool:
        """Say whether it has ended; the first one has nothing to go back to, so nobody waits for its watch."""
        if state["State"] in TAKEN_BACK:
            raise ConvergeError(_taken_back(state))
        self._tell(state)
        return state["State"] not in GOING_ON or (state["DeploymentNumber"] == 1 and state["State"] == "BAKING")

    def _tell(self, state: State) -> None:
        number, share = state["DeploymentNumber"], float(state.get("PercentageComplete", 0))
        if state["State"] in GOING_ON and self._told.get(number) != share:
            self._told[number] = share
            self.cloud.progress(f"deployment {number}: {state['State'].lower()}, {share:g} %")

    def create(self, resource: Resource) -> None:
        """Deploy a first version."""
        self._deploy(resource)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Deploy a new version."""
        del state
        if "Content" in changes:
            self._deploy(resource)

    def _deploy(self, resource: Resource) -> None:
        wanted = resource.properties
        before = self._deployments(wanted)
        self._refuse_again(resource, before)
        if self._made_way(resource):
            return
        self._wait_for_alarms(wanted)
        version = self._stored(wanted)
        names = [*ENVIRONMENT, "ConfigurationProfileId", "DeploymentStrategyId"]
        self._started[resource.name] = self.write(
            "start_deployment", **only(wanted, names), ConfigurationVersion=version
        )["DeploymentNumber"]

    def _stored(self, wanted: State) -> str:
        """Store a version and return its number.

        Raises:
            ConvergeError: AppConfig finds something wrong in it.
        """
        content = json.dumps(_data(wanted["Content"]), sort_keys=True).encode()
        kept = {**only(wanted, PROFILE), "Content": content, "ContentType": "application/json"}
        try:
            return str(self.write("create_hosted_configuration_version", **kept)["VersionNumber"])
        except ClientError as error:
            if error_code(error) != INVALID:
                raise
            raise ConvergeError(_found_wrong(error)) from error

    def _refuse_again(self, resource: Resource, before: list[dict[str, Any]]) -> None:
        declared = {**resource.initial, **resource.properties}
        if declared.get("Again") or not before or before[0]["State"] not in TAKEN_BACK:
            return
        last = self._state(resource.properties, before[0]["DeploymentNumber"])
        if last and canonical(last["Content"]) == canonical(_data(declared["Content"])):
            raise ConvergeError(f"{_taken_back(last)}; change it, or give -e retry=true to deploy the same once more")

    def _made_way(self, resource: Resource) -> bool:
        """End what goes on, as an environment has one deployment at a time; say whether what is wanted stands then.

        The first has nothing to go back to, so it is waited for.
        """
        wanted = resource.properties
        on = next((one for one in self._deployments(wanted) if one["State"] in GOING_ON), None)
        if on is None:
            return False
        number = on["DeploymentNumber"]
        if on["State"] in STOPPABLE and number > 1:
            self.cloud.progress(f"deployment {number} has other content and is stopped; what was there before stands")
            self.write("stop_deployment", **only(wanted, ENVIRONMENT), DeploymentNumber=number)
        self.cloud.wait_until(
            partial(self._ended, wanted), f"deployment {number}", at_most=self.timeout, poll=self.poll
        )
        stands = self.find_one(resource)
        return stands is not None and canonical(stands["Content"]) == canonical(_data(wanted["Content"]))

    def _ended(self, wanted: State) -> bool:
        return not any(one["State"] in GOING_ON for one in self._deployments(wanted))

    def _wait_for_alarms(self, wanted: State) -> None:
        """Wait until each alarm that is watched has a state; one that rings would take everything back at once."""
        watched = self.cloud.read(self.service, "get_environment", **only(wanted, ENVIRONMENT)).get("Monitors") or []
        names = [one["AlarmArn"].partition(":alarm:")[2] for one in watched]
        if names:
            what = f"alarms without a state: {', '.join(names)}"
            self.cloud.wait_until(lambda: self._settled(names), what, at_most=SETTLED, poll=LOOK)

    def _settled(self, names: list[str]) -> bool:
        """Say whether all alarms have a state.

        Raises:
            ConvergeError: one rings, or is not there.
        """
        found = self.cloud.read("cloudwatch", "describe_alarms", AlarmNames=names, AlarmTypes=["MetricAlarm"])
        states = {one["AlarmName"]: one["StateValue"] for one in found["MetricAlarms"]}
        _refuse_missing(sorted(set(names) - set(states)))
        ringing = sorted(name for name, state in states.items() if state == "ALARM")
        if ringing:
            raise ConvergeError(
                f"{', '.join(ringing)} rings, and AppConfig would take anything new back; mend that first"
            )
        return all(state == "OK" for state in states.values())

    def delete(self, resource: Resource, state: State) -> None:
        """Stop what goes on, and remove all versions: a profile that has any cannot be deleted."""
        wanted = resource.properties
        if state["State"] in GOING_ON:
            named = {**only(wanted, ENVIRONMENT), "DeploymentNumber": state["DeploymentNumber"]}
            self.write_unless("stop_deployment", (*MISSING, "BadRequestException"), **named)
        listed = self.cloud.pages(self.service, "list_hosted_configuration_versions", "Items", **only(wanted, PROFILE))
        for one in listed:
            named = {**only(wanted, PROFILE), "VersionNumber": one["VersionNumber"]}
            self.write_unless("delete_hosted_configuration_version", MISSING, **named)


def _refuse_missing(names: list[str]) -> None:
    if names:
        raise ConvergeError(
            f"AppConfig is to watch {', '.join(names)}, and there is no metric alarm of that name; make it, or take it"
            " off feature_flags_more_alarms"
        )


def _counts(one: Mapping[str, Any]) -> bool:
    """Say whether a deployment is what the environment has, or will have soon."""
    return one["State"] not in TAKEN_BACK


def _data(content: Any) -> Any:
    return json.loads(content) if isinstance(content, str) else content


def _declared(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _declared(value) for name, value in content.items() if name not in ADDED}
    return content


def _found_wrong(error: ClientError) -> str:
    """Return a sentence with AppConfig's message and all that it gives in detail."""
    given: Any = error.response
    details = (given.get("Details") or {}).get("InvalidConfiguration") or []
    parts = ("Location", "Constraint", "Value", "Reason")
    told = [" ".join(str(one[part]) for part in parts if one.get(part)) for one in details]
    return f"AppConfig refuses the new content, so nothing is deployed: {'; '.join([given['Error']['Message'], *told])}"


def _taken_back(state: State) -> str:
    """Return a sentence about who took a deployment back."""
    events = (
        one for one in state.get("EventLog") or [] if one["EventType"] in {"ROLLBACK_STARTED", "REVERT_COMPLETED"}
    )
    event: Mapping[str, Any] = next(events, {})
    alarms = _ALARM.findall(event.get("Description", ""))
    who = f"the alarm {', '.join(alarms)}" if alarms else event.get("Description") or "somebody"
    return f"deployment {state['DeploymentNumber']} was taken back by {who}; what was there before stands"


ADAPTER = AppconfigDeployment
