"""Service deployments and service revisions as the ECS API describes them."""

from __future__ import annotations

from typing import Any

from rehearsal.deployments.rollout import Hook, Rollout
from rehearsal.deployments.steps import WHOLE
from rehearsal.tasks.model import Deployment, Service, Task
from rehearsal.tasks.scheduler import threshold
from rehearsal.tasks.shown import DEPLOYMENT_DEFAULTS, deployment_arn, revision_arn, revision_summary, when

WATCH_STATES = {"IN_PROGRESS": "MONITORING", "FAILED": "TRIGGERED", "COMPLETED": "MONITORING_COMPLETE"}


def revision_dict(service: Service, deployment: Deployment) -> dict[str, Any]:
    """Return a service revision as DescribeServiceRevisions does, with the target groups it really uses."""
    resolved = [_resolved(entry) for entry in deployment.balancers]
    return {
        **deployment.settings,
        "serviceRevisionArn": revision_arn(service, deployment),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "taskDefinition": deployment.definition,
        "platformFamily": "Linux",
        "createdAt": when(deployment.created_at),
        **({"resolvedConfiguration": {"loadBalancers": resolved}} if resolved else {}),
    }


def _resolved(entry: dict[str, Any]) -> dict[str, Any]:
    rule = entry.get("advancedConfiguration", {}).get("productionListenerRule")
    return {"targetGroupArn": entry["targetGroupArn"], **({"productionListenerRule": rule} if rule else {})}


def service_deployment_dict(
    service: Service, deployment: Deployment, tasks: list[Task], rollout: Rollout | None
) -> dict[str, Any]:
    """Return a service deployment as DescribeServiceDeployments does."""
    configuration = {**DEPLOYMENT_DEFAULTS, **deployment.configuration}
    sources = [rollout.source] if rollout and rollout.source else deployment.sources
    shown: dict[str, Any] = {
        "serviceDeploymentArn": deployment_arn(service, deployment),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": when(deployment.created_at),
        "startedAt": when(deployment.created_at),
        "finishedAt": when(deployment.finished_at),
        "stoppedAt": when(deployment.finished_at) if deployment.outcome == "STOPPED" else None,
        "updatedAt": when(deployment.updated_at),
        "status": deployment.outcome,
        "statusReason": deployment.outcome_reason or None,
        "sourceServiceRevisions": [
            _with_traffic(revision_summary(service, one, tasks), rollout, new=False) for one in sources
        ],
        "targetServiceRevision": _with_traffic(revision_summary(service, deployment, tasks), rollout, new=True),
        "deploymentConfiguration": configuration,
        "deploymentCircuitBreaker": _circuit(deployment, configuration["deploymentCircuitBreaker"]),
        **(_progress(rollout) if rollout else {}),
    }
    if deployment.rollback_to:
        good = revision_arn(service, deployment.rollback_to)
        begun = {"startedAt": when(rollout.rolled_back_at)} if rollout else {}
        shown["rollback"] = {"reason": deployment.reason, "serviceRevisionArn": good, **begun}
    return {key: value for key, value in shown.items() if value is not None}


def _progress(rollout: Rollout) -> dict[str, Any]:
    watched = rollout.deployment.configuration.get("alarms", {})
    shown: dict[str, Any] = {"lifecycleStage": rollout.stage}
    if rollout.hooks:
        shown["lifecycleHookDetails"] = [_hook(one) for one in rollout.hooks]
    if watched:
        heard = watched["enable"] and not rollout.deployment.deaf
        state = "TRIGGERED" if rollout.rang else WATCH_STATES[rollout.deployment.state] if heard else "DISABLED"
        shown["alarms"] = {"status": state, "alarmNames": watched["alarmNames"], "triggeredAlarmNames": rollout.rang}
    return shown


def _hook(hook: Hook) -> dict[str, Any]:
    return {
        "hookId": hook.id,
        "targetType": "PAUSE",
        "status": hook.status,
        "expiresAt": when(hook.expires_at),
        "timeoutAction": hook.timeout_action,
    }


def _with_traffic(summary: dict[str, Any], rollout: Rollout | None, *, new: bool) -> dict[str, Any]:
    """Add the shares of traffic that a revision is to have, where a deployment moves them."""
    if rollout is None:
        return summary
    shares = {"requestedProductionTrafficWeight": rollout.production, "requestedTestTrafficWeight": rollout.test}
    return {**summary, **{name: share if new else WHOLE - share for name, share in shares.items()}}


def _circuit(deployment: Deployment, breaker: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": WATCH_STATES[deployment.state] if breaker["enable"] else "DISABLED",
        "failureCount": deployment.failures,
        "threshold": threshold(deployment.desired, breaker),
    }
