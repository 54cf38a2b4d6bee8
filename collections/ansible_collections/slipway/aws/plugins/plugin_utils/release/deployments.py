"""Deployments that AWS carries out: what a release needs of ECS or CodeDeploy, whichever of them it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

RUNNING, RETURNING, SUCCEEDED, BACK = "running", "returning", "succeeded", "back"
UNENDED = frozenset({RUNNING, RETURNING})


@dataclass(frozen=True)
class Progress:
    """How far a deployment is.

    Attributes:
        status: ``running``, ``succeeded``, ``returning`` while AWS takes it back, or ``back`` when it has given it up.
        stage: in AWS's words.
        share: per cent of the production traffic that the new version has.
        gate: what waits for our word before it goes on; empty when nothing does.
        final: whether the old version is being removed, so that nothing leads back but another deployment.
        reason: of AWS, why it ended.
    """

    status: str
    stage: str = ""
    share: float = 0.0
    gate: str = ""
    final: bool = False
    reason: str = ""


class Deployments(Protocol):
    """The deployments of one service."""

    def in_flight(self) -> str:
        """Return the id of a deployment that goes on, whoever began it; empty when there is none."""

    def of(self, revision: str, since: float) -> str:
        """Return the id of the newest deployment if it is of a revision and began after ``since``, else nothing."""

    def start(self, revision: str, *, at_once: bool = False) -> str:
        """Begin the deployment of a revision and return its id; ``at_once`` without steps, bake or gates."""

    def progress(self, deployment: str) -> Progress:
        """Return how far a deployment is."""

    def go_on(self, deployment: str, gate: str) -> None:
        """Say the word that a gate waits for."""

    def stop(self, deployment: str) -> bool:
        """Have AWS go back to the version before; say whether it does."""

    def running(self) -> list[str]:
        """Return the task definitions of all revisions that the service has just now, the one that serves first."""
