"""Which of AWS's services carries out the deployments of an engine."""

from __future__ import annotations

from collections.abc import Callable

from ..cloud import Cloud
from .codedeploy_deployments import CodedeployDeployments
from .deployments import Deployments
from .ecs_deployments import EcsDeployments
from .engines import CODEDEPLOY, ECS, ROLLING_ENGINE
from .spec import Spec

MAKERS: dict[str, Callable[[Cloud, Spec], Deployments]] = {
    ECS: EcsDeployments,
    ROLLING_ENGINE: EcsDeployments,
    CODEDEPLOY: CodedeployDeployments,
}


def deployments_of(cloud: Cloud, spec: Spec) -> Deployments:
    """Return the deployments of a service whose versions are of one ECS service."""
    return MAKERS[spec.engine](cloud, spec)
