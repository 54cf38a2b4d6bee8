"""ACM: a certificate is issued when the record that proves the domain stands in a hosted zone."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before

#: Virtual seconds that AWS takes at least to notice the record.
NOTICES_AFTER = 30.0


@after("acm", "RequestCertificate")
def note_request(call: Call, response: dict[str, Any]) -> None:
    """Note when a certificate was asked for: it stays pending until it is proved."""
    arn = response["CertificateArn"]
    call.backend().get_certificate(arn).status = "PENDING_VALIDATION"
    call.world.kept("acm.requested")[arn] = call.world.clock.now()
    call.world.kept("acm.algorithms")[arn] = call.params.get("KeyAlgorithm", "RSA_2048")


@after("acm", "DescribeCertificate")
def validate(call: Call, response: dict[str, Any]) -> None:
    """Issue a pending certificate when every domain of it is proved."""
    shown = response["Certificate"]
    requested = call.world.kept("acm.requested").get(shown["CertificateArn"])
    if requested is None:
        return
    options = shown.get("DomainValidationOptions", [])
    waited = call.world.clock.now() - requested >= NOTICES_AFTER
    proved = waited and all(_stands(call, option["ResourceRecord"]) for option in options)
    status = "ISSUED" if proved else "PENDING_VALIDATION"
    call.backend().get_certificate(shown["CertificateArn"]).status = status
    shown["Status"] = status
    shown["KeyAlgorithm"] = call.world.kept("acm.algorithms")[shown["CertificateArn"]]
    shown["RenewalEligibility"] = "ELIGIBLE" if shown.get("InUseBy") else "INELIGIBLE"
    for option in options:
        option["ValidationStatus"] = "SUCCESS" if proved else "PENDING_VALIDATION"
    if not proved:
        for name in ("NotBefore", "NotAfter", "Serial", "Issuer"):
            shown.pop(name, None)


@before("acm", "DeleteCertificate")
def refuse_used(call: Call) -> None:
    """Refuse to delete a certificate that a listener has."""
    arn = call.params["CertificateArn"]
    for balancer in call.backend("elbv2").load_balancers.values():
        for listener in balancer.listeners.values():
            if arn in {*listener.certificates, listener.certificate}:
                raise Refused("ResourceInUseException", f"Certificate {arn} is in use.")


def _stands(call: Call, record: dict[str, str]) -> bool:
    wanted = record["Name"].rstrip(".").lower()
    for zone in call.world.backend("route53", "aws").zones.values():
        for found in zone.rrsets:
            values = [str(value).rstrip(".") for value in found.records]
            if found.name.rstrip(".").lower() == wanted and record["Value"].rstrip(".") in values:
                return True
    return False
