"""A role that calls are made as, where the environment lives in an account of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import ClientError, NoCredentialsError

from .resource import ConvergeError
from .whole_answers import only_whole


@dataclass(frozen=True)
class Role:
    """A role to assume.

    Attributes:
        arn: of the role; empty to call as who one is, whatever role the run has.
        external_id: what its trust policy asks for, empty for nothing.
        session_name: by which CloudTrail tells these calls from others of the role.
    """

    arn: str
    external_id: str = ""
    session_name: str = "slipway"

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Role | None:
        """Return the role of ``{role_arn, external_id, role_session_name}``, ``None`` where no role is named."""
        if not values.get("role_arn"):
            return None
        more = {"external_id": values.get("external_id"), "session_name": values.get("role_session_name")}
        return cls(str(values["role_arn"]), **{name: str(value) for name, value in more.items() if value})

    def as_values(self) -> dict[str, str]:
        """Return what :meth:`of` takes."""
        return {"role_arn": self.arn, "external_id": self.external_id, "role_session_name": self.session_name}

    def arguments(self) -> dict[str, str]:
        """Return what AssumeRole is given beside the ARN."""
        return {"RoleSessionName": self.session_name} | ({"ExternalId": self.external_id} if self.external_id else {})

    def refusal(self, error: ClientError) -> ConvergeError:
        """Return what to say about a refusal of AssumeRole."""
        told = error.response["Error"]
        return ConvergeError(
            f"aws_role_arn is {self.arn}, which these credentials may not assume ({told.get('Code')}:"
            f" {told.get('Message')}); the role's trust policy has to allow sts:AssumeRole to them, their own policy"
            " too where they are another account's, and aws_external_id, which is"
            f" {'set' if self.external_id else 'not set'}, has to be what the trust policy asks for"
        )


class _Provider(CredentialProvider):
    """Gives credentials of a role, and new ones before they expire."""

    METHOD = "slipway-assume-role"

    def __init__(self, session: Any, role: Role) -> None:
        super().__init__(session)
        self._role = role
        self._source: Any = session.get_component("credential_provider")

    def load(self) -> Any:
        source = self._source.load_credentials()
        if source is None:
            raise NoCredentialsError
        fetcher = AssumeRoleCredentialFetcher(self._client, source, self._role.arn, self._role.arguments())

        def fetch() -> Any:
            try:
                return fetcher.fetch_credentials()
            except ClientError as error:
                raise self._role.refusal(error) from error

        return DeferredRefreshableCredentials(fetch, self.METHOD)

    def _client(self, *arguments: Any, **options: Any) -> Any:
        return only_whole(self.session.create_client(*arguments, **options))


def assume(session: Any, role: Role) -> None:
    """Have every client of a session of botocore call as a role. Nothing is called before the first of them does."""
    session.register_component("credential_provider", CredentialResolver([_Provider(session, role)]))
