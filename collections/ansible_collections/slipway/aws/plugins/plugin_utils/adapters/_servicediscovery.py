"""What Cloud Map's namespaces and services have in common: changes are operations that take a while."""

from __future__ import annotations

from typing import Any

from ..adapter import Adapter, tag_dict
from ..resource import ConvergeError

GONE = ("NamespaceNotFound", "ServiceNotFound")


class ServicediscoveryAdapter(Adapter):
    """Something in Cloud Map."""

    service = "servicediscovery"

    def tags(self, arn: str) -> dict[str, str]:
        """Return tags."""
        return tag_dict(self.cloud.read("servicediscovery", "list_tags_for_resource", ResourceARN=arn)["Tags"])

    def finish(self, answer: dict[str, Any], what: str) -> None:
        """Wait for the operation of an answer.

        Raises:
            ConvergeError: it failed; the message says why.
        """
        number = answer["OperationId"]

        def done() -> bool:
            operation = self.cloud.read("servicediscovery", "get_operation", OperationId=number)["Operation"]
            if operation["Status"] == "FAIL":
                raise ConvergeError(f"{what} failed: {operation.get('ErrorMessage', 'AWS does not say why')}")
            return bool(operation["Status"] == "SUCCESS")

        self.cloud.wait_until(done, f"{what}: waiting for Cloud Map", at_most=self.timeout, poll=self.poll)
