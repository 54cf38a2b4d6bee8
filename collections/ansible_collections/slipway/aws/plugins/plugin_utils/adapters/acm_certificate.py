"""Public certificates by DNS validation, found by domains and the environment's tags."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, tag_changes, tag_dict, tag_list
from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State
from ._acm import DEAD, validation_key

GONE = "ResourceNotFoundException"
OWNER_TAGS = ("project", "environment", "Name")
#: ListCertificates leaves out other keys than RSA 1024 and 2048 unless asked for them.
#: https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html
KEY_TYPES = ("RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")
#: Virtual seconds for which ACM may see a certificate in use by a listener that was deleted a moment ago.
FREE_WITHIN = 600


class AcmCertificate(Adapter):
    """A certificate, from its request on: ``Validation.<domain with underscores>`` has the record that proves a domain.

    Its domains and key cannot be changed: with others a new certificate is requested beside the old one, which stays
    for the listeners that use it and goes when the resource is removed.
    """

    service = "acm"
    create_operation = "RequestCertificate"
    required = ("DomainName", "ValidationMethod")
    identity = ("DomainName",)
    unordered = ("SubjectAlternativeNames",)
    immutable = ("ValidationMethod",)
    computed = ("CertificateArn", "Validation")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List once, read tags of those with a wanted domain, describe those with the environment's tags."""
        found: dict[str, State] = {}
        for resource in resources:
            own = [self._described(arn, tags, resource) for arn, tags in self._owned(resource)]
            fitting = [state for state in own if _fits(state, resource)]
            if not fitting and resource.absent:
                fitting = own
            if fitting:
                best = min(fitting, key=lambda state: (state["Status"] != "ISSUED", state["CertificateArn"]))
                others = [state["CertificateArn"] for state in own if state is not best]
                found[resource.name] = {**best, "Superseded": others}
        return found

    def _owned(self, resource: Resource) -> list[tuple[str, dict[str, str]]]:
        listed = self.cloud.cached("acm_certificate", self._listed)
        names = [item["CertificateArn"] for item in listed if item["DomainName"] == resource.properties["DomainName"]]
        tagged = [(arn, self._tags(arn)) for arn in names]
        return [(arn, tags) for arn, tags in tagged if all(tags.get(k) == resource.tags.get(k) for k in OWNER_TAGS)]

    def _listed(self) -> list[dict[str, Any]]:
        return self.cloud.pages(
            "acm", "list_certificates", "CertificateSummaryList", Includes={"keyTypes": list(KEY_TYPES)}
        )

    def _tags(self, arn: str) -> dict[str, str]:
        answer = self.read_or_none("list_tags_for_certificate", [GONE], CertificateArn=arn)
        return tag_dict((answer or {}).get("Tags"))

    def _described(self, arn: str, tags: dict[str, str], resource: Resource) -> State:
        detail = self.cloud.read("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
        proofs = detail.get("DomainValidationOptions", [])
        names = set(detail.get("SubjectAlternativeNames", []))
        if detail["DomainName"] not in resource.properties.get("SubjectAlternativeNames", []):
            names -= {detail["DomainName"]}  # ACM adds it
        return {
            **detail,
            "SubjectAlternativeNames": sorted(names),
            "KeyAlgorithm": detail.get("KeyAlgorithm", "").replace("-", "_"),
            "ValidationMethod": proofs[0].get("ValidationMethod") if proofs else None,
            "Validation": {
                validation_key(p["DomainName"]): p["ResourceRecord"] for p in proofs if "ResourceRecord" in p
            },
            "Tags": tags,
        }

    def ready(self, state: State) -> bool:
        """Wait until ACM tells the record that proves each domain, some seconds after the request."""
        wanted = {validation_key(option["DomainName"]) for option in state.get("DomainValidationOptions", [])}
        return bool(wanted) and wanted <= set(state["Validation"])

    def create(self, resource: Resource) -> None:
        """Request the certificate with its tags."""
        self.write("request_certificate", **resource.properties, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend the options and tags."""
        arn = state["CertificateArn"]
        if "Options" in changes:
            self.write("update_certificate_options", CertificateArn=arn, Options=resource.properties["Options"])
        add, remove = tag_changes(changes)
        if remove:
            self.write("remove_tags_from_certificate", CertificateArn=arn, Tags=[{"Key": key} for key in remove])
        if add:
            self.write("add_tags_to_certificate", CertificateArn=arn, Tags=tag_list(add))

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the certificate and those it has superseded, when ACM sees that nothing uses them any more."""
        for arn in [*state["Superseded"], state["CertificateArn"]]:
            self.cloud.wait_until(
                partial(self._deleted, arn), f"{resource} is in use", at_most=FREE_WITHIN, poll=self.poll
            )

    def _deleted(self, arn: str) -> bool:
        try:
            self.write("delete_certificate", CertificateArn=arn)
        except ClientError as error:
            if error_code(error) == "ResourceInUseException":
                return False
            if error_code(error) != GONE:
                raise
        return True


def _fits(state: State, resource: Resource) -> bool:
    """Say whether a certificate is for the wanted domains and key, and alive."""
    wanted = resource.properties
    domains = sorted(set(wanted.get("SubjectAlternativeNames", [])))
    key = wanted.get("KeyAlgorithm", state["KeyAlgorithm"])
    return bool(
        state["Status"] not in DEAD and state["SubjectAlternativeNames"] == domains and state["KeyAlgorithm"] == key
    )


ADAPTER = AcmCertificate
