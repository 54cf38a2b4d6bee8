"""The wait until ACM has issued a certificate; what needs a usable certificate refers to this."""

from __future__ import annotations

from typing import Any

from ..adapter import Adapter
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ._acm import refuse_dead

#: Virtual seconds; ACM looks for the records within minutes, and takes up to half an hour at times.
ISSUED_WITHIN = 2700
POLL = 15


class AcmCertificateValidation(Adapter):
    """Exists when the certificate is issued. It is not a thing in AWS: there is nothing to change or remove."""

    service = "acm"
    create_operation = "DescribeCertificate"
    required = ("CertificateArn",)
    identity = ("CertificateArn",)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read the certificate, unless this is to be removed, which means nothing."""
        detail = None if resource.absent else self._detail(resource)
        return detail if detail and detail["Status"] == "ISSUED" else None

    def _detail(self, resource: Resource) -> dict[str, Any] | None:
        arn = resource.properties["CertificateArn"]
        answer = self.read_or_none("describe_certificate", ["ResourceNotFoundException"], CertificateArn=arn)
        return answer["Certificate"] if answer else None

    def create(self, resource: Resource) -> None:
        """Wait until it is issued."""
        self.cloud.wait_until(
            lambda: self._issued(resource),
            "ACM has not seen the validation records (do the zone's name servers stand in its parent?)",
            at_most=ISSUED_WITHIN,
            poll=POLL,
        )

    def _issued(self, resource: Resource) -> bool:
        detail = self._detail(resource)
        if detail is None:
            raise ConvergeError(f"{resource.properties['CertificateArn']} does not exist")
        refuse_dead(detail)
        return bool(detail["Status"] == "ISSUED")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Refuse: there is nothing that could differ."""
        raise ConvergeError(f"{resource}: {state['CertificateArn']} differs in {sorted(changes)}")

    def delete(self, resource: Resource, state: State) -> None:
        """Refuse: one to be removed is never found."""
        raise ConvergeError(f"{resource}: {state['CertificateArn']} is removed by its certificate")


ADAPTER = AcmCertificateValidation
