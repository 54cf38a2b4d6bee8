from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from moto import settings

from tests.unit.adapters.converging import Converge, Run

Client = Callable[[str], Any]
KEY = "acm_certificate.main"
WAIT_KEY = "acm_certificate_validation.main"


def certificate(*domains: str, **properties: Any) -> dict[str, Any]:
    given = {
        "DomainName": domains[0],
        "SubjectAlternativeNames": list(domains),
        "ValidationMethod": "DNS",
        "KeyAlgorithm": "RSA_2048",
        "Options": {"CertificateTransparencyLoggingPreference": "ENABLED"},
        **properties,
    }
    return {"type": "acm_certificate", "name": "main", "properties": given, "tags": {"Name": "slipway-test"}}


ONE = certificate("test.example.com", "*.test.example.com")
WAIT: dict[str, Any] = {
    "type": "acm_certificate_validation",
    "name": "main",
    "properties": {"CertificateArn": "${acm_certificate.main.CertificateArn}"},
}


@pytest.fixture(autouse=True)
def _issued_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ACM_VALIDATION_WAIT", 0.2)


def test_lives(converge: Converge) -> None:
    converge.lives([ONE])


def test_tells_the_record_that_proves_each_domain(converge: Converge) -> None:
    state = converge([certificate("test.example.com", "*.test.example.com", "a.test.example.com")]).state(KEY)
    assert set(state["Validation"]) == {"test_example_com", "a_test_example_com"}
    assert state["Validation"]["a_test_example_com"]["Name"].endswith(".a.test.example.com.")


def test_waits_until_it_is_issued(converge: Converge, client: Client) -> None:
    run = converge([ONE, WAIT])
    arn = run.state(WAIT_KEY)["CertificateArn"]
    assert client("acm").describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"
    assert converge([ONE, WAIT]).changed == {}


def test_the_plan_on_an_empty_account_is_complete(converge: Converge) -> None:
    assert set(converge([ONE, WAIT], check=True).changed) == {KEY, WAIT_KEY}


def test_says_what_to_look_at_when_it_is_never_issued(converge: Converge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ACM_VALIDATION_WAIT", 3600)
    run = converge([ONE, WAIT], fails=True)
    assert "name servers" in run.failures[0]


def test_mends_tags(converge: Converge, client: Client) -> None:
    def drift(run: Run) -> None:
        arn = run.state(KEY)["CertificateArn"]
        client("acm").add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "owner", "Value": "someone"}])

    converge.mends([ONE], drift, {KEY: {"Tags"}})


def test_finds_other_options(converge: Converge) -> None:
    converge([ONE])
    options = {"CertificateTransparencyLoggingPreference": "DISABLED"}
    other = certificate("test.example.com", "*.test.example.com", Options=options)
    assert converge([other], check=True).changed == {KEY: {"Options"}}  # moto cannot change them


def test_other_domains_mean_a_new_certificate_beside_the_old(converge: Converge, client: Client) -> None:
    other = certificate("test.example.com")
    old = converge([ONE]).state(KEY)["CertificateArn"]
    new = converge([other]).state(KEY)["CertificateArn"]
    assert new != old
    assert client("acm").describe_certificate(CertificateArn=old)["Certificate"]["CertificateArn"] == old
    assert converge([other]).changed == {}
    converge([other], absent=True)
    assert client("acm").list_certificates()["CertificateSummaryList"] == []


def test_another_key_means_a_new_certificate(converge: Converge) -> None:
    converge([ONE])
    other = certificate("test.example.com", "*.test.example.com", KeyAlgorithm="EC_prime256v1")
    assert converge([other], check=True).actions == {KEY: "created"}


def test_leaves_another_environments_certificate_alone(converge: Converge, client: Client) -> None:
    client("acm").request_certificate(DomainName="test.example.com", ValidationMethod="DNS")
    assert converge([ONE]).actions == {KEY: "created"}
    converge([ONE], absent=True)
    assert len(client("acm").list_certificates()["CertificateSummaryList"]) == 1
